// Paths of members, and of the neighbours of what is no member.
#include "crypto/hash_set.h"

#include <algorithm>

namespace jiandu::crypto {

HashSet::HashSet(std::vector<Hash256> members) : members_(std::move(members)) {
  std::ranges::sort(members_);
  const auto repeated = std::ranges::unique(members_);
  members_.erase(repeated.begin(), repeated.end());
  leaves_.reserve(members_.size());
  for (const Hash256& member : members_) leaves_.push_back(MerkleLeafHash(member.View()));
}

Hash256 HashSet::Root() const { return MerkleRoot(leaves_); }

SetPlace HashSet::PlaceAt(std::size_t index) const {
  return {.index = index, .member = members_[index], .path = MerkleInclusionProof(leaves_, index)};
}

SetProof HashSet::Prove(const Hash256& candidate) const {
  JD_ASSERT(!members_.empty());
  SetProof proof{.size = members_.size(), .places = {}};
  const auto at = std::ranges::lower_bound(members_, candidate);
  const auto index = static_cast<std::size_t>(at - members_.begin());
  if (at != members_.end() && *at == candidate) {
    proof.places.push_back(PlaceAt(index));
    return proof;
  }
  if (index > 0) proof.places.push_back(PlaceAt(index - 1));
  if (index < members_.size()) proof.places.push_back(PlaceAt(index));
  return proof;
}

Result<Membership> CheckSetProof(const SetProof& proof, const Hash256& candidate,
                                 const Hash256& root) {
  if (proof.places.empty() || proof.places.size() > 2) {
    return Fail(Errc::kInvalid, "a proof has one place or two");
  }
  for (const SetPlace& place : proof.places) {
    JD_CHECK(VerifyInclusion(MerkleLeafHash(place.member.View()), place.index, proof.size,
                             place.path, root));
  }
  const SetPlace& first = proof.places.front();
  const SetPlace& last = proof.places.back();
  if (proof.places.size() == 1) {
    if (first.member == candidate) return Membership::kMember;
    const bool before_all = first.index == 0 && candidate < first.member;
    const bool after_all = first.index + 1 == proof.size && first.member < candidate;
    if (before_all || after_all) return Membership::kAbsent;
    return Fail(Errc::kInvalid, "the place is neither the candidate's nor an end beside it");
  }
  const bool between =
      last.index == first.index + 1 && first.member < candidate && candidate < last.member;
  if (!between) return Fail(Errc::kInvalid, "the candidate does not stand between the two places");
  return Membership::kAbsent;
}

}  // namespace jiandu::crypto
