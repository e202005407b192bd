// Lists of a department and of those it has followed, put together.
#include "node/ledger_snapshot.h"

#include <gtest/gtest.h>

namespace jiandu::node {
namespace {

using Listed = gateway::LedgerSnapshot::Listed;

Listed At(ledger::LogIndex birth, std::uint16_t n = 0) {
  return {.birth = birth, .id = ledger::BornId(ledger::EntityKind::kRequest, ledger::TxId(), n)};
}
std::vector<ledger::LogIndex> Births(const std::vector<Listed>& list) {
  std::vector<ledger::LogIndex> births;
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

}  // namespace
}  // namespace jiandu::node
