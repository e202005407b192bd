// The inside of Node: every part of a node, in the order in which it is built.
//
// Owned by Node. Members are destroyed in reverse order: whoever posts to the loop goes before it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/gateway.h"
#include "node/checkpoints.h"
#include "node/consensus_host.h"
#include "node/data_lock.h"
#include "node/disk_space.h"
#include "node/equivocation_reporter.h"
#include "node/executor.h"
#include "node/gateway_ports.h"
#include "node/key_store.h"
#include "node/lineage_keeper.h"
#include "node/lineage_port.h"
#include "node/log.h"
#include "node/log_port.h"
#include "node/metrics.h"
#include "node/node.h"
#include "node/signer.h"
#include "node/snapshot_fetch.h"
#include "node/snapshot_intake.h"
#include "node/snapshot_keeper.h"
#include "node/snapshot_server.h"
#include "node/tx_intake.h"
#include "node/writer.h"

namespace jiandu::node {

class Node::State {
 public:
  explicit State(NodeOptions options)
      : config_(std::move(options.config)), options_(std::move(options)) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] Result<void> Start();
  [[nodiscard]] int Run();
  void Stop();
  void RequestStop() { loop_.Stop(); }  // any thread

  [[nodiscard]] std::uint16_t GatewayPort() const { return gateway_->Port(); }
  [[nodiscard]] std::uint16_t PeerPort() const { return hub_->ListenPort(); }
  [[nodiscard]] const std::string& StartNote() const { return note_; }
  [[nodiscard]] const std::string& StopReason() const { return stop_reason_; }
  [[nodiscard]] Fills HowFull() const;  // node_figures.cc

 private:
  // node.cc: start, in this order
  [[nodiscard]] Result<void> OpenFiles();
  [[nodiscard]] Result<void> CheckRole() const;
  [[nodiscard]] Result<void> CheckIdentity() const;
  [[nodiscard]] Result<void> RecoverLedger();
  void StartThreads();
  void StartLineage();
  [[nodiscard]] Result<void> StartPeers();
  void StartConsensus();
  [[nodiscard]] Result<void> StartGateway();
  void ArmTick();

  // node_figures.cc
  void MakeFigures();

  // node_events.cc: what the parts tell each other
  [[nodiscard]] SignerEvents MakeSignerEvents();
  [[nodiscard]] ExecutorEvents MakeExecutorEvents();
  [[nodiscard]] WriterEvents MakeWriterEvents();
  [[nodiscard]] PeerEvents MakePeerEvents();
  [[nodiscard]] std::vector<PinnedPeer> PinnedPeers() const;
  [[nodiscard]] consensus::Params NetworkParams() const;
  [[nodiscard]] VerifyContextPtr MakeVerifyContext(const ChainTip& tip,
                                                   store::LedgerViewPtr view) const;
  void OnMessages(const PeerId& peer, std::vector<consensus::PeerMessage>& messages);
  [[nodiscard]] bool MayJudgeNext(const ChainTip& tip, const ledger::StateView& view);
  void OnApplied(const AppliedBlock& applied);
  void OnAlarm(const std::string& what);
  void OnFailed(const Error& error);
  void Fail(const Error& error);
  void PostStatus();
  [[nodiscard]] PeerFactsMap FactsOf(const std::vector<PeerStatus>& peers) const;
  void PostMetrics();
  void OnLoop(EventLoop::Task task);

  // node_snapshots.cc
  [[nodiscard]] std::function<Result<Bytes>(ledger::Height, std::uint64_t)> MakeStoredReader()
      const;
  void StartSnapshots();
  void StartSnapshotServer();
  void StartSnapshotFetch();
  void OnSnapshotInstalled(const Result<void>& installed);
  [[nodiscard]] bool TakeSnapshotMessage(const PeerId& peer, consensus::PeerMessage& message);
  void TickSnapshots();
  void ExplainSnapshot(gateway::NodeStatus::Report& report) const;
  // node_seats.cc
  void NameSeats(const std::vector<ledger::GenesisValidator>& seats, const ledger::StateView* view);
  [[nodiscard]] bool ReadSeats(const ledger::StateView& view);
  void RecallLeaving(const consensus::ValidatorSet& voting, const ledger::StateView& view);
  [[nodiscard]] std::vector<PeerId> LinkKeysOf(const std::string& department,
                                               const ledger::StateView& view) const;
  [[nodiscard]] std::vector<ledger::GenesisValidator> LinkedSeats() const;
  [[nodiscard]] std::map<consensus::Address, PeerId> PeersOfSeats() const;
  void FollowSeats(const store::LedgerView& view);

