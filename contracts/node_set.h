// The validators as a block changes them (docs/contracts.md 4.1 DP10).
//
// `val` holds those who vote from the next height but one on. What the core is told is the
// difference a block makes, never single steps: a key admitted and removed in one block is no
// change. Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {

[[nodiscard]] std::vector<ledger::GenesisValidator> Validators(const BlockState& state);
void PutValidators(BlockState& state, const std::vector<ledger::GenesisValidator>& validators);
// What the block has changed so far, ascending by key.
[[nodiscard]] std::vector<ValidatorUpdate> ChangedValidators(const BlockState& state);

// A key of a node or of the log was used on this ledger, now or before: `cfg/node-key/<hex>`,
// `cfg/validator/<hex>`.
[[nodiscard]] bool IsNodeKeyUsed(const BlockState& state, std::string_view key_hex);
void MarkNodeKey(BlockState& state, std::string_view key_hex, std::string_view department);

}  // namespace jiandu::contracts
