// How much block sync holds in memory, and what it does while something is not there yet: the very
// next block, the host's verdict, room on a link.
#include <gtest/gtest.h>

#include <deque>

#include "node/catch_up.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kBlockBytes = 50'000;
constexpr std::size_t kEnough = 20'000'000;  // the test ends here if nothing else does

PeerId Peer(std::uint8_t number) {
  PeerId id;
  id.bytes.fill(number);
  return id;
}

consensus::Commit CommitOf(consensus::Height height) {
  consensus::Commit commit;
  commit.height = height;
  commit.id.parts = 1;
  commit.signatures.resize(1);
  return commit;
}

// cometbft and constantinople#42: a window counted in blocks was memory without a bound.
TEST(CatchUpWindow, IsKeptInBytesWhileTheNextBlockDoesNotCome) {
  std::deque<std::pair<PeerId, consensus::BlockRequest>> asked;
  CatchUpActions actions{
      .send =
          [&asked](const PeerId& to, const consensus::PeerMessage& message) {
            const auto* request = std::get_if<consensus::BlockRequest>(&message);
            if (request != nullptr) asked.emplace_back(to, *request);
          },
      .broadcast = [](const consensus::PeerMessage&) {},
      .read_block = [](consensus::Height, CatchUpActions::OnRead) {},
      .deliver = [](consensus::Height, const StoredBlock&) { FAIL() << "block 1 never came"; },
      .queued_bytes = [](const PeerId&) { return std::size_t{0}; },
      .punish = [](const PeerId&, std::uint32_t, const std::string& why) { FAIL() << why; }};
  CatchUpOptions options;
  options.window_bytes = 2'000'000;
  CatchUp sync(std::move(actions), options, 0);
  for (std::uint8_t number = 1; number <= 2; ++number) {
    sync.OnPeerUp(Peer(number), 0);
    sync.OnStatus(Peer(number), {.base = 1, .height = 10'000, .block_hash = {}}, 0);
  }
  std::size_t held = 0;
  while (!asked.empty() && held < kEnough) {
    const auto [peer, request] = asked.front();
    asked.pop_front();
    if (request.from == 1) continue;  // whoever has the first block says nothing
    for (std::uint32_t i = 0; i < request.count; ++i) {
      const consensus::Height height = request.from + i;
      held += kBlockBytes;
      sync.OnBlockPiece(peer,
                        {.height = height,
                         .total = kBlockBytes,
                         .offset = 0,
                         .bytes = Bytes(kBlockBytes),
                         .commit = CommitOf(height)},
                        0);
    }
  }
  EXPECT_LE(held, options.window_bytes);
  EXPECT_GE(held, options.window_bytes / 2) << "the window is there to be used";
}

CatchUpActions Quiet() {
  return {.send = [](const PeerId&, const consensus::PeerMessage&) {},
          .broadcast = [](const consensus::PeerMessage&) {},
          .read_block = [](consensus::Height, CatchUpActions::OnRead) {},
          .deliver = [](consensus::Height, const StoredBlock&) {},
          .queued_bytes = [](const PeerId&) { return std::size_t{0}; },
          .punish = [](const PeerId&, std::uint32_t, const std::string& why) { FAIL() << why; }};
}

TEST(CatchUpWindow, WhileABlockIsJudgedTheNextIsShownOnce) {
  std::vector<consensus::Height> delivered;
  std::vector<consensus::Height> shown;
  CatchUpActions actions = Quiet();
  actions.deliver = [&](consensus::Height height, const StoredBlock&) {
    delivered.push_back(height);
  };
  actions.show = [&](consensus::Height height, const StoredBlock&) { shown.push_back(height); };
  CatchUp sync(std::move(actions), {}, 0);
  sync.OnPeerUp(Peer(1), 0);
  sync.OnStatus(Peer(1), {.base = 1, .height = 4, .block_hash = {}}, 0);
  for (consensus::Height height = 1; height <= 4; ++height) {
    sync.OnBlockPiece(Peer(1),
                      {.height = height,
                       .total = 100,
                       .offset = 0,
                       .bytes = Bytes(100),
                       .commit = CommitOf(height)},
                      0);
  }
  EXPECT_EQ(delivered, std::vector<consensus::Height>{1});
  EXPECT_EQ(shown, std::vector<consensus::Height>{2});
  sync.Verdict(1, CatchUp::Judged::kGood, 0);
  EXPECT_EQ(delivered, (std::vector<consensus::Height>{1, 2}));
  EXPECT_EQ(shown, (std::vector<consensus::Height>{2, 3}));
}

consensus::BlockPiece Whole(consensus::Height height, std::size_t size) {
  return {.height = height,
          .total = static_cast<std::uint32_t>(size),
          .offset = 0,
          .bytes = Bytes(size),
          .commit = CommitOf(height)};
}

TEST(CatchUpWindow, WhoSendsMoreBytesThanItWasAskedForIsPunished) {
  std::vector<consensus::BlockRequest> asked;
  std::uint32_t points = 0;
  CatchUpActions actions = Quiet();
  actions.send = [&](const PeerId&, const consensus::PeerMessage& message) {
    const auto* request = std::get_if<consensus::BlockRequest>(&message);
    if (request != nullptr) asked.push_back(*request);
  };
  actions.punish = [&](const PeerId&, std::uint32_t more, const std::string&) { points += more; };
  CatchUpOptions options;
  options.window_bytes = 4 * limits::kBlockBytesMax;
  CatchUp sync(std::move(actions), options, 0);
  sync.OnPeerUp(Peer(1), 0);
  sync.OnStatus(Peer(1), {.base = 1, .height = 1000, .block_hash = {}}, 0);
  ASSERT_EQ(asked.size(), 1U);
  ASSERT_GE(asked[0].count, 3U);
  const std::size_t share = asked[0].bytes_max;
  sync.OnBlockPiece(Peer(1), Whole(1, share - 1000), 0);
  EXPECT_EQ(points, 0U);
  sync.OnBlockPiece(Peer(1), Whole(2, 1000), 0);
  EXPECT_EQ(points, 0U);
  sync.OnBlockPiece(Peer(1), Whole(3, 1), 0);
  EXPECT_GT(points, 0U);
}

// Or a large block could not be fetched at all.
TEST(CatchUpWindow, TheFirstBlockMayBeOfAnySize) {
  std::vector<consensus::Height> delivered;
  std::vector<consensus::BlockRequest> asked;
  CatchUpActions actions = Quiet();
  actions.send = [&](const PeerId&, const consensus::PeerMessage& message) {
    const auto* request = std::get_if<consensus::BlockRequest>(&message);
    if (request != nullptr) asked.push_back(*request);
  };
  actions.deliver = [&](consensus::Height height, const StoredBlock&) {
    delivered.push_back(height);
  };
  CatchUpOptions options;
  options.window_bytes = 100'000;
  CatchUp sync(std::move(actions), options, 0);
  sync.OnPeerUp(Peer(1), 0);
  sync.OnStatus(Peer(1), {.base = 1, .height = 1000, .block_hash = {}}, 0);
  ASSERT_EQ(asked.size(), 1U);
  sync.OnBlockPiece(Peer(1), Whole(1, asked[0].bytes_max + 1), 0);
  EXPECT_EQ(delivered, std::vector<consensus::Height>{1});
}

// On a thin line an answer is given up while it is under way, and its rest comes all the same.
TEST(CatchUpWindow, TheRestOfAnAnswerThatWasGivenUpIsLateNotWrong) {
  std::uint32_t points = 0;
  CatchUpActions actions = Quiet();
  actions.punish = [&](const PeerId&, std::uint32_t more, const std::string&) { points += more; };
  CatchUp sync(std::move(actions), {}, 0);
  sync.OnPeerUp(Peer(1), 0);
  sync.OnStatus(Peer(1), {.base = 1, .height = 5, .block_hash = {}}, 0);
  const auto piece = [](std::uint32_t offset) -> consensus::BlockPiece {
    return {.height = 1, .total = 200'000, .offset = offset, .bytes = Bytes(65536), .commit = {}};
  };
  sync.OnBlockPiece(Peer(1), piece(0), 0);
  sync.Tick(10'000);
  const std::uint32_t of_silence = points;
  EXPECT_GT(of_silence, 0U);
  sync.Tick(20'000);
  sync.OnBlockPiece(Peer(1), piece(65536), 20'000);
  sync.OnBlockPiece(Peer(1), piece(0), 20'000);
  sync.OnBlockPiece(Peer(1), piece(65536), 20'000);
  EXPECT_EQ(points, of_silence);
}

TEST(CatchUpWindow, OfWhoSentABadBlockNoOtherIsJudged) {
  std::vector<consensus::Height> delivered;
  std::vector<std::pair<PeerId, consensus::BlockRequest>> asked;
  CatchUpActions actions = Quiet();
  actions.send = [&](const PeerId& to, const consensus::PeerMessage& message) {
    const auto* request = std::get_if<consensus::BlockRequest>(&message);
    if (request != nullptr) asked.emplace_back(to, *request);
  };
  actions.deliver = [&](consensus::Height height, const StoredBlock&) {
    delivered.push_back(height);
  };
  actions.punish = [](const PeerId&, std::uint32_t, const std::string&) {};
  CatchUp sync(std::move(actions), {}, 0);
  sync.OnPeerUp(Peer(1), 0);
  sync.OnStatus(Peer(1), {.base = 1, .height = 4, .block_hash = {}}, 0);
  for (consensus::Height height = 1; height <= 4; ++height) {
    sync.OnBlockPiece(Peer(1), Whole(height, 100), 0);
  }
  sync.OnPeerUp(Peer(2), 0);
  sync.OnStatus(Peer(2), {.base = 1, .height = 4, .block_hash = {}}, 0);
  sync.Verdict(1, CatchUp::Judged::kGood, 0);
  asked.clear();
  sync.Verdict(2, CatchUp::Judged::kBad, 0);
  EXPECT_EQ(delivered, (std::vector<consensus::Height>{1, 2}));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].first, Peer(2));
  EXPECT_EQ(asked[0].second.from, 2U);
  EXPECT_EQ(asked[0].second.count, 3U) << "3 and 4 as well";
}

TEST(CatchUpWindow, ServingGoesOnAsSoonAsTheLinkHasRoom) {
  std::size_t queued = 0;
  std::vector<consensus::Height> sent;
  const auto block = std::make_shared<const Bytes>(kBlockBytes);
  CatchUpActions actions = Quiet();
  actions.queued_bytes = [&](const PeerId&) { return queued; };
  actions.read_block = [&](consensus::Height height, CatchUpActions::OnRead done) {
    done(StoredBlock{.block = block, .commit = CommitOf(height)});
  };
  actions.send = [&](const PeerId&, const consensus::PeerMessage& message) {
    const auto* piece = std::get_if<consensus::BlockPiece>(&message);
    if (piece == nullptr) return;
    queued += piece->bytes.size();
    sent.push_back(piece->height);
  };
  CatchUpOptions options;
  options.serve_queued_max = 2 * kBlockBytes;
  CatchUp sync(std::move(actions), options, 0);
  sync.OnPeerUp(Peer(1), 0);
  sync.OnBlockRequest(Peer(1), {.from = 1, .count = 4, .bytes_max = kEnough}, 0);
  EXPECT_EQ(sent, (std::vector<consensus::Height>{1, 2}));
  EXPECT_TRUE(sync.IsServing());
  sync.Serve(20);
  EXPECT_EQ(sent.size(), 2U) << "the link is full still";
  queued = 0;
  sync.Serve(40);
  EXPECT_EQ(sent, (std::vector<consensus::Height>{1, 2, 3, 4}));
  EXPECT_FALSE(sync.IsServing());
}

}  // namespace
}  // namespace jiandu::node
