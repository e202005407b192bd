// The pool's threads: which chunk of work is next, and what is done to one transaction.
#include "node/verify_pool.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "contracts/rejections.h"
#include "crypto/hash.h"
#include "node/event_loop.h"
#include "node/thread.h"
#include "node/verify_cache.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kJobMax = 64;
constexpr std::size_t kBlocksMax = 16;
constexpr std::size_t kOtherJobsMax = 16;
using contracts::RejectionLimits;

constexpr std::string_view kRejectionLimit = "REJECTION_LIMIT";

std::size_t ThreadCount(std::size_t wanted) {
  if (wanted > 0) return wanted;
  return std::max(1U, std::thread::hardware_concurrency());
}

// As many as keep every thread busy, at most a job.
std::size_t ChunkOf(std::size_t items, std::size_t threads) {
  return std::clamp<std::size_t>((items + threads - 1) / threads, 1, kJobMax);
}

}  // namespace

class VerifyPool::State {
 public:
  // One block under check. Chunks are handed out under the pool's lock; results lie apart.
  struct BlockJob {
    std::shared_ptr<const std::vector<Bytes>> transactions;  // as received, immutable
    VerifyContextPtr context;
    OnBlock done;
    std::vector<CheckedTx> results;
    std::size_t chunk = kJobMax;
    std::size_t next = 0;                    // first transaction not handed out
    std::atomic<std::size_t> remaining = 0;  // chunks not finished
    std::atomic<bool> failed = false;

    void Finish() { done(BlockVerdict{.valid = !failed, .transactions = std::move(results)}); }
  };
  using BlockJobPtr = std::shared_ptr<BlockJob>;  // shared by the threads that work on it
  struct Chunk {
    Job job;
    BlockJobPtr block;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<Submission> submissions;
    VerifyContextPtr context;
  };

  State(VerifyPoolOptions opts, VerifyContextPtr first, std::function<void()> wake)
      : options(std::move(opts)),
        threads_wanted(ThreadCount(options.threads)),
        cache(options.cache_count_max, options.cache_bytes_max),
        results(options.outstanding_max, std::move(wake)),
        context(std::move(first)) {
    if (!options.check_form) options.check_form = contracts::CheckForm;
    if (!options.clock) options.clock = EventLoop::WallMs;
  }

  void Work();
  [[nodiscard]] bool TakeChunk(Chunk& chunk);  // waits; false when stopping
  [[nodiscard]] bool HasWork() const JD_REQUIRES(mutex) {
    return !jobs.empty() || !blocks.empty() || !submissions.empty();
  }
  void CheckSubmissions(Chunk& chunk);
  void CheckChunk(const Chunk& chunk);
  [[nodiscard]] CheckedTx Check(ByteView stored, const VerifyContext& judged,
                                RejectionLimits& limits);
  // The checks after the form, in the order of docs/contracts.md 4.20: limit, keys, signatures,
  // txid.
  [[nodiscard]] static std::optional<contracts::AdmissionIssue> OverLimit(
      const ledger::Transaction& transaction, RejectionLimits& limits);
  [[nodiscard]] bool VerifySignatures(CheckedTx& checked, const VerifyContext& judged);
  void CheckHeld(const EnvelopeCache::Held& held, const VerifyContext& judged,
                 RejectionLimits& limits, CheckedTx& checked) const;
  void CheckNew(ByteView stored, const ledger::EnvHash& env, const VerifyContext& judged,
                RejectionLimits& limits, CheckedTx& checked);

  VerifyPoolOptions options;
  std::size_t threads_wanted;
  EnvelopeCache cache;
  KeyCache keys;
  Channel<CheckedTx> results;
  std::atomic<std::uint64_t> verified = 0;
  std::atomic<std::uint64_t> hits = 0;

  // The reason for a lock: the threads share one list of work, jobs and blocks first.
  mutable Mutex mutex;
  Condition ready;
  VerifyContextPtr context JD_GUARDED_BY(mutex);
  std::deque<Submission> submissions JD_GUARDED_BY(mutex);
  std::deque<BlockJobPtr> blocks JD_GUARDED_BY(mutex);
  std::deque<Job> jobs JD_GUARDED_BY(mutex);
  std::size_t outstanding JD_GUARDED_BY(mutex) = 0;
  std::size_t outstanding_bytes JD_GUARDED_BY(mutex) = 0;
  bool stopping JD_GUARDED_BY(mutex) = false;

