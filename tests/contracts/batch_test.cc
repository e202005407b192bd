// Batches: full ones judged record by record, digest ones by their counts.
#include <array>

#include "contracts/access.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Full(const TestCase& test, std::string_view id, int records, int first = 0) {
  Json list = Json::MakeArray();
  for (int i = 0; i < records; ++i) {
    Json record = test.Record("r" + std::to_string(first + i));
    record.Remove("system");
    list.Push(record);
  }
  Json body = Ref("grant", test.grant);
  body.Set("batch_id", id).Set("form", "full").Set("records", list);
  body.Set("system", ledger::ToHex(test.net.Identity("jt-app")));
  return body;
}
Json Digest(const TestCase& test, std::string_view id, int ok) {
  Json counts = Json::MakeObject({{"ok", ok}, {"not_found", 0}, {"denied", 3}, {"error", 1}});
  Json masks = Json::MakeArray();
  masks.Push(Json::MakeObject({{"mask", "07"}, {"n", ok}}));
  Json ips = Json::MakeArray();
  ips.Push(Json::MakeObject({{"address", "10.20.3.7"}, {"n", ok}}));
  Json versions = Json::MakeArray();
  versions.Push(0);
  Json digest = Json::MakeObject({{"from", test.net.Time() - 1000},
                                  {"to", test.net.Time() - 100},
                                  {"counts", counts},
                                  {"rows", ok},
                                  {"bytes", 1000},
                                  {"peak_per_min", std::min(ok, 10)},
                                  {"max_rows", 1},
                                  {"case_root", Hash('c')},
                                  {"ip_counts", ips},
                                  {"items_mask_counts", masks},
                                  {"purpose_codes", Texts({"SUPERVISION"})},
                                  {"matter_codes", Texts({"M-1"})},
                                  {"dataset_versions", versions},
                                  {"root", Hash('f')}});
  Json body = Ref("grant", test.grant);
  body.Set("batch_id", id).Set("form", "digest").Set("digest", digest);
  body.Set("system", ledger::ToHex(test.net.Identity("jt-app")));
  return body;
}
Outcome Send(TestCase& test, const Json& body) {
  return test.net.Do("access.batch", kGa, {System("ga-gw")}, body);
}
DayCounter Today(const TestCase& test) {
  const auto bytes = test.net.View().Get(DayKey(test.grant, ledger::DateOf(test.net.Time())));
  return bytes ? DecodeDay(*bytes) : DayCounter();
}
void SetDigest(Json& body, std::string_view name, Json value) {
  Json digest = *body.Find("digest");
  digest.Set(name, std::move(value));
  body.Set("digest", digest);
}

class Batch : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachGrant();
    test.net.Advance(kHourMs);
  }
  TestCase test;
};

TEST_F(Batch, AFullBatchCountsEachRecord) {
  const Outcome outcome = Send(test, Full(test, "B1", 50));
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_EQ(outcome.flags, 0U);
  EXPECT_EQ(outcome.stub.touched.size(), 4U);
  EXPECT_EQ(Today(test).counted, 50U);
  // A record of the batch cannot be reported again alone.
  EXPECT_EQ(test.Report(test.LoneRecord("r7")).code, Code::kDuplicate);
}

TEST_F(Batch, ExcessGoesToTheReportThatPassesTheCap) {
  ASSERT_EQ(Send(test, Full(test, "B1", 50)).flags, 0U);
  Json over = Digest(test, "B2", 70);
  SetDigest(over, "from", test.net.Time() - kHourMs / 2);
  const Outcome second = Send(test, over);
  EXPECT_EQ(second.flags, ledger::FlagBit(Flag::kOverDailyCap));
  const auto trace =
      DecodeTrace(test.net.View().Get(TraceKey(test.grant, TraceKind::kBatch, "B2")).value());
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(trace->excess, 20U);
  EXPECT_EQ(Today(test).excess, 20U);
}

TEST_F(Batch, FlagsOfOneRecordShowOnTheBatchAndInItsTrace) {
  Json body = Full(test, "B1", 3);
  Json records = *body.Find("records");
  records.MutableItems()[1].Set("items_mask", "08");
  body.Set("records", records);
  EXPECT_EQ(Send(test, body).flags, ledger::FlagBit(Flag::kItemNotGranted));
  const auto flagged =
      DecodeTrace(test.net.View().Get(TraceKey(test.grant, TraceKind::kAccess, "r1")).value());
  EXPECT_EQ(flagged->flags, ledger::FlagBit(Flag::kItemNotGranted));
  const auto clean =
      DecodeTrace(test.net.View().Get(TraceKey(test.grant, TraceKind::kAccess, "r2")).value());
  EXPECT_EQ(clean->flags, 0U);
}

