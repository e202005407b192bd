// The round state's guards, and the specification's own traces of its `consensus` module.
#include "consensus/round_state.h"

#include <gtest/gtest.h>

#include "tests/consensus/core_test_net.h"
#include "tests/consensus/itf_reader.h"

namespace jiandu::consensus::test {
namespace {

using namespace round_input;  // NOLINT: the names under test

RoundState At(Round round, Step step) {
  RoundState state;
  state.height = 1;
  state.round = round;
  state.step = step;
  return state;
}

bool Refused(const RoundState& state, const RoundInput& input) {
  const RoundResult result = Apply(state, input);
  if (!std::holds_alternative<round_output::Refused>(result.output)) return false;
  EXPECT_EQ(result.state, state);  // refusing changes nothing
  return true;
}

std::optional<round_output::CastVote> VoteOf(const RoundState& state, const RoundInput& input) {
  const RoundResult result = Apply(state, input);
  if (const auto* vote = std::get_if<round_output::CastVote>(&result.output)) return *vote;
  return std::nullopt;
}

TEST(RoundState, L22PrevotesForTheProposalUnlessLockedOnAnother) {
  RoundState state = At(0, Step::kPropose);
  EXPECT_EQ(VoteOf(state, ProposalSeen{.id = IdOf("a")})->id, IdOf("a"));
  state = At(2, Step::kPropose);
  state.locked_round = 1;
  state.locked_id = IdOf("a");
  EXPECT_EQ(VoteOf(state, ProposalSeen{.id = IdOf("a")})->id, IdOf("a"));
  EXPECT_EQ(VoteOf(state, ProposalSeen{.id = IdOf("b")})->id, std::nullopt);
}

TEST(RoundState, L28ReleasesALockOnlyForAPolkaThatIsNotOlder) {
  RoundState state = At(5, Step::kPropose);
  state.locked_round = 3;
  state.locked_id = IdOf("a");
  const auto prevote = [&state](Round pol, const char* value) {
    return VoteOf(state, ProposalAndPolkaPreviousAndValid{.id = IdOf(value), .pol_round = pol})->id;
  };
  EXPECT_EQ(prevote(2, "b"), std::nullopt);
  EXPECT_EQ(prevote(3, "b"), IdOf("b"));
  EXPECT_EQ(prevote(4, "b"), IdOf("b"));
  EXPECT_EQ(prevote(2, "a"), IdOf("a"));
  for (const Round pol : {-1, 5, 6}) {
    EXPECT_TRUE(
        Refused(state, ProposalAndPolkaPreviousAndValid{.id = IdOf("a"), .pol_round = pol}));
  }
}

TEST(RoundState, L36LocksInPrevoteAndOnlyNotesTheValueInPrecommit) {
  const RoundInput input = ProposalAndPolkaAndValid{.id = IdOf("a")};
  RoundResult result = Apply(At(3, Step::kPrevote), input);
  EXPECT_EQ(result.state.locked_round, 3);
  EXPECT_EQ(result.state.valid_round, 3);
  EXPECT_EQ(result.state.step, Step::kPrecommit);
  result = Apply(At(3, Step::kPrecommit), input);
  EXPECT_EQ(result.state.locked_round, -1);
  EXPECT_EQ(result.state.valid_id, IdOf("a"));
  EXPECT_TRUE(std::holds_alternative<round_output::None>(result.output));
  EXPECT_TRUE(Refused(At(3, Step::kPropose), input));
}

TEST(RoundState, TimeoutsOfAnotherHeightRoundOrStepDoNothing) {
  for (const Step step :
       {Step::kUnstarted, Step::kPropose, Step::kPrevote, Step::kPrecommit, Step::kCommit}) {
    const RoundState state = At(2, step);
    EXPECT_EQ(Refused(state, TimeoutPropose{.height = 1, .round = 2}), step != Step::kPropose);
    EXPECT_EQ(Refused(state, TimeoutPrevote{.height = 1, .round = 2}), step != Step::kPrevote);
    EXPECT_EQ(Refused(state, TimeoutPrecommit{.height = 1, .round = 2}), step == Step::kCommit);
    EXPECT_TRUE(Refused(state, TimeoutPropose{.height = 2, .round = 2}));
    EXPECT_TRUE(Refused(state, TimeoutPrevote{.height = 1, .round = 1}));
    EXPECT_TRUE(Refused(state, TimeoutPrecommit{.height = 1, .round = 3}));
  }
}

TEST(RoundState, RoundsOnlyGoForward) {
  for (const Round round : {0, 1, 2}) {
    EXPECT_TRUE(Refused(At(2, Step::kPropose), NewRound{.round = round}));
    EXPECT_TRUE(Refused(At(2, Step::kPropose), NewRoundProposer{.round = round}));
    EXPECT_TRUE(Refused(At(2, Step::kPropose), RoundSkip{.round = round}));
  }
}

TEST(RoundState, AProposerWithAValidValueProposesItAgain) {
  RoundState state = At(1, Step::kUnstarted);
  state.valid_round = 1;
  state.valid_id = IdOf("a");
  const auto output = Apply(state, NewRoundProposer{.round = 2}).output;
  ASSERT_TRUE(std::holds_alternative<round_output::Propose>(output));
  EXPECT_EQ(std::get<round_output::Propose>(output).pol_round, 1);
}

TEST(RoundState, NothingHappensAfterTheDecision) {
  const RoundState state = At(0, Step::kCommit);
  EXPECT_TRUE(Refused(state, ProposalAndCommitAndValid{.round = 0, .id = IdOf("a")}));
  EXPECT_TRUE(Refused(state, PrecommitAny{}));
  EXPECT_TRUE(Refused(state, NewRound{.round = 1}));
}

// The specification's inputs and outputs by name.
RoundInput ReadInput(const Json& tagged) {
  const std::string tag = ItfTag(tagged);
  const Json& value = *tagged.Find("value");
  const auto round = [](const Json& json) { return static_cast<Round>(ItfInteger(json)); };
  if (tag == "NewRoundCInput") return NewRound{.round = round(value)};
  if (tag == "NewRoundProposerCInput") return NewRoundProposer{.round = round(value)};
  if (tag == "ProposeValueCInput") return ProposeValue{.id = IdOf(value.AsString())};
  if (tag == "ProposalCInput") return ProposalSeen{.id = *ItfValue(ItfItem(value, 1))};
  if (tag == "ProposalInvalidCInput") return ProposalInvalid{};
  if (tag == "ProposalAndPolkaAndValidCInput") {
    return ProposalAndPolkaAndValid{.id = *ItfValue(value)};
  }
  if (tag == "PolkaAnyCInput") return PolkaAny{};
  if (tag == "PolkaNilCInput") return PolkaNil{};
  if (tag == "PrecommitAnyCInput") return PrecommitAny{};
  if (tag == "ProposalAndCommitAndValidCInput") {
    return ProposalAndCommitAndValid{.round = round(ItfItem(value, 0)),
                                     .id = IdOf(ItfItem(value, 1).AsString())};
  }
  const auto height = static_cast<Height>(ItfInteger(ItfItem(value, 0)));
  const Round of = round(ItfItem(value, 1));
  if (tag == "TimeoutProposeCInput") return TimeoutPropose{.height = height, .round = of};
  if (tag == "TimeoutPrevoteCInput") return TimeoutPrevote{.height = height, .round = of};
  EXPECT_EQ(tag, "TimeoutPrecommitCInput");
  return TimeoutPrecommit{.height = height, .round = of};
}

std::string OutputName(const RoundOutput& output) {
  static constexpr std::array<const char*, 8> kNames{
      "NoConsensusOutput", "ErrorOutput",    "ProposalOutput",
      "VoteOutput",        "TimeoutOutput",  "GetValueAndScheduleTimeoutOutput",
      "DecidedOutput",     "SkipRoundOutput"};
  return kNames.at(output.index());
}

void ComparePost(const RoundState& state, const Json& post) {
  EXPECT_EQ(state.round, ItfInteger(*post.Find("round")));
  EXPECT_EQ(state.locked_round, ItfInteger(*post.Find("lockedRound")));
  EXPECT_EQ(state.locked_id, ItfValue(*post.Find("lockedValue")));
  EXPECT_EQ(state.valid_round, ItfInteger(*post.Find("validRound")));
  EXPECT_EQ(state.valid_id, ItfValue(*post.Find("validValue")));
  static constexpr std::array<const char*, 5> kSteps{"UnstartedStep", "ProposeStep", "PrevoteStep",
                                                     "PrecommitStep", "CommitStep"};
  const std::string step = ItfTag(*post.Find("step"));
  EXPECT_EQ(kSteps.at(static_cast<std::size_t>(state.step)),
            step == "NoStep" ? "UnstartedStep" : step);
}

TEST(RoundState, FollowsTheSpecificationsOwnTraces) {
  const auto files = ItfFiles("raw", "consensusTest");
  if (files.empty()) GTEST_SKIP() << "no traces of the specification here";
  int steps = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const Json json = ItfRead(file);
    RoundState state;
    for (const Json& one : json.ItemsOf("states")) {
      const Json& post = *one.Find("state");
      const Json& input = *one.Find("input");
      if (ItfTag(input) == "NoConsensusInput") {
        state = RoundState();
        state.height = static_cast<Height>(ItfInteger(*post.Find("height")));
        continue;
      }
      const RoundResult result = Apply(state, ReadInput(input));
      state = result.state;
      EXPECT_EQ(OutputName(result.output), ItfTag(*one.Find("output")));
      ComparePost(state, post);
      ++steps;
    }
  }
  EXPECT_GE(steps, 18);
}

}  // namespace
}  // namespace jiandu::consensus::test
