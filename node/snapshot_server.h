// Tells peers which snapshots there are, and serves them at a pace that costs us little.
//
// Loop thread; reads no clock. Per peer a token bucket and a bounded queue; nothing is read while
// the link has enough to send. Only snapshots whose next header is certified here are told of.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "consensus/message.h"
#include "ledger/store/snapshot_files.h"
#include "node/peer_types.h"

namespace jiandu::node {

struct SnapshotServerActions {
  std::function<void(const PeerId&, const consensus::PeerMessage&)> send;
  std::function<void(const consensus::PeerMessage&)> broadcast;
  std::function<std::size_t(const PeerId&)> queued_bytes;  // of the bulk lane
  std::function<void(const PeerId&, std::uint32_t points, const std::string& why)> punish;
  // Ascending by height.
  std::function<std::vector<store::SnapshotFilePtr>()> snapshots;
  // The encoded SnapshotProof of a height; an error while there is none.
  std::function<Result<Bytes>(ledger::Height)> proof;
  std::function<void(const std::string&)> on_alarm;
};

struct SnapshotServerOptions {
  std::size_t bytes_per_second = 32U << 20U;  // per peer
  std::size_t queued_max = 2U << 20U;
};

class SnapshotServer {
 public:
  SnapshotServer(SnapshotServerActions actions, SnapshotServerOptions options)
      : actions_(std::move(actions)), options_(options) {}

  void OnPeerUp(const PeerId& peer);
  void OnPeerDown(const PeerId& peer) { peers_.erase(peer); }
  void OnRequest(const PeerId& peer, const consensus::SnapshotRequest& request,
                 std::int64_t now_ms);
  // `certified`: the height up to which the state is certified here.
  void Tick(ledger::Height certified, std::int64_t now_ms);

 private:
  struct Peer {
    std::deque<consensus::SnapshotRef> asked;
    std::int64_t tokens = 0;  // bytes that may be sent now; below zero after a chunk
    std::int64_t filled_ms = 0;
  };
  void Serve(const PeerId& id, std::int64_t now_ms);
  [[nodiscard]] Bytes Read(const consensus::SnapshotRef& of);

  SnapshotServerActions actions_;
  SnapshotServerOptions options_;
  consensus::SnapshotsMsg told_;
  std::map<PeerId, Peer> peers_;
};

}  // namespace jiandu::node
