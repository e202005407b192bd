// The simulated network: ordered byte streams between machines, with delay, cuts and resets.
//
// A stream is TCP as its users see it: bytes come in order or the connection ends. What TCP hides,
// a lost segment costs time. A cut link delivers nothing until it is mended; whoever waits long
// enough gives the connection up. Every write passes the tap, which may look at it and change it.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "tests/simulator/kernel.h"
#include "tests/simulator/process.h"

namespace jiandu::simulator {

// How the network treats one run. Chances are in percent.
struct Weather {
  Micros delay_min = 300;
  Micros delay_max = 3 * kMs;
  std::uint64_t slow_chance = 0;  // of a write that a lost segment holds up
  Micros slow_max = 400 * kMs;
  std::uint64_t bytes_per_ms = 100'000;
  std::uint64_t reset_per_million = 0;  // of a write that ends the connection
};

struct NetAddress {
  std::string host;
  std::uint16_t port = 0;
  auto operator<=>(const NetAddress&) const = default;
};
// Machine n has the address 10.0.0.(n + 1).
[[nodiscard]] std::string HostOf(std::size_t machine);
inline constexpr std::uint16_t kPeerPort = 7000;

// One end of a connection. Callbacks come on the kernel's stack and must only post.
class StreamEnd {
 public:
  Process* process = nullptr;
  NetAddress local;
  NetAddress remote;
  std::weak_ptr<StreamEnd> other;
  crypto::Ed25519PublicKey other_key;  // after the handshake
  std::function<void()> on_event;      // something has come, or room has been made

  Bytes arrived;
  bool has_key = false;  // the other side has begun its handshake
  bool ended = false;    // no more will come
  bool reset = false;    // the connection is gone
  bool closed = false;   // by us

  [[nodiscard]] std::size_t InFlight() const { return in_flight_; }

 private:
  friend class Network;
  enum class Kind : std::uint8_t { kBytes, kKey, kEnd };
  struct Segment {
    Micros due;
    Kind kind;
    Bytes bytes;
  };
  std::deque<Segment> sent_;  // not yet at the other end
  std::size_t in_flight_ = 0;
  bool delivering_ = false;
};
using StreamEndPtr = std::shared_ptr<StreamEnd>;

class Network {
 public:
  explicit Network(Kernel& kernel) : kernel_(kernel) { TheNetwork() = this; }
  ~Network() { TheNetwork() = nullptr; }
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  [[nodiscard]] static Network& Get() { return *TheNetwork(); }

  Weather weather;
  // Sees every write before it is sent; may change the bytes, or take them all away.
  std::function<void(const StreamEnd& from, Bytes& bytes)> tap;

  // One direction.
  void Cut(std::size_t from, std::size_t to) { cut_.insert({from, to}); }
  void Split(const std::set<std::size_t>& side, std::size_t machines);
  void Heal() { cut_.clear(); }
  [[nodiscard]] bool IsCut(std::size_t from, std::size_t to) const {
    return cut_.contains({from, to});
  }

  // The process has died: its connections end at once (killed), or fall silent (no power).
  enum class Silence : std::uint8_t { kReset, kSilent };
  void Abandon(const Process& process, Silence silence);

  // Of the sockets (asio/).
  using OnAccepted = std::function<void(StreamEndPtr)>;
  bool Listen(Process* process, const NetAddress& address, OnAccepted accepted);
  void StopListening(Process* process, const NetAddress& address);
  // Null: refused. Not called at all: nobody answers.
  void Connect(Process* process, const NetAddress& to, OnAccepted done);
  void Write(const StreamEndPtr& from, Bytes bytes);
  void SendKey(const StreamEndPtr& from, const crypto::Ed25519PublicKey& key);
  void SendEnd(const StreamEndPtr& from);
  void Close(const StreamEndPtr& end);

  [[nodiscard]] static std::size_t MachineOf(const std::string& host);

 private:
  struct Listener {
    Process* process;
    OnAccepted accepted;
  };
  [[nodiscard]] static Network*& TheNetwork();
  [[nodiscard]] Micros Delay(std::size_t bytes);
  void Send(const StreamEndPtr& from, StreamEnd::Kind kind, Bytes bytes);
  void Deliver(const StreamEndPtr& from);
  void TryConnect(Process* process, const NetAddress& to, OnAccepted done);
  static void Reset(StreamEnd& end);

  Kernel& kernel_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  std::map<NetAddress, Listener> listeners_;
  std::vector<std::weak_ptr<StreamEnd>> ends_;
  std::uint16_t next_port_ = 40000;
};

}  // namespace jiandu::simulator
