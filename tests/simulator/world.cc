// Machines, processes and clients.
#include "tests/simulator/world.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "consensus/message.h"
#include "consensus/safety_record.h"
#include "gateway/ports.h"
#include "node/frames.h"
#include "node/node.h"
#include "tests/simulator/world_time.h"

namespace jiandu::simulator {
namespace {

constexpr std::uint64_t kEventsMax = 4'000'000;  // a run that needs more does not end by itself
const char* const kGenesisFile = "/genesis.json";
const char* const kData = "/data";
// A new one is written as safety.rec.new, and its descriptor keeps that name.
const char* const kRecord = "/data/safety.rec";

World*& TheWorld() {
  static World* world = nullptr;
  return world;
}

node::Config MakeConfig(std::size_t number, const World::Options& options) {
  node::Config config;
  config.node.data_dir = kData;
  config.node.department = DepartmentOf(number);
  config.node.genesis = kGenesisFile;
  config.node.verify_threads = 1;
  config.consensus.heartbeat_ms = options.heartbeat_ms;
  config.consensus.min_interval_ms = options.min_interval_ms;
  config.peers.listen = HostOf(number) + ":" + std::to_string(kPeerPort);
  for (std::size_t other = 0; other < options.machines; ++other) {
    if (other == number) continue;
    config.peers.dial.push_back({.department = DepartmentOf(other),
                                 .address = HostOf(other) + ":" + std::to_string(kPeerPort)});
  }
  config.keys.consensus = "/consensus.key";
  config.snapshots.every = options.snapshot_every;
  config.snapshots.join_behind = options.join_behind;
  return config;
}

}  // namespace

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
    MakeDisk(*machines_.back());
  }
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

// The checker reads safety.rec over the node's shoulder.
void World::Watch(Machine& machine) {
  const auto process = machine.process;
  const auto is_record = [](const std::string& name) { return name.starts_with(kRecord); };
  const auto seat = SeatOf(machine.number);
  machine.disk->on_write = [this, process, seat, is_record](const std::string& name,
                                                            ByteView bytes) {
    if (process->dead || !is_record(name)) return;
    if (const auto record = consensus::DecodeSafetySlot(bytes)) {
      checker_.OnRecord(seat, record->state);
    }
  };
  machine.disk->on_synced = [this, process, seat, is_record](const std::string& name) {
    if (!process->dead && is_record(name)) checker_.OnRecordSynced(seat);
  };
}

// What of a record has survived without a sync is now what binds the node: it may say it again.
void World::ReadRecord(const Machine& machine) {
  const InodePtr record = machine.disk->Find(kRecord);
  if (record == nullptr) return;
  for (std::uint64_t slot = 0; slot < 2; ++slot) {
    Bytes bytes(limits::kSafetySlotBytes);
    record->Read(slot * limits::kSafetySlotBytes, bytes);
    const auto decoded = consensus::DecodeSafetySlot(bytes);
    if (decoded) checker_.OnRecord(SeatOf(machine.number), decoded->state);
  }
  checker_.OnRecordSynced(SeatOf(machine.number));
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
    node::NodeOptions options{.config = MakeConfig(process.machine->number, options_),
                              .new_safety_record_of = {},
                              .progress = {}};
    auto started = node::Node::Start(std::move(options));
    if (!started) {
      process.exit_code = node::kExitFailed;
      process.why = started.error().detail;
      break;
    }
    process.node = started->get();
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
  checker_.OnCut(SeatOf(number));
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
  checker_.OnCut(SeatOf(machine.number));
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

void World::BootLater(std::size_t number, Micros delay) {
  kernel_.At(delay, [this, number] {
    if (!shutting_ && !lost_.contains(number)) Boot(number);
  });
}

void World::MakeLiar(std::size_t number, Lie lie) {
  lies_[number] = std::move(lie);
  checker_.Distrust(SeatOf(number));
  may_end.insert(number);
}

void World::OnWrite(const StreamEnd& from, Bytes& bytes) {
  const std::size_t machine = from.process->machine->number;
  kernel_.Mix(bytes.size());
  std::vector<node::Incoming> frames;
  ByteView rest = bytes;
  while (rest.size() >= node::kFrameHeaderBytes) {
    const std::size_t length = ReadU32Be(rest);
    frames.push_back({.type = rest[4], .payload = ToBytes(rest.subspan(5, length - 1))});
    rest = rest.subspan(4 + length);
  }
  const auto lie = lies_.find(machine);
  if (lie == lies_.end()) {
    for (const node::Incoming& frame : frames) LookAt(machine, frame);
    if (!filter) return;
    filter(frames);
  } else {
    lie->second(Network::MachineOf(from.remote.host), frames);
  }
  bytes.clear();
  for (const node::Incoming& frame : frames) node::AppendFrame(bytes, frame.type, frame.payload);
}

void World::LookAt(std::size_t from, const node::Incoming& frame) {
  constexpr std::uint8_t kVote = node::kFirstMessageType + 1;
  constexpr std::uint8_t kProposal = node::kFirstMessageType + 3;
  constexpr std::uint8_t kBlockPiece = node::kFirstMessageType + 8;
  if (frame.type != kVote && frame.type != kProposal && frame.type != kBlockPiece) return;
  const auto message = node::Unpack(frame);
  if (!message) return checker_.OnBroken("a node sent what does not decode");
  if (const auto* vote = std::get_if<consensus::VoteMsg>(&*message)) {
    checker_.OnLeft(SeatOf(from), vote->vote);
  } else if (const auto* proposal = std::get_if<consensus::ProposalMsg>(&*message)) {
    checker_.OnLeft(SeatOf(from), proposal->proposal);
  } else if (const auto* piece = std::get_if<consensus::BlockPiece>(&*message)) {
    if (piece->commit) checker_.OnCommit(SeatOf(from), *piece->commit);
  }
}

void World::OnApplied(Process& process, consensus::Height height) {
  World* const world = TheWorld();
  if (world == nullptr || process.dead || process.reader == nullptr) return;
  const std::size_t number = process.machine->number;
  const auto snapshot = process.reader->AsOf(height);
  if (snapshot == nullptr) return;
  const auto block = snapshot->BlockAt(height);
  world->kernel_.Mix(height);
  if (!block) {
    return world->checker_.OnBroken("a block just applied cannot be read: " + block.error().detail);
  }
  world->checker_.OnApplied(
      SeatOf(number),
      {.height = height, .header_hash = block->hash, .app_hash = snapshot->AppHash()});
  if (const auto commit = consensus::Commit::Decode(block->commit)) {
    world->checker_.OnCommit(SeatOf(number), *commit);
  }
  world->heights_[number] = height;
  if (world->trace_.IsOn()) {
    world->trace_.Say(number, "applied height " + std::to_string(height) + ", " +
                                  std::to_string(block->transactions.size()) + " transactions");
  }
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
  network_.Heal();
  network_.weather = Weather();
  restarts = true;
  filter = nullptr;
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
