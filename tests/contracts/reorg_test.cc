// Departments that merge, divide or change their name (4.1 DP3; AT23, row T40 of the worked
// scenario).
#include "contracts/as_of.h"
#include "contracts/clock.h"
#include "contracts/succession.h"
#include "tests/support/vote_fixture.h"

namespace jiandu::contracts::testing {
namespace {

constexpr std::string_view kCg = "119901000990010960";  // not registered here

Json Reorg(std::string_view old, std::string_view kind,
           std::initializer_list<std::string_view> into, bool with_default = true) {
  Json body = Json::MakeObject({{"department", old},
                                {"kind", kind},
                                {"decision_no", "临编〔2026〕3号"},
                                {"decision_digest", Hash('1')},
                                {"date", 20260420}});
  if (into.size() > 0) body.Set("successors", Texts(into));
  if (into.size() > 0 && with_default) body.Set("default_successor", *into.begin());
  return body;
}

Json Mapped(Json body, const EntityId& item, std::string_view successor) {
  Json mapping = Json::MakeArray();
  mapping.Push(Json::MakeObject({{"item", ledger::ToHex(item)}, {"successor", successor}}));
  body.Set("mapping", mapping);
  return body;
}

class Reorganisation : public ::testing::Test {
 protected:
  // ga merges into another department; old head, new head and manager sign at once.
  Outcome Merge(std::string_view into, const std::string& head) {
    return test.net.Do("department.reorg", kGa, {Head("ga-h1"), Peer(head), Peer("db-h1")},
                       Reorg(kGa, "MERGED", {into}));
  }
  TestCase test;
};

TEST_F(Reorganisation, CoversEverythingAndGoesToThoseWhoExist) {
  test.ReachRequest();
  const auto code = [this](const Json& body) {
    return test.net.Do("department.reorg", kGa, {Head("ga-h1"), Peer("sw-h1"), Peer("db-h1")}, body)
        .code;
  };
  EXPECT_EQ(code(Reorg(kGa, "MERGED", {kSw}, false)), Code::kReorgIncomplete);
  EXPECT_EQ(code(Mapped(Reorg(kGa, "MERGED", {kSw}, false), test.request, kSw)),
            Code::kReorgIncomplete);
  // What it has no part in is not its to pass on.
  EXPECT_EQ(code(Mapped(Reorg(kGa, "MERGED", {kSw}), ledger::DepartmentEntity(kSt), kSw)),
            Code::kReorgIncomplete);
  EXPECT_EQ(code(Mapped(Reorg(kGa, "MERGED", {kSw}), test.request, kSt)), Code::kSuccessorInactive);
  EXPECT_EQ(
      test.net
          .Do("department.reorg", kGa, {Head("ga-h1"), Peer("db-h1")}, Reorg(kGa, "MERGED", {kCg}))
          .code,
      Code::kSuccessorInactive);
  EXPECT_EQ(code(Reorg(kGa, "MERGED", {kSw, kJt})), Code::kFieldInvalid);
  EXPECT_EQ(code(Reorg(kGa, "SPLIT", {kSw})), Code::kFieldInvalid);
  EXPECT_EQ(code(Reorg(kGa, "MERGED", {kGa})), Code::kFieldInvalid);
  EXPECT_EQ(code(Reorg(kGa, "MERGED", {})), Code::kFieldRequired);
  EXPECT_EQ(code(Reorg(kGa, "RENAMED", {})), Code::kFieldRequired);
  EXPECT_EQ(test.net.Do("department.reorg", kSt, {Head("st-h1")}, Reorg(kGa, "MERGED", {kSw})).code,
            Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("department.reorg", kGa, {Head("ga-h1")}, Reorg(kGa, "MERGED", {kSw})).code,
            Code::kQuorumNotMet);
}

TEST_F(Reorganisation, DutiesPassOnAndTheOldOfficersEnd) {
  test.net.AdvanceTo(20260413);
  test.ReachRequest();
  test.net.AdvanceTo(20260420);
  const Outcome merged = Merge(kSw, "sw-h1");
  ASSERT_TRUE(merged.Accepted()) << CodeName(merged.code);
  EXPECT_EQ(test.net.Status(ledger::DepartmentEntity(kGa)), "MERGED");
  EXPECT_EQ(ReadSuccession(test.net.View(), kGa)->successor, kSw);
  // D01 of the successor: the catalogue follows within ten working days.
  const ledger::EntityBody old = test.net.Body(ledger::DepartmentEntity(kGa));
  const ledger::Clock* clock = old.FindClock("D01", kSw);
  ASSERT_NE(clock, nullptr);
  EXPECT_EQ(ledger::DateOf(DueOf(ledger::ReadCalendar(test.net.View()), *clock).at - 1), 20260507);

  EXPECT_EQ(test.Decide("ga", test.DecisionBody()).code, Code::kIdRevoked);
  const Outcome decided =
      test.net.Do("decision.submit", kSw, {Maker("sw-c1"), Head("sw-h1")}, test.DecisionBody());
  ASSERT_TRUE(decided.Accepted()) << CodeName(decided.code);
  const ledger::EntityBody request = test.net.Body(test.request);
  EXPECT_EQ(request.Party("provider"), kSw);
  EXPECT_EQ(request.Party("former_provider"), kGa);
  EXPECT_TRUE(request.FindClock("D04", kSw)->satisfied);
  EXPECT_EQ(request.FindClock("D04", kGa), nullptr);
  // Nobody is reorganised twice, and nobody merges into what has ended.
  EXPECT_EQ(
      test.net
          .Do("department.reorg", kJt, {Head("jt-h1"), Peer("db-h1")}, Reorg(kJt, "MERGED", {kGa}))
          .code,
      Code::kSuccessorInactive);
  EXPECT_EQ(
      test.net
          .Do("department.reorg", kDb, {Head("db-h1"), Peer("sw-h1")}, Reorg(kGa, "MERGED", {kSw}))
          .code,
      Code::kBadState);
}

TEST_F(Reorganisation, OldSystemsReportFactsForTenWorkingDays) {
  test.ReachGrant();
  test.net.AdvanceTo(20260420);
  ASSERT_TRUE(Merge(kSw, "sw-h1").Accepted());
  const Outcome ready =
      test.net.Do("grant.service_ready", kGa, {System("ga-gw")}, Ref("grant", test.grant));
  ASSERT_TRUE(ready.Accepted()) << CodeName(ready.code);
  EXPECT_TRUE(ready.Has(Flag::kOldKey));
  const Outcome access = test.Report(test.LoneRecord("acc-1"));
  ASSERT_TRUE(access.Accepted()) << CodeName(access.code);
  EXPECT_EQ(access.flags, ledger::FlagBit(Flag::kOldKey));
  test.net.AdvanceTo(20260508, 0);
  EXPECT_EQ(test.Report(test.LoneRecord("acc-2")).code, Code::kIdRevoked);
}

// Whoever has the place of the one that suspended it may lift it.
TEST_F(Reorganisation, TheSuccessorLiftsWhatTheOldOneSuspended) {
  test.ReachGrant();
  Json evidence = Json::MakeArray();
  evidence.Push(Hash('e'));
  Json body = Ref("grant", test.grant);
  body.Set("ground", "SAFEGUARD").Set("evidence", evidence);
  body.Set("review_at", test.net.Time() + kDayMs);
  const Outcome suspended = test.net.Do("grant.suspend", kGa, {Head("ga-h1")}, body);
  ASSERT_TRUE(suspended.Accepted()) << CodeName(suspended.code);
  test.net.AdvanceTo(20260420);
  ASSERT_TRUE(Merge(kSw, "sw-h1").Accepted());
  const Json resume = Ref("grant", test.grant).Set("cause_removed", true);
  EXPECT_EQ(test.net.Do("grant.resume", kSt, {Head("st-h1")}, resume).code, Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("grant.resume", kSw, {Head("sw-h1")}, resume).code, Code::kAccepted);
}

// Consumer and provider become one: nothing is left to share or to dispose of.
TEST_F(Reorganisation, ACaseWithOneselfCloses) {
  test.ReachGrant();
  Json other = test.RequestBody();
  other.Set("scene_code", "OTHER");
  const EntityId grant = test.grant;
  ASSERT_TRUE(test.SubmitRequest(other).Accepted());
  test.net.AdvanceTo(20260420);
  ASSERT_TRUE(Merge(kJt, "jt-h1").Accepted());
  // D14 would fall due after the grant's old end.
  for (const EntityId& id : {grant, test.request}) {
    const AsOf now{.height = test.net.Height(), .time = test.net.Time()};
    const auto shown = BodyAsOf(test.net.View(), now, id);
    ASSERT_TRUE(shown.has_value());
    EXPECT_TRUE(std::ranges::none_of(shown->clocks, &ledger::Clock::Runs));
  }
  const Json body = Ref("grant", grant).Set("reason", "NOT_NEEDED");
  EXPECT_EQ(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, body).code, Code::kBadState);
  EXPECT_EQ(
      test.net.Do("decision.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, test.DecisionBody())
          .code,
      Code::kBadState);
}

// Nor does an approval given before open a grant.
TEST_F(Reorganisation, AnApprovedCaseWithOneselfOpensNoGrant) {
  test.ReachRequest();
  test.Approve();
  test.net.AdvanceTo(20260420);
  ASSERT_TRUE(Merge(kJt, "jt-h1").Accepted());
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kNotApproved);
}

TEST_F(Reorganisation, ADivisionFollowsTheMappingAndElseTheDefault) {
  test.ReachRequest();
  Json body = Mapped(Reorg(kGa, "SPLIT", {kSw, kSt}), test.resource, kSt);
  const Outcome split = test.net.Do(
      "department.reorg", kGa, {Head("ga-h1"), Peer("sw-h1"), Peer("st-h1"), Peer("db-h1")}, body);
  ASSERT_TRUE(split.Accepted()) << CodeName(split.code);
  EXPECT_EQ(test.net.Status(ledger::DepartmentEntity(kGa)), "SPLIT");
  // The request hangs on the resource that was mapped.
  EXPECT_EQ(
      test.net.Do("decision.submit", kSw, {Maker("sw-c1"), Head("sw-h1")}, test.DecisionBody())
          .code,
      Code::kRoleDenied);
  EXPECT_TRUE(
      test.net.Do("decision.submit", kSt, {Maker("st-c1"), Head("st-h1")}, test.DecisionBody())
          .Accepted());
}

TEST_F(Reorganisation, TheSuccessorsUpdateSatisfiesItsDeadline) {
  test.net.AdvanceTo(20260413);
  test.PublishResource();
  test.net.AdvanceTo(20260420);
  ASSERT_TRUE(Merge(kSw, "sw-h1").Accepted());
  test.net.AdvanceTo(20260508);  // a day late
  Json content = test.net.Body(test.resource).Form();
  Json body = Ref("resource", test.resource);
  body.Set("reason", "DUTY_CHANGE").Set("reason_digest", Hash('7')).Set("event_date", 20260420);
  body.Set("content", std::move(content));
  const Outcome amended = test.net.Do("resource.amend", kSw, {Maker("sw-c1"), Head("sw-l1")}, body);
  ASSERT_TRUE(amended.Accepted()) << CodeName(amended.code);
  EXPECT_TRUE(amended.Has(Flag::kLate));
  const ledger::Clock met = *test.net.Body(ledger::DepartmentEntity(kGa)).FindClock("D01", kSw);
  EXPECT_TRUE(met.satisfied);
  EXPECT_EQ(met.late, 1);
}

TEST_F(Reorganisation, ANewNameKeepsCodeAndPeople) {
  Json body = Reorg(kGa, "RENAMED", {});
  body.Set("name", "市公安局（新）");
  ASSERT_TRUE(
      test.net.Do("department.reorg", kGa, {Head("ga-h1"), Peer("db-h1")}, body).Accepted());
  const ledger::EntityBody renamed = test.net.Body(ledger::DepartmentEntity(kGa));
  EXPECT_EQ(renamed.Text("name"), "市公安局（新）");
  EXPECT_EQ(renamed.Text("former_name"), "ga");
  EXPECT_NE(renamed.FindClock("D01", kGa), nullptr);
  test.PublishResource();
}

TEST_F(Reorganisation, IsVotedOnByTheThreeSides) {
  const Outcome opened = test.net.Do("department.reorg", kDb, {Head("db-h1")},
                                     WithAwait(Reorg(kGa, "MERGED", {kSw}), kGa));
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  Ballot ballot;
  ballot.Read(test.net, opened);
  EXPECT_EQ(ballot.Vote(test.net, kJt, "jt-h1").code, Code::kRoleDenied);
  ASSERT_TRUE(ballot.Vote(test.net, kSw, "sw-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(test.net, kGa, "ga-h1").Accepted());
  EXPECT_EQ(test.net.Status(ledger::DepartmentEntity(kGa)), "MERGED");
}

TEST_F(Reorganisation, TheGovernmentStandsInForAHeadWhoIsGone) {
  Json body = Reorg(kGa, "MERGED", {kSw});
  body.Set("gone_head", ledger::ToHex(test.net.Identity("ga-h1")));
  const std::vector<Signing> signers = {Head("db-h1"), Peer("sw-h1"), Peer("zf-h1")};
  EXPECT_EQ(test.net.Do("department.reorg", kDb, signers, body).code, Code::kRoleDenied);
  const Json left = Json::MakeObject(
      {{"identity", ledger::ToHex(test.net.Identity("ga-h1"))}, {"reason", "LEFT"}});
  ASSERT_TRUE(test.net.Do("identity.revoke", kGa, {Head("ga-h1")}, left).Accepted());
  EXPECT_TRUE(test.net.Do("department.reorg", kDb, signers, body).Accepted());
}

TEST_F(Reorganisation, TheOfficeOfAManagerPassesOn) {
  const Outcome merged =
      test.net.Do("department.reorg", kDb, {Head("db-h1"), Peer("sw-h1"), Peer("zf-h1")},
                  Reorg(kDb, "MERGED", {kSw}));
  ASSERT_TRUE(merged.Accepted()) << CodeName(merged.code);
  EXPECT_EQ(ToText(*test.net.View().Get(ledger::ConfigKey("manager/990100"))), kSw);
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  ASSERT_TRUE(test.SubmitResource(Content()).Accepted());
  Json review = Ref("resource", test.resource);
  review.Set("verdict", "OK");
  EXPECT_TRUE(
      test.net.Do("resource.review", kSw, {Maker("sw-c1"), Head("sw-h1")}, review).Accepted());
}

}  // namespace
}  // namespace jiandu::contracts::testing
