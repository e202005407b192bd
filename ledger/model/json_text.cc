// Parsing what a body keeps, once.
#include "ledger/model/json_text.h"

#include "base/limits.h"

namespace jiandu::ledger {
namespace {

Json Parse(const Bytes& text) {
  if (text.empty()) return Json::MakeObject();
  // What the ledger keeps is canonical, which reads in one pass.
  if (auto read = ReadCanonicalJson(AsText(text))) return *std::move(read);
  auto parsed = ParseJson(AsText(text), limits::kBatchTxBytesMax);
  return parsed.has_value() ? std::move(*parsed) : Json::MakeObject();
}

}  // namespace

const Json& JsonText::Parsed() const {
  if (parsed_ == nullptr) parsed_ = std::make_shared<const Json>(Parse(text_));
  return *parsed_;
}

}  // namespace jiandu::ledger