  // node_equivocations.cc
  void MakeReporter();
  void TickReporter();

  // node_checkpoints.cc
  void MakeCheckpoints();
  void NoteCertified(const store::LedgerView& view);
  void OnCheckpoint(const PeerId& peer, const consensus::CheckpointMsg& message);
  void TickCheckpoints();

  Config config_;
  NodeOptions options_;
  ledger::Genesis genesis_;
  std::optional<FileLock> lock_;
  std::optional<NodeKeys> keys_;
  std::optional<Log> log_;
  Logger logger_;
  Metrics metrics_;
  std::optional<consensus::Address> me_;           // of the consensus key, with a seat or without
  std::vector<ledger::GenesisValidator> seats_;    // as the newest state has them
  std::vector<ledger::GenesisValidator> leaving_;  // those before the last change
  ledger::Height leaving_until_ = 0;
  std::map<consensus::Address, std::string> names_;    // department code by validator
  std::map<consensus::Address, std::string> aliases_;  // the short names people use
  std::string note_;

  EventLoop loop_;
  std::unique_ptr<store::LevelDbStore> store_;
  std::unique_ptr<store::Segments> segments_;
  std::optional<Recovered> recovered_;  // until the parts have taken what is theirs
  std::unique_ptr<ViewBoard> board_;
  StatusBoard status_board_;
  CheckpointBoard checkpoint_board_;
  std::unique_ptr<LineageKeeper> lineage_;
  std::unique_ptr<SnapshotKeeper> snapshots_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Signer> signer_;
  std::unique_ptr<VerifyPool> pool_;
  std::unique_ptr<Mempool> mempool_;
  std::unique_ptr<PeerHub> hub_;
  std::unique_ptr<TxIntake> intake_;
  std::unique_ptr<ConsensusHost> host_;
  std::unique_ptr<Checkpoints> checkpoints_;
  std::unique_ptr<SnapshotServer> snapshot_server_;
  std::unique_ptr<SnapshotFetch> snapshot_fetch_;
  std::unique_ptr<SnapshotIntake> intake_of_snapshot_;
  std::unique_ptr<EquivocationReporter> reporter_;
  std::unique_ptr<SubmitPort> submit_port_;
  std::unique_ptr<LogPort> log_port_;
  std::unique_ptr<ReaderPort> reader_port_;
  std::unique_ptr<StatusPort> status_port_;
  std::unique_ptr<LineagePort> lineage_port_;
  std::unique_ptr<gateway::Gateway> gateway_;

  std::vector<std::string> alarms_;  // newest last, bounded
  std::optional<gateway::NodeStatus::PlannedRuleset> planned_ruleset_;
  ledger::Height ruleset_told_ = 0;  // of the planned rule set that was warned of
  std::string stop_reason_;          // of the first failure
  struct SnapshotStep {
    const char* what = "";
    std::uint64_t done = 0;
    std::uint64_t all = 0;
  };
  SnapshotStep snapshot_step_;  // of the thread that checks and installs
  std::atomic<int> exit_code_ = kExitStopped;
  bool stopped_ = false;

  struct Figures {
    Gauge height, persisted, mempool, mempool_bytes, peers, disk_free, behind, checkpoint, lineage,
        database_cache, reports, alarms;
    Counter blocks, transactions, equivocations;
    Histogram block_interval;
  };
  Figures figures_;
  std::int64_t last_block_ms_ = 0;
  DiskSpace disk_;
  std::int64_t disk_read_ms_ = 0;
};

}  // namespace jiandu::node
