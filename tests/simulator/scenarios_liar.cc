// Scenarios of one member of four that lies. Its node is the production program too: what it sends
// is changed on the way out, and signed anew with its keys.
#include <array>
#include <limits>

#include "consensus/canonical.h"
#include "consensus/message.h"
#include "tests/simulator/lies.h"
#include "tests/simulator/scenarios.h"

namespace jiandu::simulator {
namespace {

using consensus::PeerMessage;
using node::Incoming;

// For a block to some, for nil to the others.
void TwoVotes(World& world) {
  Liar(world, [](std::size_t liar) {
    return Changing([liar](std::size_t to, PeerMessage& message) {
      auto* const vote = std::get_if<consensus::VoteMsg>(&message);
      if (IsOwn(liar, vote) && to % 2 == 0) {
        vote->vote.id.reset();
        Sign(liar, vote->vote, TheGenesis().chain);
      }
      return true;
    });
  });
}

// For blocks nobody has, in rounds far ahead, of other chains.
void WildVotes(World& world) {
  Liar(world, [&world](std::size_t liar) {
    return Changing([&world, liar](std::size_t, PeerMessage& message) {
      auto* const vote = std::get_if<consensus::VoteMsg>(&message);
      if (!IsOwn(liar, vote)) return true;
      std::string chain = TheGenesis().chain;
      switch (world.Chance().Between(0, 4)) {
        case 0: vote->vote.round = std::numeric_limits<consensus::Round>::max(); break;
        case 1: vote->vote.round += 3; break;
        case 2:
          vote->vote.id = consensus::BlockId{.hash = {}, .parts = 1, .parts_hash = {}};
          vote->vote.id->hash.bytes[0] = 7;
          break;
        case 3: chain = "other-1"; break;
        default: vote->vote.height += 1; break;
      }
      Sign(liar, vote->vote, chain);
      return true;
    });
  });
}

template <typename... Kinds>
bool IsOneOf(const PeerMessage& message) {
  return (std::holds_alternative<Kinds>(message) || ...);
}

void Silent(World& world) {
  Liar(world, [](std::size_t) {
    return Changing([](std::size_t, PeerMessage& message) {
      return !IsOneOf<consensus::ProposalMsg, consensus::VoteMsg, consensus::CertificateMsg>(
          message);
    });
  });
}
void NoParts(World& world) {
  Liar(world, [](std::size_t) {
    return Changing(
        [](std::size_t, PeerMessage& message) { return !IsOneOf<consensus::PartMsg>(message); });
  });
}
void BadParts(World& world) {
  Liar(world, [&world](std::size_t) {
    return Changing([&world](std::size_t, PeerMessage& message) {
      if (auto* const part = std::get_if<consensus::PartMsg>(&message);
          part != nullptr && !part->part.bytes.empty()) {
        part->part.bytes[world.Chance().Between(0, part->part.bytes.size() - 1)] ^= 1U;
      }
      return true;
    });
  });
}
// Proposals of older blocks without the votes that would justify them; half its votes held back.
void NoPolka(World& world) {
  Liar(world, [&world](std::size_t) {
    return Changing([&world](std::size_t to, PeerMessage& message) {
      if (IsOneOf<consensus::CertificateMsg>(message)) return false;
      if (IsOneOf<consensus::VoteMsg>(message)) return to % 2 == 0 || world.Chance().Percent(50);
      if (auto* const proposal = std::get_if<consensus::ProposalMsg>(&message)) {
        proposal->proposal.polka.reset();
      }
      return true;
    });
  });
}
// A height nobody has: the others believe themselves behind.
void FalseStatus(World& world) {
  Liar(world, [&world](std::size_t) {
    return Changing([&world](std::size_t, PeerMessage& message) {
      if (auto* const status = std::get_if<consensus::StatusMsg>(&message)) {
        status->height += world.Chance().Between(1, 1000);
      }
      return true;
    });
  });
}
// Whoever hears the liar first believes itself behind, until the others have spoken; and the liar
// is silent otherwise, so that all three others must sign.
void FalseStatusAtLinkUp(World& world) {
  const auto first = std::make_shared<std::map<std::size_t, int>>();
  Liar(world, [first](std::size_t) {
    return Changing([first](std::size_t to, PeerMessage& message) {
      if (auto* const status = std::get_if<consensus::StatusMsg>(&message);
          status != nullptr && (*first)[to]++ == 0) {
        status->base = 1;
        status->height += 5;
      }
      return !IsOneOf<consensus::ProposalMsg, consensus::VoteMsg, consensus::CertificateMsg>(
          message);
    });
  });
  for (int i = 0; i < 4; ++i) {
    world.At(static_cast<Micros>(i + 1) * kSecond, [&world, first] {
      first->clear();
      const std::size_t machine = world.AnyMachine();
      world.Kill(machine);
      world.BootLater(machine, 50 * kMs);
    });
  }
}
void BadSync(World& world) {
  const std::size_t liar = Liar(world, [&world](std::size_t) {
    return Changing([&world](std::size_t, PeerMessage& message) {
      if (auto* const piece = std::get_if<consensus::BlockPiece>(&message);
          piece != nullptr && !piece->bytes.empty()) {
        piece->bytes[world.Chance().Between(0, piece->bytes.size() - 1)] ^= 1U;
      }
      return true;
    });
  });
  const std::size_t behind = (liar + 1) % world.Machines();
  world.At(kSecond, [&world, behind] { world.CutPower(behind); });
  world.At(6 * kSecond, [&world, behind] { world.Boot(behind); });
}
void Garbage(World& world) {
  Liar(world, [&world](std::size_t) {
    return [&world](std::size_t, std::vector<Incoming>& frames) {
      for (Incoming& frame : frames) {
        if (frame.payload.empty() || !world.Chance().Percent(5)) continue;
        frame.payload[world.Chance().Between(0, frame.payload.size() - 1)] ^=
            static_cast<std::uint8_t>(world.Chance().Between(1, 255));
      }
    };
  });
}

constexpr std::array kScenarios{
    Scenario{"two-votes", "a member votes for a block and for nil", "成员对同一轮投两种票",
             TwoVotes},
    Scenario{"wild-votes", "a member votes far ahead, for unknown blocks, on other chains",
             "成员乱投票", WildVotes},
    Scenario{"silent", "a member neither proposes nor votes", "成员沉默", Silent, 10 * kSecond},
    Scenario{"no-parts", "a proposer keeps the parts of its block", "提议者不给区块分片", NoParts,
             10 * kSecond},
    Scenario{"bad-parts", "a proposer sends parts that do not fit", "提议者给错误分片", BadParts,
             10 * kSecond},
    Scenario{"no-polka", "a member holds back votes and polkas", "成员扣留投票与法定预投票证明",
             NoPolka, 10 * kSecond},
    Scenario{"false-status", "a member tells heights nobody has", "成员谎报高度", FalseStatus,
             10 * kSecond},
    Scenario{"false-status-at-link-up", "the first status on each link is false",
             "每条链路首次状态为假", FalseStatusAtLinkUp, 8 * kSecond},
    Scenario{"bad-sync", "a member serves changed blocks to who is behind",
             "成员向落后者提供篡改区块", BadSync, 10 * kSecond},
    Scenario{"garbage", "a member sends bytes that are none", "成员发送乱码", Garbage, 8 * kSecond},
};

}  // namespace

std::span<const Scenario> LiarScenarios() { return kScenarios; }

}  // namespace jiandu::simulator
