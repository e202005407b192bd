#include "bench/http_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>

namespace jiandu::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBackOff = std::chrono::milliseconds(20);

struct Connection {
  int socket = -1;
  std::string request;
  std::size_t sent = 0;
  std::string answer;
  Clock::time_point begun;
  Clock::time_point resume;  // not before: back-off or pause
  bool waiting = false;      // for an answer
  bool done = false;
};

class Load {
 public:
  explicit Load(const LoadPlan& plan) : plan_(plan), poll_(::epoll_create1(EPOLL_CLOEXEC)) {}
  ~Load() {
    for (const auto& one : connections_) {
      if (one->socket >= 0) ::close(one->socket);
    }
    ::close(poll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LoadResult Run() {
    begun_ = Clock::now();
    for (int i = 0; i < plan_.connections_per_port; ++i) {
      for (const int port : plan_.ports) Open(port);
    }
    while (open_ > 0) {
      Pump();
      if (Clock::now() - begun_ >
          std::chrono::milliseconds(plan_.duration_ms + plan_.answer_ms_max))
        break;
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool IsOver() const {
    return Clock::now() - begun_ > std::chrono::milliseconds(plan_.duration_ms);
  }

  void Open(int port) {
    auto connection = std::make_unique<Connection>();
    connection->socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection->socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ++result_.failed;
      ::close(connection->socket);
      return;
    }
    const int on = 1;
    ::setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection.get();
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, connection->socket, &event);
    ++open_;
    Next(*connection);
    connections_.push_back(std::move(connection));
  }

  void End(Connection& connection) {
    if (connection.done) return;
    connection.done = true;
    connection.waiting = false;
    --open_;
  }

  void Next(Connection& connection) {
    connection.request = IsOver() ? "" : plan_.next();
    if (connection.request.empty()) return End(connection);
    connection.begun = Clock::now();
    SendNow(connection);
  }

  void SendNow(Connection& connection) {
    connection.answer.clear();
    connection.waiting = true;
    std::size_t sent = 0;
    while (sent < connection.request.size()) {
      const ssize_t n = ::send(connection.socket, connection.request.data() + sent,
                               connection.request.size() - sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        ++result_.failed;
        return End(connection);
      }
      sent += static_cast<std::size_t>(n);
    }
  }

  void Pump() {
    std::array<epoll_event, 256> events{};
    const int n =
        ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), paused_ > 0 ? 5 : 100);
    for (int i = 0; i < n; ++i)
      Read(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    if (paused_ == 0) return;
    const auto now = Clock::now();
    for (const auto& one : connections_) {
      if (one->done || one->waiting || one->resume > now) continue;
      --paused_;
      // A request that was put off keeps its first moment: the client has waited since then.
      one->request.empty() ? Next(*one) : SendNow(*one);
    }
  }

  void Read(Connection& connection) {
    std::array<char, 16384> chunk{};
    const ssize_t n = ::recv(connection.socket, chunk.data(), chunk.size(), 0);
    if (n <= 0) {
      if (!connection.done) ++result_.failed;
      ::epoll_ctl(poll_, EPOLL_CTL_DEL, connection.socket, nullptr);
      return End(connection);
    }
    connection.answer.append(chunk.data(), static_cast<std::size_t>(n));
    const std::size_t head = connection.answer.find("\r\n\r\n");
    if (head == std::string::npos) return;
    std::size_t length = 0;
    for (const char* name : {"Content-Length: ", "content-length: "}) {
      const std::size_t at = connection.answer.find(name);
      if (at != std::string::npos && at < head)
        length = std::strtoul(connection.answer.c_str() + at + 16, nullptr, 10);
    }
    if (connection.answer.size() >= head + 4 + length) Answered(connection);
  }

  void Answered(Connection& connection) {
    connection.waiting = false;
    const int status = std::atoi(connection.answer.c_str() + 9);
    const auto now = Clock::now();
    if (status == 429 || status == 503) {
      ++result_.again;
      if (IsOver()) return End(connection);
      return Pause(connection, now + kBackOff);
    }
    if (status == 200 || status == 202) {
      ++result_.accepted;
      result_.latency_us.push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(now - connection.begun).count());
    } else {
      ++result_.failed;
      if (result_.first_failure.empty()) result_.first_failure = connection.answer.substr(0, 2000);
    }
    if (plan_.pause_ms == 0 && plan_.every_us == 0) return Next(connection);
    connection.request.clear();
    Pause(connection, std::max(now + std::chrono::milliseconds(plan_.pause_ms),
                               connection.begun + std::chrono::microseconds(plan_.every_us)));
  }

  void Pause(Connection& connection, Clock::time_point until) {
    connection.resume = until;
    ++paused_;
  }

  const LoadPlan& plan_;
  int poll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  int open_ = 0;
  int paused_ = 0;
  Clock::time_point begun_;
  LoadResult result_;
};

}  // namespace

LoadResult RunLoad(const LoadPlan& plan) { return Load(plan).Run(); }

std::string MakePost(const std::string& content_type, const std::string& body, int wait_s) {
  std::string request =
      "POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + content_type +
      "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  if (wait_s > 0) request += "Prefer: wait=" + std::to_string(wait_s) + "\r\n";
  return request + "\r\n" + body;
}

}  // namespace jiandu::bench
