// Field by field; a type's pattern is that of form.cc.
#include "ledger/model/json_schema.h"

#include "base/limits.h"

namespace jiandu::ledger {
namespace {

Json OfForm(const Form& form);

Json Hex(std::size_t digits) {
  Json json = Json::MakeObject();
  json.Set("pattern", "^[0-9a-f]{" + std::to_string(digits) + "}$").Set("type", "string");
  return json;
}
Json Pattern(std::string_view pattern) {
  return Json::MakeObject({{"pattern", pattern}, {"type", "string"}});
}
Json Integer(std::int64_t low, std::int64_t high) {
  return Json::MakeObject({{"maximum", high}, {"minimum", low}, {"type", "integer"}});
}

Json OfCode(const Field& field) {
  Json json = Json::MakeObject({{"type", "string"}});
  if (field.codes.empty()) return Pattern("^[A-Za-z0-9_.:/-]{1,64}$");
  Json codes = Json::MakeArray();
  for (const std::string_view code : field.codes) codes.Push(code);
  json.Set("enum", std::move(codes));
  return json;
}

Json OfSingle(const Field& field) {
  switch (field.type) {
    case FieldType::kText: {
      const std::int64_t most = field.high == limits::kJsonIntegerMax
                                    ? static_cast<std::int64_t>(limits::kTextBytesMax)
                                    : field.high;
      return Json::MakeObject({{"maxLength", most}, {"type", "string"}});
    }
    case FieldType::kId: return Pattern("^[A-Za-z0-9_.:/-]{1,64}$");
    case FieldType::kCode: return OfCode(field);
    case FieldType::kHash: return Hex(64);
    case FieldType::kEntity: return Hex(34);
    case FieldType::kDepartment: return Pattern("^[0-9A-Z]{18}$");
    case FieldType::kKey: return Pattern("^0[23][0-9a-f]{64}$");
    case FieldType::kSignature: return Hex(128);
    case FieldType::kMask: return Pattern("^([0-9a-f]{2}){1,64}$");
    case FieldType::kInteger: return Integer(field.low, field.high);
    case FieldType::kBool: return Json::MakeObject({{"type", "boolean"}});
    case FieldType::kTime: return Integer(0, limits::kJsonIntegerMax);
    case FieldType::kDate: return Integer(19700101, 21991231);
    case FieldType::kNet:
    case FieldType::kAddress: return Json::MakeObject({{"type", "string"}});
    case FieldType::kWindow:
      return Pattern("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$");
    case FieldType::kObject: return OfForm(*field.form);
  }
  return Json::MakeObject();
}

Json OfField(const Field& field) {
  Json json = OfSingle(field);
  if (field.list_max > 0) {
    json = Json::MakeObject({{"items", std::move(json)},
                             {"maxItems", static_cast<std::int64_t>(field.list_max)},
                             {"type", "array"}});
  }
  json.Set("title", field.label).Set("x-title-zh", field.label_zh);
  if (!field.clause.empty()) json.Set("x-clause", field.clause);
  if (field.need == Need::kByRule) json.Set("x-need", "by-rule");
  if (field.need == Need::kStructural) json.Set("x-need", "structural");
  if (field.entity != EntityKind{0}) json.Set("x-entity", KindName(field.entity));
  return json;
}

Json OfForm(const Form& form) {
  Json properties = Json::MakeObject();
  Json required = Json::MakeArray();
  for (const Field& field : form.fields) {
    properties.Set(field.name, OfField(field));
    if (field.need == Need::kRequired || field.need == Need::kStructural) required.Push(field.name);
  }
  Json json = Json::MakeObject({{"additionalProperties", false}, {"type", "object"}});
  json.Set("properties", std::move(properties));
  if (!required.Items().empty()) json.Set("required", std::move(required));
  return json;
}

}  // namespace

Json OpSchema(const OpInfo& op, std::string_view base) {
  Json json = OfForm(*op.form);
  if (op.kind == OpKind::kPermission && op.op != "cosign") {
    const Json await = OfForm(AwaitForm());
    Json properties = *json.Find("properties");
    for (const Json::Member& member : await.Find("properties")->Members()) {
      properties.Set(member.name, member.value);
    }
    json.Set("properties", std::move(properties));
  }
  json.Set("$id", std::string(base) + std::string(op.op));
  json.Set("$schema", "https://json-schema.org/draft/2020-12/schema").Set("title", op.op);
  json.Set("x-jiandu", OpSummary(op));
  return json;
}

Json OpSummary(const OpInfo& op) {
  Json json = Json::MakeObject();
  json.Set("kind", op.kind == OpKind::kFact ? "F" : "P").Set("name", op.name).Set("op", op.op);
  json.Set("section", op.section).Set("signers", op.signers);
  return json;
}

}  // namespace jiandu::ledger
