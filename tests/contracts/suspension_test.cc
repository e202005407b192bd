// Consumer rights of a department (4.1 DP2; AT48, row T53 of the worked scenario).
#include "contracts/department.h"
#include "contracts/event_flags.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Rights(std::string_view department) {
  return Json::MakeObject(
      {{"department", department}, {"reason_code", "MISUSE"}, {"reason_digest", Hash('1')}});
}
Outcome Suspend(TestNet& net, std::string_view department) {
  return net.Do("department.suspend", kDb, {Head("db-h1"), Peer("zf-h1")}, Rights(department));
}

TEST(Suspensions, NeedTheManagerTheGovernmentAndAReason) {
  TestNet net;
  const auto code = [&net](std::string_view op, const std::vector<Signing>& signers,
                           const Json& body, std::string_view from = kDb) {
    return net.Do(op, from, signers, body).code;
  };
  const std::string_view op = "department.suspend";
  EXPECT_EQ(code(op, {Head("db-h1")}, Rights(kJt)), Code::kHeadSignatureRequired);
  EXPECT_EQ(code(op, {Head("db-h1"), Peer("sj-h1")}, Rights(kJt)), Code::kRoleDenied);
  EXPECT_EQ(code(op, {Head("ga-h1"), Peer("zf-h1")}, Rights(kJt), kGa), Code::kRoleDenied);
  // The manager of the province has no say in a department of the city.
  EXPECT_EQ(code(op, {Head("sdb-h1"), Peer("zf-h1")}, Rights(kJt), kSdb), Code::kRoleDenied);
  EXPECT_EQ(code(op, {Head("db-h1"), Peer("zf-h1")}, Rights("119901000990010960")),
            Code::kUnknownRef);
  Json silent = Rights(kJt);
  silent.Remove("reason_digest");
  EXPECT_EQ(code(op, {Head("db-h1"), Peer("zf-h1")}, silent), Code::kReasonRequired);
  EXPECT_EQ(code("department.resume", {Head("db-h1"), Peer("zf-h1")}, Rights(kJt)),
            Code::kBadState);
  ASSERT_EQ(code(op, {Head("db-h1"), Peer("zf-h1")}, Rights(kJt)), Code::kAccepted);
  EXPECT_EQ(code(op, {Head("db-h1"), Peer("zf-h1")}, Rights(kJt)), Code::kBadState);
  EXPECT_EQ(code("department.resume", {Head("db-h1"), Peer("zf-h1")}, Rights(kJt)),
            Code::kAccepted);
}

TEST(Suspensions, AgainstTheManagerTheGovernmentActsWithTheAuditor) {
  TestNet net;
  EXPECT_EQ(Suspend(net, kDb).code, Code::kRoleDenied);
  EXPECT_EQ(net.Do("department.suspend", kZf, {Head("zf-h1"), Peer("ga-h1")}, Rights(kDb)).code,
            Code::kRoleDenied);
  const Outcome done =
      net.Do("department.suspend", kZf, {Head("zf-h1"), Peer("sj-h1")}, Rights(kDb));
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  bool touched = false;
  for (const ledger::Touch& touch : done.stub.touched) {
    touched = touched || touch.entity == ledger::DepartmentEntity(kDb);
  }
  EXPECT_TRUE(touched);
}

TEST(Suspensions, StopWhatIsNewAndNothingThatIsOwed) {
  TestCase test;
  test.ReachRequest();
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  ASSERT_TRUE(Suspend(test.net, kJt).Accepted());
  Json body = test.RequestBody();
  body.Set("scene_code", "OTHER");
  EXPECT_EQ(test.SubmitRequest(body).code, Code::kDepartmentSuspended);
  EXPECT_EQ(test.Acknowledge().code, Code::kDepartmentSuspended);
  // Still a provider: it drafts, answers, corrects.
  EXPECT_TRUE(
      test.net
          .Do("resource.draft", kJt, {Maker("jt-c1")}, Json::MakeObject({{"content", Content()}}))
          .Accepted());
  ASSERT_TRUE(test.net.Do("department.resume", kDb, {Head("db-h1"), Peer("zf-h1")}, Rights(kJt))
                  .Accepted());
  EXPECT_TRUE(test.SubmitRequest(body).code != Code::kDepartmentSuspended);
}

// What DENY_IGNORED is derived from.
TEST(Suspensions, AreKnownForEveryTime) {
  TestNet net;
  const std::int64_t before = net.Time();
  net.Advance(kHourMs);
  ASSERT_TRUE(Suspend(net, kJt).Accepted());
  const std::int64_t during = net.Time();
  net.Advance(kHourMs);
  ASSERT_TRUE(
      net.Do("department.resume", kDb, {Head("db-h1"), Peer("zf-h1")}, Rights(kJt)).Accepted());
  const std::int64_t after = net.Time();
  EXPECT_FALSE(WasConsumerSuspended(net.View(), kJt, before));
  EXPECT_TRUE(WasConsumerSuspended(net.View(), kJt, during));
  EXPECT_FALSE(WasConsumerSuspended(net.View(), kJt, after));
  EXPECT_FALSE(WasConsumerSuspended(net.View(), kSw, during));
}

// What an access was to be denied for shows on the access and on the day of its grant.
class DenyIgnored : public ::testing::Test {
 protected:
  std::vector<DerivedFlag> EventFlags(const Outcome& outcome) {
    const AsOf at{.height = test.net.Height(), .time = test.net.Time()};
    // What has none is not even read, whatever was suspended at another time.
    if (!MayHaveEventFlags(test.net.View(), at, outcome.stub)) return {};
    auto flags = EventFlagsOf(test.net.View(), at, outcome.stub, *test.net.Last());
    EXPECT_FALSE(flags.empty());
    return flags;
  }
  static Json Denied(Json record) { return record.Set("result", "DENIED"); }
  LineageCase test;
};

