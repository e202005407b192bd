#include "bench/network_bench.h"

#include <algorithm>
#include <cstdio>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "cli/api_client.h"
#include "cli/demo.h"
#include "cli/output.h"

namespace jiandu::bench {
namespace {

constexpr int kConnectionsPerNode = 48;
constexpr int kLeaderKills = 8;

// Hands out prepared requests, each once.
std::function<std::string()> From(std::vector<std::string>& prepared) {
  return [&prepared, at = std::size_t{0}]() mutable {
    return at < prepared.size() ? std::move(prepared[at++]) : std::string();
  };
}

}  // namespace

Result<Json> NetworkBench::Run(int seconds) {
  JD_CHECK(PrepareGrant());
  JD_CHECK(Idle());
  JD_CHECK(Sustained(seconds));
  JD_CHECK(PartLoad(std::min(seconds, 20)));
  JD_CHECK(Batches());
  JD_CHECK(LeaderKilled());
  return std::move(figures_);
}

// The case of the demonstration as far as an active grant, so that accesses have a target.
Result<void> NetworkBench::PrepareGrant() {
  cli::Output quiet;
  quiet.SetQuiet(true);
  cli::Demo demo(quiet, devnet_, chain_);
  if (!demo.PrepareGrant())
    return Fail(Errc::kInternal, "the grant for the accesses could not be opened");
  grant_ = demo.GrantId();
  system_ = demo.SystemId("jt-app-01");
  JD_TRY(const auto* key, devnet_.Key("ga-gw-01"));
  key_ = key;
  provider_ = devnet_.Find("ga")->department;
  return {};
}

Json NetworkBench::Record(std::uint64_t n) const {
  return Json::MakeObject({{"acc_id", "b" + std::to_string(n)},
                           {"action", "QUERY"},
                           {"client_ip", "10.20.3.7"},
                           {"dataset_version", 1},
                           {"items_mask", "09"},
                           {"occurred_at", NowMs()},
                           {"result", "OK"},
                           {"rows", 1},
                           {"system", system_}});
}

std::string NetworkBench::Request(const std::string& op, Json body, int wait_s) {
  const std::vector<sdk::SigningKey> keys{{key_, ledger::SignerRole::kSystem}};
  const auto payload =
      sdk::MakePayload(chain_, op, provider_, keys, NowMs(), 3600LL * 1000, std::move(body));
  const auto stored = sdk::SignTransaction(payload, keys);
  const auto transaction = ledger::DecodeStored(*stored);
  payload_bytes_ = transaction->payload_bytes.size();
  return MakePost("application/json", ledger::DsseFromStored(*transaction), wait_s);
}

std::string NetworkBench::Access(int wait_s) {
  Json body = Record(next_++);
  body.Set("grant", grant_);
  return Request("access.record", std::move(body), wait_s);
}

std::vector<std::string> NetworkBench::Prepare(std::size_t count, int wait_s) {
  std::fprintf(stderr, "signing %zu transactions beforehand\n", count);
  std::vector<std::string> prepared(count);
  for (std::string& request : prepared) request = Access(wait_s);
  return prepared;
}

std::vector<int> NetworkBench::Ports() const {
  std::vector<int> ports;
  for (const auto& node : devnet_.Nodes()) ports.push_back(node.gateway_port);
  return ports;
}

Result<void> NetworkBench::Idle() {
  const LoadPlan plan{.ports = {Ports().front()},
                      .connections_per_port = 1,
                      .duration_ms = 12000,
                      .pause_ms = 250,
                      .next = [this] { return Access(10); }};
  const LoadResult result = RunLoad(plan);
  if (result.accepted == 0)
    return Fail(Errc::kInternal, "idle: nothing was committed: " + result.first_failure);
  const double p50 = Percentile(result.latency_us, 0.5);
  const double p99 = Percentile(result.latency_us, 0.99);
  figures_.Set("idle_p50_us", static_cast<std::int64_t>(p50 * 1000))
      .Set("idle_p99_us", static_cast<std::int64_t>(p99 * 1000));
  std::printf(
      "idle network, one access.record, 250 ms apart: p50 %.1f ms, p99 %.1f ms to committed "
      "(%zu)\n",
      p50, p99, result.latency_us.size());
  return {};
}

NetworkBench::Baseline NetworkBench::Begin() const {
  Baseline before;
  for (const auto& node : devnet_.Nodes()) before.usage.push_back(UsageOf(node.pid));
  const auto& first = devnet_.Nodes().front();
  before.disk = DiskBytes(devnet_.Folder() / first.alias / "data");
  before.committed = CommittedOn(first);
  before.begun = Clock::now();
  return before;
}

Result<void> NetworkBench::Sustained(int seconds) {
  // Two thirds of what signature checks alone would allow, so that it does not run out.
  const auto wanted = static_cast<std::size_t>(limit_ / 4 * seconds * 2 / 3);
  std::vector<std::string> prepared = Prepare(wanted, 0);
  // A few connections wait for their decision: the latency a client sees under this load.
  std::vector<std::string> waiting = Prepare(4000, 30);
  std::fprintf(stderr, "sending them for %d s\n", seconds);
  const Baseline before = Begin();
  LoadResult sampled;
  std::thread sampler([&] {
    sampled = RunLoad({.ports = Ports(),
                       .connections_per_port = 2,
                       .duration_ms = seconds * 1000LL,
                       .next = From(waiting)});
  });
  const LoadResult result = RunLoad({.ports = Ports(),
                                     .connections_per_port = kConnectionsPerNode,
                                     .duration_ms = seconds * 1000LL,
                                     .next = From(prepared)});
  sampler.join();
  Report(before, result, sampled, seconds);
  if (rate_ <= 0) return Fail(Errc::kInternal, "sustained: " + result.first_failure);
  return {};
}

void NetworkBench::Report(const Baseline& before, const LoadResult& load, const LoadResult& sampled,
                          int seconds) {
  const double elapsed = SecondsSince(before.begun);
  double cpu = 0;
  std::uint64_t resident = 0;
  for (std::size_t i = 0; i < before.usage.size(); ++i) {
    const Usage now = UsageOf(devnet_.Nodes()[i].pid);
    cpu += now.cpu - before.usage[i].cpu;
    resident = std::max(resident, now.resident);
  }
  const auto& first = devnet_.Nodes().front();
  const std::uint64_t disk = DiskBytes(devnet_.Folder() / first.alias / "data") - before.disk;
  const auto committed = static_cast<double>(CommittedOn(first) - before.committed);
  const auto validators = static_cast<double>(before.usage.size());
  rate_ = committed / elapsed;
  const double share = limit_ / validators;
  const double cpu_us = cpu * 1e6 / std::max(committed, 1.0) / validators;
  const double disk_bytes = static_cast<double>(disk) / std::max(committed, 1.0);
  const double p50 = Percentile(sampled.latency_us, 0.5);
  const double p99 = Percentile(sampled.latency_us, 0.99);
  std::printf(
      "sustained %d s: access.record, payload %zu bytes, one grant, one resource, one pair, one "
      "month\n"
      "  committed      %.0f tx/s (%.0f in %.1f s); offered and accepted %llu, put off %llu, "
      "failed %llu\n"
      "  machine limit  %.0f signature checks/s on all cores / %.0f validators = %.0f tx/s\n"
      "  ratio          %.1f %%\n"
      "  latency        p50 %.0f ms, p99 %.0f ms from submission to committed (%zu samples)\n"
      "  CPU            %.1f us per transaction and node; %.0f bytes on disk per transaction\n"
      "  memory         %llu MiB on the largest node\n",
      seconds, payload_bytes_, rate_, committed, elapsed,
      static_cast<unsigned long long>(load.accepted), static_cast<unsigned long long>(load.again),
      static_cast<unsigned long long>(load.failed), limit_, validators, share, 100 * rate_ / share,
      p50, p99, sampled.latency_us.size(), cpu_us, disk_bytes,
      static_cast<unsigned long long>(resident >> 20U));
  if (!load.first_failure.empty())
    std::printf("  first failure  %.300s\n", load.first_failure.c_str());
  figures_.Set("tx_per_s", static_cast<std::int64_t>(rate_))
      .Set("limit_tx_per_s", static_cast<std::int64_t>(share))
      .Set("ratio_permille", static_cast<std::int64_t>(1000 * rate_ / share))
      .Set("p50_ms", static_cast<std::int64_t>(p50))
      .Set("p99_ms", static_cast<std::int64_t>(p99))
      .Set("cpu_us_per_tx_node", static_cast<std::int64_t>(cpu_us))
      .Set("disk_bytes_per_tx", static_cast<std::int64_t>(disk_bytes))
      .Set("resident_mib", static_cast<std::int64_t>(resident >> 20U));
}

// What saturation hides: the latency of a network that is busy but keeps up.
Result<void> NetworkBench::PartLoad(int seconds) {
  constexpr double kPart = 0.6;
  constexpr int kConnections = 56;  // the pace of 50 ms a block bounds what each can do
  const double rate = kPart * rate_;
  std::vector<std::string> prepared = Prepare(static_cast<std::size_t>(rate * seconds) + 100, 30);
  // Each connection keeps its own pace, so that the rate holds as long as answers come in time.
  const auto ports = Ports();
  const auto pace_us =
      static_cast<std::int64_t>(1e6 * kConnections * static_cast<double>(ports.size()) / rate);
  const LoadResult result = RunLoad({.ports = ports,
                                     .connections_per_port = kConnections,
                                     .duration_ms = seconds * 1000LL,
                                     .every_us = pace_us,
                                     .next = From(prepared)});
  const double p50 = Percentile(result.latency_us, 0.5);
  const double p99 = Percentile(result.latency_us, 0.99);
  std::printf(
      "part load, %.0f tx/s offered: %.0f tx/s committed, p50 %.1f ms, p99 %.1f ms (%zu samples)\n",
      rate, static_cast<double>(result.accepted) / result.seconds, p50, p99,
      result.latency_us.size());
  figures_
      .Set("part_load_tx_per_s",
           static_cast<std::int64_t>(static_cast<double>(result.accepted) / result.seconds))
      .Set("part_load_p50_us", static_cast<std::int64_t>(p50 * 1000))
      .Set("part_load_p99_us", static_cast<std::int64_t>(p99 * 1000));
  return {};
}

Result<void> NetworkBench::Batches() {
  constexpr std::size_t kBatches = 300;
  std::vector<std::string> prepared;
  for (std::size_t b = 0; b < kBatches; ++b) {
    Json records = Json::MakeArray();
    for (std::size_t i = 0; i < limits::kBatchRecordsMax; ++i) records.Push(Record(next_++));
    prepared.push_back(Request("access.batch",
                               Json::MakeObject({{"batch_id", "bench-" + std::to_string(b)},
                                                 {"form", "full"},
                                                 {"grant", grant_},
                                                 {"records", std::move(records)}}),
                               30));
  }
  const LoadResult result = RunLoad(
      {.ports = Ports(), .connections_per_port = 8, .duration_ms = 60000, .next = From(prepared)});
  const double rate =
      static_cast<double>(result.accepted * limits::kBatchRecordsMax) / result.seconds;
  std::printf(
      "full batches of %zu access records, each checked: %.0f records/s (%llu batches, %.1f s, "
      "payload %zu)\n",
      limits::kBatchRecordsMax, rate, static_cast<unsigned long long>(result.accepted),
      result.seconds, payload_bytes_);
  if (!result.first_failure.empty())
    std::printf("  first failure  %.300s\n", result.first_failure.c_str());
  figures_.Set("batch_records_per_s", static_cast<std::int64_t>(rate));
  return {};
}

// Kills whoever proposes next, submits to another node at once, and starts the killed one again.
Result<void> NetworkBench::LeaderKilled() {
  std::vector<std::int64_t> took_us;
  for (int i = 0; i < kLeaderKills; ++i) {
    JD_TRY(const std::int64_t one, KillLeaderOnce());
    took_us.push_back(one);
  }
  const double p50 = Percentile(took_us, 0.5);
  const double worst = Percentile(took_us, 1.0);
  std::printf(
      "leader killed -9, default settings: next commit after p50 %.0f ms, at worst %.0f ms (%zu)\n",
      p50, worst, took_us.size());
  figures_.Set("leader_killed_p50_ms", static_cast<std::int64_t>(p50))
      .Set("leader_killed_max_ms", static_cast<std::int64_t>(worst));
  return {};
}

// Waits until the node stands between two heights like the others, and tells who proposes next.
Result<std::string> NetworkBench::AwaitRest(const cli::DevnetNode& node) const {
  cli::ApiClient client(node.Url());
  for (int i = 0; i < 600; ++i) {
    const auto status = client.Get("/v1/status");
    if (status && status->body.TextOr("step") == "waiting-for-work") {
      return std::string(status->body.TextOr("proposer"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return Fail(Errc::kInternal, "node " + node.alias + " does not come to rest");
}

Result<std::int64_t> NetworkBench::KillLeaderOnce() {
  std::string leader;
  for (const auto& node : devnet_.Nodes()) {
    JD_TRY(leader, AwaitRest(node));
  }
  const cli::DevnetNode* victim = devnet_.Find(leader);
  if (victim == nullptr) return Fail(Errc::kInternal, "no node is called \"" + leader + "\"");
  const auto& nodes = devnet_.Nodes();
  const auto other = std::ranges::find_if(
      nodes, [&](const cli::DevnetNode& node) { return node.alias != leader; });
  std::vector<std::string> one{Access(30)};
  JD_CHECK(devnet_.Kill(leader));
  const LoadResult result = RunLoad({.ports = {other->gateway_port},
                                     .connections_per_port = 1,
                                     .duration_ms = 1000,
                                     .next = From(one)});
  if (result.accepted != 1) {
    return Fail(Errc::kInternal,
                "after the leader's end nothing was committed: " + result.first_failure);
  }
  JD_CHECK(devnet_.Start(leader));
  return result.latency_us.front();
}

}  // namespace jiandu::bench
