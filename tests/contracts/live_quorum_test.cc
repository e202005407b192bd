// A change of validators leaves a quorum of those that are seen at work, or is voted twice
// (docs/adr/0022).
#include "contracts/live_quorum.h"

#include "tests/support/node_fixture.h"

namespace jiandu::contracts::testing {
namespace {

// Four validators; far enough from genesis that only who is seen is live.
class LiveQuorum : public ::testing::Test {
 protected:
  void Seen(const std::vector<std::string>& aliases) {
    net_.PassHeights(kSeenWindow + 2 * kSeenStep);
    net_.SeeAtWork(aliases);
    (void)net_.Block({});
  }
  Outcome Do(const std::string& op, const Json& body) { return net_.Do(op, kDb, kThree, body); }
  std::size_t Seats() {
    return ledger::DecodeValidators(*net_.View().Get(ledger::ValidatorsKey()))->size();
  }
  std::string LastTxid() { return HexEncode(net_.Last()->txid.View()); }

  TestNet net_;
};

TEST_F(LiveQuorum, AFifthIsNotAdmittedWhileOneOfFourIsDown) {
  Seen({"db", "ga", "jt"});
  EXPECT_EQ(Do("node.admit", Admission(kSj, "sj")).code, Code::kQuorumNotMet);
  EXPECT_EQ(Seats(), 4U);
  net_.SeeAtWork({"sw"});  // it is back
  ASSERT_TRUE(Do("node.admit", Admission(kSj, "sj")).Accepted());
  EXPECT_EQ(Seats(), 5U);
}

TEST_F(LiveQuorum, TheOneThatIsDownMayBeRemovedAndNoneOfTheOthers) {
  Seen({"db", "ga", "jt"});
  EXPECT_EQ(Do("node.remove", Removal("jt")).code, Code::kQuorumNotMet);
  ASSERT_TRUE(Do("node.remove", Removal("sw")).Accepted());
  EXPECT_EQ(Seats(), 3U);
}

TEST_F(LiveQuorum, ASecondVoteThatNamesTheRefusalForcesIt) {
  Seen({"db", "ga", "jt"});
  Json body = Admission(kSj, "sj");
  ASSERT_EQ(Do("node.admit", body).code, Code::kQuorumNotMet);
  const std::string refused = LastTxid();
  Json other = Removal("jt");
  other.Set("despite", refused);
  EXPECT_EQ(Do("node.remove", other).code, Code::kQuorumNotMet) << "another change";
  body.Set("despite", std::string(64, '0'));
  EXPECT_EQ(Do("node.admit", body).code, Code::kQuorumNotMet) << "nothing was refused there";
  body.Set("despite", refused);
  // Its votes are asked for anew.
  EXPECT_EQ(net_.Do("node.admit", kDb, {Head("db-h1"), Peer("ga-h1")}, body).code,
            Code::kQuorumNotMet);
  EXPECT_EQ(Seats(), 4U);
  ASSERT_TRUE(Do("node.admit", body).Accepted());
  EXPECT_EQ(Seats(), 5U);
}

TEST_F(LiveQuorum, ARefusalForWantOfVotesIsNoneToInsistOn) {
  Seen({"db", "ga", "jt"});
  Json body = Admission(kSj, "sj");
  ASSERT_EQ(net_.Do("node.admit", kDb, {Head("db-h1"), Peer("ga-h1")}, body).code,
            Code::kQuorumNotMet);
  body.Set("despite", LastTxid());
  EXPECT_EQ(Do("node.admit", body).code, Code::kQuorumNotMet);
}

TEST_F(LiveQuorum, ItIsAskedAtTheVoteThatDecides) {
  Seen({"db", "ga", "jt", "sw"});
  Ballot ballot;
  ASSERT_TRUE(ballot.Propose(net_, "node.admit", Admission(kSj, "sj")).Accepted());
  ASSERT_TRUE(ballot.Vote(net_, kGa, "ga-h1").Accepted());
  net_.PassHeights(kSeenWindow + 2 * kSeenStep);
  net_.SeeAtWork({"db", "ga", "jt"});
  EXPECT_EQ(ballot.Vote(net_, kJt, "jt-h1").code, Code::kQuorumNotMet);
  EXPECT_EQ(Seats(), 4U);
  const std::string refused = LastTxid();
  Json body = Admission(kSj, "sj");
  body.Set("despite", refused);
  Ballot second;
  ASSERT_TRUE(second.Propose(net_, "node.admit", body).Accepted());
  ASSERT_TRUE(second.Vote(net_, kGa, "ga-h1").Accepted());
  EXPECT_EQ(Seats(), 4U);
  ASSERT_TRUE(second.Vote(net_, kJt, "jt-h1").Accepted());
  EXPECT_EQ(Seats(), 5U);
}

TEST_F(LiveQuorum, WhoIsAdmittedCountsWhenItIsSeen) {
  Seen({"db", "ga", "jt", "sw"});
  ASSERT_TRUE(Do("node.admit", Admission(kSj, "sj")).Accepted());
  const std::vector<Signing> four = {Head("db-h1"), Peer("ga-h1"), Peer("jt-h1"), Peer("sw-h1")};
  // Another one more would make four live of six.
  const Json more = Admission(kSdb, "sdb");
  const Outcome refused = net_.Do("node.admit", kDb, four, more);
  EXPECT_EQ(refused.code, Code::kQuorumNotMet) << CodeName(refused.code);
  net_.SeeAtWork({"sj"});
  const Outcome done = net_.Do("node.admit", kDb, four, more);
  EXPECT_TRUE(done.Accepted()) << CodeName(done.code);
}

TEST_F(LiveQuorum, ARotatedKeyStaysAsLiveAsItWas) {
  Seen({"db", "ga", "jt", "sw"});
  const auto fresh = NodeKey("ga-node-consensus-2");
  const Json body = Json::MakeObject({{"which", "consensus"},
                                      {"old_key", Hex(NodeKey("ga-node-consensus").PublicKey())},
                                      {"key", Hex(fresh.PublicKey())},
                                      {"key_proof", Proof(fresh, kGa, "node-consensus")}});
  ASSERT_TRUE(net_.Do("node.rotate_key", kGa, {Maker("ga-s1"), Head("ga-h1")}, body).Accepted());
  ASSERT_TRUE(Do("node.remove", Removal("sw")).Accepted());
  EXPECT_EQ(Seats(), 3U);
}

TEST_F(LiveQuorum, SeatsOfOneDepartmentChangeInABlock) {
  net_.SeeAtWork({"db", "ga", "jt", "sw"});
  const BlockOutcome block = net_.Block({net_.Make("node.admit", kDb, kThree, Admission(kSj, "sj")),
                                         net_.Make("node.remove", kDb, kThree, Removal("sw"))});
  EXPECT_EQ(block.codes.at(0), 0U);
  EXPECT_EQ(block.codes.at(1), static_cast<std::uint32_t>(Code::kBadState));
  EXPECT_EQ(block.validator_updates.size(), 1U);
}

TEST_F(LiveQuorum, BeingSeenIsWrittenOnceInManyHeights) {
  Seen({"db", "ga", "jt", "sw"});
  const auto writes = [this] {
    const BlockOutcome block = net_.Block({});
    std::size_t seen = 0;
    for (const auto& [key, value] : block.writes.Writes()) {
      seen += AsText(key).starts_with("cfg/seen/") ? 1U : 0U;
    }
    return seen;
  };
  std::size_t all = 0;
  for (ledger::Height n = 0; n < 2 * kSeenStep; ++n) all += writes();
  EXPECT_EQ(all, 8U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
