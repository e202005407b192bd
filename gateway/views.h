// The ledger's values as JSON for answers. Pure; any thread.
#pragma once

#include "base/json.h"
#include "gateway/ports.h"
#include "gateway/visibility.h"
#include "ledger/model/codes.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway {

[[nodiscard]] std::string_view TxStatusName(TxStatus status);
// Null for code 0; a number without a row shows with its number alone.
[[nodiscard]] Json CodeToJson(std::uint32_t code);
// [{name, group, message, message_zh}], ascending by bit; of a batch with `count`, the number of
// calls that raised it.
[[nodiscard]] Json FlagsToJson(std::uint64_t flags, const ledger::FlagCounts& counts = {});
// Those of an event of the log.
[[nodiscard]] Json FlagsToJson(const LedgerSnapshot& snapshot, const ledger::Stub& stub);
// What became of a transaction: status, place, code block, flags, births.
[[nodiscard]] Json ResultToJson(const ledger::TxId& txid, const TxResult& result);
// A log entry's stub with what it touched.
[[nodiscard]] Json StubToJson(const LedgerSnapshot& snapshot, const ledger::Stub& stub);
// One row of an entity's history: place and role of the entity, and the stub, or only the place
// when the event is not the reader's to see (the gap stays visible).
// Flags of kind D, with what they mean.
[[nodiscard]] Json DerivedToJson(const std::vector<LedgerSnapshot::DerivedFlag>& flags);
[[nodiscard]] Json HistoryRow(const LedgerSnapshot& snapshot, std::uint64_t place,
                              ledger::LogIndex index, const ledger::EntityId& entity,
                              const ledger::Stub& stub, SightOf& sight);
// DSSE envelope and decoded payload.
[[nodiscard]] Json EnvelopeToJson(const ledger::Transaction& transaction);
[[nodiscard]] Json StatusToJson(const NodeStatus::Report& report, bool with_addresses);
// Integers JSON carries exactly; others as text.
[[nodiscard]] Json Integer(std::uint64_t value);

}  // namespace jiandu::gateway
