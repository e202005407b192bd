#include "node/consensus_host.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "node/peer_types.h"

namespace jiandu::node {
namespace {

constexpr std::int64_t kTickMs = 250;
constexpr std::int64_t kGossipTickMs = 50;
constexpr std::int64_t kServeTickMs = 20;
// A proposer whose link is closed gets this long, not the whole time-out (docs/adr/0001
// (Consensus)).
constexpr std::int64_t kProposerGoneMs = 100;

// Timers of the core are numbered by kind and round; heights follow one another.
EventLoop::TimerId TimerIdOf(const consensus::Timeout& timeout) {
  return (static_cast<EventLoop::TimerId>(timeout.kind) + 1) << 32U |
         static_cast<std::uint32_t>(timeout.round);
}

}  // namespace

ConsensusHost::ConsensusHost(HostParts parts, HostOptions options, ChainTip tip,
                             consensus::ValidatorSetPtr last_set,
                             std::shared_ptr<const store::LedgerView> view, HostEvents events)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      events_(std::move(events)),
      tip_(std::move(tip)),
      last_set_(std::move(last_set)),
      view_(std::move(view)),
      moved_ms_(EventLoop::SteadyMs()),
      alive_(std::make_shared<int>(0)) {
  core_.emplace(tip_.chain, options_.me, options_.params,
                std::make_unique<consensus::SeatRotation>());
  MakeParts();
  MakeCatchUp();
  needs_proof_ = options_.needs_proof;
  tick_timer_ = parts_.loop->NewTimerId();
  gossip_timer_ = parts_.loop->NewTimerId();
  serve_timer_ = parts_.loop->NewTimerId();
}

ConsensusHost::~ConsensusHost() {
  parts_.loop->CancelTimer(tick_timer_);
  parts_.loop->CancelTimer(gossip_timer_);
  parts_.loop->CancelTimer(serve_timer_);
  for (const auto& [id, timeout] : timers_) parts_.loop->CancelTimer(id);
}

void ConsensusHost::Start() {
  began_ms_ = moved_ms_ = EventLoop::SteadyMs();
  StartProbe();
  AnnounceOwn();
  EnterHeight();
  ArmTick();
}

void ConsensusHost::EnterHeight() {
  blocks_.clear();
  prepared_.erase(prepared_.begin(), prepared_.upper_bound(tip_.height));
  // Those of the new height came while the last one was executed: they are followed below.
  EraseProposals([this](const consensus::Proposal& one) { return one.height <= tip_.height; });
  checks_.clear();
  nil_precommits_.clear();
  decided_.reset();
  fetching_.reset();
  LiftQuarantine();
  work_told_ = false;
  const consensus::Height height = tip_.height + 1;
  gossip_->StartHeight(height);
  for (BlockPtr& block : std::exchange(options_.candidates, {})) {
    if (block->block.header.height == height) blocks_.emplace(block->id, std::move(block));
  }
  consensus::StartHeight start;
  start.height = height;
  start.set = tip_.set;
  if (tip_.height > 0) start.last_commit = consensus::ToCertificate(tip_.commit);
  // It may be ahead of the ledger (the disk with the blocks was lost): the core keeps it until
  // then.
  start.restored = std::exchange(options_.restored, std::nullopt);
  start.needs_proof = needs_proof_;
  Step(start);
  DropOldVotes();
  OnWork();
  FollowEarlyProposals();
  FollowProbe();
}

void ConsensusHost::FollowEarlyProposals() {
  std::vector<consensus::Proposal> early;
  for (const auto& [id, known] : proposals_) {
    for (const KnownProposal& one : known) {
      if (one.proposal.height == tip_.height + 1) early.push_back(one.proposal);
    }
  }
  for (const consensus::Proposal& proposal : early) {
    // Their parts may all be here; then this delivers them.
    Follow(proposal);
  }
  ArmGossip();
}

void ConsensusHost::EraseProposals(const std::function<bool(const consensus::Proposal&)>& named) {
  for (auto& [id, known] : proposals_) {
    std::erase_if(known, [&](const KnownProposal& one) { return named(one.proposal); });
  }
  std::erase_if(proposals_, [](const auto& entry) { return entry.second.empty(); });
}

void ConsensusHost::OnWork() {
  if (work_told_ || decided_ || !parts_.mempool->HasWork(tip_.time_ms)) return;
  work_told_ = true;
  Step(consensus::WorkAvailable{.height = tip_.height + 1});
}

void ConsensusHost::Step(const consensus::Input& input) {
  auto effects = core_->Step(input);
  const auto view = core_->View();
  if (const auto place = std::tuple{view.height, view.round, view.step}; place != place_) {
    const bool is_new_round = view.round != std::get<1>(place_);
    // A certificate can lead from waiting for work straight into a later round.
    const bool begins = std::get<2>(place_) == consensus::Step::kUnstarted || view.round <= 0;
    place_ = place;
    moved_ms_ = EventLoop::SteadyMs();
    if (begins && view.step <= consensus::Step::kPropose) began_ms_ = moved_ms_;
    if (is_new_round && view.round > 0) DropPastRounds(view);
  }
  for (auto& effect : effects) Perform(effect);
}

// What only rounds before the last one named is not needed any more, and slow rounds would pile it
// up. Should it be decided after all, it is fetched by its id (Do(Finalize)).
void ConsensusHost::DropPastRounds(const consensus::CoreView& view) {
  std::vector<consensus::BlockId> keep;
  for (const auto& id : {view.locked_id, view.valid_id}) {
    if (id) keep.push_back(*id);
  }
  if (decided_ && decided_->commit.id) keep.push_back(*decided_->commit.id);
  if (fetching_) keep.push_back(fetching_->id);
  const consensus::Round oldest = view.round - 1;
  gossip_->StartRound(oldest, keep);
  EraseProposals([&](const consensus::Proposal& one) {
    return one.height == view.height && one.round < oldest &&
           std::ranges::find(keep, one.id) == keep.end();
  });
  std::erase_if(held_signatures_, [oldest](const SignRequest& request) {
    const auto round_of = [](const auto& message) { return message.round; };
    return std::visit(round_of, request.ask.unsigned_message) < oldest;
  });
  std::erase_if(blocks_, [&](const auto& entry) {
    return !proposals_.contains(entry.first) && !gossip_->Knows(entry.first) &&
           std::ranges::find(keep, entry.first) == keep.end();
  });
}

void ConsensusHost::Perform(consensus::Effect& effect) {
  std::visit([this](auto& one) { Do(one); }, effect);
}

void ConsensusHost::Do(consensus::SignAndPersist& effect) {
  SignRequest request;
  if (effect.block_must_be_durable) {
    request.block = FindBlock(*effect.block_must_be_durable);
    // Without the bytes the lock could not be kept: better silent than unsafe.
    if (request.block == nullptr) return;
  }
  request.ask = std::move(effect);
  held_signatures_.push_back(std::move(request));
  ReleaseSignatures();
}

void ConsensusHost::Do(consensus::Broadcast& effect) {
  if (auto* vote = std::get_if<consensus::Vote>(&effect.message)) {
    RememberVote(*vote);
    NoteNilPrecommit(*vote);
    BroadcastMessage(consensus::VoteMsg{*vote});
  } else if (auto* certificate = std::get_if<consensus::Certificate>(&effect.message)) {
    BroadcastMessage(consensus::CertificateMsg{std::move(*certificate)});
  } else {
    auto& proposal = std::get<consensus::Proposal>(effect.message);
    const BlockPtr block = FindBlock(proposal.id);
    RememberSigned(proposal);
    BroadcastMessage(consensus::ProposalMsg{proposal});
    // Once; what must be sent again comes as Reshare.
    if (block != nullptr && gossip_->Find(proposal.id) == nullptr) {
      gossip_->Share(proposal.height, proposal.round, proposal.id, block->bytes);
    }
  }
}

std::int64_t ConsensusHost::DelayOf(const consensus::Timeout& timeout) const {
  const std::int64_t full = options_.params.DurationMs(timeout);
  if (timeout.kind == consensus::Timeout::Kind::kPropose) {
    const auto proposer = options_.peer_of.find(core_->View().proposer);
    if (proposer != options_.peer_of.end() && proposer->second != parts_.hub->Self() &&
        !parts_.hub->IsUp(proposer->second)) {
      return std::min(full, kProposerGoneMs);
    }
  }
  // A quorum of nil precommits: nothing can be decided in this round any more.
  if (timeout.kind == consensus::Timeout::Kind::kPrecommit) {
    const auto nil = nil_precommits_.find(timeout.round);
    consensus::Power power = 0;
    if (nil != nil_precommits_.end()) {
      for (const auto& address : nil->second) {
        if (const auto* validator = tip_.set->Find(address)) power += validator->power;
      }
    }
    if (tip_.set->IsQuorum(power)) return 0;
  }
  return full;
}

void ConsensusHost::Do(consensus::SetTimer& effect) {
  const auto id = TimerIdOf(effect.timeout);
  timers_[id] = effect.timeout;
  parts_.loop->SetTimer(id, DelayOf(effect.timeout), [this, id, timeout = effect.timeout] {
    timers_.erase(id);
    Step(consensus::TimeoutIn{timeout});
  });
}

void ConsensusHost::Do(consensus::CancelTimers&) {
  std::erase_if(timers_, [&](const auto& timer) {
    if (timer.second.height >= core_->View().height) return false;
    parts_.loop->CancelTimer(timer.first);
    return true;
  });
}

void ConsensusHost::Do(consensus::FetchBlock& effect) {
  gossip_->Fetch(effect.height, effect.id, EventLoop::SteadyMs());
  fetching_ = std::move(effect);
  ArmGossip();
}

void ConsensusHost::Do(consensus::Reshare& effect) {
  const BlockPtr block = FindBlock(effect.id);
  if (block != nullptr && gossip_->Find(effect.id) == nullptr) {
    gossip_->Share(effect.height, core_->View().round, effect.id, block->bytes);
  } else {
    gossip_->Reshare(effect.height, effect.id);
  }
}

void ConsensusHost::Do(consensus::Decide& effect) {
  decided_ = std::move(effect);
  // Nothing needs to be said in this height any more, and its blocks cannot be written after the
  // decided one: it is executed for a while yet, in which the others may turn out not to be ahead.
  held_signatures_.clear();
}

void ConsensusHost::Do(consensus::Equivocation& effect) {
  // The core speaks of the height under way alone.
  if (events_.on_equivocation) events_.on_equivocation(effect, *tip_.set);
}

void ConsensusHost::Do(consensus::Alarm& effect) {
  parts_.log.Error(effect.what, {{"height", tip_.height + 1}});
  events_.on_alarm(effect.what);
}

void ConsensusHost::Do(consensus::Build& effect) {
  BuildRequest request{.height = effect.height,
                       .round = effect.round,
                       .proposer = *options_.me,
                       .now_ms = EventLoop::WallMs(),
                       .candidates = {}};
  // The header, the last commit and what lies around each transaction need room too.
  constexpr std::size_t kRoom = 64 * limits::kKiB;
  request.candidates = parts_.mempool->Pick(limits::kBlockBytesMax - kRoom, limits::kBlockTxMax,
                                            std::max(tip_.time_ms + 1, request.now_ms));
  parts_.executor->Build(std::move(request));
}

void ConsensusHost::Do(consensus::Check& effect) { StartCheck(effect.id); }

void ConsensusHost::Do(consensus::Finalize& effect) {
  const BlockPtr block = FindBlock(effect.id);
  if (effect.speculative) {
    if (block != nullptr) parts_.executor->Speculate(block);
    return;
  }
  if (block != nullptr) return FinishDecided(block);
  // Dropped with its round: those who decided it have it. OnBlockBytes goes on.
  gossip_->Fetch(effect.height, effect.id, EventLoop::SteadyMs());
  ArmGossip();
}

void ConsensusHost::FinishDecided(const BlockPtr& block) {
  JD_ASSERT(decided_.has_value());
  auto commit = consensus::MakeCommit(decided_->commit, *tip_.set);
  if (!commit) {
    events_.on_fatal(
        Error{Errc::kInternal, "certificate of the decision: " + commit.error().detail});
    return;
  }
  parts_.signer->Store(block);
  parts_.executor->Decide(block, std::move(*commit));
}

void ConsensusHost::OnSigned(OwnMessage message) { Step(consensus::SignedOwn{std::move(message)}); }

void ConsensusHost::OnSignRefused(const std::string& why) {
  quarantined_up_to_.reset();
  held_signatures_.clear();
  Quarantine(why);
}

void ConsensusHost::Quarantine(const std::string& why) {
  quarantine_ = why;
  // The status shows it while it lasts (AddQuarantineAlarm).
  parts_.log.Error("alarm: signing stopped", {{"why", why}});
}

void ConsensusHost::OnPeerUp(const PeerId& peer) {
  catch_up_->OnPeerUp(peer, EventLoop::SteadyMs());
  AskProbe(peer);
}

void ConsensusHost::OnPeerDown(const PeerId& peer) {
  gossip_->OnPeerDown(peer);
  catch_up_->OnPeerDown(peer, EventLoop::SteadyMs());
  ReleaseSignatures();
  const auto proposer = options_.peer_of.find(core_->View().proposer);
  if (proposer != options_.peer_of.end() && proposer->second == peer) HastenPropose();
}

void ConsensusHost::HastenPropose() {
  const auto view = core_->View();
  if (view.step != consensus::Step::kPropose || view.has_proposal) return;
  consensus::SetTimer sooner{
      {.kind = consensus::Timeout::Kind::kPropose, .height = view.height, .round = view.round}};
  if (timers_.contains(TimerIdOf(sooner.timeout))) Do(sooner);
}

void ConsensusHost::NoteNilPrecommit(const consensus::Vote& vote) {
  if (vote.type != consensus::VoteType::kPrecommit || vote.id || vote.height != tip_.height + 1)
    return;
  // Whoever names rounds far ahead costs nobody memory.
  const consensus::Round round = core_->View().round;
  if (vote.round < round || vote.round > round + limits::kProposalRoundsAhead) return;
  nil_precommits_[vote.round].insert(vote.from);
  consensus::SetTimer sooner{
      {.kind = consensus::Timeout::Kind::kPrecommit, .height = vote.height, .round = vote.round}};
  if (timers_.contains(TimerIdOf(sooner.timeout)) && DelayOf(sooner.timeout) == 0) Do(sooner);
}

void ConsensusHost::ArmTick() {
  parts_.loop->SetTimer(tick_timer_, kTickMs, [this] {
    catch_up_->Tick(EventLoop::SteadyMs());
    ArmServe();
    AskProbeAgain();
    ReleaseSignatures();
    ArmTick();
  });
}

void ConsensusHost::ArmServe() {
  if (serve_armed_ || !catch_up_->IsServing()) return;
  serve_armed_ = true;
  parts_.loop->SetTimer(serve_timer_, kServeTickMs, [this] {
    serve_armed_ = false;
    catch_up_->Serve(EventLoop::SteadyMs());
    ArmServe();
  });
}

// Not put off by being called again: under load proposals come faster than the timer.
void ConsensusHost::ArmGossip() {
  if (gossip_armed_ || !gossip_->IsBusy()) return;
  gossip_armed_ = true;
  parts_.loop->SetTimer(gossip_timer_, kGossipTickMs, [this] {
    gossip_armed_ = false;
    gossip_->Tick(EventLoop::SteadyMs());
    ArmGossip();
  });
}

void ConsensusHost::Send(const PeerId& peer, const consensus::PeerMessage& message) {
  if (parts_.hub->Send(peer, Prepare(message)) == SendResult::kFull) {
    parts_.log.Debug("send queue full",
                     {{"peer", ShortName(peer)}, {"message", consensus::NameOf(message)}});
  }
}

void ConsensusHost::BroadcastMessage(const consensus::PeerMessage& message) {
  (void)parts_.hub->Broadcast(Prepare(message));
}

}  // namespace jiandu::node
