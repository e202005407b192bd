// Machines, processes and clients.
#include "tests/simulator/world.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "base/limits.h"
#include "gateway/ports.h"
#include "node/node.h"
#include "tests/simulator/world_time.h"

namespace jiandu::simulator {
namespace {

constexpr std::uint64_t kEventsMax = 4'000'000;  // a run that needs more does not end by itself
const char* const kGenesisFile = "/genesis.json";
const char* const kData = "/data";

// Machines with seats dial each other; who has none yet is let in as a follower.
void AddPeers(node::Config& config, std::size_t member,
              const std::vector<std::unique_ptr<Machine>>& machines) {
  std::set<std::size_t> members;
  for (const auto& other : machines) {
    if (other->member == member || !members.insert(other->member).second) continue;
    config.peers.dial.push_back(
        {.department = DepartmentOf(other->member),
         .address = HostOf(other->number) + ":" + std::to_string(kPeerPort)});
    if (other->member < kMembersMax) continue;
    config.peers.followers.push_back(DepartmentOf(other->member) + "=" +
                                     HexEncode(NodeKey(other->member).PublicKey().View()));
  }
}

node::Config MakeConfig(const Machine& machine, const World::Options& options) {
  node::Config config;
  config.node.data_dir = kData;
  config.node.department = DepartmentOf(machine.member);
  config.node.genesis = kGenesisFile;
  config.node.verify_threads = 1;
  config.consensus.heartbeat_ms = options.heartbeat_ms;
  config.consensus.min_interval_ms = options.min_interval_ms;
  config.peers.listen = HostOf(machine.number) + ":" + std::to_string(kPeerPort);
  config.keys.consensus = "/consensus.key";
  config.snapshots.every = options.snapshot_every;
  config.snapshots.join_behind = options.join_behind;
  return config;
}

}  // namespace

World*& World::TheWorld() {
  static World* world = nullptr;
  return world;
}

World::World(std::uint64_t seed, const Options& options)
    : kernel_(seed),
      trace_(kernel_),
      options_(options),
      network_(kernel_),
      checker_(TheGenesis().chain, TheSet()),
      heights_(options.machines) {
  TheWorld() = this;
  trace_.on = options.traced;
  network_.tap = [this](const StreamEnd& from, Bytes& bytes) { OnWrite(from, bytes); };
  for (std::size_t i = 0; i < options.machines; ++i) {
    machines_.push_back(std::make_unique<Machine>());
    machines_.back()->number = i;
    machines_.back()->member = i;
    MakeDisk(*machines_.back());
  }
  kernel_.At(50 * kMs, [this] { WatchQueues(); });
}

World::~World() {
  ShutDown();
  TheWorld() = nullptr;
}

void World::MakeDisk(Machine& machine) const {
  machine.disk = std::make_shared<Disk>();
  machine.disk->directories.insert("/");
  auto genesis = std::make_shared<Inode>();
  genesis->Write(0, TheGenesis().document);
  genesis->Sync();
  machine.disk->names[kGenesisFile] = genesis;
  machine.disk->durable[kGenesisFile] = genesis;
}

void World::Boot(std::size_t number) {
  Machine& machine = *machines_[number];
  if (machine.powered && machine.process != nullptr && !machine.process->ended &&
      !machine.process->dead) {
    return;
  }
  machine.powered = true;
  auto process = std::make_shared<Process>();
  process->machine = &machine;
  process->life = machine.process == nullptr ? 1 : machine.process->life + 1;
  process->disk = machine.disk;
  process->seat = SeatOfMachine(number);
  machine.process = process;
  processes_.push_back(process);
  Watch(machine);
  ReadRecord(machine);
  trace_.Say(number, "starts, for the " + std::to_string(process->life) + ". time");
  Process& started = *process;
  kernel_.Spawn(&started, "main", [this, &started] { Live(started); });
}

void World::Live(Process& process) {
  while (true) {
    Machine& machine = *process.machine;
    node::NodeOptions options{
        .config = MakeConfig(machine, options_), .new_safety_record_of = {}, .progress = {}};
    AddPeers(options.config, machine.member, machines_);
    if (configure) configure(machine.number, options.config);
    if (machine.may_begin_record) options.new_safety_record_of = TheGenesis().chain;
    auto started = node::Node::Start(std::move(options));
    if (!started) {
      process.exit_code = node::kExitFailed;
      process.why = started.error().detail;
      break;
    }
    process.node = started->get();
    if (!process.dead) machine.may_begin_record = false;
    if (process.dead) (*started)->Stop();
    process.exit_code = (*started)->Run();
    process.why = (*started)->StopReason();
    process.node = nullptr;
    started->reset();
    if (process.exit_code != node::kExitAgain || process.dead) break;
  }
  process.ended = true;
  if (!process.dead) OnEnd(process);
}

void World::OnEnd(Process& process) {
  const std::size_t number = process.machine->number;
  // Its disk is what it left, page cache and all; connections end with the process.
  process.dead = true;
  process.machine->disk = process.disk->AfterKill();
  checker_.OnCut(process.seat, number);
  network_.Abandon(process, Network::Silence::kReset);
  trace_.Say(number, "ended with " + std::to_string(process.exit_code) + ": " + process.why);
  if (shutting_) return;
  if (!may_end.contains(number)) {
    checker_.OnBroken("node " + std::to_string(number) + " ended by itself: " + process.why);
  }
  if (restarts) BootLater(number, kSecond);
}

void World::EndProcess(Machine& machine, Network::Silence silence) {
  if (machine.process == nullptr) return;
  Process& process = *machine.process;
  if (process.dead) return;
  process.dead = true;
  checker_.OnCut(process.seat, machine.number);
  network_.Abandon(process, silence);
  if (process.node != nullptr) process.node->Stop();
}

void World::CutPower(std::size_t number) {
  Machine& machine = *machines_[number];
  if (!machine.powered) return;
  machine.powered = false;
  trace_.Say(number, "loses its power");
  if (machine.process != nullptr && !machine.process->dead) {
    machine.disk = machine.process->disk->AfterCut(Chance());
  } else {
    machine.disk = machine.disk->AfterCut(Chance());
  }
  EndProcess(machine, Network::Silence::kSilent);
}

void World::Kill(std::size_t number) {
  Machine& machine = *machines_[number];
  if (machine.process == nullptr || machine.process->dead) return;
  trace_.Say(number, "is killed");
  machine.disk = machine.process->disk->AfterKill();
  EndProcess(machine, Network::Silence::kReset);
}

void World::CutPowerAtStep(std::size_t number, std::uint64_t step, std::function<void()> then) {
  if (calm_) return;  // a plan that reached into the calm
  Machine& machine = *machines_[number];
  const std::uint64_t at = machine.disk->steps + step;
  machine.disk->on_step = [this, number, at, then = std::move(then),
                           disk = std::weak_ptr(machine.disk)](std::uint64_t now, DiskStep what,
                                                               const std::string& name) {
    if (now != at) return;
    const auto held = disk.lock();
    if (held == nullptr || machines_[number]->disk != held) return;
    if (trace_.IsOn()) trace_.Say(number, std::string("at ") + NameOf(what) + " of " + name + ":");
    CutPower(number);
    if (then) then();
  };
}

void World::When(std::function<bool()> holds, std::function<void()> action) {
  kernel_.At(20 * kMs, [this, holds = std::move(holds), action = std::move(action)]() mutable {
    if (shutting_) return;
    if (holds()) return action();
    When(std::move(holds), std::move(action));
  });
}

void World::BootLater(std::size_t number, Micros delay) {
  kernel_.At(delay, [this, number] {
    if (!shutting_ && !lost_.contains(number)) Boot(number);
  });
}

void World::MakeLiar(std::size_t number, Lie lie) {
  lies_[number] = std::move(lie);
  liars_.insert(number);
  checker_.Distrust(SeatOfMachine(number));
  may_end.insert(number);
}

void World::MakeHostile(std::size_t number, Lie lie) {
  lies_.erase(number);
  if (lie) lies_[number] = std::move(lie);
}

consensus::Height World::HeightOf(std::size_t machine) const { return heights_[machine]; }

bool World::AllReached(consensus::Height height) const {
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (!IsLiar(i) && !lost_.contains(i) && heights_[i] < height) return false;
  }
  return true;
}

