// The host of the core: turns what happens into inputs, and effects into deeds.
//
// Lives on the loop thread; every method is called there. Clocks, timers, sockets, the mempool and
// the other threads are on this side of the line, the protocol on the other (consensus/core.h).
// Nothing leaves before its SignedOwn has come. Files: consensus_host.cc (life, timers, effects),
// host_peers.cc (messages in), host_blocks.cc (proposals, blocks, execution), host_sync.cc
// (catch-up and the amnesia probe).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consensus/amnesia_probe.h"
#include "consensus/core.h"
#include "consensus/message.h"
#include "node/catch_up.h"
#include "node/event_loop.h"
#include "node/executor.h"
#include "node/fill.h"
#include "node/log.h"
#include "node/mempool.h"
#include "node/part_gossip.h"
#include "node/peer_hub.h"
#include "node/signer.h"
#include "node/verify_pool.h"

namespace jiandu::node {

// What the host needs of its surroundings; all outlive it.
struct HostParts {
  EventLoop* loop = nullptr;
  PeerHub* hub = nullptr;
  Signer* signer = nullptr;
  Executor* executor = nullptr;
  VerifyPool* pool = nullptr;
  Mempool* mempool = nullptr;
  Logger log;
};

struct HostOptions {
  std::optional<consensus::Address> me;
  consensus::Params params;
  // Which peer speaks for which validator, from genesis.
  std::map<consensus::Address, PeerId> peer_of;
  std::optional<consensus::SafetyState> restored;
  consensus::Work needs_proof = consensus::Work::kNone;  // the tip's block changed app_hash
  std::vector<BlockPtr>
      candidates;  // undecided blocks of the next height found at the segment tail
  // Where the blocks on disk begin: 1, or after the snapshot this node began with. Null: 1.
  std::function<consensus::Height()> first_block;
  // A decided block with its commit, from disk or memory; for peers that lag.
  std::function<std::optional<StoredBlock>(consensus::Height)> read_block;
};

struct HostEvents {
  // After each block: committed transactions, results, the new view.
  std::function<void(const AppliedBlock&)> on_applied;
  std::function<void(const std::string&)> on_alarm;
  // A validator of the set signed both; the signatures are verified.
  std::function<void(const consensus::Equivocation&, const consensus::ValidatorSet&)>
      on_equivocation;
  // The node cannot go on (the network decided what we refuse).
  std::function<void(Error)> on_fatal;
};

// For /status: what the core does now, and since when it has not moved.
struct HostView {
  consensus::CoreView core;
  consensus::Height decided_height = 0;
  std::int64_t decided_time_ms = 0;
  std::int64_t moved_ms = 0;  // steady clock: last change of height, round or step
  std::int64_t began_ms = 0;  // and when round 0 of the height began
  bool probing = false;       // waits for answers to the amnesia probe
  bool signing = false;
  bool behind = false;
  bool writer_late = false;
  std::string quarantine;        // why nothing is signed
  bool quarantine_ends = false;  // by itself, above a height
};

class ConsensusHost {
 public:
  ConsensusHost(HostParts parts, HostOptions options, ChainTip tip,
                consensus::ValidatorSetPtr last_set, std::shared_ptr<const store::LedgerView> view,
                HostEvents events);
  ~ConsensusHost();
  ConsensusHost(const ConsensusHost&) = delete;
  ConsensusHost& operator=(const ConsensusHost&) = delete;

  // Enters the height after the tip.
  void Start();

  // From the hub.
  void OnPeerUp(const PeerId& peer);
  void OnPeerDown(const PeerId& peer);
  // Everything but transactions, which the intake takes, and checkpoints (checkpoints.h).
  void OnMessage(const PeerId& peer, consensus::PeerMessage message);
  // From the mempool: there is something to do.
  void OnWork();
  // From the other threads, posted to the loop.
  void OnSigned(OwnMessage message);
  void OnSignRefused(const std::string& why);
  void OnBuilt(BuiltBlock built);
  void OnChecked(CheckedBlock checked);
  void OnApplied(const AppliedBlock& applied);

