// See fraud_proof.h.
#include "ledger/model/fraud_proof.h"

#include "base/hex.h"

namespace jiandu::ledger {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kFirstLineBytesMax = 256;
// No other line of a bundle begins like its last one: members of canonical JSON are in order.
constexpr std::string_view kLastLine = "\n{\"kind\":\"end\",";

Result<EntityId> ReadFirstLine(std::string_view line) {
  JD_TRY(const Json json, ParseCanonicalJson(line, kFirstLineBytesMax));
  JsonFields fields(json, "");
  const EntityId entity = fields.Hex<EntityId::kSize>("entity");
  if (fields.Text("kind", kFirstLineBytesMax) != "fraud") fields.Problem("kind", "not fraud");
  (void)fields.Integer("version", kVersion, kVersion);
  JD_CHECK(fields.Finish());
  return entity;
}

}  // namespace

bool LooksLikeFraudProof(std::string_view text) {
  return text.substr(0, text.find('\n')).find(R"("kind":"fraud")") != std::string_view::npos;
}

std::string FraudProof::ToText() const {
  return CanonicalJson(Json::MakeObject(
             {{"entity", ToHex(entity)}, {"kind", "fraud"}, {"version", kVersion}})) +
         "\n" + event.ToText() + state.ToText();
}

Result<FraudProof> FraudProof::FromText(std::string_view text) {
  if (text.size() > ProofBundle::kBytesMax) return Fail(Errc::kTooLarge, "a file of over 512 MiB");
  const std::size_t first = text.find('\n');
  if (first == std::string_view::npos) return Fail(Errc::kInvalid, "the file is cut off");
  FraudProof proof;
  JD_TRY(proof.entity, ReadFirstLine(text.substr(0, first)));
  text.remove_prefix(first + 1);
  const std::size_t last = text.find(kLastLine);
  const std::size_t end =
      last == std::string_view::npos ? std::string_view::npos : text.find('\n', last + 1);
  if (end == std::string_view::npos) return Fail(Errc::kInvalid, "the first bundle has no end");
  JD_TRY(proof.event, ProofBundle::FromText(text.substr(0, end + 1)));
  JD_TRY(proof.state, ProofBundle::FromText(text.substr(end + 1)));
  return proof;
}

}  // namespace jiandu::ledger
