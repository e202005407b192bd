// What node/event_loop.cc and node/peer_*.cc use of Boost.Asio, over the simulated network.
//
// These files are compiled against this header instead of Boost's, unchanged: the links, their
// handshakes, dials, deadlines and queues are the node's own. Only what they call is here. A
// handler runs on the fiber that runs its context, as it would on the thread.
#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulator/network.h"

// OpenSSL's names, which node/peer_tls.h declares; platform_tls.cc has the rest.
struct ssl_ctx_st {
  jiandu::crypto::Ed25519PublicKey key;
};
struct ssl_st {
  jiandu::crypto::Ed25519PublicKey key;  // of the other side
};

namespace boost::system {
class error_code {
 public:
  error_code() = default;
  explicit error_code(const char* text) : text_(text) {}
  explicit operator bool() const { return text_ != nullptr; }
  [[nodiscard]] std::string message() const { return text_ == nullptr ? "" : text_; }

 private:
  const char* text_ = nullptr;
};
}  // namespace boost::system

namespace boost::asio {

using boost::system::error_code;

// What a handler is told; each takes what it needs.
struct Outcome {
  error_code error{};
  std::size_t size = 0;
  jiandu::simulator::StreamEndPtr stream{};
};

// The inside of a context; sockets and timers hold it, so that what ends late finds it.
class ContextState : public std::enable_shared_from_this<ContextState> {
 public:
  using Handler = std::move_only_function<void(const Outcome&)>;
  ContextState();

  std::uint64_t Begin(Handler handler);
  void Finish(std::uint64_t operation, Outcome outcome);
  void Push(std::move_only_function<void()> task);
  void Run();
  void Stop();
  void Close();  // drops every handler: what they keep alive goes with them

  jiandu::simulator::Process* process;
  bool stopped = false;

 private:
  bool closed_ = false;
  std::deque<std::move_only_function<void()>> queue_;
  std::map<std::uint64_t, Handler> pending_;
  std::uint64_t next_ = 1;
};
using ContextPtr = std::shared_ptr<ContextState>;

struct executor {
  ContextPtr context;
};

class io_context {
 public:
  explicit io_context(int = 1) : state_(std::make_shared<ContextState>()) {}
  ~io_context() { state_->Close(); }
  io_context(const io_context&) = delete;
  io_context& operator=(const io_context&) = delete;
  void run() { state_->Run(); }
  void restart() { state_->stopped = false; }
  void stop() { state_->Stop(); }
  [[nodiscard]] const ContextPtr& State() const { return state_; }

 private:
  ContextPtr state_;
};

// A simulated context runs until it is stopped: there is nothing to keep.
class [[maybe_unused]] WorkGuard {};
inline WorkGuard make_work_guard(io_context& /*context*/) { return {}; }

template <typename Task>
void post(io_context& context, Task&& task) {
  context.State()->Push(std::forward<Task>(task));
}
template <typename Task>
void post(const executor& where, Task&& task) {
  where.context->Push(std::forward<Task>(task));
}

class steady_timer {
 public:
  explicit steady_timer(io_context& context) : context_(context.State()) {}
  explicit steady_timer(const executor& where) : context_(where.context) {}
  steady_timer(steady_timer&& other) noexcept
      : context_(other.context_),
        delay_(other.delay_),
        operation_(std::exchange(other.operation_, 0)) {}
  steady_timer& operator=(steady_timer&&) = delete;
  ~steady_timer() { cancel(); }
  void expires_after(std::chrono::milliseconds delay);
  template <typename Callback>
  void async_wait(Callback&& callback) {
    Start([moved = std::forward<Callback>(callback)](const Outcome& outcome) mutable {
      moved(outcome.error);
    });
  }
  void cancel();

 private:
  void Start(ContextState::Handler handler);
  ContextPtr context_;
  jiandu::simulator::Micros delay_ = 0;
  std::uint64_t operation_ = 0;
};

// Nobody sends signals here.
class signal_set {
 public:
  explicit signal_set(io_context& /*context*/) {}
  error_code add(int /*number*/, error_code& error) { return error; }
  template <typename Callback>
  void async_wait(Callback&& /*callback*/) {}
};

struct mutable_buffer {
  std::uint8_t* data;
  std::size_t size;
};
template <std::size_t N>
mutable_buffer buffer(std::array<std::uint8_t, N>& bytes) {
  return {bytes.data(), N};
}
inline jiandu::ByteView buffer(const jiandu::Bytes& bytes) { return bytes; }

struct socket_base {
  static constexpr int max_listen_connections = 128;
};

namespace ip {

class address {
 public:
  address() = default;
  explicit address(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::string to_string() const { return text_; }

 private:
  std::string text_;
};
inline address make_address(const std::string& text, error_code& /*error*/) {
  return address(text);
}

class tcp {
 public:
  class endpoint {
   public:
    endpoint() = default;
    endpoint(ip::address host, std::uint16_t port) : host_(std::move(host)), port_(port) {}
    [[nodiscard]] ip::address address() const { return host_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int protocol() const { return 4; }
    [[nodiscard]] jiandu::simulator::NetAddress Name() const {
      return {.host = host_.to_string(), .port = port_};
    }

   private:
    ip::address host_;
    std::uint16_t port_ = 0;
  };

