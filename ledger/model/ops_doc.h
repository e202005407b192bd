// docs/ops.md: every op with the members of its body, from the tables of op.cc and forms_*.cc.
//
// Pure; a test keeps the document and the tables together.
#pragma once

#include <string>

namespace jiandu::ledger {

[[nodiscard]] std::string OpsDocument();

}  // namespace jiandu::ledger
