// Blocks and parts: a real chain's bytes, limits, and proofs that cannot be moved.
#include "consensus/block.h"

#include "base/limits.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::ExpectStrict;
using testing::HashOf;
using testing::HeaderAt;
using testing::Hex;
using testing::IdOf;
using testing::TestNet;

constexpr std::string_view kNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kGaiaProposer = "bb22ad764b674cc08753b24175e2fc61b22b1419";

// What the headers of heights 1 and 10 have in common.
Header GaiaHeader() {
  Header header;
  header.version_app = 0;
  header.chain_id = "ibc-0";
  header.data_hash = Hex<32>(kNothing);
  header.validators_hash =
      Hex<32>("0a6ca9001db07e985df9043045b392588df7c1c720e30ebaefdc8a848c551d6a");
  header.next_validators_hash = header.validators_hash;
  header.consensus_hash =
      Hex<32>("048091bc7ddc283f77bfbf91d73c44da58c3df8a9cbc867405d8b7f3daada22f");
  header.last_results_hash = Hex<32>(kNothing);
  header.evidence_hash = Hex<32>(kNothing);
  header.proposer = Hex<20>(kGaiaProposer);
  return header;
}

// informalsystems/tendermint-rs, rpc/tests/gaia_fixtures/incoming/block_at_height_1.json. The part
// set's hash covers every byte of the serialised block.
TEST(Block, OneOfARealChainHasTheSameBytes) {
  Block block{.header = GaiaHeader(), .transactions = {}, .last_commit = {}};
  block.header.height = 1;
  block.header.time = {.seconds = 1639772848, .nanos = 966992937};
  block.header.last_commit_hash = Hex<32>(kNothing);
  block.header.app_hash = Hex<32>(kNothing);
  const Bytes bytes = block.Encode();
  const BlockId expected{
      .hash = Hex<32>("739127e7942bef14dff0c3c9c4a9bf0df1a97beff085153817b8960273830439"),
      .parts = 1,
      .parts_hash = Hex<32>("af225f2883afc75db7f481e5bdee396ce9b5787399f8f9876ca980bd026c02d1")};
  EXPECT_EQ(MakeBlockId(block.header.Hash(), bytes), expected);
  const auto decoded = Block::Decode(bytes);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
  EXPECT_EQ(*decoded, block);
}

// The same folder, block_at_height_10.json.
TEST(Block, TenOfARealChainHasTheSameBytes) {
  Block block{.header = GaiaHeader(), .transactions = {}, .last_commit = {}};
  block.header.height = 10;
  block.header.time = {.seconds = 1639772867, .nanos = 875954829};
  block.header.last_block_id = {
      .hash = Hex<32>("cd0a81d2658c56fd65587e4502e4bc89955002b5b89f986c7d63a5af184fbc92"),
      .parts = 1,
      .parts_hash = Hex<32>("6e41bba804019240a672f9ac6625baa6d40b3887d6f6be3e64cf54d93f021b76")};
  block.header.last_commit_hash =
      Hex<32>("3a9bec015f1a923c17ef81007945f552ad4e35dda445afa91296564dcb748357");
  block.header.app_hash =
      Hex<32>("a7139e6f28a9506629c60e3fdfd1a325e99177a4a3c8fa131732b6170c113c8e");
  block.last_commit = {
      .height = 9,
      .round = 0,
      .id = block.header.last_block_id,
      .signatures = {{.flag = CommitSig::Flag::kCommit,
                      .address = Hex<20>(kGaiaProposer),
                      .time = {.seconds = 1639772867, .nanos = 875954829},
                      .signature = Hex<64>(
                          "775a94ad97748eb2511839c8dc8ebd2d74d31e1d8704b1d8f14e6be18170cbb6"
                          "67fa4768df45ecd1e01d866a6dee4506fd7652af5cf0c8b4e77915cf8a99fd0d")}}};
  const Bytes bytes = block.Encode();
  const BlockId expected{
      .hash = Hex<32>("eb917ff229e0987637f20edb8114cac3f967d843c5cc480969d64d7a368f077f"),
      .parts = 1,
      .parts_hash = Hex<32>("abfffbedf37cb50b0f5617d2a85110b838ea2b3e3e56cca1e09a27dcd5bbf769")};
  EXPECT_EQ(MakeBlockId(block.header.Hash(), bytes), expected);
  const auto decoded = Block::Decode(bytes);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
  EXPECT_EQ(*decoded, block);
}

