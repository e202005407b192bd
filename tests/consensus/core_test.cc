// One core at a time: what it asks for, what it refuses, and what it does after a restart.
#include "consensus/core.h"

#include <gtest/gtest.h>

#include "consensus/vote_tally.h"
#include "tests/consensus/core_test_net.h"

namespace jiandu::consensus::test {
namespace {

// The seat that proposes at height 1 in this round (V[(h + r) mod n]).
constexpr std::size_t SeatAt(Round round) { return static_cast<std::size_t>(1 + round) % 4; }

TEST(Core, NothingIsAskedOfACoreWithoutAHeight) {
  Solo solo(4, 0);
  EXPECT_TRUE(solo.core.Step(WorkAvailable{.height = 1}).empty());
  EXPECT_TRUE(solo.core.Step(Fired(Timeout::Kind::kPropose, 0, 0)).empty());
  EXPECT_TRUE(solo.VoteFrom(1, kPrevote, 1, 0, {}).empty());
}

TEST(Core, AProposerBuildsSignsAndOnlyThenSends) {
  Solo solo(4, SeatAt(0));
  ASSERT_EQ(Pick<Build>(solo.Start(1)).size(), 1U);
  const auto asked = solo.core.Step(Built{.height = 1, .round = 0, .id = IdOf("a")});
  ASSERT_EQ(Pick<SignAndPersist>(asked).size(), 1U);
  EXPECT_TRUE(Pick<Broadcast>(asked).empty());
  const auto ask = Pick<SignAndPersist>(asked)[0];
  EXPECT_EQ(ask.block_must_be_durable, IdOf("a"));
  EXPECT_EQ(ask.state.step, Step::kPropose);
  const auto said = solo.core.Step(SignedOwn{.message = ask.unsigned_message});
  EXPECT_EQ(Pick<Broadcast>(said).size(), 1U);
  // Its own proposal is voted for; a second Built of the same round is not asked for again.
  EXPECT_EQ(AskedVote(said, kPrevote)->id, IdOf("a"));
  EXPECT_TRUE(Pick<SignAndPersist>(solo.core.Step(Built{.height = 1, .round = 0, .id = IdOf("b")}))
                  .empty());
}

TEST(Core, AProposalIsVotedForOnlyAfterItsCheck) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  const auto proposal = MakeProposal(1, 0, -1, IdOf("a"), solo.seats[SeatAt(0)]);
  const auto first = solo.Drive(ProposalIn{.proposal = proposal, .timely = true});
  EXPECT_EQ(Pick<Check>(first).size(), 1U);
  EXPECT_FALSE(AskedVote(first, kPrevote).has_value());
  EXPECT_TRUE(Pick<Check>(solo.Drive(ProposalIn{.proposal = proposal, .timely = true})).empty());
  const auto checked = solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = true});
  EXPECT_EQ(AskedVote(checked, kPrevote)->id, IdOf("a"));
  ASSERT_EQ(Pick<Finalize>(checked).size(), 1U);
  EXPECT_TRUE(Pick<Finalize>(checked)[0].speculative);
}

TEST(Core, AnInvalidOrLateProposalGetsNil) {
  for (const bool valid : {false, true}) {
    Solo solo(4, 0);
    static_cast<void>(solo.Start(1));
    static_cast<void>(solo.Drive(ProposalIn{
        .proposal = MakeProposal(1, 0, -1, IdOf("a"), solo.seats[SeatAt(0)]), .timely = !valid}));
    const auto checked = solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = valid});
    ASSERT_TRUE(AskedVote(checked, kPrevote).has_value());
    EXPECT_FALSE(AskedVote(checked, kPrevote)->id.has_value());
  }
}

TEST(Core, AProposalOfAnotherProposerRoundOrHeightIsIgnored) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  const auto give = [&](const Proposal& proposal) {
    return solo.Drive(ProposalIn{.proposal = proposal, .timely = true});
  };
  EXPECT_TRUE(give(MakeProposal(1, 0, -1, IdOf("a"), solo.seats[SeatAt(1)])).empty());
  EXPECT_TRUE(give(MakeProposal(1, -1, -1, IdOf("a"), solo.seats[SeatAt(0)])).empty());
  EXPECT_TRUE(give(MakeProposal(1, 0, 0, IdOf("a"), solo.seats[SeatAt(0)])).empty());
  EXPECT_TRUE(give(MakeProposal(1, 4, -2, IdOf("a"), solo.seats[SeatAt(4)])).empty());
  EXPECT_TRUE(give(MakeProposal(3, 0, -1, IdOf("a"), solo.seats[3])).empty());
  BlockId huge = IdOf("a");
  huge.parts = limits::kPartsMax + 1;
  EXPECT_TRUE(give(MakeProposal(1, 0, -1, huge, solo.seats[SeatAt(0)])).empty());
}

