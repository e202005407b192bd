#include "node/executor.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <variant>

#include "base/limits.h"
#include "contracts/admission.h"
#include "contracts/rejections.h"
#include "ledger/store/tree_cache.h"
#include "node/block_rules.h"
#include "node/digest_hash.h"
#include "node/execution.h"
#include "node/job_thread.h"
#include "node/speculative_runs.h"
#include "node/view_board.h"
#include "node/writer.h"

namespace jiandu::node {
namespace {

// A proposer whose clock is behind the last block waits at most this long for it
// (docs/consensus.md (Time)).
constexpr std::int64_t kClockWaitMsMax = 2000;

struct CheckJob {
  BlockPtr block;
};
struct SpeculateJob {
  BlockPtr block;
};
struct DecideJob {
  BlockPtr block;
  consensus::Commit commit;
};
struct RebaseJob {
  std::shared_ptr<const store::KvReader> written;
};
using Job = std::variant<BuildRequest, CheckJob, SpeculateJob, DecideJob, RebaseJob>;

}  // namespace

class Executor::State {
 public:
  State(ChainTip tip, consensus::ValidatorSetPtr last_set, store::LedgerViewPtr view,
        Writer& writer, ViewBoard& board, ExecutorEvents events)
      : tip_(std::move(tip)),
        last_set_(std::move(last_set)),
        view_(std::move(view)),
        writer_(writer),
        board_(board),
        events_(std::move(events)),
        thread_(
            "executor",
            [this](Job& job) { return std::visit([this](auto& one) { return Do(one); }, job); },
            events_.on_failed) {}

  void Push(Job job) { thread_.Push(std::move(job)); }
  void Stop() { thread_.Stop(); }
  [[nodiscard]] Fill HowFull() const { return thread_.HowFull(); }

 private:
  using RejectionLimits = contracts::RejectionLimits;

  static bool IsInTime(const ledger::Transaction& transaction, std::int64_t time_ms,
                       RejectionLimits& limits) {
    return transaction.payload.exp > time_ms && !limits.ShutsOut(transaction);
  }
  // Whether a candidate, verified a while ago, may stand in the next block.
  bool IsFit(const ledger::Transaction& transaction, std::int64_t time_ms,
             RejectionLimits& limits) const {
    return IsInTime(transaction, time_ms, limits) && !contracts::IsKnownTx(transaction, *view_);
  }

  Result<void> Do(BuildRequest& request) {
    if (request.height != tip_.height + 1) return {};
    BuiltBlock built{
        .height = request.height, .round = request.round, .block = nullptr, .unfit = {}};
    const std::int64_t time_ms = std::max(request.now_ms, tip_.time_ms + 1);
    if (time_ms - request.now_ms <= kClockWaitMsMax) {
      built.block = MakeData(request, time_ms, built.unfit);
    }
    events_.on_built(std::move(built));
    return view_->Health();
  }

  BlockPtr MakeData(BuildRequest& request, std::int64_t time_ms, std::vector<ledger::TxId>& unfit) {
    RejectionLimits limits(*view_, tip_.height, time_ms);
    auto data = std::make_shared<BlockData>();
    std::vector<Bytes> stored;
    stored.reserve(request.candidates.size());
    for (PooledTx& candidate : request.candidates) {
      if (!IsFit(*candidate.transaction, time_ms, limits)) {
        unfit.push_back(candidate.transaction->txid);
        continue;
      }
      stored.push_back(*candidate.stored);
      data->transactions.push_back(std::move(candidate.transaction));
    }
    data->block = MakeBlock(tip_, request.proposer, time_ms, std::move(stored));
    data->bytes = std::make_shared<const Bytes>(data->block.Encode());
    data->id = consensus::MakeBlockId(data->block.header.Hash(), *data->bytes);
    return data;
  }

  Result<void> Do(CheckJob& job) {
    const consensus::Height height = job.block->block.header.height;
    if (height != tip_.height + 1) return {};
    events_.on_checked({.height = height, .id = job.block->id, .why_not = WhyNot(*job.block)});
    return view_->Health();
  }

  // Form, keys, signatures and the ledger's txids were judged by the verify pool, on many threads
  // and against this same state, that of tip_.height; here the header, doubles within the block,
  // and again what costs nothing.
  std::string WhyNot(const BlockData& block) {
    if (auto header = CheckHeader(tip_, block.block, last_set_.get()); !header) {
      return header.error().detail;
    }
    DigestSet txids;
    txids.reserve(block.transactions.size());
    const std::int64_t time_ms = block.block.header.time.Ms();
    RejectionLimits limits(*view_, tip_.height, time_ms);
    for (const auto& transaction : block.transactions) {
      if (!txids.insert(transaction->txid).second) return "a transaction stands twice in the block";
      if (!IsInTime(*transaction, time_ms, limits))
        return "a transaction is expired or over the day's limit";
    }
    return {};
  }

