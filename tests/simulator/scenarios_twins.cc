// Scenarios of one seat that speaks twice: its key on two machines, or a proposer of two blocks.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/hex.h"
#include "consensus/block.h"
#include "consensus/canonical.h"
#include "contracts/double_sign.h"
#include "ledger/model/entity.h"
#include "tests/simulator/lies.h"
#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

using consensus::BlockId;
using consensus::PeerMessage;
using node::Incoming;

constexpr std::size_t kTwin = kMembersMax;  // the machine that is one too many

// Nodes report what they have seen signed twice.
void LetThemReport(World& world) {
  world.configure = [](std::size_t, node::Config& config) { config.keys.system = "/system.key"; };
}

// How often the ledger says that the member signed twice: by place, and as counted.
struct OnRecord {
  std::int64_t places = 0;
  std::int64_t counted = 0;
};
OnRecord CountEquivocations(const gateway::LedgerSnapshot& ledger, std::size_t member) {
  constexpr consensus::Round kRounds = 30;
  OnRecord record;
  const std::string key = HexEncode(ConsensusKey(member).PublicKey().View());
  for (ledger::Height height = 1; height <= ledger.Height(); ++height) {
    for (consensus::Round round = 0; round < kRounds; ++round) {
      for (const std::string_view type : {"PREVOTE", "PRECOMMIT", "PROPOSAL"}) {
        const Bytes place = contracts::EquivocationKey(key, height, round, type);
        if (ledger.State().Get(place)) ++record.places;
      }
    }
  }
  const auto body = ledger.BodyOf(ledger::DepartmentEntity(DepartmentOf(member)));
  if (body) record.counted = body->Number("equivocations");
  return record;
}

// Each place counts once, whoever reported it.
void CheckRecord(World& world, std::size_t member, std::int64_t at_least) {
  const std::size_t witness = (member + 1) % kMembersMax;
  const bool answered = world.Ask(witness, [&world, member, at_least](const auto& ledger) {
    const OnRecord record = CountEquivocations(ledger, member);
    world.Say("on record: " + std::to_string(record.places) + " equivocations");
    if (record.places != record.counted) {
      world.Check().OnBroken(std::to_string(record.places) + " equivocations are on record, and " +
                             std::to_string(record.counted) + " are counted");
    }
    if (record.places < at_least) world.Check().OnBroken("no equivocation is on record");
  });
  if (!answered) world.Check().OnBroken("nobody to ask for the record");
}

// A fifth machine with the keys of another, which runs on. False when it has no such disk.
void StartTwin(World& world, std::size_t original, std::shared_ptr<Disk> disk) {
  Machine& twin = world.At(kTwin);
  if (disk != nullptr) twin.disk = std::move(disk);
  world.Say("machine " + std::to_string(kTwin) + " starts with the keys of node " +
            std::to_string(original));
  world.Boot(kTwin);
}

std::size_t ChooseOriginal(World& world) {
  const std::size_t original = static_cast<std::size_t>(world.Chance().Between(0, kTwin - 1));
  world.At(kTwin).member = original;
  world.absent.insert(kTwin);
  world.GiveUp(kTwin);
  world.Check().ShareKey(SeatOf(original));
  LetThemReport(world);
  return original;
}

// Somebody finds it: the machine that is one too many is switched off, and the node is started
// anew, which ends a quarantine that only a person may end.
void EndTwin(World& world, std::size_t original) {
  world.CutPower(kTwin);
  world.Kill(original);
  world.BootLater(original, 100 * kMs);
}

void CheckHeard(World& world, std::size_t original) {
  const bool heard = world.Heard("two machines use the node key") ||
                     world.Heard("signing stopped", original) ||
                     world.Heard("signing stopped", kTwin) || world.Heard("signed by our key");
  if (!heard) world.Check().OnBroken("two machines with one key, and nobody says so");
}

// The key and the data directory of a running node, of a while ago, or the key alone.
void TwoMachines(World& world) {
  const std::size_t original = ChooseOriginal(world);
  const bool has_record = world.Chance().Percent(70);
  const Micros taken = world.Chance().Between(kSecond / 2, 2 * kSecond);
  const auto copy = std::make_shared<std::shared_ptr<Disk>>();
  world.At(taken, [&world, original, copy, has_record] {
    if (has_record) *copy = world.At(original).disk->AfterKill();
  });
  world.At(taken + world.Chance().Between(0, 3 * kSecond),
           [&world, original, copy] { StartTwin(world, original, *copy); });
  CheckGoesOn(world, 6 * kSecond, 18 * kSecond, 3, "a second machine");
  world.At(20 * kSecond, [&world, original] {
    CheckHeard(world, original);
    EndTwin(world, original);
  });
  world.at_end = [&world, original] { CheckRecord(world, original, 0); };
}

