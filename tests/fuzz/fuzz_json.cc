// The JSON reader and writers: what is read has one canonical form, which reads back as the same.
// Links: jiandu_base
#include "base/json.h"
#include "base/limits.h"
#include "base/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu {
namespace {

void ReadFields(const Json& json) {
  JsonFields fields(json, "/x");
  (void)fields.OptionalText("a", 8);
  (void)fields.OptionalInteger("b", -5, 5, 0);
  (void)fields.OptionalBool("c", false);
  (void)fields.OptionalArray("d", 2);
  (void)fields.OptionalObject("e");
  (void)fields.Hex<2>("f");
  const Result<void> finished = fields.Finish();
  if (!finished.has_value()) JD_ASSERT(IsUtf8(AsBytes(finished.error().detail)));
}

void Check(std::string_view text) {
  const Result<Json> json = ParseJson(text, limits::kTxBytesMax);
  const Result<Json> canonical = ParseCanonicalJson(text, limits::kTxBytesMax);
  // The one-pass reader takes what is canonical, all of it, and reads it as the general one does.
  const std::optional<Json> quick = ReadCanonicalJson(text);
  JD_ASSERT(quick.has_value() == canonical.has_value());
  if (!json.has_value()) {
    JD_ASSERT(!canonical.has_value());
    return;
  }
  JD_ASSERT(!quick || *quick == *json);
  const std::string written = CanonicalJson(*json);
  JD_ASSERT(IsUtf8(AsBytes(written)));
  JD_ASSERT(canonical.has_value() == (written == text));
  // The canonical form is never longer than its source, so the same maximum holds.
  const Result<Json> again = ParseCanonicalJson(written, limits::kTxBytesMax);
  JD_ASSERT(again.has_value() && *again == *json);
  const Result<Json> pretty = ParseJson(PrettyJson(*json), limits::kMiB * 8);
  JD_ASSERT(pretty.has_value() && *pretty == *json);
  ReadFields(*json);
}

}  // namespace
}  // namespace jiandu

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  jiandu::Check(jiandu::AsText(jiandu::ByteView(data, size)));
  return 0;
}
