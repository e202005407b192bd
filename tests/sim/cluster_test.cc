// Whole clusters under every fault we can think of, by seed; and proof that the checker can fail.
//
// JIANDU_SIM_SEEDS and JIANDU_SIM_FROM choose the seeds. A failing seed prints its trace.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/sim_run.h"

namespace jiandu::sim {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Cluster, StaysSafeUnderEveryFaultAndGoesOnWhenTheyStop) {
  const std::uint64_t from = FromEnvironment("JIANDU_SIM_FROM", 1);
  const std::uint64_t count = FromEnvironment("JIANDU_SIM_SEEDS", 1000);
  std::uint64_t events = 0;
  consensus::Height heights = 0;
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    const RunResult result = RunSeed(seed, Sabotage::kNone, Tracing::kOff);
    ASSERT_TRUE(result.violations.empty() && result.live) << Explain(result, Sabotage::kNone);
    events += result.events;
    heights += result.tip;
  }
  EXPECT_GE(heights, count * 3);
  RecordProperty("events", std::to_string(events));
  RecordProperty("heights", std::to_string(heights));
}

// With the settings a network really has: a heartbeat a minute and nothing else.
TEST(Cluster, TenIdleMinutesMakeAtMostElevenBlocks) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    World world(seed, 4, {}, Sabotage::kNone, false);
    world.params = consensus::Params();
    world.idle = true;
    world.Start();
    world.RunUntil(600'000 * kMs);
    EXPECT_LE(world.Tip(), 11U) << seed;
    EXPECT_GE(world.Tip(), 9U) << seed;
    EXPECT_TRUE(world.AllReached(world.Tip() - 1)) << seed;
    EXPECT_TRUE(world.Check().Violations().empty()) << seed;
  }
}

TEST(Cluster, OneSeedIsOneRun) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const RunResult first = RunSeed(seed, Sabotage::kNone, Tracing::kOn);
    const RunResult again = RunSeed(seed, Sabotage::kNone, Tracing::kOn);
    EXPECT_EQ(first.trace, again.trace);
    EXPECT_EQ(first.events, again.events);
  }
}

// How many of the seeds the checker finds something in.
int Caught(Sabotage sabotage, std::uint64_t seeds, const std::string& word) {
  int caught = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const RunResult result = RunSeed(seed, sabotage, Tracing::kOff);
    for (const std::string& violation : result.violations) {
      if (violation.find(word) == std::string::npos) continue;
      ++caught;
      break;
    }
  }
  return caught;
}

TEST(Checker, SeesAWrongQuorum) {
  EXPECT_GE(Caught(Sabotage::kWrongQuorum, 20, "two blocks decided"), 1);
}

TEST(Checker, SeesTwoByzantineOfFour) {
  EXPECT_GE(Caught(Sabotage::kTwoByzantine, 40, "two blocks decided"), 1);
}

TEST(Checker, SeesAForgottenSafetyRecord) {
  EXPECT_GE(Caught(Sabotage::kForgetRecord, 60, "two votes signed"), 1);
}

TEST(Checker, SeesADiskThatForgetsWhatItSynced) {
  EXPECT_GE(Caught(Sabotage::kLyingDisk, 60, "two votes signed"), 1);
}

TEST(Checker, SeesAForgottenLock) {
  EXPECT_GE(Caught(Sabotage::kForgetLock, 400, "lock broken"), 1);
}

}  // namespace
}  // namespace jiandu::sim
