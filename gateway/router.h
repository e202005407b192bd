// The table of routes, and which of them a request means.
//
// The table and gateway/openapi.json say the same, both ways; a test holds them together. Constant
// data; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/call.h"
#include "ledger/model/entity.h"

namespace jiandu::gateway {

// What happens at an address. Reads are answered from a snapshot at once (read_handlers.h).
enum class Endpoint : std::uint8_t {
  kSubmit,
  kTransaction,
  kReceipt,
  kList,
  kEntity,
  kHistory,
  kAccesses,
  kRejections,
  kOverdue,
  kEvents,
  kAuditQueries,
  kAuditQuery,
  kAuthz,
  kTransactionProof,
  kHistoryProof,
  kHistoriesProof,
  kLineageProof,
  kAbsenceProof,
  kProvExport,
  kLineageExport,
  kCaseExport,
  kLogCheckpoint,
  kLogTile,
  kLogEntries,
  kLogProof,
  kLogPolicy,
  kLineage,
  kBlock,
  kGenesis,
  kStatus,
  kHealth,
  kReady,
  kOpenApi,
  kSchemas,
  kSchema,
  kChallenge,
  kSignIn,
  kSignOut,
  kLightBlock,
};
enum class Access : std::uint8_t { kOpen, kReader };

struct Route {
  std::string_view method;  // GET stands for HEAD too
  std::string_view path;    // "/v1/grants/{id}"
  Endpoint endpoint;
  Access access;
  ledger::EntityKind kind;                       // of lists and objects
  std::span<const std::string_view> parameters;  // of the query
  std::span<const std::string_view> produces;    // media types beside problem+json
  std::span<const std::string_view> consumes;    // of the body; empty: no body
  bool takes_rest = false;  // the last {name} stands for all the rest, slashes too
};
[[nodiscard]] std::span<const Route> Routes();

struct Match {
  const Route* route = nullptr;  // null: no such address, or not with that method
  std::vector<std::string> captures;
  std::string allow;  // methods of the address; empty: no such address
};
[[nodiscard]] Match FindRoute(std::string_view method, std::string_view path);

}  // namespace jiandu::gateway
