// Sign bytes: CometBFT's known answers, and what a signature does and does not cover.
#include "consensus/canonical.h"

#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::Hex;
using testing::IdOf;
using testing::kChain;
using testing::Precommit;
using testing::TestNet;

Vote Bare(int type, Height height, Round round) {
  return {.type = static_cast<VoteType>(type),
          .height = height,
          .round = round,
          .id = std::nullopt,
          .time = kGoZeroTime,
          .from = {},
          .signature = {}};
}

// cometbft v0.38.25, types/vote_test.go, TestVoteSignBytesTestVectors. Cases 0, 3, 4 and 5 have no
// type; case 5 is case 4 with a vote extension, which is not signed.
TEST(VoteSignBytes, AreCometBfts) {
  struct Case {
    std::string_view chain;
    Vote vote;
    std::string_view bytes;
  };
  const std::vector<Case> cases = {
      {.chain = "", .vote = Bare(0, 0, 0), .bytes = "0d2a0b088092b8c398feffffff01"},
      {.chain = "",
       .vote = Bare(2, 1, 1),
       .bytes = "210802110100000000000000190100000000000000"
                "2a0b088092b8c398feffffff01"},
      {.chain = "",
       .vote = Bare(1, 1, 1),
       .bytes = "210801110100000000000000190100000000000000"
                "2a0b088092b8c398feffffff01"},
      {.chain = "",
       .vote = Bare(0, 1, 1),
       .bytes = "1f110100000000000000190100000000000000"
                "2a0b088092b8c398feffffff01"},
      {.chain = "test_chain_id",
       .vote = Bare(0, 1, 1),
       .bytes = "2e110100000000000000190100000000000000"
                "2a0b088092b8c398feffffff01320d746573745f636861696e5f6964"},
      {.chain = "test_chain_id",
       .vote = Bare(0, 1, 1),
       .bytes = "2e110100000000000000190100000000000000"
                "2a0b088092b8c398feffffff01320d746573745f636861696e5f6964"},
  };
  for (const Case& known : cases) {
    EXPECT_EQ(HexEncode(VoteSignBytes(known.chain, known.vote)), known.bytes);
  }
}

// A precommit of a real chain: informalsystems/tendermint-rs, rpc/tests/kvstore_fixtures/v0_38,
// genesis.json and commit_at_height_10.json.
TEST(VoteSignBytes, VerifyARealCometBftPrecommit) {
  const auto set = ValidatorSet::From(
      {{.address = {},
        .key = Hex<32>("6cd3651a5b39476e700b749df3bdb417fdfeec8641857703db630d16d3e4fefd"),
        .power = 10}});
  ASSERT_TRUE(set.has_value());
  Vote vote{
      .type = VoteType::kPrecommit,
      .height = 10,
      .round = 0,
      .id = BlockId{.hash = Hex<32>("00ecdac463c201ecd4bdbbaae4a53a4c"
                                    "80291d4051fd69ed97f6420ce1388bfe"),
                    .parts = 1,
                    .parts_hash = Hex<32>("ff0a320e696fd233dd4d3cc7cd82ff90"
                                          "f54b8fdbc9c700d9375c95a02782b062")},
      .time = {.seconds = 1684332773, .nanos = 605374524},
      .from = Hex<20>("2dd9f44fd9067555c322243c3c913ba7b51d2be0"),
      .signature = Hex<64>("e72d0a6acddb4ab815606fd02b05a8bcca5305f6af65fcbf03c0d79101f314754c8ce7"
                           "159364caeb185841ab1f8a8768add8356e30dfecd0f0362fd876295a03")};
  EXPECT_TRUE(VerifyVote("dockerchain", vote, *set));
  EXPECT_FALSE(VerifyVote("dockerchain2", vote, *set));
  vote.time.nanos += 1;
  EXPECT_FALSE(VerifyVote("dockerchain", vote, *set));
}

