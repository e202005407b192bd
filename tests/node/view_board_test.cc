// Which heights the board still knows: many while blocks are small, never fewer than a proof needs.
#include "node/view_board.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "ledger/store/memory_store.h"
#include "tests/ledger/model/genesis_support.h"
#include "tests/node/ledger_fixture.h"

namespace jiandu::node {
namespace {

class ViewBoardTest : public ::testing::Test {
 protected:
  // A block whose rows have so many bytes.
  void Publish(std::size_t bytes) {
    auto overlay = std::make_shared<store::BlockOverlay>(*ledger_.GenesisOverlay());
    overlay->height = view_->Height() + 1;
    overlay->rows = store::RowTable({{.key = Bytes{1}, .value = Bytes(bytes)}});
    view_ = view_->With(std::move(overlay));
    board_.Publish({.view = view_, .commit = {}});
  }
  // Heights that may be asked for, the newest included.
  [[nodiscard]] std::size_t Kept() const {
    std::size_t kept = 0;
    while (kept <= view_->Height() && board_.AsOf(view_->Height() - kept) != nullptr) ++kept;
    return kept;
  }

  testing::TestLedger ledger_;
  store::LedgerViewPtr view_ = ledger_.View();
  ViewBoard board_{PostedView{.view = view_, .commit = {}}};
};

TEST_F(ViewBoardTest, SoManyHeightsAreKept) {
  for (std::size_t i = 0; i < 2 * limits::kViewsKept; ++i) Publish(100);
  EXPECT_EQ(Kept(), limits::kViewsKept);
  EXPECT_EQ(board_.Latest(), board_.AsOf(view_->Height()));
  EXPECT_EQ(board_.AsOf(view_->Height() + 1), nullptr);
}

TEST_F(ViewBoardTest, FewerWhileBlocksAreLarge) {
  for (int i = 0; i < 40; ++i) Publish(limits::kMiB);
  EXPECT_GE(Kept(), 8U);
  EXPECT_LE(Kept(), 16U);
}

// A proof without a height is of the one before the newest, which certifies it.
TEST_F(ViewBoardTest, TheLastTwoHoweverLargeTheyAre) {
  for (int i = 0; i < 4; ++i) Publish(40 * limits::kMiB);
  EXPECT_EQ(Kept(), 2U);
}

}  // namespace
}  // namespace jiandu::node
