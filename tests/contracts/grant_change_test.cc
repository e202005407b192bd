// A change by the provider, a recall, and the report of a stop (docs/contracts.md 4.8; 809 Art.
// 27(3), 39(7)). The dates are those of T50 of the worked scenario.
#include "contracts/as_of.h"
#include "contracts/clock.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Change : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachGrant();
    test.net.AdvanceTo(20260511);
  }
  [[nodiscard]] Json Body(std::int64_t effective_on = 20260518) const {
    Json body = Ref("grant", test.grant);
    body.Set("reason_code", "SAFETY").Set("reason_digest", Hash('1'));
    body.Set("c_position", "OBJECTS").Set("effective_on", effective_on);
    body.Set("terms", Json::MakeObject({{"items", Texts({"plate", "status"})}}));
    return body;
  }
  [[nodiscard]] Json End(std::int64_t effective_on = 20260518) const {
    Json body = Body(effective_on);
    body.Remove("terms");
    body.Set("terminate", true);
    return body;
  }
  Outcome Do(Json body, std::vector<Signing> signers = {Maker("ga-c1"), Head("ga-h1")}) {
    return test.net.Do("grant.change", kGa, signers, std::move(body));
  }
  Outcome Agreed(Json body) {
    return Do(std::move(body), {Maker("ga-c1"), Head("ga-h1"), Peer("jt-h1")});
  }
  [[nodiscard]] std::uint64_t FlagsAt(std::string_view id, std::int64_t time,
                                      std::string_view mask) {
    Json record = test.LoneRecord(id);
    record.Set("occurred_at", time).Set("items_mask", mask);
    // The first delivery also satisfies D06, months late here.
    return test.Report(record).flags &
           ~(ledger::FlagBit(Flag::kLateEvidence) | ledger::FlagBit(Flag::kLate));
  }
  // EffectiveStatus as an act on the grant meets it.
  [[nodiscard]] Code Relinquish() {
    Json body = Ref("grant", test.grant);
    body.Set("reason", "NOT_NEEDED");
    return test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, body).code;
  }
  TestCase test;
};

TEST_F(Change, NeedsReasonNegotiationAndNotice) {
  Json body = Body();
  body.Remove("reason_digest");
  EXPECT_EQ(Do(body).code, Code::kReasonRequired);
  body = Body();
  body.Remove("c_position");
  EXPECT_EQ(Do(body).code, Code::kNegotiationRequired);
  body.Set("negotiation_digest", Hash('2'));
  EXPECT_EQ(Do(Body(20260515)).code, Code::kNoticeTooShort);
  Json undated = Body();
  undated.Remove("effective_on");
  EXPECT_EQ(Do(undated).code, Code::kNoticeTooShort);
  EXPECT_EQ(test.net.Do("grant.change", kDb, {Maker("db-c1"), Head("db-h1")}, body).code,
            Code::kRoleDenied);
  const Outcome done = Do(body);
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(done.flags, ledger::FlagBit(Flag::kNotAgreed));
}

TEST_F(Change, OnlyTightens) {
  const auto code = [this](std::string_view name, Json value) {
    Json body = Body();
    body.Set("terms", Json::MakeObject({{name, std::move(value)}}));
    return Do(body).code;
  };
  EXPECT_EQ(code("daily_cap", 101), Code::kFieldInvalid);
  EXPECT_EQ(code("items", Texts({"citizen_no"})), Code::kFieldInvalid);
  EXPECT_EQ(code("valid_to", 20260517), Code::kFieldInvalid);  // before it is in force
  Json both = Body();
  both.Set("terminate", true);
  EXPECT_EQ(Do(both).code, Code::kFieldInvalid);
  Json neither = Body();
  neither.Remove("terms");
  EXPECT_EQ(Do(neither).code, Code::kFieldRequired);
}

TEST_F(Change, WithoutAgreementItIsInForceFromItsDay) {
  ASSERT_TRUE(Do(Body()).Accepted());
  const std::int64_t day = ledger::StartOfDate(20260518);
  const std::uint64_t not_granted = ledger::FlagBit(Flag::kItemNotGranted);
  EXPECT_EQ(FlagsAt("c1", test.net.Time() - 100, "07"), 0U);
  test.net.AdvanceTo(20260519);
  EXPECT_EQ(FlagsAt("c2", day - 1, "07"), 0U);
  EXPECT_EQ(FlagsAt("c3", day, "07"), not_granted);
  EXPECT_EQ(FlagsAt("c4", day, "03"), 0U);
  // The next act finds it in force and builds on it.
  Json next = Body();
  next.Set("terms", Json::MakeObject({{"daily_cap", 5}}));
  ASSERT_TRUE(Agreed(next).Accepted());
  const Json terms = test.net.Body(test.grant).Terms();
  EXPECT_EQ(terms.TextOr("items_mask"), "03");
  EXPECT_EQ(terms.IntegerOr("daily_cap"), 5);
  EXPECT_EQ(FlagsAt("c5", day - 1, "07"), 0U);
  EXPECT_EQ(FlagsAt("c6", day, "07"), not_granted);
}

