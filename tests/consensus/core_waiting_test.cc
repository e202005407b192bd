// Waiting for work, and coming back after a restart.
#include <gtest/gtest.h>

#include "consensus/core.h"
#include "consensus/sign_guard.h"
#include "tests/consensus/core_test_net.h"

namespace jiandu::consensus::test {
namespace {

TEST(CoreWaiting, WithoutWorkNothingIsProposedUntilTheHeartbeat) {
  Solo solo(4, 1);
  EXPECT_TRUE(Pick<Build>(solo.Start(1, Work::kNone)).empty());
  EXPECT_TRUE(solo.core.View().waiting_for_work);
  EXPECT_TRUE(Pick<Build>(solo.Drive(Fired(Timeout::Kind::kRebroadcast, 1))).empty());
  EXPECT_TRUE(Pick<Build>(solo.Drive(Fired(Timeout::Kind::kHeartbeat, 2))).empty());
  EXPECT_EQ(Pick<Build>(solo.Drive(Fired(Timeout::Kind::kHeartbeat, 1))).size(), 1U);
}

TEST(CoreWaiting, WorkWaitsForTheMinimumInterval) {
  const Params params;  // with a minimum interval
  for (const bool work_first : {false, true}) {
    Solo solo(4, 1, params);
    static_cast<void>(solo.Start(1, Work::kNone));
    const Input work = WorkAvailable{.height = 1};
    const Input interval = Fired(Timeout::Kind::kMinInterval, 1);
    EXPECT_TRUE(Pick<Build>(solo.Drive(work_first ? work : interval)).empty());
    EXPECT_EQ(Pick<Build>(solo.Drive(work_first ? interval : work)).size(), 1U);
  }
  Solo solo(4, 1, params);
  EXPECT_TRUE(Pick<Build>(solo.Start(1, Work::kPending)).empty());
  EXPECT_EQ(Pick<Build>(solo.Drive(Fired(Timeout::Kind::kMinInterval, 1))).size(), 1U);
}

TEST(CoreWaiting, AValidProposalEndsItAnInvalidOneDoesNot) {
  Solo solo(4, 0, Params());
  static_cast<void>(solo.Start(1, Work::kNone));
  static_cast<void>(solo.Drive(
      ProposalIn{.proposal = MakeProposal(1, 0, -1, IdOf("bad"), solo.seats[1]), .timely = true}));
  static_cast<void>(solo.Drive(Checked{.height = 1, .id = IdOf("bad"), .valid = false}));
  EXPECT_TRUE(solo.core.View().waiting_for_work);
  Solo other(4, 0, Params());
  static_cast<void>(other.Start(1, Work::kNone));
  static_cast<void>(other.Propose(1, 0, -1, IdOf("good")));
  EXPECT_EQ(other.core.View().step, Step::kPrevote);
}

TEST(CoreWaiting, MoreThanAThirdOfTheVotesEndIt) {
  Solo solo(4, 0, Params());
  static_cast<void>(solo.Start(1, Work::kNone));
  static_cast<void>(solo.VoteFrom(1, kPrevote, 1, 0, std::nullopt));
  static_cast<void>(solo.VoteFrom(1, kPrecommit, 1, 0, std::nullopt));
  EXPECT_TRUE(solo.core.View().waiting_for_work);  // one member, however often
  static_cast<void>(solo.VoteFrom(2, kPrevote, 1, 0, std::nullopt));
  EXPECT_FALSE(solo.core.View().waiting_for_work);
}

// tendermint#3199: a transaction that came at the wrong step halted the chain.
TEST(CoreWaiting, WorkThatComesAtAnyStepLeadsToABlock) {
  constexpr int kStepsMax = 12;
  for (int at = 0; at < kStepsMax; ++at) {
    Solo solo(1, 0, Params());
    bool pending = false;
    int step = 0;
    const auto tick = [&] {
      if (step++ == at) pending = true;
      if (pending) static_cast<void>(solo.Drive(WorkAvailable{.height = solo.core.View().height}));
    };
    for (Height height = 1; height <= 3; ++height) {
      static_cast<void>(solo.Start(height, Work::kNone));
      tick();
      static_cast<void>(solo.Drive(Fired(Timeout::Kind::kMinInterval, height)));
      tick();
      if (!pending) static_cast<void>(solo.Drive(Fired(Timeout::Kind::kHeartbeat, height)));
      tick();
      const auto effects =
          solo.Drive(Built{.height = height, .round = 0, .id = IdOf(std::to_string(height))});
      ASSERT_EQ(Pick<Decide>(effects).size(), 1U) << "work at " << at << ", height " << height;
      tick();
    }
  }
}

// A node that was killed after its last record was written: the next run gets that record.
std::vector<Effect> Resume(Solo& solo, const SafetyState& record) {
  StartHeight start;
  start.height = record.height;
  start.set = solo.set;
  start.restored = record;
  return solo.core.Step(start);
}

SafetyState RecordAfter(const Solo& solo) {
  const SignAndPersist& ask = solo.asks.back();
  return SignGuard::RecordOf({}, ask.state, ask.unsigned_message);
}

TEST(CoreRestart, SendsTheVerySameMessagesAgainAndAsksForNone) {
  Solo before(4, 0);
  static_cast<void>(before.Start(1));
  static_cast<void>(before.Propose(1, 0, -1, IdOf("a")));
  for (const std::size_t seat : {1U, 2U}) {
    static_cast<void>(before.VoteFrom(seat, kPrevote, 1, 0, IdOf("a")));
  }
  const SafetyState record = RecordAfter(before);
  ASSERT_EQ(record.step, Step::kPrecommit);
  Solo after(4, 0);
  const auto effects = Resume(after, record);
  EXPECT_TRUE(Pick<SignAndPersist>(effects).empty());
  const auto said = Pick<Broadcast>(effects);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(std::get<Vote>(said[0].message), *record.last_prevote);
  EXPECT_EQ(std::get<Vote>(said[1].message), *record.last_precommit);
  EXPECT_EQ(after.core.View().locked_id, IdOf("a"));
  EXPECT_EQ(after.core.Safety(), record);
  // The very votes that led to the record come again: nothing more is signed.
  for (const std::size_t seat : {1U, 2U}) {
    static_cast<void>(after.VoteFrom(seat, kPrevote, 1, 0, IdOf("a")));
  }
  static_cast<void>(after.Propose(1, 0, -1, IdOf("a")));
  EXPECT_TRUE(after.asks.empty());
  // And the height can still be decided.
  static_cast<void>(after.VoteFrom(1, kPrecommit, 1, 0, IdOf("a")));
  EXPECT_EQ(Pick<Decide>(after.VoteFrom(2, kPrecommit, 1, 0, IdOf("a"))).size(), 1U);
}

TEST(CoreRestart, ALockedProposerReproposesWithItsPolka) {
  Solo before(4, 2);  // proposes in round 1
  static_cast<void>(before.Start(1));
  static_cast<void>(before.Propose(1, 0, -1, IdOf("a")));
  for (const std::size_t seat : {0U, 1U}) {
    static_cast<void>(before.VoteFrom(seat, kPrevote, 1, 0, IdOf("a")));
  }
  Solo after(4, 2);
  static_cast<void>(Resume(after, RecordAfter(before)));
  for (const std::size_t seat : {0U, 1U}) {
    static_cast<void>(after.VoteFrom(seat, kPrevote, 1, 1, std::nullopt));  // L55
  }
  ASSERT_EQ(after.core.View().round, 1);
  const auto& proposal = std::get<Proposal>(after.asks.at(0).unsigned_message);
  EXPECT_EQ(proposal.id, IdOf("a"));
  EXPECT_EQ(proposal.pol_round, 0);
  ASSERT_TRUE(proposal.polka.has_value());
  EXPECT_EQ(proposal.polka->votes.size(), 3U);
}

TEST(CoreRestart, ARecordAheadOfTheLedgerKeepsUsSilentUntilItsHeight) {
  Solo solo(4, 1);  // the proposer of height 1
  SafetyState record;
  record.height = 2;
  record.step = Step::kPrevote;
  record.last_prevote = MakeVote(kPrevote, 2, 0, IdOf("b"), solo.me);
  StartHeight start;
  start.height = 1;
  start.set = solo.set;
  start.needs_proof = Work::kPending;
  start.restored = record;
  const auto effects = solo.core.Step(start);
  EXPECT_TRUE(Pick<Build>(effects).empty());
  static_cast<void>(solo.Drive(Fired(Timeout::Kind::kPropose, 1)));
  EXPECT_TRUE(solo.asks.empty());
  EXPECT_FALSE(solo.core.View().can_sign);
  const auto next = solo.Start(2);
  EXPECT_TRUE(solo.core.View().can_sign);
  EXPECT_EQ(solo.core.View().step, Step::kPrevote);
  ASSERT_EQ(Pick<Broadcast>(next).size(), 1U);
  EXPECT_EQ(std::get<Vote>(Pick<Broadcast>(next)[0].message), *record.last_prevote);
}

TEST(CoreRestart, AVoteOfOursThatWeDoNotKnowSilencesUsForTheHeight) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  const auto effects = solo.VoteFrom(0, kPrevote, 1, 0, IdOf("a"));
  EXPECT_EQ(Pick<Alarm>(effects).size(), 1U);
  static_cast<void>(solo.Propose(1, 0, -1, IdOf("a")));
  static_cast<void>(solo.Drive(Fired(Timeout::Kind::kPropose, 1)));
  EXPECT_TRUE(solo.asks.empty());
}

TEST(CoreRestart, OurOwnVotesComingBackAreNoAlarm) {
  Solo solo(4, 0);
  static_cast<void>(solo.Start(1));
  static_cast<void>(solo.Propose(1, 0, -1, IdOf("a")));
  EXPECT_TRUE(Pick<Alarm>(solo.VoteFrom(0, kPrevote, 1, 0, IdOf("a"))).empty());
  EXPECT_EQ(Pick<Alarm>(solo.VoteFrom(0, kPrevote, 1, 0, IdOf("b"))).size(), 1U);
}

}  // namespace
}  // namespace jiandu::consensus::test
