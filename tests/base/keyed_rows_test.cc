// Values found by key, listed as they came.
#include "base/keyed_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace jiandu {
namespace {

std::uint64_t Spread(ByteView key) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint8_t byte : key) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}
// All keys alike to the table: only the keys themselves tell them apart.
std::uint64_t Same(ByteView) { return 7; }

template <typename Table>
void ExpectLikeMap(Table& table, std::size_t keys) {
  std::map<Bytes, int> expected;
  std::vector<Bytes> came;
  for (std::size_t i = 0; i < 3 * keys; ++i) {
    const Bytes key = ToBytes("key " + std::to_string(i * 7 % keys));
    const auto [value, is_new] = table.At(key);
    EXPECT_EQ(is_new, expected.emplace(key, 0).second);
    if (is_new) came.push_back(key);
    EXPECT_EQ(value, expected[key]);
    value = expected[key] = static_cast<int>(i);
  }
  for (const auto& [key, value] : expected) {
    ASSERT_NE(table.Find(key), nullptr);
    EXPECT_EQ(*table.Find(key), value);
  }
  EXPECT_EQ(table.Find(AsBytes("key")), nullptr);
  ASSERT_EQ(table.All().size(), came.size());
  for (std::size_t i = 0; i < came.size(); ++i) EXPECT_EQ(table.All()[i].key, came[i]);
}

TEST(KeyedRows, FindsWhatWasEnteredAndListsItAsItCame) {
  KeyedRows<Bytes, int, Spread> table;
  EXPECT_EQ(table.Find({}), nullptr);
  ExpectLikeMap(table, 1000);
}

TEST(KeyedRows, KeysOfOneHashAreToldApart) {
  KeyedRows<Bytes, int, Same> table;
  ExpectLikeMap(table, 100);
}

TEST(KeyedRows, ReferencesStayWhileItGrows) {
  KeyedRows<FixedBytes<4>, std::string, Spread> table;
  std::string& first = table.At(FixedBytes<4>()).first;
  first = "here";
  for (std::uint8_t i = 1; i < 200; ++i) {
    FixedBytes<4> key;
    key.bytes[3] = i;
    (void)table.At(key);
  }
  EXPECT_EQ(&first, table.Find(FixedBytes<4>().View()));
  EXPECT_EQ(first, "here");
  EXPECT_EQ(table.Take().size(), 200U);
  EXPECT_EQ(table.Find(FixedBytes<4>().View()), nullptr);
}

}  // namespace
}  // namespace jiandu
