#include "consensus/amnesia_probe.h"

#include <tuple>
#include <utility>

#include "consensus/canonical.h"

namespace jiandu::consensus {
namespace {

auto PlaceOf(const Vote& vote) {
  const Step step = vote.type == VoteType::kPrevote ? Step::kPrevote : Step::kPrecommit;
  return std::tuple(vote.height, vote.round, step);
}

}  // namespace

AmnesiaProbeRun::AmnesiaProbeRun(Address me, Height height, ValidatorSetPtr set, SafetyState record)
    : me_(me), height_(height), set_(std::move(set)), record_(std::move(record)) {
  answered_.insert(me_);
}

bool AmnesiaProbeRun::MoveTo(Height height, ValidatorSetPtr set) {
  const bool is_other = set->Hash() != set_->Hash();
  height_ = height;
  set_ = std::move(set);
  return is_other;
}

bool AmnesiaProbeRun::IsKnown(const Vote& vote) const {
  const auto place = PlaceOf(vote);
  const auto last = std::tuple(record_.height, record_.round, record_.step);
  // Heights below the one under way are decided: nothing signed there can hurt any more.
  if (vote.height < height_ || place < last) return true;
  const auto& own = vote.type == VoteType::kPrevote ? record_.last_prevote : record_.last_precommit;
  return own && own->height == vote.height && own->round == vote.round && own->id == vote.id;
}

void AmnesiaProbeRun::Answer(std::string_view chain_id, const Address& from,
                             const std::optional<Vote>& highest) {
  if (set_->Find(from) == nullptr) return;
  if (highest) {
    if (highest->from != me_ || !VerifyVote(chain_id, *highest, *set_)) return;
    const bool is_foreign = !IsKnown(*highest);
    if (is_foreign && (!highest_foreign_ || PlaceOf(*highest_foreign_) < PlaceOf(*highest))) {
      highest_foreign_ = highest;
    }
    if (is_foreign && !foreign_) {
      foreign_ =
          "a vote of this validator for height " + std::to_string(highest->height) + " round " +
          std::to_string(highest->round) +
          " is with the others, and safety.rec does not know it: the data directory was rolled "
          "back, or another machine signs with this key";
    }
  }
  answered_.insert(from);
}

bool AmnesiaProbeRun::HasQuorum() const {
  Power power = 0;
  for (const Address& address : answered_) {
    if (const Validator* validator = set_->Find(address)) power += validator->power;
  }
  return set_->IsQuorum(power);
}

}  // namespace jiandu::consensus
