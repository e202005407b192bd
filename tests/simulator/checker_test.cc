// The checker sees what it is there to see, fault by planted fault.
#include "tests/simulator/checker.h"

#include <gtest/gtest.h>

#include "consensus/canonical.h"
#include "tests/simulator/members.h"

namespace jiandu::simulator {
namespace {

consensus::BlockId IdOf(std::uint8_t mark) {
  consensus::BlockId id;
  id.hash.bytes[0] = mark;
  id.parts = 1;
  id.parts_hash.bytes[0] = mark;
  return id;
}

class CheckerTest : public testing::Test {
 protected:
  consensus::Vote Signed(std::size_t member, consensus::VoteType type, consensus::Round round,
                         std::optional<consensus::BlockId> id) {
    consensus::Vote vote{.type = type,
                         .height = 1,
                         .round = round,
                         .id = std::move(id),
                         .time = {},
                         .from = SeatOf(member),
                         .signature = {}};
    vote.signature = ConsensusKey(member).Sign(consensus::VoteSignBytes(TheGenesis().chain, vote));
    return vote;
  }
  // Of height 1 and the first block.
  consensus::Commit CommitBy(const std::vector<std::size_t>& members,
                             const consensus::ValidatorSet& of) {
    consensus::Certificate certificate{.kind = consensus::Certificate::Kind::kCommit,
                                       .height = 1,
                                       .round = 0,
                                       .id = IdOf(1),
                                       .votes = {}};
    for (const std::size_t member : members) {
      certificate.votes.push_back(Signed(member, consensus::VoteType::kPrecommit, 0, IdOf(1)));
    }
    return *consensus::MakeCommit(certificate, of);
  }
  // Written and synced.
  void Prevotes(std::size_t member, consensus::Round round, std::optional<consensus::BlockId> id) {
    consensus::SafetyState state;
    state.last_prevote = Signed(member, consensus::VoteType::kPrevote, round, std::move(id));
    checker_.OnRecord(SeatOf(member), state);
    checker_.OnRecordSynced(SeatOf(member));
  }
  void Precommits(std::size_t member, consensus::Round round,
                  std::optional<consensus::BlockId> id) {
    consensus::SafetyState state;
    state.last_precommit = Signed(member, consensus::VoteType::kPrecommit, round, std::move(id));
    checker_.OnRecord(SeatOf(member), state);
    checker_.OnRecordSynced(SeatOf(member));
  }
  bool IsBroken() const { return !checker_.Violations().empty(); }

