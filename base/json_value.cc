// The JSON value: access, ordered members, and the two ways to write it.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"
#include "base/limits.h"

namespace jiandu {
namespace {

auto LowerBound(Json::Object& members, std::string_view name) {
  return std::ranges::lower_bound(
      members, name,
      [](std::string_view a, std::string_view b) { return CompareJsonNames(a, b) < 0; },
      &Json::Member::name);
}

void AppendInteger(std::string& out, std::int64_t value) {
  std::array<char, 20> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), result.ptr);
}

bool NeedsEscape(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == '"' || c == '\\'; }

// RFC 8785 section 3.2.2.2: the two-letter form where there is one, else \u00xx in lower case.
void AppendEscaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('\\');
  switch (c) {
    case '\b': out.push_back('b'); return;
    case '\t': out.push_back('t'); return;
    case '\n': out.push_back('n'); return;
    case '\f': out.push_back('f'); return;
    case '\r': out.push_back('r'); return;
    case '"':
    case '\\': out.push_back(c); return;
    default:
      out += "u00";
      out.push_back(kHex[static_cast<std::uint8_t>(c) >> 4U]);
      out.push_back(kHex[static_cast<std::uint8_t>(c) & 0x0fU]);
      return;
  }
}

void AppendQuoted(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t written = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!NeedsEscape(text[i])) continue;
    out.append(text, written, i - written);
    AppendEscaped(out, text[i]);
    written = i + 1;
  }
  out.append(text, written);
  out.push_back('"');
}

// Writes both forms; an indent of zero is the canonical one, without any space.
class Writer {
 public:
  Writer(std::string& out, std::size_t indent) : out_(out), indent_(indent) {}

  void Value(const Json& json) {
    if (json.IsNull()) {
      out_ += "null";
    } else if (json.IsBool()) {
      out_ += json.AsBool() ? "true" : "false";
    } else if (json.IsInteger()) {
      AppendInteger(out_, json.AsInteger());
    } else if (json.IsText()) {
      AppendQuoted(out_, json.AsString());
    } else if (json.IsArray()) {
      Items(json.Items());
    } else {
      Members(json.Members());
    }
  }

 private:
  void Items(const Json::Array& items) {
    Open('[');
    for (const Json& item : items) {
      Separate(&item == items.data());
      Value(item);
    }
    Close(']', items.empty());
  }

  void Members(const Json::Object& members) {
    Open('{');
    for (const Json::Member& member : members) {
      Separate(&member == members.data());
      AppendQuoted(out_, member.name);
      out_ += indent_ == 0 ? ":" : ": ";
      Value(member.value);
    }
    Close('}', members.empty());
  }

  void Open(char bracket) {
    out_.push_back(bracket);
    ++depth_;
  }
  void Separate(bool first) {
    if (!first) out_.push_back(',');
    NewLine();
  }
  void Close(char bracket, bool empty) {
    --depth_;
    if (!empty) NewLine();
    out_.push_back(bracket);
  }
  void NewLine() {
    if (indent_ == 0) return;
    out_.push_back('\n');
    out_.append(depth_ * indent_, ' ');
  }

  std::string& out_;
  std::size_t indent_;
  std::size_t depth_ = 0;
};

}  // namespace

int CompareJsonNames(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < common && a[same] == b[same]) ++same;
  if (same == common) {
    return static_cast<int>(a.size() > common) - static_cast<int>(b.size() > common);
  }
  const auto x = static_cast<std::uint8_t>(a[same]);
  const auto y = static_cast<std::uint8_t>(b[same]);
  // UTF-8 keeps the order of code points, and so does UTF-16 but for one case: U+E000..U+FFFF
  // (which begin with EE or EF) stand after the surrogates that everything past U+FFFF is made of.
  const bool x_is_high = x == 0xee || x == 0xef;
  const bool y_is_high = y == 0xee || y == 0xef;
  if (x_is_high && y >= 0xf0) return 1;
  if (y_is_high && x >= 0xf0) return -1;
  return x < y ? -1 : 1;
}

