// The wire reader: whatever it accepts, the writer writes back byte for byte.
// Links: jiandu_base
#include "tests/support/wire_sample.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jiandu::ByteView input(data, size);
  const auto sample = jiandu::support::DecodeSample(input);
  if (sample.has_value()) JD_ASSERT(jiandu::Equal(jiandu::support::Encode(*sample), input));
  return 0;
}
