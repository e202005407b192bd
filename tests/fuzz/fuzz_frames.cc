// Frames from a peer: any bytes in any pieces are cut without a fault, the same way however they
// are cut, and nothing comes out that is longer than its type allows.
// Links: jiandu_node
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "node/frames.h"
#include "node/peer_types.h"

using jiandu::Bytes;
using jiandu::ByteView;
using jiandu::node::FrameReader;
using jiandu::node::Incoming;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = data[0] + 1U;
  const ByteView bytes(data + 1, size - 1);
  const jiandu::node::FrameRules rules = jiandu::node::PeerFrameRules();

  FrameReader whole(rules);
  std::vector<Incoming> at_once;
  const bool whole_holds = whole.Feed(bytes, at_once).has_value();

  FrameReader pieces(rules);
  std::vector<Incoming> in_pieces;
  bool pieces_hold = true;
  for (std::size_t at = 0; at < bytes.size() && pieces_hold; at += step) {
    const std::size_t left = bytes.size() - at;
    pieces_hold = pieces.Feed(bytes.subspan(at, left < step ? left : step), in_pieces).has_value();
  }
  JD_ASSERT(whole_holds == pieces_hold);
  JD_ASSERT(at_once.size() == in_pieces.size());
  for (std::size_t i = 0; i < at_once.size(); ++i) {
    JD_ASSERT(at_once[i].payload == in_pieces[i].payload);
    const bool is_own = at_once[i].type < jiandu::node::kFirstMessageType;
    JD_ASSERT(at_once[i].payload.size() <=
              (is_own ? jiandu::node::kControlPayloadMax : rules.payload_max[at_once[i].type]));
    if (is_own) continue;
    const auto message = jiandu::node::Unpack(at_once[i]);
    if (message.has_value()) {
      JD_ASSERT(*jiandu::node::Prepare(*message).payload == at_once[i].payload);
    }
  }
  return 0;
}
