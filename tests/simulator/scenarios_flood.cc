// Scenarios of too much: full mempools, links that carry rubbish, strangers at the door.
#include <array>
#include <utility>

#include "base/limits.h"
#include "consensus/message.h"
#include "node/frames.h"
#include "node/node.h"
#include "tests/simulator/lies.h"
#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

using consensus::PeerMessage;
using node::Incoming;

Bytes Rubbish(World& world, std::size_t size_max) {
  Bytes bytes(world.Chance().Between(0, size_max));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(world.Chance().Between(0, 255));
  return bytes;
}

// --- the mempool ---

constexpr std::uint32_t kPoolMax = 60;

// Everything a client may send too much of. Department 0 floods; department 3 sends now and then,
// and each of its transactions must get through.
class Flood : public std::enable_shared_from_this<Flood> {
 public:
  explicit Flood(World& world, Micros until) : world_(world), until_(until) {}
  void Send();
  void SendFair();
  void CheckOutcome();

 private:
  void Hand(Bytes stored);
  void SendBadSignatureFirst();
  [[nodiscard]] ledger::Transaction Make(std::size_t member, std::string_view op) {
    const Signing clerk{.member = member, .post = "clerk", .role = ledger::SignerRole::kMaker};
    return MakeSigned(op, {clerk}, Json::MakeObject(), world_.NextNumber());
  }

  World& world_;
  Micros until_;
  std::vector<Bytes> sent_;
  std::uint64_t full_ = 0;
  std::uint64_t fair_sent_ = 0;
  std::uint64_t fair_decided_ = 0;
  Micros fair_slowest_ = 0;
};

void Flood::Hand(Bytes stored) {
  world_.Submit(world_.AnyMachine(), std::move(stored),
                [self = shared_from_this()](const auto& answer) {
                  if (!answer && answer.error().error.code == Errc::kFull) ++self->full_;
                });
}

// The same payload with a signature that does not hold: it must not shut the good one out.
void Flood::SendBadSignatureFirst() {
  ledger::Transaction good = Make(1, "resource.discard");
  ledger::Transaction bad = good;
  bad.signatures.front().signature.bytes[40] ^= 1U;
  for (std::size_t i = 0; i < world_.Machines(); ++i)
    world_.Submit(i, StoredOf(bad), [](auto&&) {});
  ++fair_sent_;
  world_.At(20 * kMs, [self = shared_from_this(), good] {
    self->world_.Pursue(good, [self](const auto&) { ++self->fair_decided_; });
  });
}

void Flood::Send() {
  if (world_.Time().Now() > until_) return;
  switch (world_.Chance().Between(0, 5)) {
    case 0:
      for (int i = 0; i < 20 && !sent_.empty(); ++i) {
        Hand(sent_[world_.Chance().Between(0, sent_.size() - 1)]);
      }
      break;
    case 1: Hand(Rubbish(world_, 3000)); break;
    case 2: Hand(StoredOf(Make(0, "no.such_op"))); break;
    default:
      for (int i = 0; i < 8; ++i) {
        sent_.push_back(StoredOf(Make(i % 3, "resource.discard")));
        Hand(sent_.back());
      }
      break;
  }
  if (sent_.size() > 200) sent_.erase(sent_.begin(), sent_.begin() + 100);
  world_.At(world_.Chance().Between(10 * kMs, 60 * kMs),
            [self = shared_from_this()] { self->Send(); });
}

void Flood::SendFair() {
  if (world_.Time().Now() > until_) return;
  ++fair_sent_;
  world_.Pursue(Make(3, "resource.discard"), [self = shared_from_this(),
                                              from = world_.Time().Now()](const auto&) {
    ++self->fair_decided_;
    self->fair_slowest_ = std::max(self->fair_slowest_, self->world_.Time().Now() - from);
  });
  if (world_.Chance().Percent(30)) SendBadSignatureFirst();
  world_.At(kSecond, [self = shared_from_this()] { self->SendFair(); });
}