bool World::RunUntil(Micros time, const std::function<bool()>& done) {
  while (!done()) {
    if (!checker_.Violations().empty()) return false;
    if (options_.until_event != 0 && kernel_.Events() >= options_.until_event) return false;
    if (kernel_.Now() >= time) return false;
    if (kernel_.Events() > kEventsMax) {
      checker_.OnBroken("the run does not end: too many events");
      return false;
    }
    if (!kernel_.Step()) return false;
  }
  return true;
}

void World::RunFor(Micros time) {
  const Micros until = kernel_.Now() + time;
  (void)RunUntil(until, [this, until] { return kernel_.Now() >= until; });
}

void World::Calm() {
  Say("calm: the network is whole, disks behave, every machine has power");
  calm_ = true;
  network_.Heal();
  network_.weather = Weather();
  restarts = true;
  filter = nullptr;
  std::erase_if(lies_, [this](const auto& one) { return !IsLiar(one.first); });
  for (const auto& machine : machines_) {
    if (lost_.contains(machine->number)) continue;
    machine->slowness = 1;
    machine->clock_offset_ms = 0;
    Disk& disk = *machine->disk;
    disk.on_step = nullptr;
    disk.lies = disk.fails_syncs = disk.fails_writes = false;
    disk.room_bytes = ~0ULL;
    disk.sync_us = Disk().sync_us;
    BootLater(machine->number, 0);
  }
}

void World::ShutDown() {
  if (std::exchange(shutting_, true)) return;
  clients_pause_ = 0;
  alive_.reset();
  for (const auto& machine : machines_) EndProcess(*machine, Network::Silence::kSilent);
  while (kernel_.FibersAlive() > 0 && kernel_.Step()) {
  }
  for (const auto& process : processes_) {  // they hold each other
    process->disk->on_step = nullptr;
    process->disk->on_write = nullptr;
    process->disk->on_synced = nullptr;
  }
  JD_ASSERT(kernel_.FibersAlive() == 0);
}

}  // namespace jiandu::simulator
