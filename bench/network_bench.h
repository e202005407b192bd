// Four validators measured from outside: idle, saturated, at part load, in batches, without leader.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "bench/http_load.h"
#include "bench/measure.h"
#include "cli/devnet.h"
#include "sdk/cpp/client_tx.h"

namespace jiandu::bench {

class NetworkBench {
 public:
  // `limit`: VerifyLimit() of this machine, now.
  NetworkBench(cli::Devnet& devnet, std::string chain, double limit)
      : devnet_(devnet), chain_(std::move(chain)), limit_(limit) {}

  // Prints as it goes; the figures as one object.
  [[nodiscard]] Result<Json> Run(int seconds);

 private:
  [[nodiscard]] Result<void> PrepareGrant();
  [[nodiscard]] Result<void> Idle();
  [[nodiscard]] Result<void> Sustained(int seconds);
  [[nodiscard]] Result<void> PartLoad(int seconds);
  [[nodiscard]] Result<void> Batches();
  [[nodiscard]] Result<void> LeaderKilled();

  [[nodiscard]] Json Record(std::uint64_t n) const;
  // One signed transaction as a whole HTTP request, in DSSE JSON as clients send it.
  [[nodiscard]] std::string Request(const std::string& op, Json body, int wait_s);
  [[nodiscard]] std::string Access(int wait_s);
  [[nodiscard]] std::vector<std::string> Prepare(std::size_t count, int wait_s);
  [[nodiscard]] std::vector<int> Ports() const;
  [[nodiscard]] Result<std::string> AwaitRest(const cli::DevnetNode& node) const;
  [[nodiscard]] Result<std::int64_t> KillLeaderOnce();

  struct Baseline {
    std::vector<Usage> usage;
    std::uint64_t disk = 0;
    std::uint64_t committed = 0;
    Clock::time_point begun;
  };
  [[nodiscard]] Baseline Begin() const;
  void Report(const Baseline& before, const LoadResult& load, const LoadResult& sampled,
              int seconds);

  cli::Devnet& devnet_;
  std::string chain_;
  double limit_;
  double rate_ = 0;  // of the sustained run
  Json figures_ = Json::MakeObject();
  std::string grant_, system_, provider_;
  const crypto::EcdsaPrivateKey* key_ = nullptr;
  std::uint64_t next_ = 0;
  std::size_t payload_bytes_ = 0;
};

}  // namespace jiandu::bench
