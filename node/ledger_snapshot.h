// A posted view as the gateway reads it: log, histories, blocks from the segments, receipts.
//
// Immutable; any thread. A receipt hangs on header H+1 and its commit, so it is there one block
// after the transaction.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "consensus/types.h"
#include "gateway/ports.h"
#include "ledger/store/segments.h"
#include "node/view_board.h"

namespace jiandu::node {

// What every snapshot of a node shares; outlives them all.
struct SnapshotSources {
  const store::Segments* segments = nullptr;
  std::map<consensus::Address, std::string> departments;  // of validators, for BlockView::proposer
};

// Two lists in order of birth as one. Each has all there is, or at least `limit` of it and the last
// birth whole; so has the result.
[[nodiscard]] std::vector<gateway::LedgerSnapshot::Listed> MergeLists(
    const std::vector<gateway::LedgerSnapshot::Listed>& first,
    const std::vector<gateway::LedgerSnapshot::Listed>& second, std::size_t limit);

[[nodiscard]] std::shared_ptr<const gateway::LedgerSnapshot> MakeSnapshot(
    PostedViewPtr posted, std::shared_ptr<const SnapshotSources> sources);

}  // namespace jiandu::node
