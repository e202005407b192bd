#include "node/writer.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "ledger/store/state_batch.h"
#include "node/mutex.h"
#include "node/thread.h"

namespace jiandu::node {

class Writer::State {
 public:
  State(store::KvStore* store, ledger::Height written, WriterEvents events,
        ledger::Height alone_every)
      : store_(store),
        events_(std::move(events)),
        alone_every_(alone_every),
        written_(written),
        stored_(written) {
    thread_ = Thread("writer", [this] { Run(); });
  }
  ~State() { Stop(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void Enqueue(store::OverlayPtr overlay, Bytes seen_commit) {
    const MutexLock lock(mutex_);
    while (IsFull() && !IsEnding()) changed_.Wait(mutex_);
    bytes_ += overlay->ByteSize();
    waiting_.push_back({std::move(overlay), std::move(seen_commit)});
    changed_.NotifyAll();
  }

  void Stored(ledger::Height height) {
    const MutexLock lock(mutex_);
    stored_ = std::max(stored_, height);
    changed_.NotifyAll();
  }

  bool Flush(ledger::Height height) {
    const MutexLock lock(mutex_);
    flush_ = std::max(flush_, height);
    changed_.NotifyAll();
    while (synced_ < height && !IsEnding()) changed_.Wait(mutex_);
    return synced_ >= height;
  }

  void GiveUp() {
    const MutexLock lock(mutex_);
    given_up_ = true;
    changed_.NotifyAll();
  }

  ledger::Height Written() const {
    const MutexLock lock(mutex_);
    return written_;
  }
  bool IsLate() const {
    const MutexLock lock(mutex_);
    return IsFull();
  }

  void AddFills(Fills& fills) const {
    const MutexLock lock(mutex_);
    // Of the last one that was let in nobody knew the size.
    const std::size_t newest = waiting_.empty() ? 0 : waiting_.back().overlay->ByteSize();
    fills.push_back({.name = "writer backlog",
                     .now = waiting_.size(),
                     .most = limits::kWriterBacklogBlocksMax});
    fills.push_back({.name = "writer backlog bytes",
                     .now = bytes_,
                     .most = limits::kWriterBacklogBytesMax + newest});
  }

  void Stop() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
      changed_.NotifyAll();
    }
    thread_.Join();
  }

 private:
  struct Waiting {
    store::OverlayPtr overlay;
    Bytes seen_commit;
  };

  bool IsFull() const JD_REQUIRES(mutex_) {
    return waiting_.size() >= limits::kWriterBacklogBlocksMax ||
           bytes_ >= limits::kWriterBacklogBytesMax;
  }
  // Whoever waits would wait for ever: what it waits for may never come.
  bool IsEnding() const JD_REQUIRES(mutex_) { return stopping_ || failed_ || given_up_; }
  bool HasReady() const JD_REQUIRES(mutex_) {
    return !waiting_.empty() && waiting_.front().overlay->height <= stored_;
  }

  // What is written must be synced now: somebody waits for it, or we stop.
  bool NeedsSync() const JD_REQUIRES(mutex_) {
    return synced_ < written_ && (stopping_ || (flush_ > synced_ && written_ >= flush_));
  }

  struct Work {
    std::vector<store::OverlayPtr> overlays;
    Bytes seen_commit;
    store::Durability durability = store::Durability::kUnsynced;
  };
  // Several blocks become one batch; no overlays: only a sync. Nothing at all: stop.
  std::optional<Work> Take() {
    const MutexLock lock(mutex_);
    while (!HasReady() && !NeedsSync() && !stopping_) changed_.Wait(mutex_);
    Work work;
    while (HasReady()) {
      work.overlays.push_back(std::move(waiting_.front().overlay));
      work.seen_commit = std::move(waiting_.front().seen_commit);
      waiting_.pop_front();
      const ledger::Height height = work.overlays.back()->height;
      if (alone_every_ != 0 && height % alone_every_ == 0) break;
    }
    if (work.overlays.empty()) {
      if (!NeedsSync()) return std::nullopt;
      work.durability = store::Durability::kSynced;
      return work;
    }
    const auto from = work.overlays.front()->height;
    const auto to = work.overlays.back()->height;
    work.durability =
        stopping_ || flush_ >= from ? store::Durability::kSynced : store::DurabilityOf(from, to);
    return work;
  }

  void Run() {
    while (auto work = Take()) {
      const auto done =
          work->overlays.empty()
              ? store_->Write(store::KvBatch(), store::Durability::kSynced)
              : store_->Write(store::MakeStateBatch(work->overlays, work->seen_commit),
                              work->durability);
      if (!done) {
        Fail();
        events_.on_failed(done.error());
        return;
      }
      const auto height = Finish(*work);
      if (!work->overlays.empty()) events_.on_written(height, store_->Snapshot());
    }
  }

  ledger::Height Finish(const Work& work) {
    const MutexLock lock(mutex_);
    if (!work.overlays.empty()) written_ = work.overlays.back()->height;
    if (work.durability == store::Durability::kSynced) synced_ = written_;
    for (const auto& overlay : work.overlays) bytes_ -= overlay->ByteSize();
    changed_.NotifyAll();
    return written_;
  }

  void Fail() {
    const MutexLock lock(mutex_);
    failed_ = true;
    changed_.NotifyAll();
  }

  store::KvStore* store_;
  WriterEvents events_;
  const ledger::Height alone_every_;
  // The reason for a lock: the executor waits here for room, the signer for a sync.
  mutable Mutex mutex_;
  Condition changed_;
  std::deque<Waiting> waiting_ JD_GUARDED_BY(mutex_);
  std::size_t bytes_ JD_GUARDED_BY(mutex_) = 0;
  ledger::Height written_ JD_GUARDED_BY(mutex_);
  ledger::Height stored_ JD_GUARDED_BY(mutex_);
  ledger::Height synced_ JD_GUARDED_BY(mutex_) = 0;
  ledger::Height flush_ JD_GUARDED_BY(mutex_) = 0;
  bool stopping_ JD_GUARDED_BY(mutex_) = false;
  bool given_up_ JD_GUARDED_BY(mutex_) = false;
  bool failed_ JD_GUARDED_BY(mutex_) = false;
  Thread thread_;
};

Writer::Writer(store::KvStore* store, ledger::Height written, WriterEvents events,
               ledger::Height alone_every)
    : state_(std::make_unique<State>(store, written, std::move(events), alone_every)) {}
Writer::~Writer() = default;
void Writer::Enqueue(store::OverlayPtr overlay, Bytes seen_commit) {
  state_->Enqueue(std::move(overlay), std::move(seen_commit));
}
void Writer::Stored(ledger::Height height) { state_->Stored(height); }
bool Writer::Flush(ledger::Height height) { return state_->Flush(height); }
void Writer::GiveUp() { state_->GiveUp(); }
ledger::Height Writer::Written() const { return state_->Written(); }
bool Writer::IsLate() const { return state_->IsLate(); }
void Writer::AddFills(Fills& fills) const { state_->AddFills(fills); }
void Writer::Stop() { state_->Stop(); }

}  // namespace jiandu::node