  std::vector<Thread> threads;
};

bool VerifyPool::State::TakeChunk(Chunk& chunk) {
  const MutexLock lock(mutex);
  while (!stopping && !HasWork()) ready.Wait(mutex);
  if (stopping) return false;
  if (!jobs.empty()) {
    chunk.job = std::move(jobs.front());
    jobs.pop_front();
  } else if (!blocks.empty()) {
    chunk.block = blocks.front();
    chunk.begin = chunk.block->next;
    chunk.end = std::min(chunk.begin + chunk.block->chunk, chunk.block->transactions->size());
    chunk.block->next = chunk.end;
    if (chunk.end == chunk.block->transactions->size()) blocks.pop_front();
  } else {
    const std::size_t count = ChunkOf(submissions.size(), threads_wanted);
    for (std::size_t i = 0; i < count; ++i) {
      chunk.submissions.push_back(std::move(submissions.front()));
      submissions.pop_front();
    }
    chunk.context = context;
  }
  // What is left is for the next thread; it wakes the one after.
  if (HasWork()) ready.NotifyOne();
  return true;
}

void VerifyPool::State::Work() {
  while (true) {
    Chunk chunk;
    if (!TakeChunk(chunk)) return;
    if (chunk.job) {
      chunk.job();
    } else if (chunk.block != nullptr) {
      CheckChunk(chunk);
    } else {
      CheckSubmissions(chunk);
    }
  }
}

void VerifyPool::State::CheckSubmissions(Chunk& chunk) {
  std::vector<CheckedTx> checked;
  checked.reserve(chunk.submissions.size());
  VerifyContext now = *chunk.context;
  now.block_time = std::max(now.block_time, options.clock());
  RejectionLimits limits(*now.view, now.height, now.block_time);
  for (Submission& submission : chunk.submissions) {
    checked.push_back(Check(*submission.stored, now, limits));
    checked.back().ticket = submission.ticket;
    checked.back().from = submission.from;
    checked.back().height = now.height;
    checked.back().stored = std::move(submission.stored);
  }
  // The channel holds whatever Submit let in.
  JD_ASSERT(results.Push(std::move(checked)) != PushResult::kFull);
}

void VerifyPool::State::CheckChunk(const Chunk& chunk) {
  BlockJob& job = *chunk.block;
  RejectionLimits limits(*job.context->view, job.context->height, job.context->block_time);
  for (std::size_t i = chunk.begin; i < chunk.end && !job.failed; ++i) {
    job.results[i] = Check((*job.transactions)[i], *job.context, limits);
    if (job.results[i].verdict != TxVerdict::kValid) job.failed = true;
  }
  if (job.remaining.fetch_sub(1) == 1) job.Finish();
}

std::optional<contracts::AdmissionIssue> VerifyPool::State::OverLimit(
    const ledger::Transaction& transaction, RejectionLimits& limits) {
  if (!limits.ShutsOut(transaction)) return std::nullopt;
  return contracts::AdmissionIssue{.code = ledger::FindCode(kRejectionLimit),
                                   .pointer = "/department",
                                   .detail = "too many rejections today"};
}

CheckedTx VerifyPool::State::Check(ByteView stored, const VerifyContext& judged,
                                   RejectionLimits& limits) {
  CheckedTx checked;
  const ledger::EnvHash env = crypto::Sha256(stored);
  if (const auto held = cache.Find(env); held.has_value()) {
    ++hits;
    CheckHeld(*held, judged, limits, checked);
  } else {
    CheckNew(stored, env, judged, limits, checked);
  }
  return checked;
}

