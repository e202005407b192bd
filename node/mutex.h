// A mutex clang can reason about and what waits on it, for the few places of node/ that need one.
//
// Threads exchange messages and share no mutable data (docs/adr/0001 (Threads)); what holds a Mutex
// says why. The annotations are checked by clang's -Wthread-safety and are nothing to other
// compilers. What blocks is defined in thread.cc alone: the simulator links another one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#if defined(__clang__)
#define JD_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define JD_THREAD_ANNOTATION(x)
#endif
#define JD_GUARDED_BY(mutex) JD_THREAD_ANNOTATION(guarded_by(mutex))
#define JD_REQUIRES(mutex) JD_THREAD_ANNOTATION(requires_capability(mutex))

namespace jiandu::node {

class JD_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names of std::mutex
  void lock() JD_THREAD_ANNOTATION(acquire_capability());
  void unlock() JD_THREAD_ANNOTATION(release_capability());
  // NOLINTEND(readability-identifier-naming)

 private:
  friend class Condition;
  std::mutex mutex_;
};

// Holds a Mutex for a block.
class JD_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) JD_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() JD_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Where threads wait for what a Mutex guards to change. Waits may end for no reason: look again.
class Condition {
 public:
  void Wait(Mutex& mutex) JD_REQUIRES(mutex);
  // False when the steady clock (wall_clock.h) has come to `deadline_ms`.
  [[nodiscard]] bool WaitUntil(Mutex& mutex, std::int64_t deadline_ms) JD_REQUIRES(mutex);
  void NotifyOne();
  void NotifyAll();

 private:
  std::condition_variable changed_;
};

}  // namespace jiandu::node
