// What judging accesses costs: ApplyBlock for lone records and for full batches, on a state in
// memory; per record, signatures and decoding of the envelope left out.
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

void LoneRecords(benchmark::State& run) {
  TestCase test;
  ReachGrant(test);
  std::vector<TransactionPtr> transactions;
  for (std::int64_t i = 0; i < kRecords; ++i) {
    transactions.push_back(test.net.Make("access.record", testing::kGa, {testing::System("ga-gw")},
                                         test.LoneRecord("acc-" + std::to_string(i))));
  }
  Run(run, test, transactions);
}
BENCHMARK(LoneRecords)->Unit(benchmark::kMillisecond);

void FullBatch(benchmark::State& run) {
  TestCase test;
  ReachGrant(test);
  Json records = Json::MakeArray();
  for (std::int64_t i = 0; i < kRecords; ++i) {
    records.Push(test.Record("acc-" + std::to_string(i)));
  }
  Json body = testing::Ref("grant", test.grant);
  body.Set("batch_id", "batch-1").Set("form", "full").Set("records", std::move(records));
  Run(run, test,
      {test.net.Make("access.batch", testing::kGa, {testing::System("ga-gw")}, std::move(body))});
}
BENCHMARK(FullBatch)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace jiandu::contracts

BENCHMARK_MAIN();
