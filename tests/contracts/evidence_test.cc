// What both sides say of one access, in either order; how often a batch raised a flag; when uses
// run out.
#include "contracts/access.h"
#include "ledger/model/flag_counts.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

constexpr std::uint64_t kMismatch = ledger::FlagBit(Flag::kDigestMismatch);

class Evidence : public ::testing::Test {
 protected:
  void SetUp() override { Reach(100); }
  void Reach(int daily_cap, int uses_max = 0) {
    test.PublishResource();
    ASSERT_TRUE(test.SubmitRequest(test.RequestBody()).Accepted());
    test.Approve();
    Json body = test.OpenBody();
    body.Set("daily_cap", daily_cap);
    if (uses_max > 0) body.Set("uses_max", uses_max);
    ASSERT_TRUE(test.Open(body).Accepted());
    ASSERT_TRUE(test.Acknowledge().Accepted());
    test.net.Advance(60'000);
  }
  Outcome Acknowledge(std::string_view member, std::string_view id, char digest) {
    Json ack = Ref("grant", test.grant);
    ack.Set(member, id).Set("response_digest", Hash(digest));
    return test.net.Do("access.acknowledge", kJt, {System("jt-gw")}, ack);
  }
  Json Full(std::string_view id, Json records) {
    Json body = Ref("grant", test.grant);
    body.Set("batch_id", id).Set("form", "full").Set("records", std::move(records));
    return body;
  }
  Outcome Send(Json body, std::string_view who = kGa) {
    const std::string key = who == kGa ? "ga-gw" : "jt-gw";
    return test.net.Do("access.batch", who, {System(key)}, std::move(body));
  }
  AccessTrace Trace(TraceKind kind, std::string_view id) {
    const auto bytes = test.net.View().Get(TraceKey(test.grant, kind, id));
    const auto trace = bytes ? DecodeTrace(*bytes) : std::nullopt;
    EXPECT_TRUE(trace.has_value()) << id;
    return trace.value_or(AccessTrace());
  }

  TestCase test;
};

TEST_F(Evidence, AnEarlyAcknowledgementThatDisagreesFlagsTheReport) {
  EXPECT_EQ(Acknowledge("acc_id", "same", 'b').flags, 0U);
  EXPECT_EQ(Acknowledge("acc_id", "other", '0').flags, 0U);
  EXPECT_EQ(test.Report(test.LoneRecord("same")).flags, 0U);
  EXPECT_EQ(test.Report(test.LoneRecord("other")).flags, kMismatch);
  EXPECT_EQ(test.Report(test.LoneRecord("unspoken")).flags, 0U);
  EXPECT_EQ(Trace(TraceKind::kAccess, "other").flags, kMismatch);
}

TEST_F(Evidence, TheConsumersOwnEarlyReportIsComparedToo) {
  EXPECT_EQ(test.Report(test.LoneRecord("same"), "jt").flags, 0U);
  Json differs = test.LoneRecord("other");
  differs.Set("response_digest", Hash('0'));
  EXPECT_EQ(test.Report(differs, "jt").flags, 0U);
  EXPECT_EQ(test.Report(test.LoneRecord("same")).flags, 0U);
  EXPECT_EQ(test.Report(test.LoneRecord("other")).flags, kMismatch);
}

TEST_F(Evidence, RecordsOfABatchAreComparedOneByOne) {
  ASSERT_TRUE(Acknowledge("acc_id", "r1", '0').Accepted());
  Json records = Json::MakeArray();
  for (const std::string_view id : {"r0", "r1", "r2"}) records.Push(test.Record(id));
  EXPECT_EQ(Send(Full("B1", records)).flags, kMismatch);
  EXPECT_EQ(Trace(TraceKind::kAccess, "r0").flags, 0U);
  EXPECT_EQ(Trace(TraceKind::kAccess, "r1").flags, kMismatch);
  EXPECT_EQ(Trace(TraceKind::kBatch, "B1").flag_counts,
            (std::vector<FlagCount>{{.flag = Flag::kDigestMismatch, .n = 1}}));
}

TEST_F(Evidence, ABatchAndAnAccessOfOneNameAreNotTakenForEachOther) {
  ASSERT_TRUE(Acknowledge("batch_id", "x", '0').Accepted());
  EXPECT_EQ(test.Report(test.LoneRecord("x")).flags, 0U);
}

TEST_F(Evidence, TheConsumersBatchCountsNothing) {
  Json records = Json::MakeArray();
  records.Push(test.Record("r0"));
  records.Push(test.Record("r1"));
  ASSERT_TRUE(Send(Full("C1", records), kJt).Accepted());
  EXPECT_EQ(Trace(TraceKind::kConsumerBatch, "C1").count, 0U);
  EXPECT_FALSE(
      test.net.View().Get(DayKey(test.grant, ledger::DateOf(test.net.Time()))).has_value());
  ASSERT_TRUE(Send(Full("B1", records)).Accepted());
  EXPECT_EQ(Trace(TraceKind::kBatch, "B1").count, 2U);
}

TEST_F(Evidence, ABatchCountsEachFlag) {
  Json records = Json::MakeArray();
  for (int i = 0; i < 105; ++i) {
    Json record = test.Record("r" + std::to_string(i));
    record.Set("occurred_at", test.net.Time() - 60'000 - i * 1000);
    if (i < 7) record.Set("items_mask", "08");
    if (i < 3) record.Set("client_ip", "10.99.0.1");
    records.Push(record);
  }
  const Outcome outcome = Send(Full("B1", records));
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  const AccessTrace trace = Trace(TraceKind::kBatch, "B1");
  EXPECT_EQ(trace.count, 105U);
  EXPECT_EQ(trace.excess, 5U);
  std::map<Flag, std::uint64_t> counts;
  std::uint64_t flags = 0;
  for (const FlagCount& counted : trace.flag_counts) {
    counts[counted.flag] = counted.n;
    flags |= ledger::FlagBit(counted.flag);
  }
  EXPECT_EQ(counts[Flag::kItemNotGranted], 7U);
  EXPECT_EQ(counts[Flag::kIpNotAllowed], 3U);
  EXPECT_EQ(counts[Flag::kOverDailyCap], 5U);
  EXPECT_EQ(flags, outcome.flags);
  // Answers find them by the transaction.
  const ledger::FlagCounts shown = ledger::FlagCountsOf(test.net.View(), outcome.stub.txid);
  ASSERT_EQ(shown.size(), trace.flag_counts.size());
  for (const ledger::FlagCount& one : shown) {
    EXPECT_EQ(one.n, counts[one.flag]);
    EXPECT_EQ(ledger::CountOf(shown, static_cast<std::uint32_t>(one.flag)), one.n);
  }
  EXPECT_EQ(ledger::CountOf(shown, static_cast<std::uint32_t>(Flag::kNoGrant)), 0U);
}

TEST_F(Evidence, WhatIsNoBatchOrRaisedNothingHasNoCounts) {
  Json record = test.LoneRecord("r1");
  record.Set("client_ip", "10.99.0.1");
  const Outcome single = test.Report(record);
  ASSERT_NE(single.flags, 0U);
  EXPECT_TRUE(ledger::FlagCountsOf(test.net.View(), single.stub.txid).empty());
  Json records = Json::MakeArray();
  records.Push(test.Record("r2"));
  const Outcome clean = Send(Full("B1", records));
  ASSERT_EQ(clean.flags, 0U);
  EXPECT_TRUE(ledger::FlagCountsOf(test.net.View(), clean.stub.txid).empty());
}

// The same records in one batch, in many, or alone lead to the same counters and the same excess.
TEST_F(Evidence, HowRecordsAreBundledChangesNoCounter) {
  const auto run = [](std::size_t bundle) {
    TestCase fresh;
    fresh.ReachGrant();
    fresh.net.Advance(60'000);
    const std::int64_t from = fresh.net.Time() - 30'000;
    std::uint64_t excess = 0;
    std::vector<Json> records;
    for (int i = 0; i < 130; ++i) {
      Json record = fresh.Record("r" + std::to_string(i));
      record.Set("occurred_at", from + i);
      if (i % 10 == 3) record.Set("result", "DENIED");
      records.push_back(std::move(record));
    }
    std::vector<TransactionPtr> block;
    for (std::size_t at = 0; at < records.size(); at += bundle) {
      Json list = Json::MakeArray();
      for (std::size_t i = at; i < std::min(at + bundle, records.size()); ++i) {
        list.Push(records[i]);
      }
      Json body = Ref("grant", fresh.grant);
      body.Set("batch_id", "b" + std::to_string(at)).Set("form", "full").Set("records", list);
      block.push_back(fresh.net.Make("access.batch", kGa, {System("ga-gw")}, body));
    }
    for (const std::uint32_t code : fresh.net.Block(block).codes) EXPECT_EQ(code, 0U);
    for (std::size_t at = 0; at < records.size(); at += bundle) {
      const auto bytes =
          fresh.net.View().Get(TraceKey(fresh.grant, TraceKind::kBatch, "b" + std::to_string(at)));
      excess += DecodeTrace(*bytes)->excess;
    }
    const auto day = fresh.net.View().Get(DayKey(fresh.grant, ledger::DateOf(from)));
    const auto hour =
        fresh.net.View().Get(HourKey(fresh.grant, static_cast<std::uint32_t>(from / 3'600'000)));
    EXPECT_EQ(excess, DecodeDay(*day).excess);
    return std::tuple(*day, *hour, excess);
  };
  const auto one_by_one = run(1);
  EXPECT_EQ(std::get<2>(one_by_one), 17U);  // 117 calls answered, 100 allowed
  EXPECT_EQ(run(7), one_by_one);
  EXPECT_EQ(run(130), one_by_one);
}

class Uses : public Evidence {
 protected:
  void SetUp() override { Reach(100, 3); }
};

TEST_F(Uses, AfterTheLastOneTheGrantHasExpired) {
  Json records = Json::MakeArray();
  for (int i = 0; i < 5; ++i) records.Push(test.Record("r" + std::to_string(i)));
  EXPECT_EQ(Send(Full("B1", records)).flags, ledger::FlagBit(Flag::kOverUses));
  EXPECT_EQ(Trace(TraceKind::kBatch, "B1").flag_counts,
            (std::vector<FlagCount>{{.flag = Flag::kOverUses, .n = 2}}));
  const std::int64_t ran_out_at = test.net.Time() - 1000;
  Json before = test.LoneRecord("before");
  before.Set("occurred_at", ran_out_at - 1);
  EXPECT_EQ(test.Report(before).flags, ledger::FlagBit(Flag::kOverUses));
  Json after = test.LoneRecord("after");
  after.Set("occurred_at", ran_out_at);
  EXPECT_EQ(test.Report(after).flags,
            ledger::FlagBit(Flag::kOverUses) | ledger::FlagBit(Flag::kExpired));
}

TEST(Trace, ReadsBackWhatWasWrittenAndNothingElse) {
  const AccessTrace trace{.occurred_at = kStart,
                          .flags = 3,
                          .excess = 2,
                          .count = 9,
                          .result = AccessResult::kError,
                          .digest = Hash256{},
                          .flag_counts = {{.flag = Flag::kNoGrant, .n = 4}}};
  AccessTrace with_digest = trace;
  with_digest.digest->bytes[0] = 1;
  const Bytes bytes = EncodeTrace(with_digest);
  const auto read = DecodeTrace(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(EncodeTrace(*read), bytes);
  EXPECT_EQ(read->flag_counts, trace.flag_counts);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto part = DecodeTrace(ByteView(bytes).first(size));
    EXPECT_TRUE(!part || EncodeTrace(*part) != bytes) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(DecodeTrace(longer).has_value());
}

}  // namespace
}  // namespace jiandu::contracts::testing
