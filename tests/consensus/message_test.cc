// Peer messages: one encoding each, and what decoders refuse.
#include "consensus/message.h"

#include "base/limits.h"
#include "base/wire.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::ExpectStrict;
using testing::HashOf;
using testing::IdOf;
using testing::Precommit;
using testing::TestNet;
using Kind = Certificate::Kind;

PartBitmap Bitmap(std::uint32_t parts, const std::vector<std::uint32_t>& have) {
  PartBitmap bitmap(parts);
  for (const std::uint32_t index : have) bitmap.Add(index);
  return bitmap;
}

FixedBytes<64> SixtyFour(std::uint8_t with) {
  FixedBytes<64> bytes;
  bytes.bytes.fill(with);
  return bytes;
}

// One small message of each kind and form.
std::vector<PeerMessage> Samples() {
  const TestNet net(1, {1, 1, 1, 1});
  const Vote vote = net.Sign(2, Precommit(7, 1, IdOf("b")));
  const Certificate polka = net.Certify(Kind::kPolka, 7, 1, IdOf("b"), {0, 1, 2});
  const Proposal proposal = net.Sign(1, Proposal{.height = 7,
                                                 .round = 2,
                                                 .pol_round = 1,
                                                 .id = IdOf("b"),
                                                 .time = Time::FromMs(5),
                                                 .from = {},
                                                 .signature = {},
                                                 .polka = polka});
  Proposal bare = proposal;
  bare.polka.reset();
  const PartSet parts = SplitBlock(HashOf("h"), Bytes(300, 5));
  const Commit commit = net.CommitTo(9, 0, IdOf("b"), {0, 1, 2});
  return {
      Hello{.version = 1,
            .chain_id = "c",
            .genesis_hash = HashOf("g"),
            .node_key_id = HashOf("n"),
            .validator = std::nullopt},
      Hello{.version = 9,
            .chain_id = std::string(50, 'c'),
            .genesis_hash = HashOf("g"),
            .node_key_id = HashOf("n"),
            .validator = net.addresses[0]},
      VoteMsg{.vote = vote},
      CertificateMsg{.certificate = polka},
      ProposalMsg{.proposal = proposal},
      PartMsg{.height = 7, .id = parts.id, .part = parts.parts[0]},
      PartRequest{.height = 7, .id = IdOf("b", 12), .have = Bitmap(12, {0, 3, 11})},
      PartRequest{.height = 7, .id = IdOf("b", 8), .have = Bitmap(8, {})},
      FetchBlockMsg{.height = 7, .id = IdOf("b", 12)},
      BlockRequest{.from = 3, .count = 64, .bytes_max = limits::kSyncWindowBytesMax},
      BlockPiece{.height = 9, .total = 300, .offset = 0, .bytes = Bytes(300, 1), .commit = commit},
      StatusMsg{},
      StatusMsg{.base = 1, .height = 9, .block_hash = HashOf("h")},
      TxBatch{.transactions = {{1}, {2, 3}}},
      AmnesiaProbe{.height = 7, .validator = net.addresses[0]},
      AmnesiaAnswer{.height = 7, .validator = net.addresses[0], .highest = std::nullopt},
      AmnesiaAnswer{.height = 7, .validator = net.addresses[2], .highest = vote},
      AmnesiaAnswer{.height = 7, .validator = proposal.from, .highest = bare},
      CheckpointMsg{.size = 300,
                    .root = HashOf("r"),
                    .signatures = {{.key = HashOf("log"), .time_s = 0, .signature = SixtyFour(1)},
                                   {.key = HashOf("v"), .time_s = 9, .signature = SixtyFour(2)}}},
      SnapshotsMsg{},
      SnapshotsMsg{
          .offers = {{.height = 5, .digest = HashOf("5")}, {.height = 6, .digest = HashOf("6")}}},
      SnapshotRequest{
          .of = {.height = 5, .digest = HashOf("5"), .part = SnapshotPart::kChunk, .chunk = 300}},
      CutSnapshotPart({.height = 5, .digest = HashOf("5")}, Bytes(limits::kPartBytes + 9, 1))[1],
      CutSnapshotPart({.height = 5, .digest = HashOf("5"), .part = SnapshotPart::kProof}, {})[0],
  };
}

