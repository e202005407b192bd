// What a validator signs, a proposal or a vote, and the place at which it says it.
//
// Pure; any thread. A validator speaks once at each place, and never at an earlier one again.
#pragma once

#include <string_view>
#include <variant>

#include "consensus/types.h"
#include "consensus/validator_set.h"

namespace jiandu::consensus {

using SignedMessage = std::variant<Proposal, Vote>;

struct Place {
  Height height = 0;
  Round round = 0;
  Step step = Step::kUnstarted;
  auto operator<=>(const Place&) const = default;
};

[[nodiscard]] Place PlaceOf(const SignedMessage& message);
[[nodiscard]] const Address& SignerOf(const SignedMessage& message);
// By the key the signer has in `set`. A proposal's polka is outside its signature.
[[nodiscard]] bool VerifySigned(std::string_view chain_id, const SignedMessage& message,
                                const ValidatorSet& set);

// Nothing but what is signed.
void DropPolka(SignedMessage& message);

}  // namespace jiandu::consensus
