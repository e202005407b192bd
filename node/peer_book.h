// What the hub remembers of each pinned peer: when to dial again, how it behaved, why it is away.
//
// Pure but for memory; loop thread. Times are the steady clock's milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "node/peer_hub.h"

namespace jiandu::node {

// "host:port", "[::1]:port".
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
[[nodiscard]] Result<HostPort> ParseHostPort(const std::string& address);

// "DEPARTMENT=node key in hex", as peers.followers names nodes that do not vote.
[[nodiscard]] Result<PinnedPeer> ParseFollower(const std::string& text);

class PeerRecord {
 public:
  explicit PeerRecord(PinnedPeer pinned) : pinned_(std::move(pinned)) {}

  [[nodiscard]] const PinnedPeer& Pinned() const { return pinned_; }
  void Repin(PinnedPeer pinned) { pinned_ = std::move(pinned); }

  // Dialling. The pause doubles with every failure; `random` spreads it over half its length.
  [[nodiscard]] bool MayDial(std::int64_t now_ms) const;
  void DialFailed(const PeerTimings& timings, std::int64_t now_ms, std::uint32_t random);
  void CameUp() { failures_ = 0; }
  // The peer took another login with our key for ours. Gives how often that came, until it is quiet
  // for ten minutes; the pause doubles with it, though each link came up.
  [[nodiscard]] std::uint32_t Displaced(const PeerTimings& timings, std::int64_t now_ms,
                                        std::uint32_t random);

  // Adds points, which fade by one a second. True when the peer is shut out by them.
  [[nodiscard]] bool Punish(const PeerTimings& timings, std::uint32_t points, std::int64_t now_ms);
  [[nodiscard]] std::int64_t BannedMs(std::int64_t now_ms) const;

  std::string last_error;  // why there is no link

 private:
  PinnedPeer pinned_;
  std::uint32_t failures_ = 0;
  std::uint32_t displaced_ = 0;
  std::int64_t displaced_at_ms_ = 0;
  std::int64_t next_dial_ms_ = 0;
  std::int64_t points_ = 0;
  std::int64_t points_at_ms_ = 0;
  std::uint32_t bans_ = 0;
  std::int64_t banned_until_ms_ = 0;
};

}  // namespace jiandu::node
