// The transition of one height's round state, one overload an input.
#include "consensus/round_state.h"

namespace jiandu::consensus {
namespace {

RoundResult Refuse(const RoundState& state) {
  return {.state = state, .output = round_output::Refused{}};
}

RoundResult Prevote(RoundState state, const std::optional<BlockId>& id) {
  state.step = Step::kPrevote;
  return {.state = state, .output = round_output::CastVote{.type = VoteType::kPrevote, .id = id}};
}

RoundResult Precommit(RoundState state, const std::optional<BlockId>& id) {
  state.step = Step::kPrecommit;
  return {.state = state, .output = round_output::CastVote{.type = VoteType::kPrecommit, .id = id}};
}

RoundResult SkipTo(RoundState state, Round round) {
  state.step = Step::kUnstarted;
  return {.state = state, .output = round_output::SkipTo{.round = round}};
}

bool IsCurrent(const RoundState& state, Height height, Round round) {
  return state.height == height && state.round == round;
}

RoundResult On(RoundState state, const round_input::NewRound& input) {
  if (input.round <= state.round || state.step == Step::kCommit) return Refuse(state);
  state.round = input.round;
  state.step = Step::kPropose;
  return {.state = state,
          .output = round_output::Schedule{.kind = Timeout::Kind::kPropose, .round = input.round}};
}

RoundResult On(RoundState state, const round_input::NewRoundProposer& input) {
  if (input.round <= state.round || state.step == Step::kCommit) return Refuse(state);
  state.round = input.round;
  state.step = Step::kPropose;
  if (state.valid_id.has_value()) {  // L15-L16: what may have been decided is proposed again
    return {.state = state,
            .output = round_output::Propose{.id = *state.valid_id, .pol_round = state.valid_round}};
  }
  return {.state = state, .output = round_output::GetValue{.round = input.round}};
}

RoundResult On(const RoundState& state, const round_input::ProposeValue& input) {
  if (state.step != Step::kPropose) return Refuse(state);
  return {.state = state, .output = round_output::Propose{.id = input.id, .pol_round = -1}};
}

RoundResult On(const RoundState& state, const round_input::ProposalSeen& input) {
  if (state.step != Step::kPropose) return Refuse(state);
  if (state.locked_round == -1 || state.locked_id == input.id) return Prevote(state, input.id);
  return Prevote(state, std::nullopt);
}

RoundResult On(const RoundState& state, const round_input::ProposalInvalid&) {
  if (state.step != Step::kPropose) return Refuse(state);
  return Prevote(state, std::nullopt);
}

RoundResult On(const RoundState& state,
               const round_input::ProposalAndPolkaPreviousAndValid& input) {
  if (state.step != Step::kPropose || input.pol_round < 0 || input.pol_round >= state.round) {
    return Refuse(state);
  }
  if (state.locked_round <= input.pol_round || state.locked_id == input.id) {
    return Prevote(state, input.id);
  }
  return Prevote(state, std::nullopt);
}

RoundResult On(const RoundState& state, const round_input::PolkaAny&) {
  if (state.step != Step::kPrevote) return Refuse(state);
  return {.state = state,
          .output = round_output::Schedule{.kind = Timeout::Kind::kPrevote, .round = state.round}};
}

RoundResult On(RoundState state, const round_input::ProposalAndPolkaAndValid& input) {
  if (state.step != Step::kPrevote && state.step != Step::kPrecommit) return Refuse(state);
  state.valid_id = input.id;
  state.valid_round = state.round;
  if (state.step == Step::kPrecommit) return {.state = state, .output = round_output::None{}};
  state.locked_id = input.id;
  state.locked_round = state.round;
  return Precommit(state, input.id);
}

RoundResult On(const RoundState& state, const round_input::PolkaNil&) {
  if (state.step != Step::kPrevote) return Refuse(state);
  return Precommit(state, std::nullopt);
}

RoundResult On(const RoundState& state, const round_input::PrecommitAny&) {
  if (state.step == Step::kCommit || state.step == Step::kUnstarted) return Refuse(state);
  return {
      .state = state,
      .output = round_output::Schedule{.kind = Timeout::Kind::kPrecommit, .round = state.round}};
}

RoundResult On(RoundState state, const round_input::ProposalAndCommitAndValid& input) {
  if (state.step == Step::kCommit) return Refuse(state);
  state.step = Step::kCommit;
  return {.state = state, .output = round_output::Decided{.round = input.round, .id = input.id}};
}

RoundResult On(const RoundState& state, const round_input::RoundSkip& input) {
  if (input.round <= state.round || state.step == Step::kCommit) return Refuse(state);
  return SkipTo(state, input.round);
}

RoundResult On(const RoundState& state, const round_input::TimeoutPropose& input) {
  if (!IsCurrent(state, input.height, input.round) || state.step != Step::kPropose) {
    return Refuse(state);
  }
  return Prevote(state, std::nullopt);
}

RoundResult On(const RoundState& state, const round_input::TimeoutPrevote& input) {
  if (!IsCurrent(state, input.height, input.round) || state.step != Step::kPrevote) {
    return Refuse(state);
  }
  return Precommit(state, std::nullopt);
}

RoundResult On(const RoundState& state, const round_input::TimeoutPrecommit& input) {
  if (!IsCurrent(state, input.height, input.round) || state.step == Step::kCommit) {
    return Refuse(state);
  }
  return SkipTo(state, state.round + 1);
}

}  // namespace

RoundResult Apply(const RoundState& state, const RoundInput& input) {
  return std::visit([&state](const auto& one) { return On(state, one); }, input);
}

}  // namespace jiandu::consensus
