// node/thread.h and node/mutex.h: every thread is a fiber, every wait is one of the kernel's.
#include <algorithm>
#include <utility>

#include "node/mutex.h"
#include "node/thread.h"
#include "tests/simulator/kernel.h"

namespace jiandu::node {

using simulator::Kernel;

struct Thread::State {
  std::uint64_t fiber = 0;
};

Thread::Thread() = default;
Thread::Thread(std::string name, std::function<void()> run)
    : state_(std::make_unique<State>(
          State{.fiber = Kernel::Get().Spawn(Kernel::Get().Current(), std::move(name),
                                             std::move(run))})) {}
Thread::Thread(Thread&& other) noexcept = default;
Thread& Thread::operator=(Thread&& other) noexcept = default;
Thread::~Thread() = default;

void Thread::Join() {
  if (state_ == nullptr) return;
  Kernel::Get().Join(state_->fiber);
  state_.reset();
}

// Held across a wait only by who writes files under it: the others come again.
void Mutex::lock() {
  while (!mutex_.try_lock()) Kernel::Get().Sleep(simulator::Micros{5});
}
void Mutex::unlock() { mutex_.unlock(); }

void Condition::Wait(Mutex& mutex) {
  mutex.unlock();
  Kernel::Get().Wait(this);
  mutex.lock();
}

bool Condition::WaitUntil(Mutex& mutex, std::int64_t deadline_ms) {
  const auto until = static_cast<simulator::Micros>(std::max<std::int64_t>(deadline_ms, 0)) * 1000;
  mutex.unlock();
  const bool in_time = Kernel::Get().Wait(this, until);
  mutex.lock();
  return in_time;
}

void Condition::NotifyOne() { Kernel::Get().NotifyOne(this); }
void Condition::NotifyAll() { Kernel::Get().NotifyAll(this); }

}  // namespace jiandu::node
