// Accesses: every flag by name, counting by day, and what is recorded when nothing was allowed.
#include "contracts/access.h"

#include <functional>

#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

using Spoil = std::function<void(Json&)>;

class Access : public ::testing::Test {
 protected:
  void SetUp() override { test.ReachGrant(); }
  Outcome With(const Spoil& spoil) {
    Json body = test.LoneRecord("acc-" + std::to_string(++count));
    spoil(body);
    return test.Report(body);
  }
  void ExpectOnly(Flag flag, const Spoil& spoil) {
    const Outcome outcome = With(spoil);
    EXPECT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    EXPECT_EQ(outcome.flags, ledger::FlagBit(flag)) << static_cast<int>(flag);
  }
  DayCounter Today() {
    const auto bytes = test.net.View().Get(DayKey(test.grant, ledger::DateOf(test.net.Time())));
    return bytes ? DecodeDay(*bytes) : DayCounter();
  }

  TestCase test;
  int count = 0;
};

// The reader walks the members in the order of the form: one it does not know would hide the rest.
TEST(AccessRecord, EveryMemberOfTheFormLeavesTheLaterOnesReadable) {
  for (const std::string_view op : {"access.record", "access.batch"}) {
    const ledger::Form* form = ledger::FindOp(op)->form;
    if (const ledger::Field* records = form->Find("records")) form = records->form;
    Json json = Json::MakeObject();
    for (const ledger::Field& field : form->fields) json.Set(field.name, "x");
    json.Set("bytes", 7).Set("rows", 8).Set("dataset_version", 9).Set("occurred_at", 10);
    json.Set("result", "NOT_FOUND");
    const AccessRecord record = ReadRecord(json);
    EXPECT_EQ(record.acc_id, "x");
    EXPECT_EQ(record.system, "x");
    EXPECT_EQ(record.response_digest, "x");
    EXPECT_EQ(record.bytes, 7U);
    EXPECT_EQ(record.rows, 8U);
    EXPECT_EQ(record.dataset_version, 9);
    EXPECT_EQ(record.occurred_at, 10);
    EXPECT_EQ(record.result, AccessResult::kNotFound);
  }
}

TEST_F(Access, AProperCallIsCountedAndNotFlagged) {
  EXPECT_EQ(With([](Json&) {}).flags, 0U);
  EXPECT_EQ(Today(), (DayCounter{.counted = 1,
                                 .excess = 0,
                                 .rows = 1,
                                 .bytes = 100,
                                 .last_reported = test.net.Time() - 1000}));
}

TEST_F(Access, EachMisuseHasItsFlag) {
  const std::string sw_app = ledger::ToHex(test.net.Identity("sw-app"));
  const std::string jt_gw = ledger::ToHex(test.net.Identity("jt-gw"));
  ExpectOnly(Flag::kIpNotAllowed, [](Json& b) { b.Set("client_ip", "10.99.1.7"); });
  ExpectOnly(Flag::kSystemNotAllowed, [&](Json& b) { b.Set("system", jt_gw); });
  ExpectOnly(Flag::kItemNotGranted, [](Json& b) { b.Set("items_mask", "0f"); });
  ExpectOnly(Flag::kItemNotGranted, [](Json& b) { b.Set("items_mask", "0701"); });
  ExpectOnly(Flag::kOverRows, [](Json& b) { b.Set("rows", 11); });
  ExpectOnly(Flag::kPurposeMismatch, [](Json& b) { b.Set("purpose_code", "MARKETING"); });
  ExpectOnly(Flag::kPurposeMismatch, [](Json& b) { b.Set("matter_code", "M-2"); });
  ExpectOnly(Flag::kOverBytes, [](Json& b) { b.Set("bytes", 1'000'001); });
  const Outcome foreign = With([&](Json& b) { b.Set("system", sw_app).Set("bytes", 0); });
  EXPECT_TRUE(foreign.Has(Flag::kDepartmentMismatch));
  EXPECT_TRUE(foreign.Has(Flag::kSystemNotAllowed));
}

TEST_F(Access, AnAccountNobodyListedIsFlagged) {
  const Outcome outcome = With([](Json& b) {
    b.Remove("system");
    b.Remove("client_ip");
    b.Set("acct_tag", Hash('9')).Set("client_net", "NONE");
  });
  EXPECT_TRUE(outcome.Has(Flag::kAccountNotAllowed));
  EXPECT_TRUE(outcome.Has(Flag::kIpNotAllowed));
}

