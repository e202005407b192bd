// Votes: what two thirds of the heads decide (docs/contracts.md 4.0).
//
// An op whose row has an electorate and that arrives short of its quorum, with `await`, opens a
// proposal: it keeps the payload as signed and has no effect. Heads vote on it, one vote a
// department; the signatures of heads under the payload count as their yes. At the quorum all
// checks run again and the effect happens in that block. Pure; the thread of the block.
#pragma once

#include "contracts/pending.h"

namespace jiandu::contracts {

// At least two thirds of the active departments with the role DEPARTMENT.
[[nodiscard]] Electorate TwoThirdsOfHeads(Case& judged);
// A head who may vote on the op may sign it as PEER as well.
[[nodiscard]] bool IsVotingHead(Case& judged, const ledger::KeyRecord& peer);
// A rule of the row, at the place of its code: QUORUM_NOT_MET when the op says it is complete and
// is not.
[[nodiscard]] Code Quorum(Case& judged);
// Step 3: the sender is one of those who vote.
[[nodiscard]] Code SenderVotes(Case& judged);

// Puts the judged transaction to the vote.
void OpenProposal(Case& judged, ByteView payload, std::string_view digest);
[[nodiscard]] CosignResult ApplyVote(BlockState& state, const ledger::Transaction& transaction);
// The first moment after the proposal's last day.
[[nodiscard]] ledger::TimeMs LapseOf(BlockState& state, const ledger::EntityBody& proposal);

}  // namespace jiandu::contracts
