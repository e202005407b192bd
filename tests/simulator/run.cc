// Runs.
#include "tests/simulator/run.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/table_hash.h"
#include "node/digest_hash.h"

namespace jiandu::simulator {
namespace {

constexpr consensus::Height kHeights = 20;
constexpr consensus::Height kMoreHeights = 3;

std::uint64_t& DrawState() {
  static std::uint64_t state = 1;
  return state;
}
std::uint32_t DrawWord() {
  Random random(DrawState()++);
  return static_cast<std::uint32_t>(random.Next());
}
void DrawBytes(void* const into, const std::size_t size) {
  Random random(DrawState()++);
  auto* const bytes = static_cast<std::uint8_t*>(into);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(random.Next());
}
const char* DrawName() { return "simulated"; }
randombytes_implementation draw{.implementation_name = DrawName,
                                .random = DrawWord,
                                .stir = nullptr,
                                .uniform = nullptr,
                                .buf = DrawBytes,
                                .close = nullptr};

std::string HeightsOf(const World& world) {
  std::string text;
  for (std::size_t i = 0; i < world.Machines(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(world.HeightOf(i));
  }
  return text;
}

// Answers with the time from the calm until everybody had gone on.
Micros Play(World& world, const Scenario& scenario) {
  // The plan comes first: it may want to spoil the first start.
  scenario.plan(world);
  for (std::size_t i = 0; i < world.Machines(); ++i) {
    if (!world.absent.contains(i)) world.BootLater(i, world.Chance().Between(1, 50 * kMs));
  }
  world.StartClients(world.Chance().Between(50 * kMs, 300 * kMs));
  world.RunFor(scenario.faults_for);
  if (!world.Check().Violations().empty()) return 0;
  const Micros calm = world.Time().Now();
  world.Calm();
  world.StartClients(150 * kMs);
  const consensus::Height goal = std::max(kHeights, world.Tip() + kMoreHeights);
  const Micros until = world.Time().Now() + scenario.bound;
  const auto has_gone_on = [&] {
    return world.AllReached(goal) && (!world.is_settled || world.is_settled());
  };
  if (!world.RunUntil(until, has_gone_on)) {
    if (world.Time().Now() >= until) {
      world.Check().OnBroken("not everybody went on within " +
                             std::to_string(scenario.bound / kSecond) + " s of calm: heights " +
                             HeightsOf(world));
    } else if (world.Check().Violations().empty() && !world.IsCutShort()) {
      world.Check().OnBroken("nothing happens any more: heights " + HeightsOf(world));
    }
    return world.Time().Now() - calm;
  }
  const Micros recovered = world.Time().Now() - calm;
  world.StopClients();
  world.RunFor(500 * kMs);
  world.CheckLedgers();
  if (world.at_end) world.at_end();
  return recovered;
}

}  // namespace

void MakeDeterministic() {
  JD_ASSERT(randombytes_set_implementation(&draw) == 0);
  JD_ASSERT(sodium_init() >= 0);
  (void)crypto::TableHash({});
  (void)node::DigestHash()(Hash256());
  (void)TheGenesis();
  (void)TheSet();
}

RunResult RunSeed(std::uint64_t seed, const Scenario* scenario, const RunOptions& options) {
  const auto& all = AllScenarios();
  const Scenario& chosen = scenario != nullptr ? *scenario : all[seed % all.size()];
  DrawState() = seed * 1'000'003;
  World::Options world_options = chosen.options;
  world_options.traced = options.traced;
  world_options.until_event = options.until_event;
  World world(seed, world_options);
  const Micros recovered = Play(world, chosen);
  RunResult result{.seed = seed,
                   .scenario = std::string(chosen.name),
                   .violations = world.Check().Violations(),
                   .tip = world.Tip(),
                   .events = world.Time().Events(),
                   .committed = world.Committed(),
                   .accepted = world.Accepted(),
                   .signatures = world.Check().Signatures(),
                   .virtual_time = world.Time().Now(),
                   .recovered = recovered,
                   .trace_hash = world.Time().TraceHash(),
                   .trace = {}};
  result.trace.assign(world.Lines().lines.begin(), world.Lines().lines.end());
  return result;
}

std::string Explain(const RunResult& result) {
  std::string text = "seed " + std::to_string(result.seed) + ", scenario " + result.scenario +
                     " (./dev sim --replay " + std::to_string(result.seed) + " --scenario " +
                     result.scenario + ")\n";
  for (const std::string& violation : result.violations) text += "  broken: " + violation + "\n";
  for (const std::string& line : result.trace) text += line + "\n";
  return text;
}

}  // namespace jiandu::simulator
