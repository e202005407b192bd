// A new version of a profile: voted, in force from a height, for new cases only (AT30, AT47, row
// T52 of the worked scenario).
#include "contracts/clock.h"
#include "contracts/profile.h"
#include "tests/support/vote_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Entry(std::string_view name, std::string_view key, std::string_view number, std::int64_t n) {
  return Json::MakeObject({{name, key}, {number, n}});
}

// `combined` with D04 of eight working days.
Json ShorterAnswer(ledger::Height effective) {
  Json deadlines = Json::MakeArray();
  deadlines.Push(Entry("code", "D04", "n", 8));
  Json body = Json::MakeObject(
      {{"profile", "combined"}, {"effective", static_cast<std::int64_t>(effective)}});
  body.Set("deadlines", deadlines);
  return body;
}

std::int32_t DueOfAnswer(const TestNet& net, const EntityId& request) {
  const ledger::EntityBody body = net.Body(request);
  return ledger::DateOf(DueOf(ledger::ReadCalendar(net.View()), *body.FindClock("D04")).at - 1);
}

TEST(ProfileVotes, NeedTheAuditorAndTwoThirdsOfTheHeads) {
  TestNet net;
  Ballot ballot;
  ASSERT_TRUE(ballot.Propose(net, "profile.publish", ShorterAnswer(40)).Accepted());
  ASSERT_TRUE(ballot.Vote(net, kGa, "ga-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(net, kJt, "jt-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(net, kSw, "sw-h1").Accepted());
  EXPECT_EQ(net.Status(ballot.proposal), "OPEN");
  ASSERT_TRUE(ballot.Vote(net, kSj, "sj-h1").Accepted());
  EXPECT_EQ(net.Status(ballot.proposal), "TAKEN");
  EXPECT_EQ(ProfileInForce(net.View(), 39), "combined@1");
  EXPECT_EQ(ProfileInForce(net.View(), 40), "combined@2");
  EXPECT_EQ(ReadProfile(net.View(), "combined@2").NumberOf(*FindDeadline("D04")), 8);
  EXPECT_EQ(ReadProfile(net.View(), "combined@1").NumberOf(*FindDeadline("D04")), 10);
}

TEST(ProfileVotes, NameWhoseAccessesMayBeSealed) {
  TestNet net;
  Ballot ballot;
  const Json body = ShorterAnswer(40).Set("may_seal", Texts({kGa, kSw}));
  ASSERT_TRUE(ballot.Propose(net, "profile.publish", body).Accepted());
  for (const auto& [department, head] :
       {std::pair{kGa, "ga-h1"}, {kJt, "jt-h1"}, {kSw, "sw-h1"}, {kSj, "sj-h1"}}) {
    ASSERT_TRUE(ballot.Vote(net, department, head).Accepted());
  }
  EXPECT_EQ(ReadProfile(net.View(), "combined@2").may_seal,
            (std::vector<ledger::DepartmentId>{std::string(kGa), std::string(kSw)}));
  // What a version does not say is as shipped: genesis's own list is of the first one.
  EXPECT_EQ(ReadProfile(net.View(), "combined@1").may_seal,
            std::vector<ledger::DepartmentId>{std::string(kJt)});
}

TEST(ProfileVotes, AnAuditorAgainstItEndsIt) {
  TestNet net;
  Ballot ballot;
  ASSERT_TRUE(ballot.Propose(net, "profile.publish", ShorterAnswer(40)).Accepted());
  ASSERT_TRUE(ballot.Vote(net, kSj, "sj-h1", false).Accepted());
  EXPECT_EQ(net.Status(ballot.proposal), "REJECTED");
}

TEST(ProfileVotes, AVersionLiesAheadAndIsWithinTheBounds) {
  TestNet net;
  const auto propose = [&net](const Json& body) {
    return net.Do("profile.publish", kDb, {Head("db-h1")}, WithAwait(body, kGa)).code;
  };
  EXPECT_EQ(propose(ShorterAnswer(1)), Code::kEffectiveInPast);
  const auto with = [](std::string_view list, const Json& entry, int times = 1) {
    Json entries = Json::MakeArray();
    for (int i = 0; i < times; ++i) entries.Push(entry);
    Json body = ShorterAnswer(100);
    body.Set(list, entries);
    return body;
  };
  EXPECT_EQ(propose(with("settings", Entry("name", "pending_wd", "value", 61))),
            Code::kFieldInvalid);
  EXPECT_EQ(propose(with("settings", Entry("name", "no_such", "value", 1))), Code::kFieldInvalid);
  EXPECT_EQ(propose(with("settings", Entry("name", "pending_wd", "value", 5), 2)),
            Code::kFieldInvalid);
  EXPECT_EQ(propose(with("deadlines", Entry("code", "D99", "n", 5))), Code::kFieldInvalid);
  EXPECT_EQ(propose(with("deadlines", Entry("code", "D12", "n", 5))), Code::kFieldInvalid);
  EXPECT_EQ(propose(with("deadlines", Entry("code", "D04/short", "n", 5))), Code::kFieldInvalid);
  EXPECT_EQ(propose(with("deadlines", Entry("code", "D04", "n", 0))), Code::kFieldInvalid);
  EXPECT_EQ(propose(ShorterAnswer(100).Set("may_seal", Texts({kGa, kGa}))), Code::kFieldInvalid);
  EXPECT_EQ(propose(ShorterAnswer(100).Set("may_seal", Texts({"119901000990010293"}))),
            Code::kFieldInvalid);
  EXPECT_EQ(propose(with("deadlines", Entry("code", "D08/short", "n", 2))), Code::kAccepted);
  EXPECT_EQ(net.Do("profile.publish", kDb, {Head("db-h1")}, ShorterAnswer(100)).code,
            Code::kQuorumNotMet);
}

TEST(ProfileVotes, OpenCasesKeepTheVersionOfTheirSubmission) {
  TestCase test;
  test.PublishResource();
  Ballot ballot;
  test.net.AdvanceTo(20260511);
  const ledger::Height effective = test.net.Height() + 10;
  ASSERT_TRUE(ballot.Propose(test.net, "profile.publish", ShorterAnswer(effective)).Accepted());
  test.net.AdvanceTo(20260514);
  ASSERT_TRUE(ballot.Vote(test.net, kGa, "ga-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(test.net, kSj, "sj-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(test.net, kJt, "jt-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(test.net, kSw, "sw-h1").Accepted());
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  const EntityId before = test.request;
  EXPECT_EQ(test.net.Body(before).Text("profile"), "combined@1");
  EXPECT_EQ(DueOfAnswer(test.net, before), 20260528);
  test.net.AdvanceTo(20260515);
  while (test.net.Height() + 1 < effective) (void)test.net.Block({});
  Json body = test.RequestBody();
  body.Set("scene_code", "OTHER");
  ASSERT_TRUE(test.SubmitRequest(body).Accepted());
  EXPECT_EQ(test.net.Body(test.request).Text("profile"), "combined@2");
  EXPECT_EQ(DueOfAnswer(test.net, test.request), 20260527);
  // Silence until after the new due day: the old case is still in time.
  test.net.AdvanceTo(20260528);
  EXPECT_TRUE(test.Decide("ga", test.DecisionBody()).Has(Flag::kLate));
  test.request = before;
  EXPECT_FALSE(test.Decide("ga", test.DecisionBody()).Has(Flag::kLate));
}

}  // namespace
}  // namespace jiandu::contracts::testing
