// Fetching a snapshot from peers: choosing one, its proof, its manifest, its chunks.
//
// Loop thread; reads no clock and no disk: deeds are actions, their results come back by On... .
// One snapshot at a time. Trust: a proof from genesis to the header that certifies the state
// (snapshot_proof.h), and the manifest's digest named by more than a third of the validators of
// that header, each over the link its node key has proven: at least one of them is honest, which
// covers what no hash binds. Chunks are asked of several peers at once and each is compared with
// the manifest as it comes. Whoever sends a wrong one is shut out; whoever is silent is put aside,
// each time for twice as long, and meanwhile is not asked and does not choose. Blocks are fetched
// one by one until it is certain that a snapshot comes: what one peer says holds nobody up.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consensus/message.h"
#include "node/catch_up.h"
#include "node/peer_types.h"
#include "node/snapshot_proof.h"

namespace jiandu::node {

struct SnapshotTarget {
  consensus::Height height = 0;
  Hash256 digest;
  auto operator<=>(const SnapshotTarget&) const = default;
};

struct SnapshotFetchActions {
  std::function<void(const PeerId&, const consensus::PeerMessage&)> send;
  std::function<void(const PeerId&, std::uint32_t points, const std::string& why)> punish;
  // The validator that speaks over this link, if it is one's.
  std::function<std::optional<consensus::Address>(const PeerId&)> validator_of;
  // Makes room for the snapshot, answers with OnOpened: which chunks are on disk and whole.
  std::function<void(const SnapshotTarget&, Bytes manifest, Bytes proof)> open;
  std::function<void(std::uint32_t chunk, Bytes)> store;  // answers with OnStored
  // All chunks are stored: to be checked as a whole and made ready. Answers with OnInstalled.
  std::function<void(const CertifiedState&)> install;
  // Blocks are (not) to be fetched one by one: not in the first moments of a node that has nothing,
  // and not once a snapshot is vouched for.
  std::function<void(bool)> hold_blocks;
  std::function<void(const std::string&)> on_alarm;
};

struct SnapshotFetchOptions {
  std::uint64_t behind_min = 50000;  // heights; 0: only when no peer has the next block
  std::size_t asks_per_peer = 2;
  std::size_t asks_max = 16;                // with what is on its way to the disk
  std::int64_t answer_ms = 10000;           // silence of a peer that was asked
  std::int64_t give_up_ms = 60000;          // without a whole part, from anybody
  std::int64_t patience_ms = 5000;          // for peers to connect, before the first block
  std::optional<SnapshotTarget> resumable;  // part of it is on disk
};

struct SnapshotProgress {
  enum class Phase : std::uint8_t {
    kIdle,
    kProof,
    kVouching,
    kManifest,
    kOpening,
    kChunks,
    kInstalling,
    kReady
  };
  Phase phase = Phase::kIdle;
  SnapshotTarget target;
  std::size_t chunks = 0;
  std::size_t stored = 0;
};

class SnapshotFetch {
 public:
  SnapshotFetch(const ledger::Genesis& genesis, SnapshotFetchActions actions,
                SnapshotFetchOptions options);

  // Before the first peer is heard of. A node that has nothing yet waits a little for what it will
  // be told, or it would have fetched block upon block before anybody offers a snapshot.
  void Start(consensus::Height own, std::int64_t now_ms);
  void OnPeerDown(const PeerId& peer);
  void OnOffers(const PeerId& peer, const consensus::SnapshotsMsg& message);
  void OnPiece(const PeerId& peer, consensus::SnapshotPiece piece, std::int64_t now_ms);
  void OnOpened(std::vector<bool> there);
  void OnStored(std::uint32_t chunk);
  // An error: the snapshot does not hold, or there is no room for it. It is not tried again.
  void OnInstalled(const Result<void>& installed);
  void Tick(const SyncSituation& situation, std::int64_t now_ms);
  // While it waits, after a peer has said something: blocks need not wait for the next tick. A
  // snapshot is chosen at a tick alone, or the first to speak would always be its source.
  void OnHeard(const SyncSituation& situation, std::int64_t now_ms);

  [[nodiscard]] SnapshotProgress Progress() const;
  // A node that has nothing yet holds block sync back until it knows how far the others are, and
  // if a snapshot is wanted until it is vouched for, but no longer than patience_ms.
  [[nodiscard]] bool IsWaiting() const { return waiting_until_ms_.has_value(); }

 private:
  using Phase = SnapshotProgress::Phase;
  enum class ChunkState : std::uint8_t { kMissing, kAsked, kStoring, kStored };
  struct Ask {
    consensus::SnapshotRef of;
    Bytes bytes;
    std::int64_t begun_ms = 0;
    std::int64_t progress_ms = 0;
  };
  struct Peer {
    std::vector<SnapshotTarget> offers;
    std::vector<Ask> asks;
    std::int64_t aside_until_ms = 0;
    std::uint32_t silences = 0;  // since the last chunk
    bool shut_out = false;       // sent something wrong
  };

  [[nodiscard]] bool IsWanted(const SyncSituation& situation, std::int64_t now_ms);
  void Choose(consensus::Height own, std::int64_t now_ms);
  void Consider(const SyncSituation& situation, std::int64_t now_ms);
  void Trust();
  [[nodiscard]] std::optional<SnapshotTarget> Candidate(consensus::Height own,
                                                        std::int64_t now_ms) const;
  [[nodiscard]] bool Offers(const Peer& peer) const;
  [[nodiscard]] bool IsVouchedFor() const;
  void EndWaiting(const SyncSituation& situation, bool is_wanted, std::int64_t now_ms);
  void AskAll(std::int64_t now_ms);
  [[nodiscard]] std::optional<consensus::SnapshotRef> NextPart();
  [[nodiscard]] bool IsAskedFor(consensus::SnapshotPart part) const;
  [[nodiscard]] bool IsLate(const Ask& ask, std::int64_t now_ms) const;
  void PutAside(Peer& peer, std::int64_t now_ms);
  void EndAsks(std::int64_t now_ms);
  void Release(const consensus::SnapshotRef& of);
  void ShutOut(const PeerId& id, const std::string& why);
  void TakePart(const PeerId& id, const consensus::SnapshotRef& of, Bytes bytes,
                std::int64_t now_ms);
  void TakeProof(const PeerId& id, Bytes bytes);
  void TakeManifest(const PeerId& id, Bytes bytes);
  void TakeChunk(const PeerId& id, std::uint32_t chunk, Bytes bytes);
  void InstallIfWhole();
  void GiveUp(const std::string& why);
  void Reset();

  const ledger::Genesis& genesis_;
  SnapshotFetchActions actions_;
  SnapshotFetchOptions options_;
  std::map<PeerId, Peer> peers_;
  std::set<SnapshotTarget> failed_;

  Phase phase_ = Phase::kIdle;
  SnapshotTarget target_;
  std::optional<std::int64_t> waiting_until_ms_;  // for offers, with block sync held
  std::optional<std::int64_t> stuck_ms_;          // since when nobody has the next block
  std::int64_t heard_ms_ = 0;                     // when a whole part last came
  Bytes proof_bytes_;
  std::optional<CertifiedState> certified_;
  store::SnapshotManifest manifest_;
  std::vector<ChunkState> chunks_;
  std::size_t stored_ = 0;
  std::size_t storing_ = 0;
  std::size_t next_missing_ = 0;  // none before it
};

}  // namespace jiandu::node
