// When a run begins, by true wall clocks: one hour after the genesis of the simulated network.
#pragma once

#include <cstdint>

namespace jiandu::simulator {

inline constexpr std::int64_t kGenesisMs = 1773018000000;
inline constexpr std::int64_t kWallStartMs = kGenesisMs + 3'600'000;

}  // namespace jiandu::simulator
