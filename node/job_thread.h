// One thread that does jobs in order, until it is stopped or a job fails.
//
// The shape of the executor and of the signer: whoever pushes never waits, a job that fails is the
// last one (its error goes to on_failed, on the thread), and Stop does what is queued first. Push
// may be called from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "node/fill.h"
#include "node/queue.h"
#include "node/thread.h"

namespace jiandu::node {

template <typename Job>
class JobThread {
 public:
  using Perform = std::function<Result<void>(Job&)>;
  using OnFailed = std::function<void(Error)>;

  // `name` is what the kernel shows for the thread, at most 15 characters.
  JobThread(std::string name, Perform perform, OnFailed on_failed)
      : name_(std::move(name)),
        perform_(std::move(perform)),
        on_failed_(std::move(on_failed)),
        jobs_(kJobsMax),
        thread_(name_, [this] { Run(); }) {}
  ~JobThread() { Stop(); }
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;

  void Push(Job job) {
    if (jobs_.Push(std::move(job)) == PushResult::kFull) {
      on_failed_(Error{Errc::kFull, "the " + name_ + " fell behind by thousands of jobs"});
    }
  }
  [[nodiscard]] Fill HowFull() const {
    return {.name = name_, .now = jobs_.Size(), .most = kJobsMax};
  }
  void Stop() {
    jobs_.Close();
    thread_.Join();
  }

 private:
  // Far more than a height ever has in flight; a full queue is a bug of ours.
  static constexpr std::size_t kJobsMax = 4096;

  void Run() {
    while (true) {
      std::vector<Job> jobs = jobs_.Wait();
      if (jobs.empty()) return;
      for (Job& job : jobs) {
        if (auto done = perform_(job); !done) {
          on_failed_(done.error());
          jobs_.Close();
          return;
        }
      }
    }
  }

  const std::string name_;
  const Perform perform_;
  const OnFailed on_failed_;
  Channel<Job> jobs_;
  Thread thread_;
};

}  // namespace jiandu::node
