#include "cli/body_input.h"

#include <charconv>
#include <ctime>
#include <iostream>
#include <iterator>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/text.h"
#include "crypto/hash.h"

namespace jiandu::cli {
namespace {

using ledger::Field;
using ledger::FieldType;
using ledger::Need;

constexpr std::size_t kDigestedBytesMax = 256 * limits::kMiB;

std::string_view NeedName(Need need) {
  switch (need) {
    case Need::kStructural:
    case Need::kRequired: return "needed";
    case Need::kByRule: return "by rule";
    case Need::kOptional: return "optional";
  }
  return "";
}

std::string_view NeedNameZh(Need need) {
  switch (need) {
    case Need::kStructural:
    case Need::kRequired: return "必填";
    case Need::kByRule: return "视规则";
    case Need::kOptional: return "可选";
  }
  return "";
}

std::string CodesText(const Field& field) {
  std::string text;
  for (const std::string_view code : field.codes) {
    text += (text.empty() ? "" : " | ") + std::string(code);
  }
  return text.empty() ? "code" : text;
}

std::string SingleTypeText(const Field& field) {
  switch (field.type) {
    case FieldType::kText: return "text";
    case FieldType::kId: return "id";
    case FieldType::kCode: return CodesText(field);
    case FieldType::kHash: return "64 hex digits (or @FILE)";
    case FieldType::kEntity:
      return std::string(field.entity == ledger::EntityKind{0} ? "entity"
                                                               : ledger::KindName(field.entity)) +
             ", 34 hex digits";
    case FieldType::kDepartment: return "department code";
    case FieldType::kKey: return "66 hex digits";
    case FieldType::kSignature: return "128 hex digits";
    case FieldType::kMask: return "hex mask";
    case FieldType::kInteger:
      return "number " + std::to_string(field.low) +
             (field.high == limits::kJsonIntegerMax ? " and more"
                                                    : " to " + std::to_string(field.high));
    case FieldType::kBool: return "true or false";
    case FieldType::kTime: return "time, ms since 1970; as an option 2026-12-01T17:00";
    case FieldType::kDate: return "date, yyyymmdd; as an option 2026-12-01";
    case FieldType::kNet: return "network, address/prefix";
    case FieldType::kAddress: return "address";
    case FieldType::kWindow: return "hours, HH:MM-HH:MM";
    case FieldType::kObject: return "members:";
  }
  return "";
}

Result<Json> DigestOfFile(const std::string& file) {
  JD_TRY(const std::string content, ReadFile(file, kDigestedBytesMax));
  return Json(HexEncode(crypto::Sha256(AsBytes(content)).View()));
}

Result<Json> ToNumber(const std::string& text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return Fail(Errc::kInvalid, "\"" + text + "\" is no whole number");
  }
  return Json(number);
}

// "20261201" as forms have it, or "2026-12-01" as people write it.
Result<Json> ToDate(const std::string& text) {
  std::string digits = text;
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') std::erase(digits, '-');
  return ToNumber(digits);
}

// Milliseconds since 1970, or "2026-12-01T17:00" in the hours of the country, UTC+8.
Result<Json> ToTime(const std::string& text) {
  if (text.size() != 16) return ToNumber(text);
  std::tm parts{};
  const char* end =
      ::strptime(text.c_str(), text[10] == 'T' ? "%Y-%m-%dT%H:%M" : "%Y-%m-%d %H:%M", &parts);
  if (end == nullptr || *end != '\0') {
    return Fail(Errc::kInvalid, "\"" + text + "\" is no time; write 2026-12-01T17:00");
  }
  constexpr std::int64_t kEastOfGreenwichS = 8LL * 3600;
  return Json((std::int64_t{::timegm(&parts)} - kEastOfGreenwichS) * 1000);
}

Result<Json> ToBool(const std::string& text) {
  if (text == "true" || text == "yes") return Json(true);
  if (text == "false" || text == "no") return Json(false);
  return Fail(Errc::kInvalid, "\"" + text + "\" is neither true nor false");
}

Result<Json> ToValue(const Field& field, const std::string& text) {
  switch (field.type) {
    case FieldType::kInteger: return ToNumber(text);
    case FieldType::kTime: return ToTime(text);
    case FieldType::kDate: return ToDate(text);
    case FieldType::kBool: return ToBool(text);
    case FieldType::kHash:
      if (text.starts_with('@')) return DigestOfFile(text.substr(1));
      return Json(text);
    case FieldType::kObject: return ParseJson(text, limits::kBatchTxBytesMax);
    case FieldType::kText:
    case FieldType::kId:
    case FieldType::kCode:
    case FieldType::kEntity:
    case FieldType::kDepartment:
    case FieldType::kKey:
    case FieldType::kSignature:
    case FieldType::kMask:
    case FieldType::kNet:
    case FieldType::kAddress:
    case FieldType::kWindow: return Json(text);
  }
  return Json(text);
}

Result<Json> ToList(const Field& field, const std::string& text) {
  if (field.type == FieldType::kObject) return ParseJson(text, limits::kBatchTxBytesMax);
  Json list = Json::MakeArray();
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    if (to > from) {
      JD_TRY(Json item, ToValue(field, text.substr(from, to - from)));
      list.Push(std::move(item));
    }
    from = to + 1;
  }
  return list;
}