TEST_F(Change, IsShownFromItsDayThoughNobodyHasActedSince) {
  ASSERT_TRUE(Do(Body()).Accepted());
  const auto mask_at = [this](ledger::TimeMs time) {
    const AsOf at{.height = test.net.Height(), .time = time};
    return std::string(BodyAsOf(test.net.View(), at, test.grant)->Terms().TextOr("items_mask"));
  };
  const ledger::TimeMs day = ledger::StartOfDate(20260518);
  EXPECT_EQ(mask_at(day - 1), "07");
  EXPECT_EQ(mask_at(day), "03");
  EXPECT_EQ(test.net.Body(test.grant).Terms().TextOr("items_mask"),
            "07");  // reading changes nothing
}

TEST_F(Change, AgreedItIsInForceAtOnce) {
  Json body = Body();
  body.Remove("effective_on");
  body.Remove("c_position");
  const Outcome done = Agreed(body);
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(done.flags, 0U);
  EXPECT_EQ(test.net.Body(test.grant).Terms().TextOr("items_mask"), "03");
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
}

// Only so many superseded terms are kept; the oldest of them stands for those before it.
TEST_F(Change, ManyChangesKeepTheLastTerms) {
  const std::int64_t first = test.net.Time() - 100;
  const std::uint64_t not_granted = ledger::FlagBit(Flag::kItemNotGranted);
  ASSERT_TRUE(Agreed(Body(20260511)).Accepted());
  const std::int64_t narrowed = test.net.Time();
  EXPECT_EQ(FlagsAt("m1", first, "07"), 0U);
  for (int cap = 99; cap > 60; --cap) {
    Json body = Body(20260511);
    body.Set("terms", Json::MakeObject({{"daily_cap", cap}}));
    ASSERT_TRUE(Agreed(body).Accepted()) << cap;
  }
  EXPECT_EQ(test.net.Body(test.grant).Number("past_terms"), 40);
  EXPECT_EQ(FlagsAt("m2", narrowed, "07"), not_granted);
  EXPECT_EQ(FlagsAt("m3", first, "03"), 0U);
  EXPECT_EQ(test.net.Body(test.grant).Terms().IntegerOr("daily_cap"), 61);
}