void Flood::CheckOutcome() {
  if (full_ == 0) world_.Check().OnBroken("the mempools were never full");
  if (fair_decided_ < fair_sent_) {
    world_.Check().OnBroken(std::to_string(fair_sent_ - fair_decided_) + " of " +
                            std::to_string(fair_sent_) + " fair transactions did not get through");
  }
  if (fair_slowest_ > 6 * kSecond) {
    world_.Check().OnBroken("a fair transaction waited " + std::to_string(fair_slowest_ / kMs) +
                            " ms");
  }
}

void FullMempool(World& world) {
  world.configure = [](std::size_t, node::Config& config) {
    config.mempool.transactions_max = kPoolMax;
    config.mempool.bytes_max = limits::kMiB;
    config.mempool.reoffer_ms = 1000;
  };
  const auto flood = std::make_shared<Flood>(world, 11 * kSecond);
  world.At(kSecond, [flood] {
    flood->Send();
    flood->SendFair();
  });
  CheckGoesOn(world, 2 * kSecond, 12 * kSecond, 7, "a full mempool");
  world.at_end = [flood] { flood->CheckOutcome(); };
}

// --- links ---

Incoming Framed(const PeerMessage& message) {
  const node::Outgoing out = node::Prepare(message);
  return {.type = out.type, .payload = *out.payload};
}

enum class Rubbishing : std::uint8_t {
  kRepeat,      // every message many times
  kGarbage,     // frames of any type and content
  kOversize,    // a frame longer than its type may be
  kForged,      // votes in others' names
  kBadGossip,   // transactions that are none
  kAskForAll,   // blocks and parts, again and again
  kTinyFrames,  // the link's own, without end
};

Incoming MakeRubbish(World& world, std::size_t from, Rubbishing kind) {
  const std::size_t other = (from + 1) % kMembersMax;
  switch (kind) {
    case Rubbishing::kRepeat: break;
    case Rubbishing::kGarbage:
      return {.type = static_cast<std::uint8_t>(world.Chance().Between(0, 255)),
              .payload = Rubbish(world, 2000)};
    case Rubbishing::kOversize:
      return {.type = static_cast<std::uint8_t>(node::kFirstMessageType + 1),
              .payload = Bytes(limits::kVoteMessageBytesMax + 1)};
    case Rubbishing::kForged: {
      consensus::Vote vote{.type = consensus::VoteType::kPrevote,
                           .height = world.Tip() + 1,
                           .round = static_cast<consensus::Round>(world.Chance().Between(0, 90)),
                           .id = std::nullopt,
                           .time = consensus::Time::FromMs(1773018000000),
                           .from = SeatOf(other),
                           .signature = {}};
      Sign(from, vote, TheGenesis().chain);
      return Framed(consensus::VoteMsg{.vote = vote});
    }
    case Rubbishing::kBadGossip:
      return Framed(consensus::TxBatch{.transactions = {Rubbish(world, 300), Bytes(1, 7)}});
    case Rubbishing::kAskForAll:
      if (world.Chance().Percent(50)) {
        return Framed(consensus::BlockRequest{
            .from = 1, .count = 256, .bytes_max = limits::kSyncWindowBytesMax});
      } else {
        consensus::FetchBlockMsg fetch;
        fetch.height = world.Tip() + 1;
        fetch.id.hash.bytes[0] = static_cast<std::uint8_t>(world.Chance().Between(0, 255));
        fetch.id.parts = 1;
        return Framed(fetch);
      }
    case Rubbishing::kTinyFrames: return {.type = node::kFramePing, .payload = Bytes(1)};
  }
  return {};
}

World::Lie Flooding(World& world, std::size_t from, Rubbishing kind) {
  return [&world, from, kind](std::size_t, std::vector<Incoming>& frames) {
    std::vector<Incoming> all;
    for (Incoming& frame : frames) {
      const int more = frame.type >= node::kFirstMessageType ? 20 : 0;
      for (int i = 0; i < more; ++i) {
        all.push_back(kind == Rubbishing::kRepeat ? frame : MakeRubbish(world, from, kind));
      }
      all.push_back(std::move(frame));
    }
    frames = std::move(all);
  };
}

