// Maxima of snapshots of the state (docs/snapshots.md); as base/limits.h, for those who handle
// them.
#pragma once

#include "base/limits.h"

namespace jiandu::limits {

// A chunk is closed before a row would take it beyond kSnapshotChunkBytes; a row alone may take up
// to kSnapshotChunkBytesMax.
inline constexpr std::size_t kSnapshotChunkBytes = kMiB;
inline constexpr std::size_t kSnapshotChunkBytesMax = 2 * kMiB;
inline constexpr std::size_t kSnapshotChunksMax = 1 << 17;  // 128 GiB
inline constexpr std::size_t kSnapshotManifestBytesMax = 8 * kMiB;
inline constexpr std::size_t kSnapshotProofBytesMax = 8 * kMiB;
inline constexpr std::size_t kSnapshotKeyBytesMax = 4 * kKiB;

}  // namespace jiandu::limits
