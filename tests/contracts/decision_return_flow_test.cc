// The whole space of asking for data to flow back 回流 (docs/contracts.md 4.6 RQ12; 809 Art. 24):
// whose territory, from which level, in which class. What the engine does is what a table written
// from the clauses says; how such a request is decided stands in decision_table_test.cc.
#include "tests/contracts/decision_space.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

using namespace decision;  // NOLINT(google-build-using-namespace): its dimensions

// 990100 is a city, 990102 a district of it, 990200 another city, 990000 the province of both.
enum Territory : Bits { kOwn = 1, kDistrict = 2, kOtherCity = 4, kProvince = 8, kUnnamed = 16 };
// Consumer and provider: city from province, city from city, province from city, province from
// province.
enum Levels : Bits { kFromAbove = 1, kFromBeside = 2, kFromBelow = 4, kOfTheTop = 8 };

struct Asking {
  Bits law = 0, share_class = 0, levels = 0, territory = 0, since = 0, again = 0, signing = 0;
};
struct Question {
  std::string_view clause;
  Asking row;
  Code code;
  std::string_view clock = "";  // that runs when it is accepted
};
constexpr Question kQuestions[] = {
    {"4.5: territory is asked for", {.territory = kUnnamed}, Code::kFieldRequired},
    {"4.1 DP2: consumer rights", {.since = kRightsOff}, Code::kDepartmentSuspended},
    {"Art. 20: the head signs too", {.signing = kMakerOnly}, Code::kHeadSignatureRequired},
    {"RQ1: an identical one is open", {.again = kYes}, Code::kDuplicate},
    {"4.3: not while it is suspended", {.since = kSuspended}, Code::kResNotPublished},
    {"Art. 24: from above",
     {.levels = kFromBeside | kFromBelow | kOfTheTop},
     Code::kTerritoryMismatch},
    {"Art. 24: of one's own territory",
     {.territory = kOtherCity | kProvince},
     Code::kTerritoryMismatch},
    {"6.3.1: [M] begins with M",
     {.law = kHangzhou, .share_class = kUnconditional},
     Code::kAccepted,
     "D08"},
    {"4.2: hangzhou sets P no term", {.law = kHangzhou}, Code::kAccepted, ""},
    {"Art. 21: D04, whatever the class", {}, Code::kAccepted, "D04"},
};
bool Covers(const Asking& row, const Asking& point) {
  constexpr Bits Asking::* kAll[] = {&Asking::law,       &Asking::share_class, &Asking::levels,
                                     &Asking::territory, &Asking::since,       &Asking::again,
                                     &Asking::signing};
  return std::ranges::all_of(
      kAll, [&](Bits Asking::* one) { return row.*one == 0 || (row.*one & point.*one) != 0; });
}
const Question& FirstOf(const Asking& point) {
  return *std::ranges::find_if(kQuestions,
                               [&point](const Question& one) { return Covers(one.row, point); });
}
// An identical request is asked first only where it would be accepted itself.
bool CanBe(const Asking& p) {
  const bool in_province = p.levels == kFromBelow || p.levels == kOfTheTop;
  if (p.since == kRightsOff && in_province) return false;  // no power over the province here
  if (p.again == kNo) return true;
  const bool fits = p.territory == kOwn || p.territory == kDistrict;
  return fits && p.levels == kFromAbove && p.since != kRightsOff;
}
void ForEachAsking(const std::function<void(const Asking&)>& visit) {
  static constexpr Dimension<Asking> kDimensions[] = {
      {&Asking::law, {kCombined, kHangzhou, kOrder809}},
      {&Asking::share_class, {kUnconditional, kConditional}},
      {&Asking::levels, {kFromAbove, kFromBeside, kFromBelow, kOfTheTop}},
      {&Asking::since, {kAsItWas, kSuspended, kRightsOff}},
      {&Asking::again, {kNo, kYes}},
      {&Asking::territory, {kOwn, kDistrict, kOtherCity, kProvince, kUnnamed}},
      {&Asking::signing, {kBoth, kMakerOnly}}};
  Asking point;
  ForEach<Asking>(kDimensions, point, [&visit](const Asking& found) {
    if (CanBe(found)) visit(found);
  });
}

