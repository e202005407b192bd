// Identifiers of those whom data are about, in the one spelling under which they are tagged
// (docs/contracts.md 4.10): the same person gives the same tag whoever types the number.
//
// They are never on the ledger; these functions serve programs that make tags of them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jiandu::ledger {

// GB 11643: a valid date and check character; upper-case X.
[[nodiscard]] bool IsCitizenNumber18(std::string_view number);
// The form before 1999: two-digit year, no check character.
[[nodiscard]] bool IsCitizenNumber15(std::string_view number);

// PERSON, LEGAL, VEHICLE, PLACE, OTHER: as `subject_kind` of an item has them. None begins another.
[[nodiscard]] bool IsSubjectKind(std::string_view kind);
// Spaces and full-width forms are looked through, letters are capitals. PERSON: a citizen number
// (15 digits become 18) or the number of another document, 5 to 20 letters and digits with a letter
// among them; LEGAL: a 统一社会信用代码; VEHICLE: a plate without dot and hyphen; PLACE and OTHER:
// 64 bytes at most. Nothing when it is none such.
[[nodiscard]] std::optional<std::string> NormaliseSubject(std::string_view kind,
                                                          std::string_view text);

}  // namespace jiandu::ledger
