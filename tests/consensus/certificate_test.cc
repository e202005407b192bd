// Certificates of every kind: what is enough, and what does not belong.
#include "consensus/commit.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::IdOf;
using testing::kChain;
using testing::Precommit;
using testing::TestNet;
using Kind = Certificate::Kind;

Vote Prevote(Height height, Round round, const std::optional<BlockId>& id) {
  Vote vote = Precommit(height, round, id);
  vote.type = VoteType::kPrevote;
  return vote;
}

bool Holds(const Certificate& certificate, const TestNet& net) {
  return VerifyCertificate(kChain, certificate, net.set).has_value();
}

TEST(Certificate, PolkaAndCommitNeedAQuorumOfTheirOwnType) {
  const TestNet net(1, {1, 1, 1, 1});
  for (const Kind kind : {Kind::kPolka, Kind::kCommit}) {
    EXPECT_TRUE(Holds(net.Certify(kind, 5, 1, IdOf("b"), {0, 1, 2}), net));
    EXPECT_TRUE(Holds(net.Certify(kind, 5, 1, IdOf("b"), {3, 2, 1, 0}), net));
    EXPECT_FALSE(Holds(net.Certify(kind, 5, 1, IdOf("b"), {0, 1}), net));
    EXPECT_FALSE(Holds(net.Certify(kind, 5, 1, IdOf("b"), {0, 1, 1}), net));
    EXPECT_FALSE(Holds(net.Certify(kind, 5, 1, IdOf("b"), {0, 1, 2, 2}), net));
  }
  Certificate wrong_type = net.Certify(Kind::kPolka, 5, 1, IdOf("b"), {0, 1, 2});
  wrong_type.kind = Kind::kCommit;
  EXPECT_FALSE(Holds(wrong_type, net));
}

TEST(Certificate, NilVotesStandInACommitWithoutCounting) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate commit = net.Certify(Kind::kCommit, 5, 1, IdOf("b"), {0, 1, 2});
  commit.votes.push_back(net.Sign(3, Precommit(5, 1, std::nullopt)));
  EXPECT_TRUE(Holds(commit, net));
  commit.votes.erase(commit.votes.begin());
  EXPECT_FALSE(Holds(commit, net));
  Certificate polka = net.Certify(Kind::kPolka, 5, 1, IdOf("b"), {0, 1, 2});
  polka.votes.push_back(net.Sign(3, Prevote(5, 1, std::nullopt)));
  EXPECT_FALSE(Holds(polka, net));
}

TEST(Certificate, SkipNeedsMoreThanAThirdOfAnyVotesOfTheRound) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate skip{.kind = Kind::kSkip,
                   .height = 5,
                   .round = 3,
                   .id = std::nullopt,
                   .votes = {net.Sign(0, Prevote(5, 3, IdOf("b")))}};
  EXPECT_FALSE(Holds(skip, net));
  skip.votes.push_back(net.Sign(1, Precommit(5, 3, std::nullopt)));
  EXPECT_TRUE(Holds(skip, net));
  skip.votes.back() = net.Sign(0, Precommit(5, 3, std::nullopt));
  EXPECT_FALSE(Holds(skip, net)) << "one sender counts once";
  skip.votes.back() = net.Sign(1, Precommit(5, 2, std::nullopt));
  EXPECT_FALSE(Holds(skip, net));
  skip.id = IdOf("b");
  EXPECT_FALSE(Holds(skip, net));
}

TEST(Certificate, PrecommitAnyTakesPrecommitsForAnything) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate any{
      .kind = Kind::kPrecommitAny,
      .height = 5,
      .round = 3,
      .id = std::nullopt,
      .votes = {net.Sign(0, Precommit(5, 3, IdOf("b"))), net.Sign(1, Precommit(5, 3, IdOf("c"))),
                net.Sign(2, Precommit(5, 3, std::nullopt))}};
  EXPECT_TRUE(Holds(any, net));
  any.votes[1] = net.Sign(1, Prevote(5, 3, IdOf("c")));
  EXPECT_FALSE(Holds(any, net));
  any.votes.erase(any.votes.begin() + 1);
  EXPECT_FALSE(Holds(any, net));
}

TEST(Certificate, OneBadSignatureOrStrangerSpoilsIt) {
  const TestNet net(1, {1, 1, 1, 1});
  const TestNet strangers(50, {1});
  Certificate polka = net.Certify(Kind::kPolka, 5, 1, IdOf("b"), {0, 1, 2, 3});
  ASSERT_TRUE(Holds(polka, net));
  polka.votes[3].signature.bytes[63] ^= 1;
  EXPECT_FALSE(Holds(polka, net));
  polka.votes[3] = strangers.Sign(0, Prevote(5, 1, IdOf("b")));
  EXPECT_FALSE(Holds(polka, net));
  polka.votes.pop_back();
  EXPECT_TRUE(Holds(polka, net));
}

}  // namespace
}  // namespace jiandu::consensus
