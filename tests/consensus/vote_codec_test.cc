// Votes, proposals and certificates: one encoding each, and what decoders refuse.
#include "consensus/vote_codec.h"

#include "base/limits.h"
#include "base/wire.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::ExpectStrict;
using testing::IdOf;
using testing::Precommit;
using testing::TestNet;
using Kind = Certificate::Kind;

Proposal MakeProposal(Round round, Round pol_round) {
  return {.height = 5,
          .round = round,
          .pol_round = pol_round,
          .id = IdOf("b", 3),
          .time = Time::FromMs(1700000000123),
          .from = {},
          .signature = {},
          .polka = std::nullopt};
}

TEST(VoteCodec, VotesDecodeOnlyTheirOwnBytes) {
  const TestNet net(1, {1, 1, 1, 1});
  for (const VoteType type : {VoteType::kPrevote, VoteType::kPrecommit}) {
    for (const Round round : {0, 1, limits::kRoundMax}) {
      for (const auto& id : {std::optional<BlockId>(), std::optional<BlockId>(IdOf("b"))}) {
        Vote vote = Precommit(7, round, id);
        vote.type = type;
        vote = net.Sign(2, vote);
        ExpectStrict(EncodeVote(vote), EncodeVote, DecodeVote);
        EXPECT_EQ(*DecodeVote(EncodeVote(vote)), vote);
      }
    }
  }
}

TEST(VoteCodec, RefusesVotesNoCorrectNodeWrites) {
  const TestNet net(1, {1});
  const auto expect_refused = [&](auto change) {
    Vote vote = net.Sign(0, Precommit(7, 2, IdOf("b")));
    change(vote);
    EXPECT_FALSE(DecodeVote(EncodeVote(vote)).has_value());
  };
  expect_refused([](Vote& v) { v.type = static_cast<VoteType>(0); });
  expect_refused([](Vote& v) { v.type = static_cast<VoteType>(3); });
  expect_refused([](Vote& v) { v.type = static_cast<VoteType>(32); });
  expect_refused([](Vote& v) { v.height = 0; });
  expect_refused([](Vote& v) { v.height = Height{1} << 63U; });
  expect_refused([](Vote& v) { v.round = -1; });
  expect_refused([](Vote& v) { v.round = limits::kRoundMax + 1; });
  expect_refused([](Vote& v) { v.round = std::numeric_limits<Round>::max(); });
  expect_refused([](Vote& v) { v.time.nanos = 1000000000; });
  expect_refused([](Vote& v) { v.id->parts = 0; });
}

TEST(VoteCodec, ProposalsDecodeOnlyTheirOwnBytes) {
  const TestNet net(1, {1, 1, 1, 1});
  std::vector<Proposal> proposals = {MakeProposal(0, -1), MakeProposal(3, -1), MakeProposal(3, 0),
                                     MakeProposal(3, 2)};
  proposals.push_back(MakeProposal(3, 2));
  proposals.back().polka = net.Certify(Kind::kPolka, 5, 2, IdOf("b", 3), {0, 1, 3});
  for (const Proposal& proposal : proposals) {
    const Proposal signed_one = net.Sign(1, proposal);
    ExpectStrict(EncodeProposal(signed_one), EncodeProposal, DecodeProposal);
    EXPECT_EQ(*DecodeProposal(EncodeProposal(signed_one)), signed_one);
  }
}

TEST(VoteCodec, RefusesProposalsNoCorrectNodeWrites) {
  const TestNet net(1, {1, 1, 1});
  const auto expect_refused = [&](auto change) {
    Proposal proposal = net.Sign(0, MakeProposal(3, 2));
    proposal.polka = net.Certify(Kind::kPolka, 5, 2, IdOf("b", 3), {0, 1, 2});
    change(proposal);
    EXPECT_FALSE(DecodeProposal(EncodeProposal(proposal)).has_value());
  };
  expect_refused([](Proposal& p) { p.pol_round = 3; });
  expect_refused([](Proposal& p) { p.pol_round = -2; });
  expect_refused([](Proposal& p) { p.pol_round = -1; });  // with a polka of round 2
  expect_refused([](Proposal& p) { p.pol_round = 1; });
  expect_refused([](Proposal& p) { p.round = 2; });
  expect_refused([](Proposal& p) { p.height = 6; });
  expect_refused([](Proposal& p) { p.id = {}; });
  expect_refused([](Proposal& p) { p.id = IdOf("c"); });
  expect_refused([](Proposal& p) { p.polka->kind = Kind::kCommit; });
}

Certificate MixedSkip(const TestNet& net) {
  Certificate skip{.kind = Kind::kSkip, .height = 5, .round = 3, .id = std::nullopt, .votes = {}};
  const std::vector<std::optional<BlockId>> ids = {std::nullopt, IdOf("b"), IdOf("c"), IdOf("b")};
  for (std::size_t i = 0; i < 4; ++i) {
    Vote vote = Precommit(5, 3, ids[i]);
    if (i % 2 == 0) vote.type = VoteType::kPrevote;
    skip.votes.push_back(net.Sign(i, vote));
  }
  return skip;
}

