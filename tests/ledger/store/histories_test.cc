// What the leaf of an entity says of its history, against the log itself.
#include "ledger/store/histories.h"

#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "ledger/store/keyspace.h"
#include "ledger/store/state_tree.h"
#include "tests/ledger/store/chain_support.h"

namespace jiandu::store {
namespace {

constexpr std::uint32_t kSeed = 4100;

// The log's events of each entity, as an auditor with the whole log finds them.
std::map<ledger::EntityId, std::vector<Hash256>> EventsOfTheLog(const LedgerView& view) {
  std::map<ledger::EntityId, std::vector<Hash256>> events;
  for (ledger::LogIndex index = 1; index < view.LogSize(); ++index) {
    const Bytes bytes = view.Entry(index).value();
    const ledger::LogEntry entry = ledger::DecodeEntry(bytes).value();
    const auto* stub = std::get_if<ledger::Stub>(&entry);
    if (stub == nullptr) continue;
    for (const ledger::Touch& touched : stub->touched) {
      events[touched.entity].push_back(
          ledger::HistoryLeafHash(index, crypto::MerkleLeafHash(bytes)));
    }
  }
  return events;
}

TEST(Histories, TheStateRootBindsSizeAndRootOfEachHistory) {
  TestChain chain(kSeed);
  for (int block = 0; block < 40; ++block) chain.Grow(8);
  const auto events = EventsOfTheLog(*chain.View());
  ASSERT_GT(events.size(), 50U);
  std::size_t longest = 0;
  for (const auto& [id, hashes] : events) {
    const Bytes value = *chain.View()->Get(ledger::LeafKey(id));
    const ledger::EntityLeaf leaf = *ledger::EntityLeaf::Decode(value);
    EXPECT_EQ(leaf.size, hashes.size());
    EXPECT_EQ(leaf.history_root, crypto::MerkleRoot(hashes));
    const auto proof = ProveInStateTree(*chain.View(), ledger::LeafKey(id)).value();
    EXPECT_TRUE(
        crypto::VerifySparseMember(chain.View()->StateRoot(), ledger::LeafKey(id), value, proof)
            .has_value());
    longest = std::max(longest, hashes.size());
  }
  EXPECT_GT(longest, 8U);
}

TEST(Histories, WhatGenesisBoreBeginsWithTheGenesisEntry) {
  const TestChain chain(kSeed);
  const ledger::EntityId id = ledger::DepartmentEntity(std::string(ledger::kGa));
  const ledger::EntityLeaf leaf =
      *ledger::EntityLeaf::Decode(*chain.View()->Get(ledger::LeafKey(id)));
  const Bytes entry = chain.View()->Entry(0).value();
  EXPECT_EQ(leaf.size, 1U);
  EXPECT_EQ(leaf.history_root, ledger::HistoryLeafHash(0, crypto::MerkleLeafHash(entry)));
}

TEST(Histories, BlocksWithoutTransactionsKeepTheStateRoot) {
  TestChain chain(kSeed);
  chain.Grow(5);
  const Hash256 before = chain.View()->StateRoot();
  chain.Grow(0);
  EXPECT_EQ(chain.View()->StateRoot(), before);
}

TEST(Histories, DamagedPeaksAreToldFromAWrongEvent) {
  TestChain chain(kSeed);
  chain.Grow(5);
  const ledger::EntityId id = chain.Entities().front();
  const ledger::EntityLeaf leaf =
      *ledger::EntityLeaf::Decode(*chain.View()->Get(ledger::LeafKey(id)));
  HistoryGrowth gap(*chain.View());
  EXPECT_EQ(gap.Add({.entity = id, .roles = 2, .seq = leaf.size + 1}, 100, {}).error().code,
            Errc::kInternal);
  for (const std::size_t length : {0U, 7U, 8U, 39U, 73U}) {
    ledger::WriteSet spoiled;
    Bytes row = *chain.View()->Get(PeaksKey(id));
    row.resize(length);
    spoiled.Put(PeaksKey(id), std::move(row));
    const ledger::WriteView view(*chain.View(), spoiled);
    HistoryGrowth damaged(view);
    EXPECT_EQ(damaged.Add({.entity = id, .roles = 2, .seq = leaf.size}, 100, {}).error().code,
              Errc::kCorrupt)
        << length;
  }
}

}  // namespace
}  // namespace jiandu::store