TEST_F(Change, MayEndTheSharingOnItsDay) {
  ASSERT_TRUE(Do(End()).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  const std::int64_t day = ledger::StartOfDate(20260518);
  EXPECT_EQ(test.net.Body(test.grant).FindClock("D14")->start, day);
  test.net.AdvanceTo(20260518, 9);
  EXPECT_EQ(FlagsAt("e1", day - 1, "07"), 0U);
  EXPECT_EQ(FlagsAt("e2", day, "07"), ledger::FlagBit(Flag::kExpired));
  EXPECT_EQ(Relinquish(), Code::kBadState);
}

TEST_F(Change, AgreedItEndsTheSharingAtOnce) {
  Json body = End();
  body.Remove("effective_on");
  const Outcome done = Agreed(body);
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(test.net.Status(test.grant), "TERMINATED");
  EXPECT_TRUE(test.net.Body(test.grant).FindClock("D14")->Runs());
}

TEST_F(Change, ALaterAnnouncementTakesThePlaceOfTheEarlier) {
  ASSERT_TRUE(Do(End()).Accepted());
  ASSERT_TRUE(Do(Body(20260519)).Accepted());
  test.net.AdvanceTo(20260520);
  EXPECT_EQ(FlagsAt("l1", test.net.Time() - 100, "03"), 0U);
  EXPECT_EQ(Relinquish(), Code::kAccepted);
}

TEST_F(Change, AnEarlierEndHoldsFromItsDayToo) {
  Json body = Body();
  body.Set("terms", Json::MakeObject({{"valid_to", 20260520}, {"uses_max", 1}}));
  ASSERT_TRUE(Do(body).Accepted());
  EXPECT_EQ(FlagsAt("u1", test.net.Time() - 200, "07"), 0U);
  EXPECT_EQ(FlagsAt("u2", test.net.Time() - 100, "07"),
            0U);  // not counted against the bound to come
  test.net.AdvanceTo(20260518, 9);
  EXPECT_EQ(FlagsAt("u3", test.net.Time() - 100, "07"), ledger::FlagBit(Flag::kOverUses));
  EXPECT_EQ(Relinquish(), Code::kBadState);
}

class Recall : public Change {
 protected:
  [[nodiscard]] Json RecallBody(std::string_view scope) const {
    Json body = Ref("grant", test.grant);
    body.Set("reason_code", "WRONG_DATA").Set("reason_digest", Hash('1')).Set("scope", scope);
    if (scope == "BATCHES") body.Set("batches", Texts({"B-2"}));
    return body;
  }
  Outcome DoRecall(const Json& body,
                   std::vector<Signing> signers = {Head("ga-h1"), Peer("db-h1")}) {
    return test.net.Do("grant.recall", kGa, signers, body);
  }
};

TEST_F(Recall, NeedsTheManagersHeadAndAReason) {
  EXPECT_EQ(DoRecall(RecallBody("ALL"), {Head("ga-h1")}).code, Code::kHeadSignatureRequired);
  EXPECT_EQ(DoRecall(RecallBody("ALL"), {Head("ga-h1"), Peer("sw-h1")}).code, Code::kRoleDenied);
  Json body = RecallBody("ALL");
  body.Remove("reason_code");
  EXPECT_EQ(DoRecall(body).code, Code::kReasonRequired);
  body = RecallBody("BATCHES");
  body.Remove("batches");
  EXPECT_EQ(DoRecall(body).code, Code::kFieldRequired);
  body = RecallBody("ALL");
  body.Set("batches", Texts({"B-2"}));
  EXPECT_EQ(DoRecall(body).code, Code::kFieldInvalid);
}

TEST_F(Recall, OfAllEndsTheGrant) {
  ASSERT_TRUE(DoRecall(RecallBody("ALL")).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "TERMINATED");
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(grant.FindClock("D14")->department, kJt);
  EXPECT_EQ(grant.FindClock("D14")->start, grant.Number("recalled_at"));
  EXPECT_EQ(DoRecall(RecallBody("ALL")).code, Code::kBadState);
}

TEST_F(Recall, OfABatchLeavesTheGrant) {
  const std::int64_t recalled = test.net.Time();
  ASSERT_TRUE(DoRecall(RecallBody("BATCHES")).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  EXPECT_EQ(test.net.Body(test.grant).Text("recalled"), "[\"B-2\"]");
  EXPECT_EQ(test.net.Body(test.grant).FindClock("D14")->start, recalled);
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(test.net.View());
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(ledger::DateOf(DueOf(calendar, *grant.FindClock("D14")).at - 1), 20260525);
  // A change of the end does not lengthen it.
  Json body = Body();
  body.Set("terms", Json::MakeObject({{"valid_to", 20260630}}));
  ASSERT_TRUE(Agreed(body).Accepted());
  EXPECT_EQ(test.net.Body(test.grant).FindClock("D14")->start, recalled);
}

// Whatever comes after it, what was recalled is due when it was.
TEST_F(Recall, IsNotPutOff) {
  const std::int64_t recalled = test.net.Time();
  ASSERT_TRUE(DoRecall(RecallBody("BATCHES")).Accepted());
  test.net.AdvanceTo(20260608);
  Json second = RecallBody("BATCHES");
  ASSERT_TRUE(DoRecall(second.Set("batches", Texts({"B-2", "B-3"}))).Accepted());
  EXPECT_EQ(test.net.Body(test.grant).Text("recalled"), "[\"B-2\",\"B-3\"]");
  EXPECT_EQ(test.net.Body(test.grant).FindClock("D14")->start, recalled);
  Json change = Body();
  change.Set("terms", Json::MakeObject({{"valid_to", 20260630}}));
  ASSERT_TRUE(Agreed(change).Accepted());
  EXPECT_EQ(test.net.Body(test.grant).FindClock("D14")->start, recalled);
  ASSERT_EQ(Relinquish(), Code::kAccepted);
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(grant.FindClock("D14")->start, recalled);
  EXPECT_TRUE(
      IsOverdue(ledger::ReadCalendar(test.net.View()), *grant.FindClock("D14"), test.net.Time()));
}

TEST_F(Change, AStopThatNothingExplainsIsUnilateral) {
  const auto report = [this](std::int64_t stopped, std::string_view who = kJt,
                             Signing signer = Maker("jt-c1")) {
    Json body = Ref("grant", test.grant);
    body.Set("occurred_at", stopped).Set("evidence_digest", Hash('5'));
    return test.net.Do("grant.stop_report", who, {signer}, body);
  };
  const std::uint64_t unilateral = ledger::FlagBit(Flag::kUnilateralStop);
  EXPECT_EQ(report(test.net.Time() - 100).flags, unilateral);
  EXPECT_EQ(report(test.net.Time() - 100, kJt, System("jt-app")).flags, unilateral);
  EXPECT_EQ(report(test.net.Time() - 100, kGa, Maker("ga-c1")).code, Code::kRoleDenied);
  EXPECT_EQ(report(1).flags, 0U);  // before it was opened
  ASSERT_TRUE(Do(End()).Accepted());
  test.net.AdvanceTo(20260519);
  EXPECT_EQ(report(test.net.Time() - 100).flags, 0U);
  const Outcome bare =
      test.net.Do("grant.stop_report", kJt, {Maker("jt-c1")}, Ref("grant", test.grant));
  EXPECT_EQ(bare.flags, ledger::FlagBit(Flag::kFieldMissing));
}

}  // namespace
}  // namespace jiandu::contracts::testing
