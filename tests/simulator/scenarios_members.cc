// Scenarios of a validator set that changes while the network works: departments vote nodes in and
// out and rotate their keys, and machines die around the height from which it counts.
#include <array>

#include "tests/simulator/assembly.h"
#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

constexpr Micros kChangesFor = 18 * kSecond;

void Changes(World& world) {
  const auto assembly = std::make_shared<Assembly>(world, kChangesFor - kSecond);
  world.is_settled = [assembly] { return assembly->IsSettled(); };
  world.at_end = [assembly] { assembly->CheckSet(); };
  world.At(kSecond, [assembly] { assembly->Meet(); });
}

// The set of the next height still counts the one that leaves: when all start anew in that moment
// and one of the others does not come back, its vote is needed.
void StartAnewBut(World& world, std::size_t dead) {
  // A killed process keeps the block in which the removal stands; a power cut may take it back.
  const bool killed = world.Chance().Percent(70);
  world.Say("all start anew; node " + std::to_string(dead) + " stays dead");
  for (std::size_t i = 0; i < kMembersMax; ++i) {
    if (killed && i != dead) {
      world.Kill(i);
    } else {
      world.CutPower(i);
    }
    if (i != dead) world.BootLater(i, world.Chance().Between(1, 200 * kMs));
  }
}
void LeaverNeeded(World& world) {
  const auto assembly = std::make_shared<Assembly>(world, 0);
  world.absent.insert(kNewcomer);
  world.GiveUp(kNewcomer);
  const std::size_t leaver = world.Chance().Between(1, 3);
  std::size_t dead = world.Chance().Between(0, 2);
  if (dead >= leaver) ++dead;
  world.At(world.Chance().Between(kSecond, 2 * kSecond), [&world, assembly, leaver, dead] {
    assembly->Remove(leaver, [&world, leaver, dead](consensus::Height height) {
      world.At(world.Chance().Between(0, 100 * kMs), [&world, leaver, dead, height] {
        if (world.Tip() > height) return;
        StartAnewBut(world, dead);
        world.At(20 * kSecond, [&world, height, leaver] {
          if (world.Tip() > height) return;
          world.Check().OnBroken("three of four do not go on, node " + std::to_string(leaver) +
                                 " among them, which leaves one height later");
        });
      });
    });
  });
}

// The key of the links alone: the ledger names another one than genesis.
void NodeKeyRotated(World& world) {
  const auto assembly = std::make_shared<Assembly>(world, 0);
  world.absent.insert(kNewcomer);
  world.GiveUp(kNewcomer);
  world.at_end = [assembly] { assembly->CheckSet(); };
  const std::size_t member = world.Chance().Between(0, 3);
  world.At(kSecond, [&world, assembly, member] {
    assembly->Rotate(member, "node", [&world, member](consensus::Height) {
      world.At(world.Chance().Between(4 * kSecond, 6 * kSecond), [&world, member] {
        world.CutPower(member);
        world.BootLater(member, 100 * kMs);
      });
    });
  });
}

constexpr World::Options kFive{.machines = kDepartments};

constexpr std::array kScenarios{
    Scenario{"validators", "nodes are voted in and out and rotate keys while machines die",
             "表决接纳、移除节点与轮换密钥，其间停机断电", Changes, kChangesFor, kFive,
             60 * kSecond},
    Scenario{"leaver-needed", "a removed node's last vote is needed after a power cut of all",
             "全网断电后仍需被移除节点的最后一票", LeaverNeeded, 26 * kSecond, kFive, 30 * kSecond},
    Scenario{"node-key-rotated", "a node changes the key of its links and starts with it",
             "轮换链路密钥后重启", NodeKeyRotated, 10 * kSecond, kFive, 30 * kSecond},
};

}  // namespace

std::span<const Scenario> MemberScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
