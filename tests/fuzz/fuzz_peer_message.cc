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
  if (const auto* part = std::get_if<PartMsg>(&*message)) (void)VerifyPart(part->part, part->id);
  return 0;
}
