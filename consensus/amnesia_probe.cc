#include "consensus/amnesia_probe.h"

#include <utility>

namespace jiandu::consensus {
namespace {

template <typename Message>
bool Holds(const std::optional<Message>& own, const Message& seen) {
  return own && own->height == seen.height && own->round == seen.round && own->id == seen.id;
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

bool AmnesiaProbeRun::IsKnown(const SignedMessage& message) const {
  const Place place = PlaceOf(message);
  // Heights below the one under way are decided: nothing signed there can hurt any more.
  if (place.height < height_) return true;
  if (place < Place{.height = record_.height, .round = record_.round, .step = record_.step}) {
    return true;
  }
  if (const auto* proposal = std::get_if<Proposal>(&message)) {
    return Holds(record_.last_proposal, *proposal);
  }
  const auto& vote = std::get<Vote>(message);
  return Holds(vote.type == VoteType::kPrevote ? record_.last_prevote : record_.last_precommit,
               vote);
}

void AmnesiaProbeRun::Answer(std::string_view chain_id, const Address& from,
                             const std::optional<SignedMessage>& highest) {
  if (set_->Find(from) == nullptr) return;
  if (highest) {
    if (SignerOf(*highest) != me_ || !VerifySigned(chain_id, *highest, *set_)) return;
    if (!IsKnown(*highest)) NoteForeign(*highest);
  }
  answered_.insert(from);
}

void AmnesiaProbeRun::NoteForeign(const SignedMessage& message) {
  const Place place = PlaceOf(message);
  if (!highest_foreign_ || *highest_foreign_ < place) highest_foreign_ = place;
  if (foreign_) return;
  foreign_ = std::string(std::holds_alternative<Vote>(message) ? "a vote" : "a proposal") +
             " of this validator for height " + std::to_string(place.height) + " round " +
             std::to_string(place.round) +
             " is with the others, and safety.rec does not know it: the data directory was rolled "
             "back, or another machine signs with this key";
}

bool AmnesiaProbeRun::HasQuorum() const {
  Power power = 0;
  for (const Address& address : answered_) {
    if (const Validator* validator = set_->Find(address)) power += validator->power;
  }
  return set_->IsQuorum(power);
}

}  // namespace jiandu::consensus
