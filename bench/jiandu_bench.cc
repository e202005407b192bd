// `jiandu_bench`: four validators on this machine, measured from outside, beside the machine's
// limit.
//
// A separate process that signs transactions beforehand and sends them over HTTP. Every figure is
// printed with how it was got; the ratio to the machine's own limit counts, not the bare number
// (docs/performance.md). Usage: jiandu_bench [--seconds N] [--output json].

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include "base/hex.h"
#include "base/limits.h"
#include "bench/http_load.h"
#include "cli/actor.h"
#include "cli/demo.h"
#include "cli/demo_bodies.h"
#include "cli/devnet.h"
#include "cli/files.h"
#include "crypto/hash.h"
#include "ledger/model/genesis.h"
#include "sdk/cpp/client_tx.h"

namespace jiandu::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

double SecondsSince(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

// Signature verifications per second on all cores, keys parsed: what the validators share.
double VerifyLimit() {
  crypto::EcdsaSeed seed;
  seed.bytes[31] = 7;
  const auto key = *crypto::EcdsaPrivateKey::From(seed);
  const auto public_key = *crypto::EcdsaPublicKey::Parse(key.PublicKey().View());
  const Hash256 digest = crypto::Sha256(AsBytes("limit"));
  const auto signature = key.SignDigest(digest);
  std::atomic<std::uint64_t> done = 0;
  std::vector<std::thread> threads;
  const auto begun = Clock::now();
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i) {
    threads.emplace_back([&] {
      while (SecondsSince(begun) < 2.0) {
        for (int n = 0; n < 200; ++n) done += public_key.VerifyDigest(digest, signature) ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return static_cast<double>(done.load()) / SecondsSince(begun);
}

// CPU seconds and resident bytes of a process.
struct Usage {
  double cpu = 0;
  std::uint64_t resident = 0;
};
Usage UsageOf(pid_t pid) {
  Usage usage;
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string word;
  for (int i = 1; i <= 24 && stat >> word; ++i) {
    if (i == 14 || i == 15)
      usage.cpu += std::stod(word) / static_cast<double>(sysconf(_SC_CLK_TCK));
    if (i == 24)
      usage.resident = std::stoull(word) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
  return usage;
}

std::uint64_t DiskBytes(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  }
  return bytes;
}

std::uint64_t CommittedOn(const cli::DevnetNode& node) {
  cli::ApiClient client("http://127.0.0.1:" + std::to_string(node.metrics_port));
  const auto reply = client.Get("/metrics");
  if (!reply) return 0;
  const std::size_t at = reply->text.find("\njiandu_transactions_total ");
  return at == std::string::npos
             ? 0
             : static_cast<std::uint64_t>(std::stod(reply->text.substr(at + 27)));
}

double Percentile(std::vector<std::int64_t> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  return static_cast<double>(values[at]) / 1000.0;
}

class NetworkBench {
 public:
  NetworkBench(cli::Devnet& devnet, std::string chain, double limit)
      : devnet_(devnet), chain_(std::move(chain)), limit_(limit) {}

  Result<Json> Run(int seconds) {
    JD_CHECK(PrepareGrant());
    JD_CHECK(Idle());
    JD_CHECK(Sustained(seconds));
    JD_CHECK(Batches());
    return std::move(figures_);
  }

 private:
  // The case of the demonstration as far as an active grant, so that accesses have a target.
  Result<void> PrepareGrant() {
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

  Json Record(std::uint64_t n) const {
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

  // One signed transaction as a whole HTTP request, in DSSE JSON as clients send it.
  std::string Request(const std::string& op, Json body, int wait_s) {
    const std::vector<sdk::SigningKey> keys{{key_, ledger::SignerRole::kSystem}};
    const auto payload =
        sdk::MakePayload(chain_, op, provider_, keys, NowMs(), 3600LL * 1000, std::move(body));
    const auto stored = sdk::SignTransaction(payload, keys);
    const auto transaction = ledger::DecodeStored(*stored);
    payload_bytes_ = transaction->payload_bytes.size();
    return MakePost("application/json", ledger::DsseFromStored(*transaction), wait_s);
  }
  std::string Access(int wait_s) {
    Json body = Record(next_++);
    body.Set("grant", grant_);
    return Request("access.record", std::move(body), wait_s);
  }

  std::vector<int> Ports() const {
    std::vector<int> ports;
    for (const auto& node : devnet_.Nodes()) ports.push_back(node.gateway_port);
    return ports;
  }

  Result<void> Idle() {
    LoadPlan plan{.ports = {Ports().front()},
                  .connections_per_port = 1,
                  .duration_ms = 12000,
                  .pause_ms = 250,
                  .next = [this] { return Access(10); }};
    const LoadResult result = RunLoad(plan);
    if (result.accepted == 0)
      return Fail(Errc::kInternal, "idle: nothing was committed: " + result.first_failure);
    figures_.Set("idle_p50_us",
                 static_cast<std::int64_t>(Percentile(result.latency_us, 0.5) * 1000));
    figures_.Set("idle_p99_us",
                 static_cast<std::int64_t>(Percentile(result.latency_us, 0.99) * 1000));
    std::printf(
        "idle network, one access.record, 250 ms apart: p50 %.1f ms, p99 %.1f ms to committed "
        "(%zu)\n",
        Percentile(result.latency_us, 0.5), Percentile(result.latency_us, 0.99),
        result.latency_us.size());
    return {};
  }

  Result<void> Sustained(int seconds) {
    // Signed beforehand: half of what signature checks alone would allow, so that it does not run
    // out.
    const auto wanted = static_cast<std::size_t>(limit_ / 4 * seconds / 2);
    std::fprintf(stderr, "signing %zu transactions beforehand\n", wanted);
    std::vector<std::string> prepared(wanted);
    for (auto& request : prepared) request = Access(0);
    std::fprintf(stderr, "sending them for %d s\n", seconds);
    std::size_t at = 0;
    std::vector<Usage> before;
    for (const auto& node : devnet_.Nodes()) before.push_back(UsageOf(node.pid));
    const auto& first = devnet_.Nodes().front();
    const std::uint64_t disk_before = DiskBytes(devnet_.Folder() / first.alias / "data");
    const std::uint64_t committed_before = CommittedOn(first);
    LoadResult sampled;
    std::thread sampler([&] {
      // A few connections wait for their decision: the latency a client sees under this load.
      std::vector<std::string> waiting(4000);
      for (auto& request : waiting) request = SampledAccess();
      std::size_t next = 0;
      LoadPlan plan{.ports = Ports(),
                    .connections_per_port = 2,
                    .duration_ms = seconds * 1000LL,
                    .next = [&] {
                      return next < waiting.size() ? std::move(waiting[next++]) : std::string();
                    }};
      sampled = RunLoad(plan);
    });
    LoadPlan plan{
        .ports = Ports(), .connections_per_port = 48, .duration_ms = seconds * 1000LL, .next = [&] {
          return at < prepared.size() ? std::move(prepared[at++]) : std::string();
        }};
    const auto begun = Clock::now();
    const LoadResult result = RunLoad(plan);
    sampler.join();
    const double elapsed = SecondsSince(begun);
    const std::uint64_t committed = CommittedOn(first) - committed_before;
    Report(seconds, elapsed, committed, result, sampled, before, disk_before);
    if (committed == 0) return Fail(Errc::kInternal, "sustained: " + result.first_failure);
    return {};
  }

  std::string SampledAccess() {
    Json body = Record(1'000'000'000 + sampled_next_++);
    body.Set("grant", grant_);
    return Request("access.record", std::move(body), 30);
  }

  void Report(int seconds, double elapsed, std::uint64_t committed, const LoadResult& result,
              const LoadResult& sampled, const std::vector<Usage>& before,
              std::uint64_t disk_before) {
    double cpu = 0;
    std::uint64_t resident = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const Usage now = UsageOf(devnet_.Nodes()[i].pid);
      cpu += now.cpu - before[i].cpu;
      resident = std::max(resident, now.resident);
    }
    const auto& first = devnet_.Nodes().front();
    const std::uint64_t disk = DiskBytes(devnet_.Folder() / first.alias / "data") - disk_before;
    const double rate = static_cast<double>(committed) / elapsed;
    const double share = limit_ / static_cast<double>(before.size());
    const auto per_tx = [&](double value) {
      return committed == 0 ? 0.0 : value / static_cast<double>(committed);
    };
    const double cpu_us = per_tx(cpu * 1e6) / static_cast<double>(before.size());
    std::printf(
        "sustained %d s: access.record, payload %zu bytes, one grant, one resource, one pair, one "
        "month\n"
        "  committed      %.0f tx/s (%llu in %.1f s); offered and accepted %llu, put off %llu, "
        "failed %llu\n"
        "  machine limit  %.0f signature checks/s on all cores / %zu validators = %.0f tx/s\n"
        "  ratio          %.1f %%\n"
        "  latency        p50 %.0f ms, p99 %.0f ms from submission to committed (%zu samples)\n"
        "  CPU            %.1f us per transaction and node; %llu bytes on disk per transaction\n"
        "  memory         %llu MiB on the largest node\n",
        seconds, payload_bytes_, rate, static_cast<unsigned long long>(committed), elapsed,
        static_cast<unsigned long long>(result.accepted),
        static_cast<unsigned long long>(result.again),
        static_cast<unsigned long long>(result.failed), limit_, before.size(), share,
        100 * rate / share, Percentile(sampled.latency_us, 0.5),
        Percentile(sampled.latency_us, 0.99), sampled.latency_us.size(), cpu_us,
        static_cast<unsigned long long>(per_tx(static_cast<double>(disk))),
        static_cast<unsigned long long>(resident >> 20U));
    if (!result.first_failure.empty())
      std::printf("  first failure  %.300s\n", result.first_failure.c_str());
    figures_.Set("tx_per_s", static_cast<std::int64_t>(rate))
        .Set("limit_tx_per_s", static_cast<std::int64_t>(share))
        .Set("ratio_permille", static_cast<std::int64_t>(1000 * rate / share))
        .Set("p50_ms", static_cast<std::int64_t>(Percentile(sampled.latency_us, 0.5)))
        .Set("p99_ms", static_cast<std::int64_t>(Percentile(sampled.latency_us, 0.99)))
        .Set("cpu_us_per_tx_node", static_cast<std::int64_t>(cpu_us))
        .Set("disk_bytes_per_tx", static_cast<std::int64_t>(per_tx(static_cast<double>(disk))))
        .Set("resident_mib", static_cast<std::int64_t>(resident >> 20U));
  }

  Result<void> Batches() {
    constexpr std::size_t kBatches = 200;
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
    std::size_t at = 0;
    LoadPlan plan{.ports = Ports(), .connections_per_port = 8, .duration_ms = 60000, .next = [&] {
                    return at < prepared.size() ? std::move(prepared[at++]) : std::string();
                  }};
    const LoadResult result = RunLoad(plan);
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

  cli::Devnet& devnet_;
  std::string chain_;
  double limit_;
  Json figures_ = Json::MakeObject();
  std::string grant_, system_, provider_;
  const crypto::EcdsaPrivateKey* key_ = nullptr;
  std::uint64_t next_ = 0, sampled_next_ = 0;
  std::size_t payload_bytes_ = 0;
};

int Main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // progress, also into a file
  int seconds = 60;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) seconds = std::atoi(argv[++i]);
    if (std::strcmp(argv[i], "--output") == 0 && i + 1 < argc)
      json = std::strcmp(argv[++i], "json") == 0;
  }
  const double limit = VerifyLimit();
  const auto folder =
      std::filesystem::temp_directory_path() / ("jiandu-bench-" + std::to_string(::getpid()));
  const auto config = cli::FindNetworkConfig("four-departments");
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().detail.c_str());
    return 1;
  }
  auto devnet =
      cli::Devnet::Make(folder, {.config = *config, .gateway_port = 0, .log_level = "warn"});
  auto started = devnet ? devnet->Start() : Result<void>(std::unexpected(devnet.error()));
  if (!started) {
    std::fprintf(stderr, "%s\n", started.error().detail.c_str());
    return 1;
  }
  const auto document = cli::ReadFile(devnet->Genesis(), limits::kGenesisBytesMax);
  const auto genesis = ledger::DecodeGenesis(AsBytes(*document));
  auto figures = NetworkBench(*devnet, genesis->chain, limit).Run(seconds);
  (void)devnet->Stop();
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (!figures) {
    std::fprintf(stderr, "%s\n", figures.error().detail.c_str());
    return 1;
  }
  if (json) std::printf("%s\n", CanonicalJson(*figures).c_str());
  return 0;
}

}  // namespace
}  // namespace jiandu::bench

int main(int argc, char** argv) { return jiandu::bench::Main(argc, argv); }
