// Proof bundles: what is read gives the same bytes again, and whatever it says, the verifier ends.
// Links: jiandu_sdk
//
// The input is a genesis document on its first line, then the lines of a bundle without its end
// line, which is made here: else every mutation would end at its digest.
#include "base/hex.h"
#include "crypto/hash.h"
#include "sdk/cpp/proof_verifier.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu {
namespace {

std::string Ended(std::string_view lines) {
  const Json end =
      Json::MakeObject({{"kind", "end"},
                        {"lines", static_cast<std::uint64_t>(std::ranges::count(lines, '\n'))},
                        {"sha256", HexEncode(crypto::Sha256(AsBytes(lines)).View())}});
  return std::string(lines) + CanonicalJson(end) + "\n";
}

void CheckBundle(std::string_view document, std::string_view lines) {
  const std::string text = Ended(lines);
  const auto bundle = ledger::ProofBundle::FromText(text);
  if (!bundle.has_value()) return;
  JD_ASSERT(bundle->ToText() == text);
  const auto genesis = ledger::DecodeGenesis(AsBytes(document));
  if (!genesis.has_value()) return;
  const sdk::ProofVerdict verdict = sdk::VerifyProof(*bundle, *genesis);
  JD_ASSERT(!verdict.steps.empty() && verdict.verified == verdict.steps.back().holds);
  JD_ASSERT(verdict.verified == !verdict.proven.empty());
}

}  // namespace
}  // namespace jiandu

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = jiandu::AsText(jiandu::ByteView(data, size));
  const std::size_t split = text.find('\n');
  if (split == std::string_view::npos) return 0;
  jiandu::CheckBundle(text.substr(0, split), text.substr(split + 1));
  return 0;
}
