// One TLS connection to a peer, from the handshake to the end.
//
// Loop thread. Made by the hub on a connected socket; tells it in this order: on_key, on_hello,
// on_up, on_frames and on_instance, on_closed (once, always, never from inside a call into the
// link). Close may be called at any time. The only header of node/ that knows Boost.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/frames.h"
#include "node/peer_hub.h"
#include "node/peer_types.h"
#include "node/send_queue.h"

namespace jiandu::node {

enum class Dialled : std::uint8_t { kByUs, kByThem };

// Whose doing the end of a link was, as far as shutting out is concerned.
enum class Fault : std::uint8_t { kNone, kTheirs };

// The content of pings and pongs: when, by the sender's clock, and which start of which process.
struct Ping {
  std::int64_t wall_ms = 0;
  std::uint64_t instance = 0;
  std::int64_t echo_steady_ms = 0;  // pings: the sender's; pongs: that of the ping answered

  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static std::optional<Ping> Decode(ByteView bytes);
};

class PeerLink : public std::enable_shared_from_this<PeerLink> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  struct Settings {
    Bytes hello;  // our first frame's payload
    FrameRules rules;
    PeerTimings timings;
    SendQueueBounds bounds;
    std::uint64_t instance = 0;
  };
  struct Events {
    // TLS has proven Key(); a text refuses it before anything is read from it.
    std::function<std::string(PeerLink&)> on_key;
    // The payload of the first frame; a text refuses the link, otherwise it is up.
    std::function<std::string(PeerLink&, ByteView hello)> on_hello;
    std::function<void(PeerLink&)> on_up;
    std::function<void(PeerLink&, std::vector<Incoming>&)> on_frames;
    // The first ping after on_up has told TheirInstance().
    std::function<void(PeerLink&)> on_instance;
    std::function<void(PeerLink&, const std::string& why, Fault fault)> on_closed;
  };

  PeerLink(Socket socket, boost::asio::ssl::context& tls, Dialled dialled,
           std::shared_ptr<const Settings> settings, Events events);

  void Start();
  [[nodiscard]] SendQueue::Put Send(const Outgoing& message);
  // Sends what the peer should know and ends the link; OnClosed follows, not from inside this call.
  void Close(const std::string& why, Fault fault = Fault::kNone);

  [[nodiscard]] Dialled WhoDialled() const { return dialled_; }
  [[nodiscard]] bool IsUp() const { return up_ && !closing_; }
  [[nodiscard]] const PeerId& Key() const { return key_; }
  [[nodiscard]] const std::string& Address() const { return address_; }
  [[nodiscard]] std::int64_t LastHeardMs() const { return last_heard_ms_; }
  [[nodiscard]] std::int64_t UpSinceMs() const { return up_since_ms_; }
  [[nodiscard]] std::int64_t ClockAheadMs() const { return clock_ahead_ms_; }
  [[nodiscard]] std::int64_t RoundTripMs() const { return round_trip_ms_; }
  [[nodiscard]] std::uint64_t TheirInstance() const { return their_instance_; }
  [[nodiscard]] std::uint64_t SentBytes() const { return sent_bytes_; }
  [[nodiscard]] std::uint64_t ReceivedBytes() const { return received_bytes_; }
  [[nodiscard]] const SendQueue& Queue() const { return queue_; }

 private:
  void OnHandshake(const boost::system::error_code& error);
  void Read();
  void OnRead(const boost::system::error_code& error, std::size_t size);
  // False when the link has been closed.
  [[nodiscard]] bool TakeOwnFrames(std::vector<Incoming>& frames);
  [[nodiscard]] bool TakeHello(std::vector<Incoming>& frames);
  void TakePing(const Incoming& frame);
  void TakePong(const Incoming& frame);
  void Write();
  void OnWritten(const boost::system::error_code& error, std::size_t size);
  void Watch();
  void OnWatch();
  void Break(const std::string& why);  // the connection is gone
  void Report();                       // tells the hub
  void Shut();                         // closes the socket

  boost::asio::ssl::stream<Socket> stream_;
  boost::asio::steady_timer timer_;
  Dialled dialled_;
  std::shared_ptr<const Settings> settings_;  // shared by all links, immutable
  Events events_;
  FrameReader reader_;
  SendQueue queue_;
  std::string address_;
  PeerId key_;
  std::array<std::uint8_t, 64U << 10U> incoming_;
  Bytes outgoing_;
  bool writing_ = false;
  bool up_ = false;
  bool closing_ = false;
  bool shut_ = false;
  bool can_talk_ = false;  // the handshake is done and the connection not lost
  std::string close_reason_;
  Fault close_fault_ = Fault::kNone;
  std::int64_t started_ms_ = 0;
  std::int64_t up_since_ms_ = 0;
  std::int64_t last_heard_ms_ = 0;
  std::int64_t write_began_ms_ = 0;
  std::int64_t next_ping_ms_ = 0;
  std::int64_t clock_ahead_ms_ = 0;
  std::int64_t round_trip_ms_ = -1;
  std::uint64_t their_instance_ = 0;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t received_bytes_ = 0;
};

}  // namespace jiandu::node
