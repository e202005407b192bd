// Where the newest view of the ledger is posted for everybody to read.
//
// The executor publishes after each block; gateway threads read. Views are immutable. Keeps the
// last limits::kViewsKept of them (fewer while blocks are large), and calls those who wait for a
// height.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "consensus/block.h"
#include "consensus/commit.h"
#include "ledger/store/ledger_view.h"
#include "node/mutex.h"

namespace jiandu::node {

// A view and the commit of its height (empty at genesis): what receipts of the newest height need.
struct PostedView {
  store::LedgerViewPtr view;
  consensus::Commit commit;
  // The newest blocks: what the view has of them may be read before the signer has put them into
  // the segments. The executor keeps them until there are kNewestBlocks newer ones.
  std::vector<std::weak_ptr<const consensus::Block>> newest = {};
};
// As many as the writer may be behind (limits.h); a signer further behind tells kNotFound.
inline constexpr std::size_t kNewestBlocks = 8;
using PostedViewPtr = std::shared_ptr<const PostedView>;

class ViewBoard {
 public:
  explicit ViewBoard(PostedView first);

  void Publish(PostedView view);
  [[nodiscard]] PostedViewPtr Latest() const;
  // Null when it is older than the views kept, or in the future.
  [[nodiscard]] PostedViewPtr AsOf(ledger::Height height) const;

  // Calls `done` once: at once or by the publisher when the height is there, or with null when
  // Expire finds the deadline (steady clock, ms) passed. Dropped when `cancelled` has gone.
  using OnHeight = std::move_only_function<void(PostedViewPtr)>;
  void WaitFor(ledger::Height height, std::int64_t deadline_ms, std::weak_ptr<void> cancelled,
               OnHeight done);
  void Expire(std::int64_t now_ms);

 private:
  struct Waiter {
    ledger::Height height;
    std::int64_t deadline_ms;
    std::weak_ptr<void> cancelled;
    OnHeight done;
  };

  // The reason for a lock: one publisher and many readers meet here, for a pointer's time.
  mutable Mutex mutex_;
  std::deque<PostedViewPtr> views_ JD_GUARDED_BY(mutex_);  // oldest first, heights without a gap
  std::size_t bytes_ JD_GUARDED_BY(mutex_) = 0;            // overlays they keep in memory
  std::vector<Waiter> waiters_ JD_GUARDED_BY(mutex_);
};

}  // namespace jiandu::node
