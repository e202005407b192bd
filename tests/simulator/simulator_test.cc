// Whole nodes under simulated faults, and the simulator itself: one seed is one run, and each check
// notices what it is there for.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/simulator/run.h"

namespace jiandu::simulator {
namespace {

class Simulator : public testing::Test {
 protected:
  static void SetUpTestSuite() { MakeDeterministic(); }
};

bool IsSanitized() { return std::getenv("JIANDU_SANITIZED") != nullptr; }

class EveryScenario : public testing::TestWithParam<std::size_t> {
 protected:
  static void SetUpTestSuite() { MakeDeterministic(); }
};

TEST_P(EveryScenario, StaysSafeAndGoesOnAfterwards) {
  const Scenario& scenario = AllScenarios()[GetParam()];
  const std::uint64_t seeds = IsSanitized() ? 1 : 2;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const RunResult result = RunSeed(seed, &scenario);
    EXPECT_TRUE(result.violations.empty()) << Explain(result);
    EXPECT_GE(result.tip, 20U);
  }
}

std::string NameOfScenario(const testing::TestParamInfo<std::size_t>& info) {
  std::string name(AllScenarios()[info.param].name);
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Named, EveryScenario,
                         testing::Range(std::size_t{0}, AllScenarios().size()), NameOfScenario);

TEST_F(Simulator, OneSeedIsOneRun) {
  const Scenario* const scenario = FindScenario("everything");
  ASSERT_NE(scenario, nullptr);
  const RunResult first = RunSeed(11, scenario, {.traced = true});
  const RunResult second = RunSeed(11, scenario, {.traced = true});
  const RunResult other = RunSeed(12, scenario, {.traced = true});
  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_EQ(first.trace, second.trace);
  EXPECT_NE(first.trace_hash, other.trace_hash);
}

TEST_F(Simulator, ClientsAreServed) {
  const RunResult result = RunSeed(1, FindScenario("calm"));
  EXPECT_TRUE(result.violations.empty()) << Explain(result);
  EXPECT_GT(result.committed, 10U);
  EXPECT_GT(result.accepted * 2, result.committed) << "the state grows by most of them";
  EXPECT_GT(result.signatures, 100U);
}

}  // namespace
}  // namespace jiandu::simulator
