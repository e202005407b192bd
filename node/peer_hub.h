// All links to other nodes: accepts, dials, keeps at most one link a peer, sends and delivers.
//
// Lives on the loop thread; every call and every callback is there, and it goes before the loop.
// Links are TLS 1.3 with pinned node keys (peer_tls.h); either side may dial. When both dialled at
// once, the link dialled by the lower key stays; a later login replaces the earlier one. A lost
// link is dialled again after a growing pause with jitter. Who misbehaves is shut out for a while,
// at first a minute. Nothing is promised about delivery: a link may end at any time, and then
// everything queued is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "crypto/ed25519.h"
#include "node/event_loop.h"
#include "node/fill.h"
#include "node/log.h"
#include "node/peer_types.h"
#include "node/send_queue.h"

namespace jiandu::node {

struct PinnedPeer {
  std::string department;
  PeerId key;
  std::string address;  // host:port to dial; "": they dial us
  bool operator==(const PinnedPeer&) const = default;
};

struct PeerTimings {
  std::int64_t handshake_ms = 5000;  // from connection to both hellos
  std::int64_t ping_ms = 5000;       // how often a link is probed
  std::int64_t dead_ms = 15000;      // nothing heard, or a write stuck: the link is dead
  std::int64_t redial_ms_min = 250;
  std::int64_t redial_ms_max = 15000;
  std::int64_t ban_ms = 60000;  // doubles each time, up to 16 times this
  std::int64_t tie_ms = 3000;   // logins closer together than this were simultaneous
};

struct PeerHubOptions {
  std::string listen;      // host:port, port 0 for any; "" accepts nothing
  consensus::Hello hello;  // node_key_id is filled in
  std::vector<PinnedPeer> peers;
  PeerTimings timings;
  SendQueueBounds bounds;
};

// All called on the loop, never from inside a call into the hub.
struct PeerEvents {
  std::function<void(const PeerId&)> on_up;
  std::function<void(const PeerId&)> on_down;
  // Everything one read brought, decoded, in order. May be moved from. Who sends what does not
  // decode is shut out before this is called.
  std::function<void(const PeerId&, std::vector<consensus::PeerMessage>&)> on_messages;
  // Something an operator must hear: a second machine with one key.
  std::function<void(const std::string&)> on_alarm;
};

enum class SendResult { kQueued, kFull, kNotConnected };

struct PeerStatus {
  std::string department;
  PeerId key;
  std::string address;  // of the link, or the one dialled
  bool connected = false;
  bool dialled_by_us = false;
  std::int64_t last_heard_ms_ago = -1;  // -1: never
  std::int64_t up_ms = 0;
  std::int64_t clock_ahead_ms = 0;  // theirs against ours, half a round trip off at most
  std::int64_t round_trip_ms = -1;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t dropped_frames = 0;  // gossip dropped because the lane was full
  std::size_t queued_bytes = 0;
  std::optional<consensus::Address> validator;  // as its hello said
  std::string last_error;                       // why there is no link, or why the last one ended
  std::int64_t banned_ms = 0;
};

class PeerHub {
 public:
  [[nodiscard]] static Result<std::unique_ptr<PeerHub>> Start(
      EventLoop& loop, const crypto::Ed25519PrivateKey& node_key, PeerHubOptions options,
      PeerEvents events, Logger log);
  ~PeerHub();  // as Stop
  PeerHub(const PeerHub&) = delete;
  PeerHub& operator=(const PeerHub&) = delete;

  // The pinned list changed (genesis, ledger): links to keys no longer on it are closed.
  void SetPeers(std::vector<PinnedPeer> peers);

  SendResult Send(const PeerId& peer, const consensus::PeerMessage& message);
  SendResult Send(const PeerId& peer, const Outgoing& prepared);
  // To every connected peer, encoded once. Returns how many took it.
  std::size_t Broadcast(const consensus::PeerMessage& message);
  std::size_t Broadcast(const Outgoing& prepared);
  // How much of a lane waits; senders of bulk data go slowly by it.
  [[nodiscard]] std::size_t QueuedBytes(const PeerId& peer, Lane lane) const;

  // The peer did something a correct node does not: at 100 points it is shut out for a while.
  // Points fade by one a second.
  void Punish(const PeerId& peer, std::uint32_t points, const std::string& why);

  [[nodiscard]] bool IsUp(const PeerId& peer) const;
  [[nodiscard]] std::vector<PeerId> Connected() const;
  [[nodiscard]] std::vector<PeerStatus> Status() const;
  // Lanes of the links, and links that are not up.
  void AddFills(Fills& fills) const;
  [[nodiscard]] const PinnedPeer* FindPinned(const PeerId& peer) const;
  [[nodiscard]] PeerId Self() const;
  [[nodiscard]] std::uint16_t ListenPort() const;  // 0 when not listening
  // Says goodbye and closes everything. No callback comes afterwards.
  void Stop();

  class State;  // peer_hub.cc

 private:
  explicit PeerHub(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with operations under way
};

}  // namespace jiandu::node
