// Who sends and signs a draft: those the row asks for, and now and then somebody else.
//
// The rows serve to choose, never to judge what came of it.
#pragma once

#include "contracts/case_table.h"
#include "tests/property/hints.h"

namespace jiandu::contracts::property {

// A department that the row lets send it, from the parties of the case; else one by role; else any.
[[nodiscard]] DepartmentId SenderOf(Kit& kit, const Draft& draft, const CaseRow& row);
// Adds the signatures that are not there yet.
void Sign(Kit& kit, Draft& draft, const CaseRow& row);
// One thing about the draft that should not be.
void Spoil(Kit& kit, Draft& draft, const CaseRow& row);

}  // namespace jiandu::contracts::property