TEST(PeerMessage, SamplesCoverEveryKind) {
  std::vector<bool> seen(std::variant_size_v<PeerMessage>);
  for (const PeerMessage& message : Samples()) seen[message.index()] = true;
  EXPECT_EQ(std::ranges::count(seen, false), 0);
}

TEST(PeerMessage, DecodesOnlyItsOwnBytes) {
  for (const PeerMessage& message : Samples()) {
    SCOPED_TRACE(NameOf(message));
    const Bytes bytes = EncodePeerMessage(message);
    EXPECT_EQ(*DecodePeerMessage(bytes), message);
    ExpectStrict(bytes, EncodePeerMessage, DecodePeerMessage);
  }
}

TEST(PeerMessage, TwoInOneFrameOrNoneAreRefused) {
  EXPECT_FALSE(DecodePeerMessage({}).has_value());
  for (const PeerMessage& first : Samples()) {
    for (const PeerMessage& second : Samples()) {
      Bytes both = EncodePeerMessage(first);
      Append(both, EncodePeerMessage(second));
      EXPECT_FALSE(DecodePeerMessage(both).has_value());
    }
  }
  WireWriter unknown;
  unknown.Message(static_cast<std::uint32_t>(std::variant_size_v<PeerMessage>) + 1, {});
  EXPECT_FALSE(DecodePeerMessage(unknown.Written()).has_value());
}

TEST(PeerMessage, VotesGoBeforeBlocksBeforeTheRest) {
  for (const PeerMessage& message : Samples()) {
    const std::string name = NameOf(message);
    if (name == "vote" || name == "certificate" || name == "hello" || name.starts_with("amnesia")) {
      EXPECT_EQ(LaneOf(message), Lane::kVotes) << name;
    } else if (name == "proposal" || name.starts_with("part") || name == "fetch-block") {
      EXPECT_EQ(LaneOf(message), Lane::kBlocks) << name;
    } else {
      EXPECT_EQ(LaneOf(message), Lane::kBulk) << name;
    }
  }
  EXPECT_LT(Lane::kVotes, Lane::kBlocks);
  EXPECT_LT(Lane::kBlocks, Lane::kBulk);
}

template <typename Message, typename Change>
void ExpectRefused(Message message, Change change) {
  ASSERT_TRUE(DecodePeerMessage(EncodePeerMessage(message)).has_value());
  change(message);
  EXPECT_FALSE(DecodePeerMessage(EncodePeerMessage(message)).has_value()) << NameOf(message);
}

template <typename Message>
Message Sample(std::size_t nth = 0) {
  for (const PeerMessage& message : Samples()) {
    const Message* found = std::get_if<Message>(&message);
    if (found != nullptr && nth-- == 0) return *found;
  }
  ADD_FAILURE() << "no such sample";
  return {};
}

TEST(Hello, MustNameVersionAndChain) {
  const auto hello = Sample<Hello>();
  ExpectRefused(hello, [](Hello& h) { h.version = 0; });
  ExpectRefused(hello, [](Hello& h) { h.chain_id = ""; });
  ExpectRefused(hello, [](Hello& h) { h.chain_id = std::string(51, 'c'); });
  ExpectRefused(hello, [](Hello& h) { h.chain_id = "\xc0\xaf"; });
}

TEST(PartMsg, MustFitItsBlockId) {
  const PartSet set = SplitBlock(HashOf("h"), Bytes(limits::kPartBytes + 100, 5));
  const PartMsg first{.height = 7, .id = set.id, .part = set.parts[0]};
  const PartMsg last{.height = 7, .id = set.id, .part = set.parts[1]};
  ExpectRefused(first, [](PartMsg& m) { m.height = 0; });
  ExpectRefused(first, [](PartMsg& m) { m.id = {}; });
  ExpectRefused(first, [](PartMsg& m) { m.part.index = 2; });
  ExpectRefused(first, [](PartMsg& m) { m.part.bytes.pop_back(); });
  ExpectRefused(first, [](PartMsg& m) { m.part.bytes.push_back(0); });
  ExpectRefused(first, [](PartMsg& m) { m.part.bytes.clear(); });
  ExpectRefused(first, [](PartMsg& m) { m.part.proof.resize(9); });
  ExpectRefused(last, [](PartMsg& m) { m.part.index = 0; });
  ExpectRefused(last, [](PartMsg& m) { m.part.bytes.clear(); });
}