// Twins (arXiv:2004.10617), sampled: from genesis on one seat has two machines, and four times in a
// row, for about as long as a round takes, the five machines are split anew. What is cut comes
// later, as on TCP.
void Twins(World& world) {
  constexpr Micros kStep = 1500 * kMs;
  constexpr int kSteps = 4;
  constexpr int kSchedules = 3;
  const std::size_t original = ChooseOriginal(world);
  world.At(1, [&world, original] { StartTwin(world, original, nullptr); });
  for (int schedule = 0; schedule < kSchedules; ++schedule) {
    const Micros from = kSecond + static_cast<Micros>(schedule) * (kSteps + 2) * kStep;
    for (int step = 0; step < kSteps; ++step) {
      world.At(from + static_cast<Micros>(step) * kStep, [&world] {
        std::set<std::size_t> side;
        for (std::size_t i = 0; i < world.Machines(); ++i) {
          if (world.Chance().Percent(50)) side.insert(i);
        }
        world.Net().Heal();
        world.Net().Split(side, world.Machines());
      });
    }
    world.At(from + kSteps * kStep, [&world] { world.Net().Heal(); });
  }
  world.At(kSecond + kSchedules * (kSteps + 2) * kStep,
           [&world, original] { EndTwin(world, original); });
  world.at_end = [&world, original] { CheckRecord(world, original, 0); };
}

// A node with somebody else's consensus key and its own link key does not start.
void ForeignKey(World& world) {
  Machine& thief = world.At(kTwin);
  const std::size_t original = static_cast<std::size_t>(world.Chance().Between(0, kTwin - 1));
  thief.member = original;
  thief.node_generation = 1;  // a key that is not pinned
  world.absent.insert(kTwin);
  world.GiveUp(kTwin);
  world.Check().ShareKey(SeatOf(original));
  world.At(2 * kSecond, [&world, original] { StartTwin(world, original, nullptr); });
  CheckGoesOn(world, 3 * kSecond, 9 * kSecond, 3, "a second machine");
  world.At(10 * kSecond, [&world, original] {
    if (world.HeightOf(kTwin) != 0) world.Check().OnBroken("a key that nobody pinned got a link");
    world.CutPower(kTwin);
  });
}

// --- two blocks of one proposer ---

struct Forged {
  BlockId id;
  consensus::Time time;
  consensus::Part part;
};

// Blocks of a liar and their doubles, one millisecond later.
class TwoFaces : public std::enable_shared_from_this<TwoFaces> {
 public:
  TwoFaces(World& world, std::size_t liar) : world_(world), liar_(liar) {}
  void Send(std::size_t to, std::vector<Incoming>& frames);

 private:
  // Whether the machine is shown the double of this block.
  [[nodiscard]] bool IsFooled(std::size_t to, const BlockId& id) const {
    return (to + id.hash.bytes[0]) % 2 == 0;
  }
  void ShowDouble(std::size_t to, const BlockId& id, std::vector<Incoming>& kept);
  bool Change(std::size_t to, PeerMessage& message, std::vector<Incoming>& kept);
  void Forge(const consensus::PartMsg& message);
  static void Put(const PeerMessage& message, std::vector<Incoming>& kept) {
    const node::Outgoing out = node::Prepare(message);
    kept.push_back({.type = out.type, .payload = *out.payload});
  }

  World& world_;
  std::size_t liar_;
  std::map<BlockId, consensus::Proposal> own_;
  std::map<BlockId, Forged> forged_;
  std::map<std::pair<std::size_t, BlockId>, bool> shown_;  // whether it has been, by whom
};

void TwoFaces::Forge(const consensus::PartMsg& message) {
  if (forged_.contains(message.id) || message.id.parts != 1) return;
  auto block = consensus::Block::Decode(message.part.bytes);
  if (!block) return;
  block->header.time = consensus::Time::FromMs(block->header.time.Ms() + 1);
  const Bytes bytes = block->Encode();
  auto parts = consensus::SplitBlock(block->header.Hash(), bytes);
  if (parts.parts.size() != 1) return;
  forged_[message.id] = {
      .id = parts.id, .time = block->header.time, .part = std::move(parts.parts.front())};
}

