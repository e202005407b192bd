// GET /v1/lineage/{id}: what is asked of the index, who sees which edge, and what is refused.
#include <gtest/gtest.h>

#include <set>

#include "gateway/lineage_port.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

using ledger::EntityId;
using ledger::EntityKind;

// Edges from a list, one level deep; everything asked is kept.
class FakeLineage final : public LineageReader {
 public:
  Result<Moment> Newest(ledger::Height, std::int64_t) override {
    if (is_being_made) return Fail(Errc::kUnavailable, "being made");
    return At(40);
  }
  Result<Moment> AtHeight(ledger::Height height) override {
    if (height > 40) return Fail(Errc::kNotFound, "not yet");
    return At(height);
  }
  Result<Moment> AtTime(ledger::TimeMs time) override {
    times.push_back(time);
    return At(7);
  }
  Result<Found> Walk(const Question& question) override {
    asked = question;
    Found found;
    found.nodes.push_back({.entity = {.id = question.start}, .depth = 0});
    for (const auto& [from, to] : edges) {
      const Verdict verdict = question.judge ? question.judge(from, to, nullptr) : Verdict::kFollow;
      found.withheld += verdict == Verdict::kWithhold ? 1 : 0;
      found.left_out += verdict == Verdict::kLeaveOut ? 1 : 0;
      if (verdict != Verdict::kFollow) continue;
      found.nodes.push_back({.entity = to, .depth = 1});
      found.edges.push_back({.from = from.id, .to = to.id, .begun = 1});
    }
    found.total = found.nodes.size();
    found.cut = cut;
    found.nodes_max = 10000;
    found.next = next;
    return found;
  }

  std::vector<std::pair<Entity, Entity>> edges;
  Question asked;
  std::vector<ledger::TimeMs> times;
  Cut cut = Cut::kNone;
  std::optional<std::uint64_t> next;
  bool is_being_made = false;

 private:
  static Moment At(ledger::Height height) {
    return {.height = height, .time = kGenesisTime, .log_size = height * 2};
  }
};

class LineageOverHttp : public ::testing::Test {
 protected:
  void SetUp() override {
    harness.api->AnswerLineage(&lineage);
    police_data = Resource(kPolice, kPublished);
    police_derived = Resource(kPolice, kPublished);
    tax_derived = Resource(kTax, kPublished);
    draft = Resource(kTax, kDraft);
    ledger::EntityBody grant = MakeBody(EntityKind::kGrant, kTax, 2);
    grant.parties = {{"consumer", kTax}, {"provider", kPolice}};
    tax_grant = harness.node.AddEntity(grant, {kTax, kPolice});
    for (int n = 0; n < 40; ++n) harness.node.AddEmptyBlock();
  }
  EntityId Resource(const ledger::DepartmentId& provider, std::uint32_t status) {
    ledger::EntityBody body = MakeBody(EntityKind::kResource, provider, status);
    body.parties = {{"provider", provider}};
    body.form = ToBytes(CanonicalJson(Json::MakeObject({{"name", "登记信息"}, {"code", "C-1"}})));
    return harness.node.AddEntity(body, {provider});
  }
  void Link(const EntityId& from, const EntityId& to) {
    lineage.edges.push_back({{.id = from}, {.id = to}});
  }
  Response Ask(const EntityId& id, const std::string& query, const Officer& officer) {
    return harness.Get("/v1/lineage/" + ledger::ToHex(id) + query, harness.SignIn(officer));
  }
  static std::set<std::string> Nodes(const Json& answer) {
    std::set<std::string> nodes;
    for (const Json& node : answer.ItemsOf("nodes")) nodes.emplace(node.TextOr("entity"));
    return nodes;
  }

  Harness harness;
  FakeLineage lineage;
  EntityId police_data;
  EntityId police_derived;
  EntityId tax_derived;
  EntityId draft;
  EntityId tax_grant;
};

