// Nodes, their keys, and the log's key (4.1 DP10 to DP12).
#include "ledger/model/genesis.h"
#include "tests/support/node_fixture.h"

namespace jiandu::contracts::testing {
namespace {

std::vector<ledger::GenesisValidator> Set(const TestNet& net) {
  return *ledger::DecodeValidators(*net.View().Get(ledger::ValidatorsKey()));
}

TEST(Nodes, AreAdmittedByMoreThanTwoThirdsOfThoseWhoHaveOne) {
  TestNet net;
  const Json body = Admission(kSj, "sj");
  EXPECT_EQ(net.Do("node.admit", kDb, {Head("db-h1"), Peer("ga-h1")}, body).code,
            Code::kQuorumNotMet);
  EXPECT_EQ(net.Do("node.admit", kDb, {Head("db-h1"), Peer("st-h1")}, body).code,
            Code::kRoleDenied);
  EXPECT_EQ(net.Do("node.admit", kGa, {Head("ga-h1")}, body).code, Code::kRoleDenied);
  const BlockOutcome block = net.Block({net.Make("node.admit", kDb, kThree, body)});
  ASSERT_EQ(block.codes.at(0), 0U);
  ASSERT_EQ(block.validator_updates.size(), 1U);
  EXPECT_EQ(block.validator_updates[0].key, NodeKey("sj-node-consensus").PublicKey());
  EXPECT_EQ(block.validator_updates[0].power, 1U);
  EXPECT_EQ(Set(net).size(), 5U);
  EXPECT_EQ(Set(net).back().department, kSj);
  EXPECT_EQ(net.Do("node.admit", kDb, kThree, body).code, Code::kDuplicate);
}

TEST(Nodes, ComeWithKeysOfTheirOwn) {
  TestNet net;
  Json taken = Admission(kSj, "sj");
  taken.Set("node_key", Hex(NodeKey("db-node-node").PublicKey()));
  taken.Set("node_proof", Proof(NodeKey("db-node-node"), kSj, "node-node"));
  // Four of five signatures of a department's node are not enough without its key.
  EXPECT_EQ(net.Do("node.admit", kDb, kThree, taken).code, Code::kKeyInUse);
  Json unproven = Admission(kSj, "sj");
  unproven.Set("cosign_proof", Proof(NodeKey("sj-node-cosign"), kSj, "node-node"));
  EXPECT_EQ(net.Do("node.admit", kDb, kThree, unproven).code, Code::kFieldInvalid);
  Json unknown = Admission("119901000990010960", "cg");
  EXPECT_EQ(net.Do("node.admit", kDb, kThree, unknown).code, Code::kUnknownRef);
}

TEST(Nodes, AreVotedOutAndTheirKeysNeverComeBack) {
  TestNet net;
  Ballot ballot;
  ASSERT_TRUE(ballot.Propose(net, "node.remove", Removal("sw")).Accepted());
  ASSERT_TRUE(ballot.Vote(net, kJt, "jt-h1").Accepted());
  EXPECT_EQ(Set(net).size(), 4U);
  ASSERT_TRUE(ballot.Vote(net, kSw, "sw-h1").Accepted());
  EXPECT_EQ(Set(net).size(), 3U);
  EXPECT_EQ(net.Do("node.remove", kDb, kThree, Removal("sw")).code, Code::kUnknownRef);
  EXPECT_EQ(net.Do("node.admit", kDb, kThree, Admission(kSw, "sw")).code, Code::kKeyInUse);
}

TEST(Nodes, TheLastOneStays) {
  TestNet net;
  for (const std::string alias : {"sw", "jt", "ga"}) {
    std::vector<Signing> signers = {Head("db-h1")};
    for (const ledger::GenesisValidator& one : Set(net)) {
      if (one.department == kGa) signers.push_back(Peer("ga-h1"));
      if (one.department == kJt) signers.push_back(Peer("jt-h1"));
    }
    const Outcome removed = net.Do("node.remove", kDb, signers, Removal(alias));
    ASSERT_TRUE(removed.Accepted()) << alias << CodeName(removed.code);
  }
  EXPECT_EQ(net.Do("node.remove", kDb, {Head("db-h1")}, Removal("db")).code, Code::kBadState);
}

// What a block undoes again is no change for the core.
TEST(Nodes, ABlockTellsTheDifferenceItMakes) {
  TestNet net;
  const BlockOutcome block = net.Block(
      {net.Make("node.admit", kDb, kThree, Admission(kSj, "sj")),
       net.Make("node.remove", kDb, {Head("db-h1"), Peer("ga-h1"), Peer("jt-h1"), Peer("sw-h1")},
                Removal("sj")),
       net.Make("node.remove", kDb, kThree, Removal("sw"))});
  EXPECT_EQ(block.codes, (std::vector<std::uint32_t>{0, 0, 0}));
  ASSERT_EQ(block.validator_updates.size(), 1U);
  EXPECT_EQ(block.validator_updates[0].key, NodeKey("sw-node-consensus").PublicKey());
  EXPECT_EQ(block.validator_updates[0].power, 0U);
}

TEST(Nodes, RotateTheirKeysThemselves) {
  TestNet net;
  const auto fresh = NodeKey("ga-node-consensus-2");
  Json body = Json::MakeObject({{"which", "consensus"},
                                {"old_key", Hex(NodeKey("ga-node-consensus").PublicKey())},
                                {"key", Hex(fresh.PublicKey())},
                                {"key_proof", Proof(fresh, kGa, "node-consensus")}});
  const std::vector<Signing> own = {Maker("ga-s1"), Head("ga-h1")};
  EXPECT_EQ(net.Do("node.rotate_key", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kRoleDenied);
  EXPECT_EQ(net.Do("node.rotate_key", kJt, {Maker("jt-s1"), Head("jt-h1")}, body).code,
            Code::kFieldInvalid);
  const BlockOutcome block = net.Block({net.Make("node.rotate_key", kGa, own, body)});
  ASSERT_EQ(block.codes.at(0), 0U);
  EXPECT_EQ(block.validator_updates.size(), 2U);
  EXPECT_EQ(net.Do("node.rotate_key", kGa, own, body).code, Code::kUnknownRef);
  // Back to the old key is no way.
  Json back =
      Json::MakeObject({{"which", "consensus"},
                        {"old_key", Hex(fresh.PublicKey())},
                        {"key", Hex(NodeKey("ga-node-consensus").PublicKey())},
                        {"key_proof", Proof(NodeKey("ga-node-consensus"), kGa, "node-consensus")}});
  EXPECT_EQ(net.Do("node.rotate_key", kGa, own, back).code, Code::kKeyInUse);
  const auto tls = NodeKey("ga-node-node-2");
  Json node = Json::MakeObject({{"which", "node"},
                                {"old_key", Hex(NodeKey("ga-node-node").PublicKey())},
                                {"key", Hex(tls.PublicKey())},
                                {"key_proof", Proof(tls, kGa, "node-node")}});
  const BlockOutcome quiet = net.Block({net.Make("node.rotate_key", kGa, own, node)});
  EXPECT_EQ(quiet.codes.at(0), 0U);
  EXPECT_TRUE(quiet.validator_updates.empty());
}

TEST(LogKey, IsTheManagersToRotate) {
  TestNet net;
  const auto fresh = NodeKey("log-2");
  const Json body =
      Json::MakeObject({{"key", Hex(fresh.PublicKey())}, {"key_proof", Proof(fresh, kDb, "log")}});
  Json foreign = body;
  foreign.Set("key_proof", Proof(fresh, kGa, "log"));
  EXPECT_EQ(net.Do("log.rotate_key", kGa, {Head("ga-h1")}, foreign).code, Code::kRoleDenied);
  Json unproven = body;
  unproven.Set("key_proof", Proof(fresh, kDb, "node-node"));
  EXPECT_EQ(net.Do("log.rotate_key", kDb, {Head("db-h1")}, unproven).code, Code::kFieldInvalid);
  ASSERT_TRUE(net.Do("log.rotate_key", kDb, {Head("db-h1")}, body).Accepted());
  EXPECT_EQ(HexEncode(*net.View().Get(ledger::ConfigKey("log-key"))), Hex(fresh.PublicKey()));
  EXPECT_EQ(net.Do("log.rotate_key", kDb, {Head("db-h1")}, body).code, Code::kKeyInUse);
}

}  // namespace
}  // namespace jiandu::contracts::testing
