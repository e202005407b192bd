// The node as the gateway sees it: the three ports, over intake, views and status board.
//
// Methods may be called from any gateway thread; nothing here blocks on the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/ports.h"
#include "node/ledger_snapshot.h"
#include "node/metrics.h"
#include "node/status.h"
#include "node/tx_intake.h"
#include "node/view_board.h"

namespace jiandu::node {

class SubmitPort final : public gateway::TxSubmitter {
 public:
  explicit SubmitPort(TxIntake& intake) : intake_(intake) {}
  void Submit(Bytes stored, OnSubmitted done) override;
  void Wait(const ledger::TxId& txid, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
            OnResult done) override;

 private:
  TxIntake& intake_;
};

class ReaderPort final : public gateway::LedgerReader {
 public:
  ReaderPort(ViewBoard& board, std::shared_ptr<const SnapshotSources> sources)
      : board_(board), sources_(std::move(sources)) {}
  [[nodiscard]] std::shared_ptr<const gateway::LedgerSnapshot> Latest() const override;
  [[nodiscard]] std::shared_ptr<const gateway::LedgerSnapshot> AsOf(
      ledger::Height height) const override;
  void WaitForHeight(ledger::Height height, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
                     OnHeight done) override;

 private:
  ViewBoard& board_;
  std::shared_ptr<const SnapshotSources> sources_;
};

class StatusPort final : public gateway::NodeStatus {
 public:
  StatusPort(StatusBoard& board, node::Metrics& metrics, std::string genesis, std::int64_t stale_ms)
      : board_(board), metrics_(metrics), genesis_(std::move(genesis)), stale_ms_(stale_ms) {}
  [[nodiscard]] Report Status() const override;
  [[nodiscard]] Result<void> Ready() const override;
  [[nodiscard]] std::string Metrics() const override { return metrics_.Render(); }
  [[nodiscard]] std::string GenesisDocument() const override { return genesis_; }

 private:
  StatusBoard& board_;
  node::Metrics& metrics_;
  std::string genesis_;
  std::int64_t stale_ms_;  // a newest block older than this: not ready
};

}  // namespace jiandu::node
