// A second model of the rows by which auditors find things: ops, late clocks, accesses by tag,
// resources whose grade was raised, kept from the log and the bodies of a walk
// (docs/audit-queries.md).
//
// Owned by the invariants of one walk. What is compared is the whole of each list, both ways.
#pragma once

#include "contracts/block_apply.h"
#include "tests/property/effect.h"

namespace jiandu::contracts::property {

class Rows {
 public:
  using Failures = std::vector<std::string>;

  // The effects of a block, in order, after it was applied; what it wrote.
  void Take(const World& world, const std::vector<Effect>& effects, const BlockOutcome& outcome,
            Failures& failures);
  // The lists as a scan finds them.
  void Check(const World& world, Failures& failures) const;

 private:
  void TakeAccess(const World& world, const Effect& effect);
  void TakeRecord(const World& world, const Effect& effect, const Json& record,
                  const EntityId* grant);
  void TakeOpened(const Effect& effect);
  void TakeLeaf(const Effect& effect);
  void TakeLate(const World& world, const BlockOutcome& outcome, Failures& failures);
  void TakeGrades(const World& world);

  // A sealed access of the provider, until it is opened.
  struct Sealed {
    Bytes row;
    ledger::TxId txid;
  };
  std::set<Bytes> ops_;
  std::set<Bytes> subjects_;  // by tag, sealed ones and digest batches
  std::set<Bytes> raised_;
  std::set<Bytes> late_;  // both rows of each
  std::map<std::pair<EntityId, std::string>, Sealed> sealed_;
};

// The rows of grades, of grants by resource and month, of elements and their sources are those a
// scan over all bodies and counters finds.
void CheckStandingRows(const World& world, Rows::Failures& failures);

}  // namespace jiandu::contracts::property
