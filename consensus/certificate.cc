// The check of any certificate by its kind.
#include <algorithm>

#include "base/limits.h"
#include "consensus/canonical.h"
#include "consensus/commit.h"

namespace jiandu::consensus {

namespace {

using Kind = Certificate::Kind;

// May this vote stand in a certificate of this kind?
bool Belongs(const Vote& vote, const Certificate& certificate) {
  if (vote.height != certificate.height || vote.round != certificate.round) return false;
  switch (certificate.kind) {
    case Kind::kPolka: return vote.type == VoteType::kPrevote && vote.id == certificate.id;
    case Kind::kCommit:
      // Votes for nil of the same round may stand beside those for the block.
      return vote.type == VoteType::kPrecommit && (!vote.id || vote.id == certificate.id);
    case Kind::kSkip: return true;
    case Kind::kPrecommitAny: return vote.type == VoteType::kPrecommit;
  }
  return false;
}

bool Counts(const Vote& vote, const Certificate& certificate) {
  return certificate.kind != Kind::kCommit || vote.id.has_value();
}

bool IsEnough(Power power, Kind kind, const ValidatorSet& set) {
  return kind == Kind::kSkip ? set.HasHonest(power) : set.IsQuorum(power);
}

}  // namespace

Result<void> VerifyCertificate(std::string_view chain_id, const Certificate& certificate,
                               const ValidatorSet& set) {
  const bool names_block = certificate.kind == Kind::kPolka || certificate.kind == Kind::kCommit;
  if (certificate.id.has_value() != names_block) {
    return Fail(Errc::kInvalid, "certificate: the block id does not fit the kind");
  }
  // Each validator counts once, so there are never more votes than members.
  std::vector<Address> voters;
  Power power = 0;
  for (const Vote& vote : certificate.votes) {
    const Validator* validator = set.Find(vote.from);
    if (validator == nullptr || !Belongs(vote, certificate)) {
      return Fail(Errc::kInvalid, "certificate: a vote that does not belong here");
    }
    if (voters.size() == set.List().size()) {
      return Fail(Errc::kInvalid, "certificate: a validator stands twice");
    }
    voters.push_back(vote.from);
    if (Counts(vote, certificate)) power += validator->power;
  }
  std::ranges::sort(voters);
  if (std::ranges::adjacent_find(voters) != voters.end()) {
    return Fail(Errc::kInvalid, "certificate: a validator stands twice");
  }
  if (!IsEnough(power, certificate.kind, set)) {
    return Fail(Errc::kUnauthenticated, "certificate: not enough power");
  }
  for (const Vote& vote : certificate.votes) {
    if (!VerifyVote(chain_id, vote, set)) {
      return Fail(Errc::kUnauthenticated, "certificate: a signature does not verify");
    }
  }
  return {};
}

}  // namespace jiandu::consensus
