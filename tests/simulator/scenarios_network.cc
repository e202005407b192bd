// Scenarios of networks that split, lose, hold up and repeat.
#include <array>

#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

void Halves(World& world) {
  world.At(world.Chance().Between(100 * kMs, 2 * kSecond), [&world] {
    world.Say("the network splits two and two");
    world.Net().Split({0, 1 + world.Chance().Between(0, 2)}, world.Machines());
    const auto tip = std::make_shared<consensus::Height>(0);
    // What was on its way may still be decided.
    world.At(500 * kMs, [&world, tip] { *tip = world.Tip(); });
    world.At(8 * kSecond, [&world, tip] {
      if (world.Tip() > *tip) world.Check().OnBroken("half of the network decides");
    });
  });
}
void OneApart(World& world) {
  world.At(world.Chance().Between(100 * kMs, 2 * kSecond), [&world] {
    const std::size_t apart = world.AnyMachine();
    world.Say("node " + std::to_string(apart) + " is cut off");
    world.Net().Split({apart}, world.Machines());
    const auto tip = world.Tip();
    world.At(12 * kSecond, [&world, tip] {
      if (world.Tip() < tip + 3) world.Check().OnBroken("three of four do not go on");
    });
  });
}
void OneWay(World& world) {
  for (int i = 0; i < 8; ++i) {
    world.At(static_cast<Micros>(i) * kSecond + 1, [&world] {
      world.Net().Heal();
      for (int j = 0; j < 3; ++j) world.Net().Cut(world.AnyMachine(), world.AnyMachine());
    });
  }
}
void Splits(World& world) {
  for (int i = 0; i < 10; ++i) {
    world.At(world.Chance().Between(1, 10 * kSecond), [&world] {
      world.Net().Heal();
      if (world.Chance().Percent(70)) {
        world.Net().Split({world.AnyMachine(), world.AnyMachine()}, world.Machines());
      }
    });
  }
}
void Slow(World& world) {
  world.Net().weather.delay_max = world.Chance().Between(20 * kMs, 300 * kMs);
  world.Net().weather.slow_chance = 30;
  world.Net().weather.slow_max = 3 * kSecond;
}
void Resets(World& world) { world.Net().weather.reset_per_million = 3000; }

bool IsMessage(const node::Incoming& frame) { return frame.type >= node::kFirstMessageType; }

// A link asks what it must know once, when it comes up, and on TCP it is answered or the link ends.
bool IsAskedOnce(const node::Incoming& frame) {
  constexpr std::uint8_t kProbe = node::kFirstMessageType + 11;
  return frame.type == kProbe || frame.type == kProbe + 1;
}

// Worse than TCP is: single messages are lost. What is sent again must be enough.
void Losses(World& world) {
  world.filter = [&world](std::vector<node::Incoming>& frames) {
    std::erase_if(frames, [&world](const node::Incoming& frame) {
      return IsMessage(frame) && !IsAskedOnce(frame) && world.Chance().Percent(20);
    });
  };
}
void Repeats(World& world) {
  world.filter = [&world](std::vector<node::Incoming>& frames) {
    std::vector<node::Incoming> all;
    for (node::Incoming& frame : frames) {
      if (IsMessage(frame) && world.Chance().Percent(30)) all.push_back(frame);
      all.push_back(std::move(frame));
    }
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (IsMessage(all[i - 1]) && IsMessage(all[i]) && world.Chance().Percent(30)) {
        std::swap(all[i - 1], all[i]);
      }
    }
    frames = std::move(all);
  };
}
void NarrowLinks(World& world) { world.Net().weather.bytes_per_ms = 20; }

void Everything(World& world) {
  world.Net().weather.slow_chance = world.Chance().Between(0, 10);
  world.Net().weather.reset_per_million = world.Chance().Between(0, 500);
  for (int i = 0; i < 14; ++i) {
    world.At(world.Chance().Between(1, 10 * kSecond), [&world] {
      const std::size_t machine = world.AnyMachine();
      switch (world.Chance().Between(0, 5)) {
        case 0: world.Net().Split({machine}, world.Machines()); break;
        case 1: world.Net().Heal(); break;
        case 2: world.Net().Cut(machine, world.AnyMachine()); break;
        case 3: world.Kill(machine); break;
        case 4: world.CutPower(machine); break;
        default: world.At(machine).slowness = world.Chance().Between(1, 30); break;
      }
      world.BootLater(machine, world.Chance().Between(1, kSecond));
    });
  }
}

constexpr std::array kScenarios{
    Scenario{"halves", "the network splits two and two: nobody decides", "二对二分区，均不出块",
             Halves, 12 * kSecond},
    Scenario{"one-apart", "one node is cut off: three go on, it catches up", "一节点被隔离",
             OneApart, 16 * kSecond},
    Scenario{"one-way", "links are cut in one direction, in turns", "单向断链，轮换", OneWay,
             9 * kSecond},
    Scenario{"splits", "the network splits and heals again and again", "反复分区与恢复", Splits,
             11 * kSecond},
    Scenario{"slow", "delays up to ten times a time-out", "时延高达超时十倍", Slow, 10 * kSecond},
    Scenario{"resets", "connections end all the time", "连接频繁中断", Resets, 10 * kSecond},
    Scenario{"losses", "one message in five is lost", "五分之一消息丢失", Losses, 10 * kSecond},
    Scenario{"repeats", "messages come twice and out of order", "消息重复与乱序", Repeats},
    Scenario{"narrow-links", "links carry 20 kB/s", "每秒两万字节的窄带", NarrowLinks,
             10 * kSecond},
    Scenario{"everything", "cuts, kills, splits, resets and slow threads together", "多种故障并发",
             Everything, 11 * kSecond},
};

}  // namespace

std::span<const Scenario> NetworkScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
