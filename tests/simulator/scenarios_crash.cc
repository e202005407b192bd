// Scenarios of machines that die: at every durable step, one and all, once and again.
#include <array>

#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

void Nothing(World& /*world*/) {}

// A random step early or late in a run, again after each restart.
void CutAgain(World& world, std::size_t machine, int times) {
  if (times == 0) return;
  world.CutPowerAtStep(machine, world.Chance().Between(1, 150), [&world, machine, times] {
    const Micros pause = world.Chance().Between(10 * kMs, 800 * kMs);
    world.BootLater(machine, pause);
    world.At(pause + 1, [&world, machine, times] { CutAgain(world, machine, times - 1); });
  });
}
void CutOneAtSteps(World& world) { CutAgain(world, world.AnyMachine(), 4); }

void CutAll(World& world) {
  for (std::size_t i = 0; i < world.Machines(); ++i) world.CutPower(i);
}
void BootAll(World& world, Micros within) {
  for (std::size_t i = 0; i < world.Machines(); ++i) {
    world.BootLater(i, world.Chance().Between(1, within));
  }
}
void CutAllAgain(World& world, int times) {
  if (times == 0) return;
  world.CutPowerAtStep(world.AnyMachine(), world.Chance().Between(1, 150), [&world, times] {
    // The others lose their power in the same moment, but not from inside this one's system call.
    world.At(0, [&world, times] {
      CutAll(world);
      BootAll(world, 300 * kMs);
      world.At(400 * kMs, [&world, times] { CutAllAgain(world, times - 1); });
    });
  });
}
void CutAllAtSteps(World& world) { CutAllAgain(world, 3); }

// Twice: what the first cut leaves of a new record must hold through the second.
void CutAtFirstStart(World& world) {
  const std::size_t machine = world.AnyMachine();
  world.CutPowerAtStep(machine, world.Chance().Between(1, 14), [&world, machine] {
    world.BootLater(machine, 50 * kMs);
    world.At(50 * kMs, [&world, machine] {
      world.CutPowerAtStep(machine, world.Chance().Between(1, 14),
                           [&world, machine] { world.BootLater(machine, 50 * kMs); });
    });
  });
}

// One of them has a lock; all lose power; another never comes back. consensus.md 4, 2b.
void LockCutOneDead(World& world) {
  world.CutPowerAtStep(world.AnyMachine(), world.Chance().Between(20, 200), [&world] {
    world.At(0, [&world] {
      CutAll(world);
      const std::size_t dead = world.AnyMachine();
      world.Say("node " + std::to_string(dead) + " stays dead");
      for (std::size_t i = 0; i < world.Machines(); ++i) {
        if (i != dead) world.BootLater(i, world.Chance().Between(1, 200 * kMs));
      }
      const auto tip = world.Tip();
      world.At(25 * kSecond, [&world, tip, dead] {
        if (world.Tip() <= tip + 2) {
          world.Check().OnBroken("three of four do not go on without node " + std::to_string(dead));
        }
      });
    });
  });
}

void KillStorm(World& world) {
  for (int i = 0; i < 12; ++i) {
    world.At(world.Chance().Between(1, 10 * kSecond), [&world] {
      const std::size_t machine = world.AnyMachine();
      world.Kill(machine);
      world.BootLater(machine, world.Chance().Between(1, kSecond));
    });
  }
}
void PowerStorm(World& world) {
  for (int i = 0; i < 12; ++i) {
    world.At(world.Chance().Between(1, 10 * kSecond), [&world] {
      const std::size_t machine = world.AnyMachine();
      world.CutPower(machine);
      world.BootLater(machine, world.Chance().Between(1, kSecond));
    });
  }
}

// Cut in the middle of a record: any subset of its sectors is there.
void TearRecord(World& world, std::size_t machine, int times) {
  if (times == 0 || world.IsCalm()) return;
  const std::uint64_t at = world.Chance().Between(1, 12);
  Disk& disk = *world.At(machine).disk;
  auto seen = std::make_shared<std::uint64_t>(0);
  disk.on_step = [&world, machine, times, at, seen](std::uint64_t, DiskStep step,
                                                    const std::string& name) {
    if (step != DiskStep::kSync || !name.starts_with("/data/safety.rec") || ++*seen != at) return;
    world.CutPower(machine);
    world.BootLater(machine, 20 * kMs);
    world.At(30 * kMs, [&world, machine, times] { TearRecord(world, machine, times - 1); });
  };
}
void TornRecords(World& world) { TearRecord(world, world.AnyMachine(), 5); }