Json::Json() = default;
Json::Json(bool value) : value_(value) {}
Json::Json(std::int64_t value) : value_(value) {}
Json::Json(int value) : value_(std::int64_t{value}) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(const char* value) : value_(std::string(value)) {}
Json::Json(Array value) : value_(std::move(value)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

Json::Json(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {
  JD_ASSERT(value <= static_cast<std::uint64_t>(limits::kJsonIntegerMax));
}

Json Json::MakeArray() { return Array(); }

Json Json::MakeObject() {
  Json json;
  json.value_ = Object();
  return json;
}

Json Json::MakeObject(std::initializer_list<Field> members) {
  Json json = MakeObject();
  for (const auto& [name, value] : members) json.Set(name, value);
  return json;
}

bool Json::AsBool() const {
  JD_ASSERT(IsBool());
  return std::get<bool>(value_);
}

std::int64_t Json::AsInteger() const {
  JD_ASSERT(IsInteger());
  return std::get<std::int64_t>(value_);
}

const std::string& Json::AsString() const {
  JD_ASSERT(IsText());
  return std::get<std::string>(value_);
}

const Json::Array& Json::Items() const {
  JD_ASSERT(IsArray());
  return std::get<Array>(value_);
}

const Json::Object& Json::Members() const {
  JD_ASSERT(IsObject());
  return std::get<Object>(value_);
}

Json::Array& Json::MutableItems() {
  JD_ASSERT(IsArray());
  return std::get<Array>(value_);
}

const Json* Json::Find(std::string_view name) const {
  const auto* members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  // Objects are small: comparing for equality alone beats a binary search in UTF-16 order.
  constexpr std::size_t kSmall = 16;
  const auto at =
      members->size() <= kSmall
          ? std::ranges::find(*members, name, &Member::name)
          : std::ranges::lower_bound(
                *members, name,
                [](std::string_view a, std::string_view b) { return CompareJsonNames(a, b) < 0; },
                &Member::name);
  if (at == members->end() || at->name != name) return nullptr;
  return &at->value;
}

Json& Json::Set(std::string_view name, Json value) {
  JD_ASSERT(IsObject());
  auto& members = std::get<Object>(value_);
  const auto at = LowerBound(members, name);
  if (at != members.end() && at->name == name) {
    at->value = std::move(value);
  } else {
    members.insert(at, Member{.name = std::string(name), .value = std::move(value)});
  }
  return *this;
}

void Json::Remove(std::string_view name) {
  JD_ASSERT(IsObject());
  auto& members = std::get<Object>(value_);
  const auto at = LowerBound(members, name);
  if (at != members.end() && at->name == name) members.erase(at);
}

Json Json::Release(std::string_view name) {
  auto* members = std::get_if<Object>(&value_);
  if (members == nullptr) return {};
  const auto at = LowerBound(*members, name);
  return at != members->end() && at->name == name ? std::exchange(at->value, Json()) : Json();
}

std::string_view Json::TextOr(std::string_view name, std::string_view otherwise) const {
  const Json* member = Find(name);
  return member != nullptr && member->IsText() ? std::string_view(member->AsString()) : otherwise;
}

std::int64_t Json::IntegerOr(std::string_view name, std::int64_t otherwise) const {
  const Json* member = Find(name);
  return member != nullptr && member->IsInteger() ? member->AsInteger() : otherwise;
}

bool Json::BoolOr(std::string_view name, bool otherwise) const {
  const Json* member = Find(name);
  return member != nullptr && member->IsBool() ? member->AsBool() : otherwise;
}

std::span<const Json> Json::ItemsOf(std::string_view name) const {
  const Json* member = Find(name);
  if (member == nullptr || !member->IsArray()) return {};
  return member->Items();
}

bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }

std::string CanonicalJson(const Json& json) {
  constexpr std::size_t kUsualBytes = 768;  // a transaction's payload: one allocation
  std::string out;
  out.reserve(kUsualBytes);
  Writer(out, 0).Value(json);
  return out;
}

std::string PrettyJson(const Json& json) {
  std::string out;
  Writer(out, 2).Value(json);
  return out;
}

}  // namespace jiandu
