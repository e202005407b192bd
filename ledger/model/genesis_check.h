// Of the rules a genesis document keeps, those that a department can hold its own part against
// before the document is sealed. Pure; any thread.
#pragma once

#include <string_view>

#include "base/error.h"
#include "ledger/model/genesis.h"

namespace jiandu::ledger {

// Letters, digits and -_. of ascii.
[[nodiscard]] bool IsChainId(std::string_view chain);
// A lower-case ascii word with digits and inner hyphens, as an identity is named.
[[nodiscard]] bool IsIdentityName(std::string_view name);
// kInvalid: "alias: ..." names the member. Roles must be sorted.
[[nodiscard]] Result<void> CheckGenesisDepartment(const GenesisDepartment& department);

}  // namespace jiandu::ledger
