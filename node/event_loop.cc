// The loop thread on Boost.Asio: tasks, timers and signals.
#include "node/event_loop.h"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "node/wall_clock.h"

namespace jiandu::node {

namespace asio = boost::asio;

class EventLoop::State {
 public:
  struct Timer {
    asio::steady_timer clock;
    std::uint64_t generation = 0;  // of the setting this wait belongs to
    Task task;
  };

  void Fired(TimerId id, std::uint64_t generation) {
    const auto found = timers.find(id);
    // A timer set again, or cancelled, after its wait had ended but before this ran.
    if (found == timers.end() || found->second.generation != generation) return;
    Task task = std::move(found->second.task);
    timers.erase(found);
    task();
  }

  void AwaitSignal() {
    signals->async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      on_signal(number);
      AwaitSignal();
    });
  }

  asio::io_context context{1};
  std::optional<asio::signal_set> signals;
  std::function<void(int)> on_signal;
  std::map<TimerId, Timer> timers;
  std::uint64_t next_generation = 0;
  TimerId next_timer = TimerId{1} << 63U;
  std::atomic<std::thread::id> thread;
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Run() {
  state_->thread = std::this_thread::get_id();
  const auto keep_running = asio::make_work_guard(state_->context);
  state_->context.run();
  state_->context.restart();  // a Stop ends one Run
  state_->thread = std::thread::id();
}

void EventLoop::Stop() { state_->context.stop(); }

void EventLoop::Post(Task task) {
  asio::post(state_->context, [moved = std::move(task)]() mutable { moved(); });
}

void EventLoop::SetTimer(TimerId id, std::int64_t delay_ms, Task task) {
  const std::uint64_t generation = ++state_->next_generation;
  auto found = state_->timers.find(id);
  if (found == state_->timers.end()) {
    State::Timer timer{
        .clock = asio::steady_timer(state_->context), .generation = 0, .task = Task()};
    found = state_->timers.emplace(id, std::move(timer)).first;
  }
  State::Timer& timer = found->second;
  timer.generation = generation;
  timer.task = std::move(task);
  timer.clock.expires_after(std::chrono::milliseconds(delay_ms));
  timer.clock.async_wait(
      [state = state_.get(), id, generation](const boost::system::error_code& error) {
        if (!error) state->Fired(id, generation);
      });
}

void EventLoop::CancelTimer(TimerId id) { state_->timers.erase(id); }

EventLoop::TimerId EventLoop::NewTimerId() { return state_->next_timer++; }

void EventLoop::OnSignals(const std::vector<int>& signals, std::function<void(int)> handler) {
  state_->signals.emplace(state_->context);
  for (const int number : signals) {
    boost::system::error_code ignored;  // only an impossible signal number fails
    (void)state_->signals->add(number, ignored);
  }
  state_->on_signal = std::move(handler);
  state_->AwaitSignal();
}

bool EventLoop::IsLoopThread() const { return state_->thread == std::this_thread::get_id(); }

std::int64_t EventLoop::SteadyMs() { return SteadyClock::NowMs(); }

std::int64_t EventLoop::WallMs() { return WallClock::NowMs(); }

asio::io_context& EventLoop::Context() { return state_->context; }

}  // namespace jiandu::node
