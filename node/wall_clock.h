// The clocks of the node: the machine's, or in a test network a wall clock that is set by hand.
//
// A network whose genesis says `test_clock` may be run through months in minutes: its nodes follow
// a file that says how far their time is from the machine's. No other network lets a node do so.
// Process-wide; any thread.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"

namespace jiandu::node {

class WallClock {
 public:
  // Milliseconds since 1970.
  [[nodiscard]] static std::int64_t NowMs();
  // From now on the file's number (milliseconds to add, decimal) counts; it is read for each
  // answer, so that who has set it need not wait. Call once, before threads. kIo or kInvalid when
  // the file holds no number now.
  [[nodiscard]] static Result<void> Follow(const std::filesystem::path& file);
};

// Milliseconds of a clock that never goes back. Any thread.
class SteadyClock {
 public:
  [[nodiscard]] static std::int64_t NowMs();
};

}  // namespace jiandu::node
