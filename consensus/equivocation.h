// Proof that a validator signed two different things in one place: both signed messages.
//
// Pure; any thread. The proof is self-contained but for the validator set of its height. It counts
// once per (validator, height, round, type) by whoever records it; nothing is removed on its
// account (docs/consensus.md (Equivocation): a duplicate is nearly always two machines with one
// key).
#pragma once

#include <string_view>

#include "base/error.h"
#include "consensus/signed_message.h"

namespace jiandu::consensus {

// Two votes or two proposals of one validator, height, round and type for different ids, in the
// order of the ids, so that one equivocation has one form. Proposals are held without their polka.
class EquivocationProof {
 public:
  // From the two messages in any order. Checks the form, not the signatures.
  [[nodiscard]] static Result<EquivocationProof> From(SignedMessage a, SignedMessage b);

  // Both signatures are by the key the validator has in `set`, the set of that height.
  [[nodiscard]] Result<void> Verify(std::string_view chain_id, const ValidatorSet& set) const;

  [[nodiscard]] const SignedMessage& First() const { return first_; }
  [[nodiscard]] const SignedMessage& Second() const { return second_; }
  [[nodiscard]] const Address& Offender() const;
  [[nodiscard]] Height AtHeight() const;

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<EquivocationProof> Decode(ByteView bytes);

 private:
  SignedMessage first_;
  SignedMessage second_;
};

}  // namespace jiandu::consensus
