// Virtual time, and who runs when: the machine under the simulated nodes.
//
// One thread. Events fire in the order of their time, then of their making; fibers that become
// ready do so a few random microseconds later, which is what makes every order of the threads
// happen under some seed. Nothing else is random, so one seed is one run. The platform files
// (platform_*.cc), which stand for the operating system, find the kernel of the run by Get.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sim/sim_random.h"
#include "tests/simulator/fiber.h"

namespace jiandu::simulator {

using sim::Random;
using Micros = std::uint64_t;
inline constexpr Micros kMs = 1000;
inline constexpr Micros kSecond = 1000 * kMs;

class Kernel {
 public:
  explicit Kernel(std::uint64_t seed);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  [[nodiscard]] static Kernel& Get();

  [[nodiscard]] Micros Now() const { return now_; }
  [[nodiscard]] Random& Chance() { return random_; }
  [[nodiscard]] std::uint64_t Events() const { return events_fired_; }
  [[nodiscard]] std::size_t FibersAlive() const { return fibers_.size(); }

  // On the kernel's own stack, which must not wait.
  void At(Micros delay, std::function<void()> action);
  // Fires the next event; false when there is none.
  bool Step();

  std::uint64_t Spawn(Process* process, std::string name, std::function<void()> body);
  // The process of the fiber that runs; null on the kernel's own stack.
  [[nodiscard]] Process* Current() const;
  [[nodiscard]] bool OnFiber() const { return running_ != nullptr; }

  // On a fiber.
  void Sleep(Micros time);
  // False when the time came first.
  bool Wait(const void* key, std::optional<Micros> until = std::nullopt);
  void Join(std::uint64_t fiber);
  // Anywhere.
  void NotifyOne(const void* key);
  void NotifyAll(const void* key);

  // A running hash of what happened, for the claim that one seed is one run.
  void Mix(std::uint64_t word) { trace_hash_ = (trace_hash_ ^ word) * 0x100000001B3ULL; }
  [[nodiscard]] std::uint64_t TraceHash() const { return trace_hash_; }

 private:
  struct Event {
    Micros time;
    std::uint64_t number;
    std::uint64_t fiber;  // to be resumed; 0: an action
    std::uint64_t wait_number;
    bool operator<(const Event& other) const {  // the queue wants the greatest first
      return std::tie(time, number) > std::tie(other.time, other.number);
    }
  };
  void Resume(std::uint64_t fiber, std::uint64_t wait_number, bool notified);
  void WakeSoon(Fiber& fiber);
  void Push(Micros time, std::uint64_t fiber, std::uint64_t wait_number);

  Random random_;
  Micros now_ = 0;
  std::uint64_t next_event_ = 0;
  std::uint64_t next_fiber_ = 1;
  std::uint64_t events_fired_ = 0;
  std::uint64_t trace_hash_ = 0xCBF29CE484222325ULL;
  std::priority_queue<Event> events_;
  std::unordered_map<std::uint64_t, std::function<void()>> actions_;  // by number of the event
  std::map<std::uint64_t, std::unique_ptr<Fiber>> fibers_;
  std::unordered_map<const void*, std::vector<std::uint64_t>> waiting_;  // by key, in order
  Fiber* running_ = nullptr;
};

}  // namespace jiandu::simulator
