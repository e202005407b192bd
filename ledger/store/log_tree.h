// The log: an RFC 6962 tree kept as C2SP hash tiles.
//
// A tile of level L holds the roots of up to 256 complete subtrees of 256^L entries. The functions
// read tiles and entries through a StateView (a LedgerView, whatever its height) and write nothing:
// an append yields rows. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "crypto/merkle.h"
#include "ledger/model/state_view.h"

namespace jiandu::store {

inline constexpr std::uint64_t kTileWidth = 256;

struct LogAppend {
  crypto::MerkleFrontier frontier;             // after the entries
  std::vector<std::pair<Bytes, Bytes>> tiles;  // key and new value of every tile that changed
};
// Appends leaves behind `before`; kCorrupt when a tile below is missing or too short.
[[nodiscard]] Result<LogAppend> AppendToLog(const ledger::StateView& view,
                                            const crypto::MerkleFrontier& before,
                                            std::span<const Hash256> leaf_hashes);

// RFC 6962 section 2.1.1 for the first `size` entries; index < size <= entries there.
[[nodiscard]] Result<std::vector<Hash256>> LogInclusionProof(const ledger::StateView& view,
                                                             std::uint64_t index,
                                                             std::uint64_t size);
// As crypto::VerifyInclusions wants it: for indexes that ascend, at least one, all below `size`.
[[nodiscard]] Result<std::vector<Hash256>> LogInclusionsProof(
    const ledger::StateView& view, std::span<const std::uint64_t> indexes, std::uint64_t size);
// RFC 6962 section 2.1.2: 0 < size1 <= size2 <= entries there.
[[nodiscard]] Result<std::vector<Hash256>> LogConsistencyProof(const ledger::StateView& view,
                                                               std::uint64_t size1,
                                                               std::uint64_t size2);
// Root of the first `size` entries.
[[nodiscard]] Result<Hash256> LogRoot(const ledger::StateView& view, std::uint64_t size);

}  // namespace jiandu::store
