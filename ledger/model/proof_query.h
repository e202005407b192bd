// What a proof bundle answers. From it the verifier derives which rows and events must be there
// (docs/proof-format.md, Queries).
//
// Plain values; any thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/entity.h"

namespace jiandu::ledger {

// Entities whose histories one bundle holds, at most.
inline constexpr std::size_t kProofEntitiesMax = 16'384;

struct TransactionQuery {  // this transaction is recorded, with this result
  TxId txid;
  bool operator==(const TransactionQuery&) const = default;
};
struct HistoryQuery {  // these are all events of the entity
  EntityId entity;
  bool operator==(const HistoryQuery&) const = default;
};
struct HistoriesQuery {            // these are all events of each of the entities
  std::vector<EntityId> entities;  // ascending, distinct, 1 to kProofEntitiesMax
  bool operator==(const HistoriesQuery&) const = default;
};
enum class LineageDirection : std::uint8_t { kDown, kUp };
struct LineageQuery {  // what became of it, or what it comes from, with all events of each
  EntityId entity;
  LineageDirection direction = LineageDirection::kDown;
  bool operator==(const LineageQuery&) const = default;
};
// The department never touched the resource. Both exist: of a mistyped id or of a case nobody would
// find a trace either.
struct Untouched {
  EntityId resource;
  std::string department;
  bool operator==(const Untouched&) const = default;
};
struct AbsenceQuery {  // no such entity, or no such unique name (NAME of uniq/NAME), exists
  std::variant<EntityId, std::string, Untouched> what;
  bool operator==(const AbsenceQuery&) const = default;

  [[nodiscard]] Bytes Key() const;                   // of the row that is not there
  [[nodiscard]] std::vector<Bytes> Present() const;  // keys of the rows that are
};
using ProofQuery =
    std::variant<TransactionQuery, HistoryQuery, HistoriesQuery, LineageQuery, AbsenceQuery>;

// Which transactions a bundle holds: all of its events, or those without which it would say less (a
// transaction asked for, the derivations of a lineage).
enum class ProofTransactions : std::uint8_t { kAll, kNeeded };

// Several entities may have a part in one bundle: what is withheld says of which it is.
[[nodiscard]] bool IsOfSeveral(const ProofQuery& query);

[[nodiscard]] std::string_view DirectionName(LineageDirection direction);
[[nodiscard]] std::optional<LineageDirection> DirectionFromName(std::string_view name);

[[nodiscard]] Json ProofQueryJson(const ProofQuery& query);
[[nodiscard]] Result<ProofQuery> ReadProofQuery(const Json& json);

// A list of entities as hex, ascending and distinct. Problems end up in `fields`.
[[nodiscard]] std::vector<EntityId> TakeEntities(JsonFields& fields, std::string_view name,
                                                 std::size_t count_max);
[[nodiscard]] Json EntitiesJson(const std::vector<EntityId>& entities);

}  // namespace jiandu::ledger
