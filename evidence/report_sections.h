// The sections of a report, in their order. Each is HTML, made of the input alone.
//
// Pure; any thread.
#pragma once

#include <string>

#include "evidence/report_input.h"

namespace jiandu::evidence {

[[nodiscard]] std::string SummarySection(const ReportInput& input);
[[nodiscard]] std::string EntitiesSection(const ReportInput& input);
[[nodiscard]] std::string TransactionsSection(const ReportInput& input);
[[nodiscard]] std::string DecisionsSection(const ReportInput& input);
[[nodiscard]] std::string DocumentsSection(const ReportInput& input);
[[nodiscard]] std::string DeadlinesSection(const ReportInput& input);
[[nodiscard]] std::string FlagsSection(const ReportInput& input);
[[nodiscard]] std::string AccessesSection(const ReportInput& input);
[[nodiscard]] std::string LimitsSection(const ReportInput& input);  // what is not proven

}  // namespace jiandu::evidence
