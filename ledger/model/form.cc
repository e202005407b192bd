// Checking a body against its form.
#include "ledger/model/form.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hex.h"
#include "ledger/model/net_address.h"

namespace jiandu::ledger {
namespace {

bool IsHex(std::string_view text, std::size_t size) {
  return text.size() == size && IsHexText(text);
}

constexpr std::array<bool, 256> IdCharacters() {
  std::array<bool, 256> taken{};
  for (unsigned c = 0; c < taken.size(); ++c) {
    const auto ascii = static_cast<char>(c);
    taken[c] = (ascii >= '0' && ascii <= '9') || (ascii >= 'a' && ascii <= 'z') ||
               (ascii >= 'A' && ascii <= 'Z') || std::string_view("-_.:/").contains(ascii);
  }
  return taken;
}

bool IsId(std::string_view text) {
  static constexpr std::array<bool, 256> kTaken = IdCharacters();
  return !text.empty() && text.size() <= limits::kIdBytesMax &&
         std::ranges::all_of(text, [](char c) { return kTaken[static_cast<std::uint8_t>(c)]; });
}

bool IsWindow(std::string_view text) {
  const auto minute = [](std::string_view part) {
    const auto digit = [&part](std::size_t i) {
      return part[i] >= '0' && part[i] <= '9' ? part[i] - '0' : 100;
    };
    const int hours = digit(0) * 10 + digit(1);
    const int minutes = digit(3) * 10 + digit(4);
    return part[2] == ':' && minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0));
  };
  return text.size() == 11 && text[5] == '-' && minute(text.substr(0, 5)) &&
         minute(text.substr(6)) && text.substr(0, 5) != text.substr(6);
}

bool IsEntityOf(std::string_view text, EntityKind kind) {
  if (!IsHex(text, 34)) return false;
  unsigned first = 0;
  const std::string_view kind_digits = text.substr(0, 2);
  std::from_chars(kind_digits.data(), kind_digits.data() + kind_digits.size(), first, 16);
  if (kind != EntityKind{0}) return first == static_cast<unsigned>(kind);
  return KindFromByte(static_cast<std::uint8_t>(first)).has_value();
}

bool IsDepartmentShape(std::string_view text) {
  return text.size() == 18 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

bool IsTextValue(const Field& field, std::string_view text) {
  switch (field.type) {
    case FieldType::kText: return !text.empty();
    case FieldType::kId: return IsId(text);
    case FieldType::kCode:
      return field.codes.empty() ? IsId(text)
                                 : std::ranges::find(field.codes, text) != field.codes.end();
    case FieldType::kHash: return IsHex(text, 64);
    case FieldType::kEntity: return IsEntityOf(text, field.entity);
    case FieldType::kDepartment: return IsDepartmentShape(text);
    case FieldType::kKey: return IsHex(text, 66);
    case FieldType::kSignature: return IsHex(text, 128);
    case FieldType::kMask: return !text.empty() && text.size() % 2 == 0 && IsHex(text, text.size());
    case FieldType::kNet: return ParseNetwork(text).has_value();
    case FieldType::kAddress: return ParseAddress(text).has_value();
    case FieldType::kWindow: return IsWindow(text);
    case FieldType::kInteger:
    case FieldType::kBool:
    case FieldType::kTime:
    case FieldType::kDate:
    case FieldType::kObject: return false;
  }
  return false;
}

std::size_t TextMax(const Field& field) {
  const auto high = static_cast<std::size_t>(field.high);
  return field.type == FieldType::kText && high < limits::kTextBytesMax ? high
                                                                        : limits::kTextBytesMax;
}

// The JSON type and the size, not yet the value.
bool HasShape(const Field& field, const Json& value) {
  switch (field.type) {
    case FieldType::kInteger:
    case FieldType::kTime:
    case FieldType::kDate: return value.IsInteger();
    case FieldType::kBool: return value.IsBool();
    case FieldType::kObject: return value.IsObject();
    case FieldType::kText:
    case FieldType::kId:
    case FieldType::kCode:
    case FieldType::kHash:
    case FieldType::kEntity:
    case FieldType::kDepartment:
    case FieldType::kKey:
    case FieldType::kSignature:
    case FieldType::kMask:
    case FieldType::kNet:
    case FieldType::kAddress:
    case FieldType::kWindow: return value.IsText() && value.AsString().size() <= TextMax(field);
  }
  return false;
}

// The value itself, of the right shape.
bool IsInRange(const Field& field, const Json& value) {
  switch (field.type) {
    case FieldType::kBool:
    case FieldType::kObject: return true;
    case FieldType::kInteger:
      return value.AsInteger() >= field.low && value.AsInteger() <= field.high;
    case FieldType::kTime: return value.AsInteger() >= 0;
    case FieldType::kDate: return IsDate(value.AsInteger());
    case FieldType::kText:
    case FieldType::kId:
    case FieldType::kCode:
    case FieldType::kHash:
    case FieldType::kEntity:
    case FieldType::kDepartment:
    case FieldType::kKey:
    case FieldType::kSignature:
    case FieldType::kMask:
    case FieldType::kNet:
    case FieldType::kAddress:
    case FieldType::kWindow: return IsTextValue(field, value.AsString());
  }
  return false;
}

// Where the check stands in the body. Written out only when there is something to say.
struct Place {
  const Place* above = nullptr;  // null: the body itself
  std::string_view name;
  const std::size_t* n = nullptr;  // of a list

  [[nodiscard]] std::string Pointer() const {
    std::string pointer = above != nullptr ? above->Pointer() : std::string();
    pointer.append("/").append(name);
    if (n != nullptr) pointer.append("/").append(std::to_string(*n));
    return pointer;
  }
};

constexpr std::size_t kFormFieldsMax = 64;

class Checker {
 public:
  explicit Checker(FormReport& report) : report_(report) {}

  void CheckObject(const Form& form, const Json& object, const Form* common, const Place* at) {
    // Members and the fields of hot forms both ascend by name, so the search begins where the
    // last one ended.
    std::size_t next = 0;
    std::uint64_t given = 0;  // fields, by their place in the form
    JD_ASSERT(form.fields.size() <= kFormFieldsMax);
    for (const Json::Member& member : object.Members()) {
      const Field* field = FindFrom(form, member.name, next);
      if (field != nullptr && !IsEmptyList(member.value)) {
        given |= std::uint64_t{1} << static_cast<std::size_t>(field - form.fields.data());
      }
      if (field == nullptr && common != nullptr) field = common->Find(member.name);
      const Place place{.above = at, .name = member.name};
      if (field == nullptr) return Malformed(place, "unknown member");
      CheckField(*field, member.value, place);
      if (report_.malformed) return;
    }
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
      const Field& field = form.fields[i];
      if (field.need != Need::kStructural && field.need != Need::kRequired) continue;
      if ((given >> i & 1U) != 0) continue;
      const Place place{.above = at, .name = field.name};
      if (field.need == Need::kStructural) return Malformed(place, "missing");
      Note(report_.missing, place, "missing");
    }
  }

 private:
  static const Field* FindFrom(const Form& form, std::string_view name, std::size_t& next) {
    const std::size_t count = form.fields.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = next + i < count ? next + i : next + i - count;
      if (form.fields[place].name != name) continue;
      next = place + 1 < count ? place + 1 : 0;
      return &form.fields[place];
    }
    return nullptr;
  }

  static bool IsEmptyList(const Json& value) { return value.IsArray() && value.Items().empty(); }

  void CheckField(const Field& field, const Json& value, const Place& place) {
    if (field.list_max == 0) return CheckValue(field, value, place);
    if (!value.IsArray() || value.Items().size() > field.list_max) {
      return Malformed(place, "not a list, or too long");
    }
    std::size_t n = 0;
    for (const Json& item : value.Items()) {
      CheckValue(field, item, Place{.above = place.above, .name = place.name, .n = &n});
      if (report_.malformed) return;
      ++n;
    }
  }

  void CheckValue(const Field& field, const Json& value, const Place& place) {
    if (field.type == FieldType::kObject && value.IsObject()) {
      return CheckObject(*field.form, value, nullptr, &place);
    }
    if (!HasShape(field, value)) return Malformed(place, "wrong type or too long");
    if (IsInRange(field, value)) return;
    if (field.need == Need::kStructural) return Malformed(place, "value not allowed");
    Note(report_.invalid, place, "value not allowed");
  }

  void Malformed(const Place& place, std::string_view detail) {
    Note(report_.malformed, place, detail);
  }
  static void Note(std::optional<FormIssue>& issue, const Place& place, std::string_view detail) {
    if (!issue) issue = FormIssue{.pointer = place.Pointer(), .detail = std::string(detail)};
  }

  FormReport& report_;
};

