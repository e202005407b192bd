// The light client: from genesis through changing sets to a head, and every way to mislead it.
#include "consensus/light_client.h"

#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::HeaderAt;
using testing::kChain;
using testing::TestNet;

struct Signed {
  Header header;
  Commit commit;
};

Signed SignHeader(const Header& header, const TestNet& net,
                  const std::vector<std::size_t>& who = {0, 1, 2}) {
  const BlockId id{.hash = header.Hash(), .parts = 2, .parts_hash = testing::HashOf("parts")};
  return {.header = header, .commit = net.CommitTo(header.height, 0, id, who)};
}

// A header of `net` after which `next` signs.
Header Between(Height height, const TestNet& net, const TestNet& next) {
  Header header = HeaderAt(height);
  header.validators_hash = net.set.Hash();
  header.next_validators_hash = next.set.Hash();
  return header;
}

class LightClientTest : public ::testing::Test {
 protected:
  TestNet first_{1, {1, 1, 1, 1}};
  TestNet second_{3, {1, 1, 1, 1}};  // shares two keys with the first
  TestNet third_{40, {1, 2, 3}};
  LightClient client_{std::string(kChain), first_.set};
};

TEST_F(LightClientTest, FollowsSetsFromGenesisToAHead) {
  const Signed one = SignHeader(Between(10, first_, second_), first_);
  const Signed two = SignHeader(Between(11, second_, third_), second_);
  const Signed head = SignHeader(Between(500, third_, third_), third_);
  EXPECT_FALSE(client_.VerifyHead(head.header, head.commit).has_value());
  ASSERT_TRUE(client_.Advance(one.header, one.commit, second_.set).has_value());
  EXPECT_EQ(client_.AtHeight(), 10U);
  EXPECT_EQ(client_.Set().Hash(), second_.set.Hash());
  ASSERT_TRUE(client_.Advance(two.header, two.commit, third_.set).has_value());
  EXPECT_TRUE(client_.VerifyHead(head.header, head.commit).has_value());
  EXPECT_EQ(client_.AtHeight(), 11U) << "a head changes nothing";
}

TEST_F(LightClientTest, AHeadMayAnnounceTheNextSet) {
  const Signed head = SignHeader(Between(10, first_, second_), first_);
  EXPECT_TRUE(client_.VerifyHead(head.header, head.commit).has_value());
}

TEST_F(LightClientTest, NoStepMayBeLeftOut) {
  const Signed two = SignHeader(Between(11, second_, third_), second_);
  EXPECT_FALSE(client_.Advance(two.header, two.commit, third_.set).has_value());
  EXPECT_EQ(client_.AtHeight(), 0U);
  EXPECT_EQ(client_.Set().Hash(), first_.set.Hash());
}

TEST_F(LightClientTest, HeightsRise) {
  const Signed one = SignHeader(Between(10, first_, second_), first_);
  ASSERT_TRUE(client_.Advance(one.header, one.commit, second_.set).has_value());
  for (const Height height : {Height{9}, Height{10}}) {
    const Signed again = SignHeader(Between(height, second_, third_), second_);
    EXPECT_FALSE(client_.Advance(again.header, again.commit, third_.set).has_value());
    EXPECT_FALSE(client_.VerifyHead(again.header, again.commit).has_value());
  }
  EXPECT_FALSE(client_.Advance(one.header, one.commit, second_.set).has_value());
}

TEST_F(LightClientTest, TheNewSetDoesNotSignTheHeaderThatAnnouncesIt) {
  const Signed self_made = SignHeader(Between(10, first_, second_), second_);
  EXPECT_FALSE(client_.Advance(self_made.header, self_made.commit, second_.set).has_value());
}

TEST_F(LightClientTest, AHeaderThatNamesAnotherSetIsRefusedWhoeverSignedIt) {
  const Signed foreign = SignHeader(Between(10, second_, second_), first_);
  EXPECT_FALSE(client_.VerifyHead(foreign.header, foreign.commit).has_value());
}

TEST_F(LightClientTest, TheSetHandedInMustBeTheAnnouncedOne) {
  const Signed one = SignHeader(Between(10, first_, second_), first_);
  EXPECT_FALSE(client_.Advance(one.header, one.commit, third_.set).has_value());
  EXPECT_FALSE(client_.Advance(one.header, one.commit, first_.set).has_value());
  EXPECT_TRUE(client_.Advance(one.header, one.commit, second_.set).has_value());
}

TEST_F(LightClientTest, AHeaderWithoutAChangeIsNoStep) {
  const Signed same = SignHeader(Between(10, first_, first_), first_);
  EXPECT_FALSE(client_.Advance(same.header, same.commit, first_.set).has_value());
  EXPECT_TRUE(client_.VerifyHead(same.header, same.commit).has_value());
}

TEST_F(LightClientTest, TheCommitMustBeOfThisHeader) {
  const Signed one = SignHeader(Between(10, first_, first_), first_);
  const auto expect_refused = [&](auto change) {
    Signed changed = one;
    change(changed);
    EXPECT_FALSE(client_.VerifyHead(changed.header, changed.commit).has_value());
  };
  ASSERT_TRUE(client_.VerifyHead(one.header, one.commit).has_value());
  expect_refused([](Signed& s) { s.header.app_hash.bytes[0] ^= 1; });
  expect_refused([](Signed& s) { s.header.time.nanos += 1000000; });
  expect_refused([](Signed& s) { s.header.chain_id = "other"; });
  expect_refused([](Signed& s) { s.header.version_block = 12; });
  expect_refused([](Signed& s) { s.header.height = 11; });
  expect_refused([](Signed& s) { s.commit.height = 11; });
  expect_refused([](Signed& s) { s.commit.round = 1; });
  expect_refused([](Signed& s) { s.commit.id.hash.bytes[0] ^= 1; });
  expect_refused([](Signed& s) { s.commit.id.parts = 3; });
  expect_refused([](Signed& s) { s.commit.signatures.pop_back(); });
}

TEST_F(LightClientTest, TwoThirdsAreNotEnough) {
  const TestNet three(60, {1, 1, 1});
  const LightClient client(std::string(kChain), three.set);
  Signed head = SignHeader(Between(10, three, three), three);
  ASSERT_TRUE(client.VerifyHead(head.header, head.commit).has_value());
  head.commit.signatures[1] = {};
  EXPECT_FALSE(client.VerifyHead(head.header, head.commit).has_value());
}

TEST_F(LightClientTest, StartsFromAPinnedHeaderToo) {
  LightClient pinned(std::string(kChain), second_.set, 10);
  const Signed early = SignHeader(Between(10, second_, third_), second_);
  const Signed two = SignHeader(Between(11, second_, third_), second_);
  EXPECT_FALSE(pinned.Advance(early.header, early.commit, third_.set).has_value());
  EXPECT_TRUE(pinned.Advance(two.header, two.commit, third_.set).has_value());
}

}  // namespace
}  // namespace jiandu::consensus
