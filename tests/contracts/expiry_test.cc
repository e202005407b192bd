// One state leaf per hour of `exp` binds the txids that may not come again (docs/adr/0001
// (Transactions)).
#include "contracts/expiry.h"

#include <algorithm>

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Expiry : public ::testing::Test {
 protected:
  [[nodiscard]] TransactionPtr Draft() {
    return test.net.Make("resource.draft", kGa, {Maker("ga-c1")},
                         Json::MakeObject({{"content", Content()}}));
  }
  [[nodiscard]] std::optional<ledger::ExpiryLeaf> Leaf(std::uint64_t hour) const {
    const auto bytes = test.net.View().Get(ledger::ExpiryLeafKey(hour));
    if (!bytes) return std::nullopt;
    auto leaf = ledger::ExpiryLeaf::Decode(*bytes);
    EXPECT_TRUE(leaf.has_value());
    return leaf ? std::optional(*leaf) : std::nullopt;
  }
  [[nodiscard]] std::size_t Leaves() const {
    std::size_t leaves = 0;
    test.net.View().Scan(ledger::ExpiryLeafPrefix(), {}, [&leaves](ByteView, ByteView) {
      ++leaves;
      return true;
    });
    return leaves;
  }
  // As the reader of a snapshot builds it: the rows of the hour by their places.
  [[nodiscard]] ledger::ExpiryLeaf FromRows(std::uint64_t hour) const {
    std::vector<std::pair<std::uint64_t, Bytes>> rows;
    test.net.View().Scan(ledger::ExpiryPrefix(), {}, [&](ByteView key, ByteView value) {
      if (ledger::ExpiryHourOf(static_cast<ledger::TimeMs>(ReadU64Be(key.subspan(1)))) == hour) {
        EXPECT_EQ(value.size(), 8U);
        rows.emplace_back(ReadU64Be(value), ToBytes(key.subspan(9)));
      }
      return true;
    });
    std::ranges::sort(rows);
    std::vector<Bytes> txids;
    for (auto& [place, txid] : rows) {
      EXPECT_EQ(place, txids.size());
      txids.push_back(std::move(txid));
    }
    return {.count = txids.size(), .root = crypto::MerkleRootOfData(txids)};
  }
  static ledger::ExpiryLeaf Of(const std::vector<TransactionPtr>& transactions) {
    std::vector<Bytes> txids;
    txids.reserve(transactions.size());
    for (const auto& transaction : transactions) txids.push_back(ToBytes(transaction->txid.View()));
    return {.count = txids.size(), .root = crypto::MerkleRootOfData(txids)};
  }

  TestCase test;
};

TEST_F(Expiry, TheLeafBindsTheHoursTxidsInTheOrderOfTheLog) {
  const std::uint64_t hour = ledger::ExpiryHourOf(test.net.Time() + kHourMs);
  std::vector<TransactionPtr> all;
  for (const std::size_t size : {1U, 3U, 2U, 7U}) {
    std::vector<TransactionPtr> block;
    block.reserve(size);
    for (std::size_t i = 0; i < size; ++i) block.push_back(Draft());
    (void)test.net.Block(block);
    all.insert(all.end(), block.begin(), block.end());
    EXPECT_EQ(Leaf(hour), Of(all));
    EXPECT_EQ(Leaf(hour), FromRows(hour));
  }
  EXPECT_EQ(Leaves(), 1U);
  std::swap(all[0], all[1]);
  EXPECT_NE(Leaf(hour), Of(all));
  all.pop_back();
  EXPECT_NE(Leaf(hour), Of(all));
}

TEST_F(Expiry, RejectedTransactionsCountToo) {
  const std::uint64_t hour = ledger::ExpiryHourOf(test.net.Time() + kHourMs);
  const Json nowhere = Json::MakeObject({{"resource", "11" + std::string(32, '0')}});
  const auto rejected = test.net.Make("resource.discard", kGa, {Maker("ga-c1")}, nowhere);
  const BlockOutcome block = test.net.Block({rejected});
  ASSERT_NE(block.codes.at(0), 0U);
  EXPECT_EQ(Leaf(hour), Of({rejected}));
}

