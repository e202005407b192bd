// The ceremony: keys enter the genesis document only with proofs that their department holds them.
#include "cli/ceremony.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/limits.h"
#include "tests/support/temp_folder.h"

namespace jiandu::cli {
namespace {

class Ceremony : public testing::Test {
 protected:
  Ceremony() {
    draft_.chain = "ceremony-1";
    draft_.time = 1'750'000'000'000;
    draft_.profile = "combined";
  }

  // The join file of the data bureau, as it runs `join`.
  [[nodiscard]] Json Join(const std::string& home) const {
    JoinPlan plan{.department = {.code = "119901000990010105",
                                 .name = "市数据局",
                                 .alias = "db",
                                 .jurisdiction = "990100",
                                 .level = "CITY",
                                 .kind = "GOV",
                                 .roles = {"DEPARTMENT", "MANAGER"}},
                  .identities = {{.name = "db-c1", .duties = ledger::duty::kClerk}},
                  .seat = Seat::kValidator,
                  .home = folder_.Path() / home,
                  .passphrase = "words",
                  .cost = crypto::SealCost::kInteractive};
    const auto text = JoinNetwork(draft_, plan);
    EXPECT_TRUE(text.has_value()) << (text ? "" : text.error().detail);
    return ParseJson(*text, limits::kMiB).value();
  }
  [[nodiscard]] Result<std::string> Seal(const Json& join) const {
    return SealNetwork(draft_, {JoinFile{.name = "join.json", .text = CanonicalJson(join)}});
  }

  NetworkDraft draft_;
  support::TempFolder folder_;
};

TEST_F(Ceremony, EachKeyOfANodeIsProvenOrTheNetworkIsNotSealed) {
  const Json good = Join("a");
  const auto sealed = Seal(good);
  ASSERT_TRUE(sealed.has_value()) << sealed.error().detail;
  const Json others = Join("b");
  for (const char* purpose : {"consensus", "node", "cosign"}) {
    const std::string proof = std::string(purpose) + "_proof";
    const Json& seat = *good.Find("validator");
    const auto with = [&](const std::string& member, const std::string& value) {
      Json changed = seat;
      changed.Set(member, value);
      Json join = good;
      join.Set("validator", std::move(changed));
      return Seal(join);
    };
    // A key of another, with its proof for another, or none of anybody.
    const Json& theirs = *others.Find("validator");
    const auto foreign = with(purpose, std::string(theirs.TextOr(purpose)));
    ASSERT_FALSE(foreign.has_value()) << purpose;
    EXPECT_EQ(foreign.error().code, Errc::kUnauthenticated);
    EXPECT_TRUE(foreign.error().detail.contains(std::string("node-") + purpose));
    EXPECT_TRUE(foreign.error().detail.contains("请其重新执行"));
    EXPECT_FALSE(with(proof, std::string(theirs.TextOr(proof))).has_value()) << purpose;
    EXPECT_FALSE(with(purpose, "01" + std::string(62, '0')).has_value()) << purpose;
    EXPECT_FALSE(with(purpose, std::string(64, 'f')).has_value()) << purpose;
    Json bare = seat;
    bare.Remove(proof);
    Json join = good;
    join.Set("validator", std::move(bare));
    EXPECT_FALSE(Seal(join).has_value()) << purpose;
  }
  // One key's proof is no other's.
  Json swapped = *good.Find("validator");
  swapped.Set("node_proof", std::string(swapped.TextOr("cosign_proof")));
  Json join = good;
  join.Set("validator", std::move(swapped));
  EXPECT_FALSE(Seal(join).has_value());
}

TEST_F(Ceremony, TheLogKeyIsProvenToo) {
  const Json good = Join("a");
  Json join = good;
  join.Remove("log_proof");
  EXPECT_FALSE(Seal(join).has_value());
  join = good;
  join.Set("log_key", std::string(good.Find("validator")->TextOr("node")));
  EXPECT_FALSE(Seal(join).has_value());
}

}  // namespace
}  // namespace jiandu::cli
