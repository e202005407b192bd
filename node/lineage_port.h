// The lineage index as the gateway asks for it (gateway/lineage_port.h).
//
// Any gateway thread; one walk at a time. The nodes of the last whole closure are kept, so that the
// pages of one question walk once.
#pragma once

#include <optional>
#include <tuple>

#include "gateway/lineage_port.h"
#include "ledger/store/lineage_walk.h"
#include "node/lineage_keeper.h"
#include "node/view_board.h"

namespace jiandu::node {

class LineagePort final : public gateway::LineageReader {
 public:
  LineagePort(LineageKeeper& keeper, ViewBoard& board) : keeper_(keeper), board_(board) {}

  [[nodiscard]] Result<Moment> Newest(ledger::Height wanted, std::int64_t wait_ms) override;
  [[nodiscard]] Result<Moment> AtHeight(ledger::Height height) override;
  [[nodiscard]] Result<Moment> AtTime(ledger::TimeMs time) override;
  [[nodiscard]] Result<Found> Walk(const Question& question) override;

 private:
  using ClosureKey = std::tuple<store::LineageNode, Direction, std::size_t, std::uint64_t, bool>;

  [[nodiscard]] Result<void> WalkIn(const LineageKeeper::Reading& reading, const Question& question,
                                    Found& found);

  LineageKeeper& keeper_;
  ViewBoard& board_;
  // Read and written inside LineageKeeper::Read alone, which lets one walk in at a time.
  std::optional<ClosureKey> kept_key_;
  store::LineageClosure kept_;
};

}  // namespace jiandu::node
