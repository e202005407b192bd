// Hubs on loopback in one process and one loop, for the tests of the peer links.
//
// Single-threaded: the loop runs until a condition holds or a generous deadline fails the test.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "node/event_loop.h"
#include "node/peer_hub.h"

namespace jiandu::node::testing {

inline constexpr std::int64_t kDeadlineMs = 20000;
inline constexpr EventLoop::TimerId kPollTimer = 1;
inline constexpr EventLoop::TimerId kDeadlineTimer = 2;

// Runs the loop until the claim is true; false when it does not come true in time.
inline bool RunUntil(EventLoop& loop, const std::function<bool()>& claim) {
  bool held = false;
  std::function<void()> poll = [&] {
    held = claim();
    if (held) return loop.Stop();
    loop.SetTimer(kPollTimer, 5, [&poll] { poll(); });
  };
  loop.SetTimer(kDeadlineTimer, kDeadlineMs, [&loop] { loop.Stop(); });
  loop.Post([&poll] { poll(); });
  loop.Run();
  loop.CancelTimer(kPollTimer);
  loop.CancelTimer(kDeadlineTimer);
  return held;
}

// Runs the loop for so long, to see that something does not happen.
inline void RunFor(EventLoop& loop, std::int64_t duration_ms) {
  loop.SetTimer(kDeadlineTimer, duration_ms, [&loop] { loop.Stop(); });
  loop.Run();
}

inline crypto::Ed25519PrivateKey TestKey(std::uint8_t number) {
  crypto::Ed25519Seed seed;
  seed.bytes.fill(number);
  return crypto::Ed25519PrivateKey::From(seed);
}

inline consensus::Hello TestHello() {
  consensus::Hello hello;
  hello.chain_id = "test-chain";
  hello.genesis_hash = crypto::Sha256(AsBytes("genesis"));
  return hello;
}

// Quick: tests wait for what these bound.
inline PeerTimings TestTimings() {
  return PeerTimings{.handshake_ms = 2000,
                     .ping_ms = 50,
                     .dead_ms = 4000,
                     .redial_ms_min = 10,
                     .redial_ms_max = 100,
                     .ban_ms = 60000,
                     .tie_ms = 3000};
}

// One node: its hub and what it has heard.
struct TestNode {
  explicit TestNode(std::uint8_t node_number) : number(node_number), key(TestKey(node_number)) {
    options.listen = "127.0.0.1:0";
    options.hello = TestHello();
    options.timings = TestTimings();
  }

  [[nodiscard]] PeerId Id() const { return key.PublicKey(); }
  [[nodiscard]] std::string Address() const {
    return "127.0.0.1:" + std::to_string(hub->ListenPort());
  }
  // Pins another; with an address, dials it.
  void Pin(const TestNode& other, const std::string& address) {
    options.peers.push_back(PinnedPeer{.department = "department-" + std::to_string(other.number),
                                       .key = other.Id(),
                                       .address = address});
  }
  void Start(EventLoop& loop) {
    PeerEvents events{
        .on_up = [this](const PeerId& peer) { ups.push_back(peer); },
        .on_down = [this](const PeerId& peer) { downs.push_back(peer); },
        .on_messages =
            [this](const PeerId& peer, std::vector<consensus::PeerMessage>& messages) {
              for (auto& message : messages) heard[peer].push_back(std::move(message));
            },
        .on_alarm = [this](const std::string& alarm) { alarms.push_back(alarm); }};
    auto started = PeerHub::Start(loop, key, options, std::move(events), Logger());
    ASSERT_TRUE(started.has_value()) << started.error().detail;
    hub = std::move(*started);
  }
  [[nodiscard]] std::string LastError(const TestNode& peer) const {
    for (const PeerStatus& status : hub->Status()) {
      if (status.key == peer.Id()) return status.last_error;
    }
    return "";
  }

  std::uint8_t number;
  crypto::Ed25519PrivateKey key;
  PeerHubOptions options;
  std::unique_ptr<PeerHub> hub;
  std::vector<PeerId> ups;
  std::vector<PeerId> downs;
  std::vector<std::string> alarms;
  std::map<PeerId, std::vector<consensus::PeerMessage>> heard;
};

inline consensus::PeerMessage Status(consensus::Height height) {
  consensus::StatusMsg status;
  status.base = 1;
  status.height = height;
  status.block_hash = crypto::Sha256(AsBytes("block"));
  return status;
}

}  // namespace jiandu::node::testing
