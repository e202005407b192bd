// What may befall the simulated network, by name (docs/simulator.md).
#pragma once

#include <span>
#include <string_view>

#include "tests/simulator/world.h"

namespace jiandu::simulator {

struct Scenario {
  std::string_view name;
  std::string_view what;
  std::string_view what_zh;
  // Sets the faults going; they end after `faults_for`.
  void (*plan)(World& world);
  Micros faults_for = 5 * kSecond;
  World::Options options = {};
  // After the calm everybody must have gone on within this time.
  Micros bound = 90 * kSecond;
};

[[nodiscard]] std::span<const Scenario> CrashScenarios();
[[nodiscard]] std::span<const Scenario> DiskScenarios();
[[nodiscard]] std::span<const Scenario> NetworkScenarios();
[[nodiscard]] std::span<const Scenario> LiarScenarios();
[[nodiscard]] std::span<const Scenario> TimeScenarios();
[[nodiscard]] std::span<const Scenario> MemberScenarios();
[[nodiscard]] std::span<const Scenario> TwinScenarios();
[[nodiscard]] std::span<const Scenario> FloodScenarios();
[[nodiscard]] std::span<const Scenario> MismatchScenarios();

// All of them, in that order.
[[nodiscard]] const std::vector<Scenario>& AllScenarios();
[[nodiscard]] const Scenario* FindScenario(std::string_view name);

}  // namespace jiandu::simulator