void VerifyPool::State::CheckHeld(const EnvelopeCache::Held& held, const VerifyContext& judged,
                                  RejectionLimits& limits, CheckedTx& checked) const {
  const ledger::Transaction& transaction = *held.transaction;
  checked.transaction = held.transaction;
  checked.verdict = TxVerdict::kRefused;
  // Of time the form knows only `exp`: at least one more than now, at most so far ahead. What was
  // right earlier is still right unless it has expired, and what is near enough is not too far
  // ahead of a block whose time is a little before ours; anything else is judged anew.
  const ledger::TimeMs time = judged.block_time;
  const ledger::TimeMs exp = transaction.payload.exp;
  const bool is_near = time >= held.formed_at || exp - time <= limits::kExpAheadMsMax;
  if (exp <= time || !is_near) {
    checked.issue = options.check_form(transaction, judged.chain, time);
    if (checked.issue.has_value()) return;
  }
  checked.issue = OverLimit(transaction, limits);
  if (checked.issue.has_value()) return;
  if (judged.height < held.keys_at) {
    checked.issue = contracts::FindSignerKeys(transaction, *judged.view).issue;
    if (checked.issue.has_value()) return;
  }
  const bool known = contracts::IsKnownTx(transaction, *judged.view);
  checked.verdict = known ? TxVerdict::kKnown : TxVerdict::kValid;
}

void VerifyPool::State::CheckNew(ByteView stored, const ledger::EnvHash& env,
                                 const VerifyContext& judged, RejectionLimits& limits,
                                 CheckedTx& checked) {
  auto decoded = ledger::DecodeHashed(stored, env);
  if (!decoded.has_value()) {
    checked.verdict = TxVerdict::kMalformed;
    checked.detail = std::move(decoded).error().detail;
    return;
  }
  checked.transaction = std::make_shared<const ledger::Transaction>(std::move(*decoded));
  const ledger::Transaction& transaction = *checked.transaction;
  checked.verdict = TxVerdict::kRefused;
  checked.issue = options.check_form(transaction, judged.chain, judged.block_time);
  if (checked.issue.has_value()) return;
  checked.issue = OverLimit(transaction, limits);
  if (checked.issue.has_value()) return;
  if (!VerifySignatures(checked, judged)) return;
  const bool known = contracts::IsKnownTx(transaction, *judged.view);
  checked.verdict = known ? TxVerdict::kKnown : TxVerdict::kValid;
  if (known) return;  // nobody needs it again, however often it is sent
  cache.Insert(transaction.env, EnvelopeCache::Held{.transaction = checked.transaction,
                                                    .formed_at = judged.block_time,
                                                    .keys_at = judged.height});
}

bool VerifyPool::State::VerifySignatures(CheckedTx& checked, const VerifyContext& judged) {
  const ledger::Transaction& transaction = *checked.transaction;
  std::vector<KeyCache::EntryPtr> signers;
  signers.reserve(transaction.signatures.size());
  for (const ledger::TxSignature& signature : transaction.signatures) {
    signers.push_back(keys.Find(signature.key, judged.height));
  }
  if (std::ranges::find(signers, nullptr) == signers.end()) {
    const auto is_own = [&transaction](const KeyCache::EntryPtr& signer) {
      return signer->department == transaction.payload.department;
    };
    if (std::ranges::none_of(signers, is_own)) {
      checked.issue = contracts::CheckDepartment(transaction, {});
      return false;
    }
  } else {
    contracts::SignerKeys found = contracts::FindSignerKeys(transaction, *judged.view);
    checked.issue = std::move(found.issue);
    if (checked.issue.has_value()) return false;
    for (std::size_t i = 0; i < signers.size(); ++i) {
      signers[i] = keys.Parse(transaction.signatures[i].key, found.keys.at(i),
                              found.departments.at(i), judged.height);
    }
  }
  for (std::size_t i = 0; i < signers.size(); ++i) {
    ++verified;
    if (signers[i] != nullptr &&
        signers[i]->key.VerifyDigest(transaction.digest, transaction.signatures[i].signature)) {
      continue;
    }
    checked.verdict = TxVerdict::kBadSignature;
    checked.detail = "signature " + std::to_string(i) + " does not hold";
    return false;
  }
  return true;
}

