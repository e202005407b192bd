// Lineage 血缘: which resource was made from which, item by item, and what has become STALE by a
// later version or a correction upstream (docs/contracts.md 4.12).
//
// An item is stale as long as the derivation names an input version older than the one that changed
// the item it was made from. Nothing of it is written: it is derived, with bounds and a visited
// set. Edges lie beside the resources. Pure; the thread of the block.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contracts/block_state.h"

namespace jiandu::contracts {

// Any item of a resource: where a derivation has no item map, or an item is not known.
inline constexpr std::string_view kAnyItem = "*";
// Derived resources that a report of disposal can list (kDerived of its form).
inline constexpr std::size_t kDerivedListed = 32;
// Resources a walk visits at most.
inline constexpr std::size_t kWalkMax = 64;

struct DerivationInput {
  ledger::EntityId resource;
  std::int64_t version = 0;  // the newest that is in
  ledger::EntityId grant;    // zero: none
  std::vector<std::string> items;
};
struct DerivedItem {
  std::string out_item;
  bool unchanged = false;
  std::vector<std::pair<std::size_t, std::string>> from;  // input, item
};
struct Derivation {
  ledger::EntityId resource;  // made
  std::int64_t version = 0;
  std::vector<DerivationInput> inputs;
  std::vector<DerivedItem> items;
};
[[nodiscard]] Derivation ReadDerivation(const ledger::EntityBody& body);

// Puts the edges of a derivation beside its resources and grants.
void RecordEdges(BlockState& state, const ledger::EntityId& id, const Derivation& derivation);
// The derivation a version was made by; without a version, the newest.
[[nodiscard]] std::optional<Derivation> FindDerivation(
    BlockState& state, const ledger::EntityId& resource,
    std::optional<std::int64_t> version = std::nullopt);
// All that were recorded of the resource, in the order of their ids, at most `count`.
[[nodiscard]] std::vector<ledger::EntityId> DerivationsOf(const ledger::StateView& view,
                                                          const ledger::EntityId& made,
                                                          std::size_t count);
// Known to be made from data of the grant, at most `count`.
[[nodiscard]] std::vector<ledger::EntityId> MadeUnder(const ledger::StateView& view,
                                                      const ledger::EntityId& grant,
                                                      std::size_t count);
[[nodiscard]] bool IsMadeUnder(const BlockState& state, const ledger::EntityId& grant,
                               const ledger::EntityId& made);
// The derivation has its own version among its inputs, at whatever distance.
[[nodiscard]] bool IsCycle(BlockState& state, const Derivation& derivation);

// The version that changed an item, and the correction it was for (zero: another cause).
struct ItemChange {
  std::int64_t version = 0;
  ledger::EntityId correction;
};
// A version makes room for a newer one; that it changed the resource as a whole is kept.
void ForgetVersion(BlockState& state, const ledger::EntityId& resource, std::int64_t version);
[[nodiscard]] std::vector<ItemChange> ChangesOf(const BlockState& state,
                                                const ledger::EntityId& resource,
                                                std::string_view item);
// The version changed these items and no others; of each the last 256 changes are kept. A
// correction takes the place of the same version without one: a refresh has a cause then.
void NoteChange(BlockState& state, const ledger::EntityId& resource,
                const std::vector<std::string>& items, const ItemChange& change);

// What a holder answered to a correction, for a grant or for a derived resource of its own.
struct CorrectionAnswer {
  std::string outcome;
  ledger::TimeMs at = 0;
  std::int64_t late = 0;  // working days
  std::int64_t out_version = 0;
};
void NoteAnswer(BlockState& state, const ledger::EntityId& correction, const ledger::EntityId& held,
                const CorrectionAnswer& answer);
// Nothing when there is none since the correction was last resolved.
[[nodiscard]] std::optional<CorrectionAnswer> AnswerOf(BlockState& state,
                                                       const ledger::EntityId& correction,
                                                       const ledger::EntityId& held);

// Items of the derivation made from an item that its inputs have changed since, directly.
[[nodiscard]] std::set<std::string> ChangedItems(BlockState& state, const Derivation& derivation);
// Items made from one that the correction changed.
[[nodiscard]] std::set<std::string> ItemsReachedBy(const BlockState& state,
                                                   const Derivation& derivation,
                                                   const ledger::EntityId& correction);
// Items of the derived resource that are stale, through all levels.
[[nodiscard]] std::set<std::string> StaleItems(BlockState& state, const ledger::EntityId& resource);
// Items made from any of `items` of `input`.
[[nodiscard]] std::set<std::string> ItemsMadeFrom(const Derivation& derivation,
                                                  const ledger::EntityId& input,
                                                  const std::set<std::string>& items);
// Resources made directly from this one.
[[nodiscard]] std::vector<ledger::EntityId> MadeFrom(const ledger::StateView& view,
                                                     const ledger::EntityId& resource);

}  // namespace jiandu::contracts
