// The JSON reader: RapidJSON's iterative SAX reader under rules of our own.
//
// RapidJSON 1.1.0 takes duplicate names, a lone low surrogate, a byte order mark, bytes after a NUL
// and big integers as doubles. Each is refused here: the text is checked as UTF-8 without a NUL or
// a mark before it is read, and numbers arrive as the digits that were written.
#include "base/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "base/limits.h"
#include "base/wire.h"

// RapidJSON's own assertions must not end the process on input from outside.
#define RAPIDJSON_ASSERT(condition)                                     \
  do {                                                                  \
    if (!(condition)) throw std::logic_error("rapidjson: " #condition); \
  } while (false)
// Its stack adds an offset to a null pointer before it first allocates: harmless in practice, but
// clang's sanitizer stops there.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

namespace jiandu {
namespace {

bool NameBefore(const Json::Member& a, const Json::Member& b) {
  return CompareJsonNames(a.name, b.name) < 0;
}

bool NotAscending(const Json::Member& a, const Json::Member& b) { return !NameBefore(a, b); }

// Digits of an integer within +-(2^53 - 1), written in the one way JSON has for it.
std::optional<std::int64_t> ParseInteger(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (value > limits::kJsonIntegerMax || value < -limits::kJsonIntegerMax) return std::nullopt;
  if (value == 0 && digits.front() == '-') return std::nullopt;
  return value;
}

}  // namespace

// Builds a value from the reader's events. The pointers on the stack stay good because a container
// does not grow while one of its elements is open. Every event returns false to stop the reader.
class JsonBuilder {
 public:
  using Ch = char;

  // `escaped`: the text holds escapes, which alone can bring a surrogate into checked UTF-8.
  JsonBuilder(Json& root, bool escaped) : root_(root), escaped_(escaped) {}

  // RapidJSON fixes the names of the events. NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return Add(Json()) != nullptr; }
  bool Bool(bool value) { return Add(Json(value)) != nullptr; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view view(text, size);
    return IsText(view) && Add(Json(view)) != nullptr;
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    const std::optional<std::int64_t> value = ParseInteger(std::string_view(text, size));
    if (!value.has_value()) return Stop(Errc::kInvalid, "number is not an integer within 2^53 - 1");
    return Add(Json(*value)) != nullptr;
  }
  // Numbers come as digits, so these never do.
  bool Int(int) { return Stop(Errc::kInternal, "unexpected number event"); }
  bool Uint(unsigned) { return Stop(Errc::kInternal, "unexpected number event"); }
  bool Int64(std::int64_t) { return Stop(Errc::kInternal, "unexpected number event"); }
  bool Uint64(std::uint64_t) { return Stop(Errc::kInternal, "unexpected number event"); }
  template <typename Number>
  bool Double(Number) {
    return Stop(Errc::kInternal, "unexpected number event");
  }

  bool StartObject() { return Open(Json::MakeObject()); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view name(text, size);
    if (!IsText(name) || !Count()) return false;
    Members().push_back(Json::Member{.name = std::string(name), .value = Json()});
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    Json::Object& members = Members();
    if (std::ranges::adjacent_find(members, NotAscending) != members.end()) {
      std::ranges::sort(members, NameBefore);
      if (std::ranges::adjacent_find(members, NotAscending) != members.end()) {
        return Stop(Errc::kInvalid, "duplicate member name");
      }
    }
    --depth_;
    return true;
  }
  bool StartArray() { return Open(Json::MakeArray()); }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] const std::optional<Error>& Problem() const { return problem_; }

 private:
  bool Stop(Errc code, std::string_view what) {
    problem_ = Error{.code = code, .detail = "json: " + std::string(what)};
    return false;
  }

  bool IsText(std::string_view text) {
    return !escaped_ || IsUtf8(AsBytes(text)) || Stop(Errc::kInvalid, "lone surrogate");
  }

  bool Count() {
    return ++count_ <= limits::kJsonMembersMax || Stop(Errc::kTooLarge, "too many members");
  }

  Json::Object& Members() { return std::get<Json::Object>(stack_[depth_ - 1]->value_); }

  // Puts the value where the next one belongs; null when that is one too many.
  Json* Add(Json value) {
    if (depth_ == 0) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *stack_[depth_ - 1];
    if (auto* members = std::get_if<Json::Object>(&parent.value_)) {
      members->back().value = std::move(value);
      return &members->back().value;
    }
    if (!Count()) return nullptr;
    return &std::get<Json::Array>(parent.value_).emplace_back(std::move(value));
  }

  bool Open(Json container) {
    if (depth_ == stack_.size()) return Stop(Errc::kTooLarge, "nested too deep");
    Json* added = Add(std::move(container));
    if (added == nullptr) return false;
    stack_[depth_++] = added;
    return true;
  }

  Json& root_;
  bool escaped_;
  std::array<Json*, limits::kJsonDepthMax> stack_{};
  std::size_t depth_ = 0;
  std::size_t count_ = 0;
  std::optional<Error> problem_;
};

Result<Json> ParseJson(std::string_view text, std::size_t size_max) {
  if (text.size() > size_max) return Fail(Errc::kTooLarge, "json: too long");
  if (text.contains('\0')) return Fail(Errc::kInvalid, "json: NUL byte");
  if (text.starts_with("\xef\xbb\xbf")) return Fail(Errc::kInvalid, "json: byte order mark");
  if (!IsUtf8(AsBytes(text))) return Fail(Errc::kInvalid, "json: not UTF-8");

  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  Json json;
  JsonBuilder builder(json, text.contains('\\'));
  try {
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
    if (builder.Problem().has_value()) return std::unexpected(*builder.Problem());
    if (result.IsError()) {
      return Fail(Errc::kInvalid, std::string("json: ") +
                                      rapidjson::GetParseError_En(result.Code()) + " at byte " +
                                      std::to_string(result.Offset()));
    }
  } catch (const std::logic_error& error) {
    return Fail(Errc::kInternal, error.what());
  }
  return json;
}

}  // namespace jiandu
