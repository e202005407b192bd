// See html.h.
#include "evidence/html.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/wire.h"

namespace jiandu::evidence {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// Controls (but for tab, line feed, return), marks and overrides of direction, what has no width,
// line and paragraph separators, tags, and the letters that fill nothing.
constexpr std::array kUnseen = std::to_array<Range>(
    {{0x00, 0x08},     {0x0b, 0x0c},     {0x0e, 0x1f},     {0x7f, 0x9f},       {0xad, 0xad},
     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},
     {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},
     {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}});

bool IsUnseen(std::uint32_t letter) {
  return std::ranges::any_of(kUnseen, [letter](const Range& range) {
    return letter >= range.first && letter <= range.last;
  });
}

// The length of the character whose first byte this is, in text that is UTF-8.
std::size_t SizeOf(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

std::uint32_t LetterOf(std::string_view character) {
  const auto lead = static_cast<std::uint8_t>(character[0]);
  if (character.size() == 1) return lead;
  std::uint32_t letter = lead & (0xffU >> (character.size() + 1));
  for (const char tail : character.substr(1)) {
    letter = letter << 6U | (static_cast<std::uint8_t>(tail) & 0x3fU);
  }
  return letter;
}

std::string Spelt(std::uint32_t letter) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string digits;
  for (std::uint32_t rest = letter; rest != 0 || digits.size() < 4; rest >>= 4U) {
    digits.insert(digits.begin(), kDigits[rest & 0xfU]);
  }
  return "<span class=\"u\">U+" + digits + "</span>";
}

void AppendCharacter(std::string& html, std::string_view character) {
  const std::uint32_t letter = LetterOf(character);
  switch (letter) {
    case '&': html += "&amp;"; return;
    case '<': html += "&lt;"; return;
    case '>': html += "&gt;"; return;
    case '"': html += "&quot;"; return;
    case '\'': html += "&#39;"; return;
    default: break;
  }
  if (IsUnseen(letter)) {
    html += Spelt(letter);
  } else {
    html += character;
  }
}

}  // namespace

std::string Text(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  while (!text.empty()) {
    std::size_t size = SizeOf(static_cast<std::uint8_t>(text[0]));
    if (size > text.size() || !IsUtf8(AsBytes(text.substr(0, size)))) {
      html += "\xef\xbf\xbd";
      size = 1;
    } else {
      AppendCharacter(html, text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  return html;
}

std::string Value(std::string_view text) { return "<bdi>" + Text(text) + "</bdi>"; }

std::string Code(std::string_view text) { return "<code>" + Text(text) + "</code>"; }

std::string Short(std::string_view text) { return "<code class=\"n\">" + Text(text) + "</code>"; }

std::string Moment(std::string_view date_and_time) {
  const std::size_t space = std::min(date_and_time.find(' '), date_and_time.size());
  std::string html = "<span class=\"t\">" + Text(date_and_time.substr(0, space));
  if (space < date_and_time.size()) html += "<br>" + Text(date_and_time.substr(space + 1));
  return html + "</span>";
}

std::string Both(std::string_view zh, std::string_view en) {
  return "<span lang=\"zh\">" + std::string(zh) + "</span> <span lang=\"en\">" + std::string(en) +
         "</span>";
}

std::string BothText(std::string_view zh, std::string_view en) { return Both(Text(zh), Text(en)); }

std::string Heading(std::string_view id, std::string_view zh, std::string_view en) {
  return "<h2 id=\"" + std::string(id) + "\">" + Both(zh, en) + "</h2>\n";
}

std::string Paragraph(std::string_view html) { return "<p>" + std::string(html) + "</p>\n"; }

std::string Note(std::string_view zh, std::string_view en) {
  return "<p class=\"note\">" + Both(zh, en) + "</p>\n";
}

void Table::Row(const std::vector<std::string>& cells, std::string_view style) {
  rows_ += style.empty() ? "<tr>" : "<tr class=\"" + std::string(style) + "\">";
  for (const std::string& cell : cells) rows_ += "<td>" + cell + "</td>";
  rows_ += "</tr>\n";
}

std::string Table::Html() const {
  if (rows_.empty()) return Paragraph(Both("无。", "None."));
  std::string html = "<table><thead><tr>";
  for (const std::string& head : heads_) html += "<th>" + head + "</th>";
  return html + "</tr></thead><tbody>\n" + rows_ + "</tbody></table>\n";
}

void Facts::Add(std::string_view zh, std::string_view en, std::string_view html) {
  rows_ += "<tr><th>" + Both(zh, en) + "</th><td>" + std::string(html) + "</td></tr>\n";
}

std::string Facts::Html() const {
  return "<table class=\"facts\"><tbody>\n" + rows_ + "</tbody></table>\n";
}

}  // namespace jiandu::evidence
