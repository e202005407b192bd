// One TLS connection: handshake, hello, frames in both directions, probes, one end.
//
// Callbacks instead of coroutines: each operation holds the link alive by a shared pointer. A link
// ends in Close (by us, with a word to the peer) or Break (the connection is gone), both once.
#include "node/peer_link.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

#include "node/peer_tls.h"

namespace jiandu::node {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::int64_t kWallMsMax = std::int64_t{1} << 52;

constexpr std::size_t kPingBytes = 24;
// How often a link is looked at: deadlines are kept to within this.
constexpr std::int64_t kWatchMs = 500;
// How long the peer may take to hear why the link ends. Closing at once would reset the connection
// and lose the reason when the peer's own bytes are still unread.
constexpr std::int64_t kLingerMs = 300;

}  // namespace

Bytes Ping::Encode() const {
  Bytes out;
  AppendU64Be(out, static_cast<std::uint64_t>(wall_ms));
  AppendU64Be(out, instance);
  AppendU64Be(out, static_cast<std::uint64_t>(echo_steady_ms));
  return out;
}

std::optional<Ping> Ping::Decode(ByteView bytes) {
  if (bytes.size() != kPingBytes) return std::nullopt;
  return Ping{.wall_ms = static_cast<std::int64_t>(ReadU64Be(bytes)),
              .instance = ReadU64Be(bytes.subspan(8)),
              .echo_steady_ms = static_cast<std::int64_t>(ReadU64Be(bytes.subspan(16)))};
}

PeerLink::PeerLink(Socket socket, asio::ssl::context& tls, Dialled dialled,
                   std::shared_ptr<const Settings> settings, Events events)
    : stream_(std::move(socket), tls),
      timer_(stream_.get_executor()),
      dialled_(dialled),
      settings_(std::move(settings)),
      events_(std::move(events)),
      reader_(settings_->rules),
      queue_(settings_->bounds),
      started_ms_(EventLoop::SteadyMs()),
      last_heard_ms_(started_ms_) {
  error_code error;
  const auto remote = stream_.next_layer().remote_endpoint(error);
  if (!error) address_ = remote.address().to_string() + ":" + std::to_string(remote.port());
}

void PeerLink::Start() {
  error_code ignored;  // a socket that is gone fails in the handshake
  (void)stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
  Watch();
  const auto side =
      dialled_ == Dialled::kByUs ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
  stream_.async_handshake(
      side, [self = shared_from_this()](const error_code& error) { self->OnHandshake(error); });
}

void PeerLink::OnHandshake(const error_code& error) {
  if (closing_) return Shut();
  if (error) return Break("TLS handshake: " + error.message());
  can_talk_ = true;
  auto key = PeerTlsKey(stream_.native_handle());
  if (!key.has_value()) return Close(key.error().detail);
  key_ = *key;
  const std::string refusal = events_.on_key(*this);
  if (refusal.empty()) {
    queue_.PushControl(kFrameHello, settings_->hello);
    Write();
  } else {
    Close(refusal);
  }
  Read();
}

void PeerLink::Read() {
  stream_.async_read_some(asio::buffer(incoming_),
                          [self = shared_from_this()](const error_code& error, std::size_t size) {
                            self->OnRead(error, size);
                          });
}

void PeerLink::OnRead(const error_code& error, std::size_t size) {
  if (error) return Break("connection lost: " + error.message());
  if (closing_) return Read();  // what still comes is not heard
  received_bytes_ += size;
  last_heard_ms_ = EventLoop::SteadyMs();
  std::vector<Incoming> frames;
  const auto fed = reader_.Feed(ByteView(incoming_).first(size), frames);
  const bool goes_on = (up_ || frames.empty() || TakeHello(frames)) && TakeOwnFrames(frames);
  if (goes_on && !frames.empty()) events_.on_frames(*this, frames);
  if (!fed.has_value()) Close(fed.error().detail, Fault::kTheirs);
  Read();
}

bool PeerLink::TakeHello(std::vector<Incoming>& frames) {
  const Incoming hello = std::move(frames.front());
  frames.erase(frames.begin());
  if (hello.type == kFrameBye) {
    Close("closed by the peer: " + ToText(hello.payload));
    return false;
  }
  if (hello.type != kFrameHello) {
    Close("its first frame is no hello", Fault::kTheirs);
    return false;
  }
  const std::string refusal = events_.on_hello(*this, hello.payload);
  if (closing_ || !refusal.empty()) {
    Close(refusal);
    return false;
  }
  up_ = true;
  up_since_ms_ = EventLoop::SteadyMs();
  OnWatch();  // the first ping tells our instance and clock
  events_.on_up(*this);
  return !closing_;
}

