// Parts of blocks between a few gossips without a network.
#include "node/part_gossip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "crypto/hash.h"

namespace jiandu::node {
namespace {

PeerId Peer(std::uint8_t number) {
  PeerId id;
  id.bytes.fill(number);
  return id;
}

BlockBytesPtr MakeBlock(std::size_t size, std::uint8_t seed) {
  Bytes block(size);
  for (std::size_t i = 0; i < size; ++i) {
    block[i] = static_cast<std::uint8_t>((i * 31U + i / 251U + seed) & 0xFFU);
  }
  return std::make_shared<const Bytes>(std::move(block));
}
consensus::BlockId IdOf(const BlockBytesPtr& block) {
  return consensus::MakeBlockId(crypto::Sha256(*block), *block);
}

// A gossip and what it has done.
struct Node {
  explicit Node(PartGossipBounds bounds = {}) {
    PartGossipActions actions{
        .send = [this](const PeerId& to,
                       const consensus::PeerMessage& message) { sent.emplace_back(to, message); },
        .broadcast =
            [this](const consensus::PeerMessage& message) { broadcasts.push_back(message); },
        .peers = [this] { return peers; },
        .on_block = [this](consensus::Height, const consensus::BlockId& id,
                           BlockBytesPtr block) { blocks.emplace_back(id, std::move(block)); },
        .find_decided = [this](consensus::Height, const consensus::BlockId& id) -> BlockBytesPtr {
          return decided != nullptr && IdOf(decided) == id ? decided : nullptr;
        },
        .punish = [this](const PeerId& peer, std::uint32_t points,
                         const std::string&) { punished[peer] += points; }};
    gossip = std::make_unique<PartGossip>(std::move(actions), bounds);
  }
  [[nodiscard]] std::vector<consensus::PartMsg> Parts() const {
    std::vector<consensus::PartMsg> parts;
    for (const auto& message : broadcasts) {
      if (const auto* part = std::get_if<consensus::PartMsg>(&message)) parts.push_back(*part);
    }
    return parts;
  }
  [[nodiscard]] std::vector<std::uint32_t> SentParts(const PeerId& to) const {
    std::vector<std::uint32_t> indexes;
    for (const auto& [peer, message] : sent) {
      const auto* part = std::get_if<consensus::PartMsg>(&message);
      if (part != nullptr && peer == to) indexes.push_back(part->part.index);
    }
    return indexes;
  }

