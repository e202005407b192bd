// Eight bytes of time, then the code of the successor.
#include "contracts/succession.h"

namespace jiandu::contracts {

Bytes SuccessorKey(std::string_view department) {
  return ledger::ConfigKey("successor/" + std::string(department));
}

Bytes EncodeSuccession(const Succession& succession) {
  Bytes bytes;
  AppendU64Be(bytes, static_cast<std::uint64_t>(succession.at));
  Append(bytes, AsBytes(succession.successor));
  return bytes;
}

std::optional<Succession> ReadSuccession(const ledger::StateView& view,
                                         std::string_view department) {
  const auto bytes = view.Get(SuccessorKey(department));
  if (!bytes || bytes->size() < 8) return std::nullopt;
  const ByteView value(*bytes);
  return Succession{.at = static_cast<ledger::TimeMs>(ReadU64Be(value.first(8))),
                    .successor = std::string(AsText(value.subspan(8)))};
}

Bytes HeirKey(const ledger::EntityId& item, std::string_view department) {
  return ledger::PartKey(item, AsBytes("heir/" + std::string(department)));
}

std::string FormerParty(std::string_view party) { return std::string(kFormer).append(party); }

std::string_view BirthParty(const ledger::EntityBody& body, std::string_view party) {
  const std::string_view former = body.Party(FormerParty(party));
  return former.empty() ? body.Party(party) : former;
}

bool IsOwnCase(const ledger::EntityBody& body) { return body.Number(kOwnSince) != 0; }

}  // namespace jiandu::contracts
