// The report of a case: a whole HTML page but for the proof, which pack.cc puts at its end.
//
// Opens from a disk in any browser: no script, nothing from elsewhere, a style for paper. Pure.
#pragma once

#include <string>

#include "evidence/report_input.h"

namespace jiandu::evidence {

// Up to the beginning of the materials, and what stands after them.
[[nodiscard]] std::string ReportBegin(const ReportInput& input);
[[nodiscard]] std::string_view ReportEnd();

}  // namespace jiandu::evidence