bool IsLeapYear(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

}  // namespace

const Field* Form::Find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found != fields.end() ? &*found : nullptr;
}

bool IsFieldValue(const Field& field, const Json& value) {
  return HasShape(field, value) && IsInRange(field, value);
}

FormReport CheckBody(const Form& form, const Json& body, const Form* common) {
  FormReport report;
  if (!body.IsObject()) {
    report.malformed = FormIssue{.pointer = "", .detail = "the body is not an object"};
    return report;
  }
  Checker(report).CheckObject(form, body, common, nullptr);
  return report;
}

void VisitFields(const Form& form, const Json& body, FieldType type, FieldVisitor visit,
                 void* context) {
  if (!body.IsObject()) return;
  for (const Field& field : form.fields) {
    if (field.type != type && field.type != FieldType::kObject) continue;
    const Json* value = body.Find(field.name);
    if (value == nullptr) continue;
    const std::span<const Json> values =
        field.list_max > 0 ? body.ItemsOf(field.name) : std::span<const Json>(value, 1);
    for (const Json& one : values) {
      if (field.type == FieldType::kObject && field.form != nullptr) {
        VisitFields(*field.form, one, type, visit, context);
      }
      if (field.type == type && !visit(one, context)) return;
    }
  }
}

std::vector<EntityId> NamedEntities(const Form& form, const Json& body) {
  std::vector<EntityId> ids;
  VisitFields(
      form, body, FieldType::kEntity,
      [](const Json& value, void* context) {
        auto& found = *static_cast<std::vector<EntityId>*>(context);
        if (!value.IsText()) return true;
        const auto id = ParseEntityId(value.AsString());
        if (id && std::ranges::find(found, *id) == found.end()) found.push_back(*id);
        return found.size() < limits::kTouchedEntitiesMax;
      },
      &ids);
  return ids;
}

bool IsDate(std::int64_t yyyymmdd) {
  const std::int64_t year = yyyymmdd / 10000;
  const std::int64_t month = yyyymmdd / 100 % 100;
  const std::int64_t day = yyyymmdd % 100;
  if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  constexpr std::int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const std::int64_t leap = month == 2 && IsLeapYear(year) ? 1 : 0;
  return day <= kDays[month - 1] + leap;
}

TimeMs StartOfDate(std::int64_t yyyymmdd) {
  // Days since 1970-01-01 of a civil date (Howard Hinnant's algorithm), years from March.
  std::int64_t year = yyyymmdd / 10000;
  const std::int64_t month = yyyymmdd / 100 % 100;
  const std::int64_t day = yyyymmdd % 100;
  if (month <= 2) --year;
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t days =
      era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  return days * 86'400'000 - 8 * 3'600'000;
}

}  // namespace jiandu::ledger
