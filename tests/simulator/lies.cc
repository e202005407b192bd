// Changing and signing anew.
#include "tests/simulator/lies.h"

#include <memory>
#include <utility>

#include "consensus/canonical.h"

namespace jiandu::simulator {

World::Lie Changing(Change change) {
  return [change = std::move(change)](std::size_t to, std::vector<node::Incoming>& frames) {
    std::vector<node::Incoming> kept;
    for (node::Incoming& frame : frames) {
      if (frame.type < node::kFirstMessageType) {
        kept.push_back(std::move(frame));
        continue;
      }
      auto message = node::Unpack(frame);
      if (!message || std::holds_alternative<consensus::Hello>(*message)) {
        kept.push_back(std::move(frame));
        continue;
      }
      if (!change(to, *message)) continue;
      const node::Outgoing out = node::Prepare(*message);
      kept.push_back({.type = out.type, .payload = *out.payload});
    }
    frames = std::move(kept);
  };
}

void Sign(std::size_t liar, consensus::Vote& vote, const std::string& chain) {
  vote.signature = ConsensusKey(liar).Sign(consensus::VoteSignBytes(chain, vote));
}
bool IsOwn(std::size_t liar, const consensus::VoteMsg* vote) {
  return vote != nullptr && vote->vote.from == SeatOf(liar);
}

std::size_t Liar(World& world, const std::function<World::Lie(std::size_t)>& lie) {
  const std::size_t liar = world.AnyMachine();
  world.MakeLiar(liar, lie(liar));
  world.Say("node " + std::to_string(liar) + " lies");
  return liar;
}

void CheckGoesOn(World& world, Micros from, Micros until, consensus::Height heights,
                 const char* what) {
  const auto tip = std::make_shared<consensus::Height>(0);
  world.At(from, [&world, tip] { *tip = world.Tip(); });
  world.At(until, [&world, tip, heights, what] {
    if (world.Tip() < *tip + heights) {
      world.Check().OnBroken(std::string(what) + " holds the network up: " +
                             std::to_string(world.Tip() - *tip) + " blocks");
    }
  });
}

}  // namespace jiandu::simulator
