// Fetching a snapshot without a network, a clock or a disk: whom it trusts, whom it asks, what it
// does with lies, silence and what is on disk already.
#include "node/snapshot_fetch.h"

#include "tests/node/snapshot_fetch_fixture.h"

namespace jiandu::node {
namespace {

using testing::kChunks;
using testing::kSnapshotHeight;
using testing::Phase;
using testing::SnapshotFetchTest;

TEST_F(SnapshotFetchTest, BringsEveryChunkOnceFromSeveralPeersAndInstalls) {
  Begin();
  EXPECT_TRUE(held_);
  EXPECT_EQ(opened_, target_);
  fetch_->OnOpened(std::vector<bool>(kChunks));
  Tick();
  std::map<PeerId, std::size_t> share;
  while (!asked_.empty()) {
    for (const auto& [peer, of] : asked_) ++share[peer];
    const auto round = std::exchange(asked_, {});
    for (const auto& [peer, of] : round) Send(peer, of, PartOf(of));
  }
  EXPECT_EQ(stored_.size(), kChunks);
  EXPECT_EQ(std::set<std::uint32_t>(stored_.begin(), stored_.end()).size(), kChunks);
  EXPECT_GT(share[Node(0)], kChunks / 4);
  EXPECT_GT(share[Node(1)], kChunks / 4);
  EXPECT_EQ(installed_, kSnapshotHeight);
  fetch_->OnInstalled({});
  EXPECT_EQ(PhaseNow(), Phase::kReady);
  EXPECT_TRUE(punished_.empty());
}

TEST_F(SnapshotFetchTest, WhoIsNearlyThereFetchesBlocks) {
  situation_ = {.own = 9, .best = 12, .next_is_offered = true};
  Offer(Node(0));
  Offer(Node(1));
  Tick();
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
  EXPECT_FALSE(held_);
}

// Blocks come faster than the first offer.
TEST_F(SnapshotFetchTest, WhoHasNothingYetWaitsForOffersButNotForEver) {
  fetch_->Start(0, now_ms_);
  EXPECT_TRUE(held_);
  Tick();
  EXPECT_TRUE(held_);
  Offer(Node(0));
  Offer(Node(1));
  Tick();
  EXPECT_EQ(PhaseNow(), Phase::kProof);
  EXPECT_TRUE(held_);

  Restart({});
  fetch_->Start(0, now_ms_);
  Tick(4'999);
  EXPECT_TRUE(held_);
  Tick(1);
  EXPECT_FALSE(held_) << "nobody offers one";

  Restart({});
  fetch_->Start(0, now_ms_);
  situation_.best = 2;
  Tick();
  EXPECT_FALSE(held_) << "blocks are as near";

  Restart({});
  held_ = false;
  fetch_->Start(5, now_ms_);
  EXPECT_FALSE(held_) << "it has begun with blocks";
}

TEST_F(SnapshotFetchTest, WithoutAPeerThatHasTheNextBlockEvenALittleIsFar) {
  situation_ = {.own = 6, .best = 9, .next_is_offered = false};
  Offer(Node(0));
  Offer(Node(1));
  Tick();
  Tick(4'999);
  EXPECT_EQ(PhaseNow(), Phase::kIdle);  // who has it may be about to connect
  Tick(1);
  EXPECT_EQ(PhaseNow(), Phase::kProof);
}

TEST_F(SnapshotFetchTest, ASnapshotThatIsNotAheadIsNotFetched) {
  situation_ = {.own = kSnapshotHeight, .best = 30, .next_is_offered = true};
  Offer(Node(0));
  Offer(Node(1));
  Tick();
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
}

// One validator of three may lie, and a node of none vouches for nothing.
TEST_F(SnapshotFetchTest, IsVouchedForByMoreThanAThirdOfTheValidators) {
  Offer(Node(0));
  Offer(Stranger());
  Tick();
  Answer();
  EXPECT_EQ(PhaseNow(), Phase::kVouching);
  Tick(1000);
  Answer();
  EXPECT_EQ(PhaseNow(), Phase::kVouching);
  Offer(Node(2));
  Tick(1000);
  EXPECT_EQ(PhaseNow(), Phase::kManifest);
}

TEST_F(SnapshotFetchTest, OneValidatorsLiesDoNotKeepItFromWhatOthersName) {
  const SnapshotTarget lie{.height = 9, .digest = crypto::Sha256(AsBytes("lie"))};
  Offer(Node(2), lie);
  Tick();
  EXPECT_EQ(fetch_->Progress().target, lie);
  Offer(Node(0));
  Offer(Node(1));
  // The proof it sends is of another height than the one it names.
  Answer();
  EXPECT_GE(punished_[Node(2)], 100U);
  Tick();
  EXPECT_EQ(fetch_->Progress().target, target_);
}

TEST_F(SnapshotFetchTest, AProofThatDoesNotHoldShutsItsSenderOut) {
  Offer(Node(0));
  Tick();
  ASSERT_EQ(asked_.size(), 1U);
  SnapshotProof proof = source_.Proof();
  proof.header.app_hash.bytes[0] ^= 1U;
  Send(Node(0), asked_.front().second, proof.Encode());
  asked_.clear();
  EXPECT_GE(punished_[Node(0)], 100U);
  Offer(Node(1));
  Tick();
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_.front().first, Node(1));
}

TEST_F(SnapshotFetchTest, AManifestOfAnotherDigestShutsItsSenderOut) {
  Offer(Node(0));
  Offer(Node(1));
  Tick();
  const auto proof = asked_.front();
  asked_.clear();
  Send(proof.first, proof.second, source_.Proof().Encode());
  ASSERT_EQ(asked_.size(), 1U);
  const auto manifest = asked_.front();
  asked_.clear();
  Bytes other = manifest_;
  other.back() ^= 1U;
  Send(manifest.first, manifest.second, other);
  EXPECT_GE(punished_[manifest.first], 100U);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_NE(asked_.front().first, manifest.first);
  Answer();
  EXPECT_EQ(PhaseNow(), Phase::kOpening);
}

// So many name it that it is not asked for again, and no node starts with it.
TEST_F(SnapshotFetchTest, AManifestOfAnotherStateIsNotUsedThoughAllNameIt) {
  auto manifest = *store::SnapshotManifest::Decode(manifest_);
  manifest.meta.row.state_root.bytes[0] ^= 1U;
  SetManifest(manifest);
  for (std::size_t i = 0; i < 3; ++i) Offer(Node(i));
  Tick();
  Answer();
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
  ASSERT_EQ(alarms_.size(), 1U);
  EXPECT_FALSE(opened_.has_value());
  EXPECT_FALSE(held_);
  Tick(1000);
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
}

TEST_F(SnapshotFetchTest, WhoSendsAWrongChunkIsShutOutAndAnotherIsAsked) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  Tick();
  ASSERT_FALSE(asked_.empty());
  const auto [liar, of] = asked_.front();
  asked_.erase(asked_.begin());
  Bytes wrong = PartOf(of);
  wrong[70'000] ^= 1U;
  Send(liar, of, wrong);
  EXPECT_GE(punished_[liar], 100U);
  EXPECT_TRUE(stored_.empty());
  // What it says from then on counts for nothing, also over a new link.
  fetch_->OnPeerDown(liar);
  Offer(liar);
  while (!asked_.empty()) {
    const auto round = std::exchange(asked_, {});
    for (const auto& [peer, part] : round) {
      if (peer != liar) Send(peer, part, PartOf(part));
    }
  }
  Tick();
  for (const auto& [peer, part] : asked_) EXPECT_NE(peer, liar);
  EXPECT_EQ(installed_, kSnapshotHeight);
  EXPECT_EQ(std::ranges::count(stored_, of.chunk), 1);
}

TEST_F(SnapshotFetchTest, WhoIsSilentIsPutAsideAndItsChunksAreAskedOfOthers) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  Tick();
  Answer({Node(1)});
  EXPECT_EQ(installed_, 0U);
  Tick(10'000);
  Answer({Node(1)});
  EXPECT_GT(punished_[Node(1)], 0U);
  EXPECT_LT(punished_[Node(1)], 100U);
  EXPECT_EQ(installed_, kSnapshotHeight);
}

TEST_F(SnapshotFetchTest, PiecesOutOfTurnAreRefused) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  Tick();
  const auto [peer, of] = asked_.front();
  auto pieces = consensus::CutSnapshotPart(of, PartOf(of));
  ASSERT_EQ(pieces.size(), 2U);
  fetch_->OnPiece(peer, pieces[1], now_ms_);
  EXPECT_EQ(punished_[peer], 0U) << "of an answer that was given up it may be the rest";
  fetch_->OnPiece(peer, pieces[0], now_ms_);
  fetch_->OnPiece(peer, pieces[0], now_ms_);
  EXPECT_GT(punished_[peer], 0U);
  // A chunk of another length than the manifest says is not gathered.
  const auto [other, of_other] = asked_.at(1);
  auto longer = consensus::CutSnapshotPart(of_other, Bytes(200'000, 1));
  fetch_->OnPiece(other, longer[0], now_ms_);
  EXPECT_GT(punished_[other], 0U);
}

TEST_F(SnapshotFetchTest, ChunksOnDiskAreNotAskedForAgain) {
  Begin();
  std::vector<bool> there(kChunks, true);
  there[3] = there[17] = false;
  fetch_->OnOpened(there);
  Tick();
  Answer();
  std::ranges::sort(stored_);
  EXPECT_EQ(stored_, (std::vector<std::uint32_t>{3, 17}));
  EXPECT_EQ(installed_, kSnapshotHeight);
}

TEST_F(SnapshotFetchTest, WithEverythingOnDiskItInstallsAtOnce) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks, true));
  EXPECT_EQ(installed_, kSnapshotHeight);
}

TEST_F(SnapshotFetchTest, WhatWasBegunIsFinishedBeforeSomethingNewer) {
  SnapshotFetchOptions options;
  options.resumable = target_;
  Restart(options);
  const SnapshotTarget newer{.height = 10, .digest = crypto::Sha256(AsBytes("newer"))};
  for (std::size_t i = 0; i < 3; ++i) {
    fetch_->OnOffers(Node(i), {.offers = {{.height = target_.height, .digest = target_.digest},
                                          {.height = newer.height, .digest = newer.digest}}});
  }
  Tick();
  EXPECT_EQ(fetch_->Progress().target, target_);
}

TEST_F(SnapshotFetchTest, APeerThatHasItNoMoreIsNotAskedAgain) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  Tick();
  const auto [gone, of] = asked_.front();
  asked_.erase(asked_.begin());
  Send(gone, of, {});
  EXPECT_EQ(punished_.count(gone), 0U);
  const auto round = std::exchange(asked_, {});
  for (const auto& [peer, part] : round) Send(peer, part, PartOf(part));
  while (!asked_.empty()) {
    const auto next = std::exchange(asked_, {});
    for (const auto& [peer, part] : next) {
      EXPECT_NE(peer, gone);
      Send(peer, part, PartOf(part));
    }
  }
  EXPECT_EQ(installed_, kSnapshotHeight);
}

TEST_F(SnapshotFetchTest, WhenNobodyOffersItAnyMoreBlocksGoOn) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks));
  Tick();
  fetch_->OnPeerDown(Node(0));
  fetch_->OnPeerDown(Node(1));
  Tick(59'000);
  EXPECT_EQ(PhaseNow(), Phase::kChunks);
  Tick(1'000);
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
  EXPECT_FALSE(held_);
}

TEST_F(SnapshotFetchTest, WhatDoesNotHoldAsAWholeIsNotFetchedAgain) {
  Begin();
  fetch_->OnOpened(std::vector<bool>(kChunks, true));
  fetch_->OnInstalled(Fail(Errc::kCorrupt, "the state tree"));
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
  EXPECT_EQ(alarms_.size(), 1U);
  Tick(1000);
  EXPECT_EQ(PhaseNow(), Phase::kIdle);
}

}  // namespace
}  // namespace jiandu::node