  struct no_delay {
    explicit no_delay(bool /*on*/) {}
  };

  class socket {
   public:
    static constexpr int shutdown_send = 1;
    static constexpr int shutdown_both = 2;
    explicit socket(io_context& context) : context_(context.State()) {}
    socket(ContextPtr context, jiandu::simulator::StreamEndPtr stream);
    socket(socket&& other) noexcept = default;
    socket& operator=(socket&& other) noexcept = default;
    ~socket();

    template <typename Callback>
    void async_connect(const endpoint& to, Callback&& callback) {
      Connect(to, [moved = std::forward<Callback>(callback)](const Outcome& outcome) mutable {
        moved(outcome.error);
      });
    }
    template <typename Option>
    error_code set_option(const Option& /*option*/, error_code& error) {
      return error;
    }
    [[nodiscard]] endpoint remote_endpoint(error_code& error) const;
    error_code shutdown(int what, error_code& error);
    error_code close(error_code& error);
    [[nodiscard]] executor get_executor() const { return {context_}; }

    // Of the stream above.
    void Read(mutable_buffer into, ContextState::Handler handler);
    void Write(jiandu::ByteView bytes, ContextState::Handler handler);
    void Handshake(const jiandu::crypto::Ed25519PublicKey& key, ContextState::Handler handler);
    [[nodiscard]] jiandu::crypto::Ed25519PublicKey OtherKey() const;

   private:
    struct Waiting;  // what the stream is waited on for
    void Connect(const endpoint& to, ContextState::Handler handler);
    void Attach(jiandu::simulator::StreamEndPtr stream);

    ContextPtr context_;
    std::shared_ptr<Waiting> waiting_;
  };

  class acceptor {
   public:
    struct reuse_address {
      explicit reuse_address(bool /*on*/) {}
    };
    explicit acceptor(io_context& context);
    acceptor(acceptor&& other) noexcept = default;
    acceptor& operator=(acceptor&& other) noexcept = default;
    ~acceptor();
    error_code open(int /*protocol*/, error_code& error) { return error; }
    template <typename Option>
    error_code set_option(const Option& /*option*/, error_code& error) {
      return error;
    }
    error_code bind(const endpoint& to, error_code& error);
    error_code listen(int /*backlog*/, error_code& error);
    template <typename Callback>
    void async_accept(Callback&& callback) {
      Accept([context = context_,
              moved = std::forward<Callback>(callback)](const Outcome& outcome) mutable {
        moved(outcome.error, socket(context, outcome.stream));
      });
    }
    [[nodiscard]] endpoint local_endpoint(error_code& error) const;
    error_code close(error_code& error);

   private:
    struct Waiting;
    void Accept(ContextState::Handler handler);
    ContextPtr context_;
    std::shared_ptr<Waiting> waiting_;
  };

  // Names are numbers here: nothing is ever resolved.
  class resolver {
   public:
    struct Entry {
      tcp::endpoint where;
      [[nodiscard]] const tcp::endpoint& endpoint() const { return where; }
    };
    using results_type = std::vector<Entry>;
    explicit resolver(io_context& /*context*/) {}
    template <typename Callback>
    void async_resolve(const std::string& /*host*/, const std::string& /*port*/,
                       Callback&& /*callback*/) {}
    void cancel() {}
  };
};

}  // namespace ip

namespace ssl {

// The keys are exchanged and believed: what TLS proves is not simulated.
class context {
 public:
  explicit context(ssl_ctx_st* raw) : key_(raw->key) { delete raw; }
  [[nodiscard]] const jiandu::crypto::Ed25519PublicKey& Key() const { return key_; }

 private:
  jiandu::crypto::Ed25519PublicKey key_;
};

struct stream_base {
  static constexpr int client = 0;
  static constexpr int server = 1;
};

template <typename Socket>
class stream {
 public:
  stream(Socket socket, const context& tls) : socket_(std::move(socket)), key_(tls.Key()) {}
  [[nodiscard]] Socket& next_layer() { return socket_; }
  [[nodiscard]] executor get_executor() const { return socket_.get_executor(); }
  [[nodiscard]] ssl_st* native_handle() {
    session_.key = socket_.OtherKey();
    return &session_;
  }
  template <typename Callback>
  void async_handshake(int /*side*/, Callback&& callback) {
    socket_.Handshake(key_, [moved = std::forward<Callback>(callback)](
                                const Outcome& outcome) mutable { moved(outcome.error); });
  }
  template <typename Callback>
  void async_read_some(mutable_buffer into, Callback&& callback) {
    socket_.Read(into, [moved = std::forward<Callback>(callback)](const Outcome& outcome) mutable {
      moved(outcome.error, outcome.size);
    });
  }
  template <typename Callback>
  void Write(jiandu::ByteView bytes, Callback&& callback) {
    socket_.Write(bytes,
                  [moved = std::forward<Callback>(callback)](const Outcome& outcome) mutable {
                    moved(outcome.error, outcome.size);
                  });
  }

 private:
  Socket socket_;
  jiandu::crypto::Ed25519PublicKey key_;
  ssl_st session_;
};

}  // namespace ssl

template <typename Stream, typename Callback>
void async_write(Stream& stream, jiandu::ByteView bytes, Callback&& callback) {
  stream.Write(bytes, std::forward<Callback>(callback));
}

}  // namespace boost::asio
