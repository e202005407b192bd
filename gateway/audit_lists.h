// Answers made of several lists one after the other, and where they go on. Gateway thread.
#pragma once

#include <functional>
#include <optional>

#include "gateway/call.h"

namespace jiandu::gateway {

// Entities one page looks at.
inline constexpr std::size_t kListScanMax = 2000;

// Entities of a kind, born at `first` or later, until the visitor returns false: it has taken the
// last it has room for. `after` is a place this function gave before, or of another part. The place
// of the last one looked at, when there may be more.
[[nodiscard]] std::optional<Bytes> EachOf(
    const Call& call, ledger::EntityKind kind, std::uint8_t part, ledger::LogIndex first,
    ByteView after, const std::function<bool(const LedgerSnapshot::Listed&)>& visit);

// The first log entry of a block at `time` or later: log2 of the log are read.
[[nodiscard]] ledger::LogIndex FirstEntryAt(const LedgerSnapshot& snapshot, ledger::TimeMs time);

}  // namespace jiandu::gateway