  std::vector<PeerId> peers;
  std::vector<std::pair<PeerId, consensus::PeerMessage>> sent;
  std::vector<consensus::PeerMessage> broadcasts;
  std::vector<std::pair<consensus::BlockId, BlockBytesPtr>> blocks;
  std::map<PeerId, std::uint32_t> punished;
  BlockBytesPtr decided;
  std::unique_ptr<PartGossip> gossip;
};

class PartGossipTest : public ::testing::Test {
 protected:
  PartGossipTest() {
    proposer_.gossip->Share(1, 0, id_, block_);
    parts_ = proposer_.Parts();
  }
  const BlockBytesPtr block_ = MakeBlock(300'000, 1);  // five parts, the last one short
  const consensus::BlockId id_ = IdOf(block_);
  Node proposer_;
  Node follower_;
  std::vector<consensus::PartMsg> parts_;
};

TEST_F(PartGossipTest, PartsInAnyOrderGiveTheBlock) {
  ASSERT_EQ(parts_.size(), 5U);
  ASSERT_TRUE(follower_.gossip->Expect(1, 0, id_, 0).has_value());
  for (const std::size_t index : {3U, 0U, 4U, 1U, 1U, 2U}) {
    EXPECT_TRUE(follower_.blocks.empty());
    follower_.gossip->OnPart(Peer(1), parts_[index], 0);
  }
  ASSERT_EQ(follower_.blocks.size(), 1U);
  EXPECT_EQ(*follower_.blocks[0].second, *block_);
  EXPECT_EQ(*follower_.gossip->Find(id_), *block_);
  EXPECT_FALSE(follower_.gossip->IsBusy());
}

TEST_F(PartGossipTest, PartsBeforeTheirProposalAreKept) {
  for (const auto& part : parts_) follower_.gossip->OnPart(Peer(1), part, 0);
  EXPECT_TRUE(follower_.blocks.empty());
  ASSERT_TRUE(follower_.gossip->Expect(1, 0, id_, 0).has_value());
  EXPECT_EQ(follower_.blocks.size(), 1U);
}

TEST_F(PartGossipTest, StashIsBoundedForEachPeer) {
  Node node({.stash_parts_max = 4});
  for (const auto& part : parts_) node.gossip->OnPart(Peer(1), part, 0);  // two are kept
  ASSERT_TRUE(node.gossip->Expect(1, 0, id_, 0).has_value());
  EXPECT_LE(node.gossip->HeldBytes(), 2 * limits::kPartBytes);
}

TEST_F(PartGossipTest, ForgedPartIsRefusedAndPunished) {
  ASSERT_TRUE(follower_.gossip->Expect(1, 0, id_, 0).has_value());
  consensus::PartMsg forged = parts_[0];
  forged.part.bytes[100] ^= 1U;
  follower_.gossip->OnPart(Peer(1), forged, 0);
  EXPECT_GE(follower_.punished[Peer(1)], 100U);
  consensus::PartMsg moved = parts_[0];
  moved.part.index = 1;
  follower_.gossip->OnPart(Peer(2), moved, 0);
  EXPECT_GE(follower_.punished[Peer(2)], 100U);
  EXPECT_EQ(follower_.gossip->HeldBytes(), 0U);
  for (const auto& part : parts_) follower_.gossip->OnPart(Peer(3), part, 0);
  EXPECT_EQ(follower_.blocks.size(), 1U);
}

TEST_F(PartGossipTest, TwoProposalsARoundAndNoThird) {
  for (std::uint8_t i = 2; i <= 4; ++i) {
    const BlockBytesPtr other = MakeBlock(1000, i);
    EXPECT_EQ(follower_.gossip->Expect(1, 0, IdOf(other), 0).has_value(), i <= 3);
  }
  EXPECT_TRUE(follower_.gossip->Expect(1, 1, id_, 0).has_value());  // another round
}

TEST_F(PartGossipTest, ProposalsOfAHeightAreBoundedTogether) {
  Node node({.height_bytes_max = 6 * limits::kPartBytes});
  EXPECT_TRUE(node.gossip->Expect(1, 0, id_, 0).has_value());
  EXPECT_TRUE(node.gossip->Expect(1, 1, IdOf(MakeBlock(1000, 7)), 0).has_value());
  EXPECT_FALSE(node.gossip->Expect(1, 2, IdOf(MakeBlock(1000, 8)), 0).has_value());
  EXPECT_TRUE(node.gossip->Expect(1, 2, id_, 0).has_value());  // the one it has costs nothing more
  node.gossip->StartHeight(2);
  EXPECT_TRUE(node.gossip->Expect(2, 0, IdOf(MakeBlock(1000, 8)), 0).has_value());
  EXPECT_FALSE(node.gossip->Expect(1, 0, id_, 0).has_value());
  EXPECT_TRUE(node.gossip->Expect(3, 0, id_, 0).has_value());
  EXPECT_FALSE(node.gossip->Expect(4, 0, IdOf(MakeBlock(1000, 9)), 0).has_value());
}

TEST_F(PartGossipTest, PartsSurviveTheRound) {
  ASSERT_TRUE(follower_.gossip->Expect(1, 0, id_, 0).has_value());
  follower_.gossip->OnPart(Peer(1), parts_[0], 0);
  ASSERT_TRUE(follower_.gossip->Expect(1, 1, id_, 0).has_value());
  for (std::size_t i = 1; i < 5; ++i) follower_.gossip->OnPart(Peer(1), parts_[i], 0);
  EXPECT_EQ(follower_.blocks.size(), 1U);
}

TEST_F(PartGossipTest, WhatIsLateIsAskedForAndSent) {
  follower_.peers = {Peer(1), Peer(2)};
  ASSERT_TRUE(follower_.gossip->Expect(1, 0, id_, 1000).has_value());
  follower_.gossip->OnPart(Peer(1), parts_[0], 1000);
  follower_.gossip->Tick(1099);
  EXPECT_TRUE(follower_.sent.empty());
  follower_.gossip->Tick(1100);
  ASSERT_EQ(follower_.sent.size(), 1U);
  const auto request = std::get<consensus::PartRequest>(follower_.sent[0].second);
  EXPECT_TRUE(request.have.Has(0));
  EXPECT_FALSE(request.have.Has(1));
  follower_.gossip->Tick(1150);
  EXPECT_EQ(follower_.sent.size(), 1U);
  follower_.gossip->Tick(1200);
  ASSERT_EQ(follower_.sent.size(), 2U);
  EXPECT_NE(follower_.sent[0].first, follower_.sent[1].first);  // the next peer
  proposer_.gossip->OnPartRequest(Peer(9), request);
  EXPECT_EQ(proposer_.SentParts(Peer(9)), (std::vector<std::uint32_t>{1, 2, 3, 4}));
}

TEST_F(PartGossipTest, WhoAskedGetsPartsAsTheyComeIn) {
  ASSERT_TRUE(follower_.gossip->Expect(1, 0, id_, 0).has_value());
  follower_.gossip->OnPart(Peer(1), parts_[2], 0);
  follower_.gossip->OnPartRequest(
      Peer(9), {.height = 1, .id = id_, .have = consensus::PartBitmap(id_.parts)});
  EXPECT_EQ(follower_.SentParts(Peer(9)), std::vector<std::uint32_t>{2});
  follower_.gossip->OnPart(Peer(1), parts_[0], 0);
  follower_.gossip->OnPart(Peer(9), parts_[1], 0);  // what it sent itself is not sent back
  follower_.gossip->OnPart(Peer(1), parts_[3], 0);
  EXPECT_EQ(follower_.SentParts(Peer(9)), (std::vector<std::uint32_t>{2, 0, 3}));
}

TEST_F(PartGossipTest, FetchAsksUntilTheBlockIsHere) {
  follower_.peers = {Peer(1)};
  follower_.gossip->Fetch(1, id_, 0);
  follower_.gossip->Tick(0);
  ASSERT_EQ(follower_.sent.size(), 1U);
  const auto request = std::get<consensus::FetchBlockMsg>(follower_.sent[0].second);
  proposer_.gossip->OnFetchBlock(Peer(9), request);
  for (const auto& [to, message] : proposer_.sent) {
    follower_.gossip->OnPart(Peer(1), std::get<consensus::PartMsg>(message), 1);
  }
  EXPECT_EQ(follower_.blocks.size(), 1U);
}

TEST_F(PartGossipTest, DecidedBlockIsServedFromTheLedger) {
  Node node;
  node.decided = block_;
  node.gossip->StartHeight(5);
  node.gossip->OnFetchBlock(Peer(9), {.height = 1, .id = id_});
  EXPECT_EQ(node.SentParts(Peer(9)).size(), 5U);
}

TEST_F(PartGossipTest, AskingAgainAndAgainIsPunished) {
  const BlockBytesPtr large = MakeBlock(limits::kBlockBytesMax, 3);
  Node node;
  node.gossip->Share(1, 0, IdOf(large), large);
  for (int i = 0; i < 6; ++i) node.gossip->OnFetchBlock(Peer(9), {.height = 1, .id = IdOf(large)});
  EXPECT_GT(node.punished[Peer(9)], 0U);
  EXPECT_LE(node.SentParts(Peer(9)).size(), 5 * IdOf(large).parts);
}

consensus::BlockId Announced(std::uint8_t number, std::uint32_t parts = limits::kPartsMax) {
  consensus::BlockId id;
  id.hash.bytes.fill(number);
  id.parts_hash.bytes.fill(number);
  id.parts = parts;
  return id;
}

TEST_F(PartGossipTest, BlocksOfFarRoundsGiveWayToNearOnes) {
  Node node;
  for (std::uint8_t i = 0; i < 7; ++i) {
    ASSERT_TRUE(node.gossip->Expect(1, 1 + i, Announced(i), 0).has_value()) << int{i};
  }
  EXPECT_FALSE(node.gossip->Expect(1, 9, Announced(50), 0).has_value()) << "the farthest of all";
  ASSERT_TRUE(node.gossip->Expect(1, 0, id_, 0).has_value());
  ASSERT_TRUE(node.gossip->Expect(1, 0, Announced(51), 0).has_value());
  EXPECT_TRUE(node.gossip->Knows(id_));
  EXPECT_TRUE(node.gossip->Knows(Announced(0)));
  EXPECT_FALSE(node.gossip->Knows(Announced(6))) << "of round 7";
}

TEST_F(PartGossipTest, SlowRoundsDoNotFillTheHeight) {
  Node node;
  for (std::uint8_t round = 0; round < 100; ++round) {
    node.gossip->StartRound(round - 1, {});
    ASSERT_TRUE(node.gossip->Expect(1, round, Announced(round), 0).has_value()) << int{round};
  }
}

TEST_F(PartGossipTest, WhatIsLockedOrFetchedOutlivesItsRound) {
  Node node;
  ASSERT_TRUE(node.gossip->Expect(1, 0, Announced(1), 0).has_value());
  ASSERT_TRUE(node.gossip->Expect(1, 0, Announced(2), 0).has_value());
  node.gossip->Fetch(1, Announced(3), 0);
  const std::vector<consensus::BlockId> keep{Announced(1)};
  node.gossip->StartRound(5, keep);
  EXPECT_TRUE(node.gossip->Knows(Announced(1)));
  EXPECT_FALSE(node.gossip->Knows(Announced(2)));
  EXPECT_TRUE(node.gossip->Knows(Announced(3)));
}

TEST_F(PartGossipTest, BlockNamedForALaterHeightFirstIsStillTakenAtItsOwn) {
  Node node;
  ASSERT_TRUE(node.gossip->Expect(2, 0, id_, 0).has_value());
  ASSERT_TRUE(node.gossip->Expect(1, 0, id_, 0).has_value());
  for (const auto& message : parts_) node.gossip->OnPart(Peer(1), message, 1);
  EXPECT_EQ(node.blocks.size(), 1U);
}

TEST_F(PartGossipTest, ReadingADecidedBlockIsChargedEvenWhenNothingIsSent) {
  const BlockBytesPtr large = MakeBlock(limits::kBlockBytesMax, 3);
  Node node;
  node.decided = large;
  node.gossip->StartHeight(5);
  consensus::PartBitmap all(IdOf(large).parts);
  for (std::uint32_t i = 0; i < IdOf(large).parts; ++i) all.Add(i);
  for (int i = 0; i < 6; ++i) {
    node.gossip->OnPartRequest(Peer(9), {.height = 1, .id = IdOf(large), .have = all});
  }
  EXPECT_TRUE(node.SentParts(Peer(9)).empty());
  EXPECT_GT(node.punished[Peer(9)], 0U);
}

TEST_F(PartGossipTest, AskingForWhatIsNotThereIsNotFree) {
  Node node;
  node.gossip->StartHeight(5);
  for (int i = 0; i < 40; ++i) node.gossip->OnFetchBlock(Peer(9), {.height = 1, .id = id_});
  EXPECT_GT(node.punished[Peer(9)], 0U);
}

}  // namespace
}  // namespace jiandu::node
