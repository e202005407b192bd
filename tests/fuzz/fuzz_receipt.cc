// Receipts, as wire and as JSON: both forms tell the same.
// Links: jiandu_ledger_model
#include "ledger/model/receipt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu::ledger {
namespace {

void CheckReceipt(const Receipt& receipt) {
  const auto wire = Receipt::Decode(receipt.Encode());
  JD_ASSERT(wire.has_value() && *wire == receipt);
  const auto json = Receipt::FromJson(CanonicalJson(receipt.ToJson()));
  JD_ASSERT(json.has_value() && *json == receipt);
}

}  // namespace
}  // namespace jiandu::ledger

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jiandu::ByteView bytes(data, size);
  const auto wire = jiandu::ledger::Receipt::Decode(bytes);
  if (wire.has_value()) {
    JD_ASSERT(jiandu::Equal(wire->Encode(), bytes));
    jiandu::ledger::CheckReceipt(*wire);
  }
  const auto json = jiandu::ledger::Receipt::FromJson(jiandu::AsText(bytes));
  if (json.has_value()) jiandu::ledger::CheckReceipt(*json);
  return 0;
}
