// The mempool's bounds, its fairness and its books.
#include "node/mempool.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/hash.h"
#include "node/tx_charge.h"

namespace jiandu::node {
namespace {

constexpr std::int64_t kNow = 1000;

// A transaction known by its name; the pool never looks at signatures.
PooledTx Tx(const std::string& name, const std::string& department, std::size_t size = 100,
            ledger::TimeMs exp = 1'000'000) {
  auto transaction = std::make_shared<ledger::Transaction>();
  transaction->payload.department = department;
  transaction->payload.exp = exp;
  transaction->txid = crypto::Sha256(AsBytes(name));
  transaction->stored_size = size;
  return PooledTx{.transaction = transaction,
                  .stored = std::make_shared<const Bytes>(size),
                  .origin = TxOrigin::kClient};
}
ledger::TxId Id(const std::string& name) { return crypto::Sha256(AsBytes(name)); }

std::vector<std::string> Departments(const std::vector<PooledTx>& picked) {
  std::vector<std::string> names;
  names.reserve(picked.size());
  for (const PooledTx& tx : picked) names.push_back(tx.transaction->payload.department);
  return names;
}

TEST(Mempool, SameTxidAgainIsKnownAndTheFirstEnvelopeStays) {
  Mempool pool;
  const PooledTx first = Tx("a", "x");
  ASSERT_EQ(pool.Add(first, kNow), Mempool::Added::kAdded);
  EXPECT_EQ(pool.Add(Tx("a", "x", 120), kNow), Mempool::Added::kKnown);
  EXPECT_EQ(pool.Find(Id("a")), first.transaction);
  EXPECT_EQ(pool.Count(), 1U);
  EXPECT_EQ(pool.Bytes(), 100U);
}

TEST(Mempool, CountBoundAnswersFull) {
  Mempool pool({.transactions_max = 4, .bytes_max = 1000, .department_percent_max = 100});
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(pool.Add(Tx(std::to_string(i), "x"), kNow), Mempool::Added::kAdded);
  }
  EXPECT_EQ(pool.Add(Tx("4", "y"), kNow), Mempool::Added::kFull);
  pool.Remove(std::vector{Id("2")});
  EXPECT_EQ(pool.Add(Tx("4", "y"), kNow), Mempool::Added::kAdded);
}

TEST(Mempool, ByteBoundHoldsToTheByte) {
  Mempool pool({.transactions_max = 100, .bytes_max = 1000, .department_percent_max = 100});
  ASSERT_EQ(pool.Add(Tx("a", "x", 900), kNow), Mempool::Added::kAdded);
  EXPECT_EQ(pool.Add(Tx("b", "y", 101), kNow), Mempool::Added::kFull);
  EXPECT_EQ(pool.Add(Tx("b", "y", 100), kNow), Mempool::Added::kAdded);
  EXPECT_EQ(pool.Bytes(), 1000U);
}

TEST(Mempool, ABodyThatTakesMuchMemoryCountsForMore) {
  Mempool pool({.transactions_max = 100, .bytes_max = 150'000, .department_percent_max = 100});
  PooledTx large = Tx("a", "x");
  auto transaction = std::make_shared<ledger::Transaction>(*large.transaction);
  transaction->payload.body = Json(Json::Array(10'000));
  large.transaction = transaction;
  const std::size_t charge = ChargeOf(*transaction);
  EXPECT_EQ(charge, 10'000 * sizeof(Json) / 4);
  ASSERT_EQ(pool.Add(large, kNow), Mempool::Added::kAdded);
  EXPECT_EQ(pool.Bytes(), charge);
  EXPECT_EQ(pool.BytesOf("x"), charge);
  EXPECT_EQ(pool.Add(Tx("b", "y", 150'001 - charge), kNow), Mempool::Added::kFull);
  EXPECT_EQ(pool.Add(Tx("b", "y", 150'000 - charge), kNow), Mempool::Added::kAdded);
  pool.Remove(std::vector{Id("a")});
  EXPECT_EQ(pool.Bytes(), 150'000 - charge);
}

TEST(Mempool, NoDepartmentTakesMoreThanItsShare) {
  Mempool pool({.transactions_max = 8, .bytes_max = 100'000, .department_percent_max = 25});
  ASSERT_EQ(pool.Add(Tx("a", "x"), kNow), Mempool::Added::kAdded);
  ASSERT_EQ(pool.Add(Tx("b", "x"), kNow), Mempool::Added::kAdded);
  EXPECT_EQ(pool.Add(Tx("c", "x"), kNow), Mempool::Added::kDepartmentFull);
  EXPECT_EQ(pool.Add(Tx("c", "y"), kNow), Mempool::Added::kAdded);
  // The share in bytes counts as well.
  EXPECT_EQ(pool.Add(Tx("d", "z", 25'001), kNow), Mempool::Added::kDepartmentFull);
  EXPECT_EQ(pool.Add(Tx("d", "z", 25'000), kNow), Mempool::Added::kAdded);
}

TEST(Mempool, DefaultBoundsAreThoseOfTheDesign) {
  const MempoolBounds bounds;
  EXPECT_EQ(bounds.transactions_max, 50'000U);
  EXPECT_EQ(bounds.bytes_max, 64U << 20U);
  EXPECT_EQ(bounds.department_percent_max, 25U);
}

TEST(Mempool, SelectionGoesRoundTheDepartments) {
  Mempool pool;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(pool.Add(Tx("flood" + std::to_string(i), "x"), kNow), Mempool::Added::kAdded);
  }
  ASSERT_EQ(pool.Add(Tx("y1", "y"), kNow), Mempool::Added::kAdded);
  ASSERT_EQ(pool.Add(Tx("z1", "z"), kNow), Mempool::Added::kAdded);
  const auto picked = pool.Pick(1 << 20, 4, 0);
  EXPECT_EQ(Departments(picked), (std::vector<std::string>{"x", "y", "z", "x"}));
  // Within a department: first come, first served.
  EXPECT_EQ(picked[0].transaction->txid, Id("flood0"));
  EXPECT_EQ(picked[3].transaction->txid, Id("flood1"));
  EXPECT_EQ(pool.Count(), 52U);
}

TEST(Mempool, SelectionKeepsTheByteBudget) {
  Mempool pool;
  ASSERT_EQ(pool.Add(Tx("a", "x", 400), kNow), Mempool::Added::kAdded);
  ASSERT_EQ(pool.Add(Tx("b", "x", 400), kNow), Mempool::Added::kAdded);
  ASSERT_EQ(pool.Add(Tx("c", "y", 200), kNow), Mempool::Added::kAdded);
  EXPECT_EQ(pool.Pick(1024, 10, 0, 8).size(), 3U);
  EXPECT_EQ(pool.Pick(1023, 10, 0, 8).size(), 2U);
  EXPECT_TRUE(pool.Pick(207, 10, 0, 8).empty());
  EXPECT_TRUE(pool.Pick(1024, 0, 0, 8).empty());
}

TEST(Mempool, ExpiredAreNeverPickedAndAreRemovedWithTheirIds) {
  Mempool pool;
  ASSERT_EQ(pool.Add(Tx("old", "x", 100, 5000), kNow), Mempool::Added::kAdded);
  ASSERT_EQ(pool.Add(Tx("new", "x", 100, 5001), kNow), Mempool::Added::kAdded);
  EXPECT_TRUE(pool.HasWork(5000));
  EXPECT_FALSE(pool.HasWork(5001));
  ASSERT_EQ(pool.Pick(1 << 20, 10, 5000).size(), 1U);
  EXPECT_EQ(pool.Pick(1 << 20, 10, 5000)[0].transaction->txid, Id("new"));
  EXPECT_EQ(pool.RemoveExpired(4999).size(), 0U);
  EXPECT_EQ(pool.RemoveExpired(5000), std::vector{Id("old")});
  EXPECT_EQ(pool.Count(), 1U);
  EXPECT_EQ(pool.Bytes(), 100U);
}

TEST(Mempool, WhatIsNotCommittedInTimeIsOfferedAgain) {
  Mempool pool({.reoffer_ms = 5000});
  ASSERT_EQ(pool.Add(Tx("a", "x"), 0), Mempool::Added::kAdded);
  ASSERT_EQ(pool.Add(Tx("b", "y"), 1000), Mempool::Added::kAdded);
  EXPECT_TRUE(pool.TakeReoffers(4999, 1 << 20).empty());
  ASSERT_EQ(pool.TakeReoffers(5000, 1 << 20).size(), 1U);
  EXPECT_TRUE(pool.TakeReoffers(5000, 1 << 20).empty());
  ASSERT_EQ(pool.TakeReoffers(6000, 1 << 20).size(), 1U);
  EXPECT_EQ(pool.TakeReoffers(11'000, 150).size(), 1U);
  pool.Remove(std::vector{Id("a"), Id("b")});
  EXPECT_TRUE(pool.TakeReoffers(100'000, 1 << 20).empty());
}

TEST(Mempool, EmptiedPoolHasClearBooks) {
  Mempool pool;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(pool.Add(Tx(std::to_string(i), i % 2 == 0 ? "x" : "y"), kNow),
              Mempool::Added::kAdded);
  }
  EXPECT_EQ(pool.BytesOf("x"), 1000U);
  const auto removed =
      pool.RemoveIf([](const ledger::Transaction& tx) { return tx.payload.department == "x"; });
  EXPECT_EQ(removed.size(), 10U);
  EXPECT_EQ(pool.BytesOf("x"), 0U);
  EXPECT_EQ(pool.RemoveExpired(1'000'000).size(), 10U);
  EXPECT_EQ(pool.Count(), 0U);
  EXPECT_EQ(pool.Bytes(), 0U);
  EXPECT_FALSE(pool.HasWork(0));
  pool.Remove(std::vector{Id("1")});  // gone already: nothing happens
}

}  // namespace
}  // namespace jiandu::node
