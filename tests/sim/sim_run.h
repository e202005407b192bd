// One seeded run: a plan of faults, then calm, then the question whether everybody goes on.
#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/sim_world.h"

namespace jiandu::sim {

struct RunResult {
  std::uint64_t seed = 0;
  std::string plan;                     // in words
  std::vector<std::string> violations;  // safety
  bool live = false;                    // grew within the bound after the faults stopped
  consensus::Height tip = 0;
  std::uint64_t events = 0;
  std::vector<std::string> trace;  // when asked for
};

enum class Tracing : std::uint8_t { kOff, kOn };

[[nodiscard]] RunResult RunSeed(std::uint64_t seed, Sabotage sabotage, Tracing tracing);

// What a failing run prints: the seed, how to replay it, what broke, and the last of the trace.
[[nodiscard]] std::string Explain(const RunResult& result, Sabotage sabotage);

}  // namespace jiandu::sim
