// Catching up with the others, and the question asked before the first signature of a run.

#include <algorithm>
#include <utility>

#include "node/consensus_host.h"
#include "node/execution.h"

namespace jiandu::node {
namespace {

// The block, once more than two thirds of `set` have signed it: then it is decided, whoever sent
// it. What executing it gives is compared with the next header. Null: it is not.
BlockPtr DecidedBlock(const std::string& chain, const consensus::ValidatorSet& set,
                      consensus::Height height, const StoredBlock& stored) {
  auto block = consensus::Block::Decode(*stored.block);
  if (!block) return nullptr;
  const consensus::BlockId id = consensus::MakeBlockId(block->header.Hash(), *stored.block);
  if (!consensus::VerifyCommit(chain, stored.commit, set, height, id)) return nullptr;
  auto data = std::make_shared<BlockData>();
  data->id = id;
  data->block = std::move(*block);
  data->bytes = stored.block;
  // Decided, and yet it does not decode: for the executor to say.
  auto transactions = DecodeTransactions(data->block);
  if (transactions) data->transactions = std::move(*transactions);
  return data;
}

}  // namespace

void ConsensusHost::MakeCatchUp() {
  CatchUpActions actions;
  actions.send = [this](const PeerId& peer, const consensus::PeerMessage& message) {
    Send(peer, message);
  };
  actions.broadcast = [this](const consensus::PeerMessage& message) { BroadcastMessage(message); };
  actions.read_block = [this](consensus::Height height, CatchUpActions::OnRead done) {
    done(options_.read_block(height));
  };
  actions.deliver = [this](consensus::Height height, const StoredBlock& stored) {
    OnSyncedBlock(height, stored);
  };
  actions.show = [this](consensus::Height height, const StoredBlock& stored) {
    DecodeAhead(height, stored, tip_.next_set);
  };
  actions.queued_bytes = [this](const PeerId& peer) {
    return parts_.hub->QueuedBytes(peer, Lane::kBulk);
  };
  actions.punish = [this](const PeerId& peer, std::uint32_t points, const std::string& why) {
    parts_.hub->Punish(peer, points, why);
  };
  actions.is_validator = [this](const PeerId& peer) {
    return std::ranges::any_of(options_.peer_of,
                               [&peer](const auto& entry) { return entry.second == peer; });
  };
  catch_up_ =
      std::make_unique<CatchUp>(std::move(actions), CatchUpOptions(), EventLoop::SteadyMs());
}

void ConsensusHost::AnnounceOwn() {
  const consensus::Height first = options_.first_block ? options_.first_block() : 1;
  catch_up_->SetOwn({.base = tip_.height == 0 ? 0 : first,
                     .height = tip_.height,
                     .block_hash = tip_.block_id.hash},
                    EventLoop::SteadyMs());
}

void ConsensusHost::JudgeSynced(consensus::Height height, CatchUp::Judged judged) {
  syncing_.reset();
  catch_up_->Verdict(height, judged, EventLoop::SteadyMs());
}

void ConsensusHost::OnSyncedBlock(consensus::Height height, const StoredBlock& stored) {
  if (height <= tip_.height) return JudgeSynced(height, CatchUp::Judged::kGood);
  if (height != tip_.height + 1) return JudgeSynced(height, CatchUp::Judged::kBad);
  syncing_ = height;
  DecodeAhead(height, stored, tip_.set);
  TakePrepared();
}

// Of a block that others have decided, decoding it is a sixth of the work: a thread of the pool
// does it while the executor is at the block before. `set` votes on the height.
void ConsensusHost::DecodeAhead(consensus::Height height, const StoredBlock& stored,
                                const consensus::ValidatorSetPtr& set) {
  Prepared& prepared = prepared_[height];
  if (prepared.bytes == stored.block) return;
  prepared = {.bytes = stored.block, .commit = stored.commit, .done = false, .block = nullptr};
  VerifyPool::Job job = [this, height, stored, set, chain = tip_.chain, loop = parts_.loop,
                         alive = std::weak_ptr(alive_)]() mutable {
    loop->Post([this, height, bytes = stored.block, alive = std::move(alive),
                block = DecidedBlock(chain, *set, height, stored)]() mutable {
      if (!alive.expired()) OnPrepared(height, bytes, std::move(block));
    });
  };
  // NOLINTNEXTLINE(bugprone-use-after-move): what was not taken is untouched (node/queue.h)
  if (parts_.pool->Run(std::move(job)) == PushResult::kFull) job();
}

void ConsensusHost::OnPrepared(consensus::Height height, const BlockBytesPtr& bytes,
                               BlockPtr block) {
  const auto found = prepared_.find(height);
  if (found == prepared_.end() || found->second.bytes != bytes) return;  // another came instead
  found->second.done = true;
  found->second.block = std::move(block);
  if (syncing_ == height) TakePrepared();
}

void ConsensusHost::TakePrepared() {
  const auto found = prepared_.find(*syncing_);
  // The core may have decided this height already, and the execution is under way.
  if (decided_ || found == prepared_.end() || !found->second.done) return;
  const Prepared prepared = std::move(found->second);
  prepared_.erase(found);
  if (prepared.block == nullptr) return JudgeSynced(*syncing_, CatchUp::Judged::kBad);
  blocks_.emplace(prepared.block->id, prepared.block);
  Step(consensus::SyncedBlock{.commit = consensus::ToCertificate(prepared.commit),
                              .id = prepared.block->id});
}

void ConsensusHost::StartProbe() {
  if (!options_.me) return;
  probe_.emplace(*options_.me, tip_.height + 1, tip_.set,
                 options_.restored.value_or(consensus::SafetyState()));
  probe_asked_ms_ = EventLoop::SteadyMs();  // each link's opening asks (AskProbe)
  EndProbeIfDone();
}

// Whoever was away while seats changed would wait for ever for those that have left.
void ConsensusHost::FollowProbe() {
  if (!probe_ || !probe_->MoveTo(tip_.height + 1, tip_.set)) return;
  AskProbeOfAll();
  EndProbeIfDone();
}

void ConsensusHost::AskProbe(const PeerId& peer) {
  if (probe_)
    Send(peer, consensus::AmnesiaProbe{.height = tip_.height + 1, .validator = *options_.me});
}

// A node that waits for an answer says nothing, so one that was lost, or did not count, is asked
// for again though the link stays up.
void ConsensusHost::AskProbeAgain() {
  constexpr std::int64_t kAgainMs = 1'000;
  if (probe_ && EventLoop::SteadyMs() - probe_asked_ms_ >= kAgainMs) AskProbeOfAll();
}

void ConsensusHost::AskProbeOfAll() {
  probe_asked_ms_ = EventLoop::SteadyMs();
  BroadcastMessage(consensus::AmnesiaProbe{.height = tip_.height + 1, .validator = *options_.me});
}

void ConsensusHost::On(const PeerId& peer, consensus::AmnesiaProbe& message) {
  consensus::AmnesiaAnswer answer{
      .height = message.height, .validator = message.validator, .highest = {}};
  if (const auto found = highest_signed_.find(message.validator); found != highest_signed_.end()) {
    answer.highest = found->second;
  }
  Send(peer, answer);
}

void ConsensusHost::On(const PeerId& peer, consensus::AmnesiaAnswer& message) {
  if (!probe_ || message.validator != *options_.me) return;
  for (const auto& [address, key] : options_.peer_of) {
    if (key == peer) probe_->Answer(tip_.chain, address, message.highest);
  }
  if (const auto foreign = probe_->Foreign(); foreign && quarantine_.empty()) {
    Quarantine(*foreign);
  }
  EndProbeIfDone();
}

// All answers are waited for even when one has told of something foreign: the latest of it counts.
void ConsensusHost::EndProbeIfDone() {
  if (!probe_ || !probe_->HasQuorum()) return;
  if (const auto& foreign = probe_->HighestForeign()) {
    parts_.signer->Raise(*foreign);
    quarantined_up_to_ = foreign->height;
  }
  probe_.reset();
  LiftQuarantine();
  ReleaseSignatures();
}

// Above all of ours that others hold, a signature contradicts none of it. A quarantine for
// another reason is for a person to end.
void ConsensusHost::LiftQuarantine() {
  if (!quarantined_up_to_ || tip_.height < *quarantined_up_to_) return;
  parts_.log.Warn("signing again", {{"height", tip_.height + 1}, {"was", quarantine_}});
  resumed_above_ = std::exchange(quarantined_up_to_, std::nullopt);
  // After one more start it knows of MayHaveProposed by the record alone.
  parts_.signer->Raise(
      {.height = *resumed_above_ + 1, .round = 0, .step = consensus::Step::kPropose});
  quarantine_.clear();
}

// Who was rolled back may have proposed in the first round above, and it may have reached none of
// those who answered: the others propose there in the next one.
bool ConsensusHost::MayHaveProposed(const SignRequest& request) const {
  const auto* proposal = std::get_if<consensus::Proposal>(&request.ask.unsigned_message);
  return proposal != nullptr && resumed_above_ && proposal->height == *resumed_above_ + 1 &&
         proposal->round == 0;
}

// A height that others have left behind is decided: speaking there can only do harm. But what they
// tell may be false, or of another moment: the core asks for each signature once, so it is held and
// not dropped.
void ConsensusHost::ReleaseSignatures() {
  if (probe_ || !quarantine_.empty() || catch_up_->IsBehind()) return;
  for (SignRequest& request : std::exchange(held_signatures_, {})) {
    if (MayHaveProposed(request)) {
      parts_.log.Warn("proposal withheld: one may have left before the rollback",
                      {{"height", tip_.height + 1}});
      continue;
    }
    parts_.signer->Sign(std::move(request));
  }
}

HostView ConsensusHost::View() const {
  HostView view;
  view.core = core_->View();
  view.decided_height = tip_.height;
  view.decided_time_ms = tip_.time_ms;
  view.moved_ms = moved_ms_;
  view.began_ms = began_ms_;
  view.probing = probe_.has_value();
  view.signing = view.core.can_sign && quarantine_.empty() && !probe_;
  view.behind = catch_up_->IsBehind();
  view.quarantine = quarantine_;
  view.quarantine_ends = probe_.has_value() || quarantined_up_to_.has_value();
  return view;
}

SyncSituation ConsensusHost::Situation() const {
  return {.own = tip_.height,
          .best = catch_up_->TrustedHeight(),
          .next_is_offered = catch_up_->IsOffered(tip_.height + 1)};
}

consensus::Height ConsensusHost::PeerHeight(const PeerId& peer) const {
  const auto status = catch_up_->StatusOf(peer);
  return status ? status->height : 0;
}

}  // namespace jiandu::node