TEST_F(Batch, IdsAreUniqueWithinAndAcross) {
  Json twice = Full(test, "B1", 2);
  Json records = *twice.Find("records");
  records.MutableItems()[1].Set("acc_id", "r0");
  twice.Set("records", records);
  EXPECT_EQ(Send(test, twice).code, Code::kDuplicate);
  ASSERT_TRUE(Send(test, Full(test, "B1", 2)).Accepted());
  EXPECT_EQ(Send(test, Full(test, "B1", 2, 10)).code, Code::kDuplicate);
  EXPECT_EQ(Send(test, Full(test, "B2", 2, 1)).code, Code::kDuplicate);
  EXPECT_EQ(Today(test).counted, 2U);
}

// Between the first id and the last of a batch may stand more rows than it has records.
TEST_F(Batch, IdsStrewnAmongThoseThereAreAreUniqueToo) {
  ASSERT_TRUE(Send(test, Full(test, "B1", 50)).Accepted());
  const auto strewn = [this](std::string_view last) {
    Json body = Full(test, "B2", 3);
    Json records = *body.Find("records");
    const std::array<std::string_view, 3> ids = {"a", "r0a", last};
    for (std::size_t i = 0; i < ids.size(); ++i) records.MutableItems()[i].Set("acc_id", ids[i]);
    body.Set("records", records);
    return Send(test, body);
  };
  EXPECT_EQ(strewn("r9").code, Code::kDuplicate);
  EXPECT_EQ(Today(test).counted, 50U);
  EXPECT_TRUE(strewn("r9a").Accepted());
}

TEST_F(Batch, IdsAreUniqueWithinABlock) {
  const auto make = [this](std::string_view id, int first) {
    return test.net.Make("access.batch", kGa, {System("ga-gw")}, Full(test, id, 3, first));
  };
  const BlockOutcome outcome = test.net.Block({make("B1", 0), make("B2", 2), make("B3", 3)});
  EXPECT_EQ(outcome.codes,
            (std::vector<std::uint32_t>{0, static_cast<std::uint32_t>(Code::kDuplicate), 0}));
}

// Ids are each side's own: the consumer cannot take the one the provider will use next, nor fill a
// gap in the provider's chain.
TEST_F(Batch, TheOtherSidesIdsAreNotTaken) {
  const auto by_consumer = [this](const Json& body) {
    return test.net.Do("access.batch", kJt, {System("jt-app")}, body);
  };
  Json second = Full(test, "B2", 1, 10);
  second.Set("prev_batch_id", "B1");
  ASSERT_TRUE(Send(test, second).Accepted());
  ASSERT_TRUE(by_consumer(Full(test, "B1", 1, 0)).Accepted());
  EXPECT_EQ(by_consumer(Full(test, "B1", 1, 20)).code, Code::kDuplicate);
  EXPECT_TRUE(test.net.View().Get(GapKey(test.grant, "B1")).has_value());
  EXPECT_TRUE(Send(test, Full(test, "B1", 1, 0)).Accepted());
  EXPECT_FALSE(test.net.View().Get(GapKey(test.grant, "B1")).has_value());
}

TEST_F(Batch, ContentFitsTheForm) {
  Json body = Full(test, "B1", 1);
  body.Set("form", "digest");
  EXPECT_EQ(Send(test, body).code, Code::kFieldRequired);
  body.Set("form", "full");
  body.Remove("records");
  EXPECT_EQ(Send(test, body).code, Code::kFieldRequired);
  Json both = Digest(test, "B2", 1);
  both.Set("records", *Full(test, "B1", 1).Find("records"));
  EXPECT_EQ(Send(test, both).code, Code::kFieldInvalid);
  Json reversed = Digest(test, "B2", 1);
  SetDigest(reversed, "from", test.net.Time());
  SetDigest(reversed, "to", test.net.Time() - 1);
  EXPECT_EQ(Send(test, reversed).code, Code::kFieldInvalid);
}

TEST_F(Batch, ADigestIsJudgedByItsCounts) {
  EXPECT_EQ(Send(test, Digest(test, "B0", 1)).flags, 0U);
  struct Sample {
    std::string_view name;
    Json value;
    Flag flag;
  };
  Json ips = Json::MakeArray();
  ips.Push(Json::MakeObject({{"address", "10.99.0.1"}, {"n", 1}}));
  Json masks = Json::MakeArray();
  masks.Push(Json::MakeObject({{"mask", "08"}, {"n", 1}}));
  const Sample samples[] = {{"out_of_window", 3, Flag::kOutsideHours},
                            {"max_rows", 11, Flag::kOverRows},
                            {"peak_per_min", 61, Flag::kOverRate},
                            {"ip_counts", ips, Flag::kIpNotAllowed},
                            {"items_mask_counts", masks, Flag::kItemNotGranted},
                            {"purpose_codes", Texts({"OTHER"}), Flag::kPurposeMismatch},
                            {"matter_codes", Texts({"M-1", "M-9"}), Flag::kPurposeMismatch},
                            {"from", kStart - kDayMs, Flag::kNotYetValid}};
  int n = 0;
  for (const Sample& sample : samples) {
    Json body = Digest(test, "S" + std::to_string(++n), 1);
    SetDigest(body, sample.name, sample.value);
    const Outcome outcome = Send(test, body);
    EXPECT_TRUE(outcome.Has(sample.flag)) << sample.name;
  }
  Json stranger = Digest(test, "X", 1);
  stranger.Set("system", ledger::ToHex(test.net.Identity("sw-app")));
  const Outcome outcome = Send(test, stranger);
  EXPECT_TRUE(outcome.Has(Flag::kSystemNotAllowed));
  EXPECT_TRUE(outcome.Has(Flag::kDepartmentMismatch));
}