// After a failed sync the process ends and starts again on what the page cache shows, of which the
// platter has nothing; then all lose power at once, and only the platter is left.
void SyncFailsThenCut(World& world) {
  const std::size_t machine = world.AnyMachine();
  world.may_end.insert(machine);
  world.At(world.Chance().Between(500 * kMs, 2 * kSecond), [&world, machine] {
    world.Lines().Say(machine, "from now on its syncs fail");
    world.At(machine).disk->fails_syncs = true;
    const auto ended = [&world, machine] { return world.At(machine).process->ended; };
    world.When(ended, [&world, machine] {
      world.At(machine).disk->fails_syncs = false;
      world.Boot(machine);
      world.At(world.Chance().Between(20 * kMs, 800 * kMs), [&world] {
        CutAll(world);
        BootAll(world, 300 * kMs);
      });
    });
  });
}

void OneDead(World& world) {
  const std::size_t dead = world.AnyMachine();
  world.At(world.Chance().Between(1, kSecond), [&world, dead] { world.CutPower(dead); });
  const auto from = std::make_shared<consensus::Height>(0);
  world.At(2 * kSecond, [&world, from] { *from = world.Tip(); });
  world.At(12 * kSecond, [&world, from] {
    if (world.Tip() < *from + 3) world.Check().OnBroken("one dead of four halts the network");
  });
}

void TwoDeadForLong(World& world) {
  world.At(kSecond, [&world] {
    world.StopClients();
    world.CutPower(0);
    world.CutPower(1);
  });
  world.At(1200 * kSecond, [&world] { BootAll(world, kSecond); });
}

// It is off while the others go on, and comes back far behind.
void LongOffline(World& world) {
  const std::size_t machine = world.AnyMachine();
  world.At(world.Chance().Between(1, kSecond), [&world, machine] { world.CutPower(machine); });
  world.At(14 * kSecond, [&world, machine] { world.Boot(machine); });
}

void JoinBySnapshot(World& world) {
  const std::size_t machine = world.AnyMachine();
  world.absent.insert(machine);
  world.At(14 * kSecond, [&world, machine] {
    world.Boot(machine);
    if (world.Chance().Percent(50)) {
      world.CutPowerAtStep(machine, world.Chance().Between(5, 120),
                           [&world, machine] { world.BootLater(machine, 100 * kMs); });
    }
  });
}

constexpr World::Options kSnapshots{.snapshot_every = 10, .join_behind = 20};

constexpr std::array kScenarios{
    Scenario{"calm", "nothing happens", "无故障", Nothing, kSecond},
    Scenario{"cut-one", "one machine loses power at a change of its disk, four times",
             "单机在写盘步骤断电，四次", CutOneAtSteps, 8 * kSecond},
    Scenario{"cut-all", "all machines lose power together, three times", "全网同时断电，三次",
             CutAllAtSteps, 8 * kSecond},
    Scenario{"cut-first-start", "power goes while a node starts for the first time",
             "首次启动时断电", CutAtFirstStart, 3 * kSecond},
    Scenario{"lock-cut-one-dead", "a lock, a power cut of all, and one stays dead",
             "锁定后全网断电，一机不再恢复", LockCutOneDead, 40 * kSecond},
    Scenario{"kill-storm", "processes are killed again and again", "反复终止进程", KillStorm,
             11 * kSecond},
    Scenario{"power-storm", "machines lose power again and again", "反复断电", PowerStorm,
             11 * kSecond},
    Scenario{"torn-record", "power goes in the middle of safety.rec", "安全记录写到一半断电",
             TornRecords, 6 * kSecond},
    Scenario{"sync-fails-then-cut", "a sync fails, the node starts again, and all lose power",
             "同步失败，重启后全网断电", SyncFailsThenCut, 6 * kSecond},
    Scenario{"one-dead", "one machine is off; the others go on", "一机停机，其余继续", OneDead,
             13 * kSecond},
    Scenario{"two-dead-for-long", "the quorum is away for twenty minutes", "法定人数离线二十分钟",
             TwoDeadForLong, 1202 * kSecond},
    Scenario{"long-offline", "a machine comes back far behind while load goes on",
             "落后节点在负载下追赶", LongOffline, 15 * kSecond},
    Scenario{"join-by-snapshot", "an empty machine joins by a snapshot, and may lose power at it",
             "空节点以快照加入，其间可能断电", JoinBySnapshot, 18 * kSecond, kSnapshots},
};

}  // namespace

std::span<const Scenario> CrashScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
