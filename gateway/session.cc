// See session.h. To the right of every co_await stands a call on named variables (g++ 12.2).
#include "gateway/session.h"

#include <poll.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <tuple>
#include <type_traits>

#include "base/hex.h"
#include "gateway/head_guard.h"
#include "gateway/http_text.h"
#include "gateway/problem.h"
#include "gateway/read_auth.h"

namespace jiandu::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = std::size_t{8} * 1024;
constexpr std::size_t kBodyReadBytes = std::size_t{64} * 1024;
constexpr std::size_t kWriteBytes = std::size_t{64} * 1024;
constexpr std::size_t kDrainBytesMax = std::size_t{4} * 1024 * 1024;
constexpr std::int64_t kDrainMs = 2'000;
constexpr std::int64_t kAnswerSlackMs = 30'000;

// 32 hex digits: a random half of this process and a counter.
std::string NextRequestId() {
  static const std::string kProcess = RandomHex(8);
  static std::atomic<std::uint64_t> count{0};
  Bytes number;
  AppendU64Be(number, count.fetch_add(1));
  return kProcess + HexEncode(number);
}

// What one answer is waiting for: filled on the gateway thread.
struct Pending {
  std::optional<Response> response;
};

// A Responder for any thread that fills `pending` on the session's thread and wakes it.
Responder MakeResponder(const SessionControlPtr& control, const std::shared_ptr<Pending>& pending) {
  return [weak = std::weak_ptr(control), pending,
          executor = control->socket.get_executor()](Response response) mutable {
    auto fill = [weak = std::move(weak), pending, response = std::move(response)]() mutable {
      const auto locked = weak.lock();
      if (locked == nullptr) return;
      pending->response = std::move(response);
      locked->answered.cancel();
    };
    asio::dispatch(executor, std::move(fill));
  };
}

template <class Stream>
class Session {
 public:
  Session(Stream& stream, SessionControl& control, SessionContext& context, std::string peer)
      : stream_(stream), control_(control), context_(context), peer_(std::move(peer)) {}

  asio::awaitable<void> Run(SessionControlPtr self) {
    bool first = true;
    while (!control_.closed && !context_.stopping) {
      const bool more = co_await ServeOne(self, first);
      if (!more) break;
      first = false;
    }
    if (refused_early_) co_await Drain();
  }

 private:
  // Reads, answers; false: the connection ends.
  asio::awaitable<bool> ServeOne(SessionControlPtr self, bool first) {
    Request request;
    Response response;
    const bool has_head = co_await ReadHead(first);
    if (!has_head) co_return false;
    const auto begun = SessionControl::Clock::now();
    bool keep = false;
    if (fault_) {
      response = Refuse(*fault_);
    } else {
      const bool has_body = co_await ReadBody(request);
      if (!has_body && !fault_) co_return false;
      if (fault_) {
        response = Refuse(*fault_);
      } else {
        keep = head_.keep_alive;
        auto pending = std::make_shared<Pending>();
        Start(self, pending, request);
        while (!pending->response && !control_.closed) co_await WaitForAnswer();
        control_.handling = false;
        if (!pending->response) co_return false;
        response = *std::move(pending->response);
      }
    }
    keep = keep && !response.close && !context_.stopping;
    const std::string bytes = Serialise(response, keep);
    std::string().swap(response.body);  // once is enough
    std::size_t sent = 0;
    const error_code error = co_await Write(bytes, sent);
    Report(response, begun, sent);
    co_return keep && !error;
  }

  // A long answer earns its time as it goes, like a body that comes: else who is at the end of a
  // slow line could never have one.
  asio::awaitable<error_code> Write(const std::string& bytes, std::size_t& sent) {
    control_.SetDeadline(context_.settings->write_ms);
    const std::string_view all = bytes;
    while (sent < all.size()) {
      const std::string_view piece = all.substr(sent, kWriteBytes);
      auto buffer = asio::buffer(piece);
      auto [error, size] = co_await asio::async_write(stream_, buffer, kTuple);
      sent += size;
      if (error) co_return error;
      control_.deadline += std::chrono::milliseconds(context_.settings->body_ms_per_64k);
    }
    co_return error_code();
  }

