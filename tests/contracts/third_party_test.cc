// Passing data on: asking, deciding, reporting (docs/contracts.md 4.9). The dates are those of T49
// of the worked scenario.
#include "contracts/clock.h"
#include "tests/support/consultation_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class ThirdPartyCase : public ConsultationCase {
 public:
  using ConsultationCase::ConsultationCase;
  EntityId consent;

  [[nodiscard]] Json AskBody() const {
    Json body = Ref("grant", grant);
    body.Set("recipient", kSw).Set("items", Texts({"plate", "status"}));
    body.Set("basis_ref", "道路运输条例").Set("basis_doc_digest", Hash('1'));
    body.Set("valid_to", 20260630);
    return body;
  }
  [[nodiscard]] Outcome Ask(Json body) {
    Outcome outcome =
        net.Do("third_party.ask", kJt, {Maker("jt-c1"), Head("jt-h1")}, std::move(body));
    if (outcome.Accepted()) consent = outcome.Born(ledger::EntityKind::kThirdParty);
    return outcome;
  }
  [[nodiscard]] Json Verdict(std::string_view verdict) const {
    Json body = Ref("third_party", consent);
    body.Set("verdict", verdict);
    if (verdict == "REFUSE") body.Set("reason_code", "LAW").Set("reason_digest", Hash('2'));
    return body;
  }
  [[nodiscard]] Outcome Provider(std::string_view verdict = "CONSENT") {
    return net.Do("third_party.decide", kGa, {Maker("ga-c1"), Head("ga-h1")}, Verdict(verdict));
  }
  [[nodiscard]] Outcome Manager(std::string_view verdict = "CONSENT") {
    return net.Do("third_party.decide", kDb, {Head("db-h1")}, Verdict(verdict));
  }
  [[nodiscard]] Outcome PassedOn(std::initializer_list<std::string_view> items,
                                 std::string_view recipient = kSw) {
    Json body = Ref("grant", grant);
    body.Set("recipient", recipient).Set("items", Texts(items)).Set("rows", 10);
    body.Set("occurred_at", net.Time() - 100);
    return net.Do("third_party.report", kJt, {Maker("jt-c1")}, body);
  }
};
constexpr std::uint64_t Bit(Flag flag) { return ledger::FlagBit(flag); }

TEST(ThirdParty, ProviderThenManagerConsent) {
  ThirdPartyCase test;
  test.ReachGrant();
  test.net.AdvanceTo(20260511);
  ASSERT_TRUE(test.Ask(test.AskBody()).Accepted());
  EXPECT_EQ(test.net.Status(test.consent), "ASKED");
  EXPECT_EQ(test.Due(test.consent, "D20", kGa), 20260525);
  EXPECT_EQ(test.Manager().code, Code::kApprovalOrder);
  EXPECT_EQ(test.PassedOn({"plate"}).flags, Bit(Flag::kThirdParty));
  test.net.AdvanceTo(20260514);
  EXPECT_EQ(test.net.Do("third_party.decide", kGa, {Head("ga-h1")}, test.Verdict("CONSENT")).code,
            Code::kRoleDenied);  // the provider answers by two
  EXPECT_EQ(test.net.Do("third_party.decide", kSw, {Head("sw-h1")}, test.Verdict("CONSENT")).code,
            Code::kRoleDenied);
  ASSERT_TRUE(test.Provider().Accepted());
  EXPECT_EQ(test.net.Status(test.consent), "ASKED");
  EXPECT_EQ(test.Provider().code, Code::kApprovalOrder);
  test.net.AdvanceTo(20260515);
  const Outcome done = test.Manager();
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(done.flags, 0U);
  EXPECT_EQ(test.net.Status(test.consent), "CONSENTED");
  EXPECT_EQ(test.Manager().code, Code::kBadState);
  test.net.AdvanceTo(20260518);
  EXPECT_EQ(test.PassedOn({"plate", "status"}).flags, 0U);
  EXPECT_EQ(test.PassedOn({"owner"}).flags, Bit(Flag::kThirdParty));
  EXPECT_EQ(test.PassedOn({"plate"}, kSt).flags, Bit(Flag::kThirdParty));
  test.net.AdvanceTo(20260701, 1);
  EXPECT_EQ(test.PassedOn({"plate"}).flags, Bit(Flag::kThirdParty));
}

