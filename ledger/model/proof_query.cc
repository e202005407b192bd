// Queries as members of a bundle's manifest.
#include "ledger/model/proof_query.h"

#include "base/hex.h"
#include "base/limits.h"
#include "ledger/model/genesis.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {
namespace {

constexpr std::size_t kNameBytesMax = 256;

struct QueryJson {
  Json operator()(const TransactionQuery& query) const {
    return Json::MakeObject({{"txid", HexEncode(query.txid.View())}, {"type", "transaction"}});
  }
  Json operator()(const HistoryQuery& query) const {
    return Json::MakeObject({{"entity", ToHex(query.entity)}, {"type", "history"}});
  }
  Json operator()(const HistoriesQuery& query) const {
    return Json::MakeObject({{"entities", EntitiesJson(query.entities)}, {"type", "histories"}});
  }
  Json operator()(const LineageQuery& query) const {
    return Json::MakeObject({{"direction", DirectionName(query.direction)},
                             {"entity", ToHex(query.entity)},
                             {"type", "lineage"}});
  }
  Json operator()(const AbsenceQuery& query) const {
    Json json = Json::MakeObject({{"type", "absence"}});
    if (const auto* name = std::get_if<std::string>(&query.what)) {
      json.Set("name", *name);
    } else if (const auto* pair = std::get_if<Untouched>(&query.what)) {
      json.Set("department", pair->department).Set("resource", ToHex(pair->resource));
    } else {
      json.Set("entity", ToHex(std::get<EntityId>(query.what)));
    }
    return json;
  }
};

constexpr std::size_t kDepartmentCodeBytes = 18;

EntityId TakeEntity(JsonFields& fields) { return fields.Hex<EntityId::kSize>("entity"); }

Untouched TakeUntouched(JsonFields& fields) {
  Untouched pair{.resource = fields.Hex<EntityId::kSize>("resource"),
                 .department = fields.Text("department", kDepartmentCodeBytes)};
  if (KindOf(pair.resource) != EntityKind::kResource) {
    fields.Problem("resource", "no id of a resource");
  }
  if (!IsDepartmentCode(pair.department)) fields.Problem("department", "no department's code");
  return pair;
}

// Problems end up in `fields`.
ProofQuery TakeQuery(JsonFields& fields, const Json& json) {
  const std::string type = fields.Text("type", limits::kIdBytesMax);
  if (type == "transaction") return TransactionQuery{fields.Hex<32>("txid")};
  if (type == "history") return HistoryQuery{TakeEntity(fields)};
  if (type == "histories") {
    return HistoriesQuery{TakeEntities(fields, "entities", kProofEntitiesMax)};
  }
  if (type == "lineage") {
    LineageQuery query{.entity = TakeEntity(fields)};
    const auto direction = DirectionFromName(fields.Text("direction", limits::kIdBytesMax));
    if (!direction.has_value()) fields.Problem("direction", "neither down nor up");
    query.direction = direction.value_or(LineageDirection::kDown);
    return query;
  }
  if (type == "absence" && json.Find("name") != nullptr) {
    std::string name = fields.Text("name", kNameBytesMax);
    if (name.empty()) fields.Problem("name", "empty");
    return AbsenceQuery{std::move(name)};
  }
  if (type == "absence" && json.Find("resource") != nullptr) {
    return AbsenceQuery{TakeUntouched(fields)};
  }
  if (type != "absence") fields.Problem("type", "an unknown type of query");
  return AbsenceQuery{TakeEntity(fields)};
}

}  // namespace

Bytes AbsenceQuery::Key() const {
  if (const auto* name = std::get_if<std::string>(&what)) return UniqueKey(*name);
  if (const auto* pair = std::get_if<Untouched>(&what)) {
    return LeafKey(PairEntity(pair->resource, pair->department));
  }
  return LeafKey(std::get<EntityId>(what));
}

std::vector<Bytes> AbsenceQuery::Present() const {
  const auto* pair = std::get_if<Untouched>(&what);
  if (pair == nullptr) return {};
  return {LeafKey(DepartmentEntity(pair->department)), LeafKey(pair->resource)};
}

bool IsOfSeveral(const ProofQuery& query) {
  return std::holds_alternative<HistoriesQuery>(query) ||
         std::holds_alternative<LineageQuery>(query);
}

std::string_view DirectionName(LineageDirection direction) {
  return direction == LineageDirection::kDown ? "down" : "up";
}
std::optional<LineageDirection> DirectionFromName(std::string_view name) {
  if (name == "down") return LineageDirection::kDown;
  if (name == "up") return LineageDirection::kUp;
  return std::nullopt;
}

Json ProofQueryJson(const ProofQuery& query) { return std::visit(QueryJson(), query); }

Result<ProofQuery> ReadProofQuery(const Json& json) {
  JsonFields fields(json, "/query");
  ProofQuery query = TakeQuery(fields, json);
  JD_CHECK(fields.Finish());
  return query;
}

std::vector<EntityId> TakeEntities(JsonFields& fields, std::string_view name,
                                   std::size_t count_max) {
  std::vector<EntityId> entities;
  for (const Json& item : fields.Array(name, count_max)) {
    const std::string_view hex = item.IsText() ? std::string_view(item.AsString()) : "";
    const auto id = HexDecodeFixed<EntityId::kSize>(hex);
    if (!id.has_value() || ToHex(*id) != hex) {
      fields.Problem(name, "an id is not 34 lower-case hex digits");
      return {};
    }
    if (!entities.empty() && !(entities.back() < *id)) {
      fields.Problem(name, "ids are doubled or out of order");
      return {};
    }
    entities.push_back(*id);
  }
  if (entities.empty()) fields.Problem(name, "no entities");
  return entities;
}

Json EntitiesJson(const std::vector<EntityId>& entities) {
  Json list = Json::MakeArray();
  for (const EntityId& id : entities) list.Push(ToHex(id));
  return list;
}

}  // namespace jiandu::ledger
