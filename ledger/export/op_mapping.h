// What each op of the ledger is in the words of provenance: the kind of activity, what it acts on
// and what it does to it (W3C PROV-DM; docs/exports.md).
//
// One row an op, ascending; a test holds the table to ledger/model/op.h. Constants; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ledger/model/entity.h"

namespace jiandu::ledger {

// Every activity uses what it touches; besides:
enum class ProvEffect : std::uint8_t {
  kBears,      // generates the entities born in it
  kActs,       // generates a record of the act: a decision, a report, an answer
  kRevises,    // generates the next version of its subject, and invalidates the one before
  kEnds,       // invalidates the version of its subject that is in force
  kDelivers,   // generates a delivered copy, derived from the resource
  kDerives,    // a new version of the derived resource, derived from its inputs
  kTraces,     // generates a finding, derived from the watermarks opened
  kDelegates,  // generates a delegation: the delegate acts on behalf of the department
  kCompletes,  // the last signature or vote: the effect is that of the op that waited for it
};

struct OpMapping {
  std::string_view op;
  std::string_view activity;  // "Access": jdt:Access, and the jobType of OpenLineage
  EntityKind subject;         // what it acts on, or bears
  ProvEffect effect;
  std::string_view record;  // type of what it generates besides entities: "Decision"; or empty
  std::string_view en;      // for people
  std::string_view zh;
};

[[nodiscard]] std::span<const OpMapping> AllOpMappings();
[[nodiscard]] const OpMapping* FindOpMapping(std::string_view op);
// Entities of the kind have versions: some op revises or ends them.
[[nodiscard]] bool HasVersions(EntityKind kind);
// "DataResource", "Grant", ...: the type of an entity in an export.
[[nodiscard]] std::string_view ProvTypeOf(EntityKind kind);

}  // namespace jiandu::ledger
