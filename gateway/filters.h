// Filters that name something of the ledger: a mistyped one must not look like an answer.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "gateway/call.h"
#include "ledger/model/state_view.h"

namespace jiandu::gateway {

// 400 unless a department of the ledger has the code, dissolved or not.
[[nodiscard]] std::optional<Problem> CheckDepartmentCode(const ledger::StateView& state,
                                                         std::string_view parameter,
                                                         const std::string& code);
// Of the parameter `department`, when the call has one.
[[nodiscard]] std::optional<Problem> CheckDepartmentFilter(const Call& call);

}  // namespace jiandu::gateway
