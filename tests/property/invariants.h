// What must hold after every block and at the end of a walk, whatever was drawn.
//
// Each check is written from the tables of docs/contracts.md and from the log of the walk, not from
// the contracts' own functions. Failures are words; the test prints them with seed and step.
#pragma once

#include "tests/property/approvals.h"
#include "tests/property/walk.h"

namespace jiandu::contracts::property {

class Invariants {
 public:
  using Failures = std::vector<std::string>;

  // After the block `step` of the world.
  void AfterBlock(World& world, const Walk::Step& step, Failures& failures);

 private:
  void CollectEffects(World& world, const Walk::Step& step);
  void CheckCodes(const Walk::Step& step, Failures& failures) const;
  void CheckTouches(const Walk::Step& step, Failures& failures);
  void CheckBodies(World& world, const Walk::Step& step, Failures& failures);
  void CheckSigners(World& world, Failures& failures) const;
  void CheckKeys(World& world, const Walk::Step& step, Failures& failures) const;
  void CountAccesses(World& world, Failures& failures);

  std::vector<Effect> effects_;                // of the last block, in order
  std::set<EntityId> taken_;                   // pending objects that took effect
  std::map<EntityId, ledger::LogIndex> born_;  // with the place of the birth
  std::map<EntityId, std::uint64_t> histories_;
  // Uses counted by day, of grants whose cap never changed.
  std::map<std::pair<EntityId, std::int32_t>, std::uint64_t> uses_;
  std::set<EntityId> changed_caps_;
  Approvals approvals_;
};

// The same block without what was refused writes the same, but for what refusals leave: stubs and
// their counts. `before` is the state the block began with.
void CheckRefusalsLeaveNothing(const testing::MemoryView& before, const BlockContext& context,
                               const Walk::Step& step, Invariants::Failures& failures);
// Replays all blocks on a fresh network: the same writes, block by block.
void CheckReplay(const World& world, Invariants::Failures& failures);
// The rows of running clocks are those a scan over all bodies finds.
void CheckClockIndex(const World& world, Invariants::Failures& failures);
// No derived item is clean while its source was corrected and its owner has not answered.
void CheckLineage(const World& world, Invariants::Failures& failures);
// A status moves only along the tables of docs/contracts.md 4.1 to 4.16.
[[nodiscard]] bool MayMove(EntityKind kind, std::uint32_t from, std::uint32_t to);
// A case in that status owes nothing any more.
[[nodiscard]] bool IsFinal(EntityKind kind, std::uint32_t status);
[[nodiscard]] std::string NameOf(EntityKind kind, std::uint32_t status);

}  // namespace jiandu::contracts::property