// ASA-2025-003 of CometBFT: a bitmap whose length is not that of the part set.
TEST(PartRequest, BitmapHasExactlyOneBitPerPart) {
  const PartRequest request{.height = 7, .id = IdOf("b", 12), .have = Bitmap(12, {11})};
  ExpectRefused(request, [](PartRequest& m) { m.id.parts = 8; });
  ExpectRefused(request, [](PartRequest& m) { m.id.parts = 17; });
  ExpectRefused(request, [](PartRequest& m) { m.id.parts = 11; });  // bit 11 is beyond
  ExpectRefused(request, [](PartRequest& m) { m.have = PartBitmap(0); });
  ExpectRefused(request, [](PartRequest& m) { m.have.Add(12); });
  EXPECT_TRUE(PartBitmap::From(Bytes{0xff, 0x0f}, 12).has_value());
  EXPECT_FALSE(PartBitmap::From(Bytes{0xff, 0x1f}, 12).has_value());
  EXPECT_FALSE(PartBitmap::From(Bytes{0xff}, 12).has_value());
  EXPECT_TRUE(PartBitmap::From({}, 0).has_value());
}

TEST(PartBitmap, RemembersWhatWasAdded) {
  const PartBitmap bitmap = Bitmap(129, {0, 7, 8, 128});
  for (std::uint32_t i = 0; i < 200; ++i) {
    EXPECT_EQ(bitmap.Has(i), i == 0 || i == 7 || i == 8 || i == 128) << i;
  }
}

TEST(BlockRequest, AsksForSomethingBounded) {
  const auto request = Sample<BlockRequest>();
  ExpectRefused(request, [](BlockRequest& m) { m.from = 0; });
  ExpectRefused(request, [](BlockRequest& m) { m.count = 0; });
  ExpectRefused(request, [](BlockRequest& m) { m.count = kBlockRequestCountMax + 1; });
  ExpectRefused(request, [](BlockRequest& m) { m.bytes_max = 0; });
  ExpectRefused(request, [](BlockRequest& m) { m.bytes_max += 1; });
}

TEST(BlockPiece, IsCutInOneWayOnly) {
  const TestNet net(1, {1, 1, 1, 1});
  const Commit commit = net.CommitTo(9, 0, IdOf("b"), {0, 1, 2});
  const Bytes block(limits::kPartBytes + 300, 4);
  const auto pieces = CutBlock(9, block, commit);
  ASSERT_EQ(pieces.size(), 2U);
  ExpectRefused(pieces[0], [&](BlockPiece& p) { p.commit = commit; });
  ExpectRefused(pieces[0], [](BlockPiece& p) { p.bytes.pop_back(); });
  ExpectRefused(pieces[0], [](BlockPiece& p) { p.bytes.clear(); });
  ExpectRefused(pieces[0], [](BlockPiece& p) { p.total = limits::kPartBytes; });
  ExpectRefused(pieces[0], [](BlockPiece& p) { p.total = 0; });
  ExpectRefused(pieces[0], [](BlockPiece& p) { p.total = limits::kBlockBytesMax + 1; });
  ExpectRefused(pieces[0], [](BlockPiece& p) { p.height = 0; });
  ExpectRefused(pieces[1], [](BlockPiece& p) { p.commit.reset(); });
  ExpectRefused(pieces[1], [](BlockPiece& p) { p.commit->height = 8; });
  ExpectRefused(pieces[1], [](BlockPiece& p) { p.offset += 1; });
  ExpectRefused(pieces[1], [](BlockPiece& p) { p.offset = 0; });
  ExpectRefused(pieces[1], [](BlockPiece& p) {  // to the end, but from the wrong place
    p.offset += 1;
    p.bytes.pop_back();
  });
  ExpectRefused(pieces[1], [](BlockPiece& p) { p.offset = 2 * limits::kPartBytes; });
  ExpectRefused(pieces[1], [](BlockPiece& p) { p.bytes.push_back(0); });
}

