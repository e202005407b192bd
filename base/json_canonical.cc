// The one-pass reader of canonical JSON: what nearly every payload is, read without writing it
// again.
//
// It takes the bytes CanonicalJson writes and no others: no space, names ascending, the shortest
// escapes, integers without leading zeros. What it does not take goes to the general reader, which
// says why.
#include <array>
#include <cstring>

#include "base/json.h"
#include "base/limits.h"
#include "base/wire.h"

namespace jiandu {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

// Some byte of the word is zero.
bool HasZero(std::uint64_t word) { return ((word - kOnes) & ~word & kHighs) != 0; }
// Some byte of the word ends a run of plain text: a quote, a backslash or a control character.
bool HasMark(std::uint64_t word) {
  const bool control = ((word - kOnes * 0x20) & ~word & kHighs) != 0;
  return control || HasZero(word ^ (kOnes * '"')) || HasZero(word ^ (kOnes * '\\'));
}
bool IsMark(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == '"' || c == '\\'; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What stands for a control character after a backslash; 0 when it has no letter of its own.
char LetterOf(char control) {
  switch (control) {
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\f': return 'f';
    case '\r': return 'r';
    default: return 0;
  }
}

}  // namespace

// Reads one text; each part returns false where it is not canonical, and nothing is read after.
class CanonicalReader {
 public:
  // The text is valid UTF-8.
  explicit CanonicalReader(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool Read(Json& json) { return Value(json) && at_ == end_; }

 private:
  bool Value(Json& json) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '"': return Text(json.value_.emplace<std::string>());
      case '{': return Object(json.value_.emplace<Json::Object>());
      case '[': return Array(json.value_.emplace<Json::Array>());
      case 't': json.value_ = true; return Word("true");
      case 'f': json.value_ = false; return Word("false");
      case 'n': return Word("null");
      default: return Integer(json.value_.emplace<std::int64_t>());
    }
  }

  bool Take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool Word(std::string_view word) {
    if (!std::string_view(at_, end_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool Count() { return ++count_ <= limits::kJsonMembersMax; }

  bool Object(Json::Object& members) {
    ++at_;
    if (depth_ == limits::kJsonDepthMax) return false;
    // Objects side by side are mostly alike: as many members as the one before.
    std::size_t& usual = usual_sizes_[depth_++];
    if (!Take('}')) {
      members.reserve(std::min(usual, kReservedMax));
      do {
        if (!Count() || !Member(members)) return false;
      } while (Take(','));
      if (!Take('}')) return false;
      usual = members.size();
    }
    --depth_;
    return true;
  }
  bool Member(Json::Object& members) {
    Json::Member& member = members.emplace_back();
    if (!Take('"')) return false;
    --at_;
    if (!Text(member.name)) return false;
    if (members.size() > 1 && CompareJsonNames((&member - 1)->name, member.name) >= 0) return false;
    return Take(':') && Value(member.value);
  }

  bool Array(Json::Array& items) {
    ++at_;
    if (depth_ == limits::kJsonDepthMax) return false;
    ++depth_;
    if (!Take(']')) {
      do {
        if (!Count() || !Value(items.emplace_back())) return false;
      } while (Take(','));
      if (!Take(']')) return false;
    }
    --depth_;
    return true;
  }

  bool Integer(std::int64_t& value) {
    const bool negative = Take('-');
    const char* const first = at_;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
      value = value * 10 + (*at_ - '0');
      if (value > limits::kJsonIntegerMax) return false;
    }
    const bool zero_first = at_ != first && *first == '0';
    if (at_ == first || (zero_first && (at_ - first > 1 || negative))) return false;
    if (negative) value = -value;
    return true;
  }

  // The text from the quote at hand to the next one.
  bool Text(std::string& text) {
    ++at_;
    const char* plain = at_;
    for (;;) {
      SkipPlain();
      if (at_ == end_) return false;
      if (*at_ == '"') break;
      if (*at_ != '\\') return false;
      text.append(plain, at_);
      if (!Escape(text)) return false;
      plain = at_;
    }
    text.append(plain, at_);
    ++at_;
    return true;
  }
  void SkipPlain() {
    while (end_ - at_ >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at_, 8);
      if (HasMark(word)) break;
      at_ += 8;
    }
    while (at_ != end_ && !IsMark(*at_)) ++at_;
  }
  // At a backslash: the one escape that RFC 8785 has for the character.
  bool Escape(std::string& text) {
    const std::string_view rest(at_, end_);
    if (rest.size() < 2) return false;
    if (rest[1] == '"' || rest[1] == '\\') {
      text.push_back(rest[1]);
      at_ += 2;
      return true;
    }
    for (const char control : {'\b', '\t', '\n', '\f', '\r'}) {
      if (rest[1] != LetterOf(control)) continue;
      text.push_back(control);
      at_ += 2;
      return true;
    }
    if (rest.size() < 6 || !rest.starts_with("\\u00")) return false;
    const int high = HexDigit(rest[4]);
    const int low = HexDigit(rest[5]);
    if (high < 0 || high > 1 || low < 0) return false;
    const auto control = static_cast<char>(high * 16 + low);
    if (LetterOf(control) != 0) return false;
    text.push_back(control);
    at_ += 6;
    return true;
  }

  static constexpr std::size_t kReservedMax = 32;

  const char* at_;
  const char* end_;
  std::size_t depth_ = 0;
  std::size_t count_ = 0;
  std::array<std::size_t, limits::kJsonDepthMax> usual_sizes_{};
};

std::optional<Json> ReadCanonicalJson(std::string_view text) {
  if (!IsUtf8(AsBytes(text))) return std::nullopt;
  Json json;
  if (!CanonicalReader(text).Read(json)) return std::nullopt;
  return json;
}

Result<Json> ParseCanonicalJson(std::string_view text, std::size_t size_max) {
  if (text.size() <= size_max) {
    if (auto json = ReadCanonicalJson(text)) return *std::move(json);
  }
  JD_TRY(Json json, ParseJson(text, size_max));
  if (CanonicalJson(json) != text) return Fail(Errc::kInvalid, "json: not in canonical form");
  return json;
}

}  // namespace jiandu
