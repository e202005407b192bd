// Replaying a walk on a fresh network gives what it gave: the writes of every block, and every
// code, flag and touch of its log (docs/contracts.md 4.21).
#include "tests/property/invariants.h"

namespace jiandu::contracts::property {

void CheckReplay(const World& world, Invariants::Failures& failures) {
  testing::TestWorld fresh = world.Fresh();
  for (const Block& block : world.Blocks()) {
    const BlockOutcome outcome = ApplyBlock(fresh.View(), block.context, block.transactions);
    const std::string where = " at height " + std::to_string(block.context.height);
    if (outcome.writes.Digest() != block.digest) {
      failures.push_back("replay differs" + where);
      return;
    }
    if (outcome.stubs != block.stubs) {
      failures.push_back("replay gives other codes, flags or touches" + where);
      return;
    }
    fresh.Apply(outcome.writes);
  }
}

}  // namespace jiandu::contracts::property
