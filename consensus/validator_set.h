// Who may vote at one height, with how much power; immutable.
//
// Ordered as CometBFT does: power descending, then address ascending. Hash is CometBFT's
// ValidatorSet.Hash (tree over SimpleValidator). Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "consensus/types.h"

namespace jiandu::consensus {

class ValidatorSet {
 public:
  // Refuses an empty set, more than limits::kValidatorsMax, two equal keys, a power of zero, and a
  // total over limits::kTotalPowerMax. Addresses are computed.
  [[nodiscard]] static Result<ValidatorSet> From(std::vector<Validator> validators);

  [[nodiscard]] std::span<const Validator> List() const { return validators_; }
  [[nodiscard]] const Validator* Find(const Address& address) const;
  [[nodiscard]] std::optional<std::size_t> IndexOf(const Address& address) const;
  // The index-th member by address alone: the order in which seats take turns. index < size.
  [[nodiscard]] const Validator& BySeat(std::size_t index) const;
  [[nodiscard]] Power Total() const { return total_; }
  [[nodiscard]] const Hash256& Hash() const { return hash_; }

  // More than two thirds, more than one third: 3x > 2N and 3x > N, never "2f + 1".
  [[nodiscard]] bool IsQuorum(Power power) const;
  [[nodiscard]] bool HasHonest(Power power) const;

  // A new set with the changes applied; power 0 removes. Refuses what `From` refuses, the removal
  // of a non-member and a key named twice.
  [[nodiscard]] Result<ValidatorSet> With(std::span<const Validator> updates) const;

  // The wire form (CometBFT's ValidatorSet, field 1 only, proposer and total omitted).
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<ValidatorSet> Decode(ByteView bytes);

 private:
  ValidatorSet() = default;

  std::vector<Validator> validators_;                        // in set order
  std::vector<std::pair<Address, std::size_t>> by_address_;  // sorted
  Power total_ = 0;
  Hash256 hash_;
};

using ValidatorSetPtr = std::shared_ptr<const ValidatorSet>;  // a published immutable value

}  // namespace jiandu::consensus
