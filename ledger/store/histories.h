// The histories of entities, each an RFC 6962 tree over the events that touch the entity.
//
// The entity's leaf binds size and root, so who knows the state root can tell whether all events of
// an entity lie before him. Rows: H, event to log index; Q, the peaks of the tree (keyspace.h).
// Used by one thread, for one block.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "crypto/merkle.h"
#include "ledger/model/stub.h"
#include "ledger/model/write_set.h"

namespace jiandu::store {

// Value of a row Q: u64be events, then the peaks.
[[nodiscard]] Bytes PeaksRow(const crypto::MerkleFrontier& frontier);

class HistoryGrowth {
 public:
  explicit HistoryGrowth(const ledger::StateView& below) : below_(&below) {}

  // The entry at `index` touches the entity, as its event `seq`. Events come in log order.
  // kInternal: a gap; kCorrupt: the peaks below do not fit.
  [[nodiscard]] Result<void> Add(const ledger::Touch& touched, ledger::LogIndex index,
                                 const Hash256& entry_hash);
  // Sets the root in the leaf that was written of each entity touched. kInternal: no leaf was
  // written, or it counts other events.
  [[nodiscard]] Result<void> Bind(ledger::WriteSet& writes) const;
  // Key and value of every row that changed.
  [[nodiscard]] std::vector<std::pair<Bytes, Bytes>> Rows() const;

 private:
  struct Tree {
    crypto::MerkleFrontier frontier;
    ledger::LogIndex last = 0;
  };
  const ledger::StateView* below_;
  std::map<ledger::EntityId, Tree> trees_;
  std::vector<std::pair<Bytes, Bytes>> events_;
};

}  // namespace jiandu::store
