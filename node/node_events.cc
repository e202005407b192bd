// What the parts of a node tell each other: other threads post to the loop, the loop decides.

#include <algorithm>
#include <utility>

#include "contracts/ruleset.h"
#include "node/alarms.h"
#include "node/disk_space.h"
#include "node/execution.h"
#include "node/node_state.h"
#include "node/peer_book.h"
#include "node/peer_types.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kAlarmsMax = 16;
constexpr std::int64_t kDiskReadEveryMs = 5000;

}  // namespace

void Node::State::OnLoop(EventLoop::Task task) { loop_.Post(std::move(task)); }

SignerEvents Node::State::MakeSignerEvents() {
  SignerEvents events;
  events.on_signed = [this](OwnMessage message) {
    OnLoop([this, message = std::move(message)]() mutable { host_->OnSigned(std::move(message)); });
  };
  events.on_refused = [this](std::string why) {
    OnLoop([this, why = std::move(why)] { host_->OnSignRefused(why); });
  };
  events.on_stored = [this](consensus::Height height) { writer_->Stored(height); };
  events.before_seal = [this](consensus::Height height) { return writer_->Flush(height); };
  events.on_failed = [this](const Error& error) { OnFailed(error); };
  return events;
}

ExecutorEvents Node::State::MakeExecutorEvents() {
  ExecutorEvents events;
  events.on_built = [this](BuiltBlock built) {
    OnLoop([this, built = std::move(built)]() mutable { host_->OnBuilt(std::move(built)); });
  };
  events.on_checked = [this](CheckedBlock checked) {
    OnLoop(
        [this, checked = std::move(checked)]() mutable { host_->OnChecked(std::move(checked)); });
  };
  events.on_applied = [this](AppliedBlock applied) {
    OnLoop([this, applied = std::move(applied)] { OnApplied(applied); });
  };
  events.on_failed = [this](const Error& error) { OnFailed(error); };
  return events;
}

WriterEvents Node::State::MakeWriterEvents() {
  WriterEvents events;
  events.on_written = [this](ledger::Height height,
                             std::shared_ptr<const store::KvReader> written) {
    lineage_->Follow(written);
    snapshots_->Follow(height, written);
    executor_->Rebase(std::move(written));
  };
  events.on_failed = [this](const Error& error) { OnFailed(error); };
  return events;
}

PeerEvents Node::State::MakePeerEvents() {
  PeerEvents events;
  events.on_up = [this](const PeerId& peer) {
    host_->OnPeerUp(peer);
    checkpoints_->OnPeerUp(peer);
    snapshot_server_->OnPeerUp(peer);
  };
  events.on_down = [this](const PeerId& peer) {
    host_->OnPeerDown(peer);
    checkpoints_->OnPeerDown(peer);
    snapshot_server_->OnPeerDown(peer);
    snapshot_fetch_->OnPeerDown(peer);
  };
  events.on_messages = [this](const PeerId& peer, std::vector<consensus::PeerMessage>& messages) {
    OnMessages(peer, messages);
  };
  events.on_alarm = [this](const std::string& what) { OnAlarm(what); };
  return events;
}

void Node::State::OnMessages(const PeerId& peer, std::vector<consensus::PeerMessage>& messages) {
  for (consensus::PeerMessage& message : messages) {
    if (auto* batch = std::get_if<consensus::TxBatch>(&message)) {
      intake_->OnTxBatch(peer, std::move(*batch));
    } else if (const auto* checkpoint = std::get_if<consensus::CheckpointMsg>(&message)) {
      OnCheckpoint(peer, *checkpoint);
    } else if (!TakeSnapshotMessage(peer, message)) {
      host_->OnMessage(peer, std::move(message));
    }
  }
  // A node with nothing fetches nothing until it has heard where the others are.
  if (snapshot_fetch_->IsWaiting()) {
    snapshot_fetch_->OnHeard(host_->Situation(), EventLoop::SteadyMs());
  }
}

// The ledger pins the keys, the config says where to dial; whoever is not in it dials us.
std::vector<PinnedPeer> Node::State::PinnedPeers() const {
  std::vector<PinnedPeer> peers;
  for (const auto& seat : LinkedSeats()) {
    if (seat.node_key == keys_->node.PublicKey()) continue;
    PinnedPeer peer{.department = seat.department, .key = seat.node_key, .address = {}};
    for (const auto& dial : config_.peers.dial) {
      if (dial.department == seat.department) peer.address = dial.address;
    }
    peers.push_back(std::move(peer));
  }
  // A key that votes is pinned already, as what it is.
  for (const std::string& text : config_.peers.followers) {
    auto follower = ParseFollower(text);
    if (!follower || follower->key == keys_->node.PublicKey()) continue;
    const auto is_same = [&](const PinnedPeer& peer) { return peer.key == follower->key; };
    if (std::ranges::none_of(peers, is_same)) peers.push_back(*std::move(follower));
  }
  return peers;
}

