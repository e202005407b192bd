// Frames cut from a stream, and the order in which a link sends.
#include "node/frames.h"

#include <gtest/gtest.h>

#include "node/send_queue.h"

namespace jiandu::node {
namespace {

constexpr std::uint8_t kType = 30;

FrameRules Rules() {
  FrameRules rules;
  rules.payload_max[kType] = 1000;
  rules.payload_max[kType + 1] = 5;
  return rules;
}

Bytes Stream(std::initializer_list<std::pair<std::uint8_t, std::size_t>> frames) {
  Bytes out;
  for (const auto& [type, size] : frames) AppendFrame(out, type, Bytes(size, type));
  return out;
}

TEST(FrameReader, FramesComeOutHoweverTheBytesAreCut) {
  const Bytes stream = Stream({{kType, 3}, {kType + 1, 0}, {kType, 1000}, {kType + 1, 5}});
  for (const std::size_t step : {1U, 2U, 4U, 5U, 7U, 300U, 5000U}) {
    FrameReader reader(Rules());
    std::vector<Incoming> frames;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      const ByteView rest = ByteView(stream).subspan(at);
      ASSERT_TRUE(reader.Feed(rest.first(std::min(step, rest.size())), frames).has_value());
    }
    ASSERT_EQ(frames.size(), 4U) << "step " << step;
    EXPECT_EQ(frames[0].payload, Bytes(3, kType));
    EXPECT_EQ(frames[1].type, kType + 1);
    EXPECT_TRUE(frames[1].payload.empty());
    EXPECT_EQ(frames[2].payload.size(), 1000U);
    EXPECT_EQ(reader.Pending(), 0U);
  }
}

TEST(FrameReader, OneByteOverTheBoundIsRefusedBeforeThePayload) {
  FrameReader reader(Rules());
  std::vector<Incoming> frames;
  Bytes header;
  AppendU32Be(header, 1 + 1001);
  header.push_back(kType);
  const auto fed = reader.Feed(header, frames);
  ASSERT_FALSE(fed.has_value());
  EXPECT_EQ(fed.error().code, Errc::kTooLarge);
}

TEST(FrameReader, RefusesUnknownTypesHugeAndEmptyLengths) {
  const auto refuses = [](std::uint32_t length, std::uint8_t type) {
    FrameReader reader(Rules());
    std::vector<Incoming> frames;
    Bytes header;
    AppendU32Be(header, length);
    header.push_back(type);
    return !reader.Feed(header, frames).has_value();
  };
  EXPECT_TRUE(refuses(1, 0));
  EXPECT_TRUE(refuses(1, 200));
  EXPECT_TRUE(refuses(0, kType));
  EXPECT_TRUE(refuses(0xFFFFFFFF, kType));
  EXPECT_TRUE(refuses(1 + kControlPayloadMax + 1, kFrameHello));
  EXPECT_FALSE(refuses(1 + kControlPayloadMax, kFrameHello));
}

TEST(FrameReader, TextInsteadOfFramesIsRefused) {
  FrameReader reader(PeerFrameRules());
  std::vector<Incoming> frames;
  EXPECT_FALSE(reader.Feed(AsBytes("GET / HTTP/1.1\r\n\r\n"), frames).has_value());
  EXPECT_TRUE(frames.empty());
}

Outgoing Frame(Lane lane, std::size_t size, WhenFull when_full, std::uint8_t mark = 0) {
  return Outgoing{.lane = lane,
                  .when_full = when_full,
                  .type = kType,
                  .payload = std::make_shared<const Bytes>(size, mark)};
}

// The marks of the frames in the order they are sent.
std::vector<std::uint8_t> SendAll(SendQueue& queue) {
  FrameRules rules;
  rules.payload_max[kType] = 1 << 24U;
  FrameReader reader(rules);
  std::vector<Incoming> frames;
  while (!queue.IsEmpty()) EXPECT_TRUE(reader.Feed(queue.Next(), frames).has_value());
  std::vector<std::uint8_t> marks;
  for (const Incoming& frame : frames) marks.push_back(frame.payload.at(0));
  return marks;
}

TEST(SendQueue, VotesGoBeforePartsBeforeBulk) {
  SendQueue queue;
  ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 10, WhenFull::kRefuse, 3)), SendQueue::Put::kQueued);
  ASSERT_EQ(queue.Push(Frame(Lane::kBlocks, 10, WhenFull::kRefuse, 2)), SendQueue::Put::kQueued);
  ASSERT_EQ(queue.Push(Frame(Lane::kVotes, 10, WhenFull::kCloseLink, 1)), SendQueue::Put::kQueued);
  EXPECT_EQ(SendAll(queue), (std::vector<std::uint8_t>{1, 2, 3}));
}

