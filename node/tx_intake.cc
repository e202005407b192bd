// From bytes to the mempool, and from blocks back to those who wait for them.
#include "node/tx_intake.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/limits.h"
#include "node/peer_types.h"
#include "node/tx_result.h"

namespace jiandu::node {
namespace {

constexpr std::uint32_t kBadGossipPoints = 20;
constexpr std::size_t kAskedMax = 20000;
constexpr std::size_t kReofferBytesMax = limits::kMiB;

gateway::Refusal MakeRefusal(Errc code, std::string detail, std::string stage) {
  return {.error = Error{code, std::move(detail)}, .stage = std::move(stage)};
}

// No place for a transaction that is in order.
gateway::Refusal NoPlace(const CheckedTx& checked, std::string detail) {
  gateway::Refusal refusal = MakeRefusal(Errc::kFull, std::move(detail), "admission");
  refusal.txid = checked.transaction->txid;
  return refusal;
}

}  // namespace

TxIntake::TxIntake(IntakeParts parts)
    : parts_(std::move(parts)),
      asked_(kAskedMax, [this] { parts_.loop->Post([this] { DrainAsked(); }); }),
      new_waiters_(limits::kHttpWaitersMax,
                   [this] { parts_.loop->Post([this] { DrainWaiters(); }); }) {
  if (parts_.punish) return;
  parts_.punish = [hub = parts_.hub](const PeerId& peer, std::uint32_t points,
                                     const std::string& why) { hub->Punish(peer, points, why); };
}

TxIntake::~TxIntake() {
  asked_.Close();
  new_waiters_.Close();
}

void TxIntake::Submit(Bytes stored, OnSubmitted done) {
  Asked asked{std::move(stored), std::move(done)};
  if (asked_.Push(std::move(asked)) != PushResult::kOk) {
    // NOLINTNEXTLINE(bugprone-use-after-move): what was not taken is untouched (node/queue.h)
    asked.done(
        std::unexpected(MakeRefusal(Errc::kFull, "too many submissions at once", "admission")));
  }
}

void TxIntake::DrainAsked() {
  std::vector<Submission> submissions;
  for (Asked& asked : asked_.Drain()) {
    answers_.emplace(next_ticket_, std::move(asked.done));
    submissions.push_back({.stored = std::make_shared<const Bytes>(std::move(asked.stored)),
                           .ticket = next_ticket_++});
  }
  if (submissions.empty()) return;
  const std::uint64_t first = submissions.front().ticket;
  if (parts_.pool->Submit(std::move(submissions)) == PushResult::kOk) return;
  for (auto it = answers_.lower_bound(first); it != answers_.end(); it = answers_.erase(it)) {
    it->second(std::unexpected(
        MakeRefusal(Errc::kFull, "the node verifies as fast as it can", "admission")));
  }
}

void TxIntake::OnTxBatch(const PeerId& peer, consensus::TxBatch batch) {
  std::vector<Submission> submissions;
  submissions.reserve(batch.transactions.size());
  for (Bytes& stored : batch.transactions) {
    submissions.push_back(
        {.stored = std::make_shared<const Bytes>(std::move(stored)), .ticket = 0, .from = peer});
  }
  // When the pool is full the peer offers them again later: nothing is lost.
  if (parts_.pool->Submit(std::move(submissions)) != PushResult::kOk) {
    parts_.log.Debug("verify pool full, gossip left to a later offer");
  }
}

void TxIntake::OnPoolResults() {
  std::vector<PooledTx> fresh;
  std::vector<ledger::EnvHash> unkept;
  bool added = false;
  std::vector<CheckedTx> results = parts_.pool->Drain();
  PunishGossip(results);
  const store::LedgerViewPtr newest = parts_.view();
  for (CheckedTx& checked : results) {
    OnSubmitted done;
    if (const auto answer = answers_.find(checked.ticket); answer != answers_.end()) {
      done = std::move(answer->second);
      answers_.erase(answer);
    }
    // A block may have taken it while it lay in the pool: nothing would take it out of here again.
    if (checked.verdict == TxVerdict::kValid && checked.height < newest->Height() &&
        contracts::IsKnownTx(*checked.transaction, *newest)) {
      checked.verdict = TxVerdict::kKnown;
      unkept.push_back(checked.transaction->env);
    }
    if (checked.verdict != TxVerdict::kValid) {
      if (done) Refuse(done, checked);
      continue;
    }
    const bool from_client = checked.ticket != 0;
    PooledTx pooled{.transaction = checked.transaction,
                    .stored = checked.stored,
                    .origin = from_client ? TxOrigin::kClient : TxOrigin::kPeer};
    switch (parts_.mempool->Add(pooled, EventLoop::SteadyMs())) {
      case Mempool::Added::kAdded:
        added = true;
        if (from_client) fresh.push_back(std::move(pooled));
        break;
      case Mempool::Added::kKnown:
        // The same payload signed anew: whoever holds the key may do so without end. What peers
        // offer is bounded by their mempools, and is offered again: that is kept as verified.
        if (from_client &&
            parts_.mempool->Find(checked.transaction->txid)->env != checked.transaction->env) {
          unkept.push_back(checked.transaction->env);
        }
        break;
      case Mempool::Added::kFull:
        if (from_client) unkept.push_back(checked.transaction->env);
        if (done) done(std::unexpected(NoPlace(checked, "the mempool is full")));
        continue;
      case Mempool::Added::kDepartmentFull:
        if (from_client) unkept.push_back(checked.transaction->env);
        if (done) {
          done(std::unexpected(
              NoPlace(checked, "this department already fills its share of the mempool")));
        }
        continue;
    }
    if (done) Answer(checked, std::move(done));
  }
  parts_.pool->Forget(unkept);  // that they hold, nobody needs to know again
  if (!fresh.empty() && !parts_.is_behind()) Gossip(fresh);
  if (added) parts_.on_work();
}

// What does not decode, is not signed as it says or is of another ledger was so when the peer took
// it, too: a correct node passes on only what it has verified. Other refusals depend on the time,
// the height and the release.
void TxIntake::PunishGossip(const std::vector<CheckedTx>& results) {
  std::set<PeerId> bad;
  for (const CheckedTx& checked : results) {
    const bool is_bad = checked.verdict == TxVerdict::kMalformed ||
                        checked.verdict == TxVerdict::kBadSignature ||
                        (checked.issue && checked.issue->code->name == "WRONG_CHAIN");
    if (is_bad && checked.from) bad.insert(*checked.from);
  }
  for (const PeerId& peer : bad) {
    parts_.punish(peer, kBadGossipPoints, "gossips transactions that do not hold");
  }
}

void TxIntake::Answer(CheckedTx& checked, OnSubmitted done) {
  gateway::TxSubmitter::Accepted accepted{.txid = checked.transaction->txid, .known = {}};
  accepted.known.status = gateway::TxStatus::kPending;
  done(std::move(accepted));
}

void TxIntake::Refuse(OnSubmitted& done, CheckedTx& checked) {
  // Sent again after it was committed (or expired since): the answer is what became of it.
  if (checked.transaction != nullptr) {
    if (auto known = FindResult(*parts_.view(), checked.transaction->txid)) {
      done(gateway::TxSubmitter::Accepted{.txid = checked.transaction->txid,
                                          .known = std::move(*known)});
      return;
    }
  }
  gateway::Refusal refusal = MakeRefusal(Errc::kInvalid, checked.detail, "admission");
  if (checked.transaction != nullptr) refusal.txid = checked.transaction->txid;
  switch (checked.verdict) {
    case TxVerdict::kMalformed:
      refusal.stage = "parse";
      refusal.code = ledger::FindCode("MALFORMED");
      break;
    case TxVerdict::kBadSignature:
      refusal.error.code = Errc::kUnauthenticated;
      refusal.stage = "auth";
      refusal.code = ledger::FindCode("BAD_SIGNATURE");
      break;
    case TxVerdict::kRefused:
      if (checked.issue) {
        refusal.code = checked.issue->code;
        refusal.pointer = checked.issue->pointer;
        refusal.error.detail = checked.issue->detail;
        if (checked.issue->code->name == "UNKNOWN_KEY") {
          refusal.error.code = Errc::kUnauthenticated;
          refusal.stage = "auth";
        }
      }
      break;
    case TxVerdict::kKnown:
      refusal.error.code = Errc::kDuplicate;
      refusal.code = ledger::FindCode("NONCE_REUSED");
      break;
    case TxVerdict::kSkipped: refusal.error.code = Errc::kUnavailable; break;
    case TxVerdict::kValid: refusal.error.code = Errc::kInternal; break;
  }
  done(std::unexpected(std::move(refusal)));
}

void TxIntake::Gossip(const std::vector<PooledTx>& transactions) {
  consensus::TxBatch batch;
  std::size_t bytes = 0;
  const auto flush = [&] {
    if (batch.transactions.empty()) return;
    (void)parts_.hub->Broadcast(Prepare(std::move(batch)));
    batch = {};
    bytes = 0;
  };
  for (const PooledTx& one : transactions) {
    if (!consensus::FitsTxBatch(batch.transactions.size(), bytes, one.stored->size())) flush();
    bytes += one.stored->size();
    batch.transactions.push_back(*one.stored);
  }
  flush();
}

void TxIntake::Wait(const ledger::TxId& txid, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
                    OnResult done) {
  NewWaiter waiter{.txid = txid,
                   .waiter = {.deadline_ms = EventLoop::SteadyMs() + wait_ms,
                              .cancelled = std::move(cancelled),
                              .done = std::move(done)}};
  if (new_waiters_.Push(std::move(waiter)) != PushResult::kOk) {
    // NOLINTNEXTLINE(bugprone-use-after-move): as in Submit
    waiter.waiter.done({.status = gateway::TxStatus::kPending});
  }
}

gateway::TxStatus TxIntake::StatusOf(const ledger::TxId& txid) const {
  return parts_.mempool->Contains(txid) ? gateway::TxStatus::kPending : gateway::TxStatus::kUnknown;
}

void TxIntake::DrainWaiters() {
  for (NewWaiter& fresh : new_waiters_.Drain()) {
    // It may have been decided on the way here.
    if (auto known = FindResult(*parts_.view(), fresh.txid)) {
      if (!fresh.waiter.cancelled.expired()) fresh.waiter.done(std::move(*known));
    } else if (waiter_count_ >= limits::kHttpWaitersMax ||
               fresh.waiter.deadline_ms <= EventLoop::SteadyMs()) {
      fresh.waiter.done({.status = StatusOf(fresh.txid)});
    } else {
      ++waiter_count_;
      waiters_[fresh.txid].push_back(std::move(fresh.waiter));
    }
  }
}

void TxIntake::OnApplied(const AppliedBlock& applied) {
  std::vector<ledger::EnvHash> envs;
  ledger::LogIndex index = applied.overlay->row.FirstIndex();
  for (const auto& transaction : applied.block->transactions) {
    envs.push_back(transaction->env);
    const ledger::LogIndex at = index++;
    const auto found = waiters_.find(transaction->txid);
    if (found == waiters_.end()) continue;
    auto result = ResultAt(*applied.view, at);
    for (Waiter& waiter : found->second) {
      if (result && !waiter.cancelled.expired()) waiter.done(*result);
    }
    waiter_count_ -= found->second.size();
    waiters_.erase(found);
  }
  parts_.pool->Forget(envs);
}

void TxIntake::Tick() {
  const std::int64_t now = EventLoop::SteadyMs();
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    auto& list = it->second;
    const auto late = std::ranges::partition(list, [&](const Waiter& waiter) {
                        return waiter.deadline_ms > now && !waiter.cancelled.expired();
                      }).begin();
    for (auto waiter = late; waiter != list.end(); ++waiter) {
      if (!waiter->cancelled.expired()) waiter->done({.status = StatusOf(it->first)});
    }
    waiter_count_ -= static_cast<std::size_t>(list.end() - late);
    list.erase(late, list.end());
    it = list.empty() ? waiters_.erase(it) : std::next(it);
  }
  if (parts_.is_behind()) return;
  const auto reoffers = parts_.mempool->TakeReoffers(now, kReofferBytesMax);
  if (!reoffers.empty()) Gossip(reoffers);
}

void TxIntake::AddFills(Fills& fills) const {
  fills.push_back({.name = "submissions", .now = asked_.Size(), .most = kAskedMax});
  fills.push_back({.name = "answers owed",
                   .now = answers_.size(),
                   .most = VerifyPoolOptions().outstanding_max});
  fills.push_back(
      {.name = "new waiters", .now = new_waiters_.Size(), .most = limits::kHttpWaitersMax});
  fills.push_back({.name = "waiters", .now = waiter_count_, .most = limits::kHttpWaitersMax});
}

}  // namespace jiandu::node
