#include "node/view_board.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/limits.h"

namespace jiandu::node {
namespace {

// Old views keep the overlays of their blocks in memory, some 2 KiB a transaction: fewer than
// kViewsKept above some 60 transactions a block.
constexpr std::size_t kPinnedBytesMax = 16 * limits::kMiB;

std::size_t OwnBytes(const PostedView& posted) {
  const auto& overlays = posted.view->Overlays();
  return overlays.empty() ? 0 : overlays.back()->ByteSize();
}

}  // namespace

ViewBoard::ViewBoard(PostedView first) {
  views_.push_back(std::make_shared<const PostedView>(std::move(first)));
}

void ViewBoard::Publish(PostedView view) {
  auto posted = std::make_shared<const PostedView>(std::move(view));
  std::vector<Waiter> woken;
  {
    const MutexLock lock(mutex_);
    views_.push_back(posted);
    bytes_ += OwnBytes(*posted);
    // The newest is proven by the one before it, however large they are.
    while (views_.size() > 2 && (views_.size() > limits::kViewsKept || bytes_ > kPinnedBytesMax)) {
      bytes_ -= OwnBytes(*views_.front());
      views_.pop_front();
    }
    const auto ready = std::ranges::partition(waiters_, [&](const Waiter& waiter) {
                         return waiter.height > posted->view->Height();
                       }).begin();
    std::move(ready, waiters_.end(), std::back_inserter(woken));
    waiters_.erase(ready, waiters_.end());
  }
  for (Waiter& waiter : woken) {
    if (!waiter.cancelled.expired()) waiter.done(posted);
  }
}

PostedViewPtr ViewBoard::Latest() const {
  const MutexLock lock(mutex_);
  return views_.back();
}

PostedViewPtr ViewBoard::AsOf(ledger::Height height) const {
  const MutexLock lock(mutex_);
  const ledger::Height first = views_.front()->view->Height();
  if (height < first || height - first >= views_.size()) return nullptr;
  return views_[height - first];
}

void ViewBoard::WaitFor(ledger::Height height, std::int64_t deadline_ms,
                        std::weak_ptr<void> cancelled, OnHeight done) {
  PostedViewPtr there;
  {
    const MutexLock lock(mutex_);
    if (views_.back()->view->Height() < height && waiters_.size() < limits::kHttpWaitersMax) {
      waiters_.push_back({height, deadline_ms, std::move(cancelled), std::move(done)});
      return;
    }
    if (views_.back()->view->Height() >= height) there = views_.back();
  }
  done(there);
}

void ViewBoard::Expire(std::int64_t now_ms) {
  std::vector<Waiter> expired;
  {
    const MutexLock lock(mutex_);
    const auto late = std::ranges::partition(waiters_, [&](const Waiter& waiter) {
                        return waiter.deadline_ms > now_ms && !waiter.cancelled.expired();
                      }).begin();
    std::move(late, waiters_.end(), std::back_inserter(expired));
    waiters_.erase(late, waiters_.end());
  }
  for (Waiter& waiter : expired) {
    if (!waiter.cancelled.expired()) waiter.done(nullptr);
  }
}

}  // namespace jiandu::node
