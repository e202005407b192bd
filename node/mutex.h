// A mutex clang can reason about, for the few places of node/ that need one.
//
// Threads exchange messages and share no mutable data (docs/adr/0001 (Threads)); what holds a Mutex
// says why. The annotations are checked by clang's -Wthread-safety and are nothing to other
// compilers.
#pragma once

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
  void lock() JD_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }      // NOLINT
  void unlock() JD_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }  // NOLINT

 private:
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

}  // namespace jiandu::node
