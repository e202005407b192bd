// The 13 rules of the paper, fired one after the other until none is enabled.
//
// The paper lets any enabled rule fire; the order is that of Malachite and of the specification, so
// that traces can be compared: L49, then L36, L28, L22 for stored proposals, then L44, L34, L47,
// L55.
#include <algorithm>

#include "consensus/core_state.h"

namespace jiandu::consensus {

void Core::State::Run() {
  for (int fired = 0; fired < kRulesPerInputMax; ++fired) {
    if (!FireOne()) return;
  }
  JD_ASSERT(false && "the rules did not come to rest");
}

bool Core::State::FireOne() {
  if (phase_ != Phase::kWaiting && phase_ != Phase::kRounds) return false;
  if (TryDecide()) return true;
  if (phase_ == Phase::kWaiting) {
    if (!ShouldLeaveWaiting()) return false;
    EnterRounds();
    return true;
  }
  if (phase_ != Phase::kRounds) return false;
  return TryLock() || TryPrevote() || TryNilPolka() || TryScheduleTimeouts() || TrySkip();
}

bool Core::State::Transition(const RoundInput& input) {
  const RoundResult result = Apply(rs_, input);
  if (std::holds_alternative<round_output::Refused>(result.output)) return false;
  rs_ = result.state;
  std::visit([this](const auto& output) { Perform(output); }, result.output);
  return true;
}

const Core::State::StoredProposal* Core::State::CurrentProposal() const {
  const auto found = proposals_.find(rs_.round);
  return found == proposals_.end() ? nullptr : &found->second.front();
}

// L49, for any round and from any source of the bytes.
bool Core::State::TryDecide() {
  if (!commit_ || phase_ == Phase::kDecided || phase_ == Phase::kHalted) return false;
  const BlockId id = *commit_->id;
  const std::optional<Validity> validity = ValidityOf(id);
  if (!validity) {
    if (!fetch_asked_) Emit(FetchBlock{.height = rs_.height, .id = id, .commit = *commit_});
    fetch_asked_ = true;
    return false;
  }
  switch (*validity) {
    case Validity::kAsked: return false;
    case Validity::kInvalid:
      // Going on would fork from the majority or accept what our rules forbid. A person must look.
      phase_ = Phase::kHalted;
      Emit(Alarm{.what = "CONSENSUS FAILURE: more than two thirds committed a block of height " +
                         std::to_string(rs_.height) + " that our application refuses"});
      return true;
    case Validity::kValid:
      return Transition(round_input::ProposalAndCommitAndValid{.round = commit_->round, .id = id});
  }
  return false;
}

// L36.
bool Core::State::TryLock() {
  if (fired_l36_ || (rs_.step != Step::kPrevote && rs_.step != Step::kPrecommit)) return false;
  const auto found = proposals_.find(rs_.round);
  if (found == proposals_.end()) return false;
  const auto value = tally_.QuorumValue(rs_.round, VoteType::kPrevote);
  if (!value || !*value) return false;
  const BlockId id = **value;
  for (const StoredProposal& entry : found->second) {
    if (entry.proposal.id != id || ValidityOf(id) != Validity::kValid) continue;
    fired_l36_ = true;
    valid_polka_ = tally_.Make(Certificate::Kind::kPolka, rs_.height, rs_.round, id);
    tally_.MoveTo(rs_.round, rs_.step == Step::kPrevote ? rs_.round : rs_.locked_round, rs_.round);
    Speculate(id);
    return Transition(round_input::ProposalAndPolkaAndValid{.id = id});
  }
  return false;
}

// L22 and L28. Only the first proposal of a round is voted for.
bool Core::State::TryPrevote() {
  if (rs_.step != Step::kPropose) return false;
  const StoredProposal* entry = CurrentProposal();
  if (entry == nullptr) return false;
  const Proposal& proposal = entry->proposal;
  const std::optional<Validity> validity = ValidityOf(proposal.id);
  if (validity != Validity::kValid && validity != Validity::kInvalid) return false;
  const bool fresh = proposal.pol_round == -1;
  // Without the polka it claims, a proposal counts for nothing and timeoutPropose keeps running.
  if (!fresh && !entry->has_polka && !HasPolka(proposal.pol_round, proposal.id)) return false;
  if (validity == Validity::kInvalid || (fresh && !entry->timely)) {
    return Transition(round_input::ProposalInvalid{});
  }
  const BlockId id = proposal.id;
  if (fresh) {
    if (rs_.locked_round == -1 || rs_.locked_id == id) Speculate(id);
    return Transition(round_input::ProposalSeen{.id = id});
  }
  Speculate(id);
  return Transition(
      round_input::ProposalAndPolkaPreviousAndValid{.id = id, .pol_round = proposal.pol_round});
}

// L44.
bool Core::State::TryNilPolka() {
  if (rs_.step != Step::kPrevote) return false;
  if (!tally_.HasQuorumFor(rs_.round, VoteType::kPrevote, std::nullopt)) return false;
  return Transition(round_input::PolkaNil{});
}

// L34 and L47.
bool Core::State::TryScheduleTimeouts() {
  if (!fired_l34_ && rs_.step == Step::kPrevote &&
      tally_.HasQuorumAny(rs_.round, VoteType::kPrevote)) {
    fired_l34_ = true;
    return Transition(round_input::PolkaAny{});
  }
  if (!fired_l47_ && tally_.HasQuorumAny(rs_.round, VoteType::kPrecommit)) {
    fired_l47_ = true;
    return Transition(round_input::PrecommitAny{});
  }
  return false;
}

// L34 and L47 for those who were overtaken. The paper waits for votes of this round alone, which
// needs received votes to outlive a crash. Ours do not: after a power cut a member whose record is
// a round ahead cannot repeat what it said here, and with one more member dead the others would
// wait for ever. Whoever is heard from a later place could as well have voted here, and both rules
// only start timers, so nobody gains by it. Asked at each rebroadcast, when nothing else has
// helped.
void Core::State::ScheduleIfOvertaken() {
  if (!fired_l34_ && rs_.step == Step::kPrevote &&
      tally_.HasQuorumPassed(rs_.round, VoteType::kPrevote)) {
    fired_l34_ = true;
    Transition(round_input::PolkaAny{});
  }
  if (!fired_l47_ && tally_.HasQuorumPassed(rs_.round, VoteType::kPrecommit)) {
    fired_l47_ = true;
    Transition(round_input::PrecommitAny{});
  }
}

// L55.
bool Core::State::TrySkip() {
  const std::optional<Round> round = tally_.HonestRoundAbove(rs_.round);
  if (!round) return false;
  SkipTo(*round, tally_.Make(Certificate::Kind::kSkip, rs_.height, *round, std::nullopt));
  return true;
}

void Core::State::SkipTo(Round round, Certificate reason) {
  if (Transition(round_input::RoundSkip{.round = round})) entered_by_ = std::move(reason);
}

// Execution begins while the votes travel; each block once.
void Core::State::Speculate(const BlockId& id) {
  if (!speculated_.insert(id).second) return;
  Emit(Finalize{.height = rs_.height, .id = id, .speculative = true});
}

void Core::State::Perform(const round_output::Propose& output) {
  AskProposal(output.id, output.pol_round);
}

void Core::State::Perform(const round_output::CastVote& output) { AskVote(output.type, output.id); }

void Core::State::Perform(const round_output::Schedule& output) { Arm(output.kind, output.round); }

void Core::State::Perform(const round_output::GetValue& output) {
  Emit(Build{.height = rs_.height, .round = output.round});
}

void Core::State::Perform(const round_output::Decided& output) {
  phase_ = Phase::kDecided;
  // What was enough stays as it is, whoever brought it: fewer votes may weigh more. The votes that
  // came one by one are put beside it.
  Certificate commit = *commit_;
  const Certificate late =
      tally_.Make(Certificate::Kind::kCommit, rs_.height, output.round, output.id);
  for (const Vote& vote : late.votes) {
    const auto is_same = [&vote](const Vote& one) { return one.from == vote.from; };
    if (std::ranges::none_of(commit.votes, is_same)) commit.votes.push_back(vote);
  }
  Emit(Decide{
      .height = rs_.height, .round = output.round, .id = output.id, .commit = std::move(commit)});
  Emit(Finalize{.height = rs_.height, .id = output.id, .speculative = false});
}

void Core::State::Perform(const round_output::SkipTo& output) { StartRound(output.round); }

}  // namespace jiandu::consensus