TEST(Status, BaseIsAtMostTheHeightAfterTheNewest) {
  const StatusMsg status{.base = 3, .height = 9, .block_hash = HashOf("h")};
  ExpectRefused(status, [](StatusMsg& m) { m.base = 11; });
  ExpectRefused(status, [](StatusMsg& m) { m.base = 0; });
  ExpectRefused(status, [](StatusMsg& m) { m.height = 0; });
}

TEST(CheckpointMsg, IsSignedByAtLeastOneAtATimeThatIsOne) {
  const auto checkpoint = Sample<CheckpointMsg>();
  ExpectRefused(checkpoint, [](CheckpointMsg& m) { m.size = 0; });
  ExpectRefused(checkpoint, [](CheckpointMsg& m) { m.signatures.clear(); });
  ExpectRefused(checkpoint,
                [](CheckpointMsg& m) { m.signatures[1].time_s = std::uint64_t{1} << 63U; });
}

TEST(Snapshots, AreNamedInOrderAndAFew) {
  const SnapshotsMsg two{
      .offers = {{.height = 5, .digest = HashOf("5")}, {.height = 6, .digest = HashOf("6")}}};
  ExpectRefused(two, [](SnapshotsMsg& m) { m.offers[1].height = 5; });
  ExpectRefused(two, [](SnapshotsMsg& m) { m.offers[0].height = 0; });
  ExpectRefused(two, [](SnapshotsMsg& m) {
    m.offers.clear();
    for (Height h = 1; h <= kSnapshotOffersMax + 1; ++h)
      m.offers.push_back({.height = h, .digest = HashOf("x")});
  });
}

TEST(SnapshotPiece, FitsItsPart) {
  const SnapshotRef of{
      .height = 5, .digest = HashOf("5"), .part = SnapshotPart::kChunk, .chunk = 2};
  const auto pieces = CutSnapshotPart(of, Bytes(limits::kPartBytes + 9, 1));
  ASSERT_EQ(pieces.size(), 2U);
  ExpectRefused(pieces[1], [](SnapshotPiece& m) { m.offset += 1; });
  ExpectRefused(pieces[1], [](SnapshotPiece& m) { m.bytes.pop_back(); });
  ExpectRefused(pieces[1], [](SnapshotPiece& m) { m.bytes.clear(); });
  ExpectRefused(pieces[1], [](SnapshotPiece& m) { m.total -= 1; });
  ExpectRefused(pieces[0], [](SnapshotPiece& m) { m.bytes.pop_back(); });
  ExpectRefused(pieces[0], [](SnapshotPiece& m) { m.of.part = SnapshotPart::kProof; });
  ExpectRefused(pieces[0], [](SnapshotPiece& m) { m.total = (2U << 20U) + 1; });
  ExpectRefused(pieces[0], [](SnapshotPiece& m) { m.of.chunk = 1U << 17U; });
}

TEST(AmnesiaAnswer, SpeaksOfTheValidatorThatWasAskedFor) {
  const TestNet net(1, {1, 1, 1, 1});
  const auto answer = Sample<AmnesiaAnswer>(1);
  ExpectRefused(answer, [&](AmnesiaAnswer& m) { m.validator = net.addresses[0]; });
  ExpectRefused(answer, [](AmnesiaAnswer& m) { m.height = 0; });
  ExpectRefused(answer, [](AmnesiaAnswer& m) { std::get<Vote>(*m.highest).height = 0; });
  const auto proposed = Sample<AmnesiaAnswer>(2);
  ExpectRefused(proposed, [&](AmnesiaAnswer& m) { m.validator = net.addresses[3]; });
  ExpectRefused(proposed, [](AmnesiaAnswer& m) { m.highest = Sample<ProposalMsg>().proposal; });
  ExpectRefused(Sample<AmnesiaProbe>(), [](AmnesiaProbe& m) { m.height = 0; });
}

}  // namespace
}  // namespace jiandu::consensus
