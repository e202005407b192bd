// What proposals of the height that is not decided yet would do to the state.
//
// While there is no quorum each round proposes another full block, whose run takes some 10 MB: of
// one height only the newest are kept, and a block whose run is gone is run again once it is
// decided. Executor's thread only.
#pragma once

#include <cstddef>
#include <deque>

#include "consensus/types.h"
#include "ledger/store/overlay.h"

namespace jiandu::node {

class SpeculativeRuns {
 public:
  static constexpr std::size_t kRunsMax = 2;

  // Null when it is not kept. The one found is the newest from here on: what is proposed again is
  // likely to be decided.
  [[nodiscard]] store::OverlayPtr Find(const consensus::BlockId& id);
  // Before the block is run, so that there are never more than kRunsMax in memory.
  void MakeRoom();
  // After MakeRoom, what Find did not find.
  void Add(const consensus::BlockId& id, store::OverlayPtr overlay);
  void Clear() { runs_.clear(); }

 private:
  struct Run {
    consensus::BlockId id;
    store::OverlayPtr overlay;
  };
  std::deque<Run> runs_;  // oldest first
};

}  // namespace jiandu::node
