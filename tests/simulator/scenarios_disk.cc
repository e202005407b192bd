// Scenarios of disks that fail, fill up, lie, rot or are put back in time.
#include <array>

#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

const char* const kRecord = "/data/safety.rec";

template <typename Fault>
void LaterOnSome(World& world, Fault fault) {
  const std::size_t machine = world.AnyMachine();
  world.may_end.insert(machine);
  world.At(world.Chance().Between(1, 3 * kSecond),
           [&world, machine, fault] { fault(world, machine, *world.At(machine).disk); });
}

void SyncFails(World& world) {
  LaterOnSome(world, [](World& inner, std::size_t machine, Disk& disk) {
    inner.Lines().Say(machine, "from now on its syncs fail");
    disk.fails_syncs = true;
  });
}
void WriteFails(World& world) {
  LaterOnSome(world, [](World& inner, std::size_t machine, Disk& disk) {
    inner.Lines().Say(machine, "from now on its writes fail");
    disk.fails_writes = true;
  });
}
void DiskFull(World& world) {
  LaterOnSome(world, [](World& inner, std::size_t machine, Disk& disk) {
    inner.Lines().Say(machine, "its disk is nearly full");
    disk.room_bytes = inner.Chance().Between(0, 30'000);
  });
}

// Down, something is done to the disk, up again.
template <typename Damage>
void WhileDown(World& world, Damage damage) {
  const std::size_t machine = world.AnyMachine();
  world.At(world.Chance().Between(kSecond, 3 * kSecond), [&world, machine, damage] {
    world.CutPower(machine);
    damage(world, machine, *world.At(machine).disk);
    world.BootLater(machine, 100 * kMs);
  });
}

void FlipRecord(World& world) {
  WhileDown(world, [](World& inner, std::size_t machine, Disk& disk) {
    const InodePtr record = disk.Find(kRecord);
    if (record == nullptr) return;
    inner.Lines().Say(machine, "a bit of safety.rec flips");
    record->FlipBit(inner.Chance().Between(0, record->ContentBytes() * 8 - 1));
  });
}

// A hole in a segment needs a person: the node says so and does not start, or it starts and serves
// nothing wrong.
void FlipSegment(World& world) {
  WhileDown(world, [](World& inner, std::size_t machine, Disk& disk) {
    for (const auto& [name, inode] : disk.names) {
      if (!name.starts_with("/data/segments/") || inode->ContentBytes() == 0) continue;
      inner.Lines().Say(machine, "a bit of " + name + " flips");
      inode->FlipBit(inner.Chance().Between(0, inode->ContentBytes() * 8 - 1));
      inner.GiveUp(machine);
      break;
    }
    inner.At(200 * kMs, [&inner, machine] { inner.Boot(machine); });
  });
}

void DamageDatabase(World& world) {
  WhileDown(world, [](World& inner, std::size_t machine, Disk& disk) {
    inner.Lines().Say(machine, "its databases are damaged");
    for (const auto& [name, database] : disk.databases) database->damaged = true;
  });
}
void LoseDatabase(World& world) {
  WhileDown(world, [](World& inner, std::size_t machine, Disk& disk) {
    inner.Lines().Say(machine, "its databases are gone");
    disk.databases.clear();
  });
}

// What a lying disk forgets may make its node contradict itself: it counts as a liar, and the
// others stay safe.
void LyingDisk(World& world) {
  const std::size_t machine = world.AnyMachine();
  world.At(machine).disk->lies = true;
  world.Check().Distrust(SeatOf(machine));
  world.GiveUp(machine);
  for (int i = 0; i < 3; ++i) {
    world.At(world.Chance().Between(1, 4 * kSecond), [&world, machine] {
      world.CutPower(machine);
      world.At(100 * kMs, [&world, machine] { world.Boot(machine); });
    });
  }
}

// A snapshot of the virtual machine is put back: what it has signed since is unknown to it.
void Rollback(World& world) {
  const std::size_t machine = world.AnyMachine();
  const Micros taken = world.Chance().Between(kSecond / 2, 2 * kSecond);
  world.At(taken, [&world, machine] {
    const std::shared_ptr<Disk> old = world.At(machine).disk->AfterKill();
    world.At(world.Chance().Between(100 * kMs, 3 * kSecond), [&world, machine, old] {
      world.Kill(machine);
      world.Lines().Say(machine, "its disk is put back in time");
      world.At(machine).disk = old;
      world.BootLater(machine, 10 * kMs);
    });
  });
}

void DeletedRecord(World& world) {
  const std::size_t machine = world.AnyMachine();
  world.At(2 * kSecond, [&world, machine] {
    world.Kill(machine);
    world.GiveUp(machine);
    Disk& disk = *world.At(machine).disk;
    if (disk.names.erase(kRecord) == 0) return;
    disk.durable.erase(kRecord);
    world.restarts = false;
    world.Boot(machine);
    world.At(kSecond, [&world, machine] {
      const Process& process = *world.At(machine).process;
      if (!process.ended || process.why.find("--new-safety-record") == std::string::npos) {
        world.Check().OnBroken("a node whose safety.rec was deleted does not refuse to start");
      }
    });
  });
}

void SlowDisk(World& world) {
  const std::size_t machine = world.AnyMachine();
  world.At(machine).disk->sync_us = 200 * kMs;
  world.At(machine).slowness = 50;
}

constexpr std::array kScenarios{
    Scenario{"sync-fails", "a sync fails: the node stops and comes back", "同步失败后停机并恢复",
             SyncFails},
    Scenario{"write-fails", "writes fail: the node stops and comes back", "写入失败后停机并恢复",
             WriteFails},
    Scenario{"disk-full", "a disk is full until somebody makes room", "磁盘写满，待清理", DiskFull,
             8 * kSecond},
    Scenario{"flip-record", "a bit of safety.rec flips while the machine is off",
             "安全记录比特翻转", FlipRecord},
    Scenario{"flip-segment", "a bit of a segment flips while the machine is off",
             "区块文件比特翻转", FlipSegment},
    Scenario{"damage-database", "the databases are damaged: rebuilt", "数据库损坏后重建",
             DamageDatabase},
    Scenario{"lose-database", "the databases are gone: rebuilt", "数据库丢失后重建", LoseDatabase},
    Scenario{"lying-disk", "a disk says that it synced and did not", "磁盘谎报已同步", LyingDisk},
    Scenario{"rollback", "a data directory is put back in time", "数据目录回滚到旧快照", Rollback},
    Scenario{"deleted-record", "safety.rec is deleted: the node refuses to start",
             "删除安全记录后拒绝启动", DeletedRecord},
    Scenario{"slow-disk", "one node syncs in 200 ms and wakes late", "慢盘慢机", SlowDisk,
             10 * kSecond},
};

}  // namespace

std::span<const Scenario> DiskScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
