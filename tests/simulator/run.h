// One seeded run of a scenario: faults, then calm, then the question whether everybody goes on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {

struct RunResult {
  std::uint64_t seed = 0;
  std::string scenario;
  std::vector<std::string> violations;
  consensus::Height tip = 0;
  std::uint64_t events = 0;
  std::uint64_t committed = 0;  // transactions that clients were told of
  std::uint64_t accepted = 0;   // of those, what the rules let through
  std::uint64_t signatures = 0;
  Micros virtual_time = 0;
  Micros recovered = 0;  // from the calm until everybody had gone on
  std::uint64_t trace_hash = 0;
  std::vector<std::string> trace;  // when asked for
};

struct RunOptions {
  bool traced = false;
  std::uint64_t until_event = 0;
};

// Null: the seed chooses.
[[nodiscard]] RunResult RunSeed(std::uint64_t seed, const Scenario* scenario,
                                const RunOptions& options = {});
// Once, before the first run: what a process draws at random for itself is drawn from a fixed seed.
void MakeDeterministic();
// The seed, how to replay it, what broke, and the last of the trace.
[[nodiscard]] std::string Explain(const RunResult& result);

}  // namespace jiandu::simulator
