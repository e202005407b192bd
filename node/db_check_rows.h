// Two databases row by row.
//
// Any thread; reads snapshots.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ledger/store/kv_store.h"

namespace jiandu::node {

// The key, in printable form, of the first row of `from` that `with` has otherwise or not at all.
// The row of the newest height is passed over: it holds the commit as one node saw it. Rows looked
// at are added to `count`.
[[nodiscard]] Result<std::optional<std::string>> FindOtherRow(const store::KvReader& from,
                                                              const store::KvReader& with,
                                                              std::uint64_t& count);

}  // namespace jiandu::node
