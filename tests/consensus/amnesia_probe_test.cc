// The question before the first signature: enough answers, and none that tells of a second signer.

#include "consensus/amnesia_probe.h"

#include <gtest/gtest.h>

#include "consensus/canonical.h"

namespace jiandu::consensus {
namespace {

constexpr const char* kChain = "probe-1";

class AmnesiaProbeTest : public testing::Test {
 protected:
  AmnesiaProbeTest() {
    std::vector<Validator> validators;
    for (std::uint8_t i = 1; i <= 4; ++i) {
      crypto::Ed25519Seed seed;
      seed.bytes[0] = i;
      keys_.push_back(crypto::Ed25519PrivateKey::From(seed));
      validators.push_back({.address = {}, .key = keys_.back().PublicKey(), .power = 1});
    }
    set_ = std::make_shared<const ValidatorSet>(*ValidatorSet::From(std::move(validators)));
  }

  Address At(std::size_t i) const { return AddressOf(keys_[i].PublicKey()); }

  Vote SignedVote(Height height, Round round, VoteType type, std::uint8_t block) const {
    Vote vote{.type = type,
              .height = height,
              .round = round,
              .id = BlockId{},
              .time = {},
              .from = At(0),
              .signature = {}};
    vote.id->hash.bytes[0] = block;
    vote.id->parts = 1;
    vote.signature = keys_[0].Sign(VoteSignBytes(kChain, vote));
    return vote;
  }

  Proposal SignedProposal(Height height, Round round, std::uint8_t block) const {
    Proposal proposal;
    proposal.height = height;
    proposal.round = round;
    proposal.id.hash.bytes[0] = block;
    proposal.id.parts = 1;
    proposal.from = At(0);
    proposal.signature = keys_[0].Sign(ProposalSignBytes(kChain, proposal));
    return proposal;
  }

  std::vector<crypto::Ed25519PrivateKey> keys_;
  ValidatorSetPtr set_;
};

TEST_F(AmnesiaProbeTest, WaitsForAQuorumWithItselfCounted) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  EXPECT_FALSE(run.IsDone());
  run.Answer(kChain, At(1), std::nullopt);
  run.Answer(kChain, At(1), std::nullopt);
  EXPECT_FALSE(run.IsDone()) << "one peer answering twice is one answer";
  run.Answer(kChain, At(2), std::nullopt);
  EXPECT_TRUE(run.IsDone());
  EXPECT_FALSE(run.Foreign());
}

TEST_F(AmnesiaProbeTest, AnswersOfStrangersDoNotCount) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  run.Answer(kChain, Address{}, std::nullopt);
  run.Answer(kChain, At(1), std::nullopt);
  EXPECT_FALSE(run.IsDone());
}

TEST_F(AmnesiaProbeTest, AVoteTheRecordDoesNotKnowIsAnAlarm) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  run.Answer(kChain, At(1), SignedVote(7, 2, VoteType::kPrecommit, 9));
  EXPECT_TRUE(run.IsDone());
  ASSERT_TRUE(run.Foreign());
}

TEST_F(AmnesiaProbeTest, TheLatestForeignVoteOfAQuorumCounts) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  run.Answer(kChain, At(1), SignedVote(7, 2, VoteType::kPrecommit, 9));
  EXPECT_FALSE(run.HasQuorum()) << "another may hold a later one";
  run.Answer(kChain, At(2), SignedVote(8, 0, VoteType::kPrevote, 4));
  EXPECT_TRUE(run.HasQuorum());
  run.Answer(kChain, At(3), SignedVote(8, 0, VoteType::kPrevote, 5));
  ASSERT_TRUE(run.HighestForeign().has_value());
  EXPECT_EQ(*run.HighestForeign(), (Place{8, 0, Step::kPrevote}));
}

TEST_F(AmnesiaProbeTest, AVoteTheRecordKnowsIsNone) {
  SafetyState record;
  record.height = 7;
  record.round = 2;
  record.step = Step::kPrecommit;
  record.last_precommit = SignedVote(7, 2, VoteType::kPrecommit, 9);
  AmnesiaProbeRun run(At(0), 7, set_, record);
  run.Answer(kChain, At(1), record.last_precommit);
  run.Answer(kChain, At(2), SignedVote(7, 1, VoteType::kPrevote, 3));
  EXPECT_TRUE(run.IsDone());
  EXPECT_FALSE(run.Foreign());
}

