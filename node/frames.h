// Cuts a stream of bytes into frames; writes frame headers. Pure but for memory; one thread.
//
// The length is checked against the type's bound before anything is allocated. After an error the
// stream is worthless: close it.
#pragma once

#include <vector>

#include "base/error.h"
#include "node/peer_types.h"

namespace jiandu::node {

inline constexpr std::size_t kFrameHeaderBytes = 5;
// Types of the link itself.
inline constexpr std::uint8_t kFrameHello = 1;
inline constexpr std::uint8_t kFramePing = 2;
inline constexpr std::uint8_t kFramePong = 3;
inline constexpr std::uint8_t kFrameBye = 4;  // why the link is closed, as text
inline constexpr std::uint32_t kControlPayloadMax = 512;

void AppendFrame(Bytes& out, std::uint8_t type, ByteView payload);
[[nodiscard]] inline std::size_t FrameSize(std::size_t payload) {
  return kFrameHeaderBytes + payload;
}

class FrameReader {
 public:
  explicit FrameReader(const FrameRules& rules);

  // Takes bytes as they come; complete frames are appended to `frames`.
  [[nodiscard]] Result<void> Feed(ByteView bytes, std::vector<Incoming>& frames);
  // Bytes of a frame that has begun.
  [[nodiscard]] std::size_t Pending() const { return header_.size() + frame_.payload.size(); }

 private:
  [[nodiscard]] Result<void> Begin();

  FrameRules rules_;
  Bytes header_;             // until it has kFrameHeaderBytes
  Incoming frame_;           // the frame under way
  std::size_t missing_ = 0;  // bytes of its payload still to come
  bool in_frame_ = false;
};

}  // namespace jiandu::node