bool PeerLink::TakeOwnFrames(std::vector<Incoming>& frames) {
  std::erase_if(frames, [this](const Incoming& frame) {
    if (frame.type >= kFirstMessageType) return false;
    if (frame.type == kFramePing) TakePing(frame);
    if (frame.type == kFramePong) TakePong(frame);
    if (frame.type == kFrameBye) Close("closed by the peer: " + ToText(frame.payload));
    if (frame.type == kFrameHello) Close("a second hello", Fault::kTheirs);
    return true;
  });
  return !closing_;
}

void PeerLink::TakePing(const Incoming& frame) {
  const auto ping = Ping::Decode(frame.payload);
  if (!ping.has_value()) return;
  const bool is_first = their_instance_ == 0;
  their_instance_ = ping->instance;
  if (is_first) events_.on_instance(*this);
  // While a write is under way one pong may wait; more pings than that are not answered.
  if (writing_ && queue_.HasControl()) return;
  const Ping pong{.wall_ms = EventLoop::WallMs(),
                  .instance = settings_->instance,
                  .echo_steady_ms = ping->echo_steady_ms};
  queue_.PushControl(kFramePong, pong.Encode());
  Write();
}

void PeerLink::TakePong(const Incoming& frame) {
  const auto pong = Ping::Decode(frame.payload);
  const std::int64_t now_ms = EventLoop::SteadyMs();
  if (!pong.has_value() || pong->echo_steady_ms > now_ms || pong->echo_steady_ms < started_ms_) {
    return;
  }
  // No clock stands there; and what is told on must be an integer of JSON.
  if (pong->wall_ms < 0 || pong->wall_ms > kWallMsMax) return;
  round_trip_ms_ = now_ms - pong->echo_steady_ms;
  clock_ahead_ms_ = pong->wall_ms + round_trip_ms_ / 2 - EventLoop::WallMs();
}

SendQueue::Put PeerLink::Send(const Outgoing& message) {
  const SendQueue::Put put = queue_.Push(message);
  if (put == SendQueue::Put::kQueued) Write();
  return put;
}

void PeerLink::Write() {
  if (writing_ || shut_ || queue_.IsEmpty()) return;
  outgoing_ = queue_.Next();
  writing_ = true;
  write_began_ms_ = EventLoop::SteadyMs();
  asio::async_write(stream_, asio::buffer(outgoing_),
                    [self = shared_from_this()](const error_code& error, std::size_t size) {
                      self->OnWritten(error, size);
                    });
}

void PeerLink::OnWritten(const error_code& error, std::size_t size) {
  writing_ = false;
  sent_bytes_ += size;
  if (error) return Break("connection lost: " + error.message());
  Write();
  if (!closing_ || writing_) return;
  error_code ignored;  // a socket that is gone is what we want
  (void)stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
}

void PeerLink::Watch() {
  timer_.expires_after(std::chrono::milliseconds(std::min(kWatchMs, settings_->timings.ping_ms)));
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->OnWatch();
  });
}

void PeerLink::OnWatch() {
  if (closing_) return Shut();
  const PeerTimings& timings = settings_->timings;
  const std::int64_t now_ms = EventLoop::SteadyMs();
  if (!up_) {
    if (now_ms - started_ms_ >= timings.handshake_ms) return Close("no hello in time");
    return Watch();
  }
  if (now_ms - last_heard_ms_ >= timings.dead_ms) return Close("nothing heard: the link is dead");
  if (writing_ && now_ms - write_began_ms_ >= timings.dead_ms) {
    return Close("a write is stuck: the link is dead");
  }
  if (now_ms >= next_ping_ms_) {
    next_ping_ms_ = now_ms + timings.ping_ms;
    const Ping ping{
        .wall_ms = EventLoop::WallMs(), .instance = settings_->instance, .echo_steady_ms = now_ms};
    queue_.PushControl(kFramePing, ping.Encode());
    Write();
  }
  Watch();
}

void PeerLink::Close(const std::string& why, Fault fault) {
  if (closing_) return;
  closing_ = true;
  close_reason_ = why;
  close_fault_ = fault;
  queue_.Clear();
  if (can_talk_) {
    queue_.PushControl(kFrameBye, AsBytes(std::string_view(why).substr(0, kControlPayloadMax)));
    Write();
  }
  // Not from inside this call: the caller may be in the middle of its books.
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->Report(); });
}

void PeerLink::Break(const std::string& why) {
  can_talk_ = false;
  Close(why);
  Shut();
}

void PeerLink::Report() {
  events_.on_closed(*this, close_reason_, close_fault_);
  events_ = Events();
  if (!can_talk_) return Shut();
  timer_.expires_after(std::chrono::milliseconds(kLingerMs));
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->Shut();
  });
}

void PeerLink::Shut() {
  if (shut_) return;
  shut_ = true;
  timer_.cancel();
  error_code ignored;  // a socket that is gone is what we want
  (void)stream_.next_layer().shutdown(Socket::shutdown_both, ignored);
  (void)stream_.next_layer().close(ignored);
}

}  // namespace jiandu::node
