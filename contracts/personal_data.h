// Citizen and mobile numbers in free text: they never enter a block (PERSONAL_DATA_IN_TEXT).
//
// 18 digits need a valid date and check character, 15 digits a valid date, so that department codes
// and times pass (docs/contracts.md 4.17). Full-width digits count as digits; single spaces and
// hyphens between digits are looked through. Pure.
#pragma once

#include <string_view>

namespace jiandu::contracts {

[[nodiscard]] bool HasPersonalData(std::string_view text);

}  // namespace jiandu::contracts
