// The maxima of lineage (docs/lineage.md), beside those of base/limits.h.
#pragma once

#include <cstddef>

namespace jiandu::limits {

// Nodes of one closure: from memory, from the disk, and where each edge is judged.
inline constexpr std::size_t kLineageNodesMax = 1'000'000;
inline constexpr std::size_t kLineageNodesOnDiskMax = 100'000;
inline constexpr std::size_t kLineageJudgedMax = 10'000;
inline constexpr std::size_t kLineageDepthMax = 256;
inline constexpr std::size_t kLineageItemsMax = 64;  // asked for at once
// The graph in memory; a larger one is answered from the disk.
inline constexpr std::size_t kLineageGraphBytesMax = 384UL * 1024 * 1024;

}  // namespace jiandu::limits
