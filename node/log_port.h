// The log of this node as C2SP serves it: tiles from the newest view, checkpoints from their board.
//
// Only what is certified is served: sizes of the log up to that of the height before the newest
// view's, since the newest header certifies that one. A partial tile is there when a block ended
// with a size that has it: any of these may have had a checkpoint at some node. Any thread.
#pragma once

#include <string>

#include "gateway/log_reader.h"
#include "node/checkpoint_board.h"
#include "node/view_board.h"

namespace jiandu::node {

class LogPort final : public gateway::LogReader {
 public:
  LogPort(const ViewBoard& views, const CheckpointBoard& checkpoints)
      : views_(views), checkpoints_(checkpoints) {}
  [[nodiscard]] std::optional<Published> Newest() const override;
  [[nodiscard]] Result<Bytes> HashTile(std::uint32_t level,
                                       const ledger::TileAt& tile) const override;
  [[nodiscard]] Result<Bytes> EntryBundle(const ledger::TileAt& tile) const override;
  [[nodiscard]] Result<std::string> Proof(ledger::LogIndex index) const override;
  [[nodiscard]] Result<std::string> Policy() const override;

 private:
  const ViewBoard& views_;
  const CheckpointBoard& checkpoints_;
};

}  // namespace jiandu::node
