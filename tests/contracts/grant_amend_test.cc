// A wider scope or a longer term of a grant: the request for it, and its use
// (docs/contracts.md 4.6, 4.8; 809 Art. 20, 25).
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Amendment : public ::testing::Test {
 protected:
  void SetUp() override { test.ReachGrant(); }
  Json ChangeBody(std::string_view kind) {
    Json body = test.RequestBody();
    body.Set("kind", kind).Set("grant", ledger::ToHex(test.grant));
    if (kind == "SCOPE_CHANGE") {
      Json items = Json::MakeArray();
      for (const std::string_view id : {"plate", "status", "owner", "citizen_no"}) {
        items.Push(Json::MakeObject({{"item_id", id}, {"need_code", "N1"}}));
      }
      body.Set("items", items).Set("daily_cap", 120);
    } else {
      body.Set("valid_to", 20270630);
    }
    return body;
  }
  void ApproveChange(std::string_view kind) {
    const Outcome outcome = test.SubmitRequest(ChangeBody(kind));
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    test.Approve();
    ASSERT_EQ(test.net.Status(test.request), "APPROVED");
  }
  Outcome Use(std::string_view op, Json more = Json::MakeObject()) {
    more.Set("grant", ledger::ToHex(test.grant)).Set("request", ledger::ToHex(test.request));
    if (op == "grant.renew" && more.Find("valid_to") == nullptr) more.Set("valid_to", 20270630);
    return test.net.Do(op, kDb, {Maker("db-c1"), Head("db-h1")}, std::move(more));
  }
  [[nodiscard]] std::uint64_t FlagsAt(std::string_view id, std::int64_t time,
                                      std::string_view mask) {
    Json record = test.LoneRecord(id);
    record.Set("occurred_at", time).Set("items_mask", mask);
    const Outcome outcome = test.Report(record);
    EXPECT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    return outcome.flags & ~ledger::FlagBit(Flag::kLate);  // the first delivery satisfies D06
  }
  TestCase test;
};

TEST_F(Amendment, IsAskedForTheConsumersOwnActiveGrant) {
  Json body = ChangeBody("SCOPE_CHANGE");
  body.Remove("grant");
  EXPECT_EQ(test.SubmitRequest(body).code, Code::kFieldRequired);
  body = test.RequestBody();
  body.Set("grant", ledger::ToHex(test.grant));
  EXPECT_EQ(test.SubmitRequest(body).code, Code::kFieldInvalid);
  EXPECT_EQ(
      test.net
          .Do("request.submit", kSw, {Maker("sw-c1"), Head("sw-h1")}, ChangeBody("SCOPE_CHANGE"))
          .code,
      Code::kScopeChangeForbidden);
  Json relinquish = Ref("grant", test.grant);
  relinquish.Set("reason", "PURPOSE_DONE");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, relinquish).Accepted());
  EXPECT_EQ(test.SubmitRequest(ChangeBody("SCOPE_CHANGE")).code, Code::kScopeChangeForbidden);
  EXPECT_EQ(test.SubmitRequest(ChangeBody("RENEW")).code, Code::kRenewNotAllowed);
}