  Checker checker_{TheGenesis().chain, TheSet()};
};

TEST_F(CheckerTest, AVoteForTwoBlocksIsSeen) {
  Prevotes(0, 0, IdOf(1));
  EXPECT_FALSE(IsBroken());
  Prevotes(0, 0, IdOf(2));
  EXPECT_TRUE(IsBroken());
}

TEST_F(CheckerTest, ALiarMaySignWhatItLikes) {
  checker_.Distrust(SeatOf(0));
  Prevotes(0, 0, IdOf(1));
  Prevotes(0, 0, IdOf(2));
  EXPECT_FALSE(IsBroken());
}

TEST_F(CheckerTest, AKeyOnTwoMachinesExemptsItsOwnContradictionsAlone) {
  checker_.ShareKey(SeatOf(0));
  Prevotes(0, 0, IdOf(1));
  Prevotes(0, 0, IdOf(2));
  EXPECT_FALSE(IsBroken());
  Prevotes(1, 0, IdOf(1));
  Prevotes(1, 0, IdOf(2));
  EXPECT_EQ(checker_.Violations().size(), 1U);
  checker_.OnLeft(SeatOf(0), Signed(0, consensus::VoteType::kPrevote, 1, IdOf(3)));
  EXPECT_EQ(checker_.Violations().size(), 2U);
  Precommits(0, 3, IdOf(4));
  EXPECT_EQ(checker_.Violations().size(), 3U);
}

TEST_F(CheckerTest, AQueueBeyondItsBoundIsSeen) {
  checker_.OnFill("mempool", 50, 50);
  EXPECT_FALSE(IsBroken());
  checker_.OnFill("mempool", 51, 50);
  EXPECT_TRUE(IsBroken());
}

TEST_F(CheckerTest, ARecordThatWasNotSyncedBindsNobody) {
  consensus::SafetyState state;
  state.last_prevote = Signed(0, consensus::VoteType::kPrevote, 0, IdOf(1));
  checker_.OnRecord(SeatOf(0), state);
  checker_.OnCut(SeatOf(0));
  Prevotes(0, 0, IdOf(2));
  EXPECT_FALSE(IsBroken());
}

TEST_F(CheckerTest, AVoteThatLeavesBeforeItIsDurableIsSeen) {
  const auto vote = Signed(0, consensus::VoteType::kPrevote, 0, IdOf(1));
  consensus::SafetyState state;
  state.last_prevote = vote;
  checker_.OnRecord(SeatOf(0), state);
  checker_.OnLeft(SeatOf(0), vote);
  EXPECT_TRUE(IsBroken());
}

TEST_F(CheckerTest, APrecommitWithoutAPolkaIsSeen) {
  for (std::size_t i = 0; i < 2; ++i) Prevotes(i, 0, IdOf(1));
  Precommits(0, 0, IdOf(1));
  EXPECT_TRUE(IsBroken());
}

TEST_F(CheckerTest, ABrokenLockIsSeenAndAReleasedOneIsNot) {
  for (std::size_t i = 0; i < 3; ++i) Prevotes(i, 0, IdOf(1));
  Precommits(0, 0, IdOf(1));
  for (std::size_t i = 1; i < 4; ++i) Prevotes(i, 1, IdOf(2));
  EXPECT_FALSE(IsBroken());
  Prevotes(0, 2, IdOf(2));  // a polka of round 1 releases it
  EXPECT_FALSE(IsBroken());
  Prevotes(0, 3, IdOf(3));
  EXPECT_TRUE(IsBroken());
}

TEST_F(CheckerTest, TwoBlocksOrTwoStatesAtAHeightAreSeen) {
  Checker::Applied applied{.height = 1, .header_hash = IdOf(1).hash, .app_hash = IdOf(9).hash};
  checker_.OnApplied(SeatOf(0), applied);
  checker_.OnApplied(SeatOf(1), applied);
  EXPECT_FALSE(IsBroken());
  applied.header_hash = IdOf(2).hash;
  checker_.OnApplied(SeatOf(2), applied);
  EXPECT_EQ(checker_.Violations().size(), 1U);
  applied.header_hash = IdOf(1).hash;
  applied.app_hash = IdOf(8).hash;
  checker_.OnApplied(SeatOf(3), applied);
  EXPECT_EQ(checker_.Violations().size(), 2U);
}

TEST_F(CheckerTest, ACommitOfTwoOfFourIsSeen) {
  consensus::Commit commit = CommitBy({0, 1, 2}, *TheSet());
  checker_.OnCommit(SeatOf(0), commit);
  EXPECT_FALSE(IsBroken());
  // Nobody makes one of two; who serves one has taken a signature out.
  const auto signed_by = std::ranges::find(commit.signatures, consensus::CommitSig::Flag::kCommit,
                                           &consensus::CommitSig::flag);
  *signed_by = consensus::CommitSig();
  commit.id = IdOf(2);
  checker_.OnCommit(SeatOf(0), commit);
  EXPECT_EQ(checker_.Violations().size(), 1U);
  checker_.OnApplied(SeatOf(0), {.height = 1, .header_hash = IdOf(1).hash, .app_hash = {}});
  EXPECT_EQ(checker_.Violations().size(), 1U) << "what does not hold decides nothing";
}

TEST_F(CheckerTest, ACommitSeenBeforeAnotherBlockIsAppliedIsSeen) {
  checker_.OnCommit(SeatOf(0), CommitBy({0, 1, 2}, *TheSet()));
  EXPECT_EQ(checker_.Tip(), 0U) << "nobody has applied it";
  checker_.OnApplied(SeatOf(1), {.height = 1, .header_hash = IdOf(1).hash, .app_hash = {}});
  EXPECT_FALSE(IsBroken());
  checker_.OnCommit(SeatOf(0), CommitBy({0, 1, 3}, *TheSet()));
  EXPECT_FALSE(IsBroken()) << "another commit of the same block";
  Checker other(TheGenesis().chain, TheSet());
  other.OnCommit(SeatOf(0), CommitBy({0, 1, 2}, *TheSet()));
  other.OnApplied(SeatOf(1), {.height = 1, .header_hash = IdOf(2).hash, .app_hash = {}});
  EXPECT_EQ(other.Violations().size(), 1U);
}

class CheckerOfSets : public CheckerTest {
 protected:
  static consensus::ValidatorSetPtr SetOf(const std::vector<std::size_t>& members) {
    std::vector<consensus::Validator> validators;
    for (const std::size_t member : members) {
      const auto key = ConsensusKey(member).PublicKey();
      validators.push_back({.address = consensus::AddressOf(key), .key = key, .power = 1});
    }
    return std::make_shared<const consensus::ValidatorSet>(
        *consensus::ValidatorSet::From(std::move(validators)));
  }
  // By all of the set.
  consensus::Commit CommitOf(const std::vector<std::size_t>& members) {
    return CommitBy(members, *SetOf(members));
  }
};

TEST_F(CheckerOfSets, ACommitHoldsByTheSetOfItsHeightOrNotAtAll) {
  checker_.OnCommit(SeatOf(0), CommitOf({0, 1, 2, 3}));
  EXPECT_FALSE(IsBroken());
  checker_.OnValidators(1, SetOf({0, 1, 2, 4}));
  checker_.OnCommit(SeatOf(0), CommitOf({0, 1, 2, 4}));
  EXPECT_FALSE(IsBroken());
  Checker later(TheGenesis().chain, TheSet());
  later.OnValidators(1, SetOf({0, 1, 2, 4}));
  later.OnCommit(SeatOf(0), CommitOf({0, 1, 2, 3}));
  EXPECT_EQ(later.Violations().size(), 1U);
}

TEST_F(CheckerOfSets, TwoSetsOfOneHeightAndAHeaderWithAnotherAreSeen) {
  checker_.OnValidators(3, SetOf({0, 1, 2}));
  consensus::Header header;
  header.height = 3;
  header.validators_hash = SetOf({0, 1, 2})->Hash();
  checker_.OnHeader(header);
  EXPECT_FALSE(IsBroken());
  header.validators_hash = TheSet()->Hash();
  checker_.OnHeader(header);
  EXPECT_EQ(checker_.Violations().size(), 1U);
  checker_.OnValidators(3, SetOf({0, 1, 3}));
  EXPECT_EQ(checker_.Violations().size(), 2U);
}

}  // namespace
}  // namespace jiandu::simulator
