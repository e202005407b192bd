// See router.h.
#include "gateway/router.h"

#include <algorithm>
#include <array>

namespace jiandu::gateway {
namespace {

using enum Endpoint;
using enum Access;
using ledger::EntityKind;
using Words = std::span<const std::string_view>;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kOctets = "application/octet-stream";

constexpr std::array<std::string_view, 2> kState{"as_of", "min_height"};
constexpr std::array<std::string_view, 4> kPaged{"as_of", "cursor", "limit", "min_height"};
constexpr std::array<std::string_view, 6> kListed{"as_of", "cursor",     "department",
                                                  "limit", "min_height", "status"};
constexpr std::array<std::string_view, 7> kCases{"as_of",      "cursor",   "department", "limit",
                                                 "min_height", "resource", "status"};
constexpr std::array<std::string_view, 8> kOfPeriod{"as_of", "code",  "cursor",     "flag",
                                                    "from",  "limit", "min_height", "to"};
// What any of the saved queries may ask for; each says which are its own (audit_query.h).
constexpr std::array kOfQuery = std::to_array<std::string_view>(
    {"as_of",    "case", "code",  "code_salt", "cursor", "department", "engagement", "from",
     "grade",    "item", "items", "leak",      "limit",  "log",        "min_height", "record_tag",
     "resource", "salt", "tags",  "to",        "txid",   "version"});
constexpr std::array kOfAccess = std::to_array<std::string_view>(
    {"account", "client_ip", "client_net", "consumer", "grant", "items", "matter", "min_height",
     "purpose", "resource", "rows", "system"});
constexpr std::array<std::string_view, 5> kOfDepartment{"as_of", "cursor", "department", "limit",
                                                        "min_height"};
constexpr std::array<std::string_view, 6> kMonths{"as_of", "cursor",     "department",
                                                  "limit", "min_height", "month"};
constexpr std::array kOfAbsence = std::to_array<std::string_view>(
    {"as_of", "department", "entity", "min_height", "name", "resource"});
constexpr std::array<std::string_view, 4> kOfHistories{"as_of", "entities", "min_height",
                                                       "transactions"};
constexpr std::array<std::string_view, 4> kOfLineage{"as_of", "direction", "min_height",
                                                     "transactions"};
constexpr std::array kOfLineageShown =
    std::to_array<std::string_view>({"as_of", "cursor", "depth", "direction", "ended", "engagement",
                                     "items", "limit", "min_height"});
constexpr std::array<std::string_view, 1> kMinHeight{"min_height"};
constexpr std::array<std::string_view, 1> kOnlyJson{kJson};
constexpr std::array<std::string_view, 1> kOnlyText{"text/plain"};
constexpr std::array<std::string_view, 1> kOnlyOctets{kOctets};
constexpr std::array<std::string_view, 1> kOnlyBundle{"application/x-ndjson"};
constexpr std::array<std::string_view, 2> kJsonOrOctets{kJson, kOctets};
constexpr std::array<std::string_view, 3> kEnvelopes{kJson, "application/vnd.dsse.envelope.v1+json",
                                                     kOctets};

constexpr Route Get(std::string_view path, Endpoint endpoint, Access access, EntityKind kind,
                    Words parameters, Words produces = kOnlyJson) {
  return Route{.method = "GET",
               .path = path,
               .endpoint = endpoint,
               .access = access,
               .kind = kind,
               .parameters = parameters,
               .produces = produces,
               .consumes = {}};
}
constexpr Route Read(std::string_view path, Endpoint endpoint, EntityKind kind, Words parameters,
                     Words produces = kOnlyJson) {
  return Get(path, endpoint, kReader, kind, parameters, produces);
}
constexpr Route Tile(std::string_view path, Endpoint endpoint) {
  Route route = Read(path, endpoint, EntityKind::kNetwork, {}, kOnlyOctets);
  route.takes_rest = true;
  return route;
}
constexpr Route Open(std::string_view path, Endpoint endpoint, Words produces = kOnlyJson) {
  return Get(path, endpoint, kOpen, EntityKind::kNetwork, {}, produces);
}
constexpr Route Take(std::string_view method, std::string_view path, Endpoint endpoint,
                     Access access, Words consumes) {
  return Route{.method = method,
               .path = path,
               .endpoint = endpoint,
               .access = access,
               .kind = EntityKind::kNetwork,
               .parameters = {},
               .produces = kOnlyJson,
               .consumes = consumes};
}

constexpr std::array kRoutes{
    Take("POST", "/v1/transactions", kSubmit, kOpen, kEnvelopes),
    Read("/v1/transactions/{txid}", kTransaction, EntityKind::kNetwork, kMinHeight, kJsonOrOctets),
    Read("/v1/transactions/{txid}/receipt", kReceipt, EntityKind::kNetwork, kMinHeight,
         kJsonOrOctets),
    Read("/v1/resources", kList, EntityKind::kResource, kListed),
    Read("/v1/resources/{id}", kEntity, EntityKind::kResource, kState),
    Read("/v1/requests", kList, EntityKind::kRequest, kCases),
    Read("/v1/requests/{id}", kEntity, EntityKind::kRequest, kState),
    Read("/v1/grants", kList, EntityKind::kGrant, kCases),
    Read("/v1/grants/{id}", kEntity, EntityKind::kGrant, kState),
    Read("/v1/grants/{id}/accesses", kAccesses, EntityKind::kGrant, kPaged),
    Read("/v1/corrections", kList, EntityKind::kCorrection, kCases),
    Read("/v1/corrections/{id}", kEntity, EntityKind::kCorrection, kState),
    Read("/v1/rectifications", kList, EntityKind::kRectification, kCases),
    Read("/v1/rectifications/{id}", kEntity, EntityKind::kRectification, kState),
    Read("/v1/consultations", kList, EntityKind::kConsultation, kCases),
    Read("/v1/consultations/{id}", kEntity, EntityKind::kConsultation, kState),
    Read("/v1/demands", kList, EntityKind::kDemand, kCases),
    Read("/v1/demands/{id}", kEntity, EntityKind::kDemand, kState),
    Read("/v1/derivations", kList, EntityKind::kDerivation, kCases),
    Read("/v1/derivations/{id}", kEntity, EntityKind::kDerivation, kState),
    Read("/v1/third-party", kList, EntityKind::kThirdParty, kCases),
    Read("/v1/third-party/{id}", kEntity, EntityKind::kThirdParty, kState),
    Read("/v1/disposals", kList, EntityKind::kDisposal, kCases),
    Read("/v1/disposals/{id}", kEntity, EntityKind::kDisposal, kState),
    Read("/v1/emergencies", kList, EntityKind::kEmergency, kCases),
    Read("/v1/emergencies/{id}", kEntity, EntityKind::kEmergency, kState),
    Read("/v1/watermarks", kList, EntityKind::kWatermark, kCases),
    Read("/v1/watermarks/{id}", kEntity, EntityKind::kWatermark, kState),
    Read("/v1/leaks", kList, EntityKind::kLeak, kCases),
    Read("/v1/leaks/{id}", kEntity, EntityKind::kLeak, kState),
    Read("/v1/incidents", kList, EntityKind::kIncident, kCases),
    Read("/v1/incidents/{id}", kEntity, EntityKind::kIncident, kState),
    Read("/v1/complaints", kList, EntityKind::kComplaint, kCases),
    Read("/v1/complaints/{id}", kEntity, EntityKind::kComplaint, kState),
    Read("/v1/inspections", kList, EntityKind::kInspection, kCases),
    Read("/v1/inspections/{id}", kEntity, EntityKind::kInspection, kState),
    Read("/v1/engagements", kList, EntityKind::kEngagement, kCases),
    Read("/v1/engagements/{id}", kEntity, EntityKind::kEngagement, kState),
    Read("/v1/findings", kList, EntityKind::kFinding, kCases),
    Read("/v1/findings/{id}", kEntity, EntityKind::kFinding, kState),
    Read("/v1/holds", kList, EntityKind::kHold, kCases),
    Read("/v1/holds/{id}", kEntity, EntityKind::kHold, kState),
    Read("/v1/disputes", kList, EntityKind::kDispute, kCases),
    Read("/v1/disputes/{id}", kEntity, EntityKind::kDispute, kState),
    Read("/v1/leaf-demands", kList, EntityKind::kLeafDemand, kCases),
    Read("/v1/leaf-demands/{id}", kEntity, EntityKind::kLeafDemand, kState),
    Read("/v1/source-tasks", kList, EntityKind::kSourceTask, kCases),
    Read("/v1/source-tasks/{id}", kEntity, EntityKind::kSourceTask, kState),
    Read("/v1/proposals", kList, EntityKind::kProposal, kCases),
    Read("/v1/proposals/{id}", kEntity, EntityKind::kProposal, kState),
    Read("/v1/pending", kList, EntityKind::kPending, kListed),
    Read("/v1/pending/{id}", kEntity, EntityKind::kPending, kState),
    Read("/v1/departments", kList, EntityKind::kDepartment, kListed),
    Read("/v1/departments/{id}", kEntity, EntityKind::kDepartment, kState),
    Read("/v1/identities", kList, EntityKind::kIdentity, kListed),
    Read("/v1/identities/{id}", kEntity, EntityKind::kIdentity, kState),
    Read("/v1/entities/{id}/history", kHistory, EntityKind::kNetwork, kPaged),
    Read("/v1/audit/overdue", kOverdue, EntityKind::kNetwork, kOfDepartment),
    Read("/v1/audit/events", kEvents, EntityKind::kNetwork, kOfPeriod),
    Read("/v1/audit/queries", kAuditQueries, EntityKind::kNetwork, kState),
    Read("/v1/audit/queries/{name}", kAuditQuery, EntityKind::kNetwork, kOfQuery),
    Read("/v1/authz/check", kAuthz, EntityKind::kNetwork, kOfAccess),
    Read("/v1/proofs/transaction/{txid}", kTransactionProof, EntityKind::kNetwork, kState,
         kOnlyBundle),
    Read("/v1/proofs/history/{id}", kHistoryProof, EntityKind::kNetwork, kState, kOnlyBundle),
    Read("/v1/proofs/histories", kHistoriesProof, EntityKind::kNetwork, kOfHistories, kOnlyBundle),
    Read("/v1/proofs/lineage/{id}", kLineageProof, EntityKind::kNetwork, kOfLineage, kOnlyBundle),
    Read("/v1/proofs/absence", kAbsenceProof, EntityKind::kNetwork, kOfAbsence, kOnlyBundle),
    Read("/v1/exports/prov/{id}", kProvExport, EntityKind::kNetwork, kState),
    Read("/v1/exports/openlineage/{id}", kLineageExport, EntityKind::kNetwork, kState, kOnlyBundle),
    Read("/v1/exports/case/{id}", kCaseExport, EntityKind::kNetwork, kState, kOnlyBundle),
    Read("/log/checkpoint", kLogCheckpoint, EntityKind::kNetwork, {}, kOnlyText),
    Read("/log/policy", kLogPolicy, EntityKind::kNetwork, {}, kOnlyText),
    Read("/log/proof/{proof}", kLogProof, EntityKind::kNetwork, {}, kOnlyText),
    Tile("/log/tile/entries/{tile}", kLogEntries),  // before the levels
    Tile("/log/tile/{level}/{tile}", kLogTile),
    Read("/v1/lineage/{id}", kLineage, EntityKind::kNetwork, kOfLineageShown),
    Read("/v1/rejections", kRejections, EntityKind::kDepartmentMonth, kMonths),
    Read("/v1/blocks/{height}", kBlock, EntityKind::kNetwork, kMinHeight),
    Get("/v1/light_blocks/{height}", kLightBlock, kOpen, EntityKind::kNetwork, kMinHeight,
        kJsonOrOctets),
    Read("/v1/genesis", kGenesis, EntityKind::kNetwork, {}),
    Open("/v1/status", kStatus),
    Open("/v1/openapi.json", kOpenApi),
    Open("/v1/schemas", kSchemas),
    Open("/v1/schemas/{op}", kSchema),
    Open("/healthz", kHealth, kOnlyText),
    Open("/readyz", kReady, kOnlyText),
    Take("POST", "/v1/auth/challenge", kChallenge, kOpen, kOnlyJson),
    Take("POST", "/v1/auth/session", kSignIn, kOpen, kOnlyJson),
    Take("DELETE", "/v1/auth/session", kSignOut, kReader, {}),
};

// Whether `path` fits the template; fills what stands in the place of each {name}.
bool Fits(const Route& route, std::string_view path, std::vector<std::string>& captures) {
  std::string_view pattern = route.path;
  captures.clear();
  while (true) {
    const std::size_t brace = std::min(pattern.find('{'), pattern.size());
    if (!path.starts_with(pattern.substr(0, brace))) return false;
    path.remove_prefix(brace);
    pattern.remove_prefix(brace);
    if (pattern.empty()) return path.empty();
    const bool is_last = pattern.find('}') + 1 == pattern.size();
    const std::size_t end =
        route.takes_rest && is_last ? path.size() : std::min(path.find('/'), path.size());
    if (end == 0) return false;
    captures.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
    pattern.remove_prefix(pattern.find('}') + 1);
  }
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

Match FindRoute(std::string_view method, std::string_view path) {
  Match match;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  std::vector<std::string> captures;
  for (const Route& route : kRoutes) {
    if (!Fits(route, path, captures)) continue;
    match.allow.append(route.method).append(", ");
    if (route.method == "GET") match.allow.append("HEAD, ");
    if (route.method != wanted) continue;
    match.route = &route;
    match.captures = captures;
    return match;
  }
  if (!match.allow.empty()) match.allow.append("OPTIONS");
  return match;
}

}  // namespace jiandu::gateway
