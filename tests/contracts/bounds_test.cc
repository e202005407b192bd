// What a bound lets go is never what somebody's right or duty hangs on (docs/contracts.md 4.22).
#include "contracts/access_trace.h"
#include "contracts/clock.h"
#include "contracts/lineage.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/succession.h"
#include "tests/support/compromise_case.h"
#include "tests/support/dispute_case.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

// A case keeps its newest 64 acts: these push out all before.
void PushOutActs(TestNet& net, const EntityId& id, std::string_view department,
                 const std::string& alias) {
  std::vector<TransactionPtr> acts;
  for (int n = 0; n < 70; ++n) {
    const Json body = Ref("case", id).Set("handler", ledger::ToHex(net.Identity(alias + "-c2")));
    acts.push_back(net.Make("case.assign", department, {Head(alias + "-h1")}, body));
  }
  for (const std::uint32_t code : net.Block(acts).codes) ASSERT_EQ(code, 0U);
  const auto kept = net.Body(id).acts;
  ASSERT_TRUE(
      std::ranges::all_of(kept, [](const ledger::Act& act) { return act.op == "case.assign"; }));
}

class DoubtedAct : public CompromiseCase {};

TEST_F(DoubtedAct, IsConfirmedByItsDepartmentAloneHoweverMuchCameAfter) {
  test.PublishResource();
  test.net.AdvanceTo(20260312);
  FileCorrection();
  test.net.AdvanceTo(20260320, 10);
  ASSERT_TRUE(Resolve("ga-c1").Accepted());
  PushOutActs(test.net, correction, kJt, "jt");
  LoseKey();
  const auto clocks = DerivedClocksOf(
      test.net.View(), {.height = test.net.Height(), .time = test.net.Time()}, correction);
  ASSERT_EQ(clocks.size(), 1U);
  EXPECT_EQ(clocks[0].clock.code, "D27");
  EXPECT_EQ(clocks[0].clock.department, kGa);
  Json foreign = Ref("case", correction);
  foreign.Set("act", act);
  EXPECT_EQ(test.net.Do("identity.reconfirm", kJt, {Maker("jt-c1"), Head("jt-h1")}, foreign).code,
            Code::kRoleDenied);
  EXPECT_TRUE(Reconfirm(correction).Accepted());
}

TEST(GroundsOfADispute, AreNotPushedOutByTheOtherSide) {
  TestDispute test;
  test.ReachGrant();
  Json stop = Ref("grant", test.grant);
  stop.Set("occurred_at", test.net.Time() - 100).Set("evidence_digest", Hash('5'));
  ASSERT_TRUE(
      test.net.Do("grant.stop_report", kJt, {Maker("jt-c1")}, stop).Has(Flag::kUnilateralStop));
  PushOutActs(test.net, test.grant, kGa, "ga");
  EXPECT_EQ(test.File(test.grant).code, Code::kAccepted);
}

TEST(GroundsOfADispute, TheManagerWhoRefusedStaysTheOtherSide) {
  TestDispute test;
  test.ReachRequest();
  ASSERT_TRUE(test.Decide("ga", test.DecisionBody()).Accepted());
  Json refusal = test.DecisionBody("REFUSE");
  refusal.Set("reason_code", "LAW").Set("reason_digest", Hash('6'));
  ASSERT_TRUE(test.Decide("db", refusal).Accepted());
  PushOutActs(test.net, test.request, kDb, "db");
  ASSERT_TRUE(test.File(test.request).Accepted());
  EXPECT_EQ(test.net.Body(test.dispute).Party("other"), kDb);
}

TEST(Stops, OnesThatHoldAreNotPushedOut) {
  LineageCase test;
  test.PublishResource();
  test.net.WriteState([&](BlockState& state) {
    BeginStop(state, test.resource, StopCause::kCore, 0);
    for (int n = 0; n < 100; ++n) {
      BeginStop(state, test.resource, StopCause::kIncident, 0);
      EndStop(state, test.resource, StopCause::kIncident);
    }
  });
  test.net.Advance(kHourMs);
  const BlockContext now{
      .chain = {}, .height = test.net.Height(), .time = test.net.Time(), .log_size = 0};
  BlockState state(test.net.View(), now);
  EXPECT_TRUE(IsStopped(state, test.resource, now.time, StopCause::kCore));
  EXPECT_EQ(state.Stops(test.resource).size(), 64U);
}

