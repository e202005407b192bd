// One height's round state and its transition: the specification's `consensus` module, 1:1.
//
// Pure: take a state and an input, give the next state and at most one output. Which input is
// enabled when (quorums, validity, whose turn) is the core's affair; here stand only the guards on
// step, lock and round. Any thread. Source: arXiv:1807.04938 algorithm 1 (L-numbers), and the Quint
// module `consensus` of circlefin/malachite, whose input names are kept.
#pragma once

#include <optional>
#include <variant>

#include "consensus/types.h"

namespace jiandu::consensus {

struct RoundState {
  Height height = 0;
  Round round = -1;
  Step step = Step::kUnstarted;
  Round locked_round = -1;
  std::optional<BlockId> locked_id;
  Round valid_round = -1;
  std::optional<BlockId> valid_id;
  auto operator<=>(const RoundState&) const = default;
};

namespace round_input {
struct NewRound {
  Round round = 0;
};  // L11, not our turn
struct NewRoundProposer {
  Round round = 0;
};  // L11, L14: our turn
struct ProposeValue {
  BlockId id;
};  // L18
struct ProposalSeen {
  BlockId id;
};  // L22: valid, pol = -1
struct ProposalInvalid {};  // L22, L28: not acceptable
struct ProposalAndPolkaPreviousAndValid {
  BlockId id;
  Round pol_round = 0;
};  // L28
struct PolkaAny {};  // L34
struct ProposalAndPolkaAndValid {
  BlockId id;
};  // L36
struct PolkaNil {};      // L44
struct PrecommitAny {};  // L47
struct ProposalAndCommitAndValid {
  Round round = 0;
  BlockId id;
};  // L49
struct RoundSkip {
  Round round = 0;
};  // L55
struct TimeoutPropose {
  Height height = 0;
  Round round = 0;
};  // L57
struct TimeoutPrevote {
  Height height = 0;
  Round round = 0;
};  // L61
struct TimeoutPrecommit {
  Height height = 0;
  Round round = 0;
};  // L65
}  // namespace round_input

using RoundInput =
    std::variant<round_input::NewRound, round_input::NewRoundProposer, round_input::ProposeValue,
                 round_input::ProposalSeen, round_input::ProposalInvalid,
                 round_input::ProposalAndPolkaPreviousAndValid, round_input::PolkaAny,
                 round_input::ProposalAndPolkaAndValid, round_input::PolkaNil,
                 round_input::PrecommitAny, round_input::ProposalAndCommitAndValid,
                 round_input::RoundSkip, round_input::TimeoutPropose, round_input::TimeoutPrevote,
                 round_input::TimeoutPrecommit>;

namespace round_output {
struct None {};
// The input does not fit the state; the state is unchanged.
struct Refused {
  auto operator<=>(const Refused&) const = default;
};
struct Propose {
  BlockId id;
  Round pol_round = -1;
};
struct CastVote {
  VoteType type = VoteType::kPrevote;
  std::optional<BlockId> id;
};
struct Schedule {
  Timeout::Kind kind = Timeout::Kind::kPropose;
  Round round = 0;
};
struct GetValue {
  Round round = 0;
};  // and schedule timeoutPropose
struct Decided {
  Round round = 0;
  BlockId id;
};
struct SkipTo {
  Round round = 0;
};  // step is Unstarted: start this round
}  // namespace round_output

using RoundOutput =
    std::variant<round_output::None, round_output::Refused, round_output::Propose,
                 round_output::CastVote, round_output::Schedule, round_output::GetValue,
                 round_output::Decided, round_output::SkipTo>;

struct RoundResult {
  RoundState state;
  RoundOutput output;
};

[[nodiscard]] RoundResult Apply(const RoundState& state, const RoundInput& input);

}  // namespace jiandu::consensus