consensus::Params Node::State::NetworkParams() const {
  consensus::Params params;
  const Json& overrides = genesis_.consensus;
  const auto take = [&](const char* name, std::uint32_t& value) {
    value = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(overrides.IntegerOr(name, value), 1, 24LL * 3600 * 1000));
  };
  take("propose_ms", params.propose_ms);
  take("propose_delta_ms", params.propose_delta_ms);
  take("prevote_ms", params.prevote_ms);
  take("prevote_delta_ms", params.prevote_delta_ms);
  take("precommit_ms", params.precommit_ms);
  take("precommit_delta_ms", params.precommit_delta_ms);
  take("cap_ms", params.cap_ms);
  take("rebroadcast_ms", params.rebroadcast_ms);
  take("min_interval_ms", params.min_interval_ms);
  take("heartbeat_ms", params.heartbeat_ms);
  return params;
}

VerifyContextPtr Node::State::MakeVerifyContext(const ChainTip& tip,
                                                store::LedgerViewPtr view) const {
  auto context = std::make_shared<VerifyContext>();
  context->chain = tip.chain;
  context->height = tip.height;
  // Between blocks time goes on: `exp` is judged by whichever is later.
  context->block_time = std::max(tip.time_ms, EventLoop::WallMs());
  context->view = std::move(view);
  return context;
}

// Before the height from which rules are in force that this program does not know.
bool Node::State::MayJudgeNext(const ChainTip& tip, const ledger::StateView& view) {
  if (auto known = CheckRuleset(tip); !known) {
    exit_code_ = kExitRuleset;
    Fail(known.error());
    return false;
  }
  planned_ruleset_.reset();
  const auto planned = contracts::ReadPlannedRuleset(view);
  if (!planned || planned->from <= tip.height + 1) return true;
  planned_ruleset_ = {.ruleset = planned->ruleset,
                      .from = planned->from,
                      .known = contracts::KnowsRuleset(planned->ruleset)};
  // The log is told once; the status says at any time how many heights remain.
  const std::string warning = RulesetWarning(*planned_ruleset_, tip.height);
  if (!warning.empty() && planned->from != std::exchange(ruleset_told_, planned->from)) {
    logger_.Error("alarm", {{"what", warning}});
  }
  return true;
}

void Node::State::OnApplied(const AppliedBlock& applied) {
  if (!MayJudgeNext(applied.tip, *applied.view)) return;
  const std::int64_t now = EventLoop::SteadyMs();
  pool_->Publish(MakeVerifyContext(applied.tip, applied.view));
  figures_.blocks.Add();
  figures_.transactions.Add(applied.block->transactions.size());
  if (last_block_ms_ != 0) figures_.block_interval.ObserveUs((now - last_block_ms_) * 1000);
  last_block_ms_ = now;
  const bool busy = !applied.block->transactions.empty();
  logger_.Debug("block", {{"height", applied.tip.height},
                          {"transactions", std::uint64_t{applied.block->transactions.size()}}});
  host_->OnApplied(applied);
  FollowSeats(*applied.view);
  NoteCertified(*applied.view);
  if (busy) PostStatus();
}

void Node::State::OnAlarm(const std::string& what) {
  logger_.Error("alarm", {{"what", what}});
  if (!alarms_.empty() && alarms_.back() == what) return;
  alarms_.push_back(what);
  if (alarms_.size() > kAlarmsMax) alarms_.erase(alarms_.begin());
}

// On the thread that failed. Executor and signer wait for each other through the writer: with one
// of them gone the other would never come to its end, and Stop joins both.
void Node::State::OnFailed(const Error& error) {
  writer_->GiveUp();
  OnLoop([this, error] { Fail(error); });
}

// A disk that failed is never asked again: what could not be made durable was not sent. The first
// failure names the exit code; others are what follows from it.
void Node::State::Fail(const Error& error) {
  logger_.Error("stopping: " + error.detail, {{"code", ErrcName(error.code)}});
  const bool disk = error.code == Errc::kIo || error.code == Errc::kFull;
  if (exit_code_ == kExitStopped) exit_code_ = disk ? kExitDisk : kExitFailed;
  if (stop_reason_.empty()) stop_reason_ = error.detail;
  loop_.Stop();
}

