// Consumer rights of a department (4.1 DP2; AT48, row T53 of the worked scenario).
#include "contracts/department.h"
#include "tests/support/case_fixture.h"

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

}  // namespace
}  // namespace jiandu::contracts::testing