  [[nodiscard]] std::string_view Received() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }

  asio::awaitable<error_code> ReadSome(std::size_t size) {
    auto space = buffer_.prepare(size);
    auto [error, got] = co_await stream_.async_read_some(space, kTuple);
    buffer_.commit(got);
    co_return error;
  }

  // True with head_ or fault_; false when the client has gone.
  asio::awaitable<bool> ReadHead(bool first) {
    fault_.reset();
    head_ = Head();
    const GatewaySettings& settings = *context_.settings;
    const bool begun = first || buffer_.size() > 0;
    control_.idle = !begun;
    control_.SetDeadline(begun ? settings.header_ms : settings.idle_ms);
    std::size_t scanned = 0;
    while (true) {
      const std::string_view window = Received().substr(0, settings.header_bytes_max);
      const HeadSearch search = FindHeadEnd(window, scanned);
      scanned = window.size();
      if (search.edge == HeadEdge::kEnd) {
        ScanFound(window.substr(0, search.size));
        co_return true;
      }
      if (search.edge == HeadEdge::kBad) {
        SetFault(400, "the header holds a NUL, or a CR or LF alone");
        co_return true;
      }
      if (window.size() == settings.header_bytes_max) {
        const bool in_target = !window.contains('\n');
        SetFault(in_target ? 414 : 431, "the header is too large");
        co_return true;
      }
      const error_code error = co_await ReadSome(kReadBytes);
      if (error) co_return false;
      if (control_.idle) {
        control_.idle = false;
        control_.SetDeadline(settings.header_ms);
      }
    }
  }

  void ScanFound(std::string_view block) {
    const HeadPolicy policy{.hosts = context_.hosts,
                            .target_bytes_max = context_.settings->target_bytes_max};
    auto head = ScanHead(block, policy);
    if (!head) {
      fault_ = head.error();
      return;
    }
    head_ = *std::move(head);
    if (head_.content_length.value_or(0) > context_.settings->body_bytes_max) {
      SetFault(413, "the body is too large");
    }
  }

  void SetFault(int status, std::string_view detail) {
    fault_ = HeadFault{.status = status, .detail = detail};
  }

  // Beast reads what the guard has let through; both must agree. True with the request filled.
  asio::awaitable<bool> ReadBody(Request& request) {
    const GatewaySettings& settings = *context_.settings;
    http::request_parser<http::string_body> parser;
    parser.eager(true);
    parser.header_limit(static_cast<std::uint32_t>(settings.header_bytes_max + 1));
    parser.body_limit(settings.body_bytes_max);
    auto refuse_extensions = [](std::uint64_t, beast::string_view extensions, error_code& error) {
      if (!extensions.empty()) error = http::error::bad_chunk_extension;
    };
    parser.on_chunk_header(refuse_extensions);
    const auto kib64 = static_cast<std::int64_t>(head_.content_length.value_or(0) / (64 * 1024));
    control_.SetDeadline(settings.body_ms + kib64 * settings.body_ms_per_64k);
    bool continued = !head_.expects_continue;
    while (!parser.is_done()) {
      error_code error;
      const std::size_t used = parser.put(buffer_.data(), error);
      buffer_.consume(used);
      if (error && error != http::error::need_more) {
        const bool too_large = error == http::error::body_limit;
        SetFault(too_large ? 413 : 400, too_large ? "the body is too large" : "bad framing");
        co_return false;
      }
      if (parser.is_done()) break;
      if (!continued) {
        continued = true;
        const error_code sent = co_await SendContinue();
        if (sent) co_return false;
      }
      if (head_.chunked) GrantTime(parser.get().body().size());
      const error_code failed = co_await ReadSome(kBodyReadBytes);
      if (failed) co_return false;
    }
    co_return Accept(parser.get(), request);
  }

  // A chunked body earns its time as it comes: another 64 KiB, another second.
  void GrantTime(std::size_t body_size) {
    const std::size_t steps = body_size / (std::size_t{64} * 1024);
    if (steps <= granted_) return;
    control_.deadline += std::chrono::milliseconds(static_cast<std::int64_t>(steps - granted_) *
                                                   context_.settings->body_ms_per_64k);
    granted_ = steps;
  }

  bool Accept(http::request<http::string_body>& parsed, Request& request) {
    granted_ = 0;
    // Trailing fields are merged by Beast into the header: more fields than the guard counted.
    const auto fields = static_cast<std::size_t>(std::distance(parsed.begin(), parsed.end()));
    const std::string_view method(parsed.method_string().data(), parsed.method_string().size());
    if (fields != head_.fields.size() || method != head_.method ||
        parsed.target().size() != head_.wire_target_size) {
      SetFault(400, "trailing fields are not accepted");
      return false;
    }
    request.id = NextRequestId();
    request.method = head_.method;
    request.target = head_.target;
    request.fields = std::move(head_.fields);
    request.body = std::move(parsed.body());
    request.peer = peer_;
    bytes_in_ = request.body.size();
    request_id_ = request.id;
    return true;
  }

  asio::awaitable<error_code> SendContinue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    auto buffer = asio::buffer(kContinue);
    auto [error, size] = co_await asio::async_write(stream_, buffer, kTuple);
    co_return error;
  }

  void Start(const SessionControlPtr& self, const std::shared_ptr<Pending>& pending,
             Request& request) {
    const GatewaySettings& settings = *context_.settings;
    control_.handling = true;
    // Longer than any wait a handler may enter: only an answer that never comes runs into it.
    control_.SetDeadline(settings.wait_ms_max + settings.min_height_ms_max + kAnswerSlackMs);
    context_.handler->Handle(std::move(request), self, MakeResponder(self, pending));
  }

  asio::awaitable<void> WaitForAnswer() {
    error_code ignored;  // cancelled: that is the signal
    std::tie(ignored) = co_await control_.answered.async_wait(kTuple);
  }

  Response Refuse(const HeadFault& fault) {
    refused_early_ = true;
    request_id_ = NextRequestId();
    bytes_in_ = 0;
    Response response =
        MakeProblem(Plain(KindOfStatus(fault.status), std::string(fault.detail)), request_id_);
    response.close = true;
    return response;
  }

  std::string Serialise(Response& response, bool keep) {
    context_.handler->Finish(response);
    const auto reason = http::obsolete_reason(static_cast<http::status>(response.status));
    const ResponseFrame frame{.reason = {reason.data(), reason.size()},
                              .connection = !keep                               ? "close"
                                            : head_.version == HttpVersion::k10 ? "keep-alive"
                                                                                : "",
                              .without_body = head_.method == "HEAD"};
    return SerialiseResponse(response, frame);
  }

  void Report(const Response& response, SessionControl::Clock::time_point begun,
              std::size_t bytes_out) const {
    if (!context_.settings->on_access) return;
    const auto elapsed = SessionControl::Clock::now() - begun;
    const AccessLine line{
        .request_id = request_id_,
        .peer = peer_,
        .method = head_.method,
        .target = head_.target,
        .status = response.status,
        .bytes_in = bytes_in_,
        .bytes_out = bytes_out,
        .micros = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count()};
    context_.settings->on_access(line);
  }

  // The rest of a refused request is read and dropped for a moment: closing at once would reset the
  // connection and could take the answer away from the client.
  asio::awaitable<void> Drain() {
    control_.SetDeadline(kDrainMs);
    if constexpr (std::is_same_v<Stream, tcp::socket>) {
      error_code ignored;
      (void)stream_.shutdown(tcp::socket::shutdown_send, ignored);
    }
    std::size_t drained = 0;
    while (drained < kDrainBytesMax && !control_.closed) {
      buffer_.consume(buffer_.size());
      const error_code error = co_await ReadSome(kBodyReadBytes);
      if (error) break;
      drained += buffer_.size();
    }
  }

  Stream& stream_;
  SessionControl& control_;
  SessionContext& context_;
  std::string peer_;
  beast::flat_buffer buffer_;
  Head head_;
  std::optional<HeadFault> fault_;
  std::string request_id_;
  std::size_t bytes_in_ = 0;
  std::size_t granted_ = 0;
  bool refused_early_ = false;
};

}  // namespace

