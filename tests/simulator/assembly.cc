// Votes, keys and machines.
#include "tests/simulator/assembly.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "ledger/model/entity.h"

namespace jiandu::simulator {
namespace {

const char* const kRecord = "/data/safety.rec";

}  // namespace

std::vector<std::size_t> Assembly::Seated() const {
  std::vector<std::size_t> seated;
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i].seated) seated.push_back(i);
  }
  return seated;
}

// All that vote but the manager, which brings the matter forward.
std::vector<std::size_t> Assembly::OthersShuffled() {
  std::vector<std::size_t> others = Seated();
  std::erase(others, std::size_t{0});
  for (std::size_t i = others.size(); i > 1; --i) {
    std::swap(others[i - 1], others[world_.Chance().Between(0, i - 1)]);
  }
  return others;
}

// Either all sign one transaction, or it is proposed and each votes for itself.
void Assembly::PutToVote(std::string_view op, Json body, Voted voted) {
  voting_ = true;
  if (Needed() > 4 || world_.Chance().Percent(50)) {
    return OpenProposal(op, std::move(body), std::move(voted));
  }
  std::vector<Signing> by{{.member = 0, .post = "head", .role = ledger::SignerRole::kHead}};
  const std::vector<std::size_t> others = OthersShuffled();
  for (std::size_t i = 0; i + 1 < Needed(); ++i) {
    by.push_back({.member = others[i], .post = "head", .role = ledger::SignerRole::kPeer});
  }
  const auto transaction = MakeSigned(op, by, std::move(body), world_.NextNumber());
  world_.Pursue(transaction, [voted = std::move(voted), txid = transaction.txid](
                                 const gateway::TxResult& result) { voted(result, txid); });
}

void Assembly::OpenProposal(std::string_view op, Json body, Voted voted) {
  std::vector<std::size_t> heads = OthersShuffled();
  heads.resize(Needed() - 1);
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", DepartmentOf(heads.front())}, {"role", "PEER"}}));
  body.Set("await", std::move(await));
  const Signing head{.member = 0, .post = "head", .role = ledger::SignerRole::kHead};
  const auto transaction = MakeSigned(op, {head}, std::move(body), world_.NextNumber());
  world_.Pursue(transaction, [self = shared_from_this(), transaction, heads,
                              voted = std::move(voted)](const gateway::TxResult& result) {
    if (result.status != gateway::TxStatus::kCommitted || result.born.empty()) {
      return voted(result, transaction.txid);
    }
    Json ballot = Json::MakeObject({{"proposal", ledger::ToHex(result.born.front())},
                                    {"digest", HexEncode(transaction.digest.View())},
                                    {"yes", true}});
    self->VoteNext(std::move(ballot), heads, voted);
  });
}

void Assembly::VoteNext(Json ballot, std::vector<std::size_t> heads, Voted voted) {
  const Signing head{.member = heads.back(), .post = "head", .role = ledger::SignerRole::kHead};
  heads.pop_back();
  const auto transaction = MakeSigned("vote", {head}, ballot, world_.NextNumber());
  world_.Pursue(transaction, [self = shared_from_this(), ballot, heads, voted,
                              txid = transaction.txid](const gateway::TxResult& result) {
    const bool goes_on = result.status == gateway::TxStatus::kCommitted && !heads.empty();
    if (goes_on) return self->VoteNext(ballot, heads, voted);
    voted(result, txid);
  });
}