// A member whose consensus is in order floods its links, is shut out where that is the answer, and
// is let in again.
void LinkFlood(World& world) {
  const std::size_t from = world.AnyMachine();
  const auto kind = static_cast<Rubbishing>(world.Chance().Between(0, 6));
  world.Say("node " + std::to_string(from) + " floods its links, kind " +
            std::to_string(static_cast<int>(kind)));
  world.At(kSecond, [&world, from, kind] { world.MakeHostile(from, Flooding(world, from, kind)); });
  CheckGoesOn(world, 3 * kSecond, 10 * kSecond, 5, "a flood on the links");
  const bool must_ban = kind == Rubbishing::kGarbage || kind == Rubbishing::kOversize ||
                        kind == Rubbishing::kForged || kind == Rubbishing::kBadGossip;
  world.At(10 * kSecond, [&world, must_ban] {
    if (must_ban && !world.Heard("peer shut out")) {
      world.Check().OnBroken("who floods with what is wrong is not shut out");
    }
  });
}

// Nobody's machine: it opens connections and does not know how to go on, or says anything.
class Stranger : public std::enable_shared_from_this<Stranger> {
 public:
  Stranger(World& world, Micros until) : world_(world), until_(until) {
    process_.machine = &world.At(kMembersMax);
    process_.speaks_raw = true;
  }
  void Knock();

 private:
  void Talk(const StreamEndPtr& end);

  World& world_;
  Micros until_;
  Process process_;
  std::vector<StreamEndPtr> open_;
};

void Stranger::Talk(const StreamEndPtr& end) {
  Network& net = world_.Net();
  open_.push_back(end);
  switch (world_.Chance().Between(0, 4)) {
    case 0: return;  // half open
    case 1: net.SendKey(end, NodeKey(0, 9).PublicKey()); return;
    case 2:
      net.SendKey(end, NodeKey(0, 9).PublicKey());
      net.Write(end, Rubbish(world_, 4000));
      return;
    case 3: net.Write(end, Rubbish(world_, 50)); return;
    default:
      net.SendKey(end, NodeKey(0, 9).PublicKey());
      net.Close(end);
      return;
  }
}

void Stranger::Knock() {
  if (world_.Time().Now() > until_) {
    for (const StreamEndPtr& end : open_) world_.Net().Close(end);
    return;
  }
  const auto to = static_cast<std::size_t>(world_.Chance().Between(0, kMembersMax - 1));
  world_.Net().Connect(&process_, {.host = HostOf(to), .port = kPeerPort},
                       [self = shared_from_this()](const StreamEndPtr& end) {
                         if (end != nullptr) self->Talk(end);
                       });
  world_.At(world_.Chance().Between(kMs, 20 * kMs), [self = shared_from_this()] { self->Knock(); });
}

void Strangers(World& world) {
  world.absent.insert(kMembersMax);
  world.GiveUp(kMembersMax);
  const auto stranger = std::make_shared<Stranger>(world, 8 * kSecond);
  world.At(100 * kMs, [stranger] { stranger->Knock(); });
  for (int i = 0; i < 3; ++i) {  // links must come up in the crowd
    world.At(world.Chance().Between(kSecond, 6 * kSecond), [&world] {
      const auto machine = static_cast<std::size_t>(world.Chance().Between(0, kMembersMax - 1));
      world.Kill(machine);
      world.BootLater(machine, 50 * kMs);
    });
  }
  CheckGoesOn(world, 2 * kSecond, 9 * kSecond, 5, "a crowd of strangers");
  // They are in the world until its end: processes of connections must outlive them.
  world.at_end = [stranger] {};
}

constexpr World::Options kRareBlocks{.min_interval_ms = 1000};
constexpr World::Options kFive{.machines = kMembersMax + 1};

constexpr std::array kScenarios{
    Scenario{"full-mempool", "clients send more than mempools hold, doubles, bad signatures, none",
             "交易池写满：重复、坏签名、乱码", FullMempool, 13 * kSecond, kRareBlocks,
             40 * kSecond},
    // A ban lasts a minute, and a dial may come a quarter of one later.
    Scenario{"link-flood", "a member floods its links, is shut out and let in again",
             "成员洪泛链路，被拒后重新接入", LinkFlood, 11 * kSecond},
    Scenario{"strangers", "a stranger opens connections and talks rubbish", "陌生主机大量连接",
             Strangers, 10 * kSecond, kFive, 30 * kSecond},
};

}  // namespace

std::span<const Scenario> FloodScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
