#include "bench/measure.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "cli/api_client.h"
#include "crypto/ecdsa.h"
#include "crypto/hash.h"

namespace jiandu::bench {

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

double SecondsSince(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

double VerifyLimit() {
  crypto::EcdsaSeed seed;
  seed.bytes[31] = 7;
  const auto key = *crypto::EcdsaPrivateKey::From(seed);
  const auto public_key = *crypto::EcdsaPublicKey::Parse(key.PublicKey().View());
  const Hash256 digest = crypto::Sha256(AsBytes("limit"));
  const auto signature = key.SignDigest(digest);
  std::atomic<std::uint64_t> done = 0;
  std::vector<std::thread> threads;
  threads.reserve(std::thread::hardware_concurrency());
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

double Percentile(std::vector<std::int64_t> values_us, double share) {
  if (values_us.empty()) return 0;
  std::ranges::sort(values_us);
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values_us.size() - 1));
  return static_cast<double>(values_us[at]) / 1000.0;
}

}  // namespace jiandu::bench
