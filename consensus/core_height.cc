// Heights: beginning, waiting for work, resuming after a restart, what came early for the next one.
#include <algorithm>

#include "consensus/core_state.h"

namespace jiandu::consensus {

void Core::State::Reset(const StartHeight& input) {
  phase_ = Phase::kWaiting;
  set_ = input.set;
  rs_ = RoundState();
  rs_.height = input.height;
  tally_ = VoteTally(set_);
  proposals_.clear();
  checks_.clear();
  speculated_.clear();
  commit_.reset();
  fetch_asked_ = false;
  valid_polka_.reset();
  seen_commit_ = input.last_commit;
  work_ = false;
  min_interval_passed_ = false;
  heartbeat_passed_ = false;
  quarantined_ = false;
  fired_l34_ = fired_l36_ = fired_l47_ = false;
  entered_by_.reset();
  asked_.reset();
  asked_value_.reset();
  last_proposal_.reset();
  last_prevote_.reset();
  last_precommit_.reset();
}

// docs/consensus.md (Pace): a height begins when there is something to do, or to certify.
void Core::State::BeginWaiting(Work needs_proof) {
  work_ = needs_proof == Work::kPending;
  min_interval_passed_ = params_.min_interval_ms == 0;
  heartbeat_passed_ = params_.heartbeat_ms == 0;
  if (!min_interval_passed_) Arm(Timeout::Kind::kMinInterval, 0);
  if (!heartbeat_passed_) Arm(Timeout::Kind::kHeartbeat, 0);
  Arm(Timeout::Kind::kRebroadcast, 0);
}

bool Core::State::ShouldLeaveWaiting() const {
  if (heartbeat_passed_ || (work_ && min_interval_passed_)) return true;
  if (tally_.HasHonestSenders()) return true;
  return std::ranges::any_of(proposals_, [this](const auto& entry) {
    return ValidityOf(entry.second.front().proposal.id) == Validity::kValid;
  });
}

void Core::State::EnterRounds() {
  phase_ = Phase::kRounds;
  StartRound(0);
}

// L11.
void Core::State::StartRound(Round round) {
  fired_l34_ = fired_l36_ = fired_l47_ = false;
  entered_by_.reset();
  last_proposal_.reset();
  last_prevote_.reset();
  last_precommit_.reset();
  tally_.MoveTo(round, rs_.locked_round, rs_.valid_round);
  NoteCommit(round);  // votes that came when this round was far away are counted from now on
  NoteCommit(round + 1);
  const bool ours = CanSign() && schedule_->ProposerOf(rs_.height, round, *set_) == *me_;
  if (ours) {
    Transition(round_input::NewRoundProposer{.round = round});
    // L11 arms it for others only; a slow builder must not hold up its own vote either.
    Arm(Timeout::Kind::kPropose, round);
  } else {
    Transition(round_input::NewRound{.round = round});
  }
  BoundProposals();
}

// Resumes at the recorded round and step; the same messages are sent again, byte for byte.
void Core::State::Restore(const SafetyState& record) {
  phase_ = Phase::kRounds;
  rs_.round = std::clamp(record.round, 0, limits::kRoundMax);
  rs_.step = record.step == Step::kCommit ? Step::kPrecommit : record.step;
  rs_.locked_round = record.locked_round;
  rs_.locked_id = record.locked_id;
  rs_.valid_round = record.valid_round;
  rs_.valid_id = record.valid_id;
  valid_polka_ = record.polka;
  if (record.seen_commit) seen_commit_ = record.seen_commit;
  asked_ = SignPlace{rs_.round, rs_.step};
  tally_.MoveTo(rs_.round, rs_.locked_round, rs_.valid_round);
  if (valid_polka_ && IsCertificate(*valid_polka_, *set_)) tally_.AddCertificate(*valid_polka_);
  if (rs_.step == Step::kPropose) Arm(Timeout::Kind::kPropose, rs_.round);
  Arm(Timeout::Kind::kRebroadcast, rs_.round);
  RestoreOwnMessages(record);
  if (rs_.locked_id) RequestCheck(*rs_.locked_id);
  if (rs_.valid_id) RequestCheck(*rs_.valid_id);
}

void Core::State::RestoreOwnMessages(const SafetyState& record) {
  last_proposal_ = record.last_proposal;
  last_prevote_ = record.last_prevote;
  last_precommit_ = record.last_precommit;
  if (last_proposal_) {
    Emit(Broadcast{.message = *last_proposal_});
    Emit(Reshare{.height = rs_.height, .id = last_proposal_->id});
    StoreProposal(*last_proposal_, true, last_proposal_->polka.has_value());
  }
  for (const std::optional<Vote>& vote : {last_prevote_, last_precommit_}) {
    if (!vote) continue;
    asked_value_ = vote->id;
    Emit(Broadcast{.message = *vote});
    static_cast<void>(tally_.Add(*vote));
  }
}

void Core::State::BufferVote(const Vote& vote) {
  if (vote.round < 0 || vote.round > 1) return;
  // Bounded for any input; a verified vote comes from a member, so no member is shut out.
  if (next_votes_.size() >= 4 * limits::kValidatorsMax) return;
  next_votes_.try_emplace({vote.round, vote.type, vote.from}, vote);
}

void Core::State::BufferProposal(const ProposalIn& input) {
  const Proposal& proposal = input.proposal;
  if (proposal.round < 0 || proposal.round > 1) return;
  if (next_proposals_.size() >= 4) return;
  next_proposals_.try_emplace({proposal.round, proposal.from}, input);
}

void Core::State::ReplayBuffer() {
  const auto proposals = std::exchange(next_proposals_, {});
  const auto votes = std::exchange(next_votes_, {});
  for (const auto& [key, input] : proposals) {
    if (input.proposal.height == rs_.height) AddProposal(input.proposal, input.timely);
  }
  for (const auto& [key, vote] : votes) {
    if (vote.height == rs_.height) AddVote(vote);
  }
}

}  // namespace jiandu::consensus