TEST(ThirdParty, AnItemTakenBackIsNotAskedFor) {
  ThirdPartyCase test;
  test.ReachGrant();
  Json change = Ref("grant", test.grant);
  change.Set("reason_code", "SAFETY").Set("reason_digest", Hash('1'));
  change.Set("c_position", "OBJECTS").Set("effective_on", 20260511);
  change.Set("terms", Json::MakeObject({{"items", Texts({"plate"})}}));
  ASSERT_TRUE(test.net.Do("grant.change", kGa, {Maker("ga-c1"), Head("ga-h1")}, change).Accepted());
  test.net.AdvanceTo(20260511);
  EXPECT_EQ(test.Ask(test.AskBody()).code, Code::kFieldInvalid);
  Json plate = test.AskBody();
  plate.Set("items", Texts({"plate"}));
  EXPECT_TRUE(test.Ask(plate).Accepted());
}

TEST(ThirdParty, UnderOrder809TheProviderDecidesAlone) {
  ThirdPartyCase test("order809");
  test.ReachGrant();
  ASSERT_TRUE(test.Ask(test.AskBody()).Accepted());
  EXPECT_EQ(test.Manager().code, Code::kRoleDenied);
  ASSERT_TRUE(test.Provider().Accepted());
  EXPECT_EQ(test.net.Status(test.consent), "CONSENTED");
}

TEST(ThirdParty, OnlyTheHolderOfAnActiveGrantAsks) {
  ThirdPartyCase test;
  test.ReachRequest();
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  EXPECT_EQ(test.Ask(test.AskBody()).code, Code::kNotHolder);
  ASSERT_TRUE(test.Acknowledge().Accepted());
  EXPECT_EQ(test.net
                .Do("third_party.ask", kSw, {Maker("sw-c1"), Head("sw-h1")},
                    [&] {
                      Json body = test.AskBody();
                      body.Set("recipient", kSt);
                      return body;
                    }())
                .code,
            Code::kNotHolder);
  const auto code = [&test](std::string_view name, Json value) {
    Json body = test.AskBody();
    body.Set(name, std::move(value));
    return test.Ask(body).code;
  };
  EXPECT_EQ(code("items", Texts({"citizen_no"})), Code::kFieldInvalid);
  EXPECT_EQ(code("recipient", kGa), Code::kFieldInvalid);
  EXPECT_EQ(code("valid_to", 20260301), Code::kFieldInvalid);
  EXPECT_EQ(code("derived_resource", ledger::ToHex(test.resource)), Code::kFieldInvalid);
  EXPECT_EQ(code("recipient", "91990100099001205N"), Code::kUnknownRef);
  Json body = test.AskBody();
  body.Remove("recipient");
  EXPECT_EQ(test.Ask(body).code, Code::kFieldRequired);
}

TEST(ThirdParty, IsNeverPossibleUnderHangzhouNorForAOneOffGrant) {
  ThirdPartyCase hangzhou("hangzhou");
  hangzhou.ReachGrant();
  EXPECT_EQ(hangzhou.Ask(hangzhou.AskBody()).code, Code::kThirdPartyForbidden);
  ThirdPartyCase one_off;
  one_off.ReachAgreement();
  ASSERT_TRUE(one_off.Open(one_off.OneOffBody()).Accepted());
  ASSERT_TRUE(one_off.Acknowledge().Accepted());
  EXPECT_EQ(one_off.Ask(one_off.AskBody()).code, Code::kThirdPartyForbidden);
}