TEST(SendQueue, VoteOvertakesAMountainOfBulk) {
  SendQueue queue;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 60'000, WhenFull::kRefuse, 3)),
              SendQueue::Put::kQueued);
  }
  static_cast<void>(queue.Next());  // a write is under way
  ASSERT_EQ(queue.Push(Frame(Lane::kVotes, 200, WhenFull::kCloseLink, 1)), SendQueue::Put::kQueued);
  EXPECT_EQ(SendAll(queue).front(), 1);
}

TEST(SendQueue, WaitingLaneGetsATenth) {
  SendQueue queue;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(queue.Push(Frame(Lane::kVotes, 1000, WhenFull::kCloseLink, 1)),
              SendQueue::Put::kQueued);
    ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 1000, WhenFull::kRefuse, 3)), SendQueue::Put::kQueued);
  }
  const std::vector<std::uint8_t> marks = SendAll(queue);
  const auto bulk = std::count(marks.begin(), marks.begin() + 200, 3);
  EXPECT_GE(bulk, 18);
  EXPECT_LE(bulk, 22);
}

TEST(SendQueue, SmallFramesShareAWriteAndNoWriteIsLarger) {
  SendQueue queue;
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 995, WhenFull::kRefuse)), SendQueue::Put::kQueued);
  }
  const Bytes write = queue.Next();
  EXPECT_EQ(write.size(), 65U * 1000U);
  ASSERT_EQ(queue.Push(Frame(Lane::kVotes, 100'000, WhenFull::kCloseLink)),
            SendQueue::Put::kQueued);
  EXPECT_EQ(queue.Next().size(), 100'005U);  // a large frame goes alone
}

TEST(SendQueue, FullLaneDoesWhatTheMessageSays) {
  SendQueue queue({.bytes_max = {1000, 1000, 1000}});
  ASSERT_EQ(queue.Push(Frame(Lane::kVotes, 900, WhenFull::kCloseLink)), SendQueue::Put::kQueued);
  EXPECT_EQ(queue.Push(Frame(Lane::kVotes, 900, WhenFull::kCloseLink)), SendQueue::Put::kMustClose);
  ASSERT_EQ(queue.Push(Frame(Lane::kBlocks, 900, WhenFull::kRefuse)), SendQueue::Put::kQueued);
  EXPECT_EQ(queue.Push(Frame(Lane::kBlocks, 900, WhenFull::kRefuse)), SendQueue::Put::kRefused);
}

TEST(SendQueue, OldestGossipMakesRoomAndSyncStays) {
  SendQueue queue({.bytes_max = {1000, 1000, 1000}});
  ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 300, WhenFull::kRefuse, 1)), SendQueue::Put::kQueued);
  ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 300, WhenFull::kDropOldest, 2)), SendQueue::Put::kQueued);
  ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 300, WhenFull::kDropOldest, 3)), SendQueue::Put::kQueued);
  ASSERT_EQ(queue.Push(Frame(Lane::kBulk, 300, WhenFull::kDropOldest, 4)), SendQueue::Put::kQueued);
  EXPECT_EQ(queue.Dropped(), 1U);
  EXPECT_EQ(SendAll(queue), (std::vector<std::uint8_t>{1, 3, 4}));
  EXPECT_EQ(queue.Push(Frame(Lane::kBulk, 2000, WhenFull::kDropOldest)), SendQueue::Put::kRefused);
  EXPECT_EQ(queue.LaneBytes(Lane::kBulk), 0U);
}

TEST(PeerMessages, EveryKindTravelsAndATypeThatLiesIsRefused) {
  consensus::StatusMsg status;
  status.base = 1;
  status.height = 5;
  status.block_hash.bytes.fill(1);
  const consensus::PeerMessage message = status;
  const Outgoing out = Prepare(message);
  const auto back = Unpack(Incoming{.type = out.type, .payload = *out.payload});
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(std::get<consensus::StatusMsg>(*back), status);
  const auto lie = static_cast<std::uint8_t>(out.type + 1);
  EXPECT_FALSE(Unpack(Incoming{.type = lie, .payload = *out.payload}).has_value());
  Bytes longer = *out.payload;
  longer.push_back(0);
  EXPECT_FALSE(Unpack(Incoming{.type = out.type, .payload = longer}).has_value());
}

TEST(PeerMessages, HelloMayNotComeTwice) {
  const Outgoing hello = Prepare(consensus::Hello());
  EXPECT_EQ(PeerFrameRules().payload_max[hello.type], 0U);
}

}  // namespace
}  // namespace jiandu::node
