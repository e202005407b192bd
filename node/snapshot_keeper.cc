#include "node/snapshot_keeper.h"

#include <algorithm>
#include <utility>

#include "node/lineage_payloads.h"

namespace jiandu::node {

SnapshotKeeper::SnapshotKeeper(SnapshotSettings settings)
    : settings_(std::move(settings)), made_(std::make_shared<const List>()) {
  LoadAll();
  thread_ = Thread("snapshots", [this] { Run(); });
}
SnapshotKeeper::~SnapshotKeeper() { Stop(); }

void SnapshotKeeper::Follow(ledger::Height height, std::shared_ptr<const store::KvReader> written) {
  if (settings_.every == 0 || height % settings_.every != 0) return;
  const MutexLock lock(mutex_);
  written_ = std::move(written);
  changed_.NotifyAll();
}

void SnapshotKeeper::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.Join();
  const MutexLock lock(mutex_);
  written_.reset();  // a snapshot of the database goes before its store does
}

bool SnapshotKeeper::IsStopping() const {
  const MutexLock lock(mutex_);
  return stopping_;
}

std::shared_ptr<const SnapshotKeeper::List> SnapshotKeeper::Made() const {
  const MutexLock lock(mutex_);
  return made_;
}

void SnapshotKeeper::Publish(List list) {
  auto published = std::make_shared<const List>(std::move(list));
  const MutexLock lock(mutex_);
  made_ = std::move(published);
}

// A snapshot that cannot be read is gone: another will be made.
void SnapshotKeeper::LoadAll() {
  auto heights = store::ListSnapshots(settings_.folder);
  if (!heights) return settings_.on_alarm("snapshots cannot be read: " + heights.error().detail);
  List list;
  for (const ledger::Height height : *heights) {
    auto opened = store::SnapshotFile::Open(settings_.folder, height);
    if (opened) {
      list.push_back(*std::move(opened));
    } else {
      settings_.on_alarm("snapshot unreadable (" + opened.error().detail + "): removed");
      (void)store::RemoveSnapshot(settings_.folder, height);
    }
  }
  Publish(std::move(list));
}

void SnapshotKeeper::Run() {
  while (true) {
    std::shared_ptr<const store::KvReader> written;
    {
      const MutexLock lock(mutex_);
      while (!stopping_ && written_ == nullptr) changed_.Wait(mutex_);
      if (stopping_) return;
      written = std::exchange(written_, nullptr);
    }
    Make(written);
  }
}

void SnapshotKeeper::Make(const std::shared_ptr<const store::KvReader>& written) {
  const auto view = store::LedgerView::Open(written);
  if (!view) return settings_.on_alarm("no snapshot: " + view.error().detail);
  LineagePayloads lineage(*view, settings_.transaction);
  const store::SnapshotPayloads payloads{
      .wants = [&lineage](ledger::LogIndex, std::uint64_t position,
                          const ledger::Stub& stub) { return lineage.Wants(position, stub); },
      .read = settings_.transaction};
  auto made =
      store::WriteSnapshot(*written, settings_.folder, payloads, [this] { return !IsStopping(); });
  if (!made) {
    if (IsStopping()) return;
    return settings_.on_alarm("no snapshot at height " + std::to_string((*view)->Height()) + ": " +
                              made.error().detail);
  }
  List list = *Made();
  std::erase_if(list, [&](const auto& one) { return one->Height() == (*made)->Height(); });
  list.push_back(*made);
  std::ranges::sort(list, {}, [](const auto& one) { return one->Height(); });
  Publish(std::move(list));
  settings_.on_made((*made)->Height(), (*made)->Manifest().RowBytes());
  if (auto pruned = Prune(); !pruned) settings_.on_alarm(pruned.error().detail);
}

// Whoever reads one that goes keeps its file open.
Result<void> SnapshotKeeper::Prune() {
  List list = *Made();
  std::size_t others = 0;
  for (const auto& one : list) others += one->Height() == settings_.origin ? 0U : 1U;
  List kept;
  for (const auto& one : list) {
    if (one->Height() == settings_.origin || others <= settings_.keep) {
      kept.push_back(one);
      continue;
    }
    --others;
    JD_CHECK(store::RemoveSnapshot(settings_.folder, one->Height()));
  }
  Publish(std::move(kept));
  return {};
}

}  // namespace jiandu::node
