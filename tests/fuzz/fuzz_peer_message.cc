// Peer messages: whatever decodes is written back byte for byte.
// Links: jiandu_consensus
#include "consensus/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jiandu::consensus;
  const jiandu::ByteView input(data, size);
  const auto message = DecodePeerMessage(input);
  if (!message.has_value()) return 0;
  JD_ASSERT(jiandu::Equal(EncodePeerMessage(*message), input));
  (void)LaneOf(*message);
  const auto* part = std::get_if<PartMsg>(&*message);
  if (part == nullptr) return 0;
  const bool holds = VerifyPart(part->part, part->id).has_value();
  JD_ASSERT(!holds || part->part.index < part->id.parts);
  return 0;
}
