// Sealed keys: no text but the one that was sealed opens.
// Links: jiandu_base jiandu_crypto
#include "base/json.h"
#include "base/limits.h"
#include "crypto/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu::crypto {
namespace {

constexpr std::string_view kPassphrase = "fuzz";
// The ciphertext of corpus/fuzz_key_file/opens.json, sealed at the lowest cost there is.
constexpr std::string_view kSealed =
    "d91d39d08cea095c0419138bbd3fce35505fe4cb0418f5e5943c6d8227fc240670ba4dea030871fc"
    "ddda69b2a36576ca1d4f0b6e84e21b375e434d86f41d41453d9af4986c1418ac6708efab9c32505c";

// argon2id takes a second at the costs a file may ask for; the fuzzer pays for the cheapest alone.
bool IsCheap(const Json& json) {
  return json.IntegerOr("mem_kib") <= 16 && json.IntegerOr("ops") <= 2;
}

void Check(std::string_view text) {
  const Result<KeyLabel> label = ReadKeyLabel(text);
  const Result<Json> json = ParseCanonicalJson(text, limits::kKeyFileBytesMax);
  if (!json.has_value()) {
    JD_ASSERT(!label.has_value());
    return;
  }
  if (label.has_value() && !IsCheap(*json)) return;
  const Result<KeyMaterial> key = OpenKey(text, kPassphrase);
  if (!label.has_value()) {
    JD_ASSERT(!key.has_value() && key.error().code != Errc::kUnauthenticated);
  } else if (key.has_value()) {
    JD_ASSERT(json->TextOr("sealed") == kSealed && json->TextOr("purpose") == "node");
    JD_ASSERT(key->public_key == label->public_key && key->purpose == label->purpose);
  }
}

}  // namespace
}  // namespace jiandu::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  jiandu::crypto::Check(jiandu::AsText(jiandu::ByteView(data, size)));
  return 0;
}
