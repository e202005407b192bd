// An executor at genesis with what it needs beside it: a state in memory, a writer, a board.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <utility>

#include "node/executor.h"
#include "node/view_board.h"
#include "node/writer.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node::testing {

// Stands behind what its events write to, so that it has stopped before that goes.
class TestExecutor {
 public:
  TestExecutor(const TestLedger& ledger, ExecutorEvents events) {
    const std::array<store::OverlayPtr, 1> first{ledger.GenesisOverlay()};
    EXPECT_TRUE(store_.Write(store::MakeStateBatch(first, {}), store::Durability::kSynced));
    const auto view = *store::LedgerView::Open(store_.Snapshot());
    board_ = std::make_unique<ViewBoard>(PostedView{.view = view, .commit = {}});
    writer_ = std::make_unique<Writer>(
        &store_, 0,
        WriterEvents{.on_written = [](auto, const auto&) {}, .on_failed = [](const Error&) {}});
    executor_ = std::make_unique<Executor>(ledger.Tip(), nullptr, view, *writer_, *board_,
                                           std::move(events));
  }
  ~TestExecutor() { Stop(); }
  TestExecutor(const TestExecutor&) = delete;
  TestExecutor& operator=(const TestExecutor&) = delete;

  Executor* operator->() { return executor_.get(); }
  // After it has done all, what it told may be read.
  void Stop() {
    executor_->Stop();
    writer_->Stop();
  }

 private:
  store::MemoryStore store_;
  std::unique_ptr<ViewBoard> board_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace jiandu::node::testing