void TwoFaces::ShowDouble(std::size_t to, const BlockId& id, std::vector<Incoming>& kept) {
  const Forged& forged = forged_.at(id);
  consensus::Proposal proposal = own_.at(id);
  proposal.id = forged.id;
  proposal.time = forged.time;
  proposal.signature =
      ConsensusKey(liar_).Sign(consensus::ProposalSignBytes(TheGenesis().chain, proposal));
  Put(consensus::ProposalMsg{.proposal = proposal}, kept);
  Put(consensus::PartMsg{.height = proposal.height, .id = forged.id, .part = forged.part}, kept);
  shown_[{to, id}] = true;
  // Some are shown both.
  if (id.hash.bytes[1] % 4 == 0) Put(consensus::ProposalMsg{.proposal = own_.at(id)}, kept);
}

// False: the message does not go on as it is.
bool TwoFaces::Change(std::size_t to, PeerMessage& message, std::vector<Incoming>& kept) {
  if (const auto* proposal = std::get_if<consensus::ProposalMsg>(&message)) {
    const BlockId id = proposal->proposal.id;
    if (proposal->proposal.from != SeatOf(liar_) || proposal->proposal.pol_round >= 0) return true;
    own_.emplace(id, proposal->proposal);
    if (!IsFooled(to, id) || shown_.contains({to, id})) return true;
    shown_[{to, id}] = false;
    if (forged_.contains(id)) ShowDouble(to, id, kept);
    return false;
  }
  if (const auto* part = std::get_if<consensus::PartMsg>(&message)) {
    if (!own_.contains(part->id)) return true;
    Forge(*part);
    const auto shown = shown_.find({to, part->id});
    if (shown == shown_.end() || shown->second || !forged_.contains(part->id)) return true;
    ShowDouble(to, part->id, kept);
    return false;
  }
  auto* const vote = std::get_if<consensus::VoteMsg>(&message);
  if (!IsOwn(liar_, vote) || !vote->vote.id) return true;
  const auto forged = forged_.find(*vote->vote.id);
  if (forged == forged_.end() || !IsFooled(to, *vote->vote.id)) return true;
  vote->vote.id = forged->second.id;
  Sign(liar_, vote->vote, TheGenesis().chain);
  return true;
}

void TwoFaces::Send(std::size_t to, std::vector<Incoming>& frames) {
  std::vector<Incoming> kept;
  for (Incoming& frame : frames) {
    auto message = frame.type < node::kFirstMessageType
                       ? Result<PeerMessage>(Fail(Errc::kInvalid, "the link's own"))
                       : node::Unpack(frame);
    if (!message || std::holds_alternative<consensus::Hello>(*message)) {
      kept.push_back(std::move(frame));
    } else if (Change(to, *message, kept)) {
      Put(*message, kept);
    }
  }
  frames = std::move(kept);
}

void TwoBlocks(World& world) {
  LetThemReport(world);
  const std::size_t liar = Liar(world, [&world](std::size_t who) -> World::Lie {
    return [faces = std::make_shared<TwoFaces>(world, who)](
               std::size_t to, std::vector<Incoming>& frames) { faces->Send(to, frames); };
  });
  world.at_end = [&world, liar] { CheckRecord(world, liar, 1); };
}

constexpr World::Options kFive{.machines = kMembersMax + 1};

constexpr std::array kScenarios{
    Scenario{"two-machines", "a fifth machine runs with the key of another and an old safety.rec",
             "第五台机器以他人密钥与旧安全记录运行", TwoMachines, 21 * kSecond, kFive,
             45 * kSecond},
    Scenario{"twins", "a seat has two machines while the network splits anew each round",
             "同一席位两台机器，每轮重新分区", Twins, 30 * kSecond, kFive, 60 * kSecond},
    Scenario{"foreign-key", "a machine has a consensus key and a link key nobody pinned",
             "机器持共识密钥而链路密钥未登记", ForeignKey, 11 * kSecond, kFive, 20 * kSecond},
    Scenario{"two-blocks", "a proposer makes two blocks, and votes for both",
             "提议者同轮提议两个区块并分别投票", TwoBlocks, 20 * kSecond},
};

}  // namespace

std::span<const Scenario> TwinScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
