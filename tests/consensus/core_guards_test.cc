// Guards of the core that stand against rare or malicious input: certificates that are too small,
// blocks that are not valid here, timers that fire without their votes, keys outside the set.
#include <gtest/gtest.h>

#include "consensus/core.h"
#include "tests/consensus/core_test_net.h"

namespace jiandu::consensus::test {
namespace {

bool IsArmed(const std::vector<Effect>& effects, Timeout::Kind kind) {
  return std::ranges::any_of(Pick<SetTimer>(effects),
                             [kind](const SetTimer& timer) { return timer.timeout.kind == kind; });
}

class CoreGuards : public ::testing::Test {
 protected:
  CoreGuards() { static_cast<void>(solo.Start(1)); }

  // What these seats say for one value, as a certificate.
  [[nodiscard]] Certificate Of(Certificate::Kind kind, Round round, std::optional<BlockId> id,
                               std::initializer_list<std::size_t> who) const {
    Certificate made{.kind = kind, .height = 1, .round = round, .id = id, .votes = {}};
    const VoteType type = kind == Certificate::Kind::kPolka ? kPrevote : kPrecommit;
    for (const std::size_t seat : who) {
      made.votes.push_back(MakeVote(type, 1, round, id, solo.seats[seat]));
    }
    return made;
  }
  void SkipToRound1() {
    for (const std::size_t seat : {1U, 2U}) {
      static_cast<void>(solo.VoteFrom(seat, kPrevote, 1, 1, std::nullopt));
    }
    ASSERT_EQ(solo.core.View().round, 1);
  }
  // A re-proposal of "a" in round 1 with this polka; what the application says of it.
  std::vector<Effect> Repropose(const Certificate& polka, bool valid) {
    Proposal proposal = MakeProposal(1, 1, 0, IdOf("a"), solo.seats[2]);
    proposal.polka = polka;
    auto effects = solo.Drive(ProposalIn{.proposal = proposal, .timely = true});
    const auto more = solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = valid});
    effects.insert(effects.end(), more.begin(), more.end());
    return effects;
  }

  Solo solo{4, 0};  // seat 1 proposes in round 0, seat 2 in round 1
};

TEST_F(CoreGuards, APolkaThatIsTooSmallOrOfSomethingElseIsNone) {
  using enum Certificate::Kind;
  SkipToRound1();
  for (const Certificate& polka :
       {Of(kPolka, 0, IdOf("a"), {1, 2}), Of(kPolka, 0, IdOf("b"), {1, 2, 3}),
        Of(kCommit, 0, IdOf("a"), {1, 2}), Of(kPolka, 0, IdOf("a"), {1, 1, 2})}) {
    EXPECT_FALSE(AskedVote(Repropose(polka, true), kPrevote).has_value());
  }
  const auto whole = Repropose(Of(kPolka, 0, IdOf("a"), {1, 2, 3}), true);
  ASSERT_TRUE(AskedVote(whole, kPrevote).has_value());
  EXPECT_EQ(AskedVote(whole, kPrevote)->id, IdOf("a"));
}

// L28: what two thirds found good, our own application may still refuse.
TEST_F(CoreGuards, AnInvalidReproposalGetsNilHoweverGoodItsPolka) {
  SkipToRound1();
  const auto effects = Repropose(Of(Certificate::Kind::kPolka, 0, IdOf("a"), {1, 2, 3}), false);
  ASSERT_TRUE(AskedVote(effects, kPrevote).has_value());
  EXPECT_FALSE(AskedVote(effects, kPrevote)->id.has_value());
}

// L36: a lock is never taken on what this node has not found valid itself.
TEST_F(CoreGuards, APolkaForWhatIsNotValidHereLocksNothing) {
  const Proposal proposal = MakeProposal(1, 0, -1, IdOf("a"), solo.seats[1]);
  static_cast<void>(solo.Drive(ProposalIn{.proposal = proposal, .timely = true}));
  static_cast<void>(solo.Drive(Fired(Timeout::Kind::kPropose, 1, 0)));  // prevotes nil
  std::vector<Effect> effects;
  for (const std::size_t seat : {1U, 2U, 3U}) {
    effects = solo.VoteFrom(seat, kPrevote, 1, 0, IdOf("a"));
    EXPECT_FALSE(AskedVote(effects, kPrecommit).has_value()) << "not checked yet";
  }
  effects = solo.Drive(Checked{.height = 1, .id = IdOf("a"), .valid = false});
  EXPECT_FALSE(AskedVote(effects, kPrecommit).has_value()) << "refused";
  EXPECT_EQ(solo.core.View().locked_round, -1);
  EXPECT_EQ(solo.core.View().valid_round, -1);
}

