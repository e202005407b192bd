// Bounds of what the ledger keeps of lineage: contracts keep to them, and answers say when they
// were met. Constants.
#pragma once

#include <cstddef>

namespace jiandu::ledger {

// Changes of one item of a resource: the newest.
inline constexpr std::size_t kChangesKept = 256;

}  // namespace jiandu::ledger
