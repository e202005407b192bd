#include "consensus/amnesia_probe.h"

#include <tuple>
#include <utility>

#include "consensus/canonical.h"

namespace jiandu::consensus {

AmnesiaProbeRun::AmnesiaProbeRun(Address me, Height height, ValidatorSetPtr set, SafetyState record)
    : me_(me), height_(height), set_(std::move(set)), record_(std::move(record)) {
  answered_.insert(me_);
}

bool AmnesiaProbeRun::IsKnown(const Vote& vote) const {
  const Step step = vote.type == VoteType::kPrevote ? Step::kPrevote : Step::kPrecommit;
  const auto place = std::tuple(vote.height, vote.round, step);
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
    if (!IsKnown(*highest) && !foreign_) {
      foreign_ =
          "a vote of this validator for height " + std::to_string(highest->height) + " round " +
          std::to_string(highest->round) +
          " is with the others, and safety.rec does not know it: the data directory was rolled "
          "back, or another machine signs with this key";
    }
  }
  answered_.insert(from);
}

bool AmnesiaProbeRun::IsDone() const {
  if (foreign_) return true;
  Power power = 0;
  for (const Address& address : answered_) {
    if (const Validator* validator = set_->Find(address)) power += validator->power;
  }
  return set_->IsQuorum(power);
}

}  // namespace jiandu::consensus
