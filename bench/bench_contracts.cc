// What accesses cost: ApplyBlock for lone records and for full batches, on a state in memory, and
// decoding and form check of the same transactions; per record, signatures left out.
#include <benchmark/benchmark.h>

#include "tests/support/case_fixture.h"

namespace jiandu::contracts {
namespace {

using testing::TestCase;

constexpr std::int64_t kRecords = 1000;

// Blocks are applied to the same state again and again: nothing is kept, so no access is a double.
void Run(benchmark::State& run, const TestCase& test,
         const std::vector<TransactionPtr>& transactions) {
  const BlockContext context{.chain = std::string(testing::kChain),
                             .height = test.net.Height() + 1,
                             .time = test.net.Time(),
                             .log_size = 1000};
  for (auto _ : run) {
    BlockOutcome outcome = ApplyBlock(test.net.View(), context, transactions);
    if (outcome.stubs.front().code != 0 || outcome.stubs.front().flags != 0) {
      run.SkipWithError("the accesses are refused or flagged");
    }
    benchmark::DoNotOptimize(outcome);
  }
  run.SetItemsProcessed(run.iterations() * kRecords);
}

Json Unbounded(const TestCase& test) {
  Json body = test.OpenBody();
  body.Set("daily_cap", 1'000'000)
      .Set("rate_per_min", 1'000'000)
      .Set("bytes_per_day", 1'000'000'000);
  return body;
}

void ReachGrant(TestCase& test) {
  test.PublishResource();
  Json request = test.RequestBody();
  request.Set("daily_cap", 1'000'000);
  (void)test.SubmitRequest(request);
  test.Approve();
  (void)test.Open(Unbounded(test));
  (void)test.Acknowledge();
  test.net.Advance(60'000);
}

std::vector<TransactionPtr> MakeLoneRecords(TestCase& test) {
  std::vector<TransactionPtr> transactions;
  transactions.reserve(kRecords);
  for (std::int64_t i = 0; i < kRecords; ++i) {
    transactions.push_back(test.net.Make("access.record", testing::kGa, {testing::System("ga-gw")},
                                         test.LoneRecord("acc-" + std::to_string(i))));
  }
  return transactions;
}

// `tagged`: each record has a person's tag of its own.
std::vector<TransactionPtr> MakeBatch(TestCase& test, bool tagged) {
  Json records = Json::MakeArray();
  for (std::int64_t i = 0; i < kRecords; ++i) {
    Json record = test.Record("acc-" + std::to_string(i));
    if (tagged) {
      const Hash256 tag = crypto::Sha256(AsBytes(std::to_string(i)));
      Json tags = Json::MakeArray();
      tags.Push(HexEncode(tag.View()));
      record.Set("subject_tags", std::move(tags));
    }
    records.Push(std::move(record));
  }
  Json body = testing::Ref("grant", test.grant);
  body.Set("batch_id", "batch-1").Set("form", "full").Set("records", std::move(records));
  return {test.net.Make("access.batch", testing::kGa, {testing::System("ga-gw")}, std::move(body))};
}

std::vector<TransactionPtr> MakeFullBatch(TestCase& test) { return MakeBatch(test, false); }
std::vector<TransactionPtr> MakeTaggedBatch(TestCase& test) { return MakeBatch(test, true); }

using MakeTransactions = std::vector<TransactionPtr> (*)(TestCase&);

void Apply(benchmark::State& run, MakeTransactions make) {
  TestCase test;
  ReachGrant(test);
  Run(run, test, make(test));
}
BENCHMARK_CAPTURE(Apply, LoneRecords, MakeLoneRecords)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Apply, FullBatch, MakeFullBatch)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Apply, TaggedBatch, MakeTaggedBatch)->Unit(benchmark::kMillisecond);

void Decode(benchmark::State& run, MakeTransactions make) {
  TestCase test;
  ReachGrant(test);
  std::vector<Bytes> stored;
  for (const TransactionPtr& transaction : make(test)) {
    stored.push_back(ledger::EncodeStored(transaction->payload_bytes, transaction->signatures));
  }
  for (auto _ : run) {
    for (const Bytes& bytes : stored) {
      auto decoded = ledger::DecodeStored(bytes);
      if (!decoded) run.SkipWithError("a transaction is not decoded");
      benchmark::DoNotOptimize(decoded);
    }
  }
  run.SetItemsProcessed(run.iterations() * kRecords);
}
BENCHMARK_CAPTURE(Decode, LoneRecords, MakeLoneRecords)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Decode, FullBatch, MakeFullBatch)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Decode, TaggedBatch, MakeTaggedBatch)->Unit(benchmark::kMillisecond);

void Form(benchmark::State& run, MakeTransactions make) {
  TestCase test;
  ReachGrant(test);
  const std::vector<TransactionPtr> transactions = make(test);
  for (auto _ : run) {
    for (const TransactionPtr& transaction : transactions) {
      auto issue = CheckForm(*transaction, testing::kChain, test.net.Time());
      if (issue) run.SkipWithError("a form is refused");
      benchmark::DoNotOptimize(issue);
    }
  }
  run.SetItemsProcessed(run.iterations() * kRecords);
}
BENCHMARK_CAPTURE(Form, LoneRecords, MakeLoneRecords)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Form, FullBatch, MakeFullBatch)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Form, TaggedBatch, MakeTaggedBatch)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace jiandu::contracts

BENCHMARK_MAIN();