TEST_F(Amendment, WidensTheGrantOnceAndOpensNoOther) {
  ASSERT_TRUE(test.SubmitRequest(ChangeBody("SCOPE_CHANGE")).Accepted());
  EXPECT_EQ(*test.net.Body(test.request).Link("grant"), test.grant);
  EXPECT_EQ(Use("grant.amend").code, Code::kNotApproved);
  test.Approve();
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
  EXPECT_EQ(Use("grant.amend", Json::MakeObject({{"daily_cap", 121}})).code,
            Code::kTermsExceedDecision);
  EXPECT_EQ(Use("grant.renew").code, Code::kNotApproved);
  const Outcome amended = Use("grant.amend", Json::MakeObject({{"purpose_code", "ENFORCEMENT"}}));
  ASSERT_TRUE(amended.Accepted()) << CodeName(amended.code);
  EXPECT_EQ(amended.flags, 0U);
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  EXPECT_EQ(test.net.Status(test.request), "GRANTED");
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(grant.Terms().TextOr("items_mask"), "0f");
  EXPECT_EQ(grant.Terms().IntegerOr("daily_cap"), 120);
  EXPECT_EQ(grant.Terms().IntegerOr("rate_per_min"), 60);  // as it was
  EXPECT_EQ(grant.Terms().TextOr("purpose_code"), "ENFORCEMENT");
  EXPECT_TRUE(test.net.Body(test.request).FindClock("D16")->satisfied);
  EXPECT_TRUE(grant.FindClock("D06")->Runs());  // the new items are to be served
  EXPECT_EQ(Use("grant.amend").code, Code::kSourceConsumed);
  // The request that opened the grant amends it only after a government decision.
  test.request = *grant.Link("request");
  EXPECT_EQ(Use("grant.amend").code, Code::kSourceConsumed);
  EXPECT_EQ(test.SubmitRequest(ChangeBody("SCOPE_CHANGE")).code, Code::kAccepted);
}

TEST_F(Amendment, EarlierAccessesAreJudgedByTheTermsOfTheirTime) {
  const std::int64_t before = test.net.Time() - 100;
  ApproveChange("SCOPE_CHANGE");
  test.net.Advance(kHourMs);
  const std::int64_t amended = test.net.Time();
  ASSERT_TRUE(Use("grant.amend").Accepted());
  test.net.Advance(kHourMs);
  const std::uint64_t not_granted = ledger::FlagBit(Flag::kItemNotGranted);
  EXPECT_EQ(FlagsAt("a1", before, "0f"), not_granted);
  EXPECT_EQ(FlagsAt("a2", amended - 1, "0f"), not_granted);
  EXPECT_EQ(FlagsAt("a3", amended, "0f"), 0U);
  EXPECT_EQ(FlagsAt("a4", before, "07"), 0U);
  // Amended again, the middle terms stay what they were.
  Json narrower = ChangeBody("SCOPE_CHANGE");
  const Json original = test.RequestBody();
  narrower.Set("items", *original.Find("items"));
  ASSERT_TRUE(test.SubmitRequest(narrower).Accepted());
  test.Approve();
  const std::int64_t again = test.net.Time();
  ASSERT_TRUE(Use("grant.amend").Accepted());
  EXPECT_EQ(FlagsAt("a5", again, "0f"), not_granted);
  EXPECT_EQ(FlagsAt("a6", again - 1, "0f"), 0U);
  EXPECT_EQ(FlagsAt("a7", before, "0f"), not_granted);
}

TEST_F(Amendment, ABatchAcrossAnAmendmentStraddles) {
  const std::int64_t before = test.net.Time() - 100;
  ApproveChange("SCOPE_CHANGE");
  ASSERT_TRUE(Use("grant.amend").Accepted());
  Json counts = Json::MakeObject({{"ok", 2}, {"not_found", 0}, {"denied", 0}, {"error", 0}});
  Json digest = Json::MakeObject({{"from", before},
                                  {"to", test.net.Time() - 1},
                                  {"root", Hash('1')},
                                  {"rows", 2},
                                  {"bytes", 2},
                                  {"peak_per_min", 1},
                                  {"max_rows", 1}});
  digest.Set("counts", counts);
  Json body = Ref("grant", test.grant);
  body.Set("batch_id", "b1").Set("form", "digest").Set("digest", digest);
  body.Set("system", ledger::ToHex(test.net.Identity("jt-app")));
  const Outcome outcome = test.net.Do("access.batch", kGa, {System("ga-gw")}, body);
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_TRUE(outcome.Has(Flag::kStraddles));
}