TEST_F(LineageOverHttp, ASideFollowsItsEdgesAndCountsTheOthers) {
  const LineageReader::Entity holding{
      .id = ledger::PairEntity(police_data, kTax), .resource = police_data, .department = kTax};
  const LineageReader::Entity others{.id = ledger::PairEntity(police_data, kManager),
                                     .resource = police_data,
                                     .department = kManager};
  Link(police_data, police_derived);  // both published: catalogue, but not tax's business
  Link(police_data, tax_derived);
  Link(police_data, draft);
  Link(police_data, tax_grant);
  lineage.edges.push_back({{.id = police_data}, holding});
  lineage.edges.push_back({{.id = police_data}, others});

  const Json by_tax = Harness::Parse(Ask(police_data, "", harness.tax));
  EXPECT_EQ(Nodes(by_tax),
            (std::set<std::string>{ledger::ToHex(police_data), ledger::ToHex(tax_derived),
                                   ledger::ToHex(draft), ledger::ToHex(tax_grant),
                                   ledger::ToHex(holding.id)}));
  EXPECT_EQ(by_tax.IntegerOr("withheld"), 2);
  const Json by_police = Harness::Parse(Ask(police_data, "", harness.police));
  // Its provider sees who holds it, but not what another has not published.
  EXPECT_EQ(by_police.IntegerOr("withheld"), 1);
  EXPECT_FALSE(Nodes(by_police).contains(ledger::ToHex(draft)));
  const Json by_manager = Harness::Parse(Ask(police_data, "", harness.manager));
  EXPECT_EQ(by_manager.IntegerOr("withheld"), 0);
  EXPECT_EQ(by_manager.IntegerOr("total"), 7);
  EXPECT_FALSE(lineage.asked.judge) << "nobody has to be asked";
}

TEST_F(LineageOverHttp, WhatMayNotBeSeenDoesNotExist) {
  EXPECT_EQ(Ask(draft, "", harness.police).status, 404);
  EXPECT_EQ(Ask(tax_grant, "", harness.tax).status, 200);
  EXPECT_EQ(Ask(draft, "", harness.manager).status, 200);
  EXPECT_EQ(Ask(EntityId(), "", harness.manager).status, 404);
  const EntityId department = ledger::DepartmentEntity(kPolice);
  EXPECT_NE(Ask(department, "", harness.manager).status, 200);
  EXPECT_EQ(harness.Get("/v1/lineage/" + ledger::ToHex(police_data)).status, 401);
}

TEST_F(LineageOverHttp, TheQuestionIsReadOrRefused) {
  const std::string all = "?direction=up&depth=256&items=plate,owner&ended=hide&limit=7";
  ASSERT_EQ(Ask(police_data, all, harness.manager).status, 200);
  EXPECT_EQ(lineage.asked.direction, LineageReader::Direction::kUp);
  EXPECT_EQ(lineage.asked.depth_max, 256U);
  EXPECT_EQ(lineage.asked.items, (LineageReader::Items{"owner", "plate"}));
  EXPECT_TRUE(lineage.asked.open_only);
  EXPECT_EQ(lineage.asked.limit, 7U);
  EXPECT_EQ(lineage.asked.moment.height, 40U);
  std::string many = "?items=a";
  for (int i = 0; i < 64; ++i) many += ",i" + std::to_string(i);
  for (const std::string& bad :
       {std::string("?depth=0"), std::string("?depth=257"), std::string("?depth=99999999999999999"),
        std::string("?direction=left"), std::string("?ended=maybe"), std::string("?items="),
        std::string("?items=a,,b"), many, std::string("?limit=201"), std::string("?as_of=soon"),
        std::string("?as_of=2026-13-01"), std::string("?as_of=2026-02-29"),
        std::string("?as_of=2026-03-24T25:00"), std::string("?as_of=-1"),
        std::string("?cursor=nonsense"), std::string("?colour=red")}) {
    EXPECT_EQ(Ask(police_data, bad, harness.manager).status, 400) << bad;
  }
}

TEST_F(LineageOverHttp, AMomentIsAHeightADayOrATime) {
  EXPECT_EQ(Harness::Parse(Ask(police_data, "?as_of=12", harness.manager)).IntegerOr("height"), 12);
  EXPECT_EQ(Ask(police_data, "?as_of=41", harness.manager).status, 404);
  ASSERT_EQ(Ask(police_data, "?as_of=2026-03-24", harness.manager).status, 200);
  ASSERT_EQ(Ask(police_data, "?as_of=2026-03-24T09:30", harness.manager).status, 200);
  ASSERT_EQ(Ask(police_data, "?as_of=2026-03-24T09:30:15", harness.manager).status, 200);
  constexpr ledger::TimeMs kMidnight = 1774281600000;  // 2026-03-24T00:00+08:00
  EXPECT_EQ(lineage.times,
            (std::vector<ledger::TimeMs>{kMidnight + 86'399'999, kMidnight + 34'200'000,
                                         kMidnight + 34'215'000}));
}

TEST_F(LineageOverHttp, WhatWasBornLaterWasNotThereThen) {
  for (const char* nonce : {"a1", "a2", "a3"}) {
    (void)harness.node.Commit(harness.police, {}, std::string("00000000000000") + nonce);
  }
  const EntityId born = Resource(kPolice, kPublished);
  EXPECT_EQ(Ask(born, "?as_of=1", harness.manager).status, 404);
  EXPECT_EQ(Ask(born, "?as_of=40", harness.manager).status, 200);
}

