// Hex and base64: one text for one value, but for base64's two alphabets and its padding.
// Links: jiandu_base
#include "base/hex.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu {
namespace {

void CheckDecoders(std::string_view text) {
  if (const Result<Bytes> bytes = HexDecode(text)) JD_ASSERT(HexEncode(*bytes) == text);
  if (const Result<Bytes> bytes = Base64Decode(text)) {
    const std::string standard = Base64Encode(*bytes);
    const std::string bare = standard.substr(0, standard.find('='));
    const std::string url = Base64UrlEncode(*bytes);
    const std::string padded_url = url + standard.substr(bare.size());
    JD_ASSERT(text == standard || text == bare || text == url || text == padded_url);
  }
}

void CheckEncoders(ByteView bytes) {
  JD_ASSERT(Equal(HexDecode(HexEncode(bytes)).value(), bytes));
  JD_ASSERT(Equal(Base64Decode(Base64Encode(bytes)).value(), bytes));
  JD_ASSERT(Equal(Base64Decode(Base64UrlEncode(bytes)).value(), bytes));
}

}  // namespace
}  // namespace jiandu

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jiandu::ByteView input(data, size);
  jiandu::CheckDecoders(jiandu::AsText(input));
  jiandu::CheckEncoders(input);
  return 0;
}