// cometbft v0.38.25, blocksync/msgs_test.go, TestBlocksyncMessageVectors: the data_hash of a block
// with the one transaction "Hello World".
TEST(DataHash, IsCometBfts) {
  EXPECT_EQ(DataHash(std::vector<Bytes>{ToBytes(std::string_view("Hello World"))}),
            Hex<32>("c4da88e876062aa1543400d50d0eaa0dac88096057949cfb7bca7f3a48c04bf9"));
  EXPECT_EQ(DataHash({}), Hex<32>(kNothing));
}

// Height 2, over a commit of height 1 by a set of four.
Block MakeBlock(std::vector<Bytes> transactions) {
  const TestNet net(1, {1, 1, 1, 1});
  Block block{.header = HeaderAt(2),
              .transactions = std::move(transactions),
              .last_commit = net.CommitTo(1, 0, IdOf("block before"), {0, 1, 3})};
  block.header.data_hash = DataHash(block.transactions);
  block.header.last_commit_hash = block.last_commit.Hash();
  return block;
}

TEST(Block, DecodesOnlyItsOwnBytes) {
  const auto encode = [](const Block& block) { return block.Encode(); };
  const auto decode = [](ByteView bytes) { return Block::Decode(bytes); };
  ExpectStrict(MakeBlock({}).Encode(), encode, decode);
  const Block block = MakeBlock({{}, {1, 2, 3}, {}, Bytes(200, 7)});
  ExpectStrict(block.Encode(), encode, decode);
  EXPECT_EQ(*Block::Decode(block.Encode()), block);
}

// Nothing a block id does not cover may be changed without notice: else one header would stand for
// several serialised blocks.
TEST(Block, NoBitOfABlockCanBeFlippedUnderItsHeader) {
  const Block block = MakeBlock({{1, 2, 3}});
  const Bytes bytes = block.Encode();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes flipped = bytes;
      flipped[i] = static_cast<std::uint8_t>(flipped[i] ^ (1U << bit));
      const auto decoded = Block::Decode(flipped);
      if (!decoded.has_value()) continue;
      // The commit's round is covered by its signatures alone.
      EXPECT_TRUE(decoded->header.Hash() != block.header.Hash() ||
                  decoded->last_commit.round != block.last_commit.round)
          << i << "/" << bit;
    }
  }
}

TEST(Block, RefusesHashesThatDoNotFit) {
  const auto expect_refused = [](auto change) {
    Block block = MakeBlock({{1}, {2}});
    change(block);
    EXPECT_FALSE(Block::Decode(block.Encode()).has_value());
  };
  expect_refused([](Block& b) { b.transactions.pop_back(); });
  expect_refused([](Block& b) { std::swap(b.transactions[0], b.transactions[1]); });
  expect_refused([](Block& b) { b.transactions.push_back(b.transactions[1]); });
  expect_refused([](Block& b) { b.header.evidence_hash = HashOf("evidence"); });
  expect_refused([](Block& b) { b.last_commit.signatures.pop_back(); });
  expect_refused([](Block& b) { b.last_commit = {}; });
  expect_refused([](Block& b) { b.last_commit.height = 3; });
  expect_refused([](Block& b) { b.last_commit.id = IdOf("other"); });
}

TEST(Block, RefusesEvidence) {
  const Block block = MakeBlock({});
  Bytes bytes = block.Encode();
  const Bytes empty_evidence = {0x1a, 0x00};
  const auto place = std::ranges::search(bytes, empty_evidence).begin();
  ASSERT_NE(place, bytes.end());
  *(place + 1) = 2;
  bytes.insert(place + 2, {0x0a, 0x00});
  EXPECT_FALSE(Block::Decode(bytes).has_value());
}

