// What a validator signed, read from the signed bytes themselves: the proof of two faces.
//
// A message is the 64 bytes of the Ed25519 signature, then the bytes that were signed: CometBFT's
// CanonicalVote or CanonicalProposal behind its length (docs/ledger-format.md (Equivocation)). So a
// reader needs nothing but the key to judge it. Read strictly; the block id is compared as bytes.
// Pure; the thread of the block.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "contracts/block_state.h"
#include "crypto/ed25519.h"

namespace jiandu::contracts {

// One vote or proposal of a validator: the place it was said at, and what it said there.
struct SignedPlace {
  std::string_view type;  // PREVOTE, PRECOMMIT, PROPOSAL
  ledger::Height height = 0;
  std::int64_t round = 0;
  Bytes block_id;  // empty: nil
  std::string chain;
};

// kInvalid when it is no such message, kUnauthenticated when the key did not sign it.
[[nodiscard]] Result<SignedPlace> ReadSignedMessage(ByteView message,
                                                    const crypto::Ed25519PublicKey& key);

// Where the state keeps that an equivocation is on record: once for a validator, height, round and
// type, whoever reports it. `key_hex` is the consensus key.
[[nodiscard]] Bytes EquivocationKey(std::string_view key_hex, ledger::Height height,
                                    std::int64_t round, std::string_view type);

// A key that votes at `height`: keys come and go with node.admit, node.remove, node.rotate_key,
// from the next height but one on, and none comes back.
[[nodiscard]] bool IsSeatedAt(const BlockState& state, std::string_view key_hex,
                              ledger::Height height);
void BeginSeat(BlockState& state, std::string_view key_hex, std::string_view department);
void EndSeat(BlockState& state, std::string_view key_hex);

}  // namespace jiandu::contracts
