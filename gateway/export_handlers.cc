// See export_handlers.h.
#include "gateway/export_handlers.h"

#include "base/hex.h"
#include "gateway/proof_handlers.h"
#include "gateway/router.h"
#include "gateway/visibility.h"
#include "ledger/export/case_materials.h"
#include "ledger/export/openlineage.h"
#include "ledger/export/prov_json.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

// Bodies of the entities asked for, as stored: of those of which the reader may see everything.
std::map<ledger::EntityId, Bytes> BodiesOf(const LedgerSnapshot& state, const Reader& reader,
                                           const std::vector<ledger::EntityId>& asked) {
  const SightOf sight(state, reader);
  std::map<ledger::EntityId, Bytes> bodies;
  for (const ledger::EntityId& id : asked) {
    const auto body = FindBody(state, id);
    if (!body || sight.OfBody(*body) != Sight::kParty ||
        bodies.size() >= ledger::CaseMaterials::kBodiesMax) {
      continue;
    }
    const bool tagged = HasTags(body->Form()) || HasTags(body->Terms());
    if (tagged && !sight.IsSideOf(*body)) continue;
    if (auto stored = state.State().Get(ledger::BodyKey(id))) {
      bodies.emplace(id, *std::move(stored));
    }
  }
  return bodies;
}

}  // namespace

Answer ShowExport(const LedgerReader& ledger, const Call& call) {
  auto made = MakeProof(ledger, call);
  if (!made) return Refused(made.error());
  const auto record = ledger::ProvenRecord::From(made->bundle);
  if (!record) return Refused(ProblemOf(record.error()));
  Response response;
  std::string name;
  if (call.route->endpoint == Endpoint::kProvExport) {
    response.content_type = "application/json";
    response.body = CanonicalJson(ledger::ProvJson(*record)) + "\n";
    name = "prov.json";
  } else if (call.route->endpoint == Endpoint::kLineageExport) {
    response.content_type = "application/x-ndjson";
    response.body = ledger::OpenLineageText(*record);
    name = "openlineage.ndjson";
  } else {
    const ledger::CaseMaterials materials{
        .bundle = std::move(made->bundle),
        .subject = *HexDecodeFixed<ledger::EntityId::kSize>(call.captures.at(0)),
        .bodies = BodiesOf(*made->state, *call.reader, record->asked)};
    response.content_type = "application/x-ndjson";
    response.body = materials.ToText();
    name = "case.ndjson";
  }
  response.Set("Content-Disposition", "attachment; filename=\"" + name + "\"");
  if (call.route->endpoint != Endpoint::kCaseExport) {
    response.Set("Link", "</v1/proofs/history/" + call.captures.at(0) +
                             "?as_of=" + std::to_string(record->as_of) +
                             ">; rel=\"describedby\"; type=\"application/x-ndjson\"");
  }
  MarkAsRead(response, *made->state, "");
  return response;
}

}  // namespace jiandu::gateway
