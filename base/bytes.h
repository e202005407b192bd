// Byte sequences: owned, borrowed and of fixed length.
//
// Plain values; any thread. A ByteView borrows: it is for parameters and is never stored.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jiandu {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// The same memory read as bytes, or as text. No conversion takes place.
[[nodiscard]] inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes ToBytes(ByteView view) { return Bytes(view.begin(), view.end()); }
[[nodiscard]] inline Bytes ToBytes(std::string_view text) { return ToBytes(AsBytes(text)); }
[[nodiscard]] inline std::string ToText(ByteView view) { return std::string(AsText(view)); }

[[nodiscard]] inline bool Equal(ByteView a, ByteView b) { return std::ranges::equal(a, b); }
[[nodiscard]] inline bool HasPrefix(ByteView bytes, ByteView prefix) {
  return bytes.size() >= prefix.size() && Equal(bytes.first(prefix.size()), prefix);
}

// Exactly N bytes: hashes, keys, signatures, ids. Zero unless given.
template <std::size_t N>
struct FixedBytes {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> bytes{};

  // Nothing when the length is not exactly N.
  [[nodiscard]] static std::optional<FixedBytes> From(ByteView view) {
    if (view.size() != N) return std::nullopt;
    FixedBytes fixed;
    std::ranges::copy(view, fixed.bytes.begin());
    return fixed;
  }

  [[nodiscard]] ByteView View() const { return bytes; }
  [[nodiscard]] std::uint8_t* Data() { return bytes.data(); }
  [[nodiscard]] const std::uint8_t* Data() const { return bytes.data(); }
  [[nodiscard]] bool IsZero() const {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
  }
  auto operator<=>(const FixedBytes&) const = default;
};

// A SHA-256 digest.
using Hash256 = FixedBytes<32>;

inline void Append(Bytes& out, ByteView view) { out.insert(out.end(), view.begin(), view.end()); }
inline void Append(Bytes& out, std::string_view text) { Append(out, AsBytes(text)); }

// Big-endian integers, as they stand in keys and hashed tuples.
inline void AppendU16Be(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value));
}
inline void AppendU32Be(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}
inline void AppendU64Be(Bytes& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}
// Reads the first 4 or 8 bytes; the caller has checked that they are there.
[[nodiscard]] inline std::uint32_t ReadU32Be(ByteView view) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | view[i];
  return value;
}
[[nodiscard]] inline std::uint64_t ReadU64Be(ByteView view) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = (value << 8U) | view[i];
  return value;
}

}  // namespace jiandu
