// The header's hash and bytes against CometBFT's, and what its decoder refuses.
#include "consensus/header.h"

#include "base/limits.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::ExpectStrict;
using testing::HashOf;
using testing::HeaderAt;
using testing::Hex;
using testing::IdOf;

constexpr std::string_view kNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";  // SHA-256("")

// cometbft v0.38.25, types/block_test.go, TestHeaderHash.
TEST(Header, HashesAsCometBftsTestVector) {
  Header header;
  header.version_block = 1;
  header.version_app = 2;
  header.chain_id = "chainId";
  header.height = 3;
  header.time = {.seconds = 1570983284, .nanos = 0};  // 2019-10-13T16:14:44Z
  header.last_block_id = {.hash = {}, .parts = 6, .parts_hash = {}};
  header.last_commit_hash = HashOf("last_commit_hash");
  header.data_hash = HashOf("data_hash");
  header.validators_hash = HashOf("validators_hash");
  header.next_validators_hash = HashOf("next_validators_hash");
  header.consensus_hash = HashOf("consensus_hash");
  header.app_hash = HashOf("app_hash");
  header.last_results_hash = HashOf("last_results_hash");
  header.evidence_hash = HashOf("evidence_hash");
  header.proposer = *Address::From(HashOf("proposer_address").View().first(20));
  EXPECT_EQ(header.Hash(),
            Hex<32>("f740121f553b5418c3efbd343c2dbfe9e007bb67b0d020a0741374bab65242a4"));
}

TEST(Header, EveryFieldIsInTheHash) {
  const Header header = HeaderAt(2);
  const auto expect_other = [&](auto change) {
    Header changed = header;
    change(changed);
    EXPECT_NE(changed.Hash(), header.Hash());
    EXPECT_NE(changed.Encode(), header.Encode());
  };
  expect_other([](Header& h) { h.version_block = 12; });
  expect_other([](Header& h) { h.version_app = 2; });
  expect_other([](Header& h) { h.chain_id = "x"; });
  expect_other([](Header& h) { h.height = 3; });
  expect_other([](Header& h) { h.time.nanos += 1; });
  expect_other([](Header& h) { h.last_block_id = {}; });
  expect_other([](Header& h) { h.last_commit_hash = {}; });
  expect_other([](Header& h) { h.data_hash = {}; });
  expect_other([](Header& h) { h.validators_hash = {}; });
  expect_other([](Header& h) { h.next_validators_hash = {}; });
  expect_other([](Header& h) { h.consensus_hash = {}; });
  expect_other([](Header& h) { h.app_hash = {}; });
  expect_other([](Header& h) { h.last_results_hash = {}; });
  expect_other([](Header& h) { h.evidence_hash = {}; });
  expect_other([](Header& h) { h.proposer = {}; });
  expect_other([](Header& h) { std::swap(h.app_hash, h.data_hash); });
}

TEST(Header, DecodesOnlyItsOwnBytes) {
  for (const Height height : {Height{1}, Height{2}, Height{300}}) {
    ExpectStrict(
        HeaderAt(height).Encode(), [](const Header& header) { return header.Encode(); },
        [](ByteView bytes) { return Header::Decode(bytes); });
    EXPECT_EQ(*Header::Decode(HeaderAt(height).Encode()), HeaderAt(height));
  }
}

TEST(Header, RefusesWhatNoCorrectNodeWrites) {
  const auto expect_refused = [](Height height, auto change) {
    Header header = HeaderAt(height);
    change(header);
    EXPECT_FALSE(Header::Decode(header.Encode()).has_value());
  };
  expect_refused(2, [](Header& h) { h.version_block = 10; });
  expect_refused(2, [](Header& h) { h.chain_id = ""; });
  expect_refused(2, [](Header& h) { h.chain_id = std::string(51, 'c'); });
  expect_refused(2, [](Header& h) { h.chain_id = "\xff"; });
  expect_refused(2, [](Header& h) { h.height = 0; });
  expect_refused(2, [](Header& h) { h.height = Height{1} << 63U; });
  expect_refused(2, [](Header& h) { h.time.nanos = -1; });
  expect_refused(2, [](Header& h) { h.time.nanos = 1000000000; });
  expect_refused(2, [](Header& h) { h.time.seconds = 253402300800; });
  expect_refused(2, [](Header& h) { h.time.seconds = kGoZeroTime.seconds - 1; });
  expect_refused(2, [](Header& h) { h.last_block_id = {}; });
  expect_refused(1, [](Header& h) { h.last_block_id = IdOf("b"); });
  expect_refused(2, [](Header& h) { h.last_block_id.parts = 0; });
  expect_refused(2, [](Header& h) { h.last_block_id.parts = limits::kPartsMax + 1; });
}

TEST(BlockId, ZeroIsTwoBytesAndHalfAnIdIsRefused) {
  EXPECT_EQ(HexEncode(EncodeBlockId({})), "1200");
  EXPECT_EQ(*DecodeBlockId(EncodeBlockId({})), BlockId{});
  ExpectStrict(EncodeBlockId(IdOf("b", 129)), EncodeBlockId, DecodeBlockId);
  const Bytes hash_only = *HexDecode("0a20" + std::string(kNothing) + "1200");
  EXPECT_FALSE(DecodeBlockId(hash_only).has_value());
  const Bytes parts_only = *HexDecode("122408011220" + std::string(kNothing));
  EXPECT_FALSE(DecodeBlockId(parts_only).has_value());
  EXPECT_FALSE(DecodeBlockId({}).has_value());  // the part set header may not be missing
}

TEST(TimeOnTheWire, CoversTheRangeOfTimestamp) {
  for (const Time time : {kGoZeroTime, Time{}, Time{.seconds = 253402300799, .nanos = 999999999},
                          Time::FromMs(1700000000123), Time::FromMs(-1)}) {
    ExpectStrict(EncodeTime(time), EncodeTime, DecodeTime);
    EXPECT_EQ(*DecodeTime(EncodeTime(time)), time);
  }
  EXPECT_EQ(HexEncode(EncodeTime(kGoZeroTime)), "088092b8c398feffffff01");
  EXPECT_TRUE(EncodeTime({}).empty());
}

// informalsystems/tendermint-rs, rpc/tests: consensus_hash of every chain with the default 22020096
// bytes; the hash of no results and of no evidence stands in the same headers.
TEST(SmallHashes, AreThoseOfRealChains) {
  EXPECT_EQ(ConsensusHash(22020096),
            Hex<32>("048091bc7ddc283f77bfbf91d73c44da58c3df8a9cbc867405d8b7f3daada22f"));
  EXPECT_NE(ConsensusHash(22020096), ConsensusHash(limits::kBlockBytesMax));
  EXPECT_EQ(ResultsHash({}), Hex<32>(kNothing));
  EXPECT_EQ(EvidenceHash(), Hex<32>(kNothing));
}

TEST(SmallHashes, ResultsCountAndKeepTheirOrder) {
  const std::vector<std::uint32_t> one = {0};
  const std::vector<std::uint32_t> two = {0, 0};
  const std::vector<std::uint32_t> rejected = {0, 7};
  const std::vector<std::uint32_t> swapped = {7, 0};
  // The leaf of ExecTxResult{code 0} is empty: SHA-256(0x00).
  EXPECT_EQ(ResultsHash(one),
            Hex<32>("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"));
  EXPECT_NE(ResultsHash(one), ResultsHash(two));
  EXPECT_NE(ResultsHash(two), ResultsHash(rejected));
  EXPECT_NE(ResultsHash(rejected), ResultsHash(swapped));
}

}  // namespace
}  // namespace jiandu::consensus