Json EmptyValue(const Field& field) {
  if (field.type == FieldType::kObject) {
    Json members = FormSkeleton(*field.form);
    if (field.list_max == 0) return members;
    Json list = Json::MakeArray();
    list.Push(std::move(members));
    return list;
  }
  if (field.list_max > 0) return Json::MakeArray();
  if (field.type == FieldType::kBool) return false;
  if (field.type == FieldType::kInteger || field.type == FieldType::kTime ||
      field.type == FieldType::kDate) {
    return std::int64_t{0};
  }
  return "";
}

}  // namespace

Result<Json> ReadJsonFile(const std::filesystem::path& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    JD_TRY(text, ReadFile(file, limits::kBatchTxBytesMax * 2));
  }
  auto json = ParseJson(text, limits::kBatchTxBytesMax * 2);
  if (!json) return FailWith(json.error(), file.string());
  return json;
}

Result<void> SetMember(Json& body, const ledger::Form& form, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Fail(Errc::kInvalid, assignment + ": write NAME=VALUE");
  }
  const std::string path = assignment.substr(0, equals);
  const std::string name = path.substr(0, path.find('.'));
  const Field* field = form.Find(name);
  if (field == nullptr) return Fail(Errc::kInvalid, name + ": the form has no such field");
  if (name.size() < path.size()) {
    if (field->form == nullptr || field->list_max > 0) {
      return Fail(Errc::kInvalid, name + ": has no members to set");
    }
    const Json* inner = body.Find(name);
    Json members = inner != nullptr && inner->IsObject() ? *inner : Json::MakeObject();
    JD_CHECK(SetMember(members, *field->form, assignment.substr(name.size() + 1)));
    body.Set(name, std::move(members));
    return {};
  }
  const std::string text = assignment.substr(equals + 1);
  auto value = field->list_max > 0 ? ToList(*field, text) : ToValue(*field, text);
  if (!value) return FailWith(value.error(), name);
  body.Set(name, std::move(*value));
  return {};
}

std::string FieldTypeText(const Field& field) {
  std::string type = SingleTypeText(field);
  if (field.list_max > 0) {
    type.insert(0, "list of up to " + std::to_string(field.list_max) + ": ");
  }
  return type;
}

std::string FormText(const ledger::Form& form, std::size_t depth) {
  std::string text;
  for (const Field& field : form.fields) {
    const std::string margin(depth * 2, ' ');
    text += Labelled(margin + std::string(field.name),
                     std::string(NeedName(field.need)) + " " + std::string(NeedNameZh(field.need)) +
                         ", " + FieldTypeText(field),
                     30);
    std::string meaning = std::string(field.label) + "  " + std::string(field.label_zh);
    if (!field.clause.empty()) meaning.append("  (").append(field.clause).append(")");
    text += Labelled("", meaning, 30);
    if (field.form != nullptr) text += FormText(*field.form, depth + 1);
  }
  return text;
}

Json FormJson(const ledger::Form& form) {
  Json fields = Json::MakeArray();
  for (const Field& field : form.fields) {
    Json json = Json::MakeObject({{"name", field.name},
                                  {"need", NeedName(field.need)},
                                  {"type", SingleTypeText(field)},
                                  {"label", field.label},
                                  {"label_zh", field.label_zh},
                                  {"source", field.clause},
                                  {"list_max", static_cast<std::int64_t>(field.list_max)}});
    if (field.form != nullptr) json.Set("fields", FormJson(*field.form));
    fields.Push(std::move(json));
  }
  return fields;
}

Json FormSkeleton(const ledger::Form& form) {
  Json body = Json::MakeObject();
  for (const Field& field : form.fields) {
    if (field.need == Need::kOptional) continue;
    body.Set(field.name, EmptyValue(field));
  }
  return body;
}

}  // namespace jiandu::cli
