// Audits: engagements, logged queries inside and outside of them, findings and replies, holds.
#include "contracts/hold.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Audit : public ::testing::Test {
 protected:
  Json OpenBody() {
    return Json::MakeObject({{"departments", Texts({kGa, kJt})},
                             {"period_from", 20260301},
                             {"period_to", 20260331},
                             {"document_digest", Hash('1')},
                             {"until", 20260630}});
  }
  Outcome Open(Json body) {
    const Outcome outcome = test.net.Do("audit.open", kSj, {Head("sj-h1")}, std::move(body));
    if (outcome.Accepted()) engagement = outcome.Born(ledger::EntityKind::kEngagement);
    return outcome;
  }
  Outcome Query(Json more, bool inside = true) {
    more.Set("query_digest", Hash('2')).Set("result_digest", Hash('3'));
    if (inside) more.Set("engagement", ledger::ToHex(engagement));
    return test.net.Do("audit.log_query", kSj, {System("sj-gw")}, std::move(more));
  }
  Outcome Hold(const std::vector<EntityId>& evidence, std::int64_t until = 20260630,
               bool named = true) {
    Json list = Json::MakeArray();
    for (const EntityId& id : evidence) list.Push(ledger::ToHex(id));
    Json body = Json::MakeObject({{"until", until}});
    body.Set("evidence", std::move(list));
    if (named) body.Set("engagement", ledger::ToHex(engagement));
    return test.net.Do("audit.hold", kSj, {Head("sj-h1")}, std::move(body));
  }
  Outcome State() {
    Json body = Json::MakeObject({{"target", kJt},
                                  {"code", "OVER_CAP"},
                                  {"evidence", Texts({Hash('4')})},
                                  {"finding_digest", Hash('5')}});
    body.Set("engagement", ledger::ToHex(engagement));
    const Outcome outcome =
        test.net.Do("audit.finding", kSj, {Maker("sj-c1"), Head("sj-h1")}, body);
    if (outcome.Accepted()) finding = outcome.Born(ledger::EntityKind::kFinding);
    return outcome;
  }
  [[nodiscard]] bool IsHeldNow(const EntityId& id) const {
    const BlockContext context{
        .chain = std::string(kChain), .height = 1, .time = test.net.Time(), .log_size = 1};
    const BlockState state(test.net.View(), context);
    return IsHeld(state, id, test.net.Time());
  }

  TestCase test;
  EntityId engagement;
  EntityId finding;
};

TEST_F(Audit, AnEngagementHasScopePeriodAndDocument) {
  for (const std::string_view member :
       {"departments", "period_from", "period_to", "document_digest", "until"}) {
    Json body = OpenBody();
    body.Remove(member);
    EXPECT_EQ(Open(body).code, Code::kFieldRequired) << member;
  }
  Json backwards = OpenBody();
  backwards.Set("period_to", 20260228);
  EXPECT_EQ(Open(backwards).code, Code::kFieldInvalid);
  Json past = OpenBody();
  past.Set("until", 20260301);
  EXPECT_EQ(Open(past).code, Code::kFieldInvalid);
  EXPECT_EQ(test.net.Do("audit.open", kDb, {Head("db-h1")}, OpenBody()).code, Code::kRoleDenied);
  ASSERT_TRUE(Open(OpenBody()).Accepted());
  EXPECT_EQ(test.net.Status(engagement), "OPEN");
}

// Nobody engages himself for ever, for all time, or with departments that never were.
TEST_F(Audit, AnEngagementHasBounds) {
  const auto with = [this](std::string_view member, Json value) {
    return Open(OpenBody().Set(member, std::move(value))).code;
  };
  EXPECT_EQ(with("departments", Texts({kGa, "11990100099009999X"})), Code::kUnknownRef);
  EXPECT_EQ(with("until", 21991231), Code::kFieldInvalid);
  EXPECT_EQ(with("until", 20270304), Code::kFieldInvalid);  // 367 days from 2026-03-02
  EXPECT_EQ(with("until", 20270302), Code::kAccepted);
  EXPECT_EQ(with("period_from", 19700101), Code::kFieldInvalid);
  EXPECT_EQ(with("period_from", 20160401), Code::kAccepted);    // ten years
  EXPECT_EQ(with("period_to", 20260701), Code::kFieldInvalid);  // after its end
  EXPECT_EQ(with("period_to", 20260630), Code::kAccepted);
}

TEST_F(Audit, AQueryInsideAnEngagementIsLoggedOnIt) {
  test.PublishResource();
  ASSERT_TRUE(Open(OpenBody()).Accepted());
  EXPECT_EQ(Query(Json::MakeObject()).flags, 0U);
  EXPECT_EQ(Query(Json::MakeObject({{"departments", Texts({kJt})}})).flags, 0U);
  Json resources = Json::MakeObject({{"resources", Texts({ledger::ToHex(test.resource)})}});
  EXPECT_EQ(Query(resources).flags, 0U);  // of a provider in scope
  EXPECT_EQ(test.net.Body(engagement).acts.back().op, "audit.log_query");
}

TEST_F(Audit, AQueryOutsideIsLoggedAndFlagged) {
  constexpr std::uint64_t kOutside = ledger::FlagBit(Flag::kOutsideEngagement);
  EXPECT_EQ(Query(Json::MakeObject(), false).flags, kOutside);
  ASSERT_TRUE(Open(OpenBody()).Accepted());
  const Outcome other = Query(Json::MakeObject({{"departments", Texts({kJt, kSw})}}));
  EXPECT_EQ(other.flags, kOutside);
  EXPECT_EQ(test.net.Body(engagement).acts.back().flags, kOutside);
  test.net.AdvanceTo(20260630, 23);
  EXPECT_EQ(Query(Json::MakeObject()).flags, 0U);
  test.net.AdvanceTo(20260701);
  EXPECT_EQ(Query(Json::MakeObject()).flags, kOutside);
}