// L44 needs two thirds for nil, not two thirds of votes.
TEST_F(CoreGuards, PrevotesForDifferentThingsAreNoNilPolka) {
  static_cast<void>(solo.Drive(Fired(Timeout::Kind::kPropose, 1, 0)));
  static_cast<void>(solo.VoteFrom(1, kPrevote, 1, 0, IdOf("a")));
  EXPECT_FALSE(AskedVote(solo.VoteFrom(2, kPrevote, 1, 0, {}), kPrecommit).has_value());
  const auto effects = solo.VoteFrom(3, kPrevote, 1, 0, {});
  ASSERT_TRUE(AskedVote(effects, kPrecommit).has_value());
  EXPECT_FALSE(AskedVote(effects, kPrecommit)->id.has_value());
}

// L34 and L47: a timer that ran from the start would end rounds before the votes had a chance.
TEST_F(CoreGuards, TimersOfVotesStartWithAQuorumOfThem) {
  static_cast<void>(solo.Drive(Fired(Timeout::Kind::kPropose, 1, 0)));  // and our own vote
  EXPECT_FALSE(IsArmed(solo.VoteFrom(1, kPrevote, 1, 0, {}), Timeout::Kind::kPrevote));
  EXPECT_TRUE(IsArmed(solo.VoteFrom(2, kPrevote, 1, 0, IdOf("a")), Timeout::Kind::kPrevote));
  EXPECT_FALSE(IsArmed(solo.VoteFrom(3, kPrevote, 1, 0, IdOf("b")), Timeout::Kind::kPrevote))
      << "once a round";
  EXPECT_FALSE(IsArmed(solo.VoteFrom(1, kPrecommit, 1, 0, {}), Timeout::Kind::kPrecommit));
  EXPECT_FALSE(IsArmed(solo.VoteFrom(2, kPrecommit, 1, 0, {}), Timeout::Kind::kPrecommit));
  EXPECT_TRUE(IsArmed(solo.VoteFrom(3, kPrecommit, 1, 0, IdOf("a")), Timeout::Kind::kPrecommit));
}

// L65: the host may let a timer fire early, but not before the votes that start it.
TEST_F(CoreGuards, ATimeOutOfPrecommitsWithoutAQuorumOfThemEndsNoRound) {
  const Input fired = Fired(Timeout::Kind::kPrecommit, 1, 0);
  for (const std::size_t seat : {1U, 2U}) {
    static_cast<void>(solo.VoteFrom(seat, kPrecommit, 1, 0, std::nullopt));
    static_cast<void>(solo.Drive(fired));
    EXPECT_EQ(solo.core.View().round, 0);
  }
  static_cast<void>(solo.VoteFrom(3, kPrecommit, 1, 0, std::nullopt));
  static_cast<void>(solo.Drive(fired));
  EXPECT_EQ(solo.core.View().round, 1);
}

TEST_F(CoreGuards, ACertificateThatIsTooSmallMovesNothing) {
  using enum Certificate::Kind;
  const auto give = [&](const Certificate& one) {
    return solo.Drive(CertificateIn{.certificate = one});
  };
  EXPECT_TRUE(Pick<FetchBlock>(give(Of(kCommit, 0, IdOf("a"), {1, 2}))).empty());
  EXPECT_TRUE(Pick<FetchBlock>(give(Of(kCommit, 0, IdOf("a"), {1, 2, 2}))).empty());
  static_cast<void>(give(Of(kSkip, 5, std::nullopt, {1})));
  EXPECT_EQ(solo.core.View().round, 0);
  EXPECT_EQ(Pick<FetchBlock>(give(Of(kCommit, 0, IdOf("a"), {1, 2, 3}))).size(), 1U);
  static_cast<void>(give(Of(kSkip, 5, std::nullopt, {1, 2})));
  EXPECT_EQ(solo.core.View().round, 5);
}

// A validator that was voted out goes on as a follower.
TEST(CoreSeats, AKeyOutsideTheSetSignsNothing) {
  const ValidatorSetPtr set = MakeSet(4);
  const std::vector<Address> seats = Seats(*set);
  Address outside;
  outside.bytes.fill(0xAB);
  Core core("test", outside, FastParams(), std::make_unique<SeatRotation>());
  StartHeight start;
  start.height = 1;
  start.set = set;
  start.needs_proof = Work::kPending;
  static_cast<void>(core.Step(start));
  EXPECT_FALSE(core.View().can_sign);
  static_cast<void>(core.Step(
      ProposalIn{.proposal = MakeProposal(1, 0, -1, IdOf("a"), seats[1]), .timely = true}));
  const auto checked = core.Step(Checked{.height = 1, .id = IdOf("a"), .valid = true});
  EXPECT_TRUE(Pick<SignAndPersist>(checked).empty());
}

}  // namespace
}  // namespace jiandu::consensus::test
