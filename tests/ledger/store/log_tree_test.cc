// The tiled log against crypto/merkle, and against tiles others have written.
#include "ledger/store/log_tree.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/merkle.h"
#include "ledger/model/write_set.h"
#include "ledger/store/keyspace.h"
#include "ledger/store/ledger_view.h"
#include "ledger/store/memory_store.h"
#include "tests/ledger/store/store_support.h"
#include "tests/support/vectors.h"

namespace jiandu::store {
namespace {

// A log alone: tiles in a WriteSet over nothing.
class PlainLog {
 public:
  void AppendAll(std::span<const Hash256> hashes) {
    const ledger::WriteView view(*empty_, tiles_);
    auto append = AppendToLog(view, frontier_, hashes);
    ASSERT_TRUE(append.has_value()) << append.error().detail;
    for (auto& [key, tile] : append->tiles) tiles_.Put(std::move(key), std::move(tile));
    frontier_ = append->frontier;
  }
  [[nodiscard]] ledger::WriteView View() const { return {*empty_, tiles_}; }
  [[nodiscard]] const crypto::MerkleFrontier& Frontier() const { return frontier_; }
  [[nodiscard]] const ledger::WriteSet& Tiles() const { return tiles_; }

 private:
  LedgerViewPtr empty_ = LedgerView::FromNothing(MemoryStore().Snapshot());
  ledger::WriteSet tiles_;
  crypto::MerkleFrontier frontier_;
};

std::vector<Hash256> Leaves(std::size_t n) {
  std::vector<Hash256> leaves;
  leaves.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    leaves.push_back(crypto::MerkleLeafHash(AsBytes("entry " + std::to_string(i))));
  }
  return leaves;
}

TEST(LogTree, RootsAndProofsAreThoseOfRfc6962AtEverySize) {
  const std::vector<Hash256> leaves = Leaves(300);
  PlainLog log;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    log.AppendAll(std::span(leaves).subspan(size - 1, 1));
    const auto first = std::span(leaves).first(size);
    const Hash256 root = crypto::MerkleRoot(first);
    ASSERT_EQ(log.Frontier().Root(), root);
    ASSERT_EQ(*LogRoot(log.View(), size), root);
    for (const std::uint64_t index : {std::size_t{0}, size / 2, size - 1}) {
      ASSERT_EQ(*LogInclusionProof(log.View(), index, size),
                crypto::MerkleInclusionProof(first, index));
    }
  }
  // Old sizes of the grown log.
  for (std::size_t size = 1; size <= leaves.size(); size += 7) {
    const auto first = std::span(leaves).first(size);
    ASSERT_EQ(*LogRoot(log.View(), size), crypto::MerkleRoot(first));
    for (std::uint64_t index = 0; index < size; index += 11) {
      ASSERT_EQ(*LogInclusionProof(log.View(), index, size),
                crypto::MerkleInclusionProof(first, index));
    }
    const auto proof = LogConsistencyProof(log.View(), size, leaves.size());
    ASSERT_TRUE(proof.has_value());
    ASSERT_TRUE(crypto::VerifyConsistency(size, crypto::MerkleRoot(first), leaves.size(),
                                          log.Frontier().Root(), *proof));
  }
}

TEST(LogTree, ChunksOfAnySizeGiveTheSameTiles) {
  const std::vector<Hash256> leaves = Leaves(70000);
  PlainLog whole;
  whole.AppendAll(leaves);
  PlainLog chunks;
  const std::vector<std::size_t> sizes = {1, 254, 1, 1, 255, 256, 257, 10000, 513, 3, 58459};
  std::size_t at = 0;
  for (const std::size_t size : sizes) {
    chunks.AppendAll(std::span(leaves).subspan(at, size));
    at += size;
  }
  ASSERT_EQ(at, leaves.size());
  EXPECT_EQ(whole.Tiles().Writes(), chunks.Tiles().Writes());
  EXPECT_EQ(whole.Frontier().Root(), crypto::MerkleRoot(leaves));
  // 274 tiles of level 0, 2 of level 1, 1 of level 2.
  EXPECT_EQ(whole.Tiles().Writes().size(), 274U + 2U + 1U);
  for (const std::uint64_t index : {0U, 255U, 256U, 65535U, 65536U, 69999U}) {
    EXPECT_EQ(*LogInclusionProof(whole.View(), index, leaves.size()),
              crypto::MerkleInclusionProof(leaves, index));
  }
}

TEST(LogTree, WhatIsMissingOrOutOfRangeIsAnError) {
  PlainLog log;
  log.AppendAll(Leaves(300));
  EXPECT_EQ(LogInclusionProof(log.View(), 300, 300).error().code, Errc::kNotFound);
  EXPECT_EQ(LogInclusionProof(log.View(), 5, 301).error().code, Errc::kCorrupt);
  EXPECT_EQ(LogConsistencyProof(log.View(), 0, 5).error().code, Errc::kInvalid);
  EXPECT_EQ(LogConsistencyProof(log.View(), 6, 5).error().code, Errc::kInvalid);
  EXPECT_EQ(*LogRoot(log.View(), 0), crypto::MerkleEmptyRoot());
  ledger::WriteSet hole = log.Tiles();
  hole.Delete(TileKey(0, 1));
  const LedgerViewPtr empty = LedgerView::FromNothing(MemoryStore().Snapshot());
  const ledger::WriteView view(*empty, hole);
  EXPECT_EQ(LogRoot(view, 300).error().code, Errc::kCorrupt);
  EXPECT_EQ(AppendToLog(view, log.Frontier(), Leaves(1)).error().code, Errc::kCorrupt);
}

TEST(LogTree, GivesTheTilesAndRootsOfTesserasSampleLog) {
  const std::filesystem::path folder = testing::VectorsFolder("tlog-tiles-sample");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no vectors at " << folder;
  const Bytes bundle = ReadFile(folder / "tile/entries/000.p/15");
  std::vector<Hash256> leaves;
  for (std::size_t at = 0; at + 2 <= bundle.size();) {
    const std::size_t size = (std::size_t{bundle[at]} << 8U) | bundle[at + 1];
    leaves.push_back(crypto::MerkleLeafHash(ByteView(bundle).subspan(at + 2, size)));
    at += 2 + size;
  }
  ASSERT_EQ(leaves.size(), 15U);
  PlainLog log;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    log.AppendAll(std::span(leaves).subspan(size - 1, 1));
    const std::string number = std::to_string(size);
    EXPECT_EQ(log.View().Get(TileKey(0, 0)), ReadFile(folder / "tile/0/000.p" / number));
    const std::string checkpoint = ToText(ReadFile(folder / ("checkpoint." + number)));
    const std::string root =
        "\n" + number + "\n" + Base64Encode(log.Frontier().Root().View()) + "\n";
    EXPECT_NE(checkpoint.find(root), std::string::npos) << size;
  }
}

}  // namespace
}  // namespace jiandu::store