void Assembly::Admit(std::size_t member, std::int64_t power, const std::string& despite) {
  Seat next = seats_[member];
  if (next.was_seated) next.consensus = next.node = std::max(next.consensus, next.node) + 1;
  next.seated = next.was_seated = true;
  next.power = power;
  Json body = Admission(member, next.consensus, power);
  if (!despite.empty()) body.Set("despite", despite);
  PutToVote("node.admit", std::move(body),
            [self = shared_from_this(), member, next, power, despite](
                const gateway::TxResult& result, const ledger::TxId& txid) {
              World& world = self->world_;
              self->voting_ = false;
              if (result.status != gateway::TxStatus::kCommitted) {
                // Too few would be seen at work: who insists says so.
                const bool insists = power > 1 && despite.empty();
                if (insists) return self->Admit(member, power, HexEncode(txid.View()));
                return self->GoOn();
              }
              world.Say("node " + std::to_string(member) + " is admitted at height " +
                        std::to_string(result.height) + ", power " + std::to_string(power));
              self->seats_[member] = next;
              self->GiveKeys(member);
              self->Disturb(member);
              self->GoOn();
            });
}

void Assembly::Remove(std::size_t member, std::function<void(consensus::Height)> decided) {
  PutToVote("node.remove", Removal(member, seats_[member].consensus),
            [self = shared_from_this(), member, decided = std::move(decided)](
                const gateway::TxResult& result, const ledger::TxId&) {
              self->voting_ = false;
              if (result.status != gateway::TxStatus::kCommitted) return self->GoOn();
              self->world_.Say("node " + std::to_string(member) + " is removed at height " +
                               std::to_string(result.height));
              self->seats_[member].seated = false;
              self->seats_[member].at_work = false;
              // It signs through the next height.
              self->world_.When(
                  [self, height = result.height] { return self->world_.Tip() > height; },
                  [self, member] { self->PowerOff(member); });
              decided(result.height);
            });
}

void Assembly::Rotate(std::size_t member, std::string_view which,
                      std::function<void(consensus::Height)> decided) {
  const bool votes = which == "consensus";
  const unsigned from = votes ? seats_[member].consensus : seats_[member].node;
  const Signing sysadmin{.member = member, .post = "sysadmin", .role = ledger::SignerRole::kMaker};
  const Signing head{.member = member, .post = "head", .role = ledger::SignerRole::kHead};
  const auto transaction = MakeSigned("node.rotate_key", {sysadmin, head},
                                      Rotation(member, which, from), world_.NextNumber());
  voting_ = true;
  world_.Pursue(transaction, [self = shared_from_this(), member, votes,
                              decided = std::move(decided)](const gateway::TxResult& result) {
    self->voting_ = false;
    if (result.status != gateway::TxStatus::kCommitted) return self->GoOn();
    World& world = self->world_;
    world.Say("node " + std::to_string(member) + " has a new " + (votes ? "consensus" : "node") +
              " key at height " + std::to_string(result.height));
    Seat& seat = self->seats_[member];
    ++(votes ? seat.consensus : seat.node);
    seat.at_work = false;
    // The old consensus key signs through the next height. A link key is changed when the others
    // know of it: at three seats nobody can be spared.
    world.When([self, height = result.height, votes] { return self->MayChange(height, votes); },
               [self, member] {
                 self->world_.At(self->world_.Chance().Between(1, kSecond),
                                 [self, member] { self->GiveKeys(member); });
               });
    decided(result.height);
  });
}

bool Assembly::MayChange(consensus::Height height, bool votes) const {
  if (votes) return world_.Tip() > height;
  for (const std::size_t member : Seated()) {
    if (!world_.IsLost(member) && world_.HeightOf(member) < height) return false;
  }
  return true;
}

void Assembly::GiveKeys(std::size_t member) {
  Machine& machine = world_.At(member);
  Seat& seat = seats_[member];
  world_.Kill(member);
  seat.at_work = true;
  if (machine.consensus_generation != seat.consensus) {
    Disk& disk = *machine.disk;
    disk.names.erase(kRecord);
    disk.durable.erase(kRecord);
    machine.may_begin_record = true;
  }
  machine.consensus_generation = seat.consensus;
  machine.node_generation = seat.node;
  world_.TakeBack(member);
  world_.BootLater(member, world_.Chance().Between(1, 300 * kMs));
}

