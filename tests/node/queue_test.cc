// Channels between threads: bounds, wake-ups, closing, and a stress run for the thread sanitizer.
#include "node/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <thread>

namespace jiandu::node {
namespace {

TEST(Channel, WakesOnceWhenItTurnsNotEmpty) {
  int wakes = 0;
  Channel<int> channel(10, [&wakes] { ++wakes; });
  EXPECT_EQ(channel.Push(1), PushResult::kOk);
  EXPECT_EQ(channel.Push({2, 3}), PushResult::kOk);
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(channel.Drain(), (std::vector{1, 2, 3}));
  EXPECT_EQ(channel.Push(4), PushResult::kOk);
  EXPECT_EQ(wakes, 2);
}

TEST(Channel, VectorIsTakenWholeOrStaysWithTheProducer) {
  Channel<std::unique_ptr<int>> channel(2);
  EXPECT_EQ(channel.Push(std::make_unique<int>(1)), PushResult::kOk);
  std::vector<std::unique_ptr<int>> two;
  two.push_back(std::make_unique<int>(2));
  two.push_back(std::make_unique<int>(3));
  EXPECT_EQ(channel.Push(std::move(two)), PushResult::kFull);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(*two[1], 3);
  EXPECT_EQ(channel.Size(), 1U);
  auto one = std::make_unique<int>(4);
  EXPECT_EQ(channel.Push(std::move(one)), PushResult::kOk);
  auto more = std::make_unique<int>(5);
  EXPECT_EQ(channel.Push(std::move(more)), PushResult::kFull);
  EXPECT_NE(more, nullptr);
}

TEST(Channel, CloseLetsTheConsumerDrainAndRefusesTheRest) {
  Channel<int> channel(10);
  EXPECT_EQ(channel.Push(1), PushResult::kOk);
  channel.Close();
  EXPECT_EQ(channel.Push(2), PushResult::kClosed);
  EXPECT_EQ(channel.Push(std::vector{2, 3}), PushResult::kClosed);
  EXPECT_EQ(channel.Wait(), std::vector{1});
  EXPECT_TRUE(channel.Wait().empty());
}

TEST(Channel, WaitForEndsWithNothingWhenNothingComes) {
  Channel<int> channel(1);
  EXPECT_TRUE(channel.WaitFor(std::chrono::milliseconds(1)).empty());
}

TEST(Channel, ManyProducersLoseNothingAndKeepTheirOwnOrder) {
  constexpr int kProducers = 4;
  constexpr int kEach = 20'000;
  Channel<std::pair<int, int>> channel(512);
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&channel, p] {
      for (int i = 0; i < kEach; i += 2) {
        std::vector<std::pair<int, int>> two{{p, i}, {p, i + 1}};
        while (channel.Push(std::move(two)) == PushResult::kFull) std::this_thread::yield();
      }
    });
  }
  std::vector<int> next(kProducers, 0);
  int taken = 0;
  while (taken < kProducers * kEach) {
    for (const auto& [producer, number] : channel.Wait()) {
      ASSERT_EQ(number, next[static_cast<std::size_t>(producer)]++);
      ++taken;
    }
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(channel.Size(), 0U);
}

}  // namespace
}  // namespace jiandu::node
