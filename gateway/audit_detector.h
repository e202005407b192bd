// What a saved query is made of: detectors, each a flag, a code, a deadline, an op, read from its
// index (docs/audit-queries.md). A query is a table of them and no code of its own.
//
// Constant data; any thread.
#pragma once

#include <span>
#include <string_view>

#include "gateway/audit_query.h"

namespace jiandu::gateway {

enum class Detects : std::uint8_t {
  kFlag,         // transactions that raised a flag (kind C) in the period
  kCode,         // transactions refused with a code in the period
  kOp,           // ops that took effect in the period
  kLate,         // deadlines of a code that ended late in the period
  kOverdue,      // deadlines of a code past due at the height; "": of any code
  kUsed,         // flags of kind D of the grants with accesses in the period
  kTasks,        // D23 past due: holders who have not answered a correction
  kRaised,       // SAFEGUARD_GAP of grants on resources whose grade was raised
  kCompromised,  // what a key signed after it had been compromised
  kElements,     // CONTENT items of one element in resources of several departments
};

// Which of what an index lists.
enum class Keep : std::uint8_t {
  kAll,
  kUses,               // accesses with result OK or NOT_FOUND: no attempts
  kReturnFlow,         // of RETURN_FLOW requests
  kReturnFlowRefused,  // RETURN_FLOW requests refused
  kNamesNoResource,    // accesses and derivations
  kOnManager,          // the manager of the case owes it
  kLeafDemands,        // of demands for a leaf, document or name
  kUndesignated,       // no source was designated
};

struct Detector {
  Detects how = Detects::kFlag;
  std::string_view what;  // "EXTRA_CONDITION", "ID_REVOKED", "disposal.reject", "D04"
  Keep keep = Keep::kAll;
};

// What cannot be detected from the ledger, or not by an index.
struct QueryGap {
  std::string_view text;
  std::string_view text_zh;
};
struct DetectorTable {
  std::string_view query;
  std::span<const Detector> detectors;
  std::span<const QueryGap> gaps = {};
};

// The tables of all queries made of detectors.
[[nodiscard]] std::span<const DetectorTable> DeadlineTables();
[[nodiscard]] std::span<const DetectorTable> EventTables();
[[nodiscard]] std::span<const DetectorTable> UseTables();
[[nodiscard]] std::span<const DetectorTable> LiabilityTables();
// Null when the query is none of these.
[[nodiscard]] const DetectorTable* FindDetectors(std::string_view query);

// Parameters of these queries: `department`, and a period for what has one.
[[nodiscard]] std::span<const QueryParameter> PeriodParameters();
[[nodiscard]] std::span<const QueryParameter> DepartmentParameter();
// Runs the query's table.
[[nodiscard]] Answer RunDetectors(const AuditQuery& query, const Call& call);

}  // namespace jiandu::gateway
