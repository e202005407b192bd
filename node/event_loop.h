// The node's loop: one thread that runs the core, the mempool and the peers.
//
// Post and Stop may be called from any thread; everything else from tasks on the loop (or before
// Run). Tasks run in the order posted. No Boost here: what needs the context (peer_link, peer_hub)
// takes it by Context().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): its own name
}

namespace jiandu::node {

class EventLoop {
 public:
  using Task = std::move_only_function<void()>;
  // Timers are named by the caller: setting one again replaces it.
  using TimerId = std::uint64_t;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs until Stop; tasks posted before Run wait for it. Returns on the thread that called it.
  void Run();
  // Ends Run after the task at hand. Tasks still queued are dropped with the loop.
  void Stop();
  void Post(Task task);

  // Calls `task` once, `delay_ms` from now (0: at the next turn).
  void SetTimer(TimerId id, std::int64_t delay_ms, Task task);
  void CancelTimer(TimerId id);
  // A timer id nobody else has got (from 2^63 on; below, callers number their own).
  [[nodiscard]] TimerId NewTimerId();

  // Calls `handler` on the loop for each of these signals from now on. Call once, before threads.
  void OnSignals(const std::vector<int>& signals, std::function<void(int)> handler);

  [[nodiscard]] bool IsLoopThread() const;
  // Milliseconds of a clock that never goes back (any thread).
  [[nodiscard]] static std::int64_t SteadyMs();
  // Milliseconds since 1970 (any thread; wall_clock.h).
  [[nodiscard]] static std::int64_t WallMs();

  [[nodiscard]] boost::asio::io_context& Context();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
