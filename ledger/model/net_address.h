// IPv4 and IPv6 addresses and networks, as they stand in requests, grants and accesses.
//
// Strict: dotted quads without leading zeros; IPv6 in any RFC 4291 form but with an embedded IPv4
// or a zone. Pure values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace jiandu::ledger {

enum class AddressFamily : std::uint8_t { kV4 = 4, kV6 = 6 };

struct NetAddress {
  AddressFamily family = AddressFamily::kV4;
  std::array<std::uint8_t, 16> bytes{};  // kV4: the first four
  bool operator==(const NetAddress&) const = default;
};
struct Network {
  NetAddress address;
  unsigned prefix = 0;
  [[nodiscard]] bool Contains(const NetAddress& other) const;
  bool operator==(const Network&) const = default;
};
[[nodiscard]] std::optional<NetAddress> ParseAddress(std::string_view text);
// "10.20.3.0/24": the bits behind the prefix must be zero.
[[nodiscard]] std::optional<Network> ParseNetwork(std::string_view text);

}  // namespace jiandu::ledger
