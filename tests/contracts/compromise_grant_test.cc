// What changed a grant, signed by a key that is told to be compromised (4.1 DP6, DP7): until it is
// confirmed the grant counts as SUSPENDED, as where its opening is in doubt.
#include "contracts/as_of.h"
#include "contracts/derived_flags.h"
#include "tests/support/compromise_case.h"
#include "tests/support/emergency_case.h"

namespace jiandu::contracts::testing {
namespace {

class CompromisedChange : public CompromiseCase {
 protected:
  // A grant of 03-02; a wider scope is asked for on 03-18.
  void AskForMore() {
    test.ReachGrant();
    test.net.AdvanceTo(20260318);
    Json items = Json::MakeArray();
    for (const std::string_view id : {"plate", "status", "owner", "citizen_no"}) {
      items.Push(Json::MakeObject({{"item_id", id}, {"need_code", "N1"}}));
    }
    Json body = test.RequestBody();
    body.Set("kind", "SCOPE_CHANGE").Set("grant", ledger::ToHex(test.grant));
    ASSERT_TRUE(test.SubmitRequest(body.Set("items", std::move(items))).Accepted());
  }
  void Decide(const std::string& alias) {
    ASSERT_TRUE(test.Decide(alias, test.DecisionBody()).Accepted());
    act = HexEncode(test.net.Last()->txid.View());
  }
  void Amend() {
    const Json body = Ref("grant", test.grant).Set("request", ledger::ToHex(test.request));
    const Outcome amended = test.net.Do("grant.amend", kDb, {Maker("db-c1"), Head("db-h1")}, body);
    ASSERT_TRUE(amended.Accepted()) << CodeName(amended.code);
    act = HexEncode(test.net.Last()->txid.View());
  }
  Outcome ReconfirmBy(std::string_view department, const std::string& alias, const EntityId& of) {
    const Json body = Ref("case", of).Set("act", act);
    return test.net.Do("identity.reconfirm", department,
                       {Maker(alias + "-c2"), Head(alias + "-h1")}, body);
  }
  [[nodiscard]] std::string StatusNow() const {
    const AsOf now{.height = test.net.Height(), .time = test.net.Time()};
    const ledger::EntityBody seen = *BodyAsOf(test.net.View(), now, test.grant);
    return std::string(ledger::StatusName(seen.kind, seen.status));
  }
  [[nodiscard]] bool IsMarked() const {
    const AsOf now{.height = test.net.Height(), .time = test.net.Time()};
    const auto flags = DerivedFlagsOf(test.net.View(), now, test.grant);
    return std::ranges::find(flags, "SIGNED_WHILE_COMPROMISED", &DerivedFlag::flag) != flags.end();
  }
  // An access just now.
  [[nodiscard]] bool IsSuspended() {
    test.net.Advance(kHourMs);
    const Outcome reported = test.Report(test.LoneRecord("a" + std::to_string(++last_)));
    EXPECT_TRUE(reported.Accepted()) << CodeName(reported.code);
    return reported.Has(Flag::kWhileSuspended);
  }
  int last_ = 0;
};

TEST_F(CompromisedChange, AnAmendmentInDoubtSuspendsTheGrant) {
  AskForMore();
  Decide("ga");
  Decide("db");
  test.net.AdvanceTo(20260320);
  Amend();
  EXPECT_FALSE(IsSuspended());
  LoseKey("db-c1");
  EXPECT_TRUE(IsSuspended());
  EXPECT_EQ(StatusNow(), "SUSPENDED");
  EXPECT_TRUE(IsMarked());
  const Outcome confirmed = ReconfirmBy(kDb, "db", test.grant);
  ASSERT_TRUE(confirmed.Accepted()) << CodeName(confirmed.code);
  EXPECT_FALSE(IsSuspended());
  EXPECT_EQ(StatusNow(), "ACTIVE");
}

// What was signed before the key was lost stands.
TEST_F(CompromisedChange, AnEarlierAmendmentStands) {
  AskForMore();
  Decide("ga");
  Decide("db");
  test.net.AdvanceTo(20260319);
  Amend();
  LoseKey("db-c1");
  EXPECT_FALSE(IsSuspended());
  EXPECT_FALSE(IsMarked());
}

TEST_F(CompromisedChange, SoDoesAStepOfTheRequestItRestsOn) {
  AskForMore();
  test.net.AdvanceTo(20260320);
  Decide("ga");
  const std::string answered = act;
  Decide("db");
  Amend();
  LoseKey("ga-c1");
  EXPECT_TRUE(IsSuspended());
  act = answered;
  const Outcome confirmed = ReconfirmBy(kGa, "ga", test.request);
  ASSERT_TRUE(confirmed.Accepted()) << CodeName(confirmed.code);
  EXPECT_FALSE(IsSuspended());
}

TEST_F(CompromisedChange, AResumptionInDoubtIsNone) {
  test.ReachGrant();
  test.net.AdvanceTo(20260319);
  Json suspend = Ref("grant", test.grant);
  suspend.Set("ground", "SAFEGUARD")
      .Set("evidence", Texts({Hash('e')}))
      .Set("review_at", test.net.Time() + 3 * kDayMs);
  ASSERT_TRUE(test.net.Do("grant.suspend", kGa, {Head("ga-b1")}, suspend).Accepted());
  test.net.AdvanceTo(20260320);
  Json resume = Ref("grant", test.grant);
  const Outcome resumed =
      test.net.Do("grant.resume", kGa, {Head("ga-b1")}, resume.Set("cause_removed", true));
  ASSERT_TRUE(resumed.Accepted()) << CodeName(resumed.code);
  act = HexEncode(test.net.Last()->txid.View());
  EXPECT_FALSE(IsSuspended());
  LoseKey("ga-b1");
  EXPECT_TRUE(IsSuspended());
  ASSERT_TRUE(ReconfirmBy(kGa, "ga", test.grant).Accepted());
  EXPECT_FALSE(IsSuspended());
}

// One officer opens it: all the more when the key was not that officer's.
TEST(CompromisedEmergency, AGrantInDoubtCountsAsSuspended) {
  TestEmergency test;
  test.PublishResource();
  test.net.AdvanceTo(20260320);
  ASSERT_TRUE(test.Declare(test.DeclareBody()).Accepted());
  ASSERT_TRUE(test.OpenGrant(test.GrantBody()).Accepted());
  test.net.AdvanceTo(20260322);
  EXPECT_FALSE(test.Report(test.LoneRecord("a1")).Has(Flag::kWhileSuspended));
  const Json lost = Json::MakeObject({{"identity", ledger::ToHex(test.net.Identity("db-c1"))},
                                      {"reason", "COMPROMISED"},
                                      {"compromised_since", ledger::StartOfDate(20260320)},
                                      {"evidence_digest", Hash('a')}});
  ASSERT_TRUE(test.net.Do("identity.revoke", kDb, {Head("db-h1")}, lost).Accepted());
  test.net.Advance(kHourMs);
  EXPECT_TRUE(test.Report(test.LoneRecord("a2")).Has(Flag::kWhileSuspended));
}

}  // namespace
}  // namespace jiandu::contracts::testing
