// The only source of chance in the simulator: one seed gives one run.
#pragma once

#include <cstdint>

namespace jiandu::sim {

// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

  [[nodiscard]] std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  // From `low` to `high`, both included.
  [[nodiscard]] std::uint64_t Between(std::uint64_t low, std::uint64_t high) {
    return low + Next() % (high - low + 1);
  }
  [[nodiscard]] bool Percent(std::uint64_t chance) { return Next() % 100 < chance; }

 private:
  std::uint64_t state_;
};

}  // namespace jiandu::sim
