// What must hold after every block and at the end of a walk, whatever was drawn.
//
// Each check is written from the tables of docs/contracts.md and from the log of the walk, not from
// the contracts' own functions. Failures are words; the test prints them with seed and step.
#pragma once

#include "tests/property/approvals.h"
#include "tests/property/events.h"
#include "tests/property/quota.h"
#include "tests/property/rows.h"
#include "tests/property/walk.h"

namespace jiandu::contracts::property {

// Which departments were told that they may list an entity.
class OwnLists {
 public:
  void Take(const BlockOutcome& outcome);
  void Check(const World& world, std::vector<std::string>& failures) const;

 private:
  std::map<EntityId, std::set<DepartmentId>> listed_;
};

class Invariants {
 public:
  using Failures = std::vector<std::string>;

  // After the block `step` of the world.
  void AfterBlock(World& world, const Walk::Step& step, Failures& failures);
  // After the last block.
  void AtEnd(const World& world, Failures& failures) const;
  [[nodiscard]] QuotaSeen Quotas() const { return quota_.Seen(); }
  // Derivations recorded that claim less than their sources, permitted or not.
  [[nodiscard]] std::size_t Looser() const { return looser_; }

 private:
  void CollectEffects(World& world, const Walk::Step& step);
  [[nodiscard]] bool TakeWaiting(const World& world, Effect& effect, bool is_last);
  void CheckCodes(const Walk::Step& step, Failures& failures) const;
  void CheckTouches(const Walk::Step& step, Failures& failures);
  void CheckBodies(World& world, const Walk::Step& step, Failures& failures);
  void CheckSigners(World& world, Failures& failures) const;
  void CheckKeys(World& world, const Walk::Step& step, Failures& failures) const;

  std::vector<Effect> effects_;                // of the last block, in order
  std::set<EntityId> taken_;                   // pending objects and proposals in effect
  std::map<EntityId, ledger::LogIndex> born_;  // with the place of the birth
  std::map<EntityId, std::uint64_t> histories_;
  Approvals approvals_;
  Quota quota_;
  Rows rows_;
  Events events_;
  OwnLists lists_;
  std::size_t looser_ = 0;
};

// The same block without what was refused writes the same, but for what refusals leave: stubs and
// their counts. `before` is the state the block began with.
void CheckRefusalsLeaveNothing(const testing::MemoryView& before, const BlockContext& context,
                               const Walk::Step& step, Invariants::Failures& failures);
// Replays all blocks on a fresh network: the same writes, codes, flags and touches.
void CheckReplay(const World& world, Invariants::Failures& failures);
// The rows of running clocks are those a scan over all bodies finds.
void CheckClockIndex(const World& world, Invariants::Failures& failures);
// No derived item is clean while its source was corrected and its owner has not answered.
void CheckLineage(const World& world, Invariants::Failures& failures);
// Derivations that claim less than their sources are flagged, unless permitted; how many there
// were.
[[nodiscard]] std::size_t CheckLevels(const World& world, const std::vector<Effect>& effects,
                                      Invariants::Failures& failures);
// A status moves only along the tables of docs/contracts.md 4.1 to 4.16.
[[nodiscard]] bool MayMove(EntityKind kind, std::uint32_t from, std::uint32_t to);
// A case in that status owes nothing any more.
[[nodiscard]] bool IsFinal(EntityKind kind, std::uint32_t status);
[[nodiscard]] std::string NameOf(EntityKind kind, std::uint32_t status);

}  // namespace jiandu::contracts::property
