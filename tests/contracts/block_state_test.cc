// What a block sees of the state: asked in one way or another, the answer is the same.
#include "contracts/block_state.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace jiandu::contracts {
namespace {

class EmptyState final : public ledger::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> Get(ByteView) const override { return std::nullopt; }
  void Scan(ByteView, ByteView, const Visitor&) const override {}
};

// Few letters and short: ids are prefixes of each other, and many are there already.
std::string RandomId(std::mt19937_64& random) {
  std::string id(random() % 4, 'a');
  for (char& c : id) c = "aAz\xf0"[random() % 4];
  return id;
}
Bytes KeyOf(std::string_view prefix, std::string_view id) {
  Bytes key = ToBytes(prefix);
  Append(key, id);
  return key;
}

TEST(BlockState, OneOfManyRowsIsThereWhenAskingForEachFindsOne) {
  constexpr std::string_view kPrefix = "Pgrant";
  constexpr std::size_t kTries = 20'000;
  std::mt19937_64 random(7);
  std::size_t found = 0;
  for (std::size_t i = 0; i < kTries; ++i) {
    const EmptyState nothing;
    ledger::WriteSet stored;
    for (std::size_t n = random() % 8; n > 0; --n) stored.Put(KeyOf(kPrefix, RandomId(random)), {});
    for (const char* other : {"Pgran", "Pgrant!", "Pgranu"}) stored.Put(KeyOf(other, "a"), {});
    const ledger::WriteView view(nothing, stored);
    const BlockContext context;
    BlockState state(view, context);
    for (std::size_t n = random() % 3; n > 0; --n) state.Put(KeyOf(kPrefix, RandomId(random)), {});
    std::set<std::string> ids;
    for (std::size_t n = random() % 80; n > 0; --n) {
      ids.insert(random() % 32 == 0 ? RandomId(random) : "\xf1" + std::to_string(random() % 1000));
    }
    const std::vector<std::string_view> ascending(ids.begin(), ids.end());
    const bool expected = std::ranges::any_of(
        ascending, [&](std::string_view id) { return state.Has(KeyOf(kPrefix, id)); });
    ASSERT_EQ(state.HasAny(ToBytes(kPrefix), ascending), expected) << "try " << i;
    found += expected ? 1 : 0;
  }
  EXPECT_GT(found, kTries / 20);
  EXPECT_LT(found, kTries / 20 * 19);
}

}  // namespace
}  // namespace jiandu::contracts