TEST(Block, KeepsItsLimits) {
  const Block most = MakeBlock(std::vector<Bytes>(limits::kBlockTxMax, Bytes{1}));
  EXPECT_TRUE(Block::Decode(most.Encode()).has_value());
  const Block too_many = MakeBlock(std::vector<Bytes>(limits::kBlockTxMax + 1, Bytes{1}));
  EXPECT_FALSE(Block::Decode(too_many.Encode()).has_value());

  const std::size_t around =
      MakeBlock({Bytes(limits::kBlockBytesMax / 2)}).Encode().size() - (limits::kBlockBytesMax / 2);
  const std::size_t fits = limits::kBlockBytesMax - around;
  const Block largest = MakeBlock({Bytes(fits)});
  ASSERT_EQ(largest.Encode().size(), limits::kBlockBytesMax);
  EXPECT_TRUE(Block::Decode(largest.Encode()).has_value());
  EXPECT_EQ(Block::Decode(MakeBlock({Bytes(fits + 1)}).Encode()).error().code, Errc::kTooLarge);
}

// No two parts of it are equal.
Bytes Pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

TEST(Parts, CoverTheBlockWhateverItsSize) {
  for (const std::size_t size : {std::size_t{1}, limits::kPartBytes - 1, limits::kPartBytes,
                                 limits::kPartBytes + 1, (5 * limits::kPartBytes) + 17}) {
    const Bytes block = Pattern(size);
    const PartSet set = SplitBlock(HashOf("h"), block);
    EXPECT_EQ(set.id, MakeBlockId(HashOf("h"), block));
    EXPECT_EQ(set.id.hash, HashOf("h"));
    EXPECT_EQ(set.parts.size(), (size + limits::kPartBytes - 1) / limits::kPartBytes);
    Bytes joined;
    for (const Part& part : set.parts) {
      EXPECT_TRUE(VerifyPart(part, set.id).has_value());
      Append(joined, part.bytes);
    }
    EXPECT_EQ(joined, block);
  }
}

TEST(Parts, LargestBlockKeepsToTheMaximum) {
  const PartSet set = SplitBlock(HashOf("h"), Bytes(limits::kBlockBytesMax));
  EXPECT_EQ(set.parts.size(), 128U);
  EXPECT_LE(set.parts.size(), limits::kPartsMax);
  EXPECT_TRUE(VerifyPart(set.parts.back(), set.id).has_value());
}

TEST(Parts, CannotBeMovedChangedOrProvenOtherwise) {
  const PartSet set = SplitBlock(HashOf("h"), Pattern((4 * limits::kPartBytes) + 100));
  ASSERT_EQ(set.parts.size(), 5U);
  for (const Part& part : set.parts) {
    const auto expect_refused = [&](auto change) {
      Part changed = part;
      change(changed);
      EXPECT_FALSE(VerifyPart(changed, set.id).has_value()) << part.index;
    };
    expect_refused([](Part& p) { p.index = (p.index + 1) % 5; });
    expect_refused([](Part& p) { p.index = 5; });
    expect_refused([](Part& p) { p.index += 8; });
    expect_refused([](Part& p) { p.bytes[50] ^= 1; });
    expect_refused([](Part& p) { p.bytes.pop_back(); });
    expect_refused([](Part& p) { p.bytes.push_back(0); });
    expect_refused([](Part& p) { p.bytes.clear(); });
    expect_refused([](Part& p) { p.proof[0].bytes[0] ^= 1; });
    expect_refused([](Part& p) { p.proof.pop_back(); });
    expect_refused([](Part& p) { p.proof.emplace_back(); });
    BlockId other = set.id;
    other.parts = 4;
    EXPECT_FALSE(VerifyPart(part, other).has_value());
    other = set.id;
    other.parts_hash = HashOf("other");
    EXPECT_FALSE(VerifyPart(part, other).has_value());
  }
}

}  // namespace
}  // namespace jiandu::consensus
