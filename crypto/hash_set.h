// A set of hashes as the Merkle tree of its members in ascending order (docs/contracts.md 4.10:
// subject_root): what is a member is shown by its path, what is none by the paths of the two
// members it would stand between.
//
// The first and the last place are known by their paths (all siblings on one side), neighbours by
// theirs; so a wrong size proves nothing. Pure; any thread.
#pragma once

#include "crypto/merkle.h"

namespace jiandu::crypto {

struct SetPlace {
  std::uint64_t index = 0;
  Hash256 member;
  std::vector<Hash256> path;
};
struct SetProof {
  std::uint64_t size = 0;
  std::vector<SetPlace> places;  // the member itself; or its neighbours, one at an end
};
enum class Membership : std::uint8_t { kMember, kAbsent };

class HashSet {
 public:
  explicit HashSet(std::vector<Hash256> members);  // in any order, repetitions dropped

  [[nodiscard]] std::size_t Size() const { return members_.size(); }
  [[nodiscard]] Hash256 Root() const;
  // Of membership or of absence. Precondition: the set is not empty.
  [[nodiscard]] SetProof Prove(const Hash256& candidate) const;

 private:
  [[nodiscard]] SetPlace PlaceAt(std::size_t index) const;

  std::vector<Hash256> members_;
  std::vector<Hash256> leaves_;
};

// What the proof shows of the candidate; kInvalid when it shows neither.
[[nodiscard]] Result<Membership> CheckSetProof(const SetProof& proof, const Hash256& candidate,
                                               const Hash256& root);

}  // namespace jiandu::crypto
