// Log entries and the rows of state and database: what is taken encodes to the same bytes.
// Links: jiandu_ledger_store
#include "ledger/model/body.h"
#include "ledger/model/genesis.h"
#include "ledger/model/key_record.h"
#include "ledger/model/stub.h"
#include "ledger/store/keyspace.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu {
namespace {

template <typename T>
void CheckType(ByteView bytes) {
  const auto read = T::Decode(bytes);
  if (read.has_value()) JD_ASSERT(Equal(read->Encode(), bytes));
}

// A row that may carry explicit zeros is read by us alone; it must still come back as itself.
template <typename T>
void CheckRow(ByteView bytes) {
  const auto read = T::Decode(bytes);
  if (!read.has_value()) return;
  const auto again = T::Decode(read->Encode());
  JD_ASSERT(again.has_value() && *again == *read);
}

void Check(ByteView bytes) {
  const auto entry = ledger::DecodeEntry(bytes);
  if (entry.has_value()) JD_ASSERT(Equal(ledger::EncodeEntry(*entry), bytes));
  CheckType<ledger::EntityLeaf>(bytes);
  CheckType<ledger::EntityBody>(bytes);
  CheckType<ledger::KeyRecord>(bytes);
  CheckType<store::TxPlace>(bytes);
  CheckRow<store::HeightRow>(bytes);
  CheckRow<store::MetaRow>(bytes);
  const auto validators = ledger::DecodeValidators(bytes);
  if (validators.has_value()) JD_ASSERT(Equal(ledger::EncodeValidators(*validators), bytes));
  (void)ledger::ParseEntityId(AsText(bytes));
}

}  // namespace
}  // namespace jiandu

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  jiandu::Check(jiandu::ByteView(data, size));
  return 0;
}