TEST_F(Audit, AResourceOutsideTheScopeIsOutside) {
  test.PublishResource();
  Json body = OpenBody();
  body.Set("departments", Texts({kSw}));
  ASSERT_TRUE(Open(body).Accepted());
  const Json query = Json::MakeObject({{"resources", Texts({ledger::ToHex(test.resource)})}});
  EXPECT_TRUE(Query(query).Has(Flag::kOutsideEngagement));
  body.Set("resources", Texts({ledger::ToHex(test.resource)}));
  ASSERT_TRUE(Open(body).Accepted());
  EXPECT_EQ(Query(query).flags, 0U);
}

TEST_F(Audit, OnlyTheAuditorsSystemLogsQueries) {
  Json body = Json::MakeObject({{"query_digest", Hash('2')}, {"result_digest", Hash('3')}});
  EXPECT_EQ(test.net.Do("audit.log_query", kJt, {System("jt-gw")}, body).code, Code::kRoleDenied);
  body.Remove("result_digest");
  // Logged before it is answered, it has no result yet.
  const Outcome bare = test.net.Do("audit.log_query", kSj, {System("sj-gw")}, body);
  ASSERT_TRUE(bare.Accepted());
  EXPECT_FALSE(bare.Has(Flag::kFieldMissing));
}

TEST_F(Audit, AFindingIsRepliedToByItsTarget) {
  ASSERT_TRUE(Open(OpenBody()).Accepted());
  EXPECT_EQ(State().flags, 0U);
  EXPECT_EQ(test.net.Status(finding), "STATED");
  EXPECT_EQ(*test.net.Body(finding).Link("engagement"), engagement);
  Json reply = Ref("finding", finding);
  reply.Set("reply_digest", Hash('6'));
  EXPECT_EQ(test.net.Do("audit.reply", kGa, {Maker("ga-c1"), Head("ga-h1")}, reply).code,
            Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("audit.reply", kJt, {Maker("jt-c1")}, reply).code,
            Code::kHeadSignatureRequired);
  ASSERT_TRUE(test.net.Do("audit.reply", kJt, {Maker("jt-c1"), Head("jt-h1")}, reply).Accepted());
  EXPECT_EQ(test.net.Status(finding), "REPLIED");
}

TEST_F(Audit, AFindingNamesADepartmentOfTheNetwork) {
  const Json body = Json::MakeObject({{"target", "11990100099009991A"}, {"code", "X"}});
  const Outcome unknown = test.net.Do("audit.finding", kSj, {Maker("sj-c1"), Head("sj-h1")}, body);
  EXPECT_EQ(unknown.code, Code::kUnknownRef);
  const Json known = Json::MakeObject({{"target", kJt}, {"code", "X"}});
  const Outcome bare = test.net.Do("audit.finding", kSj, {Maker("sj-c1"), Head("sj-h1")}, known);
  ASSERT_TRUE(bare.Accepted());
  EXPECT_TRUE(bare.Has(Flag::kFieldMissing));
}

TEST_F(Audit, EvidenceIsHeldUntilADate) {
  test.ReachGrant();
  EXPECT_EQ(Hold({test.grant}, 20260630, false).code, Code::kNoEngagement);
  ASSERT_TRUE(Open(OpenBody()).Accepted());
  EXPECT_FALSE(IsHeldNow(test.grant));
  EXPECT_EQ(Hold({}).code, Code::kFieldRequired);
  EXPECT_EQ(Hold({test.grant}, 20260301).code, Code::kFieldInvalid);
  const Outcome held = Hold({test.grant, test.request});
  ASSERT_TRUE(held.Accepted()) << CodeName(held.code);
  EXPECT_EQ(test.net.Status(held.Born(ledger::EntityKind::kHold)), "HELD");
  EXPECT_TRUE(IsHeldNow(test.grant));
  EXPECT_TRUE(IsHeldNow(test.request));
  EXPECT_FALSE(IsHeldNow(test.resource));
  // An earlier date does not shorten what was ordered.
  ASSERT_TRUE(Hold({test.grant}, 20260401).Accepted());
  test.net.AdvanceTo(20260630, 23);
  EXPECT_TRUE(IsHeldNow(test.grant));
  test.net.AdvanceTo(20260701, 0);
  EXPECT_FALSE(IsHeldNow(test.grant));
}

TEST_F(Audit, AHoldNeedsAnOpenEngagementThatCoversIt) {
  test.ReachGrant();
  Json other = OpenBody();
  other.Set("departments", Texts({kSw}));
  ASSERT_TRUE(Open(other).Accepted());
  EXPECT_EQ(Hold({test.grant}).code, Code::kNoEngagement);
  other.Set("resources", Texts({ledger::ToHex(test.resource)}));
  ASSERT_TRUE(Open(other).Accepted());
  EXPECT_TRUE(Hold({test.grant}).Accepted());
  test.net.AdvanceTo(20260701);
  EXPECT_EQ(Hold({test.grant}, 20261231).code, Code::kNoEngagement);
}

}  // namespace
}  // namespace jiandu::contracts::testing
