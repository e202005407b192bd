// The thread that knows the state: builds blocks, judges proposals, executes, publishes views.
//
// Runs a block speculatively as soon as it is valid, while votes travel; on the decision that
// overlay is kept and the others are dropped. Requests may come from any thread; answers come on
// the executor's thread and must only post. Owns the views; what it publishes is immutable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/store/ledger_view.h"
#include "node/block_data.h"
#include "node/chain_tip.h"
#include "node/fill.h"
#include "node/mempool.h"

namespace jiandu::node {

class Writer;
class ViewBoard;

struct BuildRequest {
  consensus::Height height = 0;
  consensus::Round round = 0;
  consensus::Address proposer;
  std::int64_t now_ms = 0;  // wall clock of the loop
  std::vector<PooledTx> candidates;
};
struct BuiltBlock {
  consensus::Height height = 0;
  consensus::Round round = 0;
  BlockPtr block;                   // null: the clock is too far behind the last block
  std::vector<ledger::TxId> unfit;  // to be removed from the mempool
};
struct CheckedBlock {
  consensus::Height height = 0;
  consensus::BlockId id;
  std::string why_not;  // empty: valid
};
// A decided block is executed.
struct AppliedBlock {
  ChainTip tip;  // of the block
  BlockPtr block;
  std::shared_ptr<const store::LedgerView> view;  // state at its end
  std::shared_ptr<const store::BlockOverlay> overlay;
  bool app_hash_changed = false;
};

struct ExecutorEvents {
  std::function<void(BuiltBlock)> on_built;
  std::function<void(CheckedBlock)> on_checked;
  std::function<void(AppliedBlock)> on_applied;
  std::function<void(Error)> on_failed;  // disk, or our state differs from the network's
};

class Executor {
 public:
  // `tip` and `view` as recovered; `last_set` voted on the tip's height (null at genesis).
  Executor(ChainTip tip, consensus::ValidatorSetPtr last_set,
           std::shared_ptr<const store::LedgerView> view, Writer& writer, ViewBoard& board,
           ExecutorEvents events);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  void Build(BuildRequest request);
  // `transactions` are those of the block, decoded and verified.
  void Check(BlockPtr block);
  void Speculate(BlockPtr block);
  void Decide(BlockPtr block, consensus::Commit commit);
  // The writer has persisted up to this snapshot: views are built on it from now on.
  void Rebase(std::shared_ptr<const store::KvReader> written);
  void Stop();
  [[nodiscard]] Fill HowFull() const;  // of its jobs; any thread

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
