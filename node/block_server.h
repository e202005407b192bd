// Serves decided blocks to peers that lag, at a pace that costs us little.
//
// Loop thread; part of CatchUp. Per peer a token bucket and one block being read at a time; nothing
// is read while the link has enough to send. Times are the steady clock's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "node/catch_up.h"

namespace jiandu::node {

class BlockServer {
 public:
  // `own` is what we announce, and changes.
  BlockServer(const CatchUpActions& actions, const CatchUpOptions& options,
              const consensus::StatusMsg& own)
      : actions_(actions), options_(options), own_(own) {}

  void OnRequest(const PeerId& peer, const consensus::BlockRequest& request, std::int64_t now_ms);
  void OnPeerDown(const PeerId& peer) { peers_.erase(peer); }
  void Tick(std::int64_t now_ms);
  // Goes on with what waits for a link or for the rate alone.
  void GoOn(std::int64_t now_ms);
  // Somebody waits for blocks that are there.
  [[nodiscard]] bool IsServing() const;

 private:
  struct Peer {
    std::deque<consensus::BlockRequest> requests;  // the first is under way
    bool has_begun = false;                        // at least one block of the first was sent
    bool reading = false;
    bool resting = false;     // the block is not there yet: read again at the next tick
    std::size_t rests = 0;    // of the first request
    std::uint64_t turn = 0;   // of the read under way; a late answer of an older one is ignored
    std::int64_t tokens = 0;  // bytes that may be sent now; below zero after a large block
    std::int64_t filled_ms = 0;
  };
  void Refill(Peer& peer, std::int64_t now_ms) const;
  void Serve(const PeerId& id, std::int64_t now_ms);
  void OnRead(const PeerId& id, std::uint64_t turn, std::optional<StoredBlock> block);
  [[nodiscard]] bool MayComeYet(const Peer& peer) const;
  void EndRequest(Peer& peer);

  const CatchUpActions& actions_;
  const CatchUpOptions& options_;
  const consensus::StatusMsg& own_;
  std::map<PeerId, Peer> peers_;
  std::uint64_t next_turn_ = 1;
};

}  // namespace jiandu::node