TEST_F(Access, WhatIsNotStructuralMayBeMissing) {
  for (const std::string_view field :
       {"system", "client_ip", "items_mask", "dataset_version", "request_digest", "response_digest",
        "purpose_code", "matter_code", "case_commitment"}) {
    const Outcome outcome = With([field](Json& b) { b.Remove(field); });
    EXPECT_TRUE(outcome.Accepted());
    EXPECT_TRUE(outcome.Has(Flag::kFieldMissing)) << field;
  }
}

TEST_F(Access, WithoutStructuralFieldsNothingEntersABlock) {
  for (const std::string_view field : {"acc_id", "occurred_at", "action", "rows", "result"}) {
    Json body = test.LoneRecord("x");
    body.Remove(field);
    const auto transaction = test.net.Make("access.record", kGa, {System("ga-gw")}, body);
    const auto issue = CheckForm(*transaction, kChain, test.net.Time());
    ASSERT_TRUE(issue.has_value()) << field;
    EXPECT_EQ(issue->code->name, "MALFORMED");
    EXPECT_EQ(issue->pointer, "/body/" + std::string(field));
  }
}

TEST_F(Access, TheSameIdIsReportedOnce) {
  ASSERT_TRUE(test.Report(test.LoneRecord("one")).Accepted());
  EXPECT_EQ(test.Report(test.LoneRecord("one")).code, Code::kDuplicate);
  EXPECT_EQ(Today().counted, 1U);
}