TEST(VoteCodec, CertificatesDecodeOnlyTheirOwnBytes) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate commit = net.Certify(Kind::kCommit, 5, 0, IdOf("b"), {2, 0, 1});
  commit.votes.push_back(net.Sign(3, Precommit(5, 0, std::nullopt)));
  Certificate any = MixedSkip(net);
  any.kind = Kind::kPrecommitAny;
  for (Vote& vote : any.votes) vote.type = VoteType::kPrecommit;
  for (const Certificate& certificate :
       {net.Certify(Kind::kPolka, 5, 1, IdOf("b"), {0, 1, 2}), commit, MixedSkip(net), any}) {
    ExpectStrict(EncodeCertificate(certificate), EncodeCertificate, DecodeCertificate);
    EXPECT_EQ(*DecodeCertificate(EncodeCertificate(certificate)), certificate);
  }
}

TEST(VoteCodec, RefusesCertificatesNoCorrectNodeWrites) {
  const TestNet net(1, {1, 1, 1, 1});
  const auto expect_refused = [&](auto change) {
    Certificate certificate = net.Certify(Kind::kCommit, 5, 1, IdOf("b"), {0, 1, 2});
    change(certificate);
    EXPECT_FALSE(DecodeCertificate(EncodeCertificate(certificate)).has_value());
  };
  expect_refused([](Certificate& c) { c.votes.clear(); });
  expect_refused([](Certificate& c) { c.height = 0; });
  expect_refused([](Certificate& c) { c.round = -1; });
  expect_refused([](Certificate& c) { c.votes.push_back(c.votes[1]); });
  expect_refused([](Certificate& c) { c.votes[2].from = c.votes[0].from; });
  expect_refused([](Certificate& c) { c.votes[0].id = IdOf("c"); });  // a second id
  expect_refused([](Certificate& c) {
    for (Vote& vote : c.votes) vote.id = std::nullopt;
  });
  expect_refused([](Certificate& c) {
    for (int i = 0; c.votes.size() <= limits::kValidatorsMax; ++i) {
      c.votes.push_back(c.votes[0]);
      c.votes.back().from = AddressOf(testing::KeyOf(100 + i).PublicKey());
    }
  });
}

// The wire form numbers the ids; a certificate that numbers them otherwise has another encoding.
TEST(VoteCodec, RefusesIdsUnusedRepeatedOrOutOfOrder) {
  const TestNet net(1, {1, 1, 1, 1});
  const auto member = [&](std::uint64_t number, std::size_t who) {
    WireWriter writer;
    writer.Varint(1, 1);
    writer.Varint(2, number);
    writer.Message(3, {});
    writer.BytesField(4, net.addresses[who].View());
    writer.BytesField(5, Bytes(64, 9));
    return writer.Take();
  };
  const auto decodes = [&](const std::vector<BlockId>& ids,
                           const std::vector<std::uint64_t>& numbers) {
    WireWriter writer;
    writer.Varint(1, static_cast<std::uint64_t>(Kind::kSkip));
    writer.Varint(2, 5);
    for (const BlockId& id : ids) writer.Message(4, EncodeBlockId(id));
    for (std::size_t i = 0; i < numbers.size(); ++i) writer.Message(5, member(numbers[i], i));
    return DecodeCertificate(writer.Written()).has_value();
  };
  EXPECT_TRUE(decodes({IdOf("b"), IdOf("c")}, {1, 0, 2, 1}));
  EXPECT_TRUE(decodes({}, {0, 0}));
  EXPECT_FALSE(decodes({IdOf("b"), IdOf("c")}, {2, 1}));
  EXPECT_FALSE(decodes({IdOf("b"), IdOf("c")}, {1, 1}));
  EXPECT_FALSE(decodes({IdOf("b"), IdOf("b")}, {1, 2}));
  EXPECT_FALSE(decodes({IdOf("b")}, {1, 2}));
  EXPECT_FALSE(decodes({BlockId{}}, {1}));
  EXPECT_FALSE(decodes({}, {}));
}

TEST(VoteCodec, ThreeCertificatesOf128FitWhereTheyMust) {
  const TestNet net(1, std::vector<Power>(limits::kValidatorsMax, 1));
  std::vector<std::size_t> all(limits::kValidatorsMax);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const Bytes bytes =
      EncodeCertificate(net.Certify(Kind::kPolka, Height{1} << 62U, 1 << 20, IdOf("b", 128), all));
  // A vote message, and beside another of its size a slot of the safety record.
  EXPECT_LT(bytes.size() + 64, limits::kVoteMessageBytesMax);
  EXPECT_LT((2 * bytes.size()) + 2048, limits::kSafetySlotBytes);
}

}  // namespace
}  // namespace jiandu::consensus
