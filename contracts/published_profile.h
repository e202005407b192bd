// Versions of profiles that the network votes (docs/contracts.md 4.2): what a body may say, and how
// it is kept. How a version is read: contracts/profile.h.
//
// Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// Known settings within their bounds, known deadlines that have a number, codes of departments that
// may seal; each once.
[[nodiscard]] bool IsProfileVersion(const Json& form);
// Writes `cfg/profile/<name>@<n>` and its place in `cfg/profile`; open cases keep theirs.
void PutProfileVersion(BlockState& state, const Json& form);

}  // namespace jiandu::contracts
