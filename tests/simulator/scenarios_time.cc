// Scenarios of clocks that are wrong, and of networks with nothing to do.
#include <array>

#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

void SmallSkew(World& world) {
  for (std::size_t i = 0; i < world.Machines(); ++i) {
    world.At(i).clock_offset_ms = static_cast<std::int64_t>(world.Chance().Between(0, 800)) - 400;
  }
}
void OneFarOff(World& world) {
  constexpr std::array<std::int64_t, 4> kOffsets{-10'000, 10'000, -3'600'000, 3'600'000};
  const auto machine = world.AnyMachine();
  world.At(machine).clock_offset_ms = kOffsets[world.Chance().Between(0, kOffsets.size() - 1)];
}
void Jumps(World& world) {
  for (int i = 0; i < 8; ++i) {
    world.At(world.Chance().Between(1, 8 * kSecond), [&world] {
      world.At(world.AnyMachine()).clock_offset_ms =
          static_cast<std::int64_t>(world.Chance().Between(0, 20'000)) - 10'000;
    });
  }
}
void Idle(World& world) {
  world.At(10 * kSecond, [&world] { world.StopClients(); });
  const auto from = std::make_shared<consensus::Height>(0);
  world.At(20 * kSecond, [&world, from] { *from = world.Tip(); });
  world.At(620 * kSecond, [&world, from] {
    if (world.Tip() > *from + 11) {
      world.Check().OnBroken("ten idle minutes made " + std::to_string(world.Tip() - *from) +
                             " blocks");
    }
  });
}
// Work that comes at any moment of a height, after a rest: nobody may wait for the heartbeat.
void Bursts(World& world) {
  world.StopClients();
  for (int i = 0; i < 6; ++i) {
    world.At(static_cast<Micros>(i) * kSecond + world.Chance().Between(1, kSecond), [&world] {
      world.StartClients(20 * kMs);
      world.At(world.Chance().Between(1, 200 * kMs), [&world] { world.StopClients(); });
    });
  }
}

constexpr World::Options kRare{.heartbeat_ms = 60'000};

constexpr std::array kScenarios{
    Scenario{"small-skew", "clocks differ by up to 0.8 s", "时钟相差不超过 0.8 秒", SmallSkew},
    Scenario{"one-clock-off", "one clock is off by ten seconds or an hour", "一机时钟偏差",
             OneFarOff, 8 * kSecond},
    Scenario{"clock-jumps", "clocks jump to and fro", "时钟来回跳变", Jumps, 9 * kSecond},
    Scenario{"idle", "ten idle minutes make at most eleven blocks", "空闲十分钟至多十一块", Idle,
             622 * kSecond, kRare},
    Scenario{"bursts", "work comes in bursts after rest", "负载时断时续", Bursts, 7 * kSecond,
             kRare},
};

}  // namespace

std::span<const Scenario> TimeScenarios() { return kScenarios; }

const std::vector<Scenario>& AllScenarios() {
  static const std::vector<Scenario> kAll = [] {
    std::vector<Scenario> all;
    for (const auto part :
         {CrashScenarios(), DiskScenarios(), NetworkScenarios(), LiarScenarios(), TimeScenarios(),
          MemberScenarios(), TwinScenarios(), FloodScenarios(), MismatchScenarios()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kAll;
}

const Scenario* FindScenario(std::string_view name) {
  for (const Scenario& one : AllScenarios()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

}  // namespace jiandu::simulator
