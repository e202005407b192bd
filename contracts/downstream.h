// Which data carry an item of a version of a resource: derived resources through all levels, and
// what the holders answered to a correction (docs/contracts.md 4.12, 4.13, Q2).
//
// Pure functions over a view; any thread with a view of its own. Walks have bounds.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "contracts/as_of.h"
#include "contracts/propagation.h"

namespace jiandu::contracts {

// A derived resource that the item has reached, or had reached until it was made anew, by one of
// its derivations and from one of the inputs: there is one for each.
struct Downstream {
  ledger::EntityId resource;
  ledger::EntityId derivation;
  ledger::EntityId input;          // from which the item came
  std::int64_t made_of = 0;        // version of the input at first
  std::int64_t input_version = 0;  // now
  std::int64_t out_version = 0;
  std::set<std::string> items = {};  // of the resource that are made of it
  std::set<std::string> stale = {};  // those of them that are stale
  int level = 1;
};
struct DownstreamList {
  std::vector<Downstream> carriers;  // level by level
  bool whole = true;                 // false: a bound was met, there may be more
};
// `item` of `version`, kAnyItem for all: what was made of it or of one before it.
[[nodiscard]] DownstreamList DownstreamOf(const ledger::StateView& view, const AsOf& at,
                                          const ledger::EntityId& resource, std::int64_t version,
                                          const std::string& item);
// The versions after `version` that changed the item, and the corrections they were for.
[[nodiscard]] std::vector<ItemChange> ChangesAfter(const ledger::StateView& view, const AsOf& at,
                                                   const ledger::EntityId& resource,
                                                   std::int64_t version, const std::string& item);
// The duties a correction gave its holders, as of the height.
[[nodiscard]] std::vector<CorrectionTask> TasksAsOf(const ledger::StateView& view, const AsOf& at,
                                                    const ledger::EntityId& correction);

}  // namespace jiandu::contracts