  Result<store::OverlayPtr> OverlayOf(const BlockData& block) {
    if (auto found = runs_.Find(block.id)) return found;
    return ExecuteBlock(tip_, *view_, block, &tree_cache_);
  }

  Result<void> Do(SpeculateJob& job) {
    if (job.block->block.header.height != tip_.height + 1) return {};
    if (runs_.Find(job.block->id) != nullptr) return {};
    // The core asks whether a block is valid once a height. One that was dropped with its round and
    // came again is taken as valid at once, and its transactions are not decoded yet.
    const auto block = WithTransactions(std::move(job.block));
    // Nobody has decided it: what cannot be decoded or run is told when it is decided.
    if (!block) return {};
    runs_.MakeRoom();
    auto overlay = ExecuteBlock(tip_, *view_, **block, &tree_cache_);
    if (overlay) runs_.Add((*block)->id, std::move(*overlay));
    return view_->Health();
  }

  Result<void> Do(DecideJob& job) {
    JD_TRY(BlockPtr block, WithTransactions(std::move(job.block)));
    // A block decided without our check (catch-up) must fit our own state; if it does not, either
    // the network or this node has a different history, and a person must look.
    if (auto header = CheckHeader(tip_, block->block, last_set_.get()); !header) {
      return FailWith(header.error(), "decided block " +
                                          std::to_string(block->block.header.height) +
                                          " does not fit the state of this node");
    }
    JD_TRY(store::OverlayPtr overlay, OverlayOf(*block));
    const bool changed = overlay->AppHash() != tip_.app_hash;
    view_ = view_->With(overlay);
    JD_TRY(ChainTip next, NextTip(tip_, *block, *overlay, *view_, std::move(job.commit)));
    last_set_ = tip_.set;
    tip_ = std::move(next);
    runs_.Clear();
    writer_.Enqueue(overlay, tip_.commit.Encode());
    // Of its own: the transactions decoded take four times as much, and nobody reads them any more.
    newest_.push_back(std::make_shared<const consensus::Block>(block->block));
    if (newest_.size() > kNewestBlocks) newest_.pop_front();
    board_.Publish(
        {.view = view_, .commit = tip_.commit, .newest = {newest_.begin(), newest_.end()}});
    events_.on_applied({.tip = tip_,
                        .block = std::move(block),
                        .view = view_,
                        .overlay = std::move(overlay),
                        .app_hash_changed = changed});
    return {};
  }

  Result<void> Do(RebaseJob& job) {
    auto rebased = view_->Rebased(job.written);
    if (!rebased) return std::unexpected(rebased.error());
    view_ = std::move(*rebased);
    return {};
  }

  ChainTip tip_;
  consensus::ValidatorSetPtr last_set_;
  store::LedgerViewPtr view_;
  std::deque<std::shared_ptr<const consensus::Block>> newest_;  // oldest first
  Writer& writer_;
  ViewBoard& board_;
  ExecutorEvents events_;
  SpeculativeRuns runs_;
  store::TreeCache tree_cache_;
  JobThread<Job> thread_;  // last: it uses all of the above
};

Executor::Executor(ChainTip tip, consensus::ValidatorSetPtr last_set,
                   std::shared_ptr<const store::LedgerView> view, Writer& writer, ViewBoard& board,
                   ExecutorEvents events)
    : state_(std::make_unique<State>(std::move(tip), std::move(last_set), std::move(view), writer,
                                     board, std::move(events))) {}
Executor::~Executor() = default;
void Executor::Build(BuildRequest request) { state_->Push(std::move(request)); }
void Executor::Check(BlockPtr block) { state_->Push(CheckJob{std::move(block)}); }
void Executor::Speculate(BlockPtr block) { state_->Push(SpeculateJob{std::move(block)}); }
void Executor::Decide(BlockPtr block, consensus::Commit commit) {
  state_->Push(DecideJob{std::move(block), std::move(commit)});
}
void Executor::Rebase(std::shared_ptr<const store::KvReader> written) {
  state_->Push(RebaseJob{std::move(written)});
}
void Executor::Stop() { state_->Stop(); }
Fill Executor::HowFull() const { return state_->HowFull(); }

}  // namespace jiandu::node
