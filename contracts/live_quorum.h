// Which validators are seen at work, and that a change of them leaves a quorum of these
// (docs/adr/0022).
//
// `cfg/seen/<consensus key>` holds the newest height, in steps, of a block with transactions that
// the validator proposed, or whose commit of the block before it signed. `cfg/refused/<txid>` holds
// the digest of a change that was refused for want of a live quorum: a second vote that names it
// goes through. Pure; the thread of the block.
#pragma once

#include <vector>

#include "contracts/case_table.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {

// How far back being seen counts, and how finely it is written.
inline constexpr ledger::Height kSeenWindow = 256;
inline constexpr ledger::Height kSeenStep = 64;

// At the beginning of a block with transactions: who is seen in it.
void NoteSeen(BlockState& state);
// The node stays what it was under another key.
void MoveSeen(BlockState& state, std::string_view old_key_hex, std::string_view key_hex);
[[nodiscard]] bool IsLive(const BlockState& state, std::string_view key_hex);

// kQuorumNotMet when more than two thirds of the power of `after` would not be live, unless the
// body's `despite` names the refusal of the same change.
[[nodiscard]] Code KeepsLiveQuorum(Case& judged,
                                   const std::vector<ledger::GenesisValidator>& after);
// After a refusal, by the transaction that was refused.
void NoteRefusedChange(const Case& judged);

}  // namespace jiandu::contracts