TEST_F(AmnesiaProbeTest, AnotherVoteAtTheSamePlaceIsAnAlarm) {
  SafetyState record;
  record.height = 7;
  record.round = 2;
  record.step = Step::kPrecommit;
  record.last_precommit = SignedVote(7, 2, VoteType::kPrecommit, 9);
  AmnesiaProbeRun run(At(0), 7, set_, record);
  run.Answer(kChain, At(1), SignedVote(7, 2, VoteType::kPrecommit, 8));
  EXPECT_TRUE(run.Foreign());
}

// It leaves before the vote that would tell of it.
TEST_F(AmnesiaProbeTest, AProposalTheRecordDoesNotKnowIsAnAlarm) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  run.Answer(kChain, At(1), SignedProposal(7, 0, 9));
  ASSERT_TRUE(run.Foreign());
  EXPECT_TRUE(run.Foreign()->starts_with("a proposal of this validator for height 7 round 0"));
  EXPECT_EQ(run.HighestForeign(), (Place{7, 0, Step::kPropose}));
}

TEST_F(AmnesiaProbeTest, OnlyTheProposalOfTheRecordIsKnownAtItsPlace) {
  SafetyState record;
  record.height = 7;
  record.step = Step::kPropose;
  record.last_proposal = SignedProposal(7, 0, 9);
  AmnesiaProbeRun run(At(0), 7, set_, record);
  run.Answer(kChain, At(1), record.last_proposal);
  EXPECT_FALSE(run.Foreign());
  run.Answer(kChain, At(2), SignedProposal(7, 0, 8));
  EXPECT_TRUE(run.Foreign());
  // A vote of the same round comes after it.
  record.step = Step::kPrevote;
  AmnesiaProbeRun later(At(0), 7, set_, record);
  later.Answer(kChain, At(1), SignedProposal(7, 0, 8));
  EXPECT_FALSE(later.Foreign());
}

TEST_F(AmnesiaProbeTest, VotesOfDecidedHeightsAreHarmless) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  run.Answer(kChain, At(1), SignedVote(6, 0, VoteType::kPrecommit, 9));
  EXPECT_FALSE(run.Foreign());
}

// A validator that was admitted after the first block of a node that starts from genesis.
TEST_F(AmnesiaProbeTest, AnswersCountAnewForTheSetThatCanCheckThem) {
  std::vector<Validator> without;
  for (std::size_t i = 1; i < keys_.size(); ++i) {
    without.push_back({.address = {}, .key = keys_[i].PublicKey(), .power = 1});
  }
  const auto before = std::make_shared<const ValidatorSet>(*ValidatorSet::From(std::move(without)));
  AmnesiaProbeRun run(At(0), 1, before, {});
  const Vote vote = SignedVote(7, 0, VoteType::kPrevote, 3);
  for (std::size_t i = 1; i < keys_.size(); ++i) run.Answer(kChain, At(i), vote);
  EXPECT_FALSE(run.IsDone()) << "the first set cannot check the vote";
  EXPECT_TRUE(run.MoveTo(1, set_));
  EXPECT_FALSE(run.MoveTo(1, set_)) << "the same set again begins nothing anew";
  for (std::size_t i = 1; i < 3; ++i) run.Answer(kChain, At(i), vote);
  EXPECT_TRUE(run.HasQuorum());
  EXPECT_EQ(run.HighestForeign(), PlaceOf(vote));
}

TEST_F(AmnesiaProbeTest, AForgedVoteIsNoAnswer) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  Vote forged = SignedVote(7, 2, VoteType::kPrecommit, 9);
  forged.signature.bytes[5] ^= 1U;
  run.Answer(kChain, At(1), forged);
  run.Answer(kChain, At(2), std::nullopt);
  EXPECT_FALSE(run.Foreign());
  EXPECT_FALSE(run.IsDone());
}

// While the blocks of others were fetched two members left.
TEST_F(AmnesiaProbeTest, WhoHasLeftNeedNotAnswer) {
  AmnesiaProbeRun run(At(0), 7, set_, {});
  run.Answer(kChain, At(1), std::nullopt);
  EXPECT_FALSE(run.MoveTo(8, set_));
  EXPECT_FALSE(run.HasQuorum());
  std::vector<Validator> validators;
  for (std::size_t i = 0; i < 2; ++i) {
    validators.push_back({.address = {}, .key = keys_[i].PublicKey(), .power = 1});
  }
  const auto fewer =
      std::make_shared<const ValidatorSet>(*ValidatorSet::From(std::move(validators)));
  EXPECT_TRUE(run.MoveTo(9, fewer));
  EXPECT_TRUE(run.HasQuorum());
}

}  // namespace
}  // namespace jiandu::consensus
