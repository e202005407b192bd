// A watcher among nodes that fork, lie, roll back, stall and talk nonsense: who is accused of what.
#include "sdk/cpp/watcher.h"

#include <gtest/gtest.h>

#include "sdk/cpp/fork_verifier.h"
#include "tests/sdk/watcher_fixture.h"
#include "tests/support/light_chain.h"

namespace jiandu::sdk {
namespace {

using consensus::LightBlock;
using testing::LightChain;
using testing::SimNode;

class WatcherTest : public testing::WatcherFixture {
 protected:
  // What anybody makes of the evidence, as it comes out of a file.
  [[nodiscard]] ForkVerdict Judge(const WatchRound& round) const {
    EXPECT_TRUE(round.fork.has_value());
    if (!round.fork.has_value()) return {};
    const std::string text = round.fork->ToText();
    const auto read = ledger::ForkProof::FromText(text);
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
    EXPECT_EQ(*read, *round.fork);
    return VerifyFork(*read, chain_.Genesis());
  }
};

using enum NodeState;

TEST_F(WatcherTest, FollowsChangingSetsInFewQuestions) {
  chain_.Grow(700);
  chain_.ChangeSet({"ga c", "jt c", "sj c", "xx c"});
  chain_.Grow(1000, "", 1);  // three of four sign
  chain_.ChangeSet({"xx c", "yy c"});
  chain_.Grow(300);
  SimNode a(chain_);
  SimNode b(chain_);
  Watcher watcher = Fresh();
  const WatchRound round = Look(watcher, {&a, &b});
  EXPECT_EQ(States(round), (std::vector{kAgrees, kAgrees}));
  EXPECT_TRUE(round.advanced);
  EXPECT_EQ(watcher.Pinned().Height(), 2002U);
  EXPECT_EQ(watcher.Pinned().Epochs().size(), 2U);
  EXPECT_LT(a.Asked(), 40);  // 2 log2(2002) and a few

  // Nothing new costs one question a node.
  const int before = a.Asked();
  EXPECT_FALSE(Look(watcher, {&a, &b}).advanced);
  EXPECT_EQ(a.Asked(), before + 1);

  // What was followed is taken up again from its parts, and nothing that was changed is.
  const Follower& pinned = watcher.Pinned();
  auto again = Follower::Restore(chain_.Genesis(), pinned.Epochs(), pinned.Newest());
  ASSERT_TRUE(again.has_value()) << again.error().detail;
  EXPECT_EQ(again->Height(), 2002U);
  auto epochs = pinned.Epochs();
  std::swap(epochs[0], epochs[1]);
  EXPECT_FALSE(Follower::Restore(chain_.Genesis(), epochs, pinned.Newest()).has_value());
  epochs.pop_back();
  EXPECT_FALSE(Follower::Restore(chain_.Genesis(), epochs, pinned.Newest()).has_value());
  EXPECT_FALSE(Follower::Restore(chain_.Genesis(), {}, pinned.Newest()).has_value());
}

TEST_F(WatcherTest, TwoCertifiedHistoriesAreAnAlarmThatNamesWhoSignedBoth) {
  chain_.Grow(20);
  LightChain other = chain_;
  chain_.Grow(10);
  other.Grow(14, "forged");
  SimNode honest(chain_);
  SimNode forked(other);
  SimNode third(chain_);
  Watcher watcher = Fresh();
  const WatchRound round = Look(watcher, {&honest, &forked, &third});
  EXPECT_EQ(States(round), (std::vector{kForked, kForked, kForked}));
  EXPECT_FALSE(round.advanced);
  EXPECT_EQ(watcher.Pinned().Height(), 0U) << "what is in doubt is not pinned";
  const ForkVerdict verdict = Judge(round);
  ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
  EXPECT_GT(verdict.height, 20U);
  EXPECT_TRUE(verdict.same_round);
  EXPECT_EQ(verdict.signed_both.size(), 3U);
  EXPECT_NE(std::ranges::find(verdict.differs, "app_hash"), verdict.differs.end());
  EXPECT_NE(verdict.Statement().en.find("市公安局"), std::string::npos);
}

TEST_F(WatcherTest, AForkInAnotherRoundNamesWhoIsToBeAsked) {
  chain_.Grow(5);
  LightChain other = chain_;
  chain_.Grow(1, "", 0);
  other.SetRound(1);
  other.Grow(1, "forged");
  SimNode a(chain_);
  SimNode b(other);
  Watcher watcher = Fresh();
  const ForkVerdict verdict = Judge(Look(watcher, {&a, &b}));
  ASSERT_TRUE(verdict.verified);
  EXPECT_FALSE(verdict.same_round);
  EXPECT_NE(verdict.Statement().en.find("two rounds"), std::string::npos);
}

// One side changed the validators after the fork: its newest headers are signed by strangers to the
// other. The proof is where they part.
TEST_F(WatcherTest, AForkThatHidesBehindAnotherSetIsFoundWhereItBegan) {
  chain_.Grow(30);
  LightChain other = chain_;
  chain_.Grow(30);
  other.Grow(3, "forged");
  other.ChangeSet({"ga c", "zz c"}, "forged");
  other.Grow(40, "forged");
  SimNode honest(chain_);
  SimNode forked(other);
  Watcher watcher = Fresh();
  const ForkVerdict verdict = Judge(Look(watcher, {&honest, &forked}));
  ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
  EXPECT_EQ(verdict.height, 31U);
}

TEST_F(WatcherTest, AHistoryThatContradictsWhatWasSeenIsAnAlarm) {
  chain_.Grow(10);
  LightChain other = chain_;
  chain_.Grow(10);
  SimNode only(chain_);
  Watcher watcher = Fresh();
  EXPECT_TRUE(Look(watcher, {&only}).advanced);
  // After a restart of the watcher the same node tells another story, at the pinned height and on.
  const Follower saved =
      Follower::Restore(chain_.Genesis(), watcher.Pinned().Epochs(), watcher.Pinned().Newest())
          .value();
  other.Grow(10, "forged");
  Watcher again(chain_.Genesis(), saved);
  only.Tell(other);
  WatchRound round = Look(again, {&only});
  EXPECT_EQ(States(round), std::vector{kForked});
  EXPECT_TRUE(Judge(round).verified);
  EXPECT_EQ(Judge(round).height, 20U);
  other.Grow(5, "forged");
  only.Tell(other);
  round = Look(again, {&only});
  EXPECT_TRUE(Judge(round).verified);
  EXPECT_EQ(again.Pinned().Height(), 20U) << "the pin never moves to what contradicts it";
}

// A node that is behind, on a branch of its own: told by what the others say of that height.
TEST_F(WatcherTest, AForkBelowThePinIsFoundToo) {
  chain_.Grow(10);
  LightChain other = chain_;
  chain_.ChangeSet({"ga c", "jt c", "sj c"});
  chain_.Grow(30);
  other.Grow(5, "forged");
  SimNode honest(chain_);
  SimNode late(chain_);
  Watcher watcher = Fresh();
  EXPECT_TRUE(Look(watcher, {&honest, &late}).advanced);
  late.Tell(other);
  const WatchRound round = Look(watcher, {&honest, &late});
  const ForkVerdict verdict = Judge(round);
  ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
  EXPECT_EQ(verdict.height, 11U);
}

TEST_F(WatcherTest, SilentAndStaleNodesAreNotCalledLiars) {
  chain_.Grow(40);
  SimNode good(chain_);
  SimNode silent(chain_);
  SimNode stale(chain_);
  SimNode near(chain_);
  silent.Fail(Error{Errc::kTimeout, "receive: timeout"});
  stale.Tell(chain_, 12);
  near.Tell(chain_, 38);
  Watcher watcher = Fresh();
  WatchRound round = Look(watcher, {&good, &silent, &stale, &near});
  EXPECT_EQ(States(round), (std::vector{kAgrees, kSilent, kBehind, kAgrees}));
  // A block or two are on their way.
  chain_.Grow(1);
  good.Tell(chain_);
  round = Look(watcher, {&good, &silent, &stale, &near});
  EXPECT_EQ(States(round), (std::vector{kAgrees, kSilent, kBehind, kAgrees}));
  EXPECT_EQ(round.nodes[2].height, 12U);
  EXPECT_FALSE(round.fork.has_value());
  // Back from an old copy of its disk.
  near.Tell(chain_, 20);
  round = Look(watcher, {&good, &silent, &stale, &near});
  EXPECT_EQ(round.nodes[3].state, kBehind);
  EXPECT_NE(round.nodes[3].detail.en.find("went back"), std::string::npos);
  // All of them below the pin: nothing to be pinned, nobody accused.
  good.Tell(chain_, 20);
  round = Look(watcher, {&good, &silent, &stale, &near});
  EXPECT_EQ(States(round), (std::vector{kBehind, kSilent, kBehind, kBehind}));
  EXPECT_EQ(watcher.Pinned().Height(), 41U);
}

TEST_F(WatcherTest, WhatNoQuorumSignedIsRefusedAndNoEvidence) {
  chain_.Grow(12);
  LightChain minority = chain_;
  chain_.Grow(3);
  SimNode good(chain_);
  SimNode liar(chain_);
  const auto state_of_liar = [&] {
    Watcher watcher = Fresh();
    SimNode other(chain_);
    other.Tell(chain_, 12);
    EXPECT_TRUE(Look(watcher, {&other}).advanced);
    const WatchRound round = Look(watcher, {&liar, &good});
    EXPECT_FALSE(round.fork.has_value());
    EXPECT_EQ(round.nodes[1].state, kAgrees);
    EXPECT_EQ(watcher.Pinned().Height(), 15U) << "the honest node is followed all the same";
    return round.nodes[0].state;
  };
  // Two of three signatures are not more than two thirds.
  minority.Grow(4, "forged", 1);
  liar.Tell(minority);
  EXPECT_EQ(state_of_liar(), kInvalid);
  // A false signature; another chain's name; a height not asked for; bytes that are none.
  liar.Tell(chain_);
  liar.Lie([](LightBlock block) -> Result<LightBlock> {
    block.commit.signatures.back().signature.bytes[3] ^= 1;
    return block;
  });
  EXPECT_EQ(state_of_liar(), kInvalid);
  liar.Lie([](LightBlock block) -> Result<LightBlock> {
    block.header.height += 1;
    return block;
  });
  EXPECT_EQ(state_of_liar(), kInvalid);
  liar.Lie([](LightBlock block) -> Result<LightBlock> {
    block.header.chain_id = "another";
    return block;
  });
  EXPECT_EQ(state_of_liar(), kInvalid);
  liar.Lie({});
  liar.Fail(Error{Errc::kTooLarge, "receive: body limit exceeded"});
  EXPECT_EQ(state_of_liar(), kInvalid);
  liar.Fail(Error{Errc::kUnavailable, "HTTP status 503"});
  EXPECT_EQ(state_of_liar(), kSilent);
}

// It shows its head, and nothing of its past: not to be pinned, and the next one takes its place.
TEST_F(WatcherTest, ANodeThatHidesItsPastIsNotFollowed) {
  chain_.Grow(10);
  SimNode good(chain_);
  LightChain longer = chain_;
  longer.Grow(5);
  SimNode hides(longer);
  hides.Lie([](LightBlock block) -> Result<LightBlock> {
    if (block.header.height < 15) return Fail(Errc::kUnavailable, "HTTP status 503");
    return block;
  });
  Watcher watcher = Fresh();
  const WatchRound round = Look(watcher, {&good, &hides});
  EXPECT_EQ(States(round), (std::vector{kAgrees, kSilent}));
  EXPECT_EQ(watcher.Pinned().Height(), 10U);
}

// A set that was made up without a certificate leads nowhere, however often it is asked for.
TEST_F(WatcherTest, AnInventedSetEndsTheSearch) {
  chain_.Grow(100);
  LightChain stranger;  // the same genesis; a set that nobody announced
  stranger.Grow(3, "x");
  stranger.ChangeSet({"aa c", "bb c"}, "x");
  stranger.Grow(200, "x");
  SimNode liar(chain_);
  liar.Tell(stranger);
  liar.Lie([&](LightBlock block) -> Result<LightBlock> {
    return block.header.height <= 4 ? chain_.At(block.header.height) : block;
  });
  Watcher watcher = Fresh();
  const WatchRound round = Look(watcher, {&liar});
  EXPECT_EQ(States(round), std::vector{kInvalid});
  EXPECT_LT(liar.Asked(), 30);
}

TEST_F(WatcherTest, NoChangedEvidenceIsBelieved) {
  chain_.Grow(3);
  chain_.ChangeSet({"ga c", "jt c"});
  LightChain other = chain_;
  chain_.Grow(2);
  other.Grow(2, "forged");
  SimNode a(chain_);
  SimNode b(other);
  Watcher watcher = Fresh();
  const WatchRound round = Look(watcher, {&a, &b});
  ASSERT_TRUE(Judge(round).verified);
  const std::string text = round.fork->ToText();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string bad = text;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 7)));
    const auto read = ledger::ForkProof::FromText(bad);
    EXPECT_FALSE(read.has_value() && VerifyFork(*read, chain_.Genesis()).verified) << at;
  }
  ledger::ForkProof bad = *round.fork;
  bad.certified[1] = bad.certified[0];  // one header is no fork
  EXPECT_FALSE(VerifyFork(bad, chain_.Genesis()).verified);
  bad = *round.fork;
  std::swap(bad.certified[0], bad.certified[1]);
  EXPECT_FALSE(VerifyFork(bad, chain_.Genesis()).verified);
  bad = *round.fork;
  bad.certified[0] = {.header = chain_.At(6).header.Encode(),
                      .commit = chain_.At(6).commit.Encode()};
  bad.certified[1] = {.header = chain_.At(5).header.Encode(),
                      .commit = chain_.At(5).commit.Encode()};
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_FALSE(VerifyFork(bad, chain_.Genesis()).verified) << "two heights";
    std::swap(bad.certified[0], bad.certified[1]);
  }
  bad = *round.fork;
  bad.epochs.clear();
  EXPECT_FALSE(VerifyFork(bad, chain_.Genesis()).verified);
}

}  // namespace
}  // namespace jiandu::sdk
