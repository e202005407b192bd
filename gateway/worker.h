// A thread for answers that take long, so that the gateway's own thread goes on with the others.
//
// Jobs run one after the other; what they need they own (a call, its snapshot), and they hand their
// result back by Services::post. The queue has a bound. Any thread may offer; Stop is the owner's.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace jiandu::gateway {

class Worker {
 public:
  using Job = std::move_only_function<void()>;

  explicit Worker(std::size_t waiting_max);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False when the queue is full, or after Stop; the job is gone then.
  [[nodiscard]] bool Offer(Job job);
  // Ends the job that runs, drops those that wait, and joins.
  void Stop();

 private:
  void Run();

  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Job> jobs_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace jiandu::gateway
