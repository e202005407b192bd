// JSON, read strictly and written canonically.
//
// The reader refuses duplicate member names, numbers that are not integers within +-(2^53 - 1),
// invalid UTF-8 and lone surrogates, a byte order mark, depth over 16, more members than
// limits::kJsonMembersMax (array elements count too), "-0", and anything after the end. The writer
// gives RFC 8785 (JCS) bytes; it expects valid UTF-8, which everything read here is. Values are
// plain data; any thread. Only json.cc knows RapidJSON.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu {

class Json {
 public:
  struct Member;
  struct Field;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;  // sorted by UTF-16 code units of the name, names unique

  // Bodies stand in json_value.cc: a variant's copies and moves are much code for every file that
  // holds a value.
  Json();                        // null
  Json(bool value);              // NOLINT(google-explicit-constructor)
  Json(std::int64_t value);      // NOLINT(google-explicit-constructor)
  Json(int value);               // NOLINT(google-explicit-constructor)
  Json(std::uint64_t value);     // NOLINT; asserts value <= 2^53 - 1
  Json(std::string value);       // NOLINT(google-explicit-constructor)
  Json(std::string_view value);  // NOLINT(google-explicit-constructor)
  Json(const char* value);       // NOLINT(google-explicit-constructor)
  Json(Array value);             // NOLINT(google-explicit-constructor)
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();
  [[nodiscard]] static Json MakeObject();
  [[nodiscard]] static Json MakeObject(std::initializer_list<Field> members);
  [[nodiscard]] static Json MakeArray();

  [[nodiscard]] bool IsNull() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] bool IsBool() const { return std::holds_alternative<bool>(value_); }
  [[nodiscard]] bool IsInteger() const { return std::holds_alternative<std::int64_t>(value_); }
  [[nodiscard]] bool IsText() const { return std::holds_alternative<std::string>(value_); }
  [[nodiscard]] bool IsArray() const { return std::holds_alternative<Array>(value_); }
  [[nodiscard]] bool IsObject() const { return std::holds_alternative<Object>(value_); }

  // The caller has asked Is...() before; asserted.
  [[nodiscard]] bool AsBool() const;
  [[nodiscard]] std::int64_t AsInteger() const;
  [[nodiscard]] const std::string& AsString() const;
  [[nodiscard]] const Array& Items() const;
  [[nodiscard]] const Object& Members() const;
  [[nodiscard]] Array& MutableItems();

  // A member of an object, or null pointer (also when this is no object).
  [[nodiscard]] const Json* Find(std::string_view name) const;
  // Adds or replaces a member; this must be an object. Returns *this for chaining.
  Json& Set(std::string_view name, Json value);
  void Remove(std::string_view name);
  void Push(Json value) { MutableItems().push_back(std::move(value)); }
  // Moves a member's value out, which leaves null in its place; null when there is none.
  [[nodiscard]] Json Release(std::string_view name);

  // Member access with a default, for reading what a form check has already accepted.
  [[nodiscard]] std::string_view TextOr(std::string_view name,
                                        std::string_view otherwise = "") const;
  [[nodiscard]] std::int64_t IntegerOr(std::string_view name, std::int64_t otherwise = 0) const;
  [[nodiscard]] bool BoolOr(std::string_view name, bool otherwise = false) const;
  [[nodiscard]] std::span<const Json> ItemsOf(std::string_view name) const;  // empty when absent

  friend bool operator==(const Json& a, const Json& b);

 private:
  friend class JsonBuilder;      // json.cc: fills containers while it reads
  friend class CanonicalReader;  // json_canonical.cc: likewise

  std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> value_;
};

struct Json::Member {
  std::string name;
  Json value;
  friend bool operator==(const Member&, const Member&) = default;
};

// What MakeObject takes; the name is borrowed. No std::pair, whose constructor is a template that
// is compiled anew for every length of a name.
struct Json::Field {
  std::string_view name;
  Json value;
};

// Any JSON text of at most `size_max` bytes that keeps the rules above.
[[nodiscard]] Result<Json> ParseJson(std::string_view text, std::size_t size_max);
// As ParseJson, and the text must already be in canonical form, byte for byte.
[[nodiscard]] Result<Json> ParseCanonicalJson(std::string_view text, std::size_t size_max);
// Its way for what is canonical, in one pass and without a word on what is not; no size is checked.
[[nodiscard]] std::optional<Json> ReadCanonicalJson(std::string_view text);
// Order of member names: by UTF-16 code units (RFC 8785 section 3.2.3). Negative, zero or positive.
[[nodiscard]] int CompareJsonNames(std::string_view a, std::string_view b);
// RFC 8785 bytes.
[[nodiscard]] std::string CanonicalJson(const Json& json);
// Indented by two spaces, for people.
[[nodiscard]] std::string PrettyJson(const Json& json);

// Reads the members of one object by name and refuses those nobody asked for. The first problem is
// kept; calls after it return defaults, so a decoder asks for everything and then calls Finish().
class JsonFields {
 public:
  // `where` names the object in messages, as a JSON Pointer ("" is the whole document).
  JsonFields(const Json& json, std::string where);

  [[nodiscard]] std::string Text(std::string_view name, std::size_t size_max);
  [[nodiscard]] std::string OptionalText(std::string_view name, std::size_t size_max);
  [[nodiscard]] std::int64_t Integer(std::string_view name, std::int64_t low, std::int64_t high);
  [[nodiscard]] std::int64_t OptionalInteger(std::string_view name, std::int64_t low,
                                             std::int64_t high, std::int64_t otherwise);
  [[nodiscard]] bool OptionalBool(std::string_view name, bool otherwise);
  [[nodiscard]] std::span<const Json> Array(std::string_view name, std::size_t size_max);
  [[nodiscard]] std::span<const Json> OptionalArray(std::string_view name, std::size_t size_max);
  [[nodiscard]] const Json* Object(std::string_view name);          // null after a failure
  [[nodiscard]] const Json* OptionalObject(std::string_view name);  // null when absent
  template <std::size_t N>
  [[nodiscard]] FixedBytes<N> Hex(std::string_view name) {
    return FixedBytes<N>::From(HexBytes(name, N)).value_or(FixedBytes<N>());
  }
  // Records a problem of the caller's own at a member.
  void Problem(std::string_view name, std::string_view what);
  [[nodiscard]] Result<void> Finish();

 private:
  const Json* Take(std::string_view name);
  Bytes HexBytes(std::string_view name, std::size_t size);

  const Json* json_;  // null when it was no object
  std::string where_;
  std::vector<std::uint8_t> taken_;  // one flag per member of *json_
  std::string problem_;
};

}  // namespace jiandu
