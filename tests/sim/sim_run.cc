// The plan of a run follows from its seed alone.
#include "tests/sim/sim_run.h"

#include <algorithm>

namespace jiandu::sim {
namespace {

constexpr Micros kFaultsUntil = 1500 * kMs;
constexpr Micros kCalmBound = 60'000 * kMs;  // several rounds at the time-outs' cap
constexpr consensus::Height kHeightsInCalm = 3;

struct Plan {
  std::size_t members = 4;
  std::set<std::size_t> byzantine;
  std::optional<std::size_t> dead;  // crashes in the storm and stays away
  std::string words;
};

Plan MakePlan(Random& random, Sabotage sabotage) {
  Plan plan;
  const std::uint64_t size = random.Between(0, 9);
  plan.members = size < 8 || sabotage != Sabotage::kNone ? 4 : (size == 8 ? 5 : 7);
  const std::size_t faulty_max = (plan.members - 1) / 3;
  const std::size_t first = random.Between(0, plan.members - 1);
  if (sabotage == Sabotage::kTwoByzantine) {
    plan.byzantine = {first, (first + 1) % plan.members};
  } else if (sabotage == Sabotage::kNone && random.Percent(40)) {
    const std::size_t count = random.Between(1, faulty_max);
    for (std::size_t i = 0; i < count; ++i) plan.byzantine.insert((first + i * 2) % plan.members);
  }
  if (plan.byzantine.size() < faulty_max && sabotage == Sabotage::kNone && random.Percent(30)) {
    plan.dead = (first + 1) % plan.members;
    if (plan.byzantine.contains(*plan.dead)) plan.dead.reset();
  }
  plan.words = std::to_string(plan.members) + " members, " + std::to_string(plan.byzantine.size()) +
               " byzantine" + (plan.dead ? ", one dead" : "");
  return plan;
}

void ChooseWeather(World& world, Plan& plan) {
  Random& random = world.Chance();
  Weather& weather = world.weather;
  if (random.Percent(50)) weather.loss = random.Between(1, 30);
  if (random.Percent(40)) weather.duplicates = random.Between(1, 30);
  if (random.Percent(40)) weather.parts_lost = random.Between(1, 40);
  if (random.Percent(40)) weather.slow_chance = random.Between(1, 20);
  if (random.Percent(30)) weather.delay_max = random.Between(5, 40) * kMs;
  plan.words += ", loss " + std::to_string(weather.loss) + "%";
}

// Two on each side, one apart, or one-way cuts.
void PlanPartitions(World& world, Plan& plan) {
  Random& random = world.Chance();
  const std::uint64_t count = world.Broken() == Sabotage::kWrongQuorum ? 1 : random.Between(0, 3);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Micros at = random.Between(0, kFaultsUntil);
    const std::uint64_t kind = world.Broken() == Sabotage::kWrongQuorum ? 0 : random.Between(0, 2);
    world.At(at, [&world, kind] {
      Random& chance = world.Chance();
      const std::size_t one = chance.Between(0, world.Members() - 1);
      std::set<std::size_t> side{one};
      if (kind == 0) {
        side.clear();
        for (std::size_t node = 0; node < world.Members() / 2; ++node) side.insert(node);
      }
      if (kind == 2) {
        for (std::size_t to = 0; to < world.Members(); ++to) {
          if (chance.Percent(60)) world.CutLink(one, to);
        }
      } else {
        world.Split(side);
      }
    });
    world.At(at + random.Between(20, 700) * kMs, [&world] { world.Heal(); });
  }
  plan.words += ", " + std::to_string(count) + " cuts";
}

void CrashFor(World& world, std::size_t node, Micros at, Micros down) {
  world.At(at, [&world, node] { world.Crash(node); });
  world.At(at + down, [&world, node] { world.Restart(node); });
}

void PlanCrashes(World& world, Plan& plan) {
  Random& random = world.Chance();
  const bool needed =
      world.Broken() != Sabotage::kNone && world.Broken() != Sabotage::kTwoByzantine;
  const std::uint64_t count = random.Percent(60) || needed ? random.Between(1, 8) : 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    CrashFor(world, random.Between(0, plan.members - 1), random.Between(0, kFaultsUntil),
             random.Between(1, 200) * kMs);
  }
  // Power cuts: all at once.
  const std::uint64_t cuts = random.Percent(40) || needed ? random.Between(1, 3) : 0;
  for (std::uint64_t i = 0; i < cuts; ++i) {
    const Micros at = random.Between(0, kFaultsUntil);
    for (std::size_t node = 0; node < plan.members; ++node) {
      CrashFor(world, node, at, random.Between(1, 50) * kMs);
    }
  }
  if (plan.dead) {
    const std::size_t dead = *plan.dead;
    world.At(random.Between(0, kFaultsUntil), [&world, dead] { world.Crash(dead); });
  }
  plan.words += ", " + std::to_string(count) + " crashes, " + std::to_string(cuts) + " power cuts";
}

// The faults end: links whole, everybody up but the dead, and no more loss.
void CalmDown(World& world, const Plan& plan) {
  world.Heal();
  world.weather = Weather{};
  for (std::size_t node = 0; node < plan.members; ++node) {
    if (plan.dead == node) {
      world.Crash(node);
    } else {
      world.Restart(node);
    }
  }
}

}  // namespace

RunResult RunSeed(std::uint64_t seed, Sabotage sabotage, Tracing tracing) {
  Random dice(seed ^ 0xC0FFEEULL);
  Plan plan = MakePlan(dice, sabotage);
  World world(seed, plan.members, plan.byzantine, sabotage, tracing == Tracing::kOn);
  ChooseWeather(world, plan);
  PlanPartitions(world, plan);
  PlanCrashes(world, plan);
  world.Start();
  RunResult result;
  result.seed = seed;
  // Restarts are planned up to 200 ms past the last crash: wait for them.
  static_cast<void>(world.RunUntil(kFaultsUntil + 900 * kMs, [] { return false; }));
  if (world.Check().Violations().empty()) {
    CalmDown(world, plan);
    const consensus::Height goal = world.Tip() + kHeightsInCalm;
    result.live = world.RunUntil(world.Now() + kCalmBound, [&] { return world.AllReached(goal); });
  }
  result.plan = plan.words;
  result.violations = world.Check().Violations();
  result.tip = world.Tip();
  result.events = world.Events();
  result.trace = world.Lines();
  return result;
}

std::string Explain(const RunResult& result, Sabotage sabotage) {
  const RunResult again = RunSeed(result.seed, sabotage, Tracing::kOn);
  std::string text = "seed " + std::to_string(result.seed) + " (" + result.plan + ")\n";
  text += "replay: JIANDU_SIM_FROM=" + std::to_string(result.seed) +
          " JIANDU_SIM_SEEDS=1 jiandu_sim_test --gtest_filter=Cluster.*\n";
  for (const std::string& violation : result.violations) text += "BROKEN: " + violation + "\n";
  if (result.violations.empty() && !result.live) {
    text += "STUCK: at height " + std::to_string(result.tip) + " after the faults stopped\n";
  }
  constexpr std::size_t kLinesMax = 120;
  const std::size_t from = again.trace.size() - std::min(again.trace.size(), kLinesMax);
  for (std::size_t i = from; i < again.trace.size(); ++i) text += again.trace[i] + "\n";
  return text;
}

}  // namespace jiandu::sim
