// Digest batches that cannot be true: what must be so whatever they say, and members that do not
// agree (docs/contracts.md 4.10).
#include "contracts/digest_check.h"

#include "contracts/access_trace.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::uint64_t kMismatch = ledger::FlagBit(Flag::kDigestMismatch);
constexpr std::uint64_t kOutside = ledger::FlagBit(Flag::kOutsideHours);
constexpr std::uint64_t kMissing = ledger::FlagBit(Flag::kFieldMissing);

// A grant of 08:00 to 20:00, 60 calls a minute, 10 rows a call; the digest is of 2026-03-10.
class DigestCheck : public ::testing::Test {
 protected:
  void SetUp() override {
    test.PublishResource();
    Json request = test.RequestBody();
    ASSERT_TRUE(test.SubmitRequest(request.Set("daily_cap", 10'000)).Accepted());
    test.Approve();
    Json open = test.OpenBody();
    open.Set("daily_cap", 10'000).Set("daily_window", "08:00-20:00");
    ASSERT_TRUE(test.Open(open).Accepted());
    ASSERT_TRUE(test.Acknowledge().Accepted());
    test.net.AdvanceTo(20260310, 23);
    digest_ = Of(12, 8 * 60, 19 * 60);
  }
  // True in itself: calls between two minutes of the day.
  static Json Of(std::int64_t calls, std::int64_t from, std::int64_t to) {
    const std::int64_t day = ledger::StartOfDate(20260310);
    Json versions = Json::MakeArray();
    versions.Push(0);
    Json digest = Json::MakeObject(
        {{"from", day + from * kMinuteMs},
         {"to", day + to * kMinuteMs},
         {"counts",
          Json::MakeObject({{"ok", calls}, {"not_found", 0}, {"denied", 0}, {"error", 0}})},
         {"rows", calls},
         {"bytes", 100},
         {"max_rows", 1},
         {"peak_per_min", calls},
         {"purpose_codes", Texts({"SUPERVISION"})},
         {"matter_codes", Texts({"M-1"})},
         {"case_root", Hash('c')},
         {"root", Hash('f')}});
    return digest.Set("ip_counts", List("address", {{"10.20.3.7", calls}}))
        .Set("items_mask_counts", List("mask", {{"07", calls}}))
        .Set("dataset_versions", std::move(versions));
  }
  using Entries = std::vector<std::pair<std::string, std::int64_t>>;
  static Json List(std::string_view name, const Entries& entries) {
    Json list = Json::MakeArray();
    for (const auto& [what, n] : entries) {
      Json entry = Json::MakeObject({{"n", n}});
      list.Push(entry.Set(name, what));
    }
    return list;
  }
  std::uint64_t FlagsOf(const Json& digest) {
    Json body = Ref("grant", test.grant);
    body.Set("batch_id", "b" + std::to_string(++last_)).Set("form", "digest");
    body.Set("system", ledger::ToHex(test.net.Identity("jt-app"))).Set("digest", digest);
    const Outcome outcome = test.net.Do("access.batch", kGa, {System("ga-gw")}, body);
    EXPECT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    return outcome.flags;
  }
  std::uint64_t With(std::string_view member, Json value) {
    Json digest = digest_;
    return FlagsOf(digest.Set(member, std::move(value)));
  }
  [[nodiscard]] std::uint64_t CountOfLast(Flag flag) {
    const Bytes key = TraceKey(test.grant, TraceKind::kBatch, "b" + std::to_string(last_));
    const auto trace = DecodeTrace(test.net.View().Get(key).value());
    for (const FlagCount& counted : trace->flag_counts) {
      if (counted.flag == flag) return counted.n;
    }
    return 0;
  }

  TestCase test;
  Json digest_ = Json::MakeObject();
  int last_ = 0;
};

TEST_F(DigestCheck, WhatAgreesWithItselfIsNotFlagged) {
  EXPECT_EQ(FlagsOf(digest_), 0U);
  EXPECT_EQ(With("out_of_window", 0), 0U);
  // Hours begin at 08:00: a digest of the whole day may hold calls of these hours only.
  EXPECT_EQ(FlagsOf(Of(12, 0, 23 * 60 - 1)), 0U);
  EXPECT_EQ(FlagsOf(Of(12, 7 * 60, 8 * 60)), 0U);
}

TEST_F(DigestCheck, ASpanOutsideTheHoursIsOutsideThemWhateverItSays) {
  EXPECT_EQ(FlagsOf(Of(12, 2 * 60, 7 * 60 + 59)), kOutside);
  EXPECT_EQ(CountOfLast(Flag::kOutsideHours), 12U);
  EXPECT_EQ(FlagsOf(Of(12, 20 * 60, 22 * 60)), kOutside);
  Json denied = Of(12, 20 * 60, 22 * 60);
  EXPECT_EQ(FlagsOf(denied.Set("out_of_window", 0)), kOutside | kMismatch);
  EXPECT_EQ(CountOfLast(Flag::kOutsideHours), 12U);
  EXPECT_EQ(FlagsOf(denied.Set("out_of_window", 12)), kOutside);
}

TEST_F(DigestCheck, CallsOutsideTheHoursAreNotInASpanWithinThem) {
  EXPECT_EQ(With("out_of_window", 1), kOutside | kMismatch);
  Json whole = Of(12, 0, 22 * 60);
  EXPECT_EQ(FlagsOf(whole.Set("out_of_window", 12)), kOutside);
  EXPECT_EQ(FlagsOf(whole.Set("out_of_window", 13)), kOutside | kMismatch);
}

// 70 calls from 09:00 to 09:00:59 are 70 in a minute; in two minutes one has 35 at least.
TEST_F(DigestCheck, TheBusiestMinuteHasItsShare) {
  Json crowd = Of(70, 9 * 60, 9 * 60);
  crowd.Set("to", crowd.IntegerOr("from") + kMinuteMs - 1).Set("peak_per_min", 2);
  EXPECT_EQ(FlagsOf(crowd), ledger::FlagBit(Flag::kOverRate) | kMismatch);
  Json two = Of(20, 9 * 60, 9 * 60 + 1);
  EXPECT_EQ(FlagsOf(two.Set("peak_per_min", 10)), 0U);
  EXPECT_EQ(FlagsOf(two.Set("peak_per_min", 9)), kMismatch);
  EXPECT_EQ(FlagsOf(two.Set("peak_per_min", 21)), kMismatch);  // more than there were
}

// The same of denied calls, which make DENIED_BURST: a report that leaves the peak out hides none.
TEST_F(DigestCheck, TheMostDeniedMinuteHasItsShare) {
  Json digest = Of(1, 9 * 60, 9 * 60);
  digest.Set("counts",
             Json::MakeObject({{"ok", 1}, {"not_found", 0}, {"denied", 50}, {"error", 0}}));
  EXPECT_EQ(FlagsOf(digest), 0U);
  const Bytes day = DayKey(test.grant, 20260310);
  EXPECT_EQ(DecodeDay(test.net.View().Get(day).value()).denied_peak, 50U);
  EXPECT_EQ(FlagsOf(digest.Set("peak_denied_per_min", 5)), kMismatch);
  EXPECT_EQ(FlagsOf(digest.Set("peak_denied_per_min", 51)), kMismatch);
}

TEST_F(DigestCheck, TheLongestCallHasItsShareOfTheRows) {
  Json digest = digest_;
  digest.Set("rows", 121);  // of 12 calls: one has 11 at least
  EXPECT_EQ(FlagsOf(digest), ledger::FlagBit(Flag::kOverRows) | kMismatch);
  EXPECT_EQ(FlagsOf(digest.Set("rows", 120).Set("max_rows", 10)), 0U);
  EXPECT_EQ(FlagsOf(digest.Set("max_rows", 9)), kMismatch);
  EXPECT_EQ(FlagsOf(digest.Set("rows", 8)), kMismatch);  // fewer than one call's
  Json nobody = Of(0, 9 * 60, 10 * 60);
  nobody.Set("ip_counts", Json::MakeArray()).Set("items_mask_counts", List("mask", {}));
  EXPECT_EQ(FlagsOf(nobody.Set("max_rows", 0)) & kMismatch, 0U);
  EXPECT_EQ(FlagsOf(nobody.Set("rows", 5).Set("max_rows", 5)) & kMismatch, kMismatch);
}

TEST_F(DigestCheck, ListsAddUp) {
  EXPECT_EQ(With("items_mask_counts", List("mask", {{"07", 11}})), kMismatch);
  EXPECT_EQ(With("items_mask_counts", List("mask", {{"07", 13}})), kMismatch);
  EXPECT_EQ(With("items_mask_counts", List("mask", {{"07", 6}, {"03", 6}})), 0U);
  EXPECT_EQ(With("items_mask_counts", List("mask", {{"07", 6}, {"07", 6}})), kMismatch);
  EXPECT_EQ(With("ip_counts", List("address", {{"10.20.3.7", 11}})), kMismatch);
  EXPECT_EQ(With("ip_counts", List("address", {{"10.20.3.7", 6}, {"10.20.3.8", 6}})), 0U);
  EXPECT_EQ(With("ip_counts", List("address", {{"10.20.3.7", 6}, {"10.20.3.7", 6}})), kMismatch);
}

TEST_F(DigestCheck, CallsHaveAddresses) {
  Json digest = digest_;
  digest.Remove("ip_counts");
  EXPECT_EQ(FlagsOf(digest), kMissing);
}

// Addresses outside the grant come first: who hides some under a root has a full list.
TEST_F(DigestCheck, OthersStandUnderARootOfAFullList) {
  Json digest = Of(40, 9 * 60, 12 * 60);
  Entries full;
  for (int i = 0; i < 32; ++i) full.emplace_back("10.20.3." + std::to_string(i), 1);
  digest.Set("ip_counts", List("address", full)).Set("ip_other_count", 8);
  EXPECT_EQ(FlagsOf(digest), kMissing);  // without the root
  EXPECT_EQ(FlagsOf(digest.Set("ip_other_root", Hash('a'))), 0U);
  EXPECT_EQ(FlagsOf(digest.Set("ip_other_count", 7)), kMismatch);
  full.pop_back();
  digest.Set("ip_counts", List("address", full)).Set("ip_other_count", 9);
  EXPECT_EQ(FlagsOf(digest), kMissing);
}

// As a single record: from G3 on purpose, matter and cases are named.
TEST_F(DigestCheck, PurposeMatterAndCasesAreNamedFromG3On) {
  for (const std::string_view member : {"purpose_codes", "matter_codes", "case_root"}) {
    Json digest = digest_;
    digest.Remove(member);
    EXPECT_EQ(FlagsOf(digest), kMissing) << member;
  }
}

// Hours that pass midnight.
TEST(DigestHours, PassMidnight) {
  AccessTerms night;
  night.window_from = 22 * 60;
  night.window_to = 6 * 60;
  const std::int64_t day = ledger::StartOfDate(20260310);
  const auto outside = [&](std::int64_t from, std::int64_t to) {
    Json digest = Json::MakeObject({{"from", day + from * kMinuteMs},
                                    {"to", day + to * kMinuteMs},
                                    {"counts", Json::MakeObject({{"ok", 3}})}});
    return ReadDigest(digest, night).out_of_hours;
  };
  EXPECT_EQ(outside(6 * 60, 21 * 60 + 59), 3U);
  EXPECT_EQ(outside(6 * 60, 22 * 60), 0U);
  EXPECT_EQ(outside(23 * 60, 24 * 60), 0U);
  EXPECT_EQ(outside(5 * 60 + 59, 12 * 60), 0U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
