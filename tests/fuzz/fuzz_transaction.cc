// Stored transactions and DSSE envelopes: whatever is taken has one form, and goes both ways.
// Links: jiandu_ledger_model
#include "ledger/model/transaction.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu::ledger {
namespace {

void CheckStored(ByteView bytes) {
  const auto tx = DecodeStored(bytes);
  if (!tx.has_value()) return;
  JD_ASSERT(Equal(EncodeStored(tx->payload_bytes, tx->signatures), bytes));
  JD_ASSERT(EncodePayload(tx->payload) == AsText(tx->payload_bytes));
  const auto again = StoredFromDsse(DsseFromStored(*tx));
  JD_ASSERT(again.has_value() && Equal(*again, bytes));
}

}  // namespace
}  // namespace jiandu::ledger

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jiandu::ByteView bytes(data, size);
  jiandu::ledger::CheckStored(bytes);
  (void)jiandu::ledger::DecodePayload(bytes);
  const auto stored = jiandu::ledger::StoredFromDsse(jiandu::AsText(bytes));
  if (stored.has_value()) {
    JD_ASSERT(jiandu::ledger::DecodeStored(*stored).has_value());
    jiandu::ledger::CheckStored(*stored);
  }
  return 0;
}