void SessionControl::Close() {
  closed = true;
  error_code ignored;
  ignored = socket.close(ignored);
  answered.cancel();
}

bool SessionControl::HasHungUp() {
  if (!socket.is_open()) return true;
  pollfd poll_for{.fd = socket.native_handle(), .events = POLLRDHUP, .revents = 0};
  return poll(&poll_for, 1, 0) == 1;
}

asio::awaitable<void> ServePlain(SessionControlPtr control, SessionContext& context,
                                 std::string peer) {
  Session<tcp::socket> session(control->socket, *control, context, std::move(peer));
  co_await session.Run(control);
}

asio::awaitable<void> ServeTls(SessionControlPtr control, SessionContext& context, std::string peer,
                               std::shared_ptr<asio::ssl::context> tls) {
  asio::ssl::stream<tcp::socket&> stream(control->socket, *tls);
  control->SetDeadline(context.settings->header_ms);
  auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kTuple);
  if (error) co_return;
  Session<asio::ssl::stream<tcp::socket&>> session(stream, *control, context, std::move(peer));
  co_await session.Run(control);
  if (control->closed) co_return;
  control->SetDeadline(kDrainMs);
  error_code ignored;
  std::tie(ignored) = co_await stream.async_shutdown(kTuple);
}

}  // namespace jiandu::gateway
