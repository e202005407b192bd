// Whom a node that wants a snapshot does not wait for: who was first, who is silent, who is alone.
#include <deque>

#include "tests/node/snapshot_fetch_fixture.h"

namespace jiandu::node {
namespace {

using consensus::SnapshotRef;
using testing::kChunks;
using testing::Phase;
using testing::SnapshotFetchTest;

TEST_F(SnapshotFetchTest, WhatIsHeardEndsTheWaitForBlocksButChoosesNoSnapshot) {
  Restart({});
  fetch_->Start(0, now_ms_);
  situation_ = {.own = 0, .best = 0, .next_is_offered = false};
  fetch_->OnHeard(situation_, now_ms_);
  EXPECT_TRUE(held_) << "it was not about how far anybody is";
  situation_ = {.own = 0, .best = 2, .next_is_offered = true};
  fetch_->OnHeard(situation_, now_ms_);
  EXPECT_FALSE(held_);
  EXPECT_FALSE(fetch_->IsWaiting());

  Restart({});
  fetch_->Start(0, now_ms_);
  situation_.best = 20;
  Offer(Node(0));
  fetch_->OnHeard(situation_, now_ms_);
  EXPECT_TRUE(held_);
  EXPECT_EQ(PhaseNow(), Phase::kIdle) << "others may name another one until the tick";
  Tick();
  EXPECT_EQ(PhaseNow(), Phase::kProof);
}

TEST_F(SnapshotFetchTest, WhoOffersAndIsSilentHoldsNobodyUp) {
  Offer(Node(2));
  for (const std::int64_t aside_ms : {10'000, 20'000, 40'000}) {
    Tick();
    ASSERT_EQ(PhaseNow(), Phase::kProof);
    EXPECT_FALSE(held_) << "blocks go on";
    Tick(10'000);
    EXPECT_EQ(PhaseNow(), Phase::kIdle);
    // Nor does a new link make it heard.
    fetch_->OnPeerDown(Node(2));
    Offer(Node(2));
    Tick(aside_ms - 1);
    EXPECT_EQ(PhaseNow(), Phase::kIdle);
    now_ms_ += 1;
  }
}

TEST_F(SnapshotFetchTest, WhatMoreValidatorsNameTakesThePlaceOfWhatWasNotProvenYet) {
  const SnapshotTarget lie{.height = 11, .digest = crypto::Sha256(AsBytes("lie"))};
  Offer(Node(2), lie);
  Tick();
  EXPECT_EQ(fetch_->Progress().target, lie);
  Offer(Node(0));
  Offer(Node(1));
  Tick();
  EXPECT_EQ(fetch_->Progress().target, target_);
}

TEST_F(SnapshotFetchTest, WhoLearnsThatNobodyIsFarAheadFetchesBlocks) {
  Offer(Node(2));
  Tick();
  ASSERT_EQ(PhaseNow(), Phase::kProof);
  situation_.best = 2;
  Tick();
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
  EXPECT_FALSE(held_);
}

TEST_F(SnapshotFetchTest, WhatNoValidatorNamesIsNotChosen) {
  Offer(Stranger());
  Tick();
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
}

TEST_F(SnapshotFetchTest, ACrumbAtATimeIsSilence) {
  Offer(Node(2));
  Tick();
  auto pieces = consensus::CutSnapshotPart(asked_.front().second, Bytes(1U << 20U));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(PhaseNow(), Phase::kProof);
    fetch_->OnPiece(Node(2), std::move(pieces[i]), now_ms_);
    Tick(9'000);
  }
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
  const std::uint32_t points = punished_[Node(2)];
  EXPECT_GT(points, 0U);
  // What comes of it after it was asked again is late, not wrong.
  Tick(10'000);
  ASSERT_EQ(PhaseNow(), Phase::kProof);
  fetch_->OnPiece(Node(2), std::move(pieces[2]), now_ms_);
  EXPECT_EQ(PhaseNow(), Phase::kProof);
  EXPECT_EQ(punished_[Node(2)], points);
}

// Two chunks are asked of a peer at a time, and the second waits behind the first.
TEST_F(SnapshotFetchTest, AThinLineIsNotSilence) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  Tick();
  std::map<PeerId, std::deque<consensus::SnapshotPiece>> lines;
  for (int i = 0; i < 4 * static_cast<int>(kChunks) && stored_.size() < kChunks; ++i) {
    for (const auto& [peer, of] : std::exchange(asked_, {})) {
      for (auto& piece : consensus::CutSnapshotPart(of, PartOf(of))) {
        lines[peer].push_back(std::move(piece));
      }
    }
    Tick(4'000);
    for (auto& [peer, line] : lines) {
      if (line.empty()) continue;
      auto piece = std::move(line.front());
      line.pop_front();
      fetch_->OnPiece(peer, std::move(piece), now_ms_);
    }
  }
  EXPECT_EQ(stored_.size(), kChunks);
  EXPECT_TRUE(punished_.empty());
}

TEST_F(SnapshotFetchTest, WhileNobodyElseVouchesBlocksGoOn) {
  Offer(Node(0));
  Tick();
  Answer();
  ASSERT_EQ(PhaseNow(), Phase::kVouching);
  EXPECT_FALSE(held_);
  Offer(Node(1));
  Tick();
  EXPECT_EQ(PhaseNow(), Phase::kManifest);
  EXPECT_TRUE(held_);
}

TEST_F(SnapshotFetchTest, OneAloneDoesNotKeepItAtWhatItOnceBegan) {
  SnapshotFetchOptions options;
  options.resumable = target_;
  Restart(options);
  Offer(Node(2));
  Tick();
  Answer();
  ASSERT_EQ(PhaseNow(), Phase::kVouching);
  const SnapshotTarget newer{.height = 11, .digest = crypto::Sha256(AsBytes("newer"))};
  Offer(Node(0), newer);
  Offer(Node(1), newer);
  Tick();
  EXPECT_EQ(fetch_->Progress().target, target_);
  Tick(60'000);
  Tick();
  EXPECT_EQ(fetch_->Progress().target, newer);
}

TEST_F(SnapshotFetchTest, AnEmptyNodeWaitsForAProofNoLongerThanForOffers) {
  Restart({});
  fetch_->Start(0, now_ms_);
  Offer(Node(2));
  Tick();
  ASSERT_EQ(PhaseNow(), Phase::kProof);
  EXPECT_TRUE(held_);
  Tick(5'000);
  EXPECT_EQ(PhaseNow(), Phase::kProof);
  EXPECT_FALSE(held_);
}

// It says that it has it no more, and offers it again at once.
TEST_F(SnapshotFetchTest, WhoOffersAgainWhatItDoesNotSendKeepsNobodyAtIt) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  fetch_->OnPeerDown(Node(1));
  std::size_t asked = 0;
  for (int second = 0; second < 61 && PhaseNow() == Phase::kChunks; ++second) {
    Tick(1'000);
    for (const auto& [peer, of] : std::exchange(asked_, {})) {
      ++asked;
      Send(peer, of, {});
      Offer(peer);
    }
  }
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
  EXPECT_FALSE(held_);
  EXPECT_LE(asked, 6U) << "two at a time, each time later";
  EXPECT_TRUE(punished_.empty());
}

TEST_F(SnapshotFetchTest, AChunkMakesUpForSilence) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  fetch_->OnPeerDown(Node(1));
  for (int i = 0; i < 4; ++i) {
    Tick();
    ASSERT_FALSE(asked_.empty()) << "ten seconds later it is asked again, each time";
    const SnapshotRef of = asked_.front().second;
    asked_.clear();
    Send(Node(0), of, PartOf(of));
    Tick(10'000);
    asked_.clear();
    Tick(9'999);
    EXPECT_TRUE(asked_.empty());
    now_ms_ += 1;
  }
}

TEST_F(SnapshotFetchTest, NoMoreIsAskedForThanTheDiskTakes) {
  SnapshotFetchOptions options;
  options.asks_max = 4;
  Restart(options);
  disk_is_stuck_ = true;
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  for (int i = 0; i < 5; ++i) {
    Tick();
    Answer();
  }
  EXPECT_EQ(stored_.size(), 4U);
  disk_is_stuck_ = false;
  for (const std::uint32_t chunk : std::vector(stored_)) fetch_->OnStored(chunk);
  Tick();
  Answer();
  EXPECT_EQ(stored_.size(), kChunks);
}

}  // namespace
}  // namespace jiandu::node
