// The forms of transaction bodies, as data: which members an op's body has and what they may hold.
//
// One table serves the check at admission, the check in the block, the command line and the JSON
// Schema. A wrong shape (unknown member, wrong JSON type, too long) is MALFORMED at admission; a
// member missing or a value out of range is judged in the block (docs/contracts.md 4.20 step 1b):
// it refuses a permission and flags a fact. Pure; all tables are constants.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/limits.h"
#include "ledger/model/entity.h"

namespace jiandu::ledger {

enum class FieldType : std::uint8_t {
  kText,        // free text, searched for personal data; `high` bytes at most
  kId,          // ascii letters, digits and -_.:/ up to 64
  kCode,        // one of `codes`; any id when the list is empty (a catalogue of the profile)
  kHash,        // 64 lower-case hex digits: digests, commitments, txids, key ids
  kEntity,      // 34 lower-case hex digits, of kind `entity` when that is not 0
  kDepartment,  // 18-character department code
  kKey,         // 66 lower-case hex digits: a compressed public key
  kSignature,   // 128 lower-case hex digits
  kMask,        // lower-case hex bytes, item i is bit i % 8 of byte i / 8
  kInteger,     // low .. high
  kBool,
  kTime,     // ms since 1970
  kDate,     // yyyymmdd in UTC+8
  kNet,      // IPv4 or IPv6 address with /prefix
  kAddress,  // IPv4 or IPv6 address
  kWindow,   // "08:00-20:00" in UTC+8; may pass midnight
  kObject,   // members as in `form`
};

enum class Need : std::uint8_t {
  kStructural,  // a fact without it is no fact: MALFORMED at admission
  kRequired,    // FIELD_REQUIRED in a permission, FIELD_MISSING in a fact
  kByRule,      // its own code answers in step 7
  kOptional,
};

struct Form;

struct Field {
  std::string_view name;
  FieldType type = FieldType::kText;
  Need need = Need::kRequired;
  std::string_view label;
  std::string_view label_zh;
  std::string_view clause;
  std::int64_t low = 0;
  std::int64_t high = limits::kJsonIntegerMax;
  std::span<const std::string_view> codes;
  const Form* form = nullptr;
  EntityKind entity = EntityKind{0};
  std::size_t list_max = 0;  // 0: a single value; else an array of up to so many

  constexpr Field(std::string_view field_name, FieldType field_type, Need field_need,
                  std::string_view label_en, std::string_view label_cn,
                  std::string_view source = "")
      : name(field_name),
        type(field_type),
        need(field_need),
        label(label_en),
        label_zh(label_cn),
        clause(source) {}

  // For tables: a copy that differs in one respect.
  [[nodiscard]] constexpr Field Between(std::int64_t least, std::int64_t most) const {
    Field field = *this;
    field.low = least;
    field.high = most;
    return field;
  }
  [[nodiscard]] constexpr Field Of(std::span<const std::string_view> values) const {
    Field field = *this;
    field.codes = values;
    return field;
  }
  [[nodiscard]] constexpr Field As(const Form& members) const {
    Field field = *this;
    field.form = &members;
    return field;
  }
  [[nodiscard]] constexpr Field To(EntityKind kind) const {
    Field field = *this;
    field.entity = kind;
    return field;
  }
  [[nodiscard]] constexpr Field List(std::size_t most) const {
    Field field = *this;
    field.list_max = most;
    return field;
  }
};

struct Form {
  std::span<const Field> fields;
  [[nodiscard]] const Field* Find(std::string_view name) const;
};

struct FormIssue {
  std::string pointer;  // JSON Pointer below the body: "/items/3/item_id"
  std::string detail;
};
struct FormReport {
  std::optional<FormIssue> malformed;  // refused at admission
  std::optional<FormIssue> missing;    // first required member that is absent
  std::optional<FormIssue> invalid;    // first value out of range or catalogue
};
// `common` are members every body of the op may have besides (await).
[[nodiscard]] FormReport CheckBody(const Form& form, const Json& body,
                                   const Form* common = nullptr);

// Calls `visit` with every value of a field of `type` in the body, nested ones too.
using FieldVisitor = bool (*)(const Json& value, void* context);
void VisitFields(const Form& form, const Json& body, FieldType type, FieldVisitor visit,
                 void* context);
// The entity ids a body names, in order of appearance, without repetition.
[[nodiscard]] std::vector<EntityId> NamedEntities(const Form& form, const Json& body);

// True when the value of a single field is within its range or catalogue; its shape is right.
[[nodiscard]] bool IsFieldValue(const Field& field, const Json& value);
// A real day of the calendar, 1970 to 2199.
[[nodiscard]] bool IsDate(std::int64_t yyyymmdd);
// Start of the day in UTC+8.
[[nodiscard]] TimeMs StartOfDate(std::int64_t yyyymmdd);

}  // namespace jiandu::ledger
