// Genesis documents: what is taken is written the same, and its state can be made.
// Links: jiandu_ledger_model
#include "ledger/model/genesis.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jiandu::ByteView bytes(data, size);
  (void)jiandu::ledger::IsDepartmentCode(jiandu::AsText(bytes));
  const auto genesis = jiandu::ledger::DecodeGenesis(bytes);
  if (!genesis.has_value()) return 0;
  JD_ASSERT(jiandu::ledger::EncodeGenesis(*genesis) == jiandu::AsText(bytes));
  JD_ASSERT(!jiandu::ledger::GenesisState(*genesis).Empty());
  return 0;
}
