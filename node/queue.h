// A bounded queue between threads: vectors go in, the consumer takes everything at once.
//
// Any number of producers, one consumer. The consumer is woken through a callback (an Asio loop:
// posted to once, when the queue turns from empty to not empty) or waits (a plain thread). Handing
// over single items costs 30 us of CPU each, in 64s 0.6 us (docs/adr/0001 (Threads)): push vectors.
// What did not fit stays with the producer. Close lets the consumer drain what is left. A channel
// outlives the last call of its producers, who may still be inside Push when the item is already
// taken.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "node/mutex.h"
#include "node/wall_clock.h"

namespace jiandu::node {

enum class PushResult { kOk, kFull, kClosed };

template <typename T>
class Channel {
 public:
  // `wake` may be empty. It is called by a producer, without a lock, and must not block.
  explicit Channel(std::size_t items_max, std::function<void()> wake = {})
      : items_max_(items_max), wake_(std::move(wake)) {}

  // All of the vector or nothing; it is left empty when the result is kOk.
  [[nodiscard]] PushResult Push(std::vector<T>&& items) {
    if (items.empty()) return PushResult::kOk;
    bool was_empty = false;
    {
      const MutexLock lock(mutex_);
      if (closed_) return PushResult::kClosed;
      if (items.size() > items_max_ - items_.size()) return PushResult::kFull;
      was_empty = items_.empty();
      if (was_empty && items_.capacity() < items.size()) {
        items_.swap(items);
      } else {
        items_.insert(items_.end(), std::make_move_iterator(items.begin()),
                      std::make_move_iterator(items.end()));
      }
    }
    items.clear();
    if (was_empty) Wake();
    return PushResult::kOk;
  }
  // `item` is untouched unless the result is kOk.
  [[nodiscard]] PushResult Push(T&& item) {
    bool was_empty = false;
    {
      const MutexLock lock(mutex_);
      if (closed_) return PushResult::kClosed;
      if (items_.size() >= items_max_) return PushResult::kFull;
      was_empty = items_.empty();
      items_.push_back(std::move(item));
    }
    if (was_empty) Wake();
    return PushResult::kOk;
  }

  // Everything there is now; never waits.
  [[nodiscard]] std::vector<T> Drain() {
    std::vector<T> drained;
    const MutexLock lock(mutex_);
    drained.swap(items_);
    return drained;
  }
  // Waits for something. Empty only when the queue is closed and drained.
  [[nodiscard]] std::vector<T> Wait() {
    std::vector<T> drained;
    const MutexLock lock(mutex_);
    while (items_.empty() && !closed_) ready_.Wait(mutex_);
    drained.swap(items_);
    return drained;
  }
  // As Wait, but also empty when `timeout` has passed.
  [[nodiscard]] std::vector<T> WaitFor(std::chrono::milliseconds timeout) {
    std::vector<T> drained;
    const std::int64_t deadline_ms = SteadyClock::NowMs() + timeout.count();
    const MutexLock lock(mutex_);
    while (items_.empty() && !closed_) {
      if (!ready_.WaitUntil(mutex_, deadline_ms)) break;
    }
    drained.swap(items_);
    return drained;
  }

  // No more pushes. What is queued can still be drained.
  void Close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    Wake();
  }
  [[nodiscard]] bool IsClosed() const {
    const MutexLock lock(mutex_);
    return closed_;
  }
  [[nodiscard]] std::size_t Size() const {
    const MutexLock lock(mutex_);
    return items_.size();
  }

 private:
  void Wake() {
    ready_.NotifyOne();
    if (wake_) wake_();
  }

  const std::size_t items_max_;
  const std::function<void()> wake_;
  // The reason for a lock: this is where the threads meet. Held for a few moves only.
  mutable Mutex mutex_;
  Condition ready_;
  std::vector<T> items_ JD_GUARDED_BY(mutex_);
  bool closed_ JD_GUARDED_BY(mutex_) = false;
};

}  // namespace jiandu::node
