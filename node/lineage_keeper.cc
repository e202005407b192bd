#include "node/lineage_keeper.h"

#include <algorithm>
#include <utility>

#include "contracts/lineage_facts.h"
#include "ledger/model/transaction.h"
#include "ledger/store/lineage_index.h"
#include "node/wall_clock.h"

namespace jiandu::node {
namespace {

// What is collected before it is written: heights, and rows of the index.
constexpr ledger::Height kHeightsPerBatch = 256;
constexpr std::size_t kRowsPerBatch = 20000;

store::LevelDbOptions IndexOptions() {
  return {.write_buffer_bytes = 16UL * 1024 * 1024,
          .file_bytes = 16UL * 1024 * 1024,
          .cache_bytes = 64UL * 1024 * 1024,
          .open_files_max = 256};
}

std::optional<ledger::EntityBody> BodyOf(const store::LedgerView& view,
                                         const ledger::EntityId& id) {
  const auto bytes = view.Get(ledger::BodyKey(id));
  auto body = bytes ? ledger::EntityBody::Decode(*bytes)
                    : Result<ledger::EntityBody>(Fail(Errc::kNotFound, ""));
  if (!body) return std::nullopt;
  return *std::move(body);
}

}  // namespace

LineageKeeper::LineageKeeper(LineageSettings settings) : settings_(std::move(settings)) {
  thread_ = Thread("lineage", [this] { Run(); });
}
LineageKeeper::~LineageKeeper() { Stop(); }

void LineageKeeper::Follow(std::shared_ptr<const store::KvReader> written) {
  const MutexLock lock(state_mutex_);
  written_ = std::move(written);
  changed_.NotifyAll();
}

void LineageKeeper::Stop() {
  {
    const MutexLock lock(state_mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.Join();
  const MutexLock lock(state_mutex_);
  written_.reset();  // a snapshot goes before its store does
}

bool LineageKeeper::IsStopping() const {
  const MutexLock lock(state_mutex_);
  return stopping_;
}

std::optional<ledger::Height> LineageKeeper::WaitFor(ledger::Height wanted, std::int64_t wait_ms) {
  const std::int64_t deadline_ms = SteadyClock::NowMs() + wait_ms;
  const MutexLock lock(state_mutex_);
  while (!stopping_ && (!shown_ || *shown_ < wanted)) {
    if (!changed_.WaitUntil(state_mutex_, deadline_ms)) break;
  }
  return shown_;
}

Result<void> LineageKeeper::Read(const Reader& read) {
  const MutexLock lock(index_mutex_);
  if (index_ == nullptr) return Fail(Errc::kUnavailable, "the lineage index is being made");
  return read({.index = index_.get(), .graph = graph_ ? &*graph_ : nullptr, .meta = meta_});
}

std::shared_ptr<const store::KvReader> LineageKeeper::AwaitWritten() {
  const MutexLock lock(state_mutex_);
  while (!stopping_ && written_ == nullptr) changed_.Wait(state_mutex_);
  return stopping_ ? nullptr : std::exchange(written_, nullptr);
}

void LineageKeeper::Show(ledger::Height height) {
  const MutexLock lock(state_mutex_);
  shown_ = height;
  changed_.NotifyAll();
}

void LineageKeeper::Run() {
  bool made_anew = false;
  while (auto written = AwaitWritten()) {
    auto view = store::LedgerView::Open(written);
    Result<void> kept = view ? KeepUp(**view) : Result<void>(std::unexpected(view.error()));
    // Damage to what can be made anew is repaired, once: a disk that lies again is not trusted.
    if (!kept && kept.error().code == Errc::kCorrupt && !std::exchange(made_anew, true)) {
      settings_.on_alarm("lineage index damaged (" + kept.error().detail +
                         "): made anew from the log");
      kept = Wipe();
      if (kept) kept = KeepUp(**view);
    }
    if (!kept) {
      settings_.on_alarm("lineage index stopped (" + kept.error().detail +
                         "): lineage is answered as of where it had come to, until a restart");
      return;
    }
  }
}

Result<void> LineageKeeper::KeepUp(const store::LedgerView& view) {
  JD_CHECK(OpenIndex(view));
  JD_CHECK(CatchUp(view));
  if (IsStopping()) return {};
  return TendGraph();
}

Result<void> LineageKeeper::Wipe() {
  const MutexLock lock(index_mutex_);
  graph_.reset();
  index_.reset();
  meta_ = {};
  JD_CHECK(store::LevelDbStore::Destroy(settings_.directory));
  JD_TRY(index_, store::LevelDbStore::Open(settings_.directory, IndexOptions()));
  meta_.genesis_hash = settings_.genesis_hash;
  return {};
}

// Whatever is not the index of this ledger up to some height of it is nothing.
Result<void> LineageKeeper::OpenIndex(const store::LedgerView& view) {
  {
    const MutexLock lock(index_mutex_);
    if (index_ != nullptr) return {};
  }
  auto opened = store::LevelDbStore::Open(settings_.directory, IndexOptions());
  if (!opened && opened.error().code != Errc::kCorrupt) return std::unexpected(opened.error());
  const bool whole = opened && (*opened)->HowOpened() == store::LevelDbStore::Opened::kParanoid;
  const auto meta = whole ? store::ReadLineageMeta(**opened)
                          : Result<std::optional<store::LineageMeta>>(std::nullopt);
  const bool fits = whole && meta && *meta && (*meta)->genesis_hash == settings_.genesis_hash &&
                    (*meta)->height <= view.Height();
  if (!fits) {
    if (opened) opened->reset();
    return Wipe();
  }
  const MutexLock lock(index_mutex_);
  index_ = *std::move(opened);
  meta_ = **meta;
  return {};
}

Result<void> LineageKeeper::CatchUp(const store::LedgerView& view) {
  while (!IsStopping()) {
    ledger::Height height = 0;
    {
      const MutexLock lock(index_mutex_);
      height = meta_.height;
      // An index that is empty has not even the height of genesis.
      if (height >= view.Height() && meta_.log_size != 0) break;
    }
    JD_CHECK(IndexBlocks(view));
  }
  const MutexLock lock(index_mutex_);
  Show(meta_.height);
  return {};
}

namespace {

// The facts of one block, entered into a batch.
class BlockIndexer {
 public:
  BlockIndexer(const store::LedgerView& view, const LineageSettings& settings,
               store::LineageBatch& batch)
      : view_(view), settings_(settings), batch_(batch) {}

  Result<std::uint64_t> Enter(ledger::Height height) {
    JD_TRY(const store::HeightRow row, view_.RowAt(height));
    for (std::uint64_t n = 0; n < row.transactions; ++n) {
      const ledger::LogIndex index = row.FirstIndex() + n;
      JD_TRY(const Bytes bytes, view_.Entry(index));
      JD_TRY(const ledger::LogEntry entry, ledger::DecodeEntry(bytes));
      const auto* stub = std::get_if<ledger::Stub>(&entry);
      if (stub == nullptr) return Fail(Errc::kCorrupt, "the log has no stub where one should be");
      JD_CHECK(EnterEvent(index, n, *stub));
    }
    JD_CHECK(view_.Health());  // a body that could not be read looks as if it were not there
    return row.log_size;
  }

 private:
  Result<void> EnterEvent(ledger::LogIndex index, std::uint64_t position,
                          const ledger::Stub& stub) {
    const contracts::LineageSources sources{
        .body = [this](const ledger::EntityId& id) { return BodyOf(view_, id); },
        .payload = [this, position, &stub]() -> Result<Json> {
          JD_TRY(const Bytes stored, settings_.transaction(stub.height, position));
          JD_TRY(ledger::Transaction transaction, ledger::DecodeStored(stored));
          return std::move(transaction.payload.body);
        },
        .is_open = [this](const ledger::EntityId& from,
                          const ledger::EntityId& to) { return batch_.IsOpen(from, to); }};
    JD_TRY(const auto facts, contracts::LineageFactsOf(stub, sources));
    for (const ledger::LineageFact& fact : facts) JD_CHECK(batch_.Add(index, fact));
    return {};
  }

  const store::LedgerView& view_;
  const LineageSettings& settings_;
  store::LineageBatch& batch_;
};

}  // namespace

// The next heights, as one batch. Only this thread writes the index, so it is read without the lock
// until the batch is complete.
Result<void> LineageKeeper::IndexBlocks(const store::LedgerView& view) {
  store::LevelDbStore* index = nullptr;
  store::LineageMeta before;
  {
    const MutexLock lock(index_mutex_);
    index = index_.get();
    before = meta_;
  }
  store::LineageBatch batch(*index, before);
  BlockIndexer indexer(view, settings_, batch);
  ledger::Height height = before.height;
  std::uint64_t log_size = before.log_size;
  if (log_size == 0) {
    JD_TRY(log_size, indexer.Enter(0));
  }
  const ledger::Height last = std::min(view.Height(), before.height + kHeightsPerBatch);
  while (height < last && batch.Rows() < kRowsPerBatch) {
    JD_TRY(log_size, indexer.Enter(++height));
  }
  const store::KvBatch rows = batch.Finish(height, log_size);
  const MutexLock lock(index_mutex_);
  JD_CHECK(index_->Write(rows, store::Durability::kUnsynced));
  meta_ = batch.Meta();
  if (graph_) {
    for (const store::LineageEdge& edge : batch.NewEdges()) graph_->Add(edge);
    if (graph_->ByteSize() > settings_.graph_bytes_max) {
      graph_.reset();  // the index on disk answers from now on
      graph_too_large_ = true;
    }
  }
  return {};
}

// Arrays are made beside the readers of those there are, and then put in their place.
Result<void> LineageKeeper::TendGraph() {
  if (settings_.graph_bytes_max == 0 || graph_too_large_) return {};
  const store::LevelDbStore* index = nullptr;
  const store::LineageGraph* graph = nullptr;
  {
    const MutexLock lock(index_mutex_);
    index = index_.get();
    graph = graph_ ? &*graph_ : nullptr;
  }
  if (graph != nullptr && !graph->WantsMerge()) return {};
  auto made = graph == nullptr ? store::LineageGraph::Load(*index, settings_.graph_bytes_max)
                               : Result<store::LineageGraph>(store::LineageGraph::Build(
                                     graph->NodeCount(), graph->Edges()));
  if (!made && made.error().code == Errc::kFull) {
    graph_too_large_ = true;
    return {};
  }
  if (!made) return std::unexpected(made.error());
  const MutexLock lock(index_mutex_);
  graph_ = *std::move(made);
  return {};
}

}  // namespace jiandu::node
