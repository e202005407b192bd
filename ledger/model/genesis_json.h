// Members of the genesis document as JSON; the state keeps them as the forms of what they create.
//
// Pure; any thread.
#pragma once

#include "ledger/model/genesis.h"

namespace jiandu::ledger {

[[nodiscard]] Json DepartmentToJson(const GenesisDepartment& department);
[[nodiscard]] Json IdentityToJson(const GenesisIdentity& identity);

}  // namespace jiandu::ledger