// What a government decided about a granted request stands in that request, approved anew.
TEST_F(Amendment, AGovernmentDecisionAmendsOnce) {
  test.net.Forge(test.request, [](ledger::EntityBody& request) {
    request.status = static_cast<std::uint32_t>(ledger::RequestStatus::kApproved);
    request.terms = ToBytes(CanonicalJson(Json::MakeObject({{"items", Texts({"plate"})},
                                                            {"mode", "API"},
                                                            {"valid_from", 20260302},
                                                            {"valid_to", 20261231},
                                                            {"daily_cap", 10}})));
  });
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kSourceConsumed);
  ASSERT_TRUE(Use("grant.amend").Accepted());
  EXPECT_EQ(test.net.Body(test.grant).Terms().TextOr("items_mask"), "01");
  EXPECT_EQ(Use("grant.amend").code, Code::kSourceConsumed);
}

TEST_F(Amendment, ANewGradeIsAskedAgain) {
  ApproveChange("SCOPE_CHANGE");
  const auto set = [this](const char* grade) {
    test.net.Forge(test.resource,
                   [&](ledger::EntityBody& resource) { resource.texts["grade"] = grade; });
  };
  set("IMPORTANT");
  EXPECT_EQ(Use("grant.amend").code, Code::kSafeguardRequired);
  set("CORE");  // the grant counts as suspended
  EXPECT_EQ(Use("grant.amend").code, Code::kBadState);
}

// As where a grant is opened: a class changed by law closes the case, one changed by the provider
// leaves it its own.
TEST_F(Amendment, OnlyAClassChangedByLawClosesTheCase) {
  ApproveChange("SCOPE_CHANGE");
  const auto publish = [this](std::string_view reason) {
    Json body = Ref("resource", test.resource);
    body.Set("reason", reason).Set("reason_digest", Hash('7'));
    body.Set("event_date", ledger::DateOf(test.net.Time()));
    body.Set("content", Content("UNCONDITIONAL", "G3"));
    const Outcome amended =
        test.net.Do("resource.amend", kGa, {Maker("ga-c1"), Head("ga-l1")}, body);
    ASSERT_TRUE(amended.Accepted()) << CodeName(amended.code);
    ASSERT_TRUE(test.Review().Accepted());
    ASSERT_TRUE(test.Publish().Accepted());
  };
  TestNet before = test.net;
  publish("LAW_CHANGE");
  EXPECT_EQ(Use("grant.amend").code, Code::kResReclassed);
  test.net = before;
  publish("DUTY_CHANGE");
  const Outcome amended = Use("grant.amend");
  EXPECT_TRUE(amended.Accepted()) << CodeName(amended.code);
}

// Masks count the items of the version the grant was opened on; a renewal asks for the newer one.
TEST_F(Amendment, ARenewalKeepsTheVersionItsMasksAreWrittenIn) {
  Json turned = Content();
  Json items = Json::MakeArray();
  items.Push(Item("citizen_no", "G3", "PI"));
  for (const std::string_view id : {"plate", "status"}) items.Push(Item(id, "G2"));
  items.Push(Item("owner", "G3", "PI"));
  turned.Set("items", items);
  Json body = Ref("resource", test.resource);
  body.Set("reason", "CORRECTION").Set("reason_digest", Hash('7')).Set("content", turned);
  const Outcome amended = test.net.Do("resource.amend", kGa, {Maker("ga-c1"), Head("ga-l1")}, body);
  ASSERT_TRUE(amended.Accepted()) << CodeName(amended.code);
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  test.net.AdvanceTo(20261210);
  Json asked = ChangeBody("RENEW");
  asked.Set("resource_version", 2);
  const Outcome submitted = test.SubmitRequest(asked);
  ASSERT_TRUE(submitted.Accepted()) << CodeName(submitted.code);
  test.Approve();
  ASSERT_TRUE(Use("grant.renew").Accepted());
  // A later change writes its masks by the grant's own version too.
  Json change = Ref("grant", test.grant);
  change.Set("reason_code", "SAFETY").Set("reason_digest", Hash('1'));
  change.Set("terms", Json::MakeObject({{"items", Texts({"plate"})}}));
  ASSERT_TRUE(
      test.net.Do("grant.change", kGa, {Maker("ga-c1"), Head("ga-h1"), Peer("jt-h1")}, change)
          .Accepted());
  EXPECT_EQ(test.net.Body(test.grant).Terms().TextOr("items_mask"), "01");
  EXPECT_EQ(FlagsAt("m1", test.net.Time(), "01"), 0U);
}

