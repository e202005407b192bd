// Who handles a case, and days handed to auditor and superior (4.2, 4.17).
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Assignment(const TestCase& test, const EntityId& of, const std::string& who) {
  return Ref("case", of).Set("handler", ledger::ToHex(test.net.Identity(who)));
}

TEST(Assignments, NameAnOfficerOfADepartmentWithAPart) {
  TestCase test;
  test.ReachRequest();
  const auto assign = [&test](std::string_view department, const std::string& head,
                              const std::string& who) {
    return test.net.Do("case.assign", department, {Head(head)},
                       Assignment(test, test.request, who));
  };
  const Outcome done = assign(kGa, "ga-h1", "ga-c2");
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(done.flags, 0U);
  ASSERT_TRUE(assign(kJt, "jt-h1", "jt-c1").Accepted());
  const ledger::EntityBody request = test.net.Body(test.request);
  EXPECT_EQ(request.Text("handler/" + std::string(kGa)), ledger::ToHex(test.net.Identity("ga-c2")));
  EXPECT_EQ(request.Text("handler/" + std::string(kJt)), ledger::ToHex(test.net.Identity("jt-c1")));
  EXPECT_EQ(test.net.Status(test.request), "SUBMITTED");
  EXPECT_EQ(assign(kSw, "sw-h1", "sw-c1").code, Code::kRoleDenied);
  EXPECT_EQ(assign(kGa, "ga-c1", "ga-c2").code, Code::kRoleDenied);
  // A fact: somebody else's officer is flagged, and handles nothing.
  const Outcome strange = assign(kGa, "ga-h1", "jt-c1");
  ASSERT_TRUE(strange.Accepted());
  EXPECT_TRUE(strange.Has(Flag::kFieldMissing));
  EXPECT_EQ(test.net.Body(test.request).acts.back().note,
            "not its officer: " + std::string(kJt) + " jt-c1");
  const std::string gone = ledger::ToHex(test.net.Identity("ga-c1"));
  ASSERT_TRUE(test.net
                  .Do("identity.revoke", kGa, {Head("ga-h1")},
                      Json::MakeObject({{"identity", gone}, {"reason", "LEFT"}}))
                  .Accepted());
  EXPECT_TRUE(assign(kGa, "ga-h1", "ga-c1").Has(Flag::kFieldMissing));
  EXPECT_EQ(test.net.Body(test.request).Text("handler/" + std::string(kGa)),
            ledger::ToHex(test.net.Identity("ga-c2")));
  EXPECT_EQ(test.net
                .Do("case.assign", kGa, {Head("ga-h1")},
                    Assignment(test, ledger::BornId(ledger::EntityKind::kRequest, {}, 1), "ga-c2"))
                .code,
            Code::kUnknownRef);
}

TEST(Anchors, AreRecordedByTheManagersSystem) {
  TestNet net;
  const Json body = Json::MakeObject({{"date", 20260301},
                                      {"height", 7},
                                      {"app_hash", Hash('1')},
                                      {"block_hash", Hash('2')},
                                      {"receivers", Texts({kSj, kSdb})}});
  EXPECT_EQ(net.Do("anchor.publish", kGa, {System("ga-gw")}, body).code, Code::kRoleDenied);
  EXPECT_EQ(net.Do("anchor.publish", kDb, {Maker("db-c1")}, body).code, Code::kRoleDenied);
  const Outcome done = net.Do("anchor.publish", kDb, {System("db-gw")}, body);
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  bool touched = false;
  for (const ledger::Touch& touch : done.stub.touched) {
    touched = touched || touch.entity == ledger::NetworkEntity();
  }
  EXPECT_TRUE(touched);
  Json silent = body;
  silent.Remove("receivers");
  const Outcome flagged = net.Do("anchor.publish", kDb, {System("db-gw")}, silent);
  ASSERT_TRUE(flagged.Accepted());
  EXPECT_TRUE(flagged.Has(Flag::kFieldMissing));
}

}  // namespace
}  // namespace jiandu::contracts::testing
