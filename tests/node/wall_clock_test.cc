// The clock of a test network follows its file; a wrong file is refused and a passing one ignored.
#include "node/wall_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node::testing {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

std::int64_t MachineMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TEST(WallClock, FollowsTheOffsetOfItsFile) {
  const support::TempFolder folder;
  const auto file = folder.Path() / "test-clock";
  EXPECT_FALSE(WallClock::Follow(file).has_value());
  std::ofstream(file) << "soon\n";
  EXPECT_FALSE(WallClock::Follow(file).has_value());
  EXPECT_LT(std::abs(WallClock::NowMs() - MachineMs()), kDayMs);
  std::ofstream(file) << -30 * kDayMs << '\n';
  ASSERT_TRUE(WallClock::Follow(file).has_value());
  EXPECT_LT(std::abs(WallClock::NowMs() - (MachineMs() - 30 * kDayMs)), kDayMs);
  std::ofstream(file) << 40 * kDayMs << '\n';
  const std::int64_t wanted = MachineMs() + 40 * kDayMs;
  EXPECT_LT(std::abs(WallClock::NowMs() - wanted), kDayMs);
  // A file that is being replaced leaves the time as it was.
  std::filesystem::remove(file);
  EXPECT_GT(WallClock::NowMs(), wanted - kDayMs);
  std::ofstream(file) << "0\n";
  ASSERT_TRUE(WallClock::Follow(file).has_value());  // other tests of this program live today
}

}  // namespace
}  // namespace jiandu::node::testing
