// Blocks: whatever decodes is written back byte for byte, and its parts prove themselves.
// Links: jiandu_consensus
#include "consensus/block.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jiandu::consensus;
  const jiandu::ByteView input(data, size);
  const auto block = Block::Decode(input);
  if (!block.has_value()) return 0;
  JD_ASSERT(jiandu::Equal(block->Encode(), input));
  const PartSet set = SplitBlock(block->header.Hash(), input);
  JD_ASSERT(set.id == MakeBlockId(block->header.Hash(), input));
  for (const Part& part : set.parts) JD_ASSERT(VerifyPart(part, set.id).has_value());
  return 0;
}
