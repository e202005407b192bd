// What a reader may see: of an entity, of an event, of a transaction.
//
// A department sees its own cases and those it is a party of, and of the catalogue what was
// published for it; departments whose role is MANAGER or AUDITOR see all, but for the tags of
// persons: these are shown to the sides of a record, and to auditors inside an engagement, on
// record (docs/adr/0012). What may not be seen looks like what does not exist. Pure functions over
// a snapshot; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "gateway/ports.h"
#include "gateway/read_auth.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway {

enum class Sight : std::uint8_t {
  kNone,    // as if it did not exist
  kPublic,  // the published part: no addresses of systems
  kParty,   // everything
};

// The answers of one request: each entity is looked up once.
class SightOf {
 public:
  SightOf(const LedgerSnapshot& snapshot, const Reader& reader)
      : snapshot_(&snapshot), reader_(&reader) {}
  // The body must be the entity's.
  [[nodiscard]] Sight OfBody(const ledger::EntityBody& body) const;
  // Entities without a body (months, pairs) and those that do not exist: kNone unless all is seen.
  [[nodiscard]] Sight OfEntity(const ledger::EntityId& id);
  // Whether the row of a history may be shown: every case it touches is the reader's to see, and a
  // pair its own or its resource's.
  [[nodiscard]] bool ShowsEvent(const ledger::Stub& stub);
  // Whether the signed payload may be shown.
  [[nodiscard]] bool ShowsPayload(const ledger::Transaction& transaction, const ledger::Stub& stub);
  // Whether the reader is a side of the record: it signed it, or is provider, consumer, source or
  // holder of what it is about. Who sees all is none by that.
  [[nodiscard]] bool IsSideOf(const ledger::Transaction& transaction, const ledger::Stub& stub);
  [[nodiscard]] bool IsSideOf(const ledger::EntityBody& body) const;
  // A month or pair of the reader's own, told from the first event of its history.
  [[nodiscard]] bool OwnsNatural(const ledger::EntityId& id, const ledger::Stub& first);

 private:
  const LedgerSnapshot* snapshot_;
  const Reader* reader_;
  std::map<ledger::EntityId, Sight> known_;
};

// The party of that name is a side of such a case: whose record it is. Who manages, opens, mediates
// or supervises it is none.
[[nodiscard]] bool IsSideName(ledger::EntityKind kind, std::string_view name);

// The entity's body, or nothing when it has none.
[[nodiscard]] std::optional<ledger::EntityBody> FindBody(const LedgerSnapshot& snapshot,
                                                         const ledger::EntityId& id);
// Takes addresses of systems out of an answer, at any depth.
void HideAddresses(Json& json);

// Lists of keyed tags of persons (docs/contracts.md 4.10): what a record says of whom.
[[nodiscard]] bool IsTagMember(std::string_view name);
[[nodiscard]] bool HasTags(const Json& json);
// Takes them out, at any depth; each object they stood in says so in `withheld`. False: there were
// none.
bool WithholdTags(Json& json);
// Why, and what to do, as an answer says it.
[[nodiscard]] Json TagsWithheld();
[[nodiscard]] std::string_view TagsWithheldText();

}  // namespace jiandu::gateway
