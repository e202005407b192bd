// Contexts, timers and sockets of the simulated Asio.
#include "tests/simulator/asio/sim_asio.h"

#include <algorithm>

namespace boost::asio {

using jiandu::simulator::Kernel;
using jiandu::simulator::Network;
using jiandu::simulator::StreamEndPtr;

namespace {

constexpr std::size_t kSendBufferBytes = 256U << 10U;
// Which of the parts of a stream's life a waiting handler is told of.
const error_code kAborted("operation aborted");
const error_code kResetByPeer("connection reset by peer");
const error_code kEndOfFile("end of file");
const error_code kRefused("connection refused");

}  // namespace

ContextState::ContextState() : process(Kernel::Get().Current()) {}

std::uint64_t ContextState::Begin(Handler handler) {
  if (closed_) return 0;
  pending_.emplace(next_, std::move(handler));
  return next_++;
}

void ContextState::Finish(std::uint64_t operation, Outcome outcome) {
  const auto found = pending_.find(operation);
  if (found == pending_.end()) return;
  Handler handler = std::move(found->second);
  pending_.erase(found);
  Push([moved = std::move(handler), told = std::move(outcome)]() mutable { moved(told); });
}

void ContextState::Push(std::move_only_function<void()> task) {
  if (closed_) return;
  queue_.push_back(std::move(task));
  Kernel::Get().NotifyAll(this);
}

void ContextState::Run() {
  const auto self = shared_from_this();
  while (!stopped) {
    if (queue_.empty()) {
      Kernel::Get().Wait(this);
      continue;
    }
    std::move_only_function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    task();
  }
}

void ContextState::Stop() {
  stopped = true;
  Kernel::Get().NotifyAll(this);
}

void ContextState::Close() {
  closed_ = true;
  // What a handler keeps alive may hold others; none of them may come back in.
  const auto pending = std::exchange(pending_, {});
  const auto queue = std::exchange(queue_, {});
}

void steady_timer::expires_after(std::chrono::milliseconds delay) {
  cancel();
  delay_ = static_cast<jiandu::simulator::Micros>(std::max<std::int64_t>(delay.count(), 0)) * 1000;
}

void steady_timer::cancel() {
  if (operation_ != 0) context_->Finish(operation_, {.error = kAborted});
  operation_ = 0;
}

void steady_timer::Start(ContextState::Handler handler) {
  operation_ = context_->Begin(std::move(handler));
  Kernel::Get().At(delay_, [weak = std::weak_ptr(context_), operation = operation_] {
    if (const ContextPtr context = weak.lock()) context->Finish(operation, {});
  });
}

namespace ip {

// Read, write and handshake of one socket; each waits at most once.
struct tcp::socket::Waiting {
  ContextPtr context;
  StreamEndPtr stream;
  std::uint64_t reads = 0;
  mutable_buffer into{};
  std::uint64_t writes = 0;
  std::size_t written = 0;
  std::uint64_t shakes = 0;
  std::uint64_t connects = 0;

  void Finish(std::uint64_t& operation, Outcome outcome) {
    context->Finish(std::exchange(operation, 0), std::move(outcome));
  }

  void Look() {
    if (stream == nullptr) return;
    if (stream->reset) {
      Fail(kResetByPeer);
      return;
    }
    if (shakes != 0 && stream->has_key) Finish(shakes, {});
    if (writes != 0 && stream->InFlight() < kSendBufferBytes) {
      Finish(writes, {.error = {}, .size = written});
    }
    if (reads == 0) return;
    if (!stream->arrived.empty()) {
      const std::size_t size = std::min(into.size, stream->arrived.size());
      std::copy_n(stream->arrived.begin(), size, into.data);
      stream->arrived.erase(stream->arrived.begin(),
                            stream->arrived.begin() + static_cast<std::ptrdiff_t>(size));
      Finish(reads, {.error = {}, .size = size});
    } else if (stream->ended) {
      Finish(reads, {.error = kEndOfFile});
    }
    if (shakes != 0 && stream->ended) Finish(shakes, {.error = kEndOfFile});
  }

