// The table of docs/contracts.md 4.3.4 and its check.
#include "contracts/safeguards.h"

#include <algorithm>
#include <array>

#include "contracts/case_table.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using Measures = std::span<const std::string_view>;
constexpr std::string_view kLog[] = {"ACCESS_LOG"};
constexpr std::string_view kTransfer[] = {"ENCRYPTED_TRANSFER"};
constexpr std::string_view kMfa[] = {"MFA"};
constexpr std::string_view kStored[] = {"ENCRYPTED_STORAGE", "WATERMARK"};
constexpr std::string_view kMask[] = {"MASK"};
constexpr std::string_view kKept[] = {"WATERMARK", "RETENTION_DATE"};
constexpr std::string_view kAssessed[] = {"RISK_ASSESSMENT"};
constexpr std::string_view kAssessedKept[] = {"RISK_ASSESSMENT", "WATERMARK", "RETENTION_DATE"};

struct Row {
  Safeguards api;
  Safeguards page;
  Safeguards bulk;  // BATCH and FILE
};
// By grade rank; row 0 stands for a grade nobody knows.
constexpr Row kTable[] = {
    {{.forbidden = true, .measures = {}},
     {.forbidden = true, .measures = {}},
     {.forbidden = true, .measures = {}}},
    {{.mlps = 1, .measures = {}}, {.mlps = 1, .measures = {}}, {.mlps = 2, .measures = {}}},
    {{.mlps = 2, .measures = kLog},
     {.mlps = 2, .measures = kLog},
     {.mlps = 2, .measures = kTransfer}},
    {{.mlps = 2, .measures = {}}, {.mlps = 2, .measures = kMfa}, {.mlps = 3, .measures = kStored}},
    {{.mlps = 3, .measures = kMask},
     {.mlps = 3, .measures = kMask},
     {.mlps = 3, .measures = kKept}},
    {{.mlps = 3, .measures = kAssessed},
     {.mlps = 3, .measures = kAssessed},
     {.mlps = 3, .measures = kAssessedKept}},
    {{.forbidden = true, .measures = {}},
     {.forbidden = true, .measures = {}},
     {.forbidden = true, .measures = {}}},
};

}  // namespace

Safeguards SafeguardsOf(std::string_view grade, std::string_view mode) {
  const Row& row = kTable[static_cast<std::size_t>(GradeRank(grade))];
  if (mode == "API") return row.api;
  return mode == "PAGE" ? row.page : row.bulk;
}

std::int64_t MlpsOf(const ledger::EntityBody& identity) {
  const Json& form = identity.Form();
  const Json* attributes = form.Find("attributes");
  return attributes != nullptr ? attributes->IntegerOr("mlps_level") : 0;
}

bool MeetsSafeguards(BlockState& state, const Json& request, std::string_view grade) {
  const Safeguards wanted = SafeguardsOf(grade, request.TextOr("delivery_mode"));
  if (wanted.forbidden) return false;
  const auto measures = request.ItemsOf("measures");
  for (const std::string_view measure : wanted.measures) {
    const bool taken = std::ranges::any_of(
        measures, [measure](const Json& named) { return named.AsString() == measure; });
    if (!taken) return false;
  }
  for (const Json& system : request.ItemsOf("systems")) {
    const auto id = ledger::ParseEntityId(system.TextOr("system"));
    const ledger::EntityBody* identity = id ? state.Body(*id) : nullptr;
    if (identity == nullptr || MlpsOf(*identity) < wanted.mlps) return false;
  }
  return true;
}

bool HasSafeguardGap(BlockState& state, const ledger::EntityBody& grant) {
  const ledger::EntityId* resource_id = grant.Link("resource");
  const ledger::EntityBody* resource = resource_id != nullptr ? state.Body(*resource_id) : nullptr;
  if (resource == nullptr) return false;
  // The measures stand in what was asked for; a grant of an emergency names its own.
  Json asked = grant.Form();
  for (const std::string_view name : {"request", "consultation"}) {
    const ledger::EntityId* id = grant.Link(name);
    const ledger::EntityBody* source = id != nullptr ? state.Body(*id) : nullptr;
    if (source != nullptr) asked = source->Form();
  }
  asked.Set("delivery_mode", grant.Text("mode"));
  return !MeetsSafeguards(state, asked, resource->Text("grade"));
}

bool OwnsSystems(BlockState& state, const Json& request, std::string_view consumer) {
  for (const Json& system : request.ItemsOf("systems")) {
    const auto id = ledger::ParseEntityId(system.TextOr("system"));
    const ledger::EntityBody* identity = id ? state.Body(*id) : nullptr;
    if (identity == nullptr || identity->kind != ledger::EntityKind::kIdentity ||
        identity->Text("kind") != "SYSTEM" || identity->department != consumer ||
        identity->status != To(ledger::IdentityStatus::kActive)) {
      return false;
    }
  }
  return true;
}

}  // namespace jiandu::contracts