  [[nodiscard]] HostView View() const;
  void AddFills(Fills& fills) const;
  [[nodiscard]] const ChainTip& Tip() const { return tip_; }
  [[nodiscard]] const HostOptions& Options() const { return options_; }
  // The ledger has changed who speaks for which validator.
  void SetPeers(std::map<consensus::Address, PeerId> peer_of) {
    options_.peer_of = std::move(peer_of);
  }
  [[nodiscard]] bool IsBehind() const { return catch_up_->IsBehind(); }
  // For whoever fetches a snapshot instead of blocks.
  [[nodiscard]] SyncSituation Situation() const;
  void HoldBlockSync(bool held) { catch_up_->Hold(held, EventLoop::SteadyMs()); }
  [[nodiscard]] consensus::Height PeerHeight(const PeerId& peer) const;  // 0: not told

 private:
  struct KnownProposal {
    consensus::Proposal proposal;
    std::int64_t received_ms = 0;  // wall clock
    bool delivered = false;        // to the core
  };

  // consensus_host.cc
  void Step(const consensus::Input& input);
  void Perform(consensus::Effect& effect);
  void Do(consensus::SignAndPersist& effect);
  void Do(consensus::Broadcast& effect);
  void Do(consensus::SetTimer& effect);
  void Do(consensus::CancelTimers& effect);
  void Do(consensus::FetchBlock& effect);
  void Do(consensus::Reshare& effect);
  void Do(consensus::Decide& effect);
  void Do(consensus::Equivocation& effect);
  void Do(consensus::Alarm& effect);
  void Do(consensus::Build& effect);
  void Do(consensus::Check& effect);
  void Do(consensus::Finalize& effect);
  void EnterHeight();
  void FollowEarlyProposals();
  void EraseProposals(const std::function<bool(const consensus::Proposal&)>& named);
  void FinishDecided(const BlockPtr& block);
  void DropPastRounds(const consensus::CoreView& view);
  void ArmTick();
  void ArmGossip();
  void ArmServe();
  void HastenPropose();
  void NoteNilPrecommit(const consensus::Vote& vote);
  [[nodiscard]] std::int64_t DelayOf(const consensus::Timeout& timeout) const;
  void Send(const PeerId& peer, const consensus::PeerMessage& message);
  void BroadcastMessage(const consensus::PeerMessage& message);

  // host_peers.cc
  void On(const PeerId& peer, consensus::Hello& message);
  void On(const PeerId& peer, consensus::VoteMsg& message);
  void On(const PeerId& peer, consensus::CertificateMsg& message);
  void On(const PeerId& peer, consensus::ProposalMsg& message);
  void On(const PeerId& peer, consensus::PartMsg& message);
  void On(const PeerId& peer, consensus::PartRequest& message);
  void On(const PeerId& peer, consensus::FetchBlockMsg& message);
  void On(const PeerId& peer, consensus::BlockRequest& message);
  void On(const PeerId& peer, consensus::BlockPiece& message);
  void On(const PeerId& peer, consensus::StatusMsg& message);
  void On(const PeerId& peer, consensus::TxBatch& message);
  void On(const PeerId& peer, consensus::CheckpointMsg& message);
  void On(const PeerId& peer, consensus::SnapshotsMsg& message);
  void On(const PeerId& peer, consensus::SnapshotRequest& message);
  void On(const PeerId& peer, consensus::SnapshotPiece& message);
  void On(const PeerId& peer, consensus::AmnesiaProbe& message);
  void On(const PeerId& peer, consensus::AmnesiaAnswer& message);
  [[nodiscard]] const consensus::ValidatorSet* SetOf(consensus::Height height) const;
  [[nodiscard]] bool IsNewVote(const consensus::Vote& vote) const;
  [[nodiscard]] bool IsInWindow(const consensus::Proposal& proposal) const;
  // Asks for the parts of its block; false when there is no room for it.
  bool Follow(const consensus::Proposal& proposal);
  void RememberSigned(consensus::SignedMessage message);
  void RememberVote(const consensus::Vote& vote);
  void TakeVote(const PeerId& peer, const consensus::Vote& vote);

  // host_blocks.cc
  void MakeParts();
  void OnBlockBytes(consensus::Height height, const consensus::BlockId& id,
                    const BlockBytesPtr& bytes);
  void PunishProposersOf(const consensus::BlockId& id);
  void DeliverProposals(const consensus::BlockId& id);
  [[nodiscard]] BlockPtr FindBlock(const consensus::BlockId& id) const;
  void StartCheck(const consensus::BlockId& id);
  void OnTransactionsChecked(consensus::Height height, const consensus::BlockId& id,
                             VerifyPool::BlockVerdict verdict);
  void DropOldVotes();

