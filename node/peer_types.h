// The words of the peer links: who, and what a frame carries.
//
// A frame is [u32 big-endian length][u8 type][payload]; the length counts type and payload. A peer
// message (consensus/message.h) travels as its wire bytes, with its place among the alternatives
// of PeerMessage in the type, so that its size is bounded before it is read. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "consensus/message.h"
#include "crypto/ed25519.h"

namespace jiandu::node {

// A peer is its node key: what TLS proves and genesis pins.
using PeerId = crypto::Ed25519PublicKey;
// First 8 hex digits, for logs.
[[nodiscard]] std::string ShortName(const PeerId& peer);

using consensus::Lane;
inline constexpr std::size_t kLanes = 3;

// What happens when the lane's send queue is full.
enum class WhenFull : std::uint8_t {
  kCloseLink,   // must not be lost in silence: the link is closed and made anew (votes)
  kDropOldest,  // the oldest droppable frames of the lane go (gossip of transactions)
  kRefuse,      // Send answers kFull; the sender tries again (parts, sync)
};

struct Outgoing {
  Lane lane = Lane::kBulk;
  WhenFull when_full = WhenFull::kRefuse;
  std::uint8_t type = 0;
  std::shared_ptr<const Bytes> payload;  // shared by the queues of all peers
};

struct Incoming {
  std::uint8_t type = 0;
  Bytes payload;
};

// Types below kFirstMessageType are the link's own (frames.h).
inline constexpr std::uint8_t kFirstMessageType = 16;
// The longest payload of each type; 0 for a type nobody may send.
struct FrameRules {
  std::array<std::uint32_t, 256> payload_max{};
};
[[nodiscard]] FrameRules PeerFrameRules();

// Encodes once for any number of peers.
[[nodiscard]] Outgoing Prepare(const consensus::PeerMessage& message);
// Refuses a message that is not what the frame's type says.
[[nodiscard]] Result<consensus::PeerMessage> Unpack(const Incoming& frame);

// Why their hello does not fit ours; empty when it does.
[[nodiscard]] std::string Mismatch(const consensus::Hello& ours, const consensus::Hello& theirs,
                                   const PeerId& their_key);

}  // namespace jiandu::node
