// See target.h.
#include "gateway/target.h"

#include <algorithm>

#include "base/limits.h"
#include "base/wire.h"
#include "gateway/head_guard.h"

namespace jiandu::gateway {
namespace {

constexpr std::uint64_t kWaitSecondsMax = 1'000'000;

std::optional<std::uint8_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

// Escapes only: '+' stays '+'. Control characters have no place in any of our parameters.
Result<std::string> Unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain.push_back(text[i]);
      continue;
    }
    const auto high = i + 2 < text.size() ? HexDigit(text[i + 1]) : std::nullopt;
    const auto low = high ? HexDigit(text[i + 2]) : std::nullopt;
    if (!high || !low) return Fail(Errc::kInvalid, "a percent escape is not two hex digits");
    const auto byte = static_cast<std::uint8_t>((*high << 4U) | *low);
    if (byte < 0x20 || byte == 0x7F) return Fail(Errc::kInvalid, "a control character is escaped");
    plain.push_back(static_cast<char>(byte));
    i += 2;
  }
  if (!IsUtf8(AsBytes(plain))) return Fail(Errc::kInvalid, "a query parameter is not UTF-8");
  return plain;
}

// Calls visit for each element of a comma-separated list, trimmed; empty ones are skipped.
template <typename Visit>
void ForEachElement(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view element = TrimSpace(list.substr(0, comma));
    if (!element.empty()) visit(element);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

bool HasZeroWeight(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find(';'), parameters.size());
    const std::string_view parameter = TrimSpace(parameters.substr(0, end));
    if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
      const std::string_view weight = parameter.substr(2);
      return weight.find_first_not_of("0.") == std::string_view::npos;
    }
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return false;
}

}  // namespace

const std::string* Target::Find(std::string_view name) const {
  const auto it = std::ranges::find(query, name, &Parameter::name);
  return it == query.end() ? nullptr : &it->value;
}

Result<Target> ParseTarget(std::string_view target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  Target parsed{.path = std::string(target.substr(0, mark)), .query = {}};
  std::string_view rest = target.substr(std::min(mark + 1, target.size()));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (parsed.query.size() >= limits::kHttpQueryParametersMax) {
      return Fail(Errc::kInvalid, "too many query parameters");
    }
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Fail(Errc::kInvalid, "a query parameter is not name=value");
    }
    JD_TRY(std::string name, Unescape(pair.substr(0, equals)));
    JD_TRY(std::string value, Unescape(pair.substr(equals + 1)));
    if (parsed.Find(name) != nullptr) {
      return Fail(Errc::kInvalid, "a query parameter stands twice");
    }
    parsed.query.push_back(Parameter{.name = std::move(name), .value = std::move(value)});
  }
  return parsed;
}

std::optional<std::uint64_t> ParseNumber(std::string_view text, std::uint64_t high) {
  if (text.empty() || text.size() > 19 || (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');  // 19 digits fit in 64 bits
  }
  if (value > high) return std::nullopt;
  return value;
}

bool Accepts(std::string_view accept, std::string_view type) {
  if (TrimSpace(accept).empty()) return true;
  const std::string family = std::string(type.substr(0, type.find('/'))) + "/*";
  bool accepted = false;
  bool refused = false;  // named with q=0: stronger than a wildcard
  ForEachElement(accept, [&](std::string_view element) {
    const std::size_t semicolon = std::min(element.find(';'), element.size());
    const std::string range = LowerCase(TrimSpace(element.substr(0, semicolon)));
    const bool zero = HasZeroWeight(element.substr(std::min(semicolon + 1, element.size())));
    if (range == type && zero) refused = true;
    if ((range == type || range == family || range == "*/*") && !zero) accepted = true;
  });
  return accepted && !refused;
}

std::string MediaType(std::string_view content_type) {
  return LowerCase(TrimSpace(content_type.substr(0, content_type.find(';'))));
}

std::optional<std::uint64_t> PreferredWait(std::string_view prefer) {
  std::optional<std::uint64_t> wait;
  ForEachElement(prefer, [&](std::string_view element) {
    const std::string preference = LowerCase(TrimSpace(element.substr(0, element.find(';'))));
    if (!preference.starts_with("wait=")) return;
    // A preference that cannot be read is ignored (RFC 7240 section 2); the first one counts.
    if (!wait) wait = ParseNumber(std::string_view(preference).substr(5), kWaitSecondsMax);
  });
  return wait;
}

bool MatchesTag(std::string_view if_none_match, std::string_view tag) {
  if (tag.empty()) return false;
  if (TrimSpace(if_none_match) == "*") return true;
  bool matches = false;
  ForEachElement(if_none_match, [&](std::string_view element) {
    if (element.starts_with("W/")) element.remove_prefix(2);
    if (element == tag) matches = true;
  });
  return matches;
}

}  // namespace jiandu::gateway