  // host_sync.cc
  void MakeCatchUp();
  void OnSyncedBlock(consensus::Height height, const StoredBlock& stored);
  void DecodeAhead(consensus::Height height, const StoredBlock& stored,
                   const consensus::ValidatorSetPtr& set);
  void OnPrepared(consensus::Height height, const BlockBytesPtr& bytes, BlockPtr block);
  void TakePrepared();
  void JudgeSynced(consensus::Height height, CatchUp::Judged judged);
  void StartProbe();
  void FollowProbe();
  void AskProbe(const PeerId& peer);
  void AskProbeAgain();
  void AskProbeOfAll();
  void Quarantine(const std::string& why);
  void EndProbeIfDone();
  void LiftQuarantine();
  void ReleaseSignatures();
  [[nodiscard]] bool MayHaveProposed(const SignRequest& request) const;
  void AnnounceOwn();

  HostParts parts_;
  HostOptions options_;
  HostEvents events_;
  std::optional<consensus::Core> core_;
  ChainTip tip_;
  consensus::ValidatorSetPtr last_set_;  // of tip_.height
  std::shared_ptr<const store::LedgerView> view_;
  std::unique_ptr<PartGossip> gossip_;
  std::unique_ptr<CatchUp> catch_up_;

  // Of the height under way.
  std::map<consensus::BlockId, BlockPtr> blocks_;
  std::map<consensus::BlockId, std::vector<KnownProposal>> proposals_;
  std::set<consensus::BlockId> checks_;  // asked for by the core, block or verdict not there yet
  std::optional<consensus::Decide> decided_;
  std::optional<consensus::FetchBlock> fetching_;
  std::map<std::tuple<consensus::Height, consensus::Round, consensus::VoteType, consensus::Address>,
           std::pair<consensus::Vote, int>>
      seen_votes_;
  // Certificates of the height that held, and when: each costs a check of many signatures.
  std::map<
      std::tuple<consensus::Certificate::Kind, consensus::Round, std::optional<consensus::BlockId>>,
      std::int64_t>
      seen_certificates_;
  std::map<consensus::Round, std::set<consensus::Address>> nil_precommits_;
  bool work_told_ = false;
  consensus::Work needs_proof_ = consensus::Work::kNone;  // the last block changed app_hash

  std::optional<consensus::Height> syncing_;  // its block came from catch-up, until the verdict
  // Blocks from catch-up, the one under judgement and the next, verified and decoded on the pool.
  struct Prepared {
    BlockBytesPtr bytes;
    consensus::Commit commit;
    bool done = false;
    BlockPtr block;  // null: it does not hold
  };
  std::map<consensus::Height, Prepared> prepared_;

  // Timers of the core in flight, so that those of earlier heights can be cancelled.
  std::map<EventLoop::TimerId, consensus::Timeout> timers_;
  EventLoop::TimerId tick_timer_ = 0;
  EventLoop::TimerId gossip_timer_ = 0;
  bool gossip_armed_ = false;
  EventLoop::TimerId serve_timer_ = 0;
  bool serve_armed_ = false;

  // The latest that each validator has signed, as far as we know, for amnesia probes of others.
  std::map<consensus::Address, consensus::SignedMessage> highest_signed_;
  std::optional<consensus::AmnesiaProbeRun> probe_;
  std::int64_t probe_asked_ms_ = 0;
  // Of this height, while the probe is unanswered, a quarantine stands or others are further.
  std::vector<SignRequest> held_signatures_;
  std::string quarantine_;
  std::optional<consensus::Height> quarantined_up_to_;  // nothing: as long as the node runs
  std::optional<consensus::Height> resumed_above_;      // where the last quarantine ended
  std::int64_t moved_ms_ = 0;
  std::int64_t began_ms_ = 0;
  std::tuple<consensus::Height, consensus::Round, consensus::Step> place_{
      0, -1, consensus::Step::kUnstarted};
  std::shared_ptr<int> alive_;  // expires with the host: answers that come later are dropped
};

}  // namespace jiandu::node
