// Random sequences of ops, by seed: what must hold whatever departments do.
#include <random>

#include "contracts/access.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

// Drives one case with ops drawn at random; most are refused, none may break an invariant.
class Walk {
 public:
  explicit Walk(std::uint32_t seed) : random_(seed) { test.PublishResource(); }

  void Step() {
    switch (Draw(12)) {
      case 0: Submit(); break;
      case 1: Decide(Pick({"ga", "db", "jt"})); break;
      case 2: Open(); break;
      case 3: OnGrant("grant.acknowledge"); break;
      case 4: OnGrant("grant.suspend"); break;
      case 5: OnGrant("grant.resume"); break;
      case 6: OnGrant(Draw(6) == 0 ? "grant.relinquish" : "grant.terminate"); break;
      case 7: test.net.Advance(static_cast<std::int64_t>(Draw(4)) * kHourMs); break;
      default: Access(); break;
    }
  }

  TestCase test;
  std::map<std::int32_t, std::uint64_t> counted;  // by day, of the grant that is watched
  std::map<std::int32_t, std::uint64_t> excess;
  int grants = 0;

 private:
  std::uint32_t Draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }
  std::string Pick(std::initializer_list<const char*> values) {
    return *(values.begin() + Draw(static_cast<std::uint32_t>(values.size())));
  }
  void Submit() {
    Json body = test.RequestBody();
    body.Set("scene_code", "S" + std::to_string(Draw(3)));
    (void)test.SubmitRequest(body);
  }
  void Decide(const std::string& alias) {
    if (test.request.IsZero()) return;
    Json body = test.DecisionBody(Pick({"APPROVE", "APPROVE", "APPROVE", "NARROW", "REFUSE"}));
    if (Draw(2) == 0) body.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
    (void)test.Decide(alias, body);
  }
  void Open() {
    if (test.request.IsZero()) return;
    const bool approved = test.net.Status(test.request) == "APPROVED";
    Json body = test.OpenBody();
    body.Set("daily_cap", 3);
    const Outcome outcome = test.Open(body);
    // No grant without approvals, and always one with them.
    EXPECT_EQ(outcome.Accepted(), approved) << CodeName(outcome.code);
    if (!outcome.Accepted()) return;
    counted.clear();
    excess.clear();
    ++grants;
  }
  void OnGrant(std::string_view op) {
    if (test.grant.IsZero()) return;
    Json body = Ref("grant", test.grant);
    const bool consumer = op == "grant.acknowledge" || op == "grant.relinquish";
    if (op == "grant.acknowledge") body.Set("duty_agreement_digest", Hash('9'));
    if (op == "grant.relinquish") body.Set("reason", "NOT_NEEDED");
    if (op == "grant.resume") body.Set("cause_removed", Draw(2) == 0);
    if (op == "grant.suspend") {
      body.Set("ground", "SAFEGUARD").Set("evidence", Texts({Hash('e')}));
      body.Set("review_at", test.net.Time() + kDayMs);
    }
    (void)test.net.Do(op, consumer ? kJt : kDb, {Head(consumer ? "jt-h1" : "db-h1")}, body);
  }
  void Access() {
    if (test.grant.IsZero()) return;
    Json record = test.LoneRecord("a" + std::to_string(Draw(400)));
    record.Set("occurred_at", test.net.Time() - static_cast<std::int64_t>(Draw(40)) * kHourMs);
    record.Set("result", Pick({"OK", "OK", "NOT_FOUND", "DENIED"}));
    const Outcome outcome = test.Report(record);
    // A fact is refused only because it was reported before.
    EXPECT_TRUE(outcome.Accepted() || outcome.code == Code::kDuplicate) << CodeName(outcome.code);
    if (!outcome.Accepted() || record.TextOr("result") == "DENIED") return;
    const std::int32_t day = ledger::DateOf(record.IntegerOr("occurred_at"));
    ++counted[day];
    if (outcome.Has(Flag::kOverDailyCap)) ++excess[day];
  }

  std::mt19937 random_;
};

TEST(Property, ExcessFlaggedIsAlwaysWhatLiesAboveTheCap) {
  int grants = 0;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Walk walk(seed);
    for (int i = 0; i < 250; ++i) walk.Step();
    grants += walk.grants;
    for (const auto& [day, count] : walk.counted) {
      const std::uint64_t above = count > 3 ? count - 3 : 0;
      EXPECT_EQ(walk.excess[day], above) << day;
      const auto bytes = walk.test.net.View().Get(DayKey(walk.test.grant, day));
      ASSERT_TRUE(bytes.has_value());
      EXPECT_EQ(DecodeDay(*bytes).counted, count);
      EXPECT_EQ(DecodeDay(*bytes).excess, above);
    }
  }
  EXPECT_GT(grants, 5);  // the walks do reach grants
}

TEST(Property, TheSameSeedGivesTheSameWrites) {
  Walk first(7);
  Walk second(7);
  for (int i = 0; i < 150; ++i) {
    first.Step();
    second.Step();
  }
  EXPECT_EQ(first.test.net.Digests(), second.test.net.Digests());
  EXPECT_EQ(first.test.net.View().Size(), second.test.net.View().Size());
}

// Histories have no gaps: every touch carries the next number of its entity.
TEST(Property, SequenceNumbersRunWithoutGaps) {
  TestCase test;
  test.ReachGrant();
  std::map<EntityId, std::uint64_t> next;
  for (int i = 0; i < 30; ++i) {
    const Outcome outcome = test.Report(test.LoneRecord("a" + std::to_string(i % 20)));
    for (const ledger::Touch& touch : outcome.stub.touched) {
      const auto [place, is_new] = next.try_emplace(touch.entity, touch.seq);
      EXPECT_EQ(touch.seq, place->second);
      ++place->second;
    }
  }
  for (const auto& [entity, size] : next) EXPECT_EQ(test.net.Leaf(entity)->size, size);
}

}  // namespace
}  // namespace jiandu::contracts::testing
