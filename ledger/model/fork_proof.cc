// See fork_proof.h.
#include "ledger/model/fork_proof.h"

#include "base/hex.h"
#include "base/limits.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kFormat = "jiandu-fork-1";

}  // namespace

bool LooksLikeForkProof(std::string_view text) {
  return text.starts_with("{\"certified\":") ||
         text.find(R"("format":")" + std::string(kFormat) + "\"") != std::string_view::npos;
}

Bytes TakeBase64(JsonFields& fields, std::string_view name, std::size_t size_max) {
  const std::string text = fields.Text(name, (size_max + 2) / 3 * 4);
  auto bytes = Base64Decode(text);
  if (!bytes.has_value() || bytes->empty() || bytes->size() > size_max) {
    fields.Problem(name, "not base64, empty or too long");
    return {};
  }
  return std::move(*bytes);
}

Json EpochsToJson(const std::vector<EpochStep>& epochs) {
  Json list = Json::MakeArray();
  for (const EpochStep& step : epochs) {
    list.Push(Json::MakeObject({{"commit", Base64Encode(step.commit)},
                                {"header", Base64Encode(step.header)},
                                {"next_set", Base64Encode(step.next_set)}}));
  }
  return list;
}

Result<std::vector<EpochStep>> EpochsFromJson(std::span<const Json> list) {
  if (list.size() > HeadProof::kEpochsMax) return Fail(Errc::kTooLarge, "too many epochs");
  std::vector<EpochStep> epochs;
  for (const Json& json : list) {
    JsonFields fields(json, "/epochs");
    EpochStep step;
    step.header = TakeBase64(fields, "header", HeadProof::kHeaderBytesMax);
    step.commit = TakeBase64(fields, "commit", HeadProof::kSetBytesMax);
    step.next_set = TakeBase64(fields, "next_set", HeadProof::kSetBytesMax);
    JD_CHECK(fields.Finish());
    epochs.push_back(std::move(step));
  }
  return epochs;
}

std::string ForkProof::ToText() const {
  Json both = Json::MakeArray();
  for (const CertifiedHeader& one : certified) {
    both.Push(Json::MakeObject(
        {{"commit", Base64Encode(one.commit)}, {"header", Base64Encode(one.header)}}));
  }
  return CanonicalJson(Json::MakeObject({{"certified", std::move(both)},
                                         {"chain", chain},
                                         {"epochs", EpochsToJson(epochs)},
                                         {"format", kFormat},
                                         {"genesis_hash", HexEncode(genesis_hash.View())}})) +
         "\n";
}

Result<ForkProof> ForkProof::FromText(std::string_view text) {
  if (!text.ends_with('\n')) return Fail(Errc::kInvalid, "the file is cut off");
  JD_TRY(const Json json, ParseCanonicalJson(text.substr(0, text.size() - 1), kJsonBytesMax));
  JsonFields fields(json, "");
  ForkProof proof;
  const auto both = fields.Array("certified", 2);
  proof.chain = fields.Text("chain", limits::kChainIdBytesMax);
  const auto epochs = fields.Array("epochs", HeadProof::kEpochsMax);
  if (fields.Text("format", limits::kIdBytesMax) != kFormat) {
    fields.Problem("format", "not jiandu-fork-1");
  }
  proof.genesis_hash = fields.Hex<32>("genesis_hash");
  JD_CHECK(fields.Finish());
  if (both.size() != 2) return Fail(Errc::kInvalid, "not two certified headers");
  for (std::size_t i = 0; i < 2; ++i) {
    JsonFields one(both[i], "/certified");
    proof.certified[i].header = TakeBase64(one, "header", HeadProof::kHeaderBytesMax);
    proof.certified[i].commit = TakeBase64(one, "commit", HeadProof::kSetBytesMax);
    JD_CHECK(one.Finish());
  }
  JD_TRY(proof.epochs, EpochsFromJson(epochs));
  if (proof.ToText() != text) return Fail(Errc::kInvalid, "not in its one canonical writing");
  return proof;
}

}  // namespace jiandu::ledger
