// SignGuard: every neighbour of the last signature, in every direction.
#include "consensus/sign_guard.h"

#include <gtest/gtest.h>

#include "tests/consensus/core_test_net.h"

namespace jiandu::consensus::test {
namespace {

const Address kMe = Seats(*MakeSet(4))[0];

SignAndPersist AskVote(VoteType type, Height height, Round round, std::optional<BlockId> id) {
  SignAndPersist ask;
  ask.unsigned_message = MakeVote(type, height, round, id, kMe);
  ask.state.height = height;
  ask.state.round = round;
  ask.state.step = type == VoteType::kPrevote ? Step::kPrevote : Step::kPrecommit;
  if (type == VoteType::kPrecommit && id) {
    ask.state.locked_round = ask.state.valid_round = round;
    ask.state.locked_id = ask.state.valid_id = id;
    ask.state.polka = Certificate{
        .kind = Certificate::Kind::kPolka, .height = height, .round = round, .id = id, .votes = {}};
  }
  return ask;
}

SignAndPersist AskProposal(Height height, Round round, const BlockId& id) {
  SignAndPersist ask;
  ask.unsigned_message = MakeProposal(height, round, -1, id, kMe);
  ask.state.height = height;
  ask.state.round = round;
  ask.state.step = Step::kPropose;
  return ask;
}

// The record after `ask` was signed at time 1.
SafetyState After(const SafetyState& last, const SignAndPersist& ask) {
  SignGuard::Message message = ask.unsigned_message;
  std::visit([](auto& one) { one.time = Time{.seconds = 1, .nanos = 0}; }, message);
  return SignGuard::RecordOf(last, ask.state, message);
}

bool IsFresh(const SignGuard::Verdict& verdict) {
  return std::holds_alternative<SignGuard::SignFresh>(verdict);
}
std::optional<SignGuard::Why> Refusal(const SignGuard::Verdict& verdict) {
  const auto* refuse = std::get_if<SignGuard::Refuse>(&verdict);
  return refuse == nullptr ? std::nullopt : std::optional(refuse->why);
}

TEST(SignGuard, AFreshNodeSignsAnything) {
  EXPECT_TRUE(IsFresh(SignGuard::Decide({}, AskVote(VoteType::kPrevote, 1, 0, IdOf("a")))));
  EXPECT_TRUE(IsFresh(SignGuard::Decide({}, AskProposal(1, 0, IdOf("a")))));
}

TEST(SignGuard, OnlyWhatComesAfterTheLastSignatureIsFresh) {
  const SafetyState last = After({}, AskVote(VoteType::kPrevote, 5, 2, IdOf("a")));
  for (Height height = 4; height <= 6; ++height) {
    for (Round round = 1; round <= 3; ++round) {
      for (const Step step : {Step::kPropose, Step::kPrevote, Step::kPrecommit}) {
        SignAndPersist ask = AskProposal(height, round, IdOf("b"));
        if (step == Step::kPrevote) ask = AskVote(VoteType::kPrevote, height, round, IdOf("b"));
        if (step == Step::kPrecommit) ask = AskVote(VoteType::kPrecommit, height, round, IdOf("b"));
        const auto verdict = SignGuard::Decide(last, ask);
        const auto place = std::tuple(height, round, step);
        const auto before = std::tuple(Height{5}, Round{2}, Step::kPrevote);
        EXPECT_EQ(IsFresh(verdict), place > before);
        if (place < before) {
          EXPECT_EQ(Refusal(verdict), SignGuard::Why::kBehind);
        }
        if (place == before) {
          EXPECT_EQ(Refusal(verdict), SignGuard::Why::kConflict);
        }
      }
    }
  }
}

TEST(SignGuard, TheSameVoteAgainGivesTheStoredOneWithItsTime) {
  for (const std::optional<BlockId>& id : {std::optional<BlockId>(), std::optional(IdOf("a"))}) {
    for (const VoteType type : {VoteType::kPrevote, VoteType::kPrecommit}) {
      const SignAndPersist ask = AskVote(type, 5, 2, id);
      const auto verdict = SignGuard::Decide(After({}, ask), ask);
      const auto* stored = std::get_if<SignGuard::ReturnStored>(&verdict);
      ASSERT_NE(stored, nullptr);
      EXPECT_EQ(std::get<Vote>(stored->message).time.seconds, 1);
    }
  }
  const SignAndPersist ask = AskProposal(5, 2, IdOf("a"));
  const auto verdict = SignGuard::Decide(After({}, ask), ask);
  EXPECT_TRUE(std::holds_alternative<SignGuard::ReturnStored>(verdict));
}

TEST(SignGuard, AnotherValueAtTheSamePlaceIsAConflict) {
  const SafetyState voted = After({}, AskVote(VoteType::kPrevote, 5, 2, IdOf("a")));
  EXPECT_EQ(Refusal(SignGuard::Decide(voted, AskVote(VoteType::kPrevote, 5, 2, {}))),
            SignGuard::Why::kConflict);
  const SafetyState proposed = After({}, AskProposal(5, 2, IdOf("a")));
  EXPECT_EQ(Refusal(SignGuard::Decide(proposed, AskProposal(5, 2, IdOf("b")))),
            SignGuard::Why::kConflict);
}

TEST(SignGuard, ARecordThatLosesItsLockIsRefused) {
  const SafetyState last = After({}, AskVote(VoteType::kPrecommit, 5, 2, IdOf("a")));
  SignAndPersist ask = AskVote(VoteType::kPrevote, 5, 3, IdOf("a"));
  EXPECT_EQ(Refusal(SignGuard::Decide(last, ask)), SignGuard::Why::kConflict);
  ask.state.locked_round = 2;
  ask.state.locked_id = IdOf("a");
  EXPECT_TRUE(IsFresh(SignGuard::Decide(last, ask)));
  // The next height starts without one.
  EXPECT_TRUE(IsFresh(SignGuard::Decide(last, AskVote(VoteType::kPrevote, 6, 0, IdOf("b")))));
}

TEST(SignGuard, APrecommitNeedsItsLockAndPolkaInTheSameRecord) {
  SignAndPersist ask = AskVote(VoteType::kPrecommit, 5, 2, IdOf("a"));
  ask.state.polka.reset();
  EXPECT_EQ(Refusal(SignGuard::Decide({}, ask)), SignGuard::Why::kConflict);
  ask = AskVote(VoteType::kPrecommit, 5, 2, IdOf("a"));
  ask.state.locked_id = IdOf("b");
  EXPECT_EQ(Refusal(SignGuard::Decide({}, ask)), SignGuard::Why::kConflict);
  ask = AskVote(VoteType::kPrecommit, 5, 2, IdOf("a"));
  ask.state.round = 3;
  EXPECT_EQ(Refusal(SignGuard::Decide({}, ask)), SignGuard::Why::kConflict);
}

TEST(SignGuard, TheRecordCarriesWhatTheCoreDidNotKnowYet) {
  const SafetyState proposed = After({}, AskProposal(5, 2, IdOf("a")));
  // The core asked for its prevote before the signed proposal had come back.
  const SafetyState voted = After(proposed, AskVote(VoteType::kPrevote, 5, 2, IdOf("a")));
  ASSERT_TRUE(voted.last_proposal.has_value());
  ASSERT_TRUE(voted.last_prevote.has_value());
  const SafetyState next = After(voted, AskVote(VoteType::kPrevote, 5, 3, IdOf("a")));
  EXPECT_FALSE(next.last_proposal.has_value());  // of another round
}

}  // namespace
}  // namespace jiandu::consensus::test
