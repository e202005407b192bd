// Segments of made-up blocks.
#pragma once

#include <memory>

#include "ledger/store/segments.h"
#include "tests/ledger/store/store_support.h"

namespace jiandu::store {

inline constexpr SegmentLimits kPlain{.reserve_bytes = 8192};
inline constexpr SegmentLimits kSmall{
    .bytes_max = 1 << 20, .heights_max = 4, .reserve_bytes = 8192};

inline Hash256 IdOf(ledger::Height height, int variant = 0) {
  return HashOf("block " + std::to_string(height) + "/" + std::to_string(variant));
}

inline Bytes BlockOf(ledger::Height height, int variant = 0) {
  Bytes block = ToBytes("block " + std::to_string(height) + " variant " + std::to_string(variant));
  block.resize(20 + 7 * (height % 5) + static_cast<std::size_t>(11 * variant), 0xab);
  return block;
}

inline void AppendDecided(Segments& segments, ledger::Height height) {
  ASSERT_TRUE(segments.Append(height, IdOf(height), BlockOf(height)));
  ASSERT_TRUE(segments.Decide(height, IdOf(height)));
}

inline std::unique_ptr<Segments> MustOpen(const std::filesystem::path& path,
                                          const SegmentLimits& limits = kPlain) {
  auto opened = Segments::Open(path, limits);
  EXPECT_TRUE(opened.has_value()) << (opened.has_value() ? "" : opened.error().detail);
  return std::move(*opened);
}

}  // namespace jiandu::store
