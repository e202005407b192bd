// Bodies of transactions from files and from NAME=VALUE, typed by the op's form.
//
// Pure but for reading files. One thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/form.h"

namespace jiandu::cli {

// A JSON file of at most limits::kBatchTxBytesMax; "-" reads standard input.
[[nodiscard]] Result<Json> ReadJsonFile(const std::filesystem::path& file);
// Puts "name=value" into an object: numbers, true and false by the field's type, a list's items
// separated by commas, "terms.daily_cap" one level down, "@FILE" for a digest the SHA-256 of FILE.
[[nodiscard]] Result<void> SetMember(Json& body, const ledger::Form& form,
                                     const std::string& assignment);
// What a field holds, in words: "code", "64 hex digits (or @FILE)", "number 1 to 500".
[[nodiscard]] std::string FieldTypeText(const ledger::Field& field);
// The form for people, or for programs: each field, whether it is needed, meaning, source.
[[nodiscard]] std::string FormText(const ledger::Form& form, std::size_t depth = 0);
[[nodiscard]] Json FormJson(const ledger::Form& form);
// A body with every needed member, empty: to be filled in.
[[nodiscard]] Json FormSkeleton(const ledger::Form& form);

}  // namespace jiandu::cli
