// The thread that persists executed blocks to LevelDB, in order, behind everything else.
//
// A block's batch is written once the block itself is at the segment tail (docs/consensus.md
// (Signing)), several blocks at a time when it is behind, unsynced but for every 64th. At most 8
// blocks or 64 MiB wait; then Enqueue does not return and the next height waits with it, visibly. A
// failed write ends it.
#pragma once

#include <functional>
#include <memory>

#include "ledger/store/kv_store.h"
#include "ledger/store/overlay.h"
#include "node/fill.h"

namespace jiandu::node {

struct WriterEvents {
  // Written up to a height: a snapshot to build views on. On the writer's thread; must only post.
  std::function<void(ledger::Height, std::shared_ptr<const store::KvReader>)> on_written;
  std::function<void(Error)> on_failed;
};

class Writer {
 public:
  // `store` outlives it; `written` is the height that is there already.
  // `alone_every`: a height that is a multiple ends its batch, so that the database is as of
  // exactly that height once; 0: none.
  Writer(store::KvStore* store, ledger::Height written, WriterEvents events,
         ledger::Height alone_every = 0);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The executor's thread. Waits while the backlog is full.
  void Enqueue(store::OverlayPtr overlay, Bytes seen_commit);
  // The signer's thread: the block of this height is at the segment tail.
  void Stored(ledger::Height height);
  // Returns when everything up to `height` is written and synced (before a segment is sealed), or
  // with false when that will not come: the node ends.
  [[nodiscard]] bool Flush(ledger::Height height);
  // Another part has failed, and with it what Enqueue and Flush may be waiting for: neither waits
  // any more. Any thread; Stop still writes what may be written.
  void GiveUp();

  [[nodiscard]] ledger::Height Written() const;  // any thread
  [[nodiscard]] bool IsLate() const;             // the backlog is full
  void AddFills(Fills& fills) const;             // any thread
  // Writes what may be written, syncs, ends.
  void Stop();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