// By the field numbers of CanonicalProposal (cometbft v0.38.25, canonical.proto): type 32, height 1
// and round 1 as sfixed64, pol_round -1 in ten bytes, no block id, Go's zero time, chain id.
TEST(ProposalSignBytes, HaveCanonicalProposalsFields) {
  const Proposal proposal{.height = 1,
                          .round = 1,
                          .pol_round = -1,
                          .id = {},
                          .time = kGoZeroTime,
                          .from = {},
                          .signature = {},
                          .polka = std::nullopt};
  EXPECT_EQ(HexEncode(ProposalSignBytes("c", proposal)),
            "2f"
            "0820"
            "110100000000000000"
            "190100000000000000"
            "20ffffffffffffffffff01"
            "320b088092b8c398feffffff01"
            "3a0163");
}

// cometbft v0.38.25, types/vote_test.go, TestVoteProposalNotEq.
TEST(ProposalSignBytes, AreNeverThoseOfAVote) {
  Proposal proposal;
  proposal.height = 1;
  proposal.round = 1;
  for (const Round pol_round : {-1, 0}) {
    proposal.pol_round = pol_round;
    for (const int type : {0, 1, 2}) {
      Vote vote = Bare(type, 1, 1);
      vote.time = proposal.time;
      EXPECT_NE(VoteSignBytes("c", vote), ProposalSignBytes("c", proposal));
    }
  }
}

TEST(VerifyVote, HoldsForTheSignedVoteAlone) {
  const TestNet net(1, {1, 1, 1});
  const TestNet strangers(50, {1});
  const Vote vote = net.Sign(0, Precommit(5, 2, IdOf("b")));
  EXPECT_TRUE(VerifyVote(kChain, vote, net.set));
  EXPECT_FALSE(VerifyVote("other-chain", vote, net.set));
  EXPECT_FALSE(VerifyVote(kChain, vote, strangers.set));

  const auto expect_refused = [&](auto change) {
    Vote changed = vote;
    change(changed);
    EXPECT_FALSE(VerifyVote(kChain, changed, net.set));
  };
  expect_refused([](Vote& v) { v.type = VoteType::kPrevote; });
  expect_refused([](Vote& v) { v.height = 6; });
  expect_refused([](Vote& v) { v.round = 3; });
  expect_refused([](Vote& v) { v.id = std::nullopt; });
  expect_refused([](Vote& v) { v.id->parts = 2; });
  expect_refused([](Vote& v) { v.id->parts_hash = v.id->hash; });
  expect_refused([](Vote& v) { v.time.nanos += 1; });
  expect_refused([&](Vote& v) { v.from = net.addresses[1]; });
  expect_refused([](Vote& v) { v.signature.bytes[0] ^= 1; });
}

TEST(VerifyProposal, HoldsForTheSignedProposalAlone) {
  const TestNet net(1, {1, 1, 1});
  const Proposal proposal = net.Sign(1, Proposal{.height = 5,
                                                 .round = 2,
                                                 .pol_round = 1,
                                                 .id = IdOf("b"),
                                                 .time = Time::FromMs(1),
                                                 .from = {},
                                                 .signature = {},
                                                 .polka = std::nullopt});
  EXPECT_TRUE(VerifyProposal(kChain, proposal, net.set));
  const auto expect_refused = [&](auto change) {
    Proposal changed = proposal;
    change(changed);
    EXPECT_FALSE(VerifyProposal(kChain, changed, net.set));
  };
  expect_refused([](Proposal& p) { p.height = 4; });
  expect_refused([](Proposal& p) { p.round = 0; });
  expect_refused([](Proposal& p) { p.pol_round = 0; });
  expect_refused([](Proposal& p) { p.id.hash.bytes[31] ^= 1; });
  expect_refused([](Proposal& p) { p.time.seconds += 1; });
  expect_refused([&](Proposal& p) { p.from = net.addresses[0]; });
  // The polka travels beside the signature, not under it.
  Proposal with_polka = proposal;
  with_polka.polka = Certificate{};
  EXPECT_TRUE(VerifyProposal(kChain, with_polka, net.set));
}

}  // namespace
}  // namespace jiandu::consensus
