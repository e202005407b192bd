// Snapshots in the node: made behind the writer, served to peers, fetched when far behind.

#include <utility>

#include "node/node_state.h"
#include "node/snapshot_install.h"

namespace jiandu::node {
namespace {

// Stored bytes of transactions, for one thread that asks for neighbours: the block read last is
// kept. Below the base (docs/snapshots.md) only what the snapshot carried is there.
std::function<Result<Bytes>(ledger::Height, std::uint64_t)> StoredReader(
    const store::Segments& segments, const store::KvReader& database) {
  struct Kept {
    ledger::Height height = 0;
    std::vector<Bytes> transactions;
  };
  return [&segments, &database, kept = std::make_shared<Kept>()](
             ledger::Height height, std::uint64_t position) -> Result<Bytes> {
    if (height < segments.BaseHeight()) return ReadCarried(database, height, position);
    if (kept->height != height) {
      JD_TRY(consensus::Block block, ReadBlock(segments, height));
      kept->transactions = std::move(block.transactions);
      kept->height = height;
    }
    if (position >= kept->transactions.size()) {
      return Fail(Errc::kCorrupt, "block " + std::to_string(height) + " has no such transaction");
    }
    return kept->transactions[position];
  };
}

// What is done with the snapshot now, in both languages.
std::pair<std::string, std::string> Words(const SnapshotProgress& progress) {
  using Phase = SnapshotProgress::Phase;
  const std::string height = std::to_string(progress.target.height);
  const std::string of = " of the snapshot of height " + height;
  const std::string of_zh = "高度 " + height + " 的状态快照：";
  const std::string chunks =
      std::to_string(progress.stored) + " / " + std::to_string(progress.chunks);
  switch (progress.phase) {
    case Phase::kIdle: return {};
    case Phase::kProof: return {"the proof" + of, of_zh + "等待证明"};
    case Phase::kVouching:
      return {"more validators that name the digest" + of, of_zh + "等待更多验证节点确认摘要"};
    case Phase::kManifest: return {"the manifest" + of, of_zh + "等待清单"};
    case Phase::kOpening: return {"room for the chunks" + of, of_zh + "准备磁盘空间"};
    case Phase::kChunks: return {"chunks" + of + ", " + chunks, of_zh + "分块 " + chunks};
    case Phase::kInstalling: return {"the check" + of, of_zh + "正在校验"};
    case Phase::kReady:
      return {"the start with the snapshot of height " + height, of_zh + "即将启用"};
  }
  return {};
}

}  // namespace

void Node::State::ExplainSnapshot(gateway::NodeStatus::Report& report) const {
  auto [words, words_zh] = Words(snapshot_fetch_->Progress());
  if (words.empty()) return;
  if (snapshot_fetch_->Progress().phase == SnapshotProgress::Phase::kInstalling &&
      snapshot_step_.all != 0) {
    const std::string done = std::to_string(snapshot_step_.done) + " / " +
                             std::to_string(snapshot_step_.all) + " " + snapshot_step_.what;
    words += ", " + done;
    words_zh += " " + done;
  }
  report.step = "catching-up";
  report.catching_up = true;
  report.waiting_for = std::move(words);
  report.waiting_for_zh = std::move(words_zh);
}

std::function<Result<Bytes>(ledger::Height, std::uint64_t)> Node::State::MakeStoredReader() const {
  return StoredReader(*segments_, *store_);
}

void Node::State::StartSnapshots() {
  const DataPaths paths{config_.node.data_dir};
  const ledger::Height base = segments_->BaseHeight();
  snapshots_ = std::make_unique<SnapshotKeeper>(SnapshotSettings{
      .folder = paths.Snapshots(),
      .every = config_.snapshots.every,
      .keep = config_.snapshots.keep,
      .origin = base - 1,
      .transaction = MakeStoredReader(),
      .on_alarm = [this](const std::string& what) { OnLoop([this, what] { OnAlarm(what); }); },
      .on_made =
          [this](ledger::Height height, std::uint64_t bytes) {
            OnLoop([this, height, bytes] {
              logger_.Info("snapshot", {{"height", height}, {"bytes", bytes}});
            });
          }});
}

void Node::State::StartSnapshotServer() {
  SnapshotServerActions actions;
  actions.send = [this](const PeerId& peer, const consensus::PeerMessage& message) {
    hub_->Send(peer, message);
  };
  actions.broadcast = [this](const consensus::PeerMessage& message) { hub_->Broadcast(message); };
  actions.queued_bytes = [this](const PeerId& peer) {
    return hub_->QueuedBytes(peer, Lane::kBulk);
  };
  actions.punish = [this](const PeerId& peer, std::uint32_t points, const std::string& why) {
    hub_->Punish(peer, points, why);
  };
  actions.snapshots = [this] { return *snapshots_->Made(); };
  actions.proof = [this](ledger::Height height) -> Result<Bytes> {
    const auto posted = board_->Latest();
    JD_TRY(const SnapshotProof proof, MakeSnapshotProof(*posted->view, posted->commit, height));
    return proof.Encode();
  };
  actions.on_alarm = [this](const std::string& what) { OnAlarm(what); };
  snapshot_server_ = std::make_unique<SnapshotServer>(std::move(actions), SnapshotServerOptions());
}

void Node::State::StartSnapshotFetch() {
  const DataPaths paths{config_.node.data_dir};
  SnapshotFetchActions actions;
  actions.send = [this](const PeerId& peer, const consensus::PeerMessage& message) {
    hub_->Send(peer, message);
  };
  actions.punish = [this](const PeerId& peer, std::uint32_t points, const std::string& why) {
    hub_->Punish(peer, points, why);
  };
  actions.validator_of = [this](const PeerId& peer) -> std::optional<consensus::Address> {
    for (const auto& seat : genesis_.validators) {
      if (seat.node_key == peer) return consensus::AddressOf(seat.consensus_key);
    }
    return std::nullopt;
  };
  actions.open = [this](const SnapshotTarget& target, Bytes manifest, Bytes proof) {
    logger_.Info("fetching a snapshot", {{"height", target.height}});
    intake_of_snapshot_->Open(target, std::move(manifest), std::move(proof));
  };
  actions.store = [this](std::uint32_t chunk, Bytes bytes) {
    intake_of_snapshot_->Store(chunk, std::move(bytes));
  };
  actions.install = [this](const CertifiedState& certified) {
    logger_.Info("the snapshot is here and is checked", {{"height", certified.Height()}});
    intake_of_snapshot_->Install(certified);
  };
  actions.hold_blocks = [this](bool held) { host_->HoldBlockSync(held); };
  actions.on_alarm = [this](const std::string& what) { OnAlarm(what); };
  SnapshotFetchOptions options;
  options.behind_min = config_.snapshots.join_behind;
  options.resumable = SnapshotIntake::FindPartial(paths);
  snapshot_fetch_ =
      std::make_unique<SnapshotFetch>(genesis_, std::move(actions), std::move(options));

  SnapshotIntakeEvents events;
  events.on_opened = [this](std::vector<bool> there) {
    OnLoop([this, there = std::move(there)]() mutable {
      snapshot_fetch_->OnOpened(std::move(there));
    });
  };
  events.on_stored = [this](std::uint32_t chunk) {
    OnLoop([this, chunk] { snapshot_fetch_->OnStored(chunk); });
  };
  events.on_installed = [this](Result<void> installed) {
    OnLoop([this, installed = std::move(installed)] { OnSnapshotInstalled(installed); });
  };
  events.on_progress = [this](const char* what, std::uint64_t done, std::uint64_t all) {
    OnLoop([this, what, done, all] { snapshot_step_ = {.what = what, .done = done, .all = all}; });
  };
  events.on_failed = [this](const Error& error) { OnFailed(error); };
  intake_of_snapshot_ = std::make_unique<SnapshotIntake>(paths, std::move(events));
  loop_.Post(
      [this, own = recovered_->tip.height] { snapshot_fetch_->Start(own, EventLoop::SteadyMs()); });
}

// The ledger that waits is put in place before anything is opened: at the start.
void Node::State::OnSnapshotInstalled(const Result<void>& installed) {
  snapshot_fetch_->OnInstalled(installed);
  if (!installed) return;
  logger_.Info("starting again with the snapshot",
               {{"height", snapshot_fetch_->Progress().target.height}});
  if (exit_code_ == kExitStopped) exit_code_ = kExitAgain;
  loop_.Stop();
}

bool Node::State::TakeSnapshotMessage(const PeerId& peer, consensus::PeerMessage& message) {
  if (const auto* offers = std::get_if<consensus::SnapshotsMsg>(&message)) {
    snapshot_fetch_->OnOffers(peer, *offers);
  } else if (const auto* request = std::get_if<consensus::SnapshotRequest>(&message)) {
    snapshot_server_->OnRequest(peer, *request, EventLoop::SteadyMs());
  } else if (auto* piece = std::get_if<consensus::SnapshotPiece>(&message)) {
    snapshot_fetch_->OnPiece(peer, std::move(*piece), EventLoop::SteadyMs());
  } else {
    return false;
  }
  return true;
}

void Node::State::TickSnapshots() {
  const std::int64_t now = EventLoop::SteadyMs();
  const consensus::Height decided = host_->Tip().height;
  // The state of a height is certified by the header after it.
  snapshot_server_->Tick(decided == 0 ? 0 : decided - 1, now);
  snapshot_fetch_->Tick(host_->Situation(), now);
}

}  // namespace jiandu::node
