// The largest message of each kind fits its frame, and one byte more is refused.
#include "base/limits.h"
#include "base/wire.h"
#include "consensus/message.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::HashOf;
using testing::IdOf;
using testing::Precommit;
using testing::TestNet;
using Kind = Certificate::Kind;

const TestNet& Largest() {
  static const TestNet kNet(1, std::vector<Power>(limits::kValidatorsMax, 1));
  return kNet;
}

std::vector<std::size_t> Everyone() {
  std::vector<std::size_t> all(limits::kValidatorsMax);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

// The height and the time that take most room.
constexpr Height kHighest = (Height{1} << 63U) - 1;
constexpr Time kLongest{.seconds = -62135596800, .nanos = 999999999};

void ExpectGoesThrough(const PeerMessage& message, std::size_t bytes_max) {
  const Bytes bytes = EncodePeerMessage(message);
  EXPECT_LE(bytes.size(), bytes_max - kFrameHeaderBytesMax) << NameOf(message);
  const auto decoded = DecodePeerMessage(bytes);
  ASSERT_TRUE(decoded.has_value()) << NameOf(message) << ": " << decoded.error().detail;
  EXPECT_EQ(*decoded, message);
}

TEST(MessageLimits, CertificatesOf128FitTheLaneOfVotes) {
  Certificate polka =
      Largest().Certify(Kind::kPolka, kHighest, limits::kRoundMax, IdOf("b", 129), Everyone());
  for (Vote& vote : polka.votes) vote.time = kLongest;
  ExpectGoesThrough(CertificateMsg{.certificate = polka}, limits::kVoteMessageBytesMax);
  const Proposal proposal{.height = kHighest,
                          .round = limits::kRoundMax,
                          .pol_round = limits::kRoundMax - 1,
                          .id = IdOf("b", 129),
                          .time = kLongest,
                          .from = {},
                          .signature = {},
                          .polka = polka};
  Proposal fitting = proposal;
  fitting.polka->round = fitting.pol_round;
  for (Vote& vote : fitting.polka->votes) vote.round = fitting.pol_round;
  ExpectGoesThrough(ProposalMsg{.proposal = fitting}, limits::kFrameBytesMax);
}

// Faulty validators may each vote for a block of their own: the certificate still travels.
TEST(MessageLimits, ACheckpointOf128CosignersFits) {
  CheckpointMsg checkpoint{.size = ~std::uint64_t{0}, .root = HashOf("r"), .signatures = {}};
  CheckpointMsg::Signature signature{
      .key = HashOf("k"), .time_s = std::uint64_t{kHighest}, .signature = {}};
  signature.signature.bytes.fill(0xff);
  checkpoint.signatures.assign(kCheckpointSignaturesMax, signature);
  ExpectGoesThrough(checkpoint, limits::kVoteMessageBytesMax);
  checkpoint.signatures.push_back(signature);
  EXPECT_EQ(DecodePeerMessage(EncodePeerMessage(checkpoint)).error().code, Errc::kTooLarge);
}

TEST(MessageLimits, ASkipOf128IdsFitsTwiceTheLaneOfVotes) {
  Certificate skip{.kind = Kind::kSkip,
                   .height = kHighest,
                   .round = limits::kRoundMax,
                   .id = std::nullopt,
                   .votes = {}};
  for (const std::size_t member : Everyone()) {
    Vote vote = Precommit(kHighest, limits::kRoundMax, IdOf(std::to_string(member), 129));
    vote.time = kLongest;
    skip.votes.push_back(Largest().Sign(member, vote));
  }
  ExpectGoesThrough(CertificateMsg{.certificate = skip}, 2 * limits::kVoteMessageBytesMax);
}

TEST(MessageLimits, EveryPartOfTheLargestBlockFits) {
  const PartSet set = SplitBlock(HashOf("h"), Bytes(limits::kBlockBytesMax, 3));
  for (const Part& part : set.parts) {
    ExpectGoesThrough(PartMsg{.height = kHighest, .id = set.id, .part = part},
                      limits::kFrameBytesMax);
  }
  PartRequest request{.height = kHighest, .id = set.id, .have = PartBitmap(set.id.parts)};
  for (std::uint32_t i = 0; i < set.id.parts; ++i) request.have.Add(i);
  ExpectGoesThrough(request, limits::kFrameBytesMax);
}

TEST(MessageLimits, PiecesJoinToTheBlockAndTheLastCarriesTheLargestCommit) {
  Commit commit = Largest().CommitTo(kHighest, limits::kRoundMax, IdOf("b", 129), Everyone());
  for (CommitSig& sig : commit.signatures) sig.time = kLongest;
  for (const std::size_t size : {std::size_t{1}, limits::kPartBytes, limits::kPartBytes + 1,
                                 limits::kBlockBytesMax - 1, limits::kBlockBytesMax}) {
    Bytes block(size);
    for (std::size_t i = 0; i < size; ++i) block[i] = static_cast<std::uint8_t>(i % 251);
    Bytes joined;
    for (const BlockPiece& piece : CutBlock(kHighest, block, commit)) {
      ExpectGoesThrough(piece, limits::kFrameBytesMax);
      EXPECT_EQ(piece.offset, joined.size());
      Append(joined, piece.bytes);
      EXPECT_EQ(piece.commit.has_value(), joined.size() == size);
    }
    EXPECT_EQ(joined, block);
  }
}

TEST(MessageLimits, TheLargestTransactionTravelsAlone) {
  TxBatch batch{.transactions = {Bytes(limits::kBatchTxBytesMax, 1)}};
  ExpectGoesThrough(batch, limits::kBatchFrameBytesMax);
  EXPECT_TRUE(FitsTxBatch(0, 0, limits::kBatchTxBytesMax));
  EXPECT_FALSE(FitsTxBatch(0, 0, limits::kBatchTxBytesMax + 1));
}

TEST(MessageLimits, ABatchFilledByTheRuleAlwaysFits) {
  for (const std::size_t size : {1U, 127U, 128U, 1000U, 1024U, 16383U, 16384U, 65536U}) {
    TxBatch batch;
    std::size_t bytes = 0;
    while (FitsTxBatch(batch.transactions.size(), bytes, size)) {
      batch.transactions.emplace_back(size, std::uint8_t{7});
      bytes += size;
    }
    EXPECT_FALSE(batch.transactions.empty());
    ExpectGoesThrough(batch, limits::kBatchFrameBytesMax);
    EXPECT_TRUE(batch.transactions.size() == kTxBatchCountMax ||
                bytes + size + (16 * batch.transactions.size()) >
                    limits::kBatchFrameBytesMax - (4 * limits::kKiB));
  }
}

TEST(MessageLimits, TooManyTransactionsOrAnEmptyOneAreRefused) {
  const auto decodes = [](std::size_t count, const Bytes& transaction) {
    WireWriter body;
    for (std::size_t i = 0; i < count; ++i) body.Element(1, transaction);
    WireWriter writer;
    writer.Message(11, body.Written());
    return DecodePeerMessage(writer.Written()).has_value();
  };
  EXPECT_TRUE(decodes(1, {1}));
  EXPECT_TRUE(decodes(kTxBatchCountMax, {1}));
  EXPECT_FALSE(decodes(kTxBatchCountMax + 1, {1}));
  EXPECT_FALSE(decodes(0, {1}));
  EXPECT_FALSE(decodes(1, {}));
}

// Beyond the size of its kind a message is refused before anything inside it is read.
TEST(MessageLimits, OversizeIsRefusedByKind) {
  for (std::uint32_t field = 1; field <= std::variant_size_v<PeerMessage>; ++field) {
    WireWriter writer;
    writer.Message(field,
                   Bytes(field == 11 ? limits::kBatchFrameBytesMax : limits::kFrameBytesMax));
    const auto decoded = DecodePeerMessage(writer.Written());
    ASSERT_FALSE(decoded.has_value());
    EXPECT_EQ(decoded.error().code, Errc::kTooLarge) << field;
  }
}

}  // namespace
}  // namespace jiandu::consensus