TEST_F(Access, TimesAreJudged) {
  ExpectOnly(Flag::kClockSkew,
             [this](Json& b) { b.Set("occurred_at", test.net.Time() + 200'000); });
  // Older than the lag, and before the grant was opened.
  test.net.Advance(2 * kDayMs);
  ExpectOnly(Flag::kLateEvidence,
             [this](Json& b) { b.Set("occurred_at", test.net.Time() - kDayMs - kHourMs); });
  const Outcome early = With([](Json& b) { b.Set("occurred_at", kStart - kHourMs); });
  EXPECT_TRUE(early.Has(Flag::kNotYetValid));
  EXPECT_TRUE(early.Has(Flag::kLateEvidence));
}

TEST_F(Access, ClaimedTimeOffTheLedgersIsSkewed) {
  const Outcome outcome = test.net.Do("access.record", kGa, {System("ga-gw")},
                                      test.LoneRecord("skew"), test.net.Time() - 121'000);
  EXPECT_EQ(outcome.flags, ledger::FlagBit(Flag::kClockSkew));
}

TEST_F(Access, IsJudgedByTheStateWhenItHappened) {
  const std::int64_t before = test.net.Time() - 10;
  test.net.Advance(kHourMs);
  Json suspend = Ref("grant", test.grant);
  suspend.Set("ground", "SAFEGUARD")
      .Set("evidence", Texts({Hash('e')}))
      .Set("review_at", test.net.Time() + 3 * kDayMs);
  ASSERT_TRUE(test.net.Do("grant.suspend", kDb, {Head("db-h1")}, suspend).Accepted());
  test.net.Advance(kHourMs);
  ExpectOnly(Flag::kWhileSuspended, [](Json&) {});
  EXPECT_EQ(With([before](Json& b) { b.Set("occurred_at", before); }).flags, 0U);
  Json resume = Ref("grant", test.grant);
  resume.Set("cause_removed", true);
  const std::int64_t suspended = test.net.Time() - 100;
  ASSERT_TRUE(test.net.Do("grant.resume", kDb, {Head("db-h1")}, resume).Accepted());
  EXPECT_EQ(With([](Json&) {}).flags, 0U);
  EXPECT_TRUE(
      With([suspended](Json& b) { b.Set("occurred_at", suspended); }).Has(Flag::kWhileSuspended));
  Json end = Ref("grant", test.grant);
  end.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  ExpectOnly(Flag::kExpired, [](Json&) {});
}

TEST_F(Access, WithoutAGrantItIsRecordedAllTheSame) {
  Json body = test.Record("none");
  body.Set("resource", ledger::ToHex(test.resource)).Set("consumer", kSw);
  EXPECT_EQ(test.Report(body).code, Code::kFieldRequired);
  body.Set("grant_missing", true);
  const Outcome outcome = test.Report(body);
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_EQ(outcome.flags, ledger::FlagBit(Flag::kNoGrant));
  EXPECT_EQ(test.Report(body).code, Code::kDuplicate);
  bool touches_pair = false;
  for (const ledger::Touch& touch : outcome.stub.touched) {
    touches_pair = touches_pair || touch.entity == ledger::PairEntity(test.resource, kSw);
  }
  EXPECT_TRUE(touches_pair);
  body.Set("acc_id", "other");
  EXPECT_EQ(test.Report(body, "sw").code, Code::kRoleDenied);
}

TEST_F(Access, OnlySystemsOfTheCaseReport) {
  EXPECT_EQ(test.Report(test.LoneRecord("x"), "sw").code, Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("access.record", kGa, {Maker("ga-c1")}, test.LoneRecord("x")).code,
            Code::kRoleDenied);
  Json unknown = test.LoneRecord("x");
  unknown.Set("grant", "13" + std::string(32, '0'));
  EXPECT_EQ(test.Report(unknown).code, Code::kUnknownRef);
}

TEST_F(Access, OnlyTheProvidersReportCounts) {
  const Outcome own = test.Report(test.LoneRecord("one"), "jt");
  EXPECT_TRUE(own.Accepted());
  EXPECT_EQ(Today().counted, 0U);
  ASSERT_TRUE(test.Report(test.LoneRecord("one")).Accepted());
  EXPECT_EQ(Today().counted, 1U);
  ASSERT_TRUE(test.Report(test.LoneRecord("two")).Accepted());
  Json differs = test.LoneRecord("two");
  differs.Set("response_digest", Hash('0'));
  EXPECT_EQ(test.Report(differs, "jt").flags, ledger::FlagBit(Flag::kDigestMismatch));
}

TEST_F(Access, DeniedAndFailedCallsCountNothing) {
  for (const std::string_view result : {"DENIED", "ERROR"}) {
    EXPECT_EQ(With([result](Json& b) { b.Set("result", result); }).flags, 0U);
  }
  EXPECT_EQ(Today().counted, 0U);
  EXPECT_EQ(With([](Json& b) { b.Set("result", "NOT_FOUND").Set("rows", 0); }).flags, 0U);
  EXPECT_EQ(Today().counted, 1U);
}

TEST_F(Access, VersionsOlderThanTheCurrentOneAreStale) {
  Json refresh = Ref("resource", test.resource);
  refresh.Set("dataset_version", 2).Set("dataset_digest", Hash('3'));
  const std::int64_t before = test.net.Time() - 10;
  ASSERT_TRUE(test.net.Do("resource.refresh", kGa, {System("ga-gw")}, refresh).Accepted());
  ExpectOnly(Flag::kStaleVersion, [](Json& b) { b.Set("dataset_version", 1); });
  EXPECT_EQ(With([](Json& b) { b.Set("dataset_version", 2); }).flags, 0U);
  EXPECT_EQ(With([before](Json& b) { b.Set("occurred_at", before); }).flags, 0U);
}

TEST_F(Access, AcknowledgementsAreCompared) {
  ASSERT_TRUE(test.Report(test.LoneRecord("one")).Accepted());
  Json ack = Ref("grant", test.grant);
  ack.Set("response_digest", Hash('b'));
  const auto act = [this](const Json& body, std::string_view who, std::string_view key) {
    return test.net.Do("access.acknowledge", who, {System(std::string(key))}, body);
  };
  EXPECT_EQ(act(ack, kJt, "jt-gw").code, Code::kFieldRequired);
  ack.Set("acc_id", "one");
  EXPECT_EQ(act(ack, kGa, "ga-gw").code, Code::kRoleDenied);
  EXPECT_EQ(act(ack, kJt, "jt-gw").flags, 0U);
  EXPECT_EQ(act(ack, kJt, "jt-gw").code, Code::kDuplicate);
  ASSERT_TRUE(test.Report(test.LoneRecord("two")).Accepted());
  ack.Set("acc_id", "two").Set("response_digest", Hash('0'));
  EXPECT_EQ(act(ack, kJt, "jt-gw").flags, ledger::FlagBit(Flag::kDigestMismatch));
}

// Terms of their own: a window, a low cap, few uses, masks.
TestCase Special(const Spoil& open, const Spoil& content = [](Json&) {}) {
  TestCase test;
  Json resource = Content();
  content(resource);
  test.PublishResource(resource);
  EXPECT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  test.Approve();
  Json body = test.OpenBody();
  open(body);
  EXPECT_TRUE(test.Open(body).Accepted());
  EXPECT_TRUE(test.Acknowledge().Accepted());
  return test;
}

TEST(AccessTerms, HoursAreKept) {
  TestCase test = Special([](Json& b) { b.Set("daily_window", "08:00-20:00"); });
  EXPECT_EQ(test.Report(test.LoneRecord("day")).flags, 0U);
  test.net.Advance(17 * kHourMs);  // 02:00
  EXPECT_EQ(test.Report(test.LoneRecord("night")).flags, ledger::FlagBit(Flag::kOutsideHours));
}

TEST(AccessTerms, AWindowMayPassMidnight) {
  TestCase test = Special([](Json& b) { b.Set("daily_window", "22:00-06:00"); });
  EXPECT_TRUE(test.Report(test.LoneRecord("day")).Has(Flag::kOutsideHours));
  test.net.Advance(17 * kHourMs);
  EXPECT_EQ(test.Report(test.LoneRecord("night")).flags, 0U);
}

TEST(AccessTerms, RateIsPerMinute) {
  TestCase test = Special([](Json& b) { b.Set("rate_per_min", 2); });
  Json record = test.LoneRecord("a");
  const std::int64_t minute = record.IntegerOr("occurred_at") / 60'000 * 60'000;
  for (const auto& [id, at] : {std::pair{"a", minute}, std::pair{"b", minute + 59'999}}) {
    record.Set("acc_id", id).Set("occurred_at", at);
    EXPECT_FALSE(test.Report(record).Has(Flag::kOverRate));
  }
  record.Set("acc_id", "c").Set("occurred_at", minute + 60'000);
  EXPECT_FALSE(test.Report(record).Has(Flag::kOverRate));
  record.Set("acc_id", "d").Set("occurred_at", minute + 1);
  EXPECT_TRUE(test.Report(record).Has(Flag::kOverRate));
}

TEST(AccessTerms, UsesRunOutAndTheGrantExpires) {
  TestCase test = Special([](Json& b) { b.Set("uses_max", 2); });
  EXPECT_EQ(test.Report(test.LoneRecord("1")).flags, 0U);
  EXPECT_EQ(test.Report(test.LoneRecord("2")).flags, 0U);
  EXPECT_TRUE(test.Report(test.LoneRecord("3")).Has(Flag::kOverUses));
  Json suspend = Ref("grant", test.grant);
  suspend.Set("reason", "PURPOSE_DONE");
  EXPECT_EQ(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, suspend).code, Code::kBadState);
}

TEST(AccessTerms, DefaultMasksAreTermsToo) {
  const auto content = [](Json& c) {
    Json items = Json::MakeArray();
    for (const Json& item : c.ItemsOf("items")) {
      Json copy = item;
      if (item.TextOr("item_id") == "owner") copy.Set("mask_default", "NAME_PARTIAL");
      items.Push(copy);
    }
    c.Set("items", items);
  };
  TestCase test = Special([](Json&) {}, content);
  EXPECT_EQ(test.Report(test.LoneRecord("bare")).flags, ledger::FlagBit(Flag::kMaskMissing));
  Json masked = test.LoneRecord("masked");
  masked.Set("mask_profile", "NAME_PARTIAL");
  EXPECT_EQ(test.Report(masked).flags, 0U);
  Json without = test.LoneRecord("without");
  without.Set("items_mask", "03");
  EXPECT_EQ(test.Report(without).flags, 0U);
}

TEST(AccessTerms, DailyCapCountsByTheDayItHappened) {
  TestCase test = Special([](Json& b) { b.Set("daily_cap", 2); });
  const std::int64_t first_day = test.net.Time() - 100;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(test.Report(test.LoneRecord("a" + std::to_string(i))).flags, 0U);
  }
  EXPECT_EQ(test.Report(test.LoneRecord("over")).flags, ledger::FlagBit(Flag::kOverDailyCap));
  test.net.Advance(20 * kHourMs);
  EXPECT_EQ(test.Report(test.LoneRecord("next")).flags, 0U);
  Json late = test.LoneRecord("late");
  late.Set("occurred_at", first_day);
  EXPECT_TRUE(test.Report(late).Has(Flag::kOverDailyCap));
}

}  // namespace
}  // namespace jiandu::contracts::testing
