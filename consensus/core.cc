// Inputs of the core: which are for us, and what each of them changes before the rules run.
#include "consensus/core.h"

#include <type_traits>
#include <variant>

#include "consensus/core_state.h"

namespace jiandu::consensus {

Core::Core(std::string chain_id, std::optional<Address> me, Params params,
           std::unique_ptr<ProposerSchedule> schedule)
    : state_(std::make_unique<State>(std::move(chain_id), me, params, std::move(schedule))) {}
Core::~Core() = default;
Core::Core(Core&&) noexcept = default;

std::vector<Effect> Core::Step(const Input& input) { return state_->Handle(input); }
CoreView Core::View() const { return state_->View(); }
SafetyState Core::Safety() const { return state_->Safety(); }
std::size_t Core::ItemsKept() const { return state_->ItemsKept(); }

std::size_t Core::ItemsKeptMax(std::size_t validators) {
  constexpr std::size_t kVotes = 5 * 2 + 1;  // two a round, and one of a round far ahead
  constexpr std::size_t kNextHeight = 4;
  constexpr std::size_t kProposalsAndIds = 160;
  return validators * (kVotes + VoteTally::kCertificatesMax + kNextHeight) + kProposalsAndIds;
}

std::vector<Effect> Core::State::Handle(const Input& input) {
  effects_.clear();
  std::visit(
      [this](const auto& one) {
        using One = std::decay_t<decltype(one)>;
        // Halted: nothing we could do is right any more. Idle: there is no height to speak of.
        if (phase_ == Phase::kHalted) return;
        if (phase_ == Phase::kIdle && !std::is_same_v<One, StartHeight>) return;
        On(one);
      },
      input);
  Run();
  return std::exchange(effects_, {});
}

void Core::State::On(const StartHeight& input) {
  if (input.set == nullptr || input.height == 0) return;
  if (phase_ != Phase::kIdle && input.height <= rs_.height) return;
  if (input.restored) restored_ = input.restored;
  Reset(input);
  Emit(CancelTimers{});
  if (restored_ && restored_->height < input.height) restored_.reset();
  if (restored_ && restored_->height == input.height && restored_->step != Step::kUnstarted) {
    const SafetyState record = *std::exchange(restored_, std::nullopt);
    Restore(record);
  } else {
    BeginWaiting(input.needs_proof);
  }
  ReplayBuffer();
}

void Core::State::On(const ProposalIn& input) {
  if (input.proposal.height == rs_.height + 1) return BufferProposal(input);
  if (input.proposal.height != rs_.height || phase_ == Phase::kDecided) return;
  AddProposal(input.proposal, input.timely);
}

void Core::State::On(const VoteIn& input) {
  if (input.vote.height == rs_.height + 1) return BufferVote(input.vote);
  if (input.vote.height != rs_.height || phase_ == Phase::kDecided) return;
  AddVote(input.vote);
}

void Core::State::On(const CertificateIn& input) {
  if (input.certificate.height != rs_.height || phase_ == Phase::kDecided) return;
  if (IsCertificate(input.certificate, *set_)) AddCertificate(input.certificate);
}

void Core::State::On(const SyncedBlock& input) {
  if (phase_ == Phase::kDecided || input.commit.height != rs_.height) return;
  if (input.commit.kind != Certificate::Kind::kCommit || input.commit.id != input.id) return;
  if (!IsCertificate(input.commit, *set_)) return;
  if (!commit_) commit_ = input.commit;
  // More than two thirds committed it and its bytes are here: there is nothing left to ask. Only
  // our own application's "no" stands against that, and then TryDecide stops the node.
  const auto known = checks_.find(input.id);
  if (known == checks_.end() || known->second == Validity::kAsked) {
    checks_[input.id] = Validity::kValid;
  }
}

void Core::State::On(const TimeoutIn& input) {
  const Timeout& timeout = input.timeout;
  if (timeout.height != rs_.height) return;
  switch (timeout.kind) {
    case Timeout::Kind::kMinInterval: min_interval_passed_ = true; return;
    case Timeout::Kind::kHeartbeat:
      if (phase_ == Phase::kWaiting) heartbeat_passed_ = true;
      return;
    case Timeout::Kind::kRebroadcast:
      if (phase_ == Phase::kRounds || phase_ == Phase::kWaiting) Rebroadcast();
      return;
    case Timeout::Kind::kPropose:
    case Timeout::Kind::kPrevote:
    case Timeout::Kind::kPrecommit:
      if (phase_ == Phase::kRounds) OnRoundTimeout(timeout);
      return;
  }
}

void Core::State::OnRoundTimeout(const Timeout& timeout) {
  if (timeout.kind == Timeout::Kind::kPropose) {
    Transition(round_input::TimeoutPropose{.height = timeout.height, .round = timeout.round});
  } else if (timeout.kind == Timeout::Kind::kPrevote) {
    Transition(round_input::TimeoutPrevote{.height = timeout.height, .round = timeout.round});
  } else if (timeout.round == rs_.round && rs_.round < limits::kRoundMax && fired_l47_) {
    Certificate reason = tally_.Make(Certificate::Kind::kPrecommitAny, rs_.height, rs_.round, {});
    if (Transition(
            round_input::TimeoutPrecommit{.height = timeout.height, .round = timeout.round})) {
      if (IsCertificate(reason, *set_)) entered_by_ = std::move(reason);
    }
  }
}

void Core::State::On(const SignedOwn& input) {
  if (const auto* vote = std::get_if<Vote>(&input.message); vote != nullptr) {
    if (vote->height != rs_.height || vote->from != me_) return;
    if (vote->round == rs_.round) {
      (vote->type == VoteType::kPrevote ? last_prevote_ : last_precommit_) = *vote;
    }
    Emit(Broadcast{.message = *vote});
    if (phase_ != Phase::kDecided) AddVote(*vote);
    return;
  }
  const auto& proposal = std::get<Proposal>(input.message);
  if (proposal.height != rs_.height || proposal.from != me_) return;
  if (proposal.round == rs_.round) last_proposal_ = proposal;
  Emit(Broadcast{.message = proposal});
  if (proposal.pol_round >= 0) Emit(Reshare{.height = rs_.height, .id = proposal.id});
  if (phase_ != Phase::kDecided) AddProposal(proposal, true);
}

void Core::State::On(const WorkAvailable& input) {
  if (phase_ == Phase::kWaiting && input.height == rs_.height) work_ = true;
}

void Core::State::On(const Built& input) {
  if (phase_ != Phase::kRounds || input.height != rs_.height || input.round != rs_.round) return;
  if (rs_.step != Step::kPropose || !CanSign()) return;
  if (schedule_->ProposerOf(rs_.height, rs_.round, *set_) != *me_) return;
  if (asked_ >= SignPlace{rs_.round, Step::kPropose}) return;  // L18: not yet proposed
  checks_.try_emplace(input.id, Validity::kValid);  // our own application made it just now
  Transition(round_input::ProposeValue{.id = input.id});
}

void Core::State::On(const Checked& input) {
  if (input.height != rs_.height || phase_ == Phase::kDecided) return;
  const auto found = checks_.find(input.id);
  const bool fetched = commit_ && commit_->id == input.id;
  if (found == checks_.end() && !fetched) return;
  if (found != checks_.end() && found->second != Validity::kAsked) return;
  checks_[input.id] = input.valid ? Validity::kValid : Validity::kInvalid;
}

// The host starts the next height itself; the core has nothing to add to a finalized block.
void Core::State::On(const Finalized& /*input*/) {}

CoreView Core::State::View() const {
  CoreView view;
  view.height = rs_.height;
  view.round = rs_.round;
  view.step = rs_.step;
  view.locked_round = rs_.locked_round;
  view.locked_id = rs_.locked_id;
  view.valid_round = rs_.valid_round;
  view.valid_id = rs_.valid_id;
  view.waiting_for_work = phase_ == Phase::kWaiting;
  view.can_sign = CanSign();
  if (set_ != nullptr) {
    view.proposer = schedule_->ProposerOf(rs_.height, std::max(rs_.round, 0), *set_);
  }
  view.prevoted = tally_.Senders(rs_.round, VoteType::kPrevote);
  view.precommitted = tally_.Senders(rs_.round, VoteType::kPrecommit);
  view.has_proposal = CurrentProposal() != nullptr;
  return view;
}

std::size_t Core::State::ItemsKept() const {
  std::size_t kept = tally_.VotesKept() + checks_.size() + speculated_.size();
  for (const auto& [round, entries] : proposals_) kept += entries.size();
  return kept + next_votes_.size() + next_proposals_.size();
}

SafetyState Core::State::Safety() const {
  SafetyState state;
  state.height = rs_.height;
  state.round = std::max(rs_.round, 0);
  state.step = asked_ ? asked_->second : Step::kUnstarted;
  state.locked_round = rs_.locked_round;
  state.locked_id = rs_.locked_id;
  state.valid_round = rs_.valid_round;
  state.valid_id = rs_.valid_id;
  state.polka = valid_polka_;
  state.last_proposal = last_proposal_;
  state.last_prevote = last_prevote_;
  state.last_precommit = last_precommit_;
  state.seen_commit = seen_commit_;
  return state;
}

}  // namespace jiandu::consensus
