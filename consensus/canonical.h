// The bytes validators sign: CometBFT v0.38's CanonicalVote and CanonicalProposal, length first.
//
// Pure; any thread. Round 0 and a nil block id are omitted, the timestamp never (docs/consensus.md
// (Bytes)).
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "consensus/types.h"
#include "consensus/validator_set.h"

namespace jiandu::consensus {

[[nodiscard]] Bytes VoteSignBytes(std::string_view chain_id, const Vote& vote);
[[nodiscard]] Bytes ProposalSignBytes(std::string_view chain_id, const Proposal& proposal);
// By the key of `from` in `set`; false when it is not a member.
[[nodiscard]] bool VerifyVote(std::string_view chain_id, const Vote& vote, const ValidatorSet& set);
[[nodiscard]] bool VerifyProposal(std::string_view chain_id, const Proposal& proposal,
                                  const ValidatorSet& set);

}  // namespace jiandu::consensus
