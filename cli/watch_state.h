// Where a watcher stood, in a file: what it saw stays pinned over restarts.
//
// Written beside, synced and renamed: a crash leaves the old or the new one. Everything in it is
// checked again from the genesis document when it is read. One watcher per file.
#pragma once

#include <filesystem>

#include "sdk/cpp/follower.h"

namespace jiandu::cli {

// kNotFound: there is no file. kConflict: it is of another network. kCorrupt: it does not verify.
[[nodiscard]] Result<sdk::Follower> LoadWatch(const std::filesystem::path& file,
                                              const ledger::Genesis& genesis);
// kConflict: what stands there is of another network, or further than this; it is left alone.
[[nodiscard]] Result<void> SaveWatch(const std::filesystem::path& file,
                                     const ledger::Genesis& genesis, const sdk::Follower& follower);

}  // namespace jiandu::cli