TEST(ThirdParty, ARefusalGivesItsReasons) {
  for (const bool by_manager : {false, true}) {
    ThirdPartyCase test;
    test.ReachGrant();
    ASSERT_TRUE(test.Ask(test.AskBody()).Accepted());
    if (by_manager) {
      ASSERT_TRUE(test.Provider().Accepted());
    }
    Json bare = Ref("third_party", test.consent);
    bare.Set("verdict", "REFUSE");
    const Code code =
        by_manager
            ? test.net.Do("third_party.decide", kDb, {Head("db-h1")}, bare).code
            : test.net.Do("third_party.decide", kGa, {Maker("ga-c1"), Head("ga-h1")}, bare).code;
    EXPECT_EQ(code, Code::kReasonRequired);
    EXPECT_TRUE((by_manager ? test.Manager("REFUSE") : test.Provider("REFUSE")).Accepted());
    EXPECT_EQ(test.net.Status(test.consent), "REFUSED");
    EXPECT_EQ(test.PassedOn({"plate"}).flags, Bit(Flag::kThirdParty));
  }
}

TEST(ThirdParty, EachIsLateByItsOwnDays) {
  ThirdPartyCase test;
  test.ReachGrant();
  test.net.AdvanceTo(20260511);
  ASSERT_TRUE(test.Ask(test.AskBody()).Accepted());
  test.net.AdvanceTo(20260527);
  EXPECT_EQ(test.Provider().flags, Bit(Flag::kLate));
  test.net.AdvanceTo(20260528);
  EXPECT_EQ(test.Manager().flags, 0U);
  const ledger::EntityBody body = test.net.Body(test.consent);
  EXPECT_EQ(body.FindClock("D20", kGa)->late, 2);
  EXPECT_EQ(body.FindClock("D20", kDb)->late, 0);
}

TEST(ThirdParty, AConsentEndsAndIsSuspendedWithItsGrant) {
  ThirdPartyCase test;
  test.ReachGrant();
  ASSERT_TRUE(test.Ask(test.AskBody()).Accepted());
  ASSERT_TRUE(test.Provider().Accepted());
  ASSERT_TRUE(test.Manager().Accepted());
  test.net.Advance(kHourMs);
  EXPECT_EQ(test.PassedOn({"plate"}).flags, 0U);
  Json suspend = Ref("grant", test.grant);
  suspend.Set("ground", "INCIDENT_35").Set("evidence", Texts({Hash('e')}));
  suspend.Set("review_at", test.net.Time() + 5 * kDayMs);
  ASSERT_TRUE(test.net.Do("grant.suspend", kGa, {Head("ga-h1")}, suspend).Accepted());
  test.net.Advance(kHourMs);
  EXPECT_EQ(test.PassedOn({"plate"}).flags, Bit(Flag::kThirdParty) | Bit(Flag::kWhileSuspended));
  Json relinquish = Ref("grant", test.grant);
  relinquish.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, relinquish).Accepted());
  test.net.Advance(kHourMs);
  EXPECT_EQ(test.PassedOn({"plate"}).flags, Bit(Flag::kThirdParty));
}

TEST(ThirdParty, TheProviderTheManagerAndTheAuditorReportToo) {
  ThirdPartyCase test;
  test.ReachGrant();
  Json body = Ref("grant", test.grant);
  body.Set("recipient", kSw).Set("items", Texts({"plate"})).Set("rows", 1);
  body.Set("occurred_at", test.net.Time() - 100);
  for (const auto& [department, maker] :
       {std::pair{kGa, "ga-c1"}, std::pair{kDb, "db-c1"}, std::pair{kSj, "sj-c1"}}) {
    EXPECT_EQ(test.net.Do("third_party.report", department, {Maker(maker)}, body).flags,
              Bit(Flag::kThirdParty));
  }
  EXPECT_EQ(test.net.Do("third_party.report", kSw, {Maker("sw-c1")}, body).code, Code::kRoleDenied);
  body.Remove("recipient");
  EXPECT_EQ(test.net.Do("third_party.report", kJt, {Maker("jt-c1")}, body).flags,
            Bit(Flag::kThirdParty) | Bit(Flag::kFieldMissing));
}

