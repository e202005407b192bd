// See worker.h.
#include "gateway/worker.h"

#include <exception>
#include <utility>

namespace jiandu::gateway {

Worker::Worker(Bounds bounds) : bounds_(bounds), thread_([this] { Run(); }) {}

Worker::~Worker() { Stop(); }

Room Worker::Offer(std::string_view reader, LongJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= bounds_.waiting_max) return Room::kFull;
    const auto known = of_reader_.find(reader);
    if (known != of_reader_.end() && known->second >= bounds_.of_reader_max) return Room::kNoShare;
    ++of_reader_[std::string(reader)];
    jobs_.push_back({.reader = std::string(reader), .job = std::move(job)});
  }
  came_.notify_one();
  return Room::kTaken;
}

void Worker::Stop() {
  std::deque<Waiting> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
  }
  stopping_.notify_all();
  came_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::Finish(const std::string& reader) {
  const auto known = of_reader_.find(reader);
  if (known != of_reader_.end() && --known->second == 0) of_reader_.erase(known);
}

void Worker::Run() {
  while (true) {
    Waiting next;
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    // An exception out of one job (memory, say) ends that job, as on the gateway's own thread: its
    // session runs into its deadline.
    try {
      next.job(stopping_);
    } catch (const std::exception&) {
    }
    next.job = nullptr;
    const std::lock_guard lock(mutex_);
    Finish(next.reader);
  }
}

}  // namespace jiandu::gateway
