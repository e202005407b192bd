// A PROV document while it is written: elements and relations by id, ascending.
//
// Ids are qualified names in the namespaces jd (of the chain) and jdt (types and attributes).
// Declaring an element again adds nothing. Plain value.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.h"

namespace jiandu::ledger {

class ProvDocument {
 public:
  // `section`: "entity", "activity", "agent", "used", ...: those of PROV-JSON.
  // Returns the attributes, to which more may be added.
  Json& Put(std::string_view section, const std::string& id);
  [[nodiscard]] bool Has(std::string_view section, const std::string& id) const;
  // Of the sections alone, in the order of their names.
  [[nodiscard]] Json TakeSections();

 private:
  std::map<std::string, std::map<std::string, Json>, std::less<>> sections_;
};

// {"$": "jdt:Access", "type": "prov:QUALIFIED_NAME"}
[[nodiscard]] Json ProvName(std::string_view name);
// {"$": "12", "type": "xsd:long"}
[[nodiscard]] Json ProvLong(std::uint64_t value);

}  // namespace jiandu::ledger
