// Frames in and out of a byte stream.
#include "node/frames.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace jiandu::node {
namespace {

// Below this a payload is reserved whole: growing a vector would copy it. Above, memory is taken as
// the bytes come, so that a length alone costs us nothing.
constexpr std::size_t kReserveMax = limits::kFrameBytesMax;

}  // namespace

void AppendFrame(Bytes& out, std::uint8_t type, ByteView payload) {
  AppendU32Be(out, static_cast<std::uint32_t>(payload.size() + 1));
  out.push_back(type);
  Append(out, payload);
}

FrameReader::FrameReader(const FrameRules& rules) : rules_(rules) {
  header_.reserve(kFrameHeaderBytes);
  for (const std::uint8_t type : {kFrameHello, kFramePing, kFramePong, kFrameBye}) {
    rules_.payload_max[type] = kControlPayloadMax;
  }
}

Result<void> FrameReader::Begin() {
  const std::uint32_t length = ReadU32Be(header_);
  const std::uint8_t type = header_[4];
  header_.clear();
  const std::uint32_t payload_max = rules_.payload_max[type];
  if (payload_max == 0) {
    return Fail(Errc::kInvalid, "frame of unknown type " + std::to_string(type));
  }
  if (length == 0) return Fail(Errc::kInvalid, "frame without a type");
  if (length - 1 > payload_max) {
    return Fail(Errc::kTooLarge, "frame of type " + std::to_string(type) + " with " +
                                     std::to_string(length - 1) + " bytes, at most " +
                                     std::to_string(payload_max) + " are allowed");
  }
  missing_ = length - 1;
  frame_.type = type;
  frame_.payload.clear();
  frame_.payload.reserve(std::min(missing_, kReserveMax));
  in_frame_ = true;
  return {};
}

Result<void> FrameReader::Feed(ByteView bytes, std::vector<Incoming>& frames) {
  while (!bytes.empty() || (in_frame_ && missing_ == 0)) {
    if (!in_frame_) {
      const std::size_t taken = std::min(kFrameHeaderBytes - header_.size(), bytes.size());
      Append(header_, bytes.first(taken));
      bytes = bytes.subspan(taken);
      if (header_.size() < kFrameHeaderBytes) return {};
      JD_CHECK(Begin());
    }
    const std::size_t taken = std::min(missing_, bytes.size());
    Append(frame_.payload, bytes.first(taken));
    bytes = bytes.subspan(taken);
    missing_ -= taken;
    if (missing_ > 0) return {};
    frames.push_back(std::exchange(frame_, Incoming{}));
    in_frame_ = false;
  }
  return {};
}

}  // namespace jiandu::node
