// Filters that name something of the ledger: a mistyped one must not look like an answer.
//
// Pure; any thread.
#pragma once

#include <optional>

#include "gateway/call.h"

namespace jiandu::gateway {

// 400 unless the parameter `department`, when there is one, is the code of a department of the
// ledger, dissolved or not.
[[nodiscard]] std::optional<Problem> CheckDepartmentFilter(const Call& call);

}  // namespace jiandu::gateway
