// One HTTP/1.1 connection, from accept to close (Boost).
//
// Reads the raw header block, has the head guard scan it, lets Beast parse the same bytes and the
// body, hands a plain Request to the handler and writes its Response; pipelined requests are served
// in order. Gateway thread only. The server's sweeper, not the session, watches deadlines: one
// timer for all connections costs nothing per request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "gateway/http_types.h"
#include "gateway/settings.h"

namespace jiandu::gateway {

// What the server sees of a session. Shared by both for the connection's lifetime.
struct SessionControl {
  using Clock = std::chrono::steady_clock;

  explicit SessionControl(boost::asio::ip::tcp::socket accepted)
      : socket(std::move(accepted)), answered(socket.get_executor(), Clock::time_point::max()) {}

  void SetDeadline(std::int64_t ms) { deadline = Clock::now() + std::chrono::milliseconds(ms); }
  // Ends the session: whatever it waits for completes with an error.
  void Close();
  // Whether the client has gone while an answer is being made.
  [[nodiscard]] bool HasHungUp();

  boost::asio::ip::tcp::socket socket;
  boost::asio::steady_timer answered;  // cancelled when the answer is there, or on Close
  Clock::time_point deadline = Clock::time_point::max();
  bool handling = false;  // an answer is being made
  bool idle = false;      // between two requests
  bool closed = false;
};
using SessionControlPtr = std::shared_ptr<SessionControl>;  // lives as long as the connection

// What all sessions of a listener share. Outlives them.
struct SessionContext {
  const GatewaySettings* settings = nullptr;
  std::span<const std::string> hosts;
  RequestHandler* handler = nullptr;
  bool stopping = false;
};

[[nodiscard]] boost::asio::awaitable<void> ServePlain(SessionControlPtr control,
                                                      SessionContext& context, std::string peer);
[[nodiscard]] boost::asio::awaitable<void> ServeTls(
    SessionControlPtr control, SessionContext& context, std::string peer,
    std::shared_ptr<boost::asio::ssl::context> tls);  // kept while a reload swaps the server's

}  // namespace jiandu::gateway