TEST(Core, TheRecordOfAPrecommitHoldsLockPolkaAndBlock) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  static_cast<void>(solo.Propose(1, 0, -1, IdOf("a")));
  static_cast<void>(solo.VoteFrom(1, kPrevote, 1, 0, IdOf("a")));
  const auto effects = solo.VoteFrom(2, kPrevote, 1, 0, IdOf("a"));
  ASSERT_EQ(AskedVote(effects, kPrecommit)->id, IdOf("a"));
  const SignAndPersist ask = solo.asks.back();
  EXPECT_EQ(ask.block_must_be_durable, IdOf("a"));
  EXPECT_EQ(ask.state.locked_round, 0);
  EXPECT_EQ(ask.state.locked_id, IdOf("a"));
  ASSERT_TRUE(ask.state.polka.has_value());
  EXPECT_TRUE(IsCertificate(*ask.state.polka, *solo.set));
  EXPECT_TRUE(ask.state.last_prevote.has_value());
}

TEST(Core, DecidesThenFinalizes) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  static_cast<void>(solo.Propose(1, 0, -1, IdOf("a")));
  for (const std::size_t seat : {1U, 2U}) {
    static_cast<void>(solo.VoteFrom(seat, kPrevote, 1, 0, IdOf("a")));
  }
  static_cast<void>(solo.VoteFrom(1, kPrecommit, 1, 0, IdOf("a")));
  const auto effects = solo.VoteFrom(2, kPrecommit, 1, 0, IdOf("a"));
  ASSERT_EQ(effects.size(), 2U);
  const auto& decide = std::get<Decide>(effects[0]);
  EXPECT_EQ(decide.id, IdOf("a"));
  EXPECT_TRUE(IsCertificate(decide.commit, *solo.set));
  EXPECT_FALSE(std::get<Finalize>(effects[1]).speculative);
  // Decided once.
  EXPECT_TRUE(solo.VoteFrom(3, kPrecommit, 1, 0, IdOf("a")).empty());
}

TEST(Core, ACommittedBlockWeLackIsFetchedAndDecidedWhenItIsHere) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  std::vector<Effect> effects;
  for (const std::size_t seat : {1U, 2U, 3U}) {
    effects = solo.VoteFrom(seat, kPrecommit, 1, 0, IdOf("a"));
  }
  ASSERT_EQ(Pick<FetchBlock>(effects).size(), 1U);
  EXPECT_TRUE(Pick<Decide>(effects).empty());
  // Asked again as long as it does not come.
  EXPECT_EQ(Pick<FetchBlock>(solo.Drive(Fired(Timeout::Kind::kRebroadcast, 1, 0))).size(), 1U);
  // A check of something else decides nothing.
  EXPECT_TRUE(solo.Drive(Checked{.height = 1, .id = IdOf("b"), .valid = true}).empty());
  effects = solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = true});
  EXPECT_EQ(Pick<Decide>(effects).size(), 1U);
}

TEST(Core, StopsWhenTheOthersCommitWhatOurApplicationRefuses) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  static_cast<void>(solo.Drive(ProposalIn{
      .proposal = MakeProposal(1, 0, -1, IdOf("a"), solo.seats[SeatAt(0)]), .timely = true}));
  static_cast<void>(solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = false}));
  std::vector<Effect> effects;
  for (const std::size_t seat : {1U, 2U, 3U}) {
    effects = solo.VoteFrom(seat, kPrecommit, 1, 0, IdOf("a"));
  }
  ASSERT_EQ(Pick<Alarm>(effects).size(), 1U);
  EXPECT_NE(Pick<Alarm>(effects)[0].what.find("CONSENSUS FAILURE"), std::string::npos);
  EXPECT_TRUE(Pick<Decide>(effects).empty());
  EXPECT_TRUE(solo.Start(2).empty());
}

TEST(Core, AProposalWhosePolkaIsWithheldLeavesTheTimeoutRunning) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  for (const std::size_t seat : {1U, 2U}) {  // L55: to round 1
    static_cast<void>(solo.VoteFrom(seat, kPrevote, 1, 1, std::nullopt));
  }
  ASSERT_EQ(solo.core.View().round, 1);
  EXPECT_FALSE(AskedVote(solo.Propose(1, 1, 0, IdOf("a")), kPrevote).has_value());
  const auto fired = solo.Drive(Fired(Timeout::Kind::kPropose, 1, 1));
  ASSERT_TRUE(AskedVote(fired, kPrevote).has_value());
  EXPECT_FALSE(AskedVote(fired, kPrevote)->id.has_value());
}

