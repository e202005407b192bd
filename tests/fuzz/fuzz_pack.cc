// Evidence packs and their materials: what is read gives the same bytes again, and a page that is
// believed is the one that its own materials make.
// Links: jiandu_evidence
#include "evidence/pack.h"
#include "tests/ledger/model/genesis_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // As TestGenesis(), of which the seeds are.
  static const jiandu::ledger::Genesis genesis =
      jiandu::ledger::DecodeGenesis(
          jiandu::AsBytes(jiandu::ledger::EncodeGenesis(jiandu::ledger::DraftGenesis())))
          .value();
  const std::string_view text = jiandu::AsText(jiandu::ByteView(data, size));
  const auto materials = jiandu::ledger::CaseMaterials::FromText(text);
  if (materials.has_value()) {
    JD_ASSERT(materials->ToText() == text);
    const auto page = jiandu::evidence::MakePack(*materials, genesis);
    if (page.has_value()) JD_ASSERT(jiandu::evidence::VerifyPack(*page, genesis).proof.verified);
  }
  const auto pack = jiandu::evidence::VerifyPack(text, genesis);
  JD_ASSERT(!pack.proof.steps.empty());
  if (pack.proof.verified) JD_ASSERT(jiandu::evidence::LooksLikePack(text));
  return 0;
}
