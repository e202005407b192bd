// Threads, locks and waits of the standard library.
#include "node/thread.h"

#include <pthread.h>

#include <chrono>
#include <thread>
#include <utility>

#include "node/mutex.h"

namespace jiandu::node {

struct Thread::State {
  std::thread thread;
};

Thread::Thread() = default;
Thread::Thread(std::string name, std::function<void()> run)
    : state_(std::make_unique<State>(
          State{.thread = std::thread([named = std::move(name), body = std::move(run)] {
                  (void)::pthread_setname_np(::pthread_self(), named.c_str());
                  body();
                })})) {}
Thread::Thread(Thread&& other) noexcept = default;
Thread& Thread::operator=(Thread&& other) noexcept = default;
Thread::~Thread() = default;

void Thread::Join() {
  if (state_ == nullptr) return;
  state_->thread.join();
  state_.reset();
}

void Mutex::lock() { mutex_.lock(); }
void Mutex::unlock() { mutex_.unlock(); }

void Condition::Wait(Mutex& mutex) {
  std::unique_lock<std::mutex> held(mutex.mutex_, std::adopt_lock);
  changed_.wait(held);
  (void)held.release();
}

bool Condition::WaitUntil(Mutex& mutex, std::int64_t deadline_ms) {
  const std::chrono::steady_clock::time_point deadline{std::chrono::milliseconds(deadline_ms)};
  std::unique_lock<std::mutex> held(mutex.mutex_, std::adopt_lock);
  const bool in_time = changed_.wait_until(held, deadline) == std::cv_status::no_timeout;
  (void)held.release();
  return in_time;
}

void Condition::NotifyOne() { changed_.notify_one(); }
void Condition::NotifyAll() { changed_.notify_all(); }

}  // namespace jiandu::node
