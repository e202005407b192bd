// Extensions 延期 of answers to requests and of updates of the catalogue
// (docs/contracts.md 4.3, 4.6; 809 Art. 17, 21; T15 of the worked scenario).
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Extensions : public CatalogueCase {
 protected:
  void SubmitOn(std::int32_t date) {
    test.PublishResource();
    test.net.AdvanceTo(date);
    ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  }
  Outcome Ask(const EntityId& id, std::string_view code, std::int64_t days) {
    return Ask(AskBody(id, code, days));
  }
  Outcome Ask(Json body) {
    return test.net.Do("extension.ask", kGa, {Maker("ga-c1"), Head("ga-h1")}, std::move(body));
  }
  [[nodiscard]] static Json AskBody(const EntityId& id, std::string_view code, std::int64_t days) {
    Json body = Ref("case", id);
    return body.Set("code", code).Set("days", days).Set("reason_digest", Hash('1'));
  }
  Outcome Consent(const EntityId& id, std::string_view code, std::int64_t days = 0) {
    Json body = Ref("case", id);
    body.Set("code", code);
    if (days > 0) body.Set("days", days);
    return test.net.Do("extension.consent", kDb, {Head("db-h1")}, body);
  }
  Outcome Refuse(const EntityId& id, std::string_view code, bool reasons = true) {
    Json body = Ref("case", id);
    body.Set("code", code);
    if (reasons) body.Set("reason_code", "OTHER").Set("reason_digest", Hash('1'));
    return test.net.Do("extension.refuse", kDb, {Head("db-h1")}, body);
  }
};

// Received 03-06, due 03-20; asked 03-19, granted 03-20: due 03-27; answered 03-30, late 1.
TEST_F(Extensions, AConsentMovesTheDueDay) {
  SubmitOn(20260306);
  EXPECT_EQ(Due(test.request, "D04"), 20260320);
  test.net.AdvanceTo(20260319);
  ASSERT_TRUE(Ask(test.request, "D04", 5).Accepted());
  EXPECT_EQ(ClockOf(test.request, "D05m").department, kDb);
  EXPECT_EQ(Due(test.request, "D05m"), 20260320);
  test.net.AdvanceTo(20260320);
  EXPECT_EQ(Consent(test.request, "D04").flags, 0U);
  EXPECT_EQ(Due(test.request, "D04"), 20260327);
  test.net.AdvanceTo(20260330);
  EXPECT_TRUE(test.Decide("ga", test.DecisionBody()).Has(Flag::kLate));
  EXPECT_EQ(ClockOf(test.request, "D04").late, 1);
}

TEST_F(Extensions, IsAskedForBeforeTheDueDay) {
  SubmitOn(20260306);
  test.net.AdvanceTo(20260323);
  EXPECT_EQ(Ask(test.request, "D04", 5).code, Code::kExtLate);
}

TEST_F(Extensions, AtMostTenDaysAndOnce) {
  SubmitOn(20260306);
  EXPECT_EQ(Ask(test.request, "D04", 11).code, Code::kExtLimit);
  ASSERT_TRUE(Ask(test.request, "D04", 4).Accepted());
  EXPECT_EQ(Ask(test.request, "D04", 4).code, Code::kBadState);  // it is being asked
  EXPECT_EQ(Consent(test.request, "D04", 5).code, Code::kExtLimit);
  ASSERT_TRUE(Consent(test.request, "D04", 3).Accepted());
  EXPECT_EQ(Due(test.request, "D04"), 20260325);
  EXPECT_EQ(Consent(test.request, "D04").code, Code::kBadState);
  EXPECT_EQ(Ask(test.request, "D04", 4).code, Code::kExtLimit);
}

TEST_F(Extensions, AConsentOnTheDayAfterStillCountsAndIsLateOfTheManager) {
  SubmitOn(20260306);
  test.net.AdvanceTo(20260319);
  ASSERT_TRUE(Ask(test.request, "D04", 5).Accepted());
  test.net.AdvanceTo(20260323);
  EXPECT_TRUE(Consent(test.request, "D04").Has(Flag::kLate));
  EXPECT_EQ(ClockOf(test.request, "D05m").late, 1);
  EXPECT_EQ(Due(test.request, "D04"), 20260327);
  test.net.AdvanceTo(20260327);
  EXPECT_FALSE(test.Decide("ga", test.DecisionBody()).Has(Flag::kLate));
}

TEST_F(Extensions, ALaterConsentComesTooLate) {
  SubmitOn(20260306);
  test.net.AdvanceTo(20260319);
  ASSERT_TRUE(Ask(test.request, "D04", 5).Accepted());
  test.net.AdvanceTo(20260324);
  EXPECT_EQ(Consent(test.request, "D04").code, Code::kExtLate);
  EXPECT_TRUE(Refuse(test.request, "D04").Has(Flag::kLate));
}

