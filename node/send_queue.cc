// Chooses what is sent next and puts small frames together.
#include "node/send_queue.h"

#include <algorithm>
#include <utility>

#include "node/frames.h"

namespace jiandu::node {
namespace {

// A lane that waits gets its turn after nine times this many bytes of others (the 10 % floor).
constexpr std::size_t kFloorShare = 9;

}  // namespace

bool SendQueue::MakeRoom(LaneQueue& lane, std::size_t bytes_max, std::size_t needed) {
  auto frame = lane.frames.begin();
  while (lane.bytes + needed > bytes_max && frame != lane.frames.end()) {
    if (frame->when_full != WhenFull::kDropOldest) {
      ++frame;
      continue;
    }
    lane.bytes -= FrameSize(frame->payload->size());
    frame = lane.frames.erase(frame);
    ++dropped_;
  }
  return lane.bytes + needed <= bytes_max;
}

SendQueue::Put SendQueue::Push(Outgoing message) {
  const auto index = static_cast<std::size_t>(message.lane);
  LaneQueue& lane = lanes_.at(index);
  const std::size_t bytes_max = bounds_.bytes_max.at(index);
  const std::size_t size = FrameSize(message.payload->size());
  if (lane.bytes + size > bytes_max) {
    if (message.when_full == WhenFull::kCloseLink) return Put::kMustClose;
    if (!MakeRoom(lane, bytes_max, size)) return Put::kRefused;
  }
  lane.bytes += size;
  lane.frames.push_back(std::move(message));
  return Put::kQueued;
}

std::optional<std::size_t> SendQueue::NextLane() const {
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < kLanes; ++i) {
    const LaneQueue& lane = lanes_.at(i);
    if (lane.frames.empty()) continue;
    if (!first.has_value()) {
      first = i;
    } else if (lane.passed_over >= kFloorShare * FrameSize(lane.frames.front().payload->size())) {
      return i;
    }
  }
  return first;
}

Bytes SendQueue::Next() {
  Bytes write = std::exchange(control_, Bytes());
  std::size_t waiting = write.size();
  for (const LaneQueue& lane : lanes_) waiting += lane.bytes;
  write.reserve(std::min(waiting, bounds_.write_bytes));
  for (auto next = NextLane(); next.has_value(); next = NextLane()) {
    LaneQueue& lane = lanes_.at(*next);
    const std::size_t size = FrameSize(lane.frames.front().payload->size());
    if (!write.empty() && write.size() + size > bounds_.write_bytes) break;
    AppendFrame(write, lane.frames.front().type, *lane.frames.front().payload);
    lane.bytes -= size;
    lane.frames.pop_front();
    lane.passed_over = 0;
    for (std::size_t i = *next + 1; i < kLanes; ++i) {
      if (!lanes_.at(i).frames.empty()) lanes_.at(i).passed_over += size;
    }
    if (lane.frames.empty()) lane.passed_over = 0;
  }
  return write;
}

void SendQueue::PushControl(std::uint8_t type, ByteView payload) {
  AppendFrame(control_, type, payload);
}

void SendQueue::Clear() {
  control_.clear();
  lanes_ = {};
}

bool SendQueue::IsEmpty() const {
  for (const LaneQueue& lane : lanes_) {
    if (!lane.frames.empty()) return false;
  }
  return control_.empty();
}

std::size_t SendQueue::LaneBytes(Lane lane) const {
  return lanes_.at(static_cast<std::size_t>(lane)).bytes;
}

}  // namespace jiandu::node
