// Which department is competent where: managers, governments and auditors by division 行政区划
// (docs/contracts.md 4.14, 4.16; 809 Art. 8, 28).
//
// Division codes go down two digits a level: 990000 a province, 990100 a city of it. Pure; the
// thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

// Empty for a department nobody registered.
[[nodiscard]] std::string JurisdictionOf(BlockState& state, std::string_view department);
// `above` is `below` or a level over it.
[[nodiscard]] bool Covers(std::string_view above, std::string_view below);
// The department that holds the office ("government", "auditor") in the jurisdiction, else the
// nearest one above. Empty: none.
[[nodiscard]] ledger::DepartmentId OfficeOf(const BlockState& state, std::string_view office,
                                            std::string_view jurisdiction);
// Who mediates between two departments (809 Art. 28): the manager of their level, of different
// levels or places the common one above; a manager that is a side gives way to the one above it;
// where none is left, the government stands in. Empty: nobody is registered.
[[nodiscard]] ledger::DepartmentId MediatorOf(BlockState& state, std::string_view one,
                                              std::string_view other);

}  // namespace jiandu::contracts