  void Fail(const error_code& error) {
    Finish(reads, {.error = error});
    Finish(writes, {.error = error});
    Finish(shakes, {.error = error});
    Finish(connects, {.error = error});
  }
};

tcp::socket::socket(ContextPtr context, StreamEndPtr stream) : context_(std::move(context)) {
  if (stream != nullptr) Attach(std::move(stream));
}

tcp::socket::~socket() {
  error_code ignored;
  close(ignored);
}

void tcp::socket::Attach(StreamEndPtr stream) {
  if (waiting_ == nullptr) waiting_ = std::make_shared<Waiting>();
  waiting_->context = context_;
  waiting_->stream = std::move(stream);
  waiting_->stream->on_event = [weak = std::weak_ptr(waiting_)] {
    if (const auto waiting = weak.lock()) waiting->Look();
  };
}

void tcp::socket::Connect(const endpoint& to, ContextState::Handler handler) {
  waiting_ = std::make_shared<Waiting>();
  waiting_->context = context_;
  waiting_->connects = context_->Begin(std::move(handler));
  Network::Get().Connect(context_->process, to.Name(),
                         [weak = std::weak_ptr(waiting_)](const StreamEndPtr& stream) {
                           const auto waiting = weak.lock();
                           if (waiting == nullptr || waiting->connects == 0) {
                             if (stream != nullptr) Network::Get().Close(stream);
                             return;
                           }
                           if (stream == nullptr) {
                             waiting->Finish(waiting->connects, {.error = kRefused});
                             return;
                           }
                           waiting->stream = stream;
                           stream->on_event = [again = std::weak_ptr(waiting)] {
                             if (const auto found = again.lock()) found->Look();
                           };
                           waiting->Finish(waiting->connects, {});
                         });
}

tcp::endpoint tcp::socket::remote_endpoint(error_code& error) const {
  if (waiting_ == nullptr || waiting_->stream == nullptr) {
    error = kAborted;
    return {};
  }
  const auto& remote = waiting_->stream->remote;
  return {ip::address(remote.host), remote.port};
}

error_code tcp::socket::shutdown(int /*what*/, error_code& error) {
  if (waiting_ != nullptr && waiting_->stream != nullptr) Network::Get().SendEnd(waiting_->stream);
  return error;
}

error_code tcp::socket::close(error_code& error) {
  if (waiting_ == nullptr) return error;
  waiting_->Fail(kAborted);
  if (waiting_->stream != nullptr) Network::Get().Close(waiting_->stream);
  waiting_.reset();
  return error;
}

void tcp::socket::Read(mutable_buffer into, ContextState::Handler handler) {
  const std::uint64_t operation = context_->Begin(std::move(handler));
  if (waiting_ == nullptr) return context_->Finish(operation, {.error = kAborted});
  waiting_->reads = operation;
  waiting_->into = into;
  waiting_->Look();
}

void tcp::socket::Write(jiandu::ByteView bytes, ContextState::Handler handler) {
  const std::uint64_t operation = context_->Begin(std::move(handler));
  if (waiting_ == nullptr) return context_->Finish(operation, {.error = kAborted});
  waiting_->writes = operation;
  waiting_->written = bytes.size();
  Network::Get().Write(waiting_->stream, jiandu::ToBytes(bytes));
  waiting_->Look();
}

void tcp::socket::Handshake(const jiandu::crypto::Ed25519PublicKey& key,
                            ContextState::Handler handler) {
  const std::uint64_t operation = context_->Begin(std::move(handler));
  if (waiting_ == nullptr) return context_->Finish(operation, {.error = kAborted});
  waiting_->shakes = operation;
  Network::Get().SendKey(waiting_->stream, key);
  waiting_->Look();
}

jiandu::crypto::Ed25519PublicKey tcp::socket::OtherKey() const {
  if (waiting_ == nullptr) return {};
  return waiting_->stream->other_key;
}

struct tcp::acceptor::Waiting {
  ContextPtr context;
  endpoint at;
  bool listening = false;
  std::uint64_t accepts = 0;
  std::deque<StreamEndPtr> come;

  void Look() {
    if (accepts == 0 || come.empty()) return;
    StreamEndPtr stream = std::move(come.front());
    come.pop_front();
    context->Finish(std::exchange(accepts, 0), {.stream = std::move(stream)});
  }
};

tcp::acceptor::acceptor(io_context& context)
    : context_(context.State()), waiting_(std::make_shared<Waiting>()) {
  waiting_->context = context_;
}

tcp::acceptor::~acceptor() {
  error_code ignored;
  close(ignored);
}

error_code tcp::acceptor::bind(const endpoint& to, error_code& error) {
  waiting_->at = to;
  return error;
}

error_code tcp::acceptor::listen(int /*backlog*/, error_code& error) {
  waiting_->listening = Network::Get().Listen(context_->process, waiting_->at.Name(),
                                              [weak = std::weak_ptr(waiting_)](StreamEndPtr end) {
                                                if (const auto waiting = weak.lock()) {
                                                  waiting->come.push_back(std::move(end));
                                                  waiting->Look();
                                                }
                                              });
  // In limbo nobody listens, and nobody is told.
  if (!waiting_->listening && !context_->process->dead) error = error_code("address in use");
  return error;
}

void tcp::acceptor::Accept(ContextState::Handler handler) {
  waiting_->accepts = context_->Begin(std::move(handler));
  waiting_->Look();
}

tcp::endpoint tcp::acceptor::local_endpoint(error_code& /*error*/) const { return waiting_->at; }

error_code tcp::acceptor::close(error_code& error) {
  if (waiting_ == nullptr) return error;
  if (waiting_->listening) {
    Network::Get().StopListening(context_->process, waiting_->at.Name());
  }
  context_->Finish(std::exchange(waiting_->accepts, 0), {.error = kAborted});
  waiting_.reset();
  return error;
}

}  // namespace ip
}  // namespace boost::asio
