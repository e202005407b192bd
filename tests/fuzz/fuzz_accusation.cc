// Light blocks, fork proofs and fraud proofs: what is read gives the same bytes again.
// Links: jiandu_consensus jiandu_ledger_model
#include "consensus/light_block.h"
#include "ledger/model/fork_proof.h"
#include "ledger/model/fraud_proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jiandu::ByteView bytes(data, size);
  const std::string_view text = jiandu::AsText(bytes);
  const auto block = jiandu::consensus::LightBlock::Decode(bytes);
  if (block.has_value()) {
    JD_ASSERT(jiandu::Equal(block->Encode(), bytes));
    JD_ASSERT(!jiandu::CanonicalJson(block->ToJson()).empty());
  }
  const auto fork = jiandu::ledger::ForkProof::FromText(text);
  if (fork.has_value()) JD_ASSERT(fork->ToText() == text);
  const auto fraud = jiandu::ledger::FraudProof::FromText(text);
  if (fraud.has_value()) JD_ASSERT(fraud->ToText() == text);
  return 0;
}