TEST_F(Expiry, EveryHourHasItsOwnLeaf) {
  const std::uint64_t hour = ledger::ExpiryHourOf(test.net.Time() + kHourMs);
  const TransactionPtr early = Draft();
  test.net.Advance(kHourMs);
  const TransactionPtr late = Draft();
  test.net.Advance(-kHourMs);
  (void)test.net.Block({late, early});
  EXPECT_EQ(Leaf(hour), Of({early}));
  EXPECT_EQ(Leaf(hour + 1), Of({late}));
  EXPECT_FALSE(Leaf(hour - 1).has_value());
  EXPECT_FALSE(Leaf(hour + 2).has_value());
}

TEST_F(Expiry, ABlockWithoutTxidsOfAnHourLeavesItsLeafAlone) {
  (void)test.net.Block({Draft()});
  test.net.Advance(kHourMs - 1000);
  const BlockOutcome block = test.net.Block({Draft()});
  const std::uint64_t first = ledger::ExpiryHourOf(kStart + kHourMs);
  EXPECT_FALSE(block.writes.Find(ledger::ExpiryLeafKey(first)).has_value());
  EXPECT_TRUE(block.writes.Find(ledger::ExpiryLeafKey(first + 1)).has_value());
  EXPECT_EQ(Leaves(), 2U);
}

TEST_F(Expiry, LeafPeaksAndRowsGoTogetherWhenTheHourHasPassed) {
  const TransactionPtr old = Draft();
  (void)test.net.Block({old});
  const std::uint64_t hour = ledger::ExpiryHourOf(old->payload.exp);
  const auto end = static_cast<std::int64_t>(hour + 1) * kHourMs;
  test.net.Advance(end - 1 - test.net.Time());
  (void)test.net.Block({Draft()});
  EXPECT_EQ(Leaf(hour), Of({old}));
  EXPECT_TRUE(IsKnownTx(*old, test.net.View()));
  test.net.Advance(end - test.net.Time());
  (void)test.net.Block({Draft()});
  EXPECT_FALSE(Leaf(hour).has_value());
  EXPECT_FALSE(test.net.View().Get(ledger::ExpiryPeaksKey(hour)).has_value());
  EXPECT_FALSE(IsKnownTx(*old, test.net.View()));
  EXPECT_EQ(FromRows(hour).count, 0U);
}

TEST(ExpiryLeaf, HasOneEncoding) {
  const ledger::ExpiryLeaf leaf{.count = 300, .root = crypto::Sha256(AsBytes("x"))};
  const Bytes bytes = leaf.Encode();
  const auto decoded = ledger::ExpiryLeaf::Decode(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded, leaf);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ledger::ExpiryLeaf::Decode(ByteView(bytes).first(size)).has_value()) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(ledger::ExpiryLeaf::Decode(longer).has_value());
  EXPECT_FALSE(
      ledger::ExpiryLeaf::Decode(ledger::ExpiryLeaf{.count = 0, .root = leaf.root}.Encode())
          .has_value());
}

TEST(ExpiryLeaf, PeaksMustFitTheCount) {
  crypto::MerkleFrontier frontier;
  for (std::uint8_t i = 0; i < 11; ++i) {
    frontier.AppendLeafHash(crypto::MerkleLeafHash(ByteView(&i, 1)));
  }
  const Bytes peaks = ledger::EncodePeaks(frontier);
  ASSERT_EQ(peaks.size(), 3U * 32U);
  const auto again = ledger::DecodePeaks(11, peaks);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->Root(), frontier.Root());
  EXPECT_FALSE(ledger::DecodePeaks(10, peaks).has_value());
  EXPECT_FALSE(ledger::DecodePeaks(11, ByteView(peaks).first(95)).has_value());
  EXPECT_TRUE(ledger::DecodePeaks(0, {}).has_value());
}

TEST(ExpiryLeaf, HoursPassAtTheirEnd) {
  EXPECT_EQ(ledger::ExpiryHourOf(0), 0U);
  EXPECT_EQ(ledger::ExpiryHourOf(kHourMs - 1), 0U);
  EXPECT_EQ(ledger::ExpiryHourOf(kHourMs), 1U);
  EXPECT_FALSE(ledger::HasHourPassed(1, 2 * kHourMs - 1));
  EXPECT_TRUE(ledger::HasHourPassed(1, 2 * kHourMs));
}

}  // namespace
}  // namespace jiandu::contracts::testing
