#include "node/gateway_ports.h"

#include <utility>

namespace jiandu::node {
namespace {

// Less than this free and the node says it is not ready: an operator still has time.
constexpr std::uint64_t kDiskFreeMin = 256ULL << 20U;

}  // namespace

void SubmitPort::Submit(Bytes stored, OnSubmitted done) {
  intake_.Submit(std::move(stored), std::move(done));
}

void SubmitPort::Wait(const ledger::TxId& txid, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
                      OnResult done) {
  intake_.Wait(txid, wait_ms, std::move(cancelled), std::move(done));
}

std::shared_ptr<const gateway::LedgerSnapshot> ReaderPort::Latest() const {
  return MakeSnapshot(board_.Latest(), sources_);
}

std::shared_ptr<const gateway::LedgerSnapshot> ReaderPort::AsOf(ledger::Height height) const {
  auto posted = board_.AsOf(height);
  return posted == nullptr ? nullptr : MakeSnapshot(std::move(posted), sources_);
}

void ReaderPort::WaitForHeight(ledger::Height height, std::int64_t wait_ms,
                               std::weak_ptr<void> cancelled, OnHeight done) {
  board_.WaitFor(height, EventLoop::SteadyMs() + wait_ms, std::move(cancelled),
                 [sources = sources_, done = std::move(done)](PostedViewPtr posted) mutable {
                   done(posted == nullptr ? nullptr : MakeSnapshot(std::move(posted), sources));
                 });
}

gateway::NodeStatus::Report StatusPort::Status() const {
  return board_.Read(EventLoop::SteadyMs());
}

Result<void> StatusPort::Ready() const {
  const Report report = Status();
  if (report.catching_up) return Fail(Errc::kUnavailable, "catching up with the other nodes");
  const std::int64_t age_ms = EventLoop::WallMs() - report.block_time;
  if (age_ms > stale_ms_) {
    return Fail(Errc::kUnavailable,
                "the newest block is " + std::to_string(age_ms / 1000) + " s old");
  }
  if (report.disk_free_bytes < kDiskFreeMin) return Fail(Errc::kFull, "the disk is nearly full");
  return {};
}

}  // namespace jiandu::node
