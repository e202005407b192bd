// Times, time-outs and turns.
#include "consensus/types.h"

#include <limits>

#include "consensus/params.h"
#include "consensus/proposer_schedule.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::TestNet;
using Kind = Timeout::Kind;

TEST(Time, MillisecondsGoThereAndBack) {
  for (const std::int64_t ms : {0LL, 1LL, 999LL, 1000LL, -1LL, -1000LL, -1001LL, 1700000000123LL}) {
    const Time time = Time::FromMs(ms);
    EXPECT_EQ(time.Ms(), ms);
    EXPECT_GE(time.nanos, 0);
    EXPECT_LT(time.nanos, 1000000000);
  }
  EXPECT_EQ((Time{.seconds = 1, .nanos = 999999}).Ms(), 1000);
  EXPECT_EQ(Time::FromMs(-1), (Time{.seconds = -1, .nanos = 999000000}));
}

TEST(Params, TimeoutsGrowByRoundUpToTheCap) {
  const Params params;
  const auto duration = [&](Kind kind, Round round) {
    return params.DurationMs({.kind = kind, .height = 7, .round = round});
  };
  EXPECT_EQ(duration(Kind::kPropose, 0), 1000U);
  EXPECT_EQ(duration(Kind::kPropose, 3), 2500U);
  EXPECT_EQ(duration(Kind::kPrevote, 0), 500U);
  EXPECT_EQ(duration(Kind::kPrevote, 2), 1000U);
  EXPECT_EQ(duration(Kind::kPrecommit, 2), 1000U);
  EXPECT_EQ(duration(Kind::kPropose, 57), 29500U);
  EXPECT_EQ(duration(Kind::kPropose, 58), 30000U);
  EXPECT_EQ(duration(Kind::kPropose, 59), 30000U);
  EXPECT_EQ(duration(Kind::kPrecommit, std::numeric_limits<Round>::max()), 30000U);
  EXPECT_EQ(duration(Kind::kPropose, -1), 1000U);
}

TEST(Params, OtherTimersDoNotGrow) {
  const Params params;
  for (const Round round : {0, 1, 1000000}) {
    EXPECT_EQ(params.DurationMs({.kind = Kind::kRebroadcast, .height = 1, .round = round}), 1000U);
    EXPECT_EQ(params.DurationMs({.kind = Kind::kHeartbeat, .height = 1, .round = round}), 60000U);
    EXPECT_EQ(params.DurationMs({.kind = Kind::kMinInterval, .height = 1, .round = round}), 50U);
  }
}

TEST(Params, TimelyIsInclusiveAtBothEnds) {
  const Params params;
  const std::int64_t now = 1700000000000;
  EXPECT_TRUE(params.IsTimely(now, now, 0));
  EXPECT_TRUE(params.IsTimely(now + 1000, now, 0));
  EXPECT_FALSE(params.IsTimely(now + 1001, now, 0));
  EXPECT_TRUE(params.IsTimely(now - 16000, now, 0));
  EXPECT_FALSE(params.IsTimely(now - 16001, now, 0));
  // Round 1 allows a tenth more delay, round 2 a tenth more again; never more ahead.
  EXPECT_TRUE(params.IsTimely(now - 17500, now, 1));
  EXPECT_FALSE(params.IsTimely(now - 17501, now, 1));
  EXPECT_TRUE(params.IsTimely(now - 19150, now, 2));
  EXPECT_FALSE(params.IsTimely(now - 19151, now, 2));
  EXPECT_FALSE(params.IsTimely(now + 1001, now, 50));
}

TEST(Params, TimelyHoldsOutExtremeClocks) {
  const Params params;
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  EXPECT_FALSE(params.IsTimely(kMax, kMin, 0));
  EXPECT_FALSE(params.IsTimely(kMin, kMax, std::numeric_limits<Round>::max()));
  EXPECT_TRUE(params.IsTimely(kMax, kMax, -1));
}

TEST(SeatRotation, TakesSeatsInAddressOrderWhateverThePower) {
  const TestNet net(1, {1, 5, 1, 9});
  const SeatRotation schedule;
  std::vector<Address> sorted = net.addresses;
  std::ranges::sort(sorted);
  for (Height height = 1; height < 10; ++height) {
    for (Round round = 0; round < 9; ++round) {
      const std::size_t seat = (height + static_cast<Height>(round)) % 4;
      EXPECT_EQ(schedule.ProposerOf(height, round, net.set), sorted[seat]);
    }
  }
}

TEST(SeatRotation, DoesNotWrapAtTheLastHeight) {
  const TestNet net(1, {1, 1, 1});
  const SeatRotation schedule;
  const Height last = std::numeric_limits<Height>::max();  // divisible by 3
  EXPECT_EQ(schedule.ProposerOf(last, 1, net.set), schedule.ProposerOf(0, 1, net.set));
  EXPECT_NE(schedule.ProposerOf(last, 1, net.set), schedule.ProposerOf(last, 0, net.set));
}

}  // namespace
}  // namespace jiandu::consensus
