// Incidents: hours to the report to the authority, progress, closing (T36 of the worked scenario).
#include "tests/support/contract_fixture.h"
#include "tests/support/due.h"

namespace jiandu::contracts::testing {
namespace {

class Incident : public ::testing::Test {
 protected:
  // 10:00 on 04-15.
  void SetUp() override { net.AdvanceTo(20260415, 10); }

  [[nodiscard]] Json Body(std::string_view level = "LARGER") const {
    return Json::MakeObject({{"level", level},
                             {"kind", "LEAK"},
                             {"detected_at", net.Time()},
                             {"cii", false},
                             {"report_digest", std::string(64, '1')}});
  }
  static Json ReportedTo(std::int64_t at) {
    Json list = Json::MakeArray();
    list.Push(Json::MakeObject({{"authority", "市网信办"}, {"at", at}}));
    return list;
  }
  Outcome Report(Json body, const std::string& key = "sw-c1") {
    const Outcome outcome = net.Do("incident.report", kSw, {Maker(key)}, std::move(body));
    if (outcome.Accepted()) incident = outcome.Born(ledger::EntityKind::kIncident);
    return outcome;
  }
  Outcome Update(std::string_view status, Json more = Json::MakeObject(),
                 std::string_view who = kSw, const std::string& key = "sw-c1") {
    more.Set("incident", ledger::ToHex(incident))
        .Set("status", status)
        .Set("report_digest", std::string(64, '2'));
    return net.Do("incident.update", who, {Maker(key)}, std::move(more));
  }
  Outcome Close(std::string_view who = kSw, const std::string& key = "sw-h1") {
    Json body = Json::MakeObject({{"incident", ledger::ToHex(incident)}});
    body.Set("report_digest", std::string(64, '3'));
    return net.Do("incident.close", who, {Head(key)}, body);
  }
  void AdvanceMinutes(std::int64_t minutes) { net.Advance(minutes * 60'000); }

  TestNet net;
  EntityId incident;
};

TEST_F(Incident, IsReportedToTheAuthorityWithinFourHours) {
  const std::int64_t detected = net.Time();
  EXPECT_EQ(Report(Body()).flags, 0U);
  EXPECT_EQ(net.Status(incident), "OPEN");
  const ledger::Clock clock = ClockOn(net, incident, "I01");
  EXPECT_EQ(clock.department, kSw);
  EXPECT_EQ(clock.start, detected);
  EXPECT_EQ(clock.n, 4);
  AdvanceMinutes(200);
  const Outcome updated =
      Update("REPORTED", Json::MakeObject({{"reported_to", ReportedTo(net.Time() - 1000)}}));
  EXPECT_EQ(updated.flags, 0U);
  EXPECT_EQ(net.Status(incident), "REPORTED");
  EXPECT_TRUE(ClockOn(net, incident, "I01").satisfied);
}

TEST_F(Incident, MoreThanFourHoursAreLate) {
  ASSERT_TRUE(Report(Body()).Accepted());
  AdvanceMinutes(5 * 60 + 10);
  const Outcome updated =
      Update("REPORTED", Json::MakeObject({{"reported_to", ReportedTo(net.Time())}}));
  EXPECT_TRUE(updated.Has(Flag::kLate));
  EXPECT_EQ(ClockOn(net, incident, "I01").late, 2);
}

// The authority was told in time; the ledger only later.
TEST_F(Incident, TheHourOfTheReportCounts) {
  const std::int64_t detected = net.Time();
  ASSERT_TRUE(Report(Body()).Accepted());
  AdvanceMinutes(20 * 60);
  EXPECT_EQ(
      Update("REPORTED", Json::MakeObject({{"reported_to", ReportedTo(detected + 3 * kHourMs)}}))
          .flags,
      0U);
}

TEST_F(Incident, AReportBeforeDetectionOrAheadProvesNothing) {
  const std::int64_t detected = net.Time();
  ASSERT_TRUE(Report(Body()).Accepted());
  AdvanceMinutes(20 * 60);
  EXPECT_TRUE(
      Update("CONTAINED", Json::MakeObject({{"reported_to", ReportedTo(detected - kHourMs)}}))
          .Has(Flag::kLate));
}

TEST_F(Incident, CriticalInfrastructureHasOneHour) {
  Json body = Body();
  body.Set("cii", true);
  ASSERT_TRUE(Report(body).Accepted());
  EXPECT_EQ(ClockOn(net, incident, "I01").n, 1);
}

TEST_F(Incident, ALowOneOwesNoReportUntilItGrows) {
  ASSERT_TRUE(Report(Body("GENERAL")).Accepted());
  EXPECT_EQ(ClockOn(net, incident, "I01").code, "");
  AdvanceMinutes(600);
  const std::int64_t known = net.Time();
  ASSERT_TRUE(Update("CONTAINED", Json::MakeObject({{"level", "MAJOR"}})).Accepted());
  EXPECT_EQ(ClockOn(net, incident, "I01").start, known);
  EXPECT_EQ(net.Body(incident).Text("level"), "MAJOR");
}

TEST_F(Incident, TheFirstReportMaySayItAll) {
  Json body = Body();
  body.Set("detected_at", net.Time() - 2 * kHourMs)
      .Set("reported_to", ReportedTo(net.Time() - kHourMs));
  EXPECT_EQ(Report(body).flags, 0U);
  EXPECT_TRUE(ClockOn(net, incident, "I01").satisfied);
  Json late = Body();
  late.Set("detected_at", net.Time() - 9 * kHourMs)
      .Set("reported_to", ReportedTo(net.Time() - kHourMs));
  EXPECT_TRUE(Report(late).Has(Flag::kLate));
}

TEST_F(Incident, IsReportedAndUpdatedBySecurity) {
  EXPECT_EQ(Report(Body(), "sw-c2").code, Code::kRoleDenied);
  Json bare = Body();
  bare.Remove("cii");
  EXPECT_TRUE(Report(bare).Has(Flag::kFieldMissing));
  EXPECT_EQ(Update("CONTAINED", Json::MakeObject(), kSw, "sw-c2").code, Code::kRoleDenied);
  EXPECT_EQ(Update("CONTAINED", Json::MakeObject(), kGa, "ga-c1").code, Code::kRoleDenied);
}

TEST_F(Incident, GoesForwardAndIsClosedByTheHead) {
  ASSERT_TRUE(Report(Body("GENERAL")).Accepted());
  EXPECT_EQ(Update("REVIEWED").flags, 0U);
  EXPECT_EQ(Update("CONTAINED").code, Code::kBadState);
  EXPECT_EQ(Close(kGa, "ga-h1").code, Code::kRoleDenied);
  ASSERT_TRUE(Close().Accepted());
  EXPECT_EQ(net.Status(incident), "CLOSED");
  EXPECT_EQ(Update("REVIEWED").code, Code::kBadState);
  EXPECT_EQ(Close().code, Code::kBadState);
}

TEST_F(Incident, ReportedToNobodyIsFlagged) {
  ASSERT_TRUE(Report(Body()).Accepted());
  EXPECT_TRUE(Update("REPORTED").Has(Flag::kFieldMissing));
}

}  // namespace
}  // namespace jiandu::contracts::testing