TEST_F(Amendment, OnlyTheOpenerUsesIt) {
  ApproveChange("SCOPE_CHANGE");
  Json body = Ref("grant", test.grant);
  body.Set("request", ledger::ToHex(test.request));
  EXPECT_EQ(test.net.Do("grant.amend", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kRoleDenied);
  body.Set("valid_to", 20260301);
  EXPECT_EQ(test.net.Do("grant.amend", kDb, {Maker("db-c1"), Head("db-h1")}, body).code,
            Code::kFieldInvalid);
}

// The grant ends on 2026-12-31.
TEST_F(Amendment, ARenewalIsAskedForInTheLastThirtyDaysWithoutAnOpenOrder) {
  test.net.AdvanceTo(20261201, 12);
  EXPECT_EQ(test.SubmitRequest(ChangeBody("RENEW")).code, Code::kRenewNotAllowed);
  test.net.AdvanceTo(20261202, 12);
  Json order = Ref("grant", test.grant);
  order.Set("ground", "SAFEGUARD").Set("evidence", Texts({Hash('e')}));
  order.Set("term", test.net.Time() + 5 * kDayMs);
  ASSERT_TRUE(test.net.Do("rectification.order", kDb, {Head("db-h1")}, order).Accepted());
  EXPECT_EQ(test.SubmitRequest(ChangeBody("RENEW")).code, Code::kRenewNotAllowed);
}

TEST_F(Amendment, ARenewalMovesTheEndByNoMoreThanTheOldTerm) {
  test.net.AdvanceTo(20261210);
  Json asked = ChangeBody("RENEW");
  asked.Set("valid_to", 20271231);
  ASSERT_TRUE(test.SubmitRequest(asked).Accepted());
  EXPECT_EQ(Use("grant.renew").code, Code::kNotApproved);
  test.Approve();
  const auto until = [](std::int64_t date) { return Json::MakeObject({{"valid_to", date}}); };
  EXPECT_EQ(Use("grant.renew", until(20280101)).code, Code::kTermsExceedDecision);
  // From 03-02 to the end of the year it ran 305 days.
  EXPECT_EQ(Use("grant.renew", until(20271102)).code, Code::kTermsExceedDecision);
  EXPECT_EQ(Use("grant.renew", until(20261231)).code, Code::kTermsExceedDecision);
  const Outcome renewed = Use("grant.renew", until(20271101));
  ASSERT_TRUE(renewed.Accepted()) << CodeName(renewed.code);
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(grant.Number("valid_to"), ledger::StartOfDate(20271102));
  EXPECT_EQ(grant.FindClock("D14")->start, ledger::StartOfDate(20271102) - 1);
  EXPECT_EQ(grant.Terms().TextOr("items_mask"), "07");
  EXPECT_EQ(Use("grant.renew", until(20271101)).code, Code::kSourceConsumed);
  test.net.AdvanceTo(20270105);
  EXPECT_EQ(FlagsAt("r1", test.net.Time() - 100, "07"), 0U);
}

TEST_F(Amendment, ARenewalNeedsTheSafeguardsOfTheGradeNow) {
  test.net.AdvanceTo(20261210);
  ApproveChange("RENEW");
  test.net.Forge(test.resource,
                 [](ledger::EntityBody& resource) { resource.texts["grade"] = "IMPORTANT"; });
  EXPECT_EQ(Use("grant.renew").code, Code::kSafeguardRequired);
}

}  // namespace
}  // namespace jiandu::contracts::testing
