// Long answers on their way to their readers.
//
// One may have 64 MiB and stays in memory until it is written or its connection has ended, however
// slowly it is read: so how many of a reader, and how many bytes in all, is bounded. Gateway
// thread, but for IsFull.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "gateway/worker.h"

namespace jiandu::gateway {

class HeldAnswers {
 public:
  struct Bounds {
    std::size_t of_reader_max = 2;
    std::size_t of_department_bytes = std::size_t{96} * 1024 * 1024;
    std::size_t bytes_max = std::size_t{512} * 1024 * 1024;
  };

  HeldAnswers() : HeldAnswers(Bounds()) {}
  explicit HeldAnswers(Bounds bounds) : bounds_(bounds) {}

  struct Owner {
    std::string reader;  // by key
    std::string department;
  };

  // Whether another answer may be made for the reader; one is let in over the bounds of bytes.
  [[nodiscard]] Room RoomFor(const Owner& owner) const;
  // Whether none may be made for anybody: asked again when it is begun. Any thread.
  [[nodiscard]] bool IsFull() const { return state_->bytes >= bounds_.bytes_max; }
  // Counts an answer until what this returns has gone; it may outlive this object.
  [[nodiscard]] std::shared_ptr<void> Hold(const Owner& owner, std::size_t bytes);

 private:
  struct State {
    std::atomic<std::size_t> bytes = 0;
    std::map<std::string, std::size_t> of_reader;      // how many
    std::map<std::string, std::size_t> of_department;  // bytes
  };
  Bounds bounds_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace jiandu::gateway
