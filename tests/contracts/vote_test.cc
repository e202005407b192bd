// Votes: who may, how many are needed, when they count and when a proposal dies.
#include "contracts/ruleset.h"
#include "ledger/model/work_calendar.h"
#include "tests/support/vote_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Ruleset(ledger::Height effective) {
  return Json::MakeObject({{"ruleset", 2},
                           {"effective", static_cast<std::int64_t>(effective)},
                           {"source_digest", Hash('1')}});
}

// Of six departments with the role DEPARTMENT four must say yes; the proposer is one of them.
class Votes : public ::testing::Test {
 protected:
  void SetUp() override {
    const Outcome outcome = ballot.Propose(net, "ruleset.activate", Ruleset(1000));
    ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    stub = outcome.stub;
  }
  [[nodiscard]] bool IsActivated() const {
    return net.View().Get(ledger::ConfigKey("ruleset-next")).has_value();
  }

  TestNet net;
  Ballot ballot;
  ledger::Stub stub;
};

TEST_F(Votes, AProposalHasNoEffectUntilTheQuorumIsReached) {
  EXPECT_EQ(net.Status(ballot.proposal), "OPEN");
  EXPECT_EQ(stub.touched.size(), 2U);
  ASSERT_TRUE(ballot.Vote(net, kGa, "ga-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(net, kJt, "jt-h1").Accepted());
  EXPECT_FALSE(IsActivated());
  ASSERT_TRUE(ballot.Vote(net, kSt, "st-h1", false).Accepted());
  EXPECT_FALSE(IsActivated());
  const Outcome last = ballot.Vote(net, kSw, "sw-h1");
  ASSERT_TRUE(last.Accepted()) << CodeName(last.code);
  EXPECT_TRUE(IsActivated());
  EXPECT_EQ(net.Status(ballot.proposal), "TAKEN");
  EXPECT_EQ(ballot.Vote(net, kSdb, "sdb-h1").code, Code::kBadState);
}

TEST_F(Votes, OneVoteADepartmentAndTheProposersIsItsSignature) {
  EXPECT_EQ(ballot.Vote(net, kDb, "db-h1").code, Code::kDuplicate);
  ASSERT_TRUE(ballot.Vote(net, kGa, "ga-h1").Accepted());
  EXPECT_EQ(ballot.Vote(net, kGa, "ga-b1").code, Code::kDuplicate);
  ASSERT_TRUE(ballot.Vote(net, kJt, "jt-h1", false).Accepted());
  EXPECT_EQ(ballot.Vote(net, kJt, "jt-h1").code, Code::kDuplicate);
}

TEST_F(Votes, OnlyEntitledHeadsVoteOnWhatTheyHaveSeen) {
  EXPECT_EQ(ballot.Vote(net, kZf, "zf-h1").code, Code::kRoleDenied);
  EXPECT_EQ(ballot.Vote(net, kSj, "sj-h1").code, Code::kRoleDenied);
  EXPECT_EQ(ballot.Vote(net, kGa, "ga-c1").code, Code::kRoleDenied);
  Json body = Ref("proposal", ballot.proposal);
  body.Set("digest", ballot.digest).Set("yes", true);
  EXPECT_EQ(net.Do("vote", kGa, {Maker("ga-c1")}, body).code, Code::kHeadSignatureRequired);
  Json other = body;
  other.Set("digest", Hash('0'));
  EXPECT_EQ(net.Do("vote", kGa, {Head("ga-h1")}, other).code, Code::kFieldInvalid);
  Json silent = body;
  silent.Remove("yes");
  EXPECT_EQ(net.Do("vote", kGa, {Head("ga-h1")}, silent).code, Code::kFieldRequired);
  Json unknown = body;
  unknown.Set("proposal", ledger::ToHex(ledger::BornId(ledger::EntityKind::kProposal, {}, 3)));
  EXPECT_EQ(net.Do("vote", kGa, {Head("ga-h1")}, unknown).code, Code::kUnknownRef);
}

TEST_F(Votes, IsRejectedWhenTheQuorumCannotBeReachedAnyMore) {
  ASSERT_TRUE(ballot.Vote(net, kGa, "ga-h1", false).Accepted());
  ASSERT_TRUE(ballot.Vote(net, kJt, "jt-h1", false).Accepted());
  EXPECT_EQ(net.Status(ballot.proposal), "OPEN");
  ASSERT_TRUE(ballot.Vote(net, kSw, "sw-h1", false).Accepted());
  EXPECT_EQ(net.Status(ballot.proposal), "REJECTED");
  EXPECT_EQ(ballot.Vote(net, kSt, "st-h1").code, Code::kBadState);
}

TEST_F(Votes, LapsesAfterTwentyWorkingDays) {
  // From Monday 2026-03-02; Monday 2026-03-30 is the twentieth working day.
  net.AdvanceTo(20260330, 23);
  TestNet late = net;
  EXPECT_TRUE(ballot.Vote(net, kGa, "ga-h1").Accepted());
  late.AdvanceTo(20260331, 0);
  EXPECT_EQ(ballot.Vote(late, kGa, "ga-h1").code, Code::kBadState);
}

TEST_F(Votes, IsVoidWhenTheProposersKeyWasLost) {
  const Json lost =
      Json::MakeObject({{"identity", ledger::ToHex(net.Identity("db-h1"))}, {"reason", "LOST"}});
  ASSERT_TRUE(net.Do("identity.revoke", kDb, {Head("db-h1")}, lost).Accepted());
  EXPECT_EQ(ballot.Vote(net, kGa, "ga-h1").code, Code::kPendingVoid);
}

TEST(VotesAtOnce, FourSignaturesThatAreAQuorumNeedNoVote) {
  TestNet net;
  const Outcome short_of =
      net.Do("ruleset.activate", kDb, {Head("db-h1"), Peer("ga-h1"), Peer("jt-h1")}, Ruleset(50));
  EXPECT_EQ(short_of.code, Code::kQuorumNotMet);
  EXPECT_EQ(net.Do("ruleset.activate", kDb, {Head("db-h1"), Peer("zf-h1")}, Ruleset(50)).code,
            Code::kRoleDenied);
  EXPECT_EQ(net.Do("ruleset.activate", kGa, {Head("ga-h1")}, Ruleset(50)).code, Code::kRoleDenied);
  const Outcome done =
      net.Do("ruleset.activate", kDb, {Head("db-h1"), Peer("ga-h1"), Peer("jt-h1"), Peer("sw-h1")},
             Ruleset(50));
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_TRUE(done.Born(ledger::EntityKind::kProposal).IsZero());
  const auto next = net.View().Get(ledger::ConfigKey("ruleset-next"));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(AsText(*next), R"({"from":50,"ruleset":2,"source_digest":")" + Hash('1') + R"("})");
}

TEST(VotesAtOnce, AMakerPreparesTheHeadSignsAndTheVoteBegins) {
  TestNet net;
  const Outcome waiting =
      net.Do("ruleset.activate", kDb, {Maker("db-c1")}, WithAwait(Ruleset(50), kDb, "HEAD"));
  ASSERT_TRUE(waiting.Accepted()) << CodeName(waiting.code);
  const EntityId pending = waiting.Born(ledger::EntityKind::kPending);
  Ballot ballot;
  ballot.digest = HexEncode(net.Last()->digest.View());
  Json cosign = Ref("pending", pending);
  cosign.Set("digest", ballot.digest);
  const Outcome opened = net.Do("cosign", kDb, {Head("db-h1")}, cosign);
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  EXPECT_EQ(net.Status(pending), "TAKEN");
  ballot.proposal = opened.Born(ledger::EntityKind::kProposal);
  EXPECT_EQ(net.Status(ballot.proposal), "OPEN");
  EXPECT_TRUE(ballot.Vote(net, kGa, "ga-h1").Accepted());
}

TEST(VotesAtOnce, AllRulesAreAskedAgainAtTheQuorum) {
  TestNet net;
  Ballot ballot;
  ASSERT_TRUE(ballot.Propose(net, "ruleset.activate", Ruleset(net.Height() + 4)).Accepted());
  ASSERT_TRUE(ballot.Vote(net, kGa, "ga-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(net, kJt, "jt-h1").Accepted());
  EXPECT_EQ(ballot.Vote(net, kSw, "sw-h1").code, Code::kEffectiveInPast);
  EXPECT_EQ(net.Status(ballot.proposal), "OPEN");
}

// What was voted is in force from its height on, and stays known when another one is planned.
TEST(VotesAtOnce, TheRulesetOfItsHeightIsInForce) {
  TestNet net;
  const auto activate = [&net](int ruleset, ledger::Height effective) {
    Json body = Ruleset(effective);
    body.Set("ruleset", ruleset);
    return net
        .Do("ruleset.activate", kDb, {Head("db-h1"), Peer("ga-h1"), Peer("jt-h1"), Peer("sw-h1")},
            body)
        .code;
  };
  const ledger::Height from = net.Height() + 3;
  ASSERT_EQ(activate(2, from), Code::kAccepted);
  EXPECT_EQ(RulesetAt(net.View(), from - 1), 1U);
  EXPECT_EQ(RulesetAt(net.View(), from), 2U);
  while (net.Height() + 1 < from) (void)net.Block({});
  EXPECT_EQ(activate(2, 500), Code::kBadState);
  ASSERT_EQ(activate(3, 500), Code::kAccepted);
  EXPECT_EQ(RulesetAt(net.View(), net.Height() + 1), 2U);
  EXPECT_EQ(RulesetAt(net.View(), 500), 3U);
  EXPECT_TRUE(KnowsRuleset(1));
  EXPECT_FALSE(KnowsRuleset(2));
}

TEST(VotesAtOnce, ARulesetBehindTheOneInForceIsNone) {
  TestNet net;
  Json body = Ruleset(50);
  body.Set("ruleset", 1);
  EXPECT_EQ(net.Do("ruleset.activate", kDb, {Head("db-h1")}, body).code, Code::kFieldInvalid);
}

// DP4: the keys of the manager are lost.
TEST(VotesForTheManager, TwoThirdsOfTheHeadsRegisterNewKeys) {
  TestNet net;
  net.AddPerson("db-h9", kDb);
  const auto proof = PrivateKey("db-h9").SignDigest(ledger::KeyProofDigest(kChain, kDb, "db-h9"));
  Json body = Json::MakeObject({{"name", "db-h9"},
                                {"kind", "OFFICER"},
                                {"duties", Texts({"HEAD"})},
                                {"key", HexEncode(net.Who("db-h9").key.View())},
                                {"key_proof", HexEncode(proof.View())},
                                {"department", kDb}});
  const std::vector<Signing> proposer = {Maker("ga-s1"), Head("ga-h1")};
  EXPECT_EQ(net.Do("identity.register", kGa, proposer, body).code, Code::kQuorumNotMet);
  const Outcome opened = net.Do("identity.register", kGa, proposer, WithAwait(body, kJt));
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  Ballot ballot;
  ballot.Read(net, opened);
  ASSERT_TRUE(ballot.Vote(net, kJt, "jt-h1").Accepted());
  ASSERT_TRUE(ballot.Vote(net, kSw, "sw-h1").Accepted());
  const Outcome last = ballot.Vote(net, kSt, "st-h1");
  ASSERT_TRUE(last.Accepted()) << CodeName(last.code);
  const EntityId identity = last.Born(ledger::EntityKind::kIdentity);
  EXPECT_EQ(net.Body(identity).department, kDb);
  // People of a department that is no manager are registered by itself only.
  net.AddPerson("sw-h9", kSw);
  const auto swap = PrivateKey("sw-h9").SignDigest(ledger::KeyProofDigest(kChain, kSw, "sw-h9"));
  Json other = body;
  other.Set("department", kSw).Set("name", "sw-h9");
  other.Set("key", HexEncode(net.Who("sw-h9").key.View()));
  other.Set("key_proof", HexEncode(swap.View()));
  EXPECT_EQ(net.Do("identity.register", kGa, proposer, other).code, Code::kRoleDenied);
}

}  // namespace
}  // namespace jiandu::contracts::testing
