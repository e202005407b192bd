// What the benchmark reads of the machine and of its nodes' processes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "cli/devnet.h"

namespace jiandu::bench {

using Clock = std::chrono::steady_clock;
[[nodiscard]] double SecondsSince(Clock::time_point begun);
[[nodiscard]] std::int64_t NowMs();  // of the wall clock

// Signature verifications per second on all cores, keys parsed: what the validators share.
[[nodiscard]] double VerifyLimit();

// CPU seconds and resident bytes of a process.
struct Usage {
  double cpu = 0;
  std::uint64_t resident = 0;
};
[[nodiscard]] Usage UsageOf(pid_t pid);
[[nodiscard]] std::uint64_t DiskBytes(const std::filesystem::path& folder);
// Transactions committed so far, from the node's metrics; 0 when it does not answer.
[[nodiscard]] std::uint64_t CommittedOn(const cli::DevnetNode& node);

// Milliseconds.
[[nodiscard]] double Percentile(std::vector<std::int64_t> values_us, double share);

}  // namespace jiandu::bench