TEST(Core, APolkaCertificateWithTheProposalIsEnough) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  for (const std::size_t seat : {1U, 2U}) {
    static_cast<void>(solo.VoteFrom(seat, kPrevote, 1, 1, std::nullopt));
  }
  Proposal proposal = MakeProposal(1, 1, 0, IdOf("a"), solo.seats[SeatAt(1)]);
  proposal.polka = Certificate{
      .kind = Certificate::Kind::kPolka, .height = 1, .round = 0, .id = IdOf("a"), .votes = {}};
  for (const std::size_t seat : {1U, 2U, 3U}) {
    proposal.polka->votes.push_back(MakeVote(kPrevote, 1, 0, IdOf("a"), solo.seats[seat]));
  }
  // Not timely on purpose: that rule is not for re-proposals.
  static_cast<void>(solo.Drive(ProposalIn{.proposal = proposal, .timely = false}));
  const auto checked = solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = true});
  EXPECT_EQ(AskedVote(checked, kPrevote)->id, IdOf("a"));
}

TEST(Core, TwoProposalsOfOneRoundAreEvidenceAndTheSecondCanStillBeDecided) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  static_cast<void>(solo.Propose(1, 0, -1, IdOf("a")));
  const auto second = solo.Propose(1, 0, -1, IdOf("b"));
  EXPECT_EQ(Pick<Equivocation>(second).size(), 1U);
  EXPECT_FALSE(AskedVote(second, kPrevote).has_value());
  EXPECT_TRUE(solo.Propose(1, 0, -1, IdOf("c")).empty());  // no third is kept
  std::vector<Effect> effects;
  for (const std::size_t seat : {1U, 2U, 3U}) {
    effects = solo.VoteFrom(seat, kPrecommit, 1, 0, IdOf("b"));
  }
  EXPECT_EQ(Pick<Decide>(effects).size(), 1U);
}

TEST(Core, AnEquivocatingVoterIsReportedOnceAndNotCounted) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  static_cast<void>(solo.VoteFrom(1, kPrevote, 1, 0, IdOf("a")));
  EXPECT_EQ(Pick<Equivocation>(solo.VoteFrom(1, kPrevote, 1, 0, IdOf("b"))).size(), 1U);
  EXPECT_TRUE(Pick<Equivocation>(solo.VoteFrom(1, kPrevote, 1, 0, IdOf("b"))).empty());
}

TEST(Core, ALockMadeInALaterRoundIsShared) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  for (const std::size_t seat : {1U, 2U}) {
    static_cast<void>(solo.VoteFrom(seat, kPrevote, 1, 2, IdOf("a")));
  }
  ASSERT_EQ(solo.core.View().round, 2);
  const auto effects = solo.Propose(1, 2, -1, IdOf("a"));  // our prevote completes the polka
  ASSERT_EQ(AskedVote(effects, kPrecommit)->id, IdOf("a"));
  bool proposal = false;
  bool polka = false;
  for (const Broadcast& said : Pick<Broadcast>(effects)) {
    proposal = proposal || std::holds_alternative<Proposal>(said.message);
    const auto* certificate = std::get_if<Certificate>(&said.message);
    polka = polka || (certificate != nullptr && IsCertificate(*certificate, *solo.set));
  }
  EXPECT_TRUE(proposal && polka);
  EXPECT_EQ(Pick<Reshare>(effects).size(), 1U);
}

TEST(Core, ASyncedBlockIsDecidedAtAnyStep) {
  for (int step = 0; step < 4; ++step) {
    Solo solo(4, 0);
    static_cast<void>(solo.Start(1, step == 0 ? Work::kNone : Work::kPending));
    if (step >= 2) static_cast<void>(solo.Propose(1, 0, -1, IdOf("b")));
    if (step >= 3) {
      for (const std::size_t seat : {1U, 2U}) {
        static_cast<void>(solo.VoteFrom(seat, kPrevote, 1, 0, IdOf("b")));
      }
    }
    Certificate commit{
        .kind = Certificate::Kind::kCommit, .height = 1, .round = 3, .id = IdOf("a"), .votes = {}};
    for (const std::size_t seat : {1U, 2U}) {
      commit.votes.push_back(MakeVote(kPrecommit, 1, 3, IdOf("a"), solo.seats[seat]));
    }
    EXPECT_TRUE(solo.Drive(SyncedBlock{.commit = commit, .id = IdOf("a")}).empty()) << step;
    commit.votes.push_back(MakeVote(kPrecommit, 1, 3, IdOf("a"), solo.seats[3]));
    EXPECT_TRUE(solo.Drive(SyncedBlock{.commit = commit, .id = IdOf("b")}).empty()) << step;
    const auto effects = solo.Drive(SyncedBlock{.commit = commit, .id = IdOf("a")});
    EXPECT_EQ(Pick<Decide>(effects).size(), 1U) << step;
  }
}

