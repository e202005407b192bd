// Which version of an entity an event meets: what PROV calls an entity never changes, so what the
// ledger changes has versions, each generated and invalidated once.
//
// Only an entity whose whole history is shown is followed; of any other nobody can say which
// version is in force, and its uses are of the entity in general. Plain value.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger/export/op_mapping.h"
#include "ledger/export/proven_record.h"

namespace jiandu::ledger {

struct ProvVersion {
  std::uint64_t number = 1;
  TimeMs valid_to = 0;  // it ends by itself then; 0: it does not, or that is not known
};

class ProvVersions {
 public:
  explicit ProvVersions(const ProvenRecord& record);

  // Born in an event that is shown: from now on it is followed, when it can be.
  void Begin(const EntityId& id, TimeMs valid_to);
  // The version in force; null when the entity is not followed, or has none any more.
  [[nodiscard]] const ProvVersion* Find(const EntityId& id) const;
  const ProvVersion& Next(const EntityId& id, std::optional<TimeMs> valid_to);
  void End(const EntityId& id) { current_.erase(id); }
  // Those that ended by themselves up to `now`, and when; they are in force no more.
  [[nodiscard]] std::map<EntityId, ProvVersion> TakeExpired(TimeMs now);

 private:
  const ProvenRecord& record_;
  std::map<EntityId, ProvVersion> current_;
};

// "jd:grant/13..."; "jd:grant/13.../v2".
[[nodiscard]] std::string ProvIdOf(const EntityId& id);
[[nodiscard]] std::string ProvIdOf(const EntityId& id, std::uint64_t version);
// The end of the last day that a grant's opening or change names; nothing when it names none.
[[nodiscard]] std::optional<TimeMs> ValidToOf(const Json& body);

}  // namespace jiandu::ledger