TEST_F(Batch, ADigestAcrossAChangeOfStateStraddles) {
  const std::int64_t before = test.net.Time() - 5000;
  Json suspend = Ref("grant", test.grant);
  suspend.Set("ground", "SAFEGUARD")
      .Set("evidence", Texts({Hash('e')}))
      .Set("review_at", test.net.Time() + 3 * kDayMs);
  ASSERT_TRUE(test.net.Do("grant.suspend", kDb, {Head("db-h1")}, suspend).Accepted());
  test.net.Advance(1000);
  Json body = Digest(test, "B1", 1);
  SetDigest(body, "from", before);
  EXPECT_EQ(Send(test, body).flags, ledger::FlagBit(Flag::kStraddles));
  Json after = Digest(test, "B2", 1);
  SetDigest(after, "from", test.net.Time() - 500);
  EXPECT_EQ(Send(test, after).flags, ledger::FlagBit(Flag::kWhileSuspended));
}

TEST_F(Batch, ADigestIsAcknowledgedByItsRoot) {
  ASSERT_TRUE(Send(test, Digest(test, "B1", 1)).Accepted());
  ASSERT_TRUE(Send(test, Digest(test, "B2", 1)).Accepted());
  Json ack = Ref("grant", test.grant);
  ack.Set("batch_id", "B1").Set("response_digest", Hash('f'));
  EXPECT_EQ(test.net.Do("access.acknowledge", kJt, {System("jt-gw")}, ack).flags, 0U);
  ack.Set("batch_id", "B2").Set("response_digest", Hash('0'));
  EXPECT_TRUE(
      test.net.Do("access.acknowledge", kJt, {System("jt-gw")}, ack).Has(Flag::kDigestMismatch));
}

TEST(BatchOfG4, NeedsSingleRecords) {
  TestCase test;
  test.PublishResource(Content("CONDITIONAL", "G4"));
  ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
  test.Approve();
  ASSERT_TRUE(test.Open(test.OpenBody()).Accepted());
  ASSERT_TRUE(test.Acknowledge().Accepted());
  test.net.Advance(60'000);
  EXPECT_EQ(Send(test, Digest(test, "B1", 1)).flags, ledger::FlagBit(Flag::kBatchNotAllowed));
  EXPECT_EQ(Send(test, Full(test, "B2", 5)).flags, 0U);
}

// A grade of CORE changes what a grant may do, as a suspension of its own does.
TEST_F(Batch, ADigestNotCutAtARaiseToCoreStraddles) {
  Json grade = Ref("resource", test.resource);
  grade.Set("grade", "CORE").Set("evaluator", "测评机构").Set("evidence_digest", Hash('e'));
  ASSERT_TRUE(test.net.Do("resource.grade", kGa, {Head("ga-h1")}, grade).Accepted());
  test.net.Advance(kHourMs);
  Json body = Digest(test, "core", 2);
  EXPECT_FALSE(Send(test, body).Has(Flag::kStraddles));
  body.Set("batch_id", "across");
  SetDigest(body, "from", test.net.Time() - 2 * kHourMs);
  const Outcome across = Send(test, body);
  EXPECT_TRUE(across.Has(Flag::kStraddles));
  EXPECT_FALSE(across.Has(Flag::kWhileSuspended));  // judged by the state at its begin
}

// A digest is of one day: over several, its calls would all count on the first, none over its cap.
TEST_F(Batch, ADigestOfSeveralDaysStraddles) {
  test.net.Advance(2 * kDayMs);
  EXPECT_FALSE(Send(test, Digest(test, "B1", 5)).Has(Flag::kStraddles));
  Json across = Digest(test, "B2", 5);
  SetDigest(across, "from", test.net.Time() - kDayMs - kHourMs);
  EXPECT_TRUE(Send(test, across).Has(Flag::kStraddles));
}

// Where the profile suspends by itself, the counts of a digest count like records.
TEST(BatchAutoSuspend, ADigestSuspendsToo) {
  TestCase test("combined", Json::MakeObject({{"auto_suspend_items", 2}}));
  test.ReachGrant();
  test.net.Advance(60'000);
  Json body = Digest(test, "B1", 2);
  Json masks = Json::MakeArray();
  masks.Push(Json::MakeObject({{"mask", "0f"}, {"n", 2}}));
  SetDigest(body, "items_mask_counts", masks);
  EXPECT_TRUE(Send(test, body).Has(Flag::kItemNotGranted));
  EXPECT_EQ(test.net.Status(test.grant), "SUSPENDED");
}

}  // namespace
}  // namespace jiandu::contracts::testing
