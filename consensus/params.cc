// How long timers run and which proposals are timely.
#include "consensus/params.h"

#include <algorithm>
#include <array>

namespace jiandu::consensus {

namespace {

// Integers of 128 bits keep every sum below exact, whatever a peer put into a header.
__extension__ using Wide = __int128;

// 1.1 to the power of the round, in millionths, rounded down at each step. Later rounds keep the
// last factor: it allows about half a day already.
constexpr std::size_t kGrowthRounds = 80;
constexpr std::int64_t kGrowthUnit = 1000000;
constexpr auto kGrowth = [] {
  std::array<std::int64_t, kGrowthRounds> growth{};
  std::int64_t factor = kGrowthUnit;
  for (std::int64_t& entry : growth) {
    entry = factor;
    factor = factor * 11 / 10;
  }
  return growth;
}();

std::uint32_t Grown(std::uint32_t base_ms, std::uint32_t delta_ms, Round round,
                    std::uint32_t cap_ms) {
  const std::uint64_t rounds = round < 0 ? 0 : static_cast<std::uint64_t>(round);
  const std::uint64_t grown = base_ms + (delta_ms * rounds);  // below 2^32 + 2^63
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(grown, cap_ms));
}

}  // namespace

std::uint32_t Params::DurationMs(const Timeout& timeout) const {
  switch (timeout.kind) {
    case Timeout::Kind::kPropose: return Grown(propose_ms, propose_delta_ms, timeout.round, cap_ms);
    case Timeout::Kind::kPrevote: return Grown(prevote_ms, prevote_delta_ms, timeout.round, cap_ms);
    case Timeout::Kind::kPrecommit:
      return Grown(precommit_ms, precommit_delta_ms, timeout.round, cap_ms);
    case Timeout::Kind::kRebroadcast: return rebroadcast_ms;
    case Timeout::Kind::kHeartbeat: return heartbeat_ms;
    case Timeout::Kind::kMinInterval: return min_interval_ms;
  }
  return cap_ms;
}

bool Params::IsTimely(std::int64_t header_ms, std::int64_t received_ms, Round round) const {
  const std::size_t row =
      std::min(kGrowthRounds - 1, static_cast<std::size_t>(std::max<Round>(round, 0)));
  const Wide delay = Wide{message_delay_ms} * kGrowth[row] / kGrowthUnit;
  const Wide ahead = Wide{header_ms} - received_ms;
  return ahead <= precision_ms && -ahead <= delay + precision_ms;
}

}  // namespace jiandu::consensus
