// What of the log is served: certified sizes, whole and partial tiles, bundles, proofs.
#include "node/log_port.h"

#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "ledger/model/log_policy.h"
#include "ledger/store/log_tree.h"
#include "tests/ledger/store/chain_support.h"

namespace jiandu::node {
namespace {

using ledger::TileAt;

class Served : public ::testing::Test {
 protected:
  Served() : chain_(7), board_(PostedView{.view = chain_.View(), .commit = {}}) {}
  // One block of so many transactions; the log grows by one more.
  void Grow(int transactions) {
    chain_.Grow(transactions);
    board_.Publish({.view = chain_.View(), .commit = {}});
    sizes_.push_back(chain_.View()->LogSize());
  }
  [[nodiscard]] bool Has(std::uint32_t level, const TileAt& tile) const {
    const auto bytes = log_.HashTile(level, tile);
    if (!bytes) {
      EXPECT_EQ(bytes.error().code, Errc::kNotFound) << bytes.error().detail;
    }
    return bytes.has_value();
  }

  store::TestChain chain_;
  ViewBoard board_;
  CheckpointBoard checkpoints_;
  LogPort log_{board_, checkpoints_};
  std::vector<std::uint64_t> sizes_;  // after each block
};

TEST_F(Served, NothingIsServedBeforeItIsCertified) {
  EXPECT_FALSE(Has(0, {.n = 0, .width = 1}));  // genesis, which header 1 certifies
  Grow(3);
  EXPECT_TRUE(Has(0, {.n = 0, .width = 1}));
  EXPECT_FALSE(Has(0, {.n = 0, .width = 5}));
  Grow(0);
  EXPECT_TRUE(Has(0, {.n = 0, .width = 5}));
}

// Every width of the first tiles: there if and only if a block ended with such a size.
TEST_F(Served, PartialTilesAreThoseOfSizesThatBlocksLeft) {
  std::set<std::uint64_t> sizes{1};
  while (chain_.View()->LogSize() < 600) {
    Grow(static_cast<int>(chain_.Below(40)) + 1);
    sizes.insert(sizes_.back());
  }
  Grow(0);
  const std::uint64_t size = sizes_.back();
  for (std::uint64_t n = 0; n < 4; ++n) {
    for (std::uint32_t width = 1; width < 256; ++width) {
      const TileAt tile{.n = n, .width = width};
      ASSERT_EQ(Has(0, tile), sizes.contains(tile.End())) << tile.ToPath();
    }
    EXPECT_EQ(Has(0, {.n = n}), (n + 1) * 256 <= size);
  }
  EXPECT_TRUE(Has(1, {.n = 0, .width = 1}));
  EXPECT_TRUE(Has(1, {.n = 0, .width = 2}));
  EXPECT_FALSE(Has(1, {.n = 0, .width = 3}));
  EXPECT_FALSE(Has(1, {.n = 0}));
  EXPECT_FALSE(Has(2, {.n = 0, .width = 1}));
  EXPECT_FALSE(Has(63, {.n = 0, .width = 1}));
}

// A whole block may leap over all sizes that a tile of the upper level stands for.
TEST_F(Served, AnUpperTileThatNoSizeHadIsNotThere) {
  Grow(600);
  Grow(0);
  EXPECT_EQ(sizes_.front(), 602U);
  EXPECT_FALSE(Has(1, {.n = 0, .width = 1}));  // sizes 256 to 511
  EXPECT_TRUE(Has(1, {.n = 0, .width = 2}));
  EXPECT_TRUE(Has(0, {.n = 1}));
}

TEST_F(Served, TilesAndBundlesLeadToTheCertifiedRoot) {
  Grow(300);
  Grow(20);
  Grow(0);
  const std::uint64_t size = chain_.View()->LogSize();
  ledger::TileBuilder builder;
  std::vector<ledger::TileBuilder::Made> made;
  for (std::uint64_t n = 0; n < ledger::TileCount(0, size); ++n) {
    const TileAt tile = ledger::TileNumber(0, n, size);
    const auto bundle = log_.EntryBundle(tile);
    ASSERT_TRUE(bundle.has_value()) << bundle.error().detail;
    const auto entries = ledger::DecodeEntryBundle(*bundle, tile.width);
    ASSERT_TRUE(entries.has_value());
    const auto hashes = ledger::DecodeTile(*log_.HashTile(0, tile), tile.width);
    for (std::size_t i = 0; i < entries->size(); ++i) {
      EXPECT_EQ(crypto::MerkleLeafHash((*entries)[i]), (*hashes)[i]);
      builder.Append((*hashes)[i], made);
    }
  }
  EXPECT_EQ(builder.Root(), chain_.View()->LogRoot());
  EXPECT_EQ(log_.EntryBundle({.n = 9}).error().code, Errc::kNotFound);
}

TEST_F(Served, ProofsHangOnTheNewestCheckpoint) {
  Grow(30);
  EXPECT_FALSE(log_.Newest().has_value());
  EXPECT_EQ(log_.Proof(0).error().code, Errc::kNotFound);
  const ledger::Checkpoint head{
      .origin = "o", .size = chain_.View()->LogSize(), .root = chain_.View()->LogRoot()};
  checkpoints_.Publish(std::make_shared<const PublishedCheckpoint>(
      PublishedCheckpoint{.checkpoint = head, .note = head.ToText() + "\n— o AAAAAAAA\n"}));
  Grow(10);  // the log goes on; the proof is under the checkpoint
  for (const ledger::LogIndex index : {0U, 7U, 31U}) {
    const auto text = log_.Proof(index);
    ASSERT_TRUE(text.has_value()) << text.error().detail;
    const auto proof = ledger::LogProof::FromText(*text);
    ASSERT_TRUE(proof.has_value());
    const auto entry = chain_.View()->Entry(index);
    EXPECT_TRUE(proof->Check(crypto::MerkleLeafHash(*entry), head).has_value());
    EXPECT_FALSE(proof->Check(crypto::MerkleLeafHash(ToBytes("other")), head).has_value());
  }
  EXPECT_EQ(log_.Proof(32).error().code, Errc::kNotFound);
}

TEST_F(Served, ThePolicyIsThatOfGenesisUntilKeysChange) {
  const auto text = log_.Policy();
  ASSERT_TRUE(text.has_value()) << text.error().detail;
  const auto genesis = ledger::TestGenesis();
  EXPECT_EQ(*ledger::LogPolicy::FromText(*text),
            ledger::LogPolicy::Of(genesis.chain, genesis.log_key, genesis.validators));
}

}  // namespace
}  // namespace jiandu::node