void Assembly::PowerOff(std::size_t member) {
  world_.Say("node " + std::to_string(member) + " is switched off for good");
  world_.GiveUp(member);
  world_.Kill(member);
  seats_[member].at_work = true;
}

void Assembly::Disturb(std::size_t member) {
  World& world = world_;
  if (world.Time().Now() > until_) return;
  const auto boot_all = [&world](std::size_t but) {
    for (std::size_t i = 0; i < world.Machines(); ++i) {
      if (i != but && !world.IsLost(i)) world.BootLater(i, world.Chance().Between(1, 300 * kMs));
    }
  };
  const auto cut_all = [&world] {
    for (std::size_t i = 0; i < world.Machines(); ++i) world.CutPower(i);
  };
  const Micros when = world.Chance().Between(0, 1200 * kMs);
  const std::size_t machine = OneOf(Seated());
  switch (world.Chance().Between(0, 6)) {
    case 0:
      world.At(when, [&world, machine] {
        world.CutPower(machine);
        world.BootLater(machine, world.Chance().Between(10 * kMs, kSecond));
      });
      break;
    case 1:
      world.At(when, [cut_all, boot_all] {
        cut_all();
        boot_all(kDepartments);
      });
      break;
    case 2:
      world.At(when, [&world, member] {
        world.Kill(member);
        if (!world.IsLost(member)) world.BootLater(member, 100 * kMs);
      });
      break;
    case 3:
      world.At(when, [&world, cut_all, boot_all, machine] {
        cut_all();
        boot_all(machine);
        world.BootLater(machine, 6 * kSecond);
      });
      break;
    case 4:
      world.CutPowerAtStep(machine, world.Chance().Between(1, 60),
                           [&world, machine] { world.BootLater(machine, 100 * kMs); });
      break;
    default: break;
  }
}

void Assembly::GoOn() {
  world_.At(world_.Chance().Between(200 * kMs, 2 * kSecond),
            [self = shared_from_this()] { self->Meet(); });
}

void Assembly::Meet() {
  if (world_.Time().Now() > until_) return;
  if (!IsSettled()) return GoOn();
  const auto disturb = [self = shared_from_this()](std::size_t member) {
    return [self, member](consensus::Height) {
      self->Disturb(member);
      self->GoOn();
    };
  };
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (!seats_[i].seated) out.push_back(i);
  }
  const std::vector<std::size_t> in = Seated();
  const std::size_t one = OneOf(in);
  switch (world_.Chance().Between(0, 3)) {
    case 0:
      if (out.empty()) return GoOn();
      return Admit(OneOf(out), world_.Chance().Percent(25) ? 2 : 1, "");
    case 1:
      // Three seats spare nobody: a new link key and a power cut of all may leave each waiting.
      if (in.size() <= kMembersMax || one == 0) return GoOn();
      return Remove(one, disturb(one));
    case 2: return Rotate(one, "node", disturb(one));
    default: return Rotate(one, "consensus", disturb(one));
  }
}

bool Assembly::IsSettled() const {
  const auto settled = [](const Seat& seat) { return seat.at_work; };
  if (voting_ || !std::ranges::all_of(seats_, settled)) return false;
  for (std::size_t i = 0; i < world_.Machines(); ++i) {
    const auto& process = world_.At(i).process;
    const bool runs = process != nullptr && !process->dead && process->reader != nullptr;
    if (!world_.IsLost(i) && !runs) return false;
  }
  return true;
}

// The votes made this set, and no other.
void Assembly::CheckSet() {
  const consensus::ValidatorSet& set = world_.Check().SetAt(world_.Tip() + 2);
  bool is_same = set.List().size() == Seated().size();
  for (const std::size_t member : Seated()) {
    const auto* validator = set.Find(SeatOf(member, seats_[member].consensus));
    is_same = is_same && validator != nullptr &&
              validator->power == static_cast<consensus::Power>(seats_[member].power);
  }
  if (!is_same) world_.Check().OnBroken("the validators are not those that were voted in");
}

}  // namespace jiandu::simulator
