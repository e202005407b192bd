// What the checker is shown: records as they are written, frames as they leave, blocks as applied.
#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "consensus/message.h"
#include "consensus/safety_record.h"
#include "gateway/ports.h"
#include "node/frames.h"
#include "node/node.h"
#include "tests/simulator/world.h"

namespace jiandu::simulator {
namespace {

// A new one is written as safety.rec.new, and its descriptor keeps that name.
const char* const kRecord = "/data/safety.rec";

consensus::ValidatorSetPtr ReadSet(const ledger::StateView& state) {
  const auto bytes = state.Get(ledger::ValidatorsKey());
  const auto seats = bytes ? ledger::DecodeValidators(*bytes)
                           : Result<std::vector<ledger::GenesisValidator>>(
                                 Fail(Errc::kNotFound, "no validators in the state"));
  if (!seats) return nullptr;
  std::vector<consensus::Validator> validators;
  for (const ledger::GenesisValidator& seat : *seats) {
    validators.push_back({.address = consensus::AddressOf(seat.consensus_key),
                          .key = seat.consensus_key,
                          .power = seat.power});
  }
  auto set = consensus::ValidatorSet::From(std::move(validators));
  if (!set) return nullptr;
  return std::make_shared<const consensus::ValidatorSet>(std::move(*set));
}

}  // namespace

// The checker reads safety.rec over the node's shoulder.
void World::Watch(Machine& machine) {
  const auto process = machine.process;
  const auto is_record = [](const std::string& name) { return name.starts_with(kRecord); };
  const auto seat = process->seat;
  machine.disk->on_write = [this, process, seat, is_record](const std::string& name,
                                                            ByteView bytes) {
    if (process->dead || !is_record(name)) return;
    if (const auto record = consensus::DecodeSafetySlot(bytes)) {
      checker_.OnRecord(seat, record->state, process->machine->number);
    }
  };
  machine.disk->on_synced = [this, process, seat, is_record](const std::string& name) {
    if (!process->dead && is_record(name)) {
      checker_.OnRecordSynced(seat, process->machine->number);
    }
  };
}

// What a start finds in a record it may say again, once it has synced it itself: it may be in the
// page cache alone.
void World::ReadRecord(const Machine& machine) {
  const InodePtr record = machine.disk->Find(kRecord);
  if (record == nullptr) return;
  for (std::uint64_t slot = 0; slot < 2; ++slot) {
    Bytes bytes(limits::kSafetySlotBytes);
    record->Read(slot * limits::kSafetySlotBytes, bytes);
    const auto decoded = consensus::DecodeSafetySlot(bytes);
    if (decoded) checker_.OnRecord(machine.process->seat, decoded->state, machine.number);
  }
}

void World::OnWrite(const StreamEnd& from, Bytes& bytes) {
  if (from.process->speaks_raw) return;
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
  if (!IsLiar(machine)) {
    for (const node::Incoming& frame : frames) LookAt(machine, frame);
  }
  if (lie == lies_.end()) {
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
    checker_.OnLeft(SeatOfMachine(from), vote->vote);
  } else if (const auto* proposal = std::get_if<consensus::ProposalMsg>(&*message)) {
    checker_.OnLeft(SeatOfMachine(from), proposal->proposal);
  } else if (const auto* piece = std::get_if<consensus::BlockPiece>(&*message)) {
    if (piece->commit) checker_.OnCommit(SeatOfMachine(from), *piece->commit);
  }
}

void World::OnApplied(Process& process, consensus::Height height) {
  World* const world = TheWorld();
  if (world == nullptr || process.dead || process.reader == nullptr) return;
  world->LookAtBlock(process, height);
  if (!world->on_applied) return;
  world->kernel_.At(0, [world, number = process.machine->number, height] {
    if (world->on_applied) world->on_applied(number, height);
  });
}

void World::LookAtBlock(Process& process, consensus::Height height) {
  const std::size_t number = process.machine->number;
  const auto snapshot = process.reader->AsOf(height);
  if (snapshot == nullptr) return;
  const auto block = snapshot->BlockAt(height);
  kernel_.Mix(height);
  if (!block) {
    return checker_.OnBroken("a block just applied cannot be read: " + block.error().detail);
  }
  if (!IsLiar(number)) {
    if (const auto set = ReadSet(snapshot->State())) checker_.OnValidators(height + 2, set);
    if (const auto header = consensus::Header::Decode(block->header)) checker_.OnHeader(*header);
  }
  checker_.OnApplied(
      process.seat,
      {.height = height, .header_hash = block->hash, .app_hash = snapshot->AppHash()});
  if (const auto commit = consensus::Commit::Decode(block->commit)) {
    checker_.OnCommit(process.seat, *commit);
  }
  heights_[number] = height;
  LookAtQueues(process);
  if (trace_.IsOn()) {
    trace_.Say(number, "applied height " + std::to_string(height) + ", " +
                           std::to_string(block->transactions.size()) + " transactions");
  }
}

void World::LookAtQueues(const Process& process) {
  if (process.dead || process.node == nullptr) return;
  for (const node::Fill& fill : process.node->HowFull()) {
    checker_.OnFill("node " + std::to_string(process.machine->number) + ": " + fill.name, fill.now,
                    fill.most);
  }
}

// On a thread of the node, as everything that asks it something.
void World::WatchQueues() {
  if (shutting_) return;
  for (const auto& machine : machines_) {
    const auto process = machine->process;
    if (process == nullptr || process->dead || process->node == nullptr) continue;
    Process& owner = *process;
    kernel_.Spawn(&owner, "watch", [this, process] { LookAtQueues(*process); });
  }
  kernel_.At(50 * kMs, [this] { WatchQueues(); });
}

void World::OnGrave(const Process& process, const std::string& line) {
  constexpr std::size_t kLinesMax = 2000;
  World* const world = TheWorld();
  if (world == nullptr) return;
  auto& lines = world->grave_[process.machine->number];
  if (lines.size() < kLinesMax) lines.insert(line);
}

bool World::Heard(std::string_view words, std::optional<std::size_t> machine) const {
  return std::ranges::any_of(grave_, [&](const auto& entry) {
    return (!machine || *machine == entry.first) &&
           std::ranges::any_of(entry.second,
                               [&](const std::string& line) { return line.contains(words); });
  });
}

}  // namespace jiandu::simulator
