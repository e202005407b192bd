// Rows of saved queries: the parts that all of them show.
//
// Gateway thread.
#pragma once

#include "gateway/audit_gather.h"

namespace jiandu::gateway {

// What stands behind a log entry: of a last signature, the transaction it completed.
struct Act {
  ledger::Stub stub;
  ledger::LogIndex index = 0;
  std::string op;                   // that took effect, or was refused
  ledger::DepartmentId department;  // who made it
  std::vector<ledger::Signer> signers;
  Json body = Json::MakeObject();  // of its payload
  Json transactions = Json::MakeArray();
};
// Nothing when the entry is none of a transaction, or cannot be read.
[[nodiscard]] std::optional<Act> ReadAct(Gather& gather, ledger::LogIndex index);
// The same of a transaction by its id.
[[nodiscard]] std::optional<Act> ReadAct(Gather& gather, const ledger::TxId& txid);

// The officers and systems who signed: identity, post, role.
[[nodiscard]] Json SignersToJson(Gather& gather, const std::vector<ledger::Signer>& signers);
[[nodiscard]] Json EntityToJson(const ledger::EntityId& id);
// A flag of either kind; null when there is none of that name.
[[nodiscard]] const ledger::FlagInfo* FlagNamed(std::string_view name);
// {"detector", "kind", "message", "message_zh"}: begins a row.
[[nodiscard]] Json BeginRow(const Detector& detector);
// Adds to the row who acted, what was touched, and the transactions.
void AddAct(Gather& gather, Json& row, const Act& act);

// The body of the first case the stub touches of the kind; of any when it is kNetwork.
[[nodiscard]] std::optional<ledger::EntityBody> CaseOf(Gather& gather, const ledger::Stub& stub,
                                                       ledger::EntityKind kind);
// Whether the department asked for made the act or is a party of what it touches.
[[nodiscard]] bool IsAbout(Gather& gather, const Act& act);

// The place in an entity's history of the first entry at or after a time.
[[nodiscard]] std::uint64_t PlaceAt(const LedgerSnapshot& snapshot, const ledger::EntityId& entity,
                                    ledger::TimeMs time);
// Adds a deadline: code, department, who had it before, start, due, extension, waits, who is
// responsible: those named, else the handler of the case, else the heads of now.
void AddClock(Gather& gather, Json& row, const ledger::EntityId& entity, const ledger::Clock& clock,
              std::span<const ledger::EntityId> responsible = {});

}  // namespace jiandu::gateway