void Node::State::PostStatus() {
  const std::int64_t now = EventLoop::SteadyMs();
  gateway::NodeStatus::Report report;
  HostView view = host_->View();
  view.writer_late = writer_->IsLate();
  report.chain = genesis_.chain;
  report.genesis_hash = genesis_.hash;
  report.department = config_.node.department;
  report.version = kVersion;
  report.height = view.decided_height;
  report.block_time = view.decided_time_ms;
  report.validator = me_ && host_->Tip().set->Find(*me_) != nullptr;
  report.catching_up = view.behind;
  report.signing = view.signing;
  report.not_signing_because = view.quarantine;
  const bool started = view.core.height > 0;
  if (started && !view.signing && view.quarantine.empty() && !view.probing) {
    report.not_signing_because =
        "this node has signed above its ledger, or was seen to sign twice; it signs again when the "
        "ledger has passed that height";
  }
  if (!report.validator) report.not_signing_because = "this node follows without voting";
  report.mempool_transactions = mempool_->Count();
  report.mempool_bytes = mempool_->Bytes();
  report.persisted_height = writer_->Written();
  if (now - disk_read_ms_ > kDiskReadEveryMs || disk_read_ms_ == 0) {
    disk_read_ms_ = now;
    if (auto space = ReadDiskSpace(config_.node.data_dir)) disk_ = *space;
  }
  report.disk_free_bytes = disk_.free_bytes;
  report.alarms = alarms_;
  report.planned_ruleset = planned_ruleset_;
  if (planned_ruleset_) {
    std::string warning = RulesetWarning(*planned_ruleset_, report.height);
    if (!warning.empty()) report.alarms.push_back(std::move(warning));
  }
  const std::vector<PeerStatus> peers = hub_->Status();
  for (const PeerStatus& peer : peers) {
    report.peers.push_back({.department = peer.department,
                            .address = peer.address,
                            .connected = peer.connected,
                            .height = host_->PeerHeight(peer.key),
                            .last_seen_ms_ago = peer.last_heard_ms_ago,
                            .clock_ahead_ms = peer.clock_ahead_ms});
  }
  Explain(view, *host_->Tip().set, aliases_, FactsOf(peers), now, report);
  ExplainSnapshot(report);
  AddClockAlarms(peers, report);
  AddQuarantineAlarm(view.quarantine, view.quarantine_ends, report);
  AddDiskAlarm(disk_, report);
  AddBehindAlarm(report);
  figures_.alarms.Set(static_cast<std::int64_t>(report.alarms.size()));
  PostMetrics();
  status_board_.Post(std::move(report), now);
}

PeerFactsMap Node::State::FactsOf(const std::vector<PeerStatus>& peers) const {
  std::map<PeerId, const PeerStatus*> by_key;
  for (const PeerStatus& peer : peers) by_key[peer.key] = &peer;
  PeerFactsMap facts;
  for (const auto& [address, key] : host_->Options().peer_of) {
    if (me_ == address) continue;
    PeerFacts& one = facts[address];
    const auto found = by_key.find(key);
    if (found == by_key.end()) continue;
    one = {.connected = found->second->connected,
           .heard_ms_ago = found->second->last_heard_ms_ago,
           .height = host_->PeerHeight(key),
           .last_error = found->second->last_error,
           .is_shut_out = found->second->banned_ms > 0};
  }
  return facts;
}

void Node::State::PostMetrics() {
  figures_.height.Set(static_cast<std::int64_t>(host_->Tip().height));
  figures_.persisted.Set(static_cast<std::int64_t>(writer_->Written()));
  figures_.mempool.Set(static_cast<std::int64_t>(mempool_->Count()));
  figures_.mempool_bytes.Set(static_cast<std::int64_t>(mempool_->Bytes()));
  figures_.peers.Set(static_cast<std::int64_t>(hub_->Connected().size()));
  figures_.disk_free.Set(static_cast<std::int64_t>(disk_.free_bytes));
  figures_.database_cache.Set(static_cast<std::int64_t>(store_->CachedBytes()));
  figures_.behind.Set(host_->IsBehind() ? 1 : 0);
  const auto lineage = lineage_ ? lineage_->WaitFor(0, 0) : std::nullopt;
  figures_.lineage.Set(static_cast<std::int64_t>(lineage.value_or(0)));
}

}  // namespace jiandu::node
