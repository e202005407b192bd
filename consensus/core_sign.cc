// What we say: each signature is asked for once, in ascending order, and repeated until heard.
#include "consensus/core_state.h"

namespace jiandu::consensus {

bool Core::State::CanSign() const {
  if (!me_ || quarantined_ || set_ == nullptr || set_->Find(*me_) == nullptr) return false;
  // A record ahead of the ledger: we have signed in a later height already.
  return !restored_ || restored_->height <= rs_.height;
}

// The first of two independent guards against signing twice; SignGuard is the other.
bool Core::State::TakePlace(SignPlace place) {
  if (!CanSign() || (asked_ && place <= *asked_)) return false;
  asked_ = place;
  return true;
}

void Core::State::AskProposal(const BlockId& id, Round pol_round) {
  if (!TakePlace({rs_.round, Step::kPropose})) return;
  asked_value_ = id;
  Proposal proposal;
  proposal.height = rs_.height;
  proposal.round = rs_.round;
  proposal.pol_round = pol_round;
  proposal.id = id;
  proposal.from = *me_;
  if (pol_round >= 0 && valid_polka_ && valid_polka_->round == pol_round) {
    proposal.polka = valid_polka_;
  }
  Emit(SignAndPersist{
      .unsigned_message = std::move(proposal), .state = Safety(), .block_must_be_durable = id});
}

void Core::State::AskVote(VoteType type, const std::optional<BlockId>& id) {
  const Step step = type == VoteType::kPrevote ? Step::kPrevote : Step::kPrecommit;
  if (!TakePlace({rs_.round, step})) return;
  asked_value_ = id;
  Vote vote;
  vote.type = type;
  vote.height = rs_.height;
  vote.round = rs_.round;
  vote.id = id;
  vote.from = *me_;
  // The record names the valid value: whoever reads it after a power cut must find the bytes.
  Emit(SignAndPersist{
      .unsigned_message = vote, .state = Safety(), .block_must_be_durable = rs_.valid_id});
  if (type == VoteType::kPrecommit && id && rs_.round >= 2) ShareLock(*id);
}

// A lock that others cannot satisfy holds up every later round: tell them why it is there.
void Core::State::ShareLock(const BlockId& id) {
  if (const auto found = proposals_.find(rs_.round); found != proposals_.end()) {
    for (const StoredProposal& entry : found->second) {
      if (entry.proposal.id == id) Emit(Broadcast{.message = entry.proposal});
    }
  }
  if (valid_polka_) Emit(Broadcast{.message = *valid_polka_});
  Emit(Reshare{.height = rs_.height, .id = id});
}

// There is no gossip behind us: what was lost on the way is said again, each second.
void Core::State::Rebroadcast() {
  Arm(Timeout::Kind::kRebroadcast, std::max(rs_.round, 0));
  if (phase_ == Phase::kRounds) ScheduleIfOvertaken();
  if (commit_) {
    Emit(Broadcast{.message = *commit_});
    if (!ValidityOf(*commit_->id))
      Emit(FetchBlock{.height = rs_.height, .id = *commit_->id, .commit = *commit_});
  }
  if (entered_by_) Emit(Broadcast{.message = *entered_by_});
  if (valid_polka_ && valid_polka_->round == rs_.round) {
    Emit(Broadcast{.message = *valid_polka_});
  }
  if (last_proposal_) {
    Emit(Broadcast{.message = *last_proposal_});
    Emit(Reshare{.height = rs_.height, .id = last_proposal_->id});
  }
  if (last_prevote_) Emit(Broadcast{.message = *last_prevote_});
  if (last_precommit_) Emit(Broadcast{.message = *last_precommit_});
}

}  // namespace jiandu::consensus
