// A block's commit: one CommitSig per validator in set order, CometBFT's bytes.
//
// Pure; any thread.
#pragma once

#include <vector>

#include "base/error.h"
#include "consensus/types.h"
#include "consensus/validator_set.h"

namespace jiandu::consensus {

struct CommitSig {
  enum class Flag : std::uint8_t { kAbsent = 1, kCommit = 2, kNil = 3 };
  Flag flag = Flag::kAbsent;
  Address address;  // zero when absent
  Time time = kGoZeroTime;
  crypto::Ed25519Signature signature;  // zero when absent; not on the wire then
  auto operator<=>(const CommitSig&) const = default;
};

struct Commit {
  Height height = 0;
  Round round = 0;
  BlockId id;
  std::vector<CommitSig>
      signatures;  // in set order; empty only at height 0 (last_commit of block 1)
  auto operator<=>(const Commit&) const = default;

  [[nodiscard]] Hash256 Hash() const;  // tree over CommitSigs: header.last_commit_hash
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<Commit> Decode(ByteView bytes);
};

// From a certificate of kind kCommit; votes for nil of the same round may stand in it too.
[[nodiscard]] Result<Commit> MakeCommit(const Certificate& certificate, const ValidatorSet& set);
// The other way: the certificate a commit amounts to (its votes for the block).
[[nodiscard]] Certificate ToCertificate(const Commit& commit);

// Right height, id and size; every signature present verifies; for the block more than two thirds.
[[nodiscard]] Result<void> VerifyCommit(std::string_view chain_id, const Commit& commit,
                                        const ValidatorSet& set, Height height, const BlockId& id);
// The same for any certificate, by its kind.
[[nodiscard]] Result<void> VerifyCertificate(std::string_view chain_id,
                                             const Certificate& certificate,
                                             const ValidatorSet& set);

}  // namespace jiandu::consensus