TEST(Core, WhatComesEarlyForTheNextHeightIsKept) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  for (const std::size_t seat : {1U, 2U, 3U}) {
    static_cast<void>(solo.VoteFrom(seat, kPrecommit, 2, 0, IdOf("next")));
    static_cast<void>(solo.VoteFrom(seat, kPrecommit, 3, 0, IdOf("too far")));
  }
  for (const std::size_t seat : {1U, 2U, 3U}) {
    static_cast<void>(solo.VoteFrom(seat, kPrecommit, 1, 0, IdOf("a")));
  }
  ASSERT_EQ(Pick<Decide>(solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = true})).size(),
            1U);
  const auto start = solo.Start(2);
  ASSERT_EQ(Pick<FetchBlock>(start).size(), 1U);
  EXPECT_EQ(Pick<FetchBlock>(start)[0].id, IdOf("next"));
}

TEST(Core, ANodeThatDoesNotVoteFollowsAndDecides) {
  Solo solo(4, 0);
  Core core("test", std::nullopt, FastParams(), std::make_unique<SeatRotation>());
  StartHeight start;
  start.height = 1;
  start.set = solo.set;
  start.needs_proof = Work::kPending;
  EXPECT_TRUE(Pick<Build>(core.Step(start)).empty());
  static_cast<void>(core.Step(
      ProposalIn{.proposal = MakeProposal(1, 0, -1, IdOf("a"), solo.seats[1]), .timely = true}));
  EXPECT_TRUE(Pick<SignAndPersist>(core.Step(Checked{.height = 1, .id = IdOf("a"), .valid = true}))
                  .empty());
  std::vector<Effect> effects;
  for (const std::size_t seat : {0U, 1U, 2U}) {
    effects = core.Step(VoteIn{.vote = MakeVote(kPrecommit, 1, 0, IdOf("a"), solo.seats[seat])});
  }
  EXPECT_EQ(Pick<Decide>(effects).size(), 1U);
}

TEST(Core, MemoryIsBoundedUnderAFloodFromOneMember) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  for (Round round = 0; round < 3000; ++round) {
    const std::string name = std::to_string(round);
    static_cast<void>(solo.VoteFrom(1, kPrevote, 1, round, IdOf(name)));
    static_cast<void>(solo.VoteFrom(1, kPrecommit, 2, round, IdOf(name)));
    static_cast<void>(solo.Propose(1, round, -1, IdOf(name)));
    static_cast<void>(solo.Propose(2, round, -1, IdOf(name)));
  }
  EXPECT_LT(solo.core.ItemsKept(), 120U);
  EXPECT_EQ(solo.core.View().round, 0);
}

// Four light votes came one by one; the commit that decides has four as well, one of them heavy.
TEST(Core, ADecisionIsProvenByPowerAndNotByTheNumberOfVotes) {
  Solo solo(6, 0);
  std::vector<Validator> validators(solo.set->List().begin(), solo.set->List().end());
  for (Validator& one : validators) {
    if (one.address == solo.seats[5]) one.power = 2;
  }
  solo.set = std::make_shared<const ValidatorSet>(*ValidatorSet::From(std::move(validators)));
  static_cast<void>(solo.Start(1));
  for (std::size_t seat = 1; seat <= 4; ++seat) {
    EXPECT_TRUE(Pick<Decide>(solo.VoteFrom(seat, kPrecommit, 1, 0, IdOf("a"))).empty());
  }
  Certificate commit{
      .kind = Certificate::Kind::kCommit, .height = 1, .round = 0, .id = IdOf("a"), .votes = {}};
  for (const std::size_t seat : {1U, 2U, 3U, 5U}) {
    commit.votes.push_back(MakeVote(kPrecommit, 1, 0, IdOf("a"), solo.seats[seat]));
  }
  const auto decided = Pick<Decide>(solo.Drive(SyncedBlock{.commit = commit, .id = IdOf("a")}));
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_TRUE(IsCertificate(decided[0].commit, *solo.set));
  EXPECT_EQ(decided[0].commit.votes.size(), 5U);
}

}  // namespace
}  // namespace jiandu::consensus::test