// Who reads of an old moment must not take the statuses for those of then.
TEST_F(LineageOverHttp, TheHeightOfNamesAndStatusesIsTold) {
  const Json old = Harness::Parse(Ask(police_data, "?as_of=12", harness.manager));
  EXPECT_EQ(old.IntegerOr("height"), 12);
  EXPECT_EQ(old.IntegerOr("status_height"),
            static_cast<std::int64_t>(harness.node.Latest()->Height()));
}

TEST_F(LineageOverHttp, PagesKeepTheMomentOfTheFirst) {
  lineage.next = (2ULL << 32U) | 17;
  const Json first = Harness::Parse(Ask(police_data, "?as_of=12&limit=5", harness.manager));
  const std::string cursor(first.TextOr("next"));
  ASSERT_FALSE(cursor.empty());
  lineage.next.reset();
  const Json second =
      Harness::Parse(Ask(police_data, "?limit=5&cursor=" + cursor, harness.manager));
  EXPECT_EQ(second.IntegerOr("height"), 12);
  EXPECT_EQ(lineage.asked.after, (2ULL << 32U) | 17);
  ASSERT_NE(second.Find("next"), nullptr);
  EXPECT_TRUE(second.Find("next")->IsNull());
  // Of another question, or another reader: no cursor of theirs.
  EXPECT_EQ(Ask(police_data, "?depth=3&cursor=" + cursor, harness.manager).status, 400);
  EXPECT_EQ(Ask(police_data, "?cursor=" + cursor, harness.police).status, 400);
}

TEST_F(LineageOverHttp, ABoundThatWasMetIsTold) {
  lineage.cut = LineageReader::Cut::kDepth;
  const Json by_depth = Harness::Parse(Ask(police_data, "?depth=3", harness.manager));
  EXPECT_EQ(by_depth.Find("truncated")->TextOr("why"), "depth");
  EXPECT_FALSE(by_depth.Find("truncated")->TextOr("detail_zh").empty());
  lineage.cut = LineageReader::Cut::kNodes;
  const Json by_nodes = Harness::Parse(Ask(police_data, "", harness.manager));
  EXPECT_EQ(by_nodes.Find("truncated")->TextOr("why"), "nodes");
}

TEST_F(LineageOverHttp, WithoutAnIndexTheNodeSaysSo) {
  lineage.is_being_made = true;
  const Response made = Ask(police_data, "", harness.manager);
  EXPECT_EQ(made.status, 503);
  EXPECT_FALSE(made.Header("Retry-After").empty());
  harness.api->AnswerLineage(nullptr);
  EXPECT_EQ(Ask(police_data, "", harness.manager).status, 503);
}

TEST_F(LineageOverHttp, AnEngagementCutsToItsScopeAndCounts) {
  Json departments = Json::MakeArray();
  departments.Push(kTax);
  Json resources = Json::MakeArray();
  resources.Push(ledger::ToHex(police_data));
  ledger::EntityBody engagement =
      MakeBody(EntityKind::kEngagement, kManager,
               static_cast<std::uint32_t>(ledger::EngagementStatus::kOpen));
  engagement.parties = {{"owner", kManager}};
  engagement.numbers = {
      {"period_from", 20200101}, {"period_to", 20300101}, {"until", kGenesisTime * 2}};
  engagement.form = ToBytes(CanonicalJson(Json::MakeObject(
      {{"departments", std::move(departments)}, {"resources", std::move(resources)}})));
  const EntityId id = harness.node.AddEntity(engagement, {kManager});
  Link(police_data, police_derived);  // neither named nor of a department in scope
  Link(police_data, tax_derived);
  Link(police_data, tax_grant);
  const Json cut =
      Harness::Parse(Ask(police_data, "?engagement=" + ledger::ToHex(id), harness.manager));
  EXPECT_EQ(cut.IntegerOr("left_out"), 1);
  EXPECT_EQ(cut.IntegerOr("withheld"), 0);
  EXPECT_EQ(Nodes(cut),
            (std::set<std::string>{ledger::ToHex(police_data), ledger::ToHex(tax_derived),
                                   ledger::ToHex(tax_grant)}));
  // A start outside it is refused, and so is another department's engagement.
  EXPECT_EQ(Ask(police_derived, "?engagement=" + ledger::ToHex(id), harness.manager).status, 403);
  EXPECT_EQ(Ask(police_data, "?engagement=" + ledger::ToHex(id), harness.police).status, 403);
}

TEST_F(LineageOverHttp, AnEngagementThatIsNoneIsRefused) {
  EXPECT_EQ(Ask(police_data, "?engagement=" + ledger::ToHex(tax_grant), harness.manager).status,
            403);
}

}  // namespace
}  // namespace jiandu::gateway::test
