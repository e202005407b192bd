#include "cli/text.h"

#include <algorithm>
#include <ctime>

#include "base/limits.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kOwnLineIndent = 4;

// The code point that begins at `at`, and its length in bytes; the text is valid UTF-8.
struct Point {
  std::uint32_t code = 0;
  std::size_t size = 1;
};

Point PointAt(std::string_view text, std::size_t at) {
  const auto first = static_cast<std::uint8_t>(text[at]);
  Point point{.code = first, .size = 1};
  if (first >= 0xf0) {
    point = {.code = first & 0x07U, .size = 4};
  } else if (first >= 0xe0) {
    point = {.code = first & 0x0fU, .size = 3};
  } else if (first >= 0xc0) {
    point = {.code = first & 0x1fU, .size = 2};
  }
  for (std::size_t i = 1; i < point.size && at + i < text.size(); ++i) {
    point.code = point.code << 6U | (static_cast<std::uint8_t>(text[at + i]) & 0x3fU);
  }
  return point;
}

std::size_t WidthOf(std::uint32_t code) {
  const bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
                    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
                    (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
                    (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

std::uint32_t LastPoint(std::string_view text) {
  std::uint32_t last = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Point point = PointAt(text, at);
    last = point.code;
    at += point.size;
  }
  return last;
}

// Controls of a terminal (C0, DEL, C1), and those that change the direction of what is read.
bool IsCommand(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200e && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

// How many bytes of `text` fit into `width`; a line ends at a space, or after a wide character.
std::size_t LineLength(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t may_end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Point point = PointAt(text, at);
    const std::size_t wide = WidthOf(point.code);
    if (used + wide > width) return may_end > 0 ? may_end : std::max<std::size_t>(at, 1);
    used += wide;
    at += point.size;
    if (point.code == ' ' || wide == 2) may_end = at;
  }
  return text.size();
}

// Members that hold milliseconds since 1970, by the names the ledger gives them.
bool IsTime(std::string_view path, std::int64_t value) {
  constexpr std::int64_t kYear2001 = 1'000'000'000'000;
  constexpr std::int64_t kYear2096 = 4'000'000'000'000;
  if (value < kYear2001 || value >= kYear2096) return false;
  const std::string_view name = path.substr(path.rfind('.') + 1);
  return name == "at" || name == "exp" || name == "term" || name == "time" || name == "from" ||
         name == "to" || name == "until" || name.ends_with("_at") || name.ends_with("_since");
}

void AddLines(const Json& json, const std::string& path, std::size_t indent, std::string& text) {
  if (json.IsObject()) {
    for (const Json::Member& member : json.Members()) {
      AddLines(member.value, path.empty() ? member.name : path + "." + member.name, indent, text);
    }
    return;
  }
  if (json.IsArray()) {
    bool plain = true;
    std::string joined;
    for (const Json& item : json.Items()) {
      plain = plain && !item.IsArray() && !item.IsObject();
      if (plain) {
        joined +=
            (joined.empty() ? "" : ", ") + (item.IsText() ? item.AsString() : CanonicalJson(item));
      }
    }
    if (plain) {
      text += Labelled(path, joined, indent);
      return;
    }
    std::size_t n = 0;
    for (const Json& item : json.Items()) {
      AddLines(item, path + "[" + std::to_string(n++) + "]", indent, text);
    }
    return;
  }
  if (json.IsNull()) return;
  if (json.IsInteger() && IsTime(path, json.AsInteger())) {
    text += Labelled(path, TimeText(json.AsInteger()), indent);
    return;
  }
  text += Labelled(path, json.IsText() ? json.AsString() : CanonicalJson(json), indent);
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Point point = PointAt(text, at);
    width += WidthOf(point.code);
    at += point.size;
  }
  return width;
}

std::string Pad(std::string_view text, std::size_t width) {
  std::string padded(text);
  const std::size_t used = DisplayWidth(text);
  if (used < width) padded.append(width - used, ' ');
  return padded;
}

std::string Shorten(std::string_view text, std::size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  std::size_t used = 3;
  std::size_t at = 0;
  while (at < text.size()) {
    const Point point = PointAt(text, at);
    used += WidthOf(point.code);
    if (used > width) break;
    at += point.size;
  }
  return std::string(text.substr(0, at)) + "...";
}

std::string Harmless(std::string_view text) {
  std::string harmless;
  for (std::size_t at = 0; at < text.size();) {
    const Point point = PointAt(text, at);
    if (IsCommand(point.code)) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      harmless += "\\u";
      for (const unsigned shift : {12U, 8U, 4U, 0U}) harmless += kDigits[point.code >> shift & 15U];
    } else {
      harmless += text.substr(at, point.size);
    }
    at += point.size;
  }
  return harmless;
}

