// A thread for answers that take long, so that the gateway's own thread goes on with the others.
//
// Jobs run one after the other; what they need they own (a call, its snapshot), and they hand their
// result back by Services::post. The queue has a bound, and a share of it for each reader, so that
// one who asks much does not keep the others waiting for all of it. Any thread may offer; Stop is
// the owner's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace jiandu::gateway {

// Is told when to leave off: true once the gateway stops.
using LongJob = std::move_only_function<void(const std::atomic<bool>& stopping)>;
// Whether a job was taken.
enum class Room : std::uint8_t {
  kTaken,
  kFull,     // the queue, or it has stopped
  kNoShare,  // as many jobs of this reader wait or run as may
};

class Worker {
 public:
  struct Bounds {
    std::size_t waiting_max = 0;
    std::size_t of_reader_max = 0;  // waiting and running
  };

  explicit Worker(Bounds bounds);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // A job that is not taken is gone.
  [[nodiscard]] Room Offer(std::string_view reader, LongJob job);
  // Tells the job that runs to leave off, drops those that wait, and joins.
  void Stop();

 private:
  struct Waiting {
    std::string reader;
    LongJob job;
  };
  void Run();
  void Finish(const std::string& reader);  // under the mutex

  Bounds bounds_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Waiting> jobs_;
  std::map<std::string, std::size_t, std::less<>> of_reader_;  // jobs that wait or run
  std::thread thread_;
};

}  // namespace jiandu::gateway