TEST_F(DenyIgnored, WhileTheConsumerHadNoRightsAndNotBefore) {
  test.ReachHolder();
  const Outcome before = test.Report(test.LoneRecord("a1"));
  EXPECT_FALSE(
      MayHaveEventFlags(test.net.View(), {.height = 99, .time = test.net.Time()}, before.stub));
  ASSERT_TRUE(Suspend(test.net, kJt).Accepted());
  test.net.Advance(kHourMs);
  const auto flags = EventFlags(test.Report(test.LoneRecord("a2")));
  ASSERT_EQ(flags.size(), 1U);
  EXPECT_EQ(flags[0].flag, "DENY_IGNORED");
  EXPECT_EQ(flags[0].value, 1);
  EXPECT_EQ(flags[0].subject, test.grant);
  EXPECT_EQ(flags[0].department, kGa);
  EXPECT_TRUE(EventFlags(test.Report(Denied(test.LoneRecord("a3")))).empty());
  // A report of what happened before the suspension, and one after it is over.
  Json earlier = test.LoneRecord("a4");
  earlier.Set("occurred_at", test.net.Time() - 2 * kHourMs);
  EXPECT_TRUE(EventFlags(test.Report(earlier)).empty());
  ASSERT_TRUE(test.net.Do("department.resume", kDb, {Head("db-h1"), Peer("zf-h1")}, Rights(kJt))
                  .Accepted());
  test.net.Advance(kHourMs);
  EXPECT_TRUE(EventFlags(test.Report(test.LoneRecord("a5"))).empty());
  EXPECT_EQ(test.FlagOf(test.grant, "DENY_IGNORED").value, 1);
  EXPECT_EQ(test.FlagOf(test.grant, "DENY_IGNORED").department, kGa);
}

TEST_F(DenyIgnored, FromTheSuspensionOnWithinOneBlock) {
  test.ReachHolder();
  const auto access = [this](std::string_view id) {
    Json record = test.LoneRecord(id);
    record.Set("occurred_at", test.net.Time());
    return test.net.Make("access.record", kGa, {System("ga-gw")}, std::move(record));
  };
  const auto suspend =
      test.net.Make("department.suspend", kDb, {Head("db-h1"), Peer("zf-h1")}, Rights(kJt));
  const BlockOutcome outcome = test.net.Block({access("a1"), suspend, access("a2")});
  ASSERT_EQ(outcome.codes, (std::vector<std::uint32_t>{0, 0, 0}));
  EXPECT_EQ(test.FlagOf(test.grant, "DENY_IGNORED").value, 1);
}

// The consumer says it was let in: that is no act of the provider's (4.10.2).
TEST_F(DenyIgnored, NotByTheConsumersWord) {
  test.ReachHolder();
  ASSERT_TRUE(Suspend(test.net, kJt).Accepted());
  test.net.Advance(kHourMs);
  Json body = test.LoneRecord("a1");
  const Outcome told = test.net.Do("access.record", kJt, {System("jt-app")}, body);
  ASSERT_TRUE(told.Accepted()) << CodeName(told.code);
  EXPECT_TRUE(EventFlags(told).empty());
}

TEST_F(DenyIgnored, WhileTheResourceLetNobodyInAndInBatchesByTheCall) {
  test.ReachHolder();
  Json stop = Ref("resource", test.resource);
  stop.Set("ground", "INCIDENT").Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.net.Do("resource.suspend", kGa, {Head("ga-h1")}, stop).Accepted());
  test.net.Advance(kHourMs);
  Json records = Json::MakeArray();
  records.Push(test.Record("b1"));
  records.Push(Denied(test.Record("b2")));
  records.Push(test.Record("b3").Set("result", "NOT_FOUND"));
  Json batch = Ref("grant", test.grant);
  batch.Set("batch_id", "B1").Set("form", "full").Set("records", records);
  const Outcome full = test.net.Do("access.batch", kGa, {System("ga-gw")}, batch);
  ASSERT_TRUE(full.Accepted()) << CodeName(full.code);
  ASSERT_EQ(EventFlags(full).size(), 1U);
  EXPECT_EQ(EventFlags(full)[0].value, 2);
  Json digest = Json::MakeObject(
      {{"from", test.net.Time() - 1000},
       {"to", test.net.Time() - 100},
       {"counts", Json::MakeObject({{"ok", 5}, {"not_found", 2}, {"denied", 9}, {"error", 1}})},
       {"rows", 5},
       {"root", Hash('7')}});
  batch = Ref("grant", test.grant);
  batch.Set("batch_id", "B2").Set("form", "digest").Set("digest", digest);
  const Outcome counted = test.net.Do("access.batch", kGa, {System("ga-gw")}, batch);
  ASSERT_EQ(EventFlags(counted).size(), 1U);
  EXPECT_EQ(EventFlags(counted)[0].value, 7);
  EXPECT_EQ(test.FlagOf(test.grant, "DENY_IGNORED").value, 9);
  // Without a grant: by the consumer named and the resource.
  Json lone = test.LoneRecord("c1");
  lone.Remove("grant");
  lone.Set("grant_missing", true).Set("resource", ledger::ToHex(test.resource));
  const auto flags = EventFlags(test.Report(lone));
  ASSERT_EQ(flags.size(), 1U);
  EXPECT_EQ(flags[0].subject, test.resource);
  EXPECT_EQ(flags[0].department, kGa);
}

}  // namespace
}  // namespace jiandu::contracts::testing
