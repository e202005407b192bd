// Threads that decode transactions and verify their signatures, each envelope once per node.
//
// Serves the mempool (Submit, results as vectors in a Channel), the block check (CheckBlock, before
// all of these) and, before both, whatever else the loop hands over (Run). Successes are remembered
// by SHA-256 of the exact stored bytes (env), never by txid, which does not cover signatures; with
// them the decoded transaction, so that a block's transactions that came through the mempool are
// neither decoded nor verified again. Keys are parsed once. Submit, CheckBlock, Run, Publish and
// Forget may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "contracts/admission.h"
#include "ledger/model/state_view.h"
#include "ledger/model/transaction.h"
#include "node/mempool.h"
#include "node/peer_types.h"
#include "node/queue.h"

namespace jiandu::node {

// What transactions are judged against: the state at the end of `height`. Immutable, published.
struct VerifyContext {
  std::string chain;
  ledger::Height height = 0;
  // For `exp`: of the proposal under check. Of the last block for submissions, which are judged by
  // the clock when that is later: an idle network makes no blocks, and time goes on.
  ledger::TimeMs block_time = 0;
  std::shared_ptr<const ledger::StateView> view;
};
using VerifyContextPtr = std::shared_ptr<const VerifyContext>;

enum class TxVerdict : std::uint8_t {
  kValid,      // form, keys and signatures hold
  kMalformed,  // does not decode
  kRefused,    // CheckForm or FindSignerKeys: see `issue`
  kBadSignature,
  kKnown,    // already committed (IsKnownTx against the context's view)
  kSkipped,  // another transaction of the block failed first, or the pool is stopping
};
struct CheckedTx {
  TxVerdict verdict = TxVerdict::kSkipped;
  TransactionPtr transaction;  // null when malformed or skipped
  StoredPtr stored;            // the submitted bytes; null in block checks
  std::optional<contracts::AdmissionIssue> issue;
  std::string detail;          // for the log and the caller
  std::uint64_t ticket = 0;    // of the submission
  std::optional<PeerId> from;  // of the submission
  ledger::Height height = 0;   // of the state it was judged against
};

struct Submission {
  StoredPtr stored;
  std::uint64_t ticket = 0;         // the submitter's own number, given back
  std::optional<PeerId> from = {};  // the peer that gossiped it, given back
};

// The form of a transaction; contracts::CheckForm outside tests.
using FormCheck = std::function<std::optional<contracts::AdmissionIssue>(
    const ledger::Transaction&, std::string_view chain, ledger::TimeMs block_time)>;

struct VerifyPoolOptions {
  std::size_t threads = 0;              // 0: one per core
  std::size_t outstanding_max = 20000;  // submissions not yet drained; more is kFull
  std::size_t outstanding_bytes_max = 64U << 20U;
  std::size_t cache_count_max = 60000;
  std::size_t cache_bytes_max = 64U << 20U;  // of what they count for (node/tx_charge.h)
  FormCheck check_form;                      // empty: contracts::CheckForm
  std::function<ledger::TimeMs()> clock;     // for submissions; empty: the machine's
};

class VerifyPool {
 public:
  // `wake` is called when results turn up in an empty channel (post the loop a drain).
  VerifyPool(VerifyPoolOptions options, VerifyContextPtr context, std::function<void()> wake);
  ~VerifyPool();  // stops: checks under way end as kSkipped
  VerifyPool(const VerifyPool&) = delete;
  VerifyPool& operator=(const VerifyPool&) = delete;

  // After each block: the context of submissions from now on.
  void Publish(VerifyContextPtr context);

  // For the mempool. All or nothing; left empty when kOk. Duplicates by txid in the ledger are
  // found here (kKnown); those in the mempool are the mempool's to find.
  [[nodiscard]] PushResult Submit(std::vector<Submission>&& submissions);
  // What is done, at most outstanding_max. Only results drained make room for submissions.
  [[nodiscard]] std::vector<CheckedTx> Drain();

  // Every transaction of a proposed block against `context`, whose block_time is the proposal's.
  // Stops at the first that is not kValid. `done` comes once, on a pool thread, with one result per
  // transaction in order; `valid` says whether all are. Nobody looks for the txids in the ledger
  // after this. Doubles within the block are the caller's to find. kFull when too many blocks are
  // being checked.
  struct BlockVerdict {
    bool valid = false;
    std::vector<CheckedTx> transactions;
  };
  using OnBlock = std::move_only_function<void(BlockVerdict)>;
  [[nodiscard]] PushResult CheckBlock(std::shared_ptr<const std::vector<Bytes>> transactions,
                                      VerifyContextPtr context, OnBlock done);

  // Something else that needs no state, on one of the threads, before all that waits. Left
  // as it is unless kOk; a pool that stops drops what it has not begun. kFull: more than a few.
  using Job = std::move_only_function<void()>;
  [[nodiscard]] PushResult Run(Job&& job);

  // Committed or dropped: their cached results may go.
  void Forget(std::span<const ledger::EnvHash> envs);

  struct Counts {
    std::uint64_t verified = 0;    // signature checks done
    std::uint64_t cache_hits = 0;  // envelopes answered from the cache
    std::uint64_t keys_parsed = 0;
    std::size_t outstanding = 0;
    std::size_t cached = 0;
  };
  [[nodiscard]] Counts Count() const;
  // Ends the threads; Submit and CheckBlock answer kClosed from now on.
  void Stop();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
