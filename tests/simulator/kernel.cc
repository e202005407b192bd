// The event queue and the fibers.
#include "tests/simulator/kernel.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "tests/simulator/process.h"

namespace jiandu::simulator {
namespace {

// From a wake-up to the first instruction.
constexpr Micros kWakeMax = 40;

Kernel*& TheKernel() {
  static Kernel* kernel = nullptr;
  return kernel;
}

}  // namespace

Kernel::Kernel(std::uint64_t seed) : random_(seed) {
  JD_ASSERT(TheKernel() == nullptr);
  TheKernel() = this;
}

Kernel::~Kernel() {
  JD_ASSERT(fibers_.empty());  // a stack cannot be thrown away with what lives on it
  actions_.clear();            // their captures may still ask for the kernel
  TheKernel() = nullptr;
}

Kernel& Kernel::Get() {
  JD_ASSERT(TheKernel() != nullptr);
  return *TheKernel();
}

void Kernel::Push(Micros time, std::uint64_t fiber, std::uint64_t wait_number) {
  events_.push(
      Event{.time = time, .number = ++next_event_, .fiber = fiber, .wait_number = wait_number});
}

void Kernel::At(Micros delay, std::function<void()> action) {
  Push(now_ + delay, 0, 0);
  actions_.emplace(next_event_, std::move(action));
}

bool Kernel::Step() {
  JD_ASSERT(running_ == nullptr);
  if (events_.empty()) return false;
  const Event event = events_.top();
  events_.pop();
  now_ = event.time;
  if (event.fiber != 0) {
    Resume(event.fiber, event.wait_number, false);
    return true;
  }
  ++events_fired_;
  const auto found = actions_.find(event.number);
  const std::function<void()> action = std::move(found->second);
  actions_.erase(found);
  action();
  return true;
}

std::uint64_t Kernel::Spawn(Process* process, std::string name, std::function<void()> body) {
  const std::uint64_t id = next_fiber_++;
  auto fiber = std::make_unique<Fiber>(id, process, std::move(name), std::move(body));
  Fiber& made = *fiber;
  fibers_.emplace(id, std::move(fiber));
  WakeSoon(made);
  return id;
}

Process* Kernel::Current() const { return running_ == nullptr ? nullptr : running_->Owner(); }

void Kernel::WakeSoon(Fiber& fiber) {
  Micros delay = random_.Between(1, kWakeMax);
  if (fiber.Owner() != nullptr) delay *= fiber.Owner()->machine->slowness;
  Push(now_ + delay, fiber.Id(), fiber.wait_number);
}

void Kernel::Resume(std::uint64_t id, std::uint64_t wait_number, bool notified) {
  const auto found = fibers_.find(id);
  if (found == fibers_.end() || found->second->wait_number != wait_number) return;
  Fiber& fiber = *found->second;
  ++events_fired_;
  if (fiber.waits_for != nullptr) {  // the time has come: it is not notified any more
    std::erase(waiting_[fiber.waits_for], id);
    fiber.waits_for = nullptr;
    fiber.notified = notified;
  }
  ++fiber.wait_number;
  Mix(now_);
  Mix(id);
  running_ = &fiber;
  fiber.Enter();
  running_ = nullptr;
  if (!fiber.IsDone()) return;
  const void* const key = &fiber;
  NotifyAll(key);
  fibers_.erase(id);
}

void Kernel::Sleep(Micros time) {
  Fiber& self = *running_;
  Push(now_ + time, self.Id(), self.wait_number);
  self.Leave();
}

bool Kernel::Wait(const void* key, std::optional<Micros> until) {
  JD_ASSERT(running_ != nullptr);
  Fiber& self = *running_;
  self.waits_for = key;
  self.notified = false;
  waiting_[key].push_back(self.Id());
  if (until.has_value()) Push(std::max(*until, now_), self.Id(), self.wait_number);
  self.Leave();
  return self.notified;
}

void Kernel::Join(std::uint64_t fiber) {
  while (true) {
    const auto found = fibers_.find(fiber);
    if (found == fibers_.end()) return;
    Wait(found->second.get());
  }
}

void Kernel::NotifyOne(const void* key) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  if (found->second.empty()) {
    waiting_.erase(found);
    return;
  }
  // Whoever of them the seed says: no order among waiting threads is promised.
  auto& waiting = found->second;
  const auto chosen = static_cast<std::ptrdiff_t>(random_.Between(0, waiting.size() - 1));
  Fiber& fiber = *fibers_.at(waiting[static_cast<std::size_t>(chosen)]);
  waiting.erase(waiting.begin() + chosen);
  if (waiting.empty()) waiting_.erase(found);
  fiber.waits_for = nullptr;
  fiber.notified = true;
  ++fiber.wait_number;  // its deadline is void
  WakeSoon(fiber);
}

void Kernel::NotifyAll(const void* key) {
  while (waiting_.contains(key)) NotifyOne(key);
}

}  // namespace jiandu::simulator
