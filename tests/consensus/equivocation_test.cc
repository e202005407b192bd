// Equivocation proofs: what is one, what is none, and that each has one form.
#include "consensus/equivocation.h"

#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::ExpectStrict;
using testing::IdOf;
using testing::kChain;
using testing::Precommit;
using testing::TestNet;

Proposal MakeProposal(const TestNet& net, const BlockId& id, Round pol_round = -1) {
  return net.Sign(1, Proposal{.height = 5,
                              .round = 3,
                              .pol_round = pol_round,
                              .id = id,
                              .time = Time::FromMs(9),
                              .from = {},
                              .signature = {},
                              .polka = std::nullopt});
}

TEST(Equivocation, TwoVotesOfOnePlaceForDifferentIdsAreOne) {
  const TestNet net(1, {1, 1, 1, 1});
  for (const auto& other : {std::optional<BlockId>(IdOf("c")), std::optional<BlockId>()}) {
    const Vote a = net.Sign(0, Precommit(5, 1, IdOf("b")));
    const Vote b = net.Sign(0, Precommit(5, 1, other));
    const auto proof = EquivocationProof::From(a, b);
    ASSERT_TRUE(proof.has_value());
    EXPECT_TRUE(proof->Verify(kChain, net.set).has_value());
    EXPECT_EQ(proof->Offender(), net.addresses[0]);
    EXPECT_EQ(proof->AtHeight(), 5U);
    EXPECT_EQ(EquivocationProof::From(b, a)->Encode(), proof->Encode());
  }
}

TEST(Equivocation, TwoProposalsAreOneAndTravelWithoutPolka) {
  const TestNet net(1, {1, 1, 1, 1});
  Proposal a = MakeProposal(net, IdOf("b"), 2);
  a.polka = net.Certify(Certificate::Kind::kPolka, 5, 2, IdOf("b"), {0, 1, 2});
  const Proposal b = MakeProposal(net, IdOf("c"));
  const auto proof = EquivocationProof::From(a, b);
  ASSERT_TRUE(proof.has_value());
  EXPECT_TRUE(proof->Verify(kChain, net.set).has_value());
  EXPECT_EQ(proof->Offender(), net.addresses[1]);
  EXPECT_FALSE(std::get<Proposal>(proof->First()).polka.has_value());
  EXPECT_FALSE(std::get<Proposal>(proof->Second()).polka.has_value());
}

TEST(Equivocation, MessagesOfDifferentPlacesOrOneOpinionAreNone) {
  const TestNet net(1, {1, 1, 1, 1});
  const Vote a = net.Sign(0, Precommit(5, 1, IdOf("b")));
  Vote prevote = Precommit(5, 1, IdOf("c"));
  prevote.type = VoteType::kPrevote;
  Vote later = Precommit(5, 1, IdOf("b"));
  later.time = Time::FromMs(1);
  const auto is_one = [&](const SignedMessage& b) {
    return EquivocationProof::From(a, b).has_value();
  };
  EXPECT_TRUE(is_one(net.Sign(0, Precommit(5, 1, IdOf("c")))));
  EXPECT_FALSE(is_one(a));
  EXPECT_FALSE(is_one(net.Sign(0, later))) << "another timestamp is no other opinion";
  EXPECT_FALSE(is_one(net.Sign(0, Precommit(6, 1, IdOf("c")))));
  EXPECT_FALSE(is_one(net.Sign(0, Precommit(5, 2, IdOf("c")))));
  EXPECT_FALSE(is_one(net.Sign(1, Precommit(5, 1, IdOf("c")))));
  EXPECT_FALSE(is_one(net.Sign(0, prevote)));
  EXPECT_FALSE(is_one(MakeProposal(net, IdOf("c"))));
  EXPECT_FALSE(EquivocationProof::From(MakeProposal(net, IdOf("c")), a).has_value());
}

TEST(Equivocation, BothSignaturesMustHold) {
  const TestNet net(1, {1, 1, 1, 1});
  const TestNet others(2, {1, 1});
  const Vote a = net.Sign(0, Precommit(5, 1, IdOf("b")));
  const Vote b = net.Sign(0, Precommit(5, 1, IdOf("c")));
  const auto holds = [&](const Vote& first, const Vote& second) {
    return EquivocationProof::From(first, second)->Verify(kChain, net.set).has_value();
  };
  EXPECT_TRUE(holds(a, b));
  // Each of the two: their order is by id, not as they are handed in.
  for (const auto& [good, other] : {std::pair(a, b), std::pair(b, a)}) {
    Vote forged = other;
    forged.signature.bytes[9] ^= 1;
    EXPECT_FALSE(holds(good, forged));
    EXPECT_FALSE(holds(forged, good));
  }
  EXPECT_FALSE(EquivocationProof::From(a, b)->Verify("other", net.set).has_value());
  EXPECT_FALSE(EquivocationProof::From(a, b)->Verify(kChain, others.set).has_value());
  // A vote made for another chain with the same key proves nothing here.
  const Vote elsewhere = net.Sign(0, Precommit(5, 1, IdOf("c")), "elsewhere");
  EXPECT_FALSE(holds(a, elsewhere));
}

TEST(Equivocation, DecodesOnlyItsOwnBytes) {
  const TestNet net(1, {1, 1, 1, 1});
  const auto votes = EquivocationProof::From(net.Sign(0, Precommit(5, 1, IdOf("b"))),
                                             net.Sign(0, Precommit(5, 1, std::nullopt)));
  const auto proposals =
      EquivocationProof::From(MakeProposal(net, IdOf("b")), MakeProposal(net, IdOf("c")));
  for (const EquivocationProof& proof : {*votes, *proposals}) {
    ExpectStrict(
        proof.Encode(), [](const EquivocationProof& value) { return value.Encode(); },
        [](ByteView bytes) { return EquivocationProof::Decode(bytes); });
    const auto decoded = EquivocationProof::Decode(proof.Encode());
    EXPECT_TRUE(decoded->Verify(kChain, net.set).has_value());
  }
}

}  // namespace
}  // namespace jiandu::consensus
