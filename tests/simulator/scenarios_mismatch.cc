// Scenarios of nodes that do not belong together: another genesis, another version, rules that are
// not known.
#include <array>
#include <utility>

#include "consensus/message.h"
#include "node/frames.h"
#include "node/node.h"
#include "tests/simulator/lies.h"
#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

using node::Incoming;

void OtherGenesisDocument(World& world) {
  const std::size_t machine = world.AnyMachine();
  auto genesis = std::make_shared<Inode>();
  genesis->Write(0, OtherGenesis().document);
  genesis->Sync();
  Disk& disk = *world.At(machine).disk;
  disk.names["/genesis.json"] = disk.durable["/genesis.json"] = genesis;
  world.At(kSecond, [&world, machine] { world.GiveUp(machine); });
  CheckGoesOn(world, 3 * kSecond, 12 * kSecond, 5, "a node of another network");
  world.at_end = [&world, machine] {
    if (!world.Heard("genesis")) world.Check().OnBroken("no link was refused for its genesis");
    if (world.HeightOf(machine) != 0) world.Check().OnBroken("networks talk to each other");
  };
}

// What it says of itself at the door is not what the others are.
void OtherHello(World& world) {
  const std::size_t machine = world.AnyMachine();
  const std::uint64_t what = world.Chance().Between(0, 3);
  world.MakeHostile(machine, [what](std::size_t, std::vector<Incoming>& frames) {
    for (Incoming& frame : frames) {
      if (frame.type != node::kFrameHello) continue;
      auto message = consensus::DecodePeerMessage(frame.payload);
      auto* const hello = message ? std::get_if<consensus::Hello>(&*message) : nullptr;
      if (hello == nullptr) continue;
      switch (what) {
        case 0: ++hello->version; break;
        case 1: hello->chain_id = "other-1"; break;
        case 2: hello->genesis_hash.bytes[0] ^= 1U; break;
        default: hello->node_key_id.bytes[0] ^= 1U; break;
      }
      frame.payload = consensus::EncodePeerMessage(*message);
    }
  });
  CheckGoesOn(world, 3 * kSecond, 9 * kSecond, 4, "a node that does not fit");
  world.At(9 * kSecond, [&world, machine] {
    if (!world.Heard("link refused")) world.Check().OnBroken("no link was refused");
    if (world.HeightOf(machine) != 0) world.Check().OnBroken("who was refused has blocks");
  });
}

// Four of five heads activate rules that this program does not know: whoever has the last block
// before the height stops, cleanly, and nobody goes on.
void UnknownRules(World& world) {
  constexpr consensus::Height kFrom = 34;
  world.At(kSecond, [&world] {
    for (std::size_t i = 0; i < world.Machines(); ++i) world.GiveUp(i);
  });
  std::vector<Signing> by;
  for (std::size_t i = 0; i < kMembersMax; ++i) {
    by.push_back({.member = i,
                  .post = "head",
                  .role = i == 0 ? ledger::SignerRole::kHead : ledger::SignerRole::kPeer});
  }
  Json body = Json::MakeObject({{"ruleset", 2},
                                {"effective", static_cast<std::int64_t>(kFrom)},
                                {"source_digest", std::string(64, 'a')}});
  const auto transaction = MakeSigned("ruleset.activate", by, std::move(body), world.NextNumber());
  world.At(kSecond, [&world, transaction] {
    world.Pursue(transaction, [&world](const gateway::TxResult& result) {
      if (result.status != gateway::TxStatus::kCommitted) {
        world.Check().OnBroken("the rule set is not activated: code " +
                               std::to_string(result.code));
      }
    });
  });
  if (world.Chance().Percent(50)) {
    const std::size_t machine = world.AnyMachine();
    world.At(world.Chance().Between(2 * kSecond, 6 * kSecond), [&world, machine] {
      world.CutPower(machine);
      world.At(500 * kMs, [&world, machine] { world.Boot(machine); });
    });
  }
  world.restarts = false;
  world.at_end = [&world] {
    std::size_t stopped = 0;
    for (std::size_t i = 0; i < world.Machines(); ++i) {
      const Process& process = *world.At(i).process;
      const bool ends_right = process.exit_code == node::kExitRuleset;
      if (process.ended && ends_right) ++stopped;
      if (process.ended && !ends_right) {
        world.Check().OnBroken("node " + std::to_string(i) + " ended with " +
                               std::to_string(process.exit_code) + ": " + process.why);
      }
    }
    // Some may wait for the block before: those who have it are gone.
    if (stopped == 0) world.Check().OnBroken("nobody has stopped");
    for (std::size_t i = 0; i < world.Machines(); ++i) {
      if (!world.At(i).process->ended && world.HeightOf(i) + 1 >= kFrom) {
        world.Check().OnBroken("node " + std::to_string(i) + " has the last block, and runs");
      }
    }
    if (world.Tip() >= kFrom) world.Check().OnBroken("a block under rules that nobody knows");
  };
}

constexpr std::array kScenarios{
    Scenario{"other-genesis", "a node has another network's genesis", "节点持他网创世文件",
             OtherGenesisDocument, 13 * kSecond},
    Scenario{"other-hello", "a node's first frame names another chain, genesis, version or key",
             "握手报文的链、创世、版本或密钥不符", OtherHello, 10 * kSecond},
    Scenario{"unknown-rules", "rules that the program does not know are activated: all stop",
             "启用未知规则集：全部停机", UnknownRules, 16 * kSecond},
};

}  // namespace

std::span<const Scenario> MismatchScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
