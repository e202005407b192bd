// Lists of a department and of those it has followed, put together; light blocks of every height.
#include "node/ledger_snapshot.h"

#include <gtest/gtest.h>

#include "consensus/light_block.h"
#include "consensus/light_client.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using testing::SignedTransaction;
using Listed = gateway::LedgerSnapshot::Listed;

Listed At(ledger::LogIndex birth, std::uint16_t n = 0) {
  return {.birth = birth, .id = ledger::BornId(ledger::EntityKind::kRequest, ledger::TxId(), n)};
}
std::vector<ledger::LogIndex> Births(const std::vector<Listed>& list) {
  std::vector<ledger::LogIndex> births;
  births.reserve(list.size());
  for (const Listed& one : list) births.push_back(one.birth);
  return births;
}

TEST(MergeLists, KeepsTheOrderOfBirthAndNamesNothingTwice) {
  const auto merged = MergeLists({At(1), At(4), At(9)}, {At(2), At(4), At(10)}, 10);
  EXPECT_EQ(Births(merged), (std::vector<ledger::LogIndex>{1, 2, 4, 9, 10}));
  EXPECT_EQ(Births(MergeLists({}, {At(3)}, 10)), (std::vector<ledger::LogIndex>{3}));
  EXPECT_TRUE(MergeLists({}, {}, 10).empty());
}

// The first list may have more behind 3: what the second has there comes on the next page.
TEST(MergeLists, LeavesNoGapBehindAListThatWasCut) {
  const auto merged = MergeLists({At(1), At(3)}, {At(2), At(8)}, 2);
  EXPECT_EQ(Births(merged), (std::vector<ledger::LogIndex>{1, 2}));
  EXPECT_EQ(Births(MergeLists({At(1), At(3)}, {At(8)}, 2)), (std::vector<ledger::LogIndex>{1, 3}));
}

TEST(MergeLists, ABirthIsWhole) {
  std::vector<Listed> born = {At(5, 0), At(5, 1), At(5, 2)};
  std::ranges::sort(born, {}, &Listed::id);
  const auto merged = MergeLists({At(1)}, born, 2);
  EXPECT_EQ(Births(merged), (std::vector<ledger::LogIndex>{1, 5, 5, 5}));
}

// Of every height, the newest too, whose commit no block holds yet; a light client believes them.
TEST(LedgerSnapshot, LightBlocksAreCertifiedAtEveryHeight) {
  testing::TestLedger ledger;
  ledger.GrowTo(5);
  const auto posted = std::make_shared<const PostedView>(
      PostedView{.view = ledger.View(), .commit = ledger.At(5).commit});
  const auto snapshot = MakeSnapshot(posted, std::make_shared<const SnapshotSources>());
  const consensus::LightClient client(ledger.Genesis().chain, *ledger.Tip().set);
  for (consensus::Height height = 1; height <= 5; ++height) {
    const auto view = snapshot->LightBlockAt(height);
    ASSERT_TRUE(view.has_value()) << view.error().detail;
    const auto block = consensus::LightBlock::Decode(view->wire);
    ASSERT_TRUE(block.has_value()) << block.error().detail;
    EXPECT_EQ(block->header.height, height);
    EXPECT_EQ(block->header.Hash(), view->hash);
    EXPECT_EQ(block->ToJson(), view->json);
    EXPECT_TRUE(client.VerifyHead(block->header, block->commit).has_value());
  }
  EXPECT_FALSE(snapshot->LightBlockAt(0).has_value());
  EXPECT_EQ(snapshot->LightBlockAt(6).error().code, Errc::kNotFound);
}

// The executor publishes a view before the signer has put its block into the segments.
class NewestBlocks : public ::testing::Test {
 protected:
  NewestBlocks() {
    ledger.Grow({SignedTransaction(ledger.Genesis(), 1)});
    ledger.Grow();
    auto opened = store::Segments::Open(folder.Path());
    EXPECT_TRUE(opened.has_value());
    segments = std::move(*opened);
  }
  [[nodiscard]] std::shared_ptr<const consensus::Block> BlockAt(consensus::Height height) const {
    const auto& data = ledger.At(height).block;
    return {data, &data->block};
  }
  [[nodiscard]] Result<Bytes> Read(
      std::vector<std::weak_ptr<const consensus::Block>> newest) const {
    const auto posted = std::make_shared<const PostedView>(PostedView{
        .view = ledger.View(), .commit = ledger.At(2).commit, .newest = std::move(newest)});
    const auto sources = std::make_shared<const SnapshotSources>(
        SnapshotSources{.segments = segments.get(), .departments = {}});
    return MakeSnapshot(posted, sources)
        ->TransactionAt(ledger.View()->LogSize() - 2);  // before the block's own entry
  }

  support::TempFolder folder;
  testing::TestLedger ledger;
  std::unique_ptr<store::Segments> segments;
};

TEST_F(NewestBlocks, AreReadBeforeTheSegmentsHaveThem) {
  const auto block = BlockAt(1);
  const auto read = Read({block, BlockAt(2)});
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(*read, block->transactions.front());
}

TEST_F(NewestBlocks, AreReadFromTheSegmentsOnceTheyAreForgotten) {
  EXPECT_FALSE(Read({}).has_value());  // neither here nor there
  const auto& one = *ledger.At(1).block;
  ASSERT_TRUE(segments->Append(1, one.id.hash, *one.bytes).has_value());
  ASSERT_TRUE(segments->Decide(1, one.id.hash).has_value());
  std::weak_ptr<const consensus::Block> gone;
  {
    const auto copy = std::make_shared<const consensus::Block>(one.block);
    gone = copy;
  }
  const auto read = Read({gone, BlockAt(2)});
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(*read, one.block.transactions.front());
}

}  // namespace
}  // namespace jiandu::node