VerifyPool::VerifyPool(VerifyPoolOptions options, VerifyContextPtr context,
                       std::function<void()> wake)
    : state_(std::make_unique<State>(std::move(options), std::move(context), std::move(wake))) {
  for (std::size_t i = 0; i < state_->threads_wanted; ++i) {
    state_->threads.emplace_back("verify", [state = state_.get()] { state->Work(); });
  }
}

VerifyPool::~VerifyPool() { Stop(); }

void VerifyPool::Stop() {
  std::deque<State::BlockJobPtr> left;
  std::deque<Job> dropped;  // what they hold is let go outside the lock
  {
    const MutexLock lock(state_->mutex);
    state_->stopping = true;
    state_->submissions.clear();
    left.swap(state_->blocks);
    dropped.swap(state_->jobs);
  }
  state_->ready.NotifyAll();
  for (Thread& thread : state_->threads) thread.Join();
  state_->threads.clear();
  state_->results.Close();
  // Their last chunks were never handed out, so nobody else has finished them.
  for (const State::BlockJobPtr& job : left) {
    job->failed = true;
    job->Finish();
  }
}

void VerifyPool::Publish(VerifyContextPtr context) {
  const MutexLock lock(state_->mutex);
  state_->context = std::move(context);
}

PushResult VerifyPool::Submit(std::vector<Submission>&& submissions) {
  std::size_t bytes = 0;
  for (const Submission& submission : submissions) bytes += submission.stored->size();
  {
    const MutexLock lock(state_->mutex);
    if (state_->stopping) return PushResult::kClosed;
    if (submissions.size() > state_->options.outstanding_max - state_->outstanding ||
        state_->outstanding_bytes + bytes > state_->options.outstanding_bytes_max) {
      return PushResult::kFull;
    }
    state_->outstanding += submissions.size();
    state_->outstanding_bytes += bytes;
    for (Submission& submission : submissions) {
      state_->submissions.push_back(std::move(submission));
    }
  }
  submissions.clear();
  state_->ready.NotifyOne();
  return PushResult::kOk;
}

std::vector<CheckedTx> VerifyPool::Drain() {
  std::vector<CheckedTx> drained = state_->results.Drain();
  std::size_t bytes = 0;
  for (const CheckedTx& checked : drained) bytes += checked.stored->size();
  const MutexLock lock(state_->mutex);
  state_->outstanding -= drained.size();
  state_->outstanding_bytes -= bytes;
  return drained;
}

PushResult VerifyPool::CheckBlock(std::shared_ptr<const std::vector<Bytes>> transactions,
                                  VerifyContextPtr context, OnBlock done) {
  const auto job = std::make_shared<State::BlockJob>();
  const std::size_t count = transactions->size();
  // Small chunks for small blocks: somebody waits for the last one.
  job->chunk = ChunkOf(count, 2 * state_->threads_wanted);
  job->remaining = std::max<std::size_t>((count + job->chunk - 1) / job->chunk, 1);
  job->results.resize(count);
  job->transactions = std::move(transactions);
  job->context = std::move(context);
  job->done = std::move(done);
  {
    const MutexLock lock(state_->mutex);
    if (state_->stopping) return PushResult::kClosed;
    if (state_->blocks.size() >= kBlocksMax) return PushResult::kFull;
    state_->blocks.push_back(job);
  }
  state_->ready.NotifyOne();
  return PushResult::kOk;
}

PushResult VerifyPool::Run(Job&& job) {
  {
    const MutexLock lock(state_->mutex);
    if (state_->stopping) return PushResult::kClosed;
    if (state_->jobs.size() >= kOtherJobsMax) return PushResult::kFull;
    state_->jobs.push_back(std::move(job));
  }
  state_->ready.NotifyOne();
  return PushResult::kOk;
}

void VerifyPool::Forget(std::span<const ledger::EnvHash> envs) { state_->cache.Forget(envs); }

VerifyPool::Counts VerifyPool::Count() const {
  const MutexLock lock(state_->mutex);
  return Counts{.verified = state_->verified,
                .cache_hits = state_->hits,
                .keys_parsed = state_->keys.Parsed(),
                .outstanding = state_->outstanding,
                .cached = state_->cache.Count()};
}

}  // namespace jiandu::node
