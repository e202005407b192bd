// The words of a report: kinds, statuses, roles and fields, in Chinese and English.
//
// Those of codes, flags, ops and forms stand in the tables of the ledger. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "ledger/model/body.h"
#include "ledger/model/transaction.h"

namespace jiandu::evidence {

// HTML.
[[nodiscard]] std::string KindWords(ledger::EntityKind kind);
[[nodiscard]] std::string StatusWords(ledger::EntityKind kind, std::uint32_t status);
[[nodiscard]] std::string RoleWords(ledger::SignerRole role);
// Of a party of a case: "consumer", "provider".
[[nodiscard]] std::string PartyWords(std::string_view name);
[[nodiscard]] std::string OpWords(std::string_view op);

}  // namespace jiandu::evidence
