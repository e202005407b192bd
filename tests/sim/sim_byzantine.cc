// A member that lies: it signs whatever it likes, and tells each peer something else.
//
// It knows more than a real attacker would (the decided chain), and cannot forge others'
// signatures. With kTwoByzantine it splits the network in two by seat, and tells each half what it
// wants to hear.
#include <map>
#include <set>

#include "crypto/hash.h"
#include "tests/sim/sim_world.h"

namespace jiandu::sim {
namespace {

using consensus::BlockId;
using consensus::Height;
using consensus::Proposal;
using consensus::Round;
using consensus::Vote;
using consensus::VoteType;

class Byzantine final : public Actor {
 public:
  Byzantine(World& world, std::size_t index)
      : world_(world), index_(index), me_(world.SeatOf(index)) {}

  void Start() override {}
  void Crash() override {}
  void Restart() override {}
  [[nodiscard]] bool IsUp() const override { return true; }
  [[nodiscard]] Height Decided() const override { return 0; }

  void Receive(std::size_t /*from*/, const Message& message) override {
    if (const auto* proposal = std::get_if<ProposalMsg>(&message)) {
      if (proposal->block != nullptr) Learn(proposal->block);
      Consider(proposal->proposal.height, proposal->proposal.round);
    } else if (const auto* vote = std::get_if<Vote>(&message)) {
      if (vote->id) known_[vote->height].insert(*vote->id);
      Consider(vote->height, vote->round);
    } else if (const auto* status = std::get_if<Status>(&message)) {
      Consider(status->decided + 1, 0);
    } else if (const auto* request = std::get_if<BlockRequest>(&message)) {
      // Keeps what others need to itself half of the time.
      if (blocks_.contains(request->id) && world_.Chance().Percent(50)) {
        world_.SendToAll(index_, BlockMsg{.block = blocks_.at(request->id)});
      }
    }
  }

 private:
  void Learn(const BlockPtr& block) {
    blocks_[block->id] = block;
    known_[block->height].insert(block->id);
  }

  // Once per height and round; the acts come a little later, in any order.
  void Consider(Height height, Round round) {
    if (height == 0 || round < 0 || round > 1000 || !acted_.insert({height, round}).second) return;
    const auto soon = [this] { return world_.Chance().Between(0, 40 * kMs); };
    if (consensus::SeatRotation().ProposerOf(height, round, *world_.TrueSet()) == me_) {
      world_.At(soon(), [this, height, round] { Propose(height, round); });
    }
    const bool together = world_.Broken() == Sabotage::kTwoByzantine;
    for (const VoteType type : {VoteType::kPrevote, VoteType::kPrecommit}) {
      const Micros delay = together ? 60 * kMs : soon();
      world_.At(delay, [this, type, height, round] { CastVotes(type, height, round); });
    }
    if (world_.Chance().Percent(20)) world_.At(soon(), [this, height] { Flood(height); });
  }

  // Two different blocks, sometimes one that the application refuses, each to half of the peers.
  void Propose(Height height, Round round) {
    const auto parent = world_.Check().CommitAt(height - 1);
    if (height > 1 && !parent) return;
    const Hash256 parent_hash = parent ? parent->id->hash : Hash256{};
    const bool together = world_.Broken() == Sabotage::kTwoByzantine;
    const bool app_valid = together || world_.Chance().Percent(80);
    // Together the nonces are agreed upon, so that both know what each half was told.
    const std::uint64_t nonce = together ? height * 8 + 1 : world_.Chance().Next();
    const BlockPtr one = MakeBlock(height, parent_hash, nonce, true, parent);
    const BlockPtr two = MakeBlock(height, parent_hash, nonce + 3, app_valid, parent);
    Learn(one);
    Learn(two);
    const bool same_for_all = !together && world_.Chance().Percent(20);
    for (std::size_t to = 0; to < world_.Members(); ++to) {
      const bool first = same_for_all || to % 2 == 0;
      const BlockPtr& block = first ? one : two;
      Proposal proposal;
      proposal.height = height;
      proposal.round = round;
      proposal.pol_round = !together && round > 0 && world_.Chance().Percent(30) ? round - 1 : -1;
      proposal.id = block->id;
      proposal.from = me_;
      world_.Check().OnSigned(me_, proposal);
      if (!together && world_.Chance().Percent(10)) continue;
      world_.Send(index_, to, ProposalMsg{.proposal = proposal, .block = block});
    }
  }

  void CastVotes(VoteType type, Height height, Round round) {
    for (std::size_t to = 0; to < world_.Members(); ++to) {
      if (world_.Broken() == Sabotage::kTwoByzantine) {
        VoteTogether(to, type, height, round);
        continue;
      }
      if (world_.Chance().Percent(15)) continue;
      SendVote(to, type, height, round, SomeValue(height));
      if (world_.Chance().Percent(30)) SendVote(to, type, height, round, SomeValue(height));
    }
  }

  // In a round of theirs each half of the peers hears votes for the block it was told of.
  void VoteTogether(std::size_t to, VoteType type, Height height, Round round) {
    const auto proposer = consensus::SeatRotation().ProposerOf(height, round, *world_.TrueSet());
    const auto parent = world_.Check().CommitAt(height - 1);
    if (!world_.Check().IsByzantine(proposer) || (height > 1 && !parent)) {
      for (const BlockId& id : known_[height]) SendVote(to, type, height, round, id);
      return;
    }
    const Hash256 parent_hash = parent ? parent->id->hash : Hash256{};
    const std::uint64_t nonce = height * 8 + 1 + (to % 2 == 0 ? 0 : 3);
    SendVote(to, type, height, round, MakeBlock(height, parent_hash, nonce, true, {})->id);
  }

  std::optional<BlockId> SomeValue(Height height) {
    const std::set<BlockId>& known = known_[height];
    const std::uint64_t pick = world_.Chance().Between(0, known.size() + 1);
    if (pick == known.size()) return std::nullopt;
    if (pick > known.size()) {
      BlockId unknown;
      unknown.hash = crypto::Sha256(AsBytes(std::to_string(world_.Chance().Next())));
      unknown.parts = 1;
      return unknown;
    }
    return *std::next(known.begin(), static_cast<std::ptrdiff_t>(pick));
  }

  void SendVote(std::size_t to, VoteType type, Height height, Round round,
                const std::optional<BlockId>& id) {
    Vote vote;
    vote.type = type;
    vote.height = height;
    vote.round = round;
    vote.id = id;
    vote.from = me_;
    world_.Check().OnSigned(me_, vote);
    world_.Send(index_, to, vote);
  }

  // Rounds no correct node is in: must cost nobody anything.
  void Flood(Height height) {
    for (int i = 0; i < 20; ++i) {
      const auto to = static_cast<std::size_t>(world_.Chance().Between(0, world_.Members() - 1));
      const auto round = static_cast<Round>(world_.Chance().Next() >> 33U);
      SendVote(to, VoteType::kPrevote, height + static_cast<Height>(i % 3),
               i % 5 == 0 ? -round : round, {});
    }
  }

  World& world_;
  std::size_t index_;
  consensus::Address me_;
  std::map<BlockId, BlockPtr> blocks_;
  std::map<Height, std::set<BlockId>> known_;
  std::set<std::pair<Height, Round>> acted_;
};

}  // namespace

std::unique_ptr<Actor> MakeByzantine(World& world, std::size_t index) {
  return std::make_unique<Byzantine>(world, index);
}

}  // namespace jiandu::sim