class Flow {
 public:
  explicit Flow(const Asking& point)
      : test_(point.law == kCombined   ? "combined"
              : point.law == kHangzhou ? "hangzhou"
                                       : "order809"),
        point_(point) {
    const bool above = point.levels == kFromAbove || point.levels == kOfTheTop;
    provider_ = above ? "st" : "ga";
    manager_ = above ? "sdb" : "db";
    consumer_ = point.levels == kFromBelow ? "st" : point.levels == kOfTheTop ? "sdb" : "jt";
    Publish();
    if (point.again == kYes) Expect(Ask(kBoth), "the first one");
    if (point.since == kSuspended) {
      Json body = Ref("resource", test_.resource);
      body.Set("ground", "QUALITY").Set("reason_digest", Hash('1'));
      body.Set("until", test_.net.Time() + 3 * kDayMs);
      Do("resource.suspend", provider_, {Head(provider_ + "-h1")}, body);
    }
    if (point.since == kRightsOff) {
      Do("department.suspend", "db", {Head("db-h1"), testing::Peer("zf-h1")},
         Json::MakeObject({{"department", CodeOf(consumer_)},
                           {"reason_code", "MISUSE"},
                           {"reason_digest", Hash('1')}}));
    }
  }
  [[nodiscard]] Outcome Ask(Bits signing) {
    Json body = test_.RequestBody(ClassName());
    Json systems = Json::MakeArray();
    systems.Push(
        Json::MakeObject({{"system", ledger::ToHex(test_.net.Identity(consumer_ + "-app"))},
                          {"cidrs", Texts({"10.20.3.0/24"})}}));
    body.Set("systems", std::move(systems)).Set("kind", "RETURN_FLOW");
    const std::string_view territory = point_.territory == kOwn         ? "990100"
                                       : point_.territory == kDistrict  ? "990102"
                                       : point_.territory == kOtherCity ? "990200"
                                                                        : "990000";
    if (point_.territory != kUnnamed) body.Set("territory", territory);
    std::vector<Signing> signings = {Maker(consumer_ + "-c1")};
    if (signing == kBoth) signings.push_back(Head(consumer_ + "-h1"));
    return test_.net.Do("request.submit", CodeOf(consumer_), signings, body);
  }
  // The clock of the first step; "" when none runs.
  [[nodiscard]] std::string RunningOf(const EntityId& request) const {
    for (const ledger::Clock& clock : test_.net.Body(request).clocks) {
      if (clock.Runs()) return clock.code;
    }
    return "";
  }

 private:
  static std::string_view CodeOf(std::string_view alias) {
    if (alias == "st" || alias == "sdb") return alias == "st" ? kSt : kSdb;
    return alias == "db" ? kDb : alias == "ga" ? kGa : kJt;
  }
  [[nodiscard]] std::string_view ClassName() const {
    return point_.share_class == kUnconditional ? "UNCONDITIONAL" : "CONDITIONAL";
  }
  static void Expect(const Outcome& outcome, std::string_view what) {
    EXPECT_TRUE(outcome.Accepted()) << what << ": " << CodeName(outcome.code);
  }
  Outcome Do(std::string_view op, const std::string& who, const std::vector<Signing>& signings,
             const Json& body) {
    Outcome outcome = test_.net.Do(op, CodeOf(who), signings, body);
    Expect(outcome, op);
    return outcome;
  }
  void Publish() {
    Json content = Content(ClassName(), point_.share_class == kUnconditional ? "G1" : "G3");
    content.Remove("share_scope");
    content.Set("share_scope_all", true).Set("share_conditions", Texts({"LAW_ENFORCEMENT"}));
    test_.resource = Do("resource.draft", provider_, {Maker(provider_ + "-c1")},
                        Json::MakeObject({{"content", content}}))
                         .Born(ledger::EntityKind::kResource);
    Json body = Ref("resource", test_.resource);
    Json submitted = body;
    submitted.Set("content", content);
    Do("resource.submit", provider_, {Maker(provider_ + "-c1"), Head(provider_ + "-l1")},
       submitted);
    const std::vector<Signing> two = {Maker(manager_ + "-c1"), Head(manager_ + "-h1")};
    Json review = body;
    Do("resource.review", manager_, two, review.Set("verdict", "OK"));
    Do("resource.publish", manager_, two, body);
  }

  TestCase test_;
  Asking point_;
  std::string provider_;
  std::string manager_;
  std::string consumer_;
};

TEST(ReturnFlowTable, TheEngineAnswersAsTheClausesSay) {
  std::map<const Question*, std::size_t> decided;
  ForEachAsking([&](const Asking& point) {
    Flow flow(point);
    const Question& wanted = FirstOf(point);
    ++decided[&wanted];
    const Outcome is = flow.Ask(point.signing);
    EXPECT_EQ(CodeName(is.code), CodeName(wanted.code))
        << wanted.clause << ": law " << point.law << " class " << point.share_class << " levels "
        << point.levels << " territory " << point.territory << " since " << point.since;
    EXPECT_EQ(is.flags, 0U) << wanted.clause;
    if (!is.Accepted()) return;
    EXPECT_EQ(flow.RunningOf(is.Born(ledger::EntityKind::kRequest)), wanted.clock) << wanted.clause;
  });
  for (const Question& one : kQuestions) EXPECT_GT(decided[&one], 0U) << one.clause;
}

}  // namespace
}  // namespace jiandu::contracts::testing
