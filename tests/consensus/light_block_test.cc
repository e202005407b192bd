// Light blocks in both of CometBFT's forms. The expected text was accepted, signatures and all, by
// CometBFT v0.38.17 itself (ValidateBasic, VerifyCommit, light.Verify), which writes the same
// bytes.
#include "consensus/light_block.h"

#include <gtest/gtest.h>

#include "consensus/light_client.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::HeaderAt;
using testing::kChain;
using testing::TestNet;

LightBlock Made(const TestNet& net, Height height = 7,
                const std::vector<std::size_t>& who = {0, 2, 3}) {
  Header header = HeaderAt(height);
  header.validators_hash = net.set.Hash();
  header.next_validators_hash = net.set.Hash();
  header.proposer = net.addresses[2];
  const BlockId id{.hash = header.Hash(), .parts = 2, .parts_hash = testing::HashOf("parts")};
  return LightBlock::From(header, net.CommitTo(height, 1, id, who), net.set).value();
}

TEST(LightBlock, IsReadAsItWasWrittenAndInNoOtherWay) {
  const TestNet net(1, {5, 1, 3, 3});
  const LightBlock block = Made(net);
  const Bytes bytes = block.Encode();
  testing::ExpectStrict(
      bytes, [](const LightBlock& one) { return one.Encode(); },
      [](ByteView view) { return LightBlock::Decode(view); });
  const auto read = LightBlock::Decode(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->header, block.header);
  EXPECT_EQ(read->commit, block.commit);
  EXPECT_EQ(read->set.Hash(), block.set.Hash());
  const LightClient client{std::string(kChain), net.set};
  EXPECT_TRUE(client.VerifyHead(read->header, read->commit).has_value());
}

TEST(LightBlock, PartsOfTwoBlocksAreNone) {
  const TestNet net(1, {1, 1, 1, 1});
  const TestNet other(9, {1, 1, 1, 1});
  const LightBlock a = Made(net);
  const LightBlock b = Made(net, 8);
  EXPECT_FALSE(LightBlock::From(a.header, b.commit, a.set).has_value());
  EXPECT_FALSE(LightBlock::From(a.header, a.commit, other.set).has_value());
  EXPECT_FALSE(LightBlock::From(b.header, a.commit, a.set).has_value());
  EXPECT_FALSE(LightBlock::Decode({}).has_value());
  EXPECT_FALSE(LightBlock::Decode(Bytes(LightBlock::kBytesMax + 1)).has_value());
}

TEST(LightBlock, TheLargestSetFitsTheBound) {
  const TestNet net(1, std::vector<Power>(limits::kValidatorsMax, limits::kTotalPowerMax / 128));
  std::vector<std::size_t> all(limits::kValidatorsMax);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const Bytes bytes = Made(net, 1U << 30U, all).Encode();
  EXPECT_LT(bytes.size(), LightBlock::kBytesMax);
  EXPECT_TRUE(LightBlock::Decode(bytes).has_value());
}

TEST(LightBlock, TheJsonIsThatOfCometBft) {
  const TestNet net(1, {5, 1, 3, 3});
  const Json json = Made(net).ToJson();
  const Json& header = *json.Find("signed_header")->Find("header");
  EXPECT_EQ(header.TextOr("height"), "7");
  EXPECT_EQ(header.TextOr("time"), "2023-11-14T22:13:20.007Z");
  EXPECT_EQ(CanonicalJson(*header.Find("version")), R"({"app":"1","block":"11"})");
  const Json& commit = *json.Find("signed_header")->Find("commit");
  EXPECT_EQ(commit.IntegerOr("round"), 1);
  std::size_t absent = 0;
  for (const Json& sig : commit.ItemsOf("signatures")) {
    if (sig.IntegerOr("block_id_flag") != 1) continue;
    ++absent;
    EXPECT_EQ(CanonicalJson(sig),
              R"({"block_id_flag":1,"signature":null,"timestamp":"0001-01-01T00:00:00Z",)"
              R"("validator_address":""})");
  }
  EXPECT_EQ(absent, 1U);
  EXPECT_EQ(json.Find("validator_set")->ItemsOf("validators")[0].TextOr("voting_power"), "5");
  EXPECT_EQ(HexEncode(crypto::Sha256(AsBytes(CanonicalJson(json))).View()),
            "dc7620e2e03db29fb8d1b134d42210047bd130dd14de2be7e549d3db60b26efa");
}

}  // namespace
}  // namespace jiandu::consensus
