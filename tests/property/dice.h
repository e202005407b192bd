// Random choices of a walk: one seed gives one walk, on every machine.
//
// std::uniform_int_distribution is not the same everywhere, hence the plain remainder.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>
#include <vector>

namespace jiandu::contracts::property {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::uint64_t Below(std::uint64_t bound) {
    return bound < 2 ? 0 : random_() % bound;
  }
  [[nodiscard]] std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(high - low) + 1));
  }
  [[nodiscard]] bool Percent(unsigned percent) { return Below(100) < percent; }
  template <typename T>
  [[nodiscard]] const T& Of(const std::vector<T>& values) {
    return values[Below(values.size())];
  }
  [[nodiscard]] std::string_view Of(std::initializer_list<std::string_view> values) {
    return *(values.begin() + Below(values.size()));
  }
  // The last ones are likelier: what is old has mostly ended.
  template <typename T>
  [[nodiscard]] const T& Recent(const std::vector<T>& values) {
    const std::uint64_t depth = std::min<std::uint64_t>(values.size(), 1 + Below(40));
    return values[values.size() - 1 - Below(depth)];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace jiandu::contracts::property
