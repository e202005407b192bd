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
  for (const std::size_t signers : {3U, 2U}) {
    consensus::Certificate certificate{.kind = consensus::Certificate::Kind::kCommit,
                                       .height = 1,
                                       .round = 0,
                                       .id = IdOf(1),
                                       .votes = {}};
    for (std::size_t i = 0; i < signers; ++i) {
      certificate.votes.push_back(Signed(i, consensus::VoteType::kPrecommit, 0, IdOf(1)));
    }
    auto commit = consensus::MakeCommit(certificate, *TheSet());
    if (!commit) continue;  // refused where it would be made: then nobody can serve it
    checker_.OnCommit(SeatOf(0), *commit);
    EXPECT_EQ(IsBroken(), signers == 2);
  }
}

}  // namespace
}  // namespace jiandu::simulator
