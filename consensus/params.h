// Timeouts and limits of the protocol. One value per network, from genesis and config.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"
#include "consensus/types.h"

namespace jiandu::consensus {

// LAN profile; T(kind, round) = min(base + delta * round, cap), in milliseconds.
struct Params {
  std::uint32_t propose_ms = 1000;
  std::uint32_t propose_delta_ms = 500;
  std::uint32_t prevote_ms = 500;
  std::uint32_t prevote_delta_ms = 250;
  std::uint32_t precommit_ms = 500;
  std::uint32_t precommit_delta_ms = 250;
  std::uint32_t cap_ms = 30000;
  std::uint32_t rebroadcast_ms = 1000;
  std::uint32_t min_interval_ms = 50;
  std::uint32_t heartbeat_ms = 60000;
  std::int64_t precision_ms = 1000;       // proposer-based time: how far clocks may differ
  std::int64_t message_delay_ms = 15000;  // and how long a proposal may travel in round 0

  // How long a timer runs. kHeartbeat, kMinInterval and kRebroadcast do not grow.
  [[nodiscard]] std::uint32_t DurationMs(const Timeout& timeout) const;
  // timely(): header time against the receipt of the proposal in `round`, both in ms.
  // MSGDELAY grows by a tenth per round, from a table: no floating point.
  [[nodiscard]] bool IsTimely(std::int64_t header_ms, std::int64_t received_ms, Round round) const;
};

}  // namespace jiandu::consensus
