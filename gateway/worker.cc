// See worker.h.
#include "gateway/worker.h"

#include <exception>
#include <utility>

namespace jiandu::gateway {

Worker::Worker(std::size_t waiting_max) : waiting_max_(waiting_max), thread_([this] { Run(); }) {}

Worker::~Worker() { Stop(); }

bool Worker::Offer(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || jobs_.size() >= waiting_max_) return false;
    jobs_.push_back(std::move(job));
  }
  came_.notify_one();
  return true;
}

void Worker::Stop() {
  std::deque<Job> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(jobs_);
  }
  came_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::Run() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
      if (stopped_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    // An exception out of one job (memory, say) ends that job, as on the gateway's own thread: its
    // session runs into its deadline.
    try {
      job();
    } catch (const std::exception&) {
      continue;
    }
  }
}

}  // namespace jiandu::gateway
