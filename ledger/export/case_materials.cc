// See case_materials.h.
#include "ledger/export/case_materials.h"

#include "base/hex.h"

namespace jiandu::ledger {
namespace {

std::string BodyLine(const EntityId& id, const Bytes& body) {
  return CanonicalJson(Json::MakeObject({{"body", Base64Encode(body)}, {"entity", ToHex(id)}})) +
         "\n";
}

std::string CaseLine(const EntityId& id) {
  return CanonicalJson(Json::MakeObject({{"case", ToHex(id)}})) + "\n";
}

// Takes the next line off the text.
Result<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t size = text.find('\n');
  if (size == std::string_view::npos) return Fail(Errc::kInvalid, "a line without its end");
  const std::string_view line = text.substr(0, size);
  text.remove_prefix(size + 1);
  return line;
}

// Where the bundle ends: after the line that counts its lines.
std::size_t EndOfBundle(std::string_view text) {
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = text.find('\n', from);
    if (end == std::string_view::npos) return text.size();
    if (text.substr(from, end - from).starts_with(R"({"kind":"end")")) return end + 1;
    from = end + 1;
  }
  return text.size();
}

}  // namespace

std::string CaseMaterials::ToText() const {
  std::string text = bundle.ToText() + CaseLine(subject);
  for (const auto& [id, body] : bodies) text += BodyLine(id, body);
  return text;
}

Result<CaseMaterials> CaseMaterials::FromText(std::string_view text) {
  if (text.size() > kBytesMax) return Fail(Errc::kTooLarge, "a pack of more than 64 MiB");
  const std::size_t end = EndOfBundle(text);
  JD_TRY(ProofBundle bundle, ProofBundle::FromText(text.substr(0, end)));
  CaseMaterials materials{.bundle = std::move(bundle)};
  text.remove_prefix(end);
  JD_TRY(const std::string_view first, TakeLine(text));
  JD_TRY(const Json about, ParseCanonicalJson(first, ProofBundle::kLineBytesMax));
  JsonFields names(about, "/case");
  materials.subject = names.Hex<EntityId::kSize>("case");
  JD_CHECK(names.Finish());
  while (!text.empty()) {
    JD_TRY(const std::string_view line, TakeLine(text));
    JD_TRY(const Json json, ParseCanonicalJson(line, ProofBundle::kLineBytesMax));
    JsonFields fields(json, "/body");
    const auto id = fields.Hex<EntityId::kSize>("entity");
    const std::string encoded = fields.Text("body", ProofBundle::kLineBytesMax);
    JD_CHECK(fields.Finish());
    JD_TRY(Bytes body, Base64Decode(encoded));
    const bool ascends = materials.bodies.empty() || materials.bodies.rbegin()->first < id;
    if (!ascends || BodyLine(id, body).size() != line.size() + 1) {
      return Fail(Errc::kInvalid, "bodies stand once each, ascending, in canonical base64");
    }
    materials.bodies.emplace(id, std::move(body));
    if (materials.bodies.size() > kBodiesMax) return Fail(Errc::kTooLarge, "too many bodies");
  }
  return materials;
}

}  // namespace jiandu::ledger
