// What one event says of lineage 血缘: an edge that begins or ends (docs/lineage.md).
//
// Edges lead from what was before to what came of it: resource -> resource made of it, resource ->
// grant on it, grant (or resource) -> the holding of the department that got data. Plain values.
#pragma once

#include <string>
#include <vector>

#include "ledger/model/entity.h"

namespace jiandu::ledger {

// What an item of the derived resource was made from, of one input. "*" is any.
struct LineageItem {
  std::string out_item;
  std::vector<std::string> from;
  bool unchanged = false;
  bool operator==(const LineageItem&) const = default;
};

// One input of a derivation, as recorded or refreshed by the event.
struct LineageDerivation {
  EntityId derivation;
  std::string kind;                // COMPARE, INTEGRATE, ...
  std::int64_t input_version = 0;  // of the input
  std::int64_t out_version = 0;    // of what was made
  EntityId grant;                  // named for the input; zero: none
  bool refreshed = false;          // a later version; the items are those of the record
  std::vector<LineageItem> items;
  bool operator==(const LineageDerivation&) const = default;
};

enum class LineageAct : std::uint8_t { kBegins, kEnds };

struct LineageFact {
  LineageAct act = LineageAct::kBegins;
  EntityId from;
  EntityId to;
  EntityId resource;                           // of a holding: what is held,
  DepartmentId department;                     // and by whom
  std::vector<LineageDerivation> derivations;  // of resource -> resource
  bool operator==(const LineageFact&) const = default;
};

}  // namespace jiandu::ledger
