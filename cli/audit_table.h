// Answers of saved queries as tables for people: 80 columns, two lines a row, what the answer
// covers below; and the list of the queries.
//
// Pure; any thread.
#pragma once

#include <string>

#include "cli/output.h"

namespace jiandu::cli {

// An answer of GET /v1/audit/queries/{name}, all of its pages put together.
[[nodiscard]] std::string AnswerTable(const Output& out, const Json& answer);
// The answer of GET /v1/audit/queries.
[[nodiscard]] std::string QueryTable(const Json& list);

}  // namespace jiandu::cli
