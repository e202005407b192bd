// Which stored transactions the lineage index cannot be made without (docs/lineage.md).
//
// Walks the log as the keeper does (lineage_keeper.h), remembers which edges hold, and tells of
// each event whether its payload is looked at: a snapshot carries those. One thread; holds 50 bytes
// an edge.
#pragma once

#include <functional>
#include <set>
#include <utility>

#include "ledger/model/stub.h"
#include "ledger/store/ledger_view.h"

namespace jiandu::node {

class LineagePayloads {
 public:
  // Stored bytes of a transaction, by height and position in the block.
  using ReadStored = std::function<Result<Bytes>(ledger::Height, std::uint64_t)>;
  LineagePayloads(store::LedgerViewPtr view, ReadStored read)
      : view_(std::move(view)), read_(std::move(read)) {}

  // Of every event of the log in turn.
  [[nodiscard]] Result<bool> Wants(std::uint64_t position, const ledger::Stub& stub);

 private:
  using Edge = std::pair<ledger::EntityId, ledger::EntityId>;

  store::LedgerViewPtr view_;
  ReadStored read_;
  std::set<Edge> open_;
};

}  // namespace jiandu::node
