// Parsing of addresses and networks.
#include "ledger/model/net_address.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace jiandu::ledger {
namespace {

std::optional<unsigned> ParseNumber(std::string_view text, int base, std::size_t digits_max,
                                    unsigned most) {
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  if (base == 10 && text.size() > 1 && text[0] == '0') return std::nullopt;
  unsigned value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (problem != std::errc() || end != text.data() + text.size() || value > most) {
    return std::nullopt;
  }
  return value;
}

std::optional<NetAddress> ParseV4(std::string_view text) {
  NetAddress address;
  std::size_t place = 0;
  unsigned value = 0;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || place == 3) return std::nullopt;
      address.bytes[place++] = static_cast<std::uint8_t>(value);
      value = 0;
      digits = 0;
      continue;
    }
    // No sign, no leading zero, no more than 255.
    if (c < '0' || c > '9' || (digits > 0 && value == 0)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) return std::nullopt;
    ++digits;
  }
  if (place != 3 || digits == 0) return std::nullopt;
  address.bytes[3] = static_cast<std::uint8_t>(value);
  return address;
}

// Groups of a side of "::"; nothing when one is wrong or there are too many.
std::optional<std::vector<std::uint16_t>> ParseGroups(std::string_view text) {
  std::vector<std::uint16_t> groups;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const auto group = ParseNumber(text.substr(0, colon), 16, 4, 0xffff);
    if (!group || groups.size() == 8) return std::nullopt;
    groups.push_back(static_cast<std::uint16_t>(*group));
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return groups;
}

std::optional<NetAddress> ParseV6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const auto head = ParseGroups(text.substr(0, gap));
  const auto tail = ParseGroups(has_gap ? text.substr(gap + 2) : std::string_view());
  if (!head || !tail) return std::nullopt;
  const std::size_t count = head->size() + tail->size();
  if (has_gap ? count > 7 : count != 8) return std::nullopt;
  NetAddress address{.family = AddressFamily::kV6, .bytes = {}};
  const auto put = [&address](std::size_t place, std::uint16_t group) {
    address.bytes[2 * place] = static_cast<std::uint8_t>(group >> 8U);
    address.bytes[2 * place + 1] = static_cast<std::uint8_t>(group & 0xffU);
  };
  for (std::size_t i = 0; i < head->size(); ++i) put(i, (*head)[i]);
  for (std::size_t i = 0; i < tail->size(); ++i) put(8 - tail->size() + i, (*tail)[i]);
  return address;
}

// True when the bits of `a` and `b` agree in the first `prefix` places.
bool SamePrefix(const NetAddress& a, const NetAddress& b, unsigned prefix) {
  const std::size_t whole = prefix / 8;
  if (!std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  b.bytes.begin())) {
    return false;
  }
  const unsigned rest = prefix % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xffU << (8 - rest);
  return ((a.bytes[whole] ^ b.bytes[whole]) & mask & 0xffU) == 0;
}

}  // namespace

bool Network::Contains(const NetAddress& other) const {
  return address.family == other.family && SamePrefix(address, other, prefix);
}

std::optional<NetAddress> ParseAddress(std::string_view text) {
  if (text.size() > 39) return std::nullopt;
  return text.contains(':') ? ParseV6(text) : ParseV4(text);
}

std::optional<Network> ParseNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = ParseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned most = address->family == AddressFamily::kV4 ? 32 : 128;
  const auto prefix = ParseNumber(text.substr(slash + 1), 10, 3, most);
  if (!prefix) return std::nullopt;
  const Network network{.address = *address, .prefix = *prefix};
  for (unsigned bit = *prefix; bit < most; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((address->bytes[bit / 8] & mask) != 0) return std::nullopt;
  }
  return network;
}

}  // namespace jiandu::ledger