// A consent to a derived resource is one to all who hold a grant on it.
TEST(ThirdParty, AConsentToADerivedResourceCoversItsHolders) {
  ThirdPartyCase test;
  test.ReachGrant();
  const EntityId held = test.grant;
  const EntityId source = test.resource;
  Json content = Content();
  content.Set("code", "D1");
  Json items = Json::MakeArray();
  Json item = Item("plate", "G3");
  item.Set("element_code", "DE-D1");
  items.Push(item);
  content.Set("items", items);
  test.PublishResource(content);
  const EntityId derived = test.resource;
  test.resource = source;
  Json ask = test.AskBody();
  ask.Remove("recipient");
  ask.Set("derived_resource", ledger::ToHex(derived));
  ASSERT_TRUE(test.Ask(ask).Accepted());
  ASSERT_TRUE(test.Provider().Accepted());
  ASSERT_TRUE(test.Manager().Accepted());
  test.net.Advance(kHourMs);
  EXPECT_EQ(test.PassedOn({"plate"}).flags, Bit(Flag::kThirdParty));  // no grant on it yet
  test.resource = derived;
  Json request = test.RequestBody();
  Json one = Json::MakeArray();
  one.Push(Json::MakeObject({{"item_id", "plate"}, {"need_code", "N1"}}));
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject(
      {{"system", ledger::ToHex(test.net.Identity("sw-app"))}, {"cidrs", Texts({"10.9.0.0/16"})}}));
  request.Set("items", one).Set("systems", systems);
  const Outcome submitted =
      test.net.Do("request.submit", kSw, {Maker("sw-c1"), Head("sw-h1")}, request);
  ASSERT_TRUE(submitted.Accepted()) << CodeName(submitted.code);
  test.request = submitted.Born(ledger::EntityKind::kRequest);
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  test.grant = held;
  EXPECT_EQ(test.PassedOn({"plate"}).flags, 0U);
  EXPECT_EQ(test.PassedOn({"owner"}).flags, Bit(Flag::kThirdParty));
}

// 4.6: the manager as the consumer decides its own case only with the government beside it.
TEST(ThirdParty, TheManagerAsASideNeedsAPeer) {
  ThirdPartyCase test;
  test.ReachGrant();
  ASSERT_TRUE(test.Ask(test.AskBody()).Accepted());
  ASSERT_TRUE(test.Provider().Accepted());
  test.net.Forge(test.consent, [](ledger::EntityBody& asked) { asked.parties["consumer"] = kDb; });
  EXPECT_EQ(test.Manager().code, Code::kPeerRequired);
  EXPECT_EQ(
      test.net
          .Do("third_party.decide", kDb, {Head("db-h1"), Peer("zf-h1")}, test.Verdict("CONSENT"))
          .code,
      Code::kAccepted);
}

// The uses of the grant are asked for and stay as they are.
TEST(ThirdParty, WhoOnlyAsksForTheUsesWritesNone) {
  ThirdPartyCase test;
  test.ReachGrant();
  Json body = Ref("grant", test.grant);
  body.Set("recipient", kSw).Set("items", Texts({"plate"})).Set("rows", 1);
  body.Set("occurred_at", test.net.Time() - 100);
  const BlockOutcome outcome =
      test.net.Block({test.net.Make("third_party.report", kJt, {Maker("jt-c1")}, body)});
  ASSERT_EQ(outcome.codes[0], 0U);
  EXPECT_FALSE(outcome.writes.Find(UsesKey(test.grant)).has_value());
  const BlockOutcome used = test.net.Block(
      {test.net.Make("access.record", kGa, {System("ga-gw")}, test.LoneRecord("a1"))});
  ASSERT_EQ(used.codes[0], 0U);
  EXPECT_TRUE(used.writes.Find(UsesKey(test.grant)).has_value());
}

}  // namespace
}  // namespace jiandu::contracts::testing
