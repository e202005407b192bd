// See prov_versions.h.
#include "ledger/export/prov_versions.h"

namespace jiandu::ledger {

ProvVersions::ProvVersions(const ProvenRecord& record) : record_(record) {}

void ProvVersions::Begin(const EntityId& id, TimeMs valid_to) {
  // What is withheld may have revised it.
  if (record_.withheld > 0 || !record_.complete.contains(id) || !HasVersions(KindOf(id))) return;
  current_.emplace(id, ProvVersion{.number = 1, .valid_to = valid_to});
}

const ProvVersion* ProvVersions::Find(const EntityId& id) const {
  const auto at = current_.find(id);
  return at == current_.end() ? nullptr : &at->second;
}

const ProvVersion& ProvVersions::Next(const EntityId& id, std::optional<TimeMs> valid_to) {
  ProvVersion& version = current_.at(id);
  ++version.number;
  version.valid_to = valid_to.value_or(version.valid_to);
  return version;
}

std::map<EntityId, ProvVersion> ProvVersions::TakeExpired(TimeMs now) {
  std::map<EntityId, ProvVersion> expired;
  for (const auto& [id, version] : current_) {
    if (version.valid_to != 0 && version.valid_to <= now) expired.emplace(id, version);
  }
  for (const auto& [id, version] : expired) current_.erase(id);
  return expired;
}

std::string ProvIdOf(const EntityId& id) {
  return "jd:" + std::string(KindName(KindOf(id))) + "/" + ToHex(id);
}
std::string ProvIdOf(const EntityId& id, std::uint64_t version) {
  return ProvIdOf(id) + "/v" + std::to_string(version);
}

std::optional<TimeMs> ValidToOf(const Json& body) {
  constexpr TimeMs kDayMs = 86'400'000;
  std::int64_t date = body.IntegerOr("valid_to");
  if (const Json* terms = body.Find("terms"); date == 0 && terms != nullptr) {
    date = terms->IntegerOr("valid_to");
  }
  if (!IsDate(date)) return std::nullopt;
  return StartOfDate(date) + kDayMs;
}

}  // namespace jiandu::ledger