std::string Labelled(std::string_view raw_name, std::string_view raw_text, std::size_t indent) {
  const std::string name_of = Harmless(raw_name);
  const std::string text_of = Harmless(raw_text);
  std::string_view name = name_of;
  std::string_view text = text_of;
  std::string lines = "  " + Pad(name, indent - 2);
  if (DisplayWidth(name) + 3 > indent) {
    lines = "  " + std::string(name) + "\n" + std::string(indent, ' ');
  }
  // A digest is copied as a whole: rather a line of its own than a break.
  const std::size_t wide = DisplayWidth(text);
  if (wide > kColumns - indent && wide <= kColumns - kOwnLineIndent &&
      text.find(' ') == std::string_view::npos && wide == text.size()) {
    return "  " + std::string(name) + "\n" + std::string(kOwnLineIndent, ' ') + std::string(text) +
           "\n";
  }
  bool first = true;
  while (!text.empty() || first) {
    const std::size_t size = LineLength(text, kColumns - indent);
    std::string_view line = text.substr(0, size);
    text.remove_prefix(size);
    while (line.ends_with(' ')) line.remove_suffix(1);
    lines += (first ? "" : std::string(indent, ' ')) + std::string(line) + "\n";
    first = false;
  }
  return lines;
}

std::string Wrapped(std::string_view text) {
  std::string lines;
  do {
    const std::size_t size = LineLength(text, kColumns);
    std::string_view line = text.substr(0, size);
    text.remove_prefix(size);
    while (line.ends_with(' ')) line.remove_suffix(1);
    lines.append(line).append("\n");
  } while (!text.empty());
  return lines;
}

std::string Hanging(std::string_view name, std::string_view text) {
  const std::size_t indent = DisplayWidth(name);
  const std::size_t width = kColumns - std::min(indent, kColumns / 2);
  std::string lines(name);
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::size_t size = LineLength(text.substr(0, end), width);
    // A word that fills more than a line is kept whole.
    if (size < end && text[size - 1] != ' ' && WidthOf(LastPoint(text.substr(0, size))) == 1) {
      size = std::min(text.find_first_of(" \n", size), text.size());
    }
    std::string_view line = text.substr(0, size);
    text.remove_prefix(size);
    while (text.starts_with(' ') || text.starts_with('\n')) {
      const bool ended = text.front() == '\n';
      text.remove_prefix(1);
      if (ended) break;
    }
    while (line.ends_with(' ')) line.remove_suffix(1);
    if (!first) lines.append("\n").append(indent, ' ');
    lines.append(line);
    first = false;
  }
  return lines;
}

std::string TimeText(std::int64_t ms) {
  const std::time_t seconds = ms / 1000 + 8LL * 3600;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text;
}

std::string SizeText(std::size_t bytes) {
  if (bytes >= limits::kMiB && bytes % limits::kMiB == 0) {
    return std::to_string(bytes / limits::kMiB) + " MiB";
  }
  if (bytes >= limits::kKiB && bytes % limits::kKiB == 0) {
    return std::to_string(bytes / limits::kKiB) + " KiB";
  }
  return std::to_string(bytes) + " bytes";
}

std::string FlagText(const Json& flag) {
  std::string text(flag.TextOr("name"));
  if (const std::int64_t n = flag.IntegerOr("count"); n > 0) text += " x" + std::to_string(n);
  return text;
}

std::string JsonLines(const Json& json, std::size_t indent) {
  std::string text;
  AddLines(json, "", indent, text);
  return text;
}

}  // namespace jiandu::cli