TEST_F(Extensions, ARefusalNeedsItsReasonsAndEndsTheMatter) {
  SubmitOn(20260306);
  EXPECT_EQ(Refuse(test.request, "D04").code, Code::kBadState);
  ASSERT_TRUE(Ask(test.request, "D04", 5).Accepted());
  EXPECT_EQ(Refuse(test.request, "D04", false).code, Code::kReasonRequired);
  EXPECT_EQ(Refuse(test.request, "D03").code, Code::kBadState);
  ASSERT_TRUE(Refuse(test.request, "D04").Accepted());
  EXPECT_EQ(Due(test.request, "D04"), 20260320);
  EXPECT_EQ(Ask(test.request, "D04", 5).code, Code::kExtLimit);
}

TEST_F(Extensions, WhoAnswersOrReturnsWaitsForNone) {
  SubmitOn(20260306);
  ASSERT_TRUE(Ask(test.request, "D04", 5).Accepted());
  Json back = Ref("request", test.request);
  back.Set("missing", Texts({"scene"}));
  ASSERT_TRUE(test.net.Do("request.return", kGa, {Maker("ga-c1")}, back).Accepted());
  EXPECT_FALSE(ClockOf(test.request, "D05m").Runs());
  EXPECT_EQ(Consent(test.request, "D04").code, Code::kBadState);
  EXPECT_EQ(Ask(test.request, "D04", 5).code, Code::kBadState);  // the deadline stands still
  Json answers = Json::MakeArray();
  answers.Push(Json::MakeObject({{"code", "scene"}, {"digest", Hash('1')}}));
  Json again = Ref("request", test.request);
  again.Set("answers", answers);
  ASSERT_TRUE(
      test.net.Do("request.resubmit", kJt, {Maker("jt-c1"), Head("jt-h1")}, again).Accepted());
  ASSERT_TRUE(Ask(test.request, "D04", 5).Accepted());
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  EXPECT_FALSE(ClockOf(test.request, "D05m").Runs());
}

TEST_F(Extensions, IsTheProvidersToAskAndTheManagersToGrant) {
  SubmitOn(20260306);
  const Json body = AskBody(test.request, "D04", 5);
  EXPECT_EQ(test.net.Do("extension.ask", kJt, {Maker("jt-c1"), Head("jt-h1")}, body).code,
            Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("extension.ask", kGa, {Maker("ga-c1")}, body).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(Ask(test.request, "D03", 5).code, Code::kBadState);
  ASSERT_TRUE(Ask(body).Accepted());
  Json consent = Ref("case", test.request);
  consent.Set("code", "D04");
  EXPECT_EQ(test.net.Do("extension.consent", kGa, {Head("ga-h1")}, consent).code,
            Code::kRoleDenied);
}

// Where the standard has no answer deadlines there is nothing to extend.
TEST(Extension, TheHangzhouDraftHasNothingToExtend) {
  TestCase test("hangzhou");
  test.ReachRequest();
  Json body = Ref("case", test.request);
  body.Set("code", "D04").Set("days", 5).Set("reason_digest", Hash('1'));
  EXPECT_EQ(test.net.Do("extension.ask", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kBadState);
}

class Updates : public Extensions {
 protected:
  void SetUp() override { test.PublishResource(); }
  [[nodiscard]] Json Of(std::int64_t event, std::int64_t days) const {
    return AskBody(test.resource, "D01", days).Set("event_date", event);
  }
};

// An event of 03-02: due 03-16, with three days more 03-19.
TEST_F(Updates, TheUpdateOfTheCatalogueIsExtendedByFiveDaysAtMost) {
  EXPECT_EQ(Ask(test.resource, "D01", 3).code, Code::kBadState);  // of which event?
  EXPECT_EQ(Ask(Of(20260401, 3)).code, Code::kFieldInvalid);
  EXPECT_EQ(Ask(Of(20260302, 6)).code, Code::kExtLimit);
  ASSERT_TRUE(Ask(Of(20260302, 3)).Accepted());
  EXPECT_EQ(Due(test.resource, "D01"), 20260316);
  ASSERT_TRUE(Consent(test.resource, "D01").Accepted());
  EXPECT_EQ(Due(test.resource, "D01"), 20260319);
  EXPECT_EQ(Ask(Of(20260302, 1)).code, Code::kExtLimit);
  Json amendment = Amendment("DUTY_CHANGE", Content()).Set("event_date", 20260302);
  test.net.AdvanceTo(20260319);
  EXPECT_FALSE(Amend(amendment).Has(Flag::kLate));
  // The next event has an extension of its own.
  test.net.AdvanceTo(20260401);
  EXPECT_TRUE(Ask(Of(20260331, 5)).Accepted());
}

TEST_F(Updates, IsAskedForBeforeTheUpdateIsDue) {
  test.net.AdvanceTo(20260317);
  EXPECT_EQ(Ask(Of(20260302, 3)).code, Code::kExtLate);
}

TEST_F(Updates, AnEarlierEventMakesTheAmendmentLater) {
  ASSERT_TRUE(Ask(Of(20260302, 3)).Accepted());
  test.net.AdvanceTo(20260313);
  EXPECT_TRUE(
      Amend(Amendment("LAW_CHANGE", Content()).Set("event_date", 20260226)).Has(Flag::kLate));
  EXPECT_FALSE(ClockOf(test.resource, "D05m").Runs());
}

}  // namespace
}  // namespace jiandu::contracts::testing
