// See schema_handlers.h.
#include "gateway/schema_handlers.h"

#include "ledger/model/json_schema.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

constexpr std::string_view kBase = "/v1/schemas/";

Answer Cached(const Json& json) {
  Response response = JsonResponse(json);
  response.Set("Cache-Control", "public, max-age=3600");
  return response;
}

}  // namespace

Answer ListSchemas() {
  Json items = Json::MakeArray();
  for (const ledger::OpInfo& op : ledger::AllOps()) {
    Json item = ledger::OpSummary(op);
    item.Set("href", std::string(kBase) + std::string(op.op));
    items.Push(std::move(item));
  }
  return Cached(Json::MakeObject({{"items", std::move(items)}}));
}

Answer ShowSchema(const Call& call) {
  const ledger::OpInfo* op = ledger::FindOp(call.captures.at(0));
  if (op == nullptr) {
    return Refused(Plain(ProblemKind::kNotFound, "no such op; GET /v1/schemas lists them"));
  }
  return Cached(ledger::OpSchema(*op, kBase));
}

}  // namespace jiandu::gateway