// A version of the whole, and then more single corrections than versions are listed.
TEST(Versions, OneThatChangedEverythingIsNotForgotten) {
  LineageCase test;
  test.ReachDerived();
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
  const TestNet before = test.net;
  const auto partial = [&](std::int64_t first, std::int64_t last) {
    test.net.WriteState([&](BlockState& state) {
      for (std::int64_t version = first; version <= last; ++version) {
        AddVersion(state, test.resource, state.Context().time, version);
        NoteChange(state, test.resource, {"citizen_no"}, {.version = version, .correction = {}});
      }
    });
  };
  partial(1, 600);
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));  // it holds nothing of that item
  test.net = before;
  test.net.WriteState(
      [&](BlockState& state) { AddVersion(state, test.resource, state.Context().time, 1); });
  EXPECT_TRUE(test.Shows(test.d1, "STALE"));
  partial(2, 600);
  EXPECT_TRUE(test.Shows(test.d1, "STALE"));
}

// However often those who have a duty are reorganised, somebody has it.
TEST(Successions, ALongLineOfThemIsFollowedToItsEnd) {
  TestCase test;
  test.ReachRequest();
  test.net.WriteState([&](BlockState& state) {
    const auto code = [](int n) { return std::to_string(119901000990030000 + n); };
    for (int n = 0; n < 40; ++n) {
      const std::string old = n == 0 ? std::string(kGa) : code(n);
      const std::string heir = n == 39 ? std::string(kSw) : code(n + 1);
      state.Put(SuccessorKey(old),
                EncodeSuccession({.at = state.Context().time, .successor = heir}));
    }
  });
  const Outcome decided =
      test.net.Do("decision.submit", kSw, {Maker("sw-c1"), Head("sw-h1")}, test.DecisionBody());
  EXPECT_TRUE(decided.Accepted()) << CodeName(decided.code);
}

TEST(Clocks, OneThatRunsOrWasLateOutlivesThoseThatEndedInTime) {
  TestCase test;
  test.ReachRequest();
  test.net.WriteState([&](BlockState& state) {
    ledger::EntityBody& body = state.Edit(test.request);
    body.clocks.clear();
    const auto add = [&body](std::string code, std::int64_t ended_at, std::int64_t late) {
      ledger::Clock clock;
      clock.code = std::move(code);
      clock.department = kGa;
      clock.start = 1;
      clock.n = 1;
      clock.ended_at = ended_at;
      clock.satisfied = ended_at != 0;
      clock.late = late;
      body.clocks.push_back(std::move(clock));
    };
    add("T-running", 0, 0);
    add("T-late", 5, 3);
    for (std::size_t n = 2; n < ledger::EntityBody::kClocksMax; ++n) {
      add("T" + std::to_string(n), 5, 0);
    }
    StartTerm(body, "new", kGa, 1, 2);
    EXPECT_EQ(body.clocks.size(), ledger::EntityBody::kClocksMax);
    EXPECT_NE(body.FindClock("T-running"), nullptr);
    EXPECT_NE(body.FindClock("T-late"), nullptr);
    EXPECT_EQ(body.FindClock("T2"), nullptr);
    EXPECT_NE(body.FindClock("new"), nullptr);
  });
}

// Anybody may say that something was made of anything, and name any grant: it is flagged, and takes
// nobody's place.
TEST(Claims, OfThoseWithoutAGrantHideNothingAndBurdenNobody) {
  LineageCase test;
  test.ReachDerived();
  test.net.WriteState([&](BlockState& state) {
    for (std::uint16_t n = 0; n < 200; ++n) {
      Derivation claim;
      claim.resource = ledger::BornId(ledger::EntityKind::kResource, ledger::TxId(), n);
      claim.version = 1;
      claim.inputs.push_back(
          {.resource = test.resource, .version = 1, .grant = test.grant, .items = {"plate"}});
      ledger::EntityBody made;
      made.kind = ledger::EntityKind::kResource;
      made.status = To(ledger::ResourceStatus::kDraft);
      made.parties["provider"] = kSw;
      state.Create(claim.resource, std::move(made));
      RecordEdges(state, ledger::BornId(ledger::EntityKind::kDerivation, ledger::TxId(), n), claim);
    }
  });
  const auto made = MadeFrom(test.net.View(), test.resource);
  EXPECT_EQ(made.size(), kWalkMax);
  EXPECT_EQ(made.front(), test.d1);
  EXPECT_EQ(MadeUnder(test.net.View(), test.grant, 100), std::vector{test.d1});
}

TEST(Gaps, MoreThanAreListedAreToldToBeThere) {
  LineageCase test;
  test.ReachHolder();
  const auto gaps = [&test](int count) {
    test.net.WriteState([&](BlockState& state) {
      for (int n = 0; n < count; ++n) {
        state.Put(GapKey(test.grant, "B" + std::to_string(n)), ToBytes("next"));
      }
    });
    const auto flags = test.FlagsOf(test.grant);
    return std::ranges::count_if(
        flags, [](const DerivedFlag& flag) { return flag.flag == "GAP" && flag.detail == "MORE"; });
  };
  EXPECT_EQ(gaps(200), 0);
  EXPECT_EQ(gaps(300), 1);
}

}  // namespace
}  // namespace jiandu::contracts::testing
