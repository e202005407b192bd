// The body of a transaction as rows of a table: labels in two languages, from the form of its op.
//
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "evidence/report_input.h"

namespace jiandu::evidence {

struct FieldRow {
  std::string name;   // "terms.valid_to"
  std::string label;  // HTML
  std::string value;  // HTML
  bool is_digest = false;
};
// At most kRowsMax; the rest is in the proof, and `more` says how many rows that is.
struct FieldRows {
  static constexpr std::size_t kRowsMax = 200;
  std::vector<FieldRow> rows;
  std::size_t more = 0;
};
// The terms of a grant, which were put together of the request, the decision and the opening.
[[nodiscard]] FieldRows FieldsOfTerms(const ReportInput& input, const Json& terms);
[[nodiscard]] FieldRows FieldsOf(const ReportInput& input, std::string_view op, const Json& body);

}  // namespace jiandu::evidence
