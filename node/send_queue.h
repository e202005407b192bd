// What waits to be sent on one link: three lanes, strict priority with a floor, bounded.
//
// Next() gives one write of small frames together, up to 64 KiB (or one larger frame). A lower lane
// that waits gets at least a tenth of the bytes. Loop thread. No socket here.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>

#include "node/peer_types.h"

namespace jiandu::node {

struct SendQueueBounds {
  std::array<std::size_t, kLanes> bytes_max{4U << 20U, 24U << 20U, 16U << 20U};
  std::size_t write_bytes = 64U << 10U;
};

class SendQueue {
 public:
  explicit SendQueue(SendQueueBounds bounds = {}) : bounds_(bounds) {}

  enum class Put { kQueued, kRefused, kMustClose };
  [[nodiscard]] Put Push(Outgoing message);
  // The next write, empty when nothing waits.
  [[nodiscard]] Bytes Next();
  // The link's own frames (hello, ping) go before everything.
  void PushControl(std::uint8_t type, ByteView payload);

  [[nodiscard]] bool HasControl() const { return !control_.empty(); }
  [[nodiscard]] bool IsEmpty() const;
  // Drops everything: the link is about to end.
  void Clear();
  [[nodiscard]] std::size_t LaneBytes(Lane lane) const;
  [[nodiscard]] std::uint64_t Dropped() const { return dropped_; }

 private:
  struct LaneQueue {
    std::deque<Outgoing> frames;
    std::size_t bytes = 0;
    std::size_t passed_over = 0;  // bytes of higher lanes sent while this one waited
  };
  [[nodiscard]] bool MakeRoom(LaneQueue& lane, std::size_t bytes_max, std::size_t needed);
  [[nodiscard]] std::optional<std::size_t> NextLane() const;

  SendQueueBounds bounds_;
  Bytes control_;
  std::array<LaneQueue, kLanes> lanes_;
  std::uint64_t dropped_ = 0;
};

}  // namespace jiandu::node
