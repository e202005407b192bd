// Checkpoints and the policy that judges them: a log others signed, and forgeries.
#include "ledger/model/log_policy.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "tests/ledger/model/genesis_support.h"
#include "tests/support/vectors.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kChain = "test-1";

crypto::Ed25519PrivateKey PrivateKey(std::string_view name) {
  return crypto::Ed25519PrivateKey::From(
      crypto::Sha256({AsBytes("test node key "), AsBytes(name)}));
}
std::vector<GenesisValidator> Seats(const std::vector<std::uint64_t>& powers) {
  std::vector<GenesisValidator> seats;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    const std::string name = "v" + std::to_string(i);
    seats.push_back({.department = name,
                     .consensus_key = TestNodeKey(name + " c"),
                     .node_key = TestNodeKey(name + " n"),
                     .cosign_key = TestNodeKey(name + " s"),
                     .power = powers[i]});
  }
  return seats;
}

// A checkpoint of the test's log, signed by the log and by those validators.
class Signed : public ::testing::Test {
 protected:
  Signed()
      : seats_(Seats({1, 1, 1, 1})), policy_(LogPolicy::Of(kChain, TestNodeKey("log"), seats_)) {
    head_ = {.origin = LogOrigin(kChain), .size = 300, .root = crypto::Sha256(AsBytes("root"))};
  }
  [[nodiscard]] crypto::Note Note(const std::vector<std::size_t>& cosigners) const {
    crypto::Note note{.text = head_.ToText(), .signatures = {}};
    note.signatures.push_back(crypto::SignNote(PrivateKey("log"), policy_.logs.at(0), note.text));
    for (const std::size_t i : cosigners) note.signatures.push_back(Cosigned(i, note.text));
    return note;
  }
  [[nodiscard]] crypto::NoteSignature Cosigned(std::size_t i, const std::string& text) const {
    return crypto::SignNote(PrivateKey("v" + std::to_string(i) + " s"), policy_.witnesses.at(i).key,
                            text, 1000 + i);
  }
  void ExpectRefused(const crypto::Note& note, Errc code) const {
    const auto passed = policy_.Check(note);
    ASSERT_FALSE(passed.has_value());
    EXPECT_EQ(passed.error().code, code) << passed.error().detail;
  }

  std::vector<GenesisValidator> seats_;
  LogPolicy policy_;
  Checkpoint head_;
};

TEST_F(Signed, ALogAndAQuorumPass) {
  const auto passed = policy_.Check(Note({0, 2, 3}));
  ASSERT_TRUE(passed.has_value()) << passed.error().detail;
  EXPECT_EQ(passed->checkpoint, head_);
  EXPECT_EQ(passed->witnesses, (std::vector<std::string>{"V1", "V3", "V4"}));
  EXPECT_EQ(passed->oldest_s, 1000U);
  // What travels as text says the same.
  const auto read = crypto::Note::Parse(Note({0, 2, 3}).ToText());
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(policy_.Check(*read).has_value());
}

TEST_F(Signed, LessThanAQuorumDoesNotPassNorOneTwice) {
  ExpectRefused(Note({}), Errc::kUnauthenticated);
  ExpectRefused(Note({0, 1}), Errc::kUnauthenticated);
  ExpectRefused(Note({0, 1, 1, 1}), Errc::kUnauthenticated);
  // Two signatures of one validator at two times are one voice.
  crypto::Note note = Note({0, 1});
  note.signatures.push_back(
      crypto::SignNote(PrivateKey("v1 s"), policy_.witnesses[1].key, note.text, 5));
  ExpectRefused(note, Errc::kUnauthenticated);
}

TEST_F(Signed, WithoutTheLogNothingPasses) {
  crypto::Note note = Note({0, 1, 2, 3});
  note.signatures.erase(note.signatures.begin());
  ExpectRefused(note, Errc::kUnauthenticated);
}

TEST_F(Signed, ForgedSignaturesOfKnownKeysAreAnError) {
  for (std::size_t line = 0; line < 4; ++line) {
    crypto::Note note = Note({0, 1, 2});
    note.signatures[line].signature.back() ^= 1U;
    ExpectRefused(note, Errc::kConflict);
  }
  // A cosignature of another checkpoint does not move.
  crypto::Note note = Note({0, 1});
  Checkpoint other = head_;
  other.size = 301;
  note.signatures.push_back(Cosigned(2, other.ToText()));
  ExpectRefused(note, Errc::kConflict);
}

TEST_F(Signed, KeysThatAreNotOfThePolicyCountForNothing) {
  crypto::Note note = Note({0, 1});
  const crypto::NoteKey stranger{.name = CosignerName(kChain, "v2"),
                                 .type = crypto::NoteKeyType::kCosigner,
                                 .key = TestNodeKey("stranger")};
  note.signatures.push_back(crypto::SignNote(PrivateKey("stranger"), stranger, note.text, 7));
  ExpectRefused(note, Errc::kUnauthenticated);
  // Under the id of the key it pretends to be, it does not hold.
  note.signatures.back().id = policy_.witnesses[2].key.Id();
  ExpectRefused(note, Errc::kConflict);
  // The consensus key is none of the log's.
  const crypto::NoteKey consensus{.name = CosignerName(kChain, "v2"),
                                  .type = crypto::NoteKeyType::kCosigner,
                                  .key = seats_[2].consensus_key};
  note.signatures.back() = crypto::SignNote(PrivateKey("v2 c"), consensus, note.text, 7);
  ExpectRefused(note, Errc::kUnauthenticated);
}

TEST_F(Signed, TheOriginIsTheLogsName) {
  head_.origin = LogOrigin("test-2");
  ExpectRefused(Note({0, 1, 2, 3}), Errc::kUnauthenticated);
  head_.origin = "";
  EXPECT_FALSE(policy_.Check(Note({0, 1, 2, 3})).has_value());
}

TEST_F(Signed, PolicyFilesComeBack) {
  const auto read = LogPolicy::FromText(policy_.ToText());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(*read, policy_);
  EXPECT_TRUE(policy_.ToText().ends_with("group validators 3 V1 V2 V3 V4\nquorum validators\n"));
  const auto spaced = LogPolicy::FromText("# ours\n\n\t" + policy_.ToText() + "   # end");
  ASSERT_TRUE(spaced.has_value()) << spaced.error().detail;
  EXPECT_EQ(*spaced, policy_);
}

TEST_F(Signed, GroupsOfGroupsAreCounted) {
  const auto& w = policy_.witnesses;
  const std::string text = "log " + policy_.logs[0].ToText() + "\nwitness A " + w[0].key.ToText() +
                           "\nwitness B " + w[1].key.ToText() + " https://b.example/\nwitness C " +
                           w[2].key.ToText() + "\ngroup AB all A B\ngroup any2 any AB C\n";
  const auto wants = [&](const std::string& quorum, const std::vector<std::size_t>& by) {
    const auto policy = LogPolicy::FromText(text + "quorum " + quorum + "\n");
    EXPECT_TRUE(policy.has_value());
    return policy && policy->Check(Note(by)).has_value();
  };
  EXPECT_TRUE(wants("none", {}));
  EXPECT_TRUE(wants("A", {0}));
  EXPECT_FALSE(wants("A", {1}));
  EXPECT_TRUE(wants("AB", {0, 1}));
  EXPECT_FALSE(wants("AB", {0, 2}));
  EXPECT_TRUE(wants("any2", {2}));
  EXPECT_FALSE(wants("any2", {0}));
}

TEST_F(Signed, PolicyFilesThatSayNothingClearAreRefused) {
  const std::string log = "log " + policy_.logs[0].ToText() + "\n";
  const std::string one = "witness A " + policy_.witnesses[0].key.ToText() + "\n";
  const std::string two = "witness B " + policy_.witnesses[1].key.ToText() + "\n";
  for (const std::string& bad :
       {log, log + "quorum A\n", log + one + "quorum A\nquorum A\n", log + one + one + "quorum A\n",
        log + log + "quorum none\n", log + one + "group none any A\nquorum A\n",
        log + one + "group A any A\nquorum A\n", log + one + two + "group g 0 A B\nquorum g\n",
        log + one + two + "group g 3 A B\nquorum g\n",
        log + one + "group g 1 A B\n" + two + "quorum g\n",
        log + one + two + "group g 1 A A\nquorum g\n",
        log + one + two + "group g 1 A\ngroup h 1 A\nquorum h\n", log + "wtiness\nquorum none\n",
        "log " + policy_.witnesses[0].key.ToText() + "\nquorum none\n",
        "witness A " + policy_.logs[0].ToText() + "\nquorum A\n", log + "quorum none\r\n"}) {
    EXPECT_FALSE(LogPolicy::FromText(bad).has_value()) << bad;
  }
}

// Any so many hold more than two thirds; one fewer may not.
TEST(QuorumCount, IsEnoughWhoeverTheyAre) {
  EXPECT_EQ(QuorumCount(Seats({1})), 1U);
  EXPECT_EQ(QuorumCount(Seats({1, 1})), 2U);
  EXPECT_EQ(QuorumCount(Seats({1, 1, 1})), 3U);
  EXPECT_EQ(QuorumCount(Seats({1, 1, 1, 1})), 3U);
  EXPECT_EQ(QuorumCount(Seats(std::vector<std::uint64_t>(22, 1))), 15U);
  EXPECT_EQ(QuorumCount(Seats({1, 1, 1, 3})), 4U);
  EXPECT_EQ(QuorumCount(Seats({10, 1, 1})), 3U);
  EXPECT_EQ(QuorumCount(Seats({std::uint64_t{1} << 58U, std::uint64_t{1} << 58U,
                               std::uint64_t{1} << 58U, std::uint64_t{1} << 58U})),
            3U);
  EXPECT_EQ(QuorumCount({}), 0U);
}

TEST(CheckpointText, IsThreeLinesAndNothingElse) {
  const Checkpoint head{.origin = "o", .size = 7, .root = {}};
  const std::string good = head.ToText();
  EXPECT_EQ(*Checkpoint::FromText(good), head);
  const std::string root = good.substr(4);
  const std::vector<std::string> wrong{std::string(),
                                       std::string("o\n7\n"),
                                       good.substr(0, good.size() - 1),
                                       good + "extension\n",
                                       "\n7\n" + root,
                                       "o\n07\n" + root,
                                       "o\n+7\n" + root,
                                       "o\n\n" + root,
                                       "o\n-7\n" + root,
                                       "o\n18446744073709551616\n" + root,
                                       "o\n7\nAAAA\n",
                                       "o\n7\n" + root.substr(1)};
  for (const std::string& bad : wrong) {
    EXPECT_FALSE(Checkpoint::FromText(bad).has_value()) << bad;
  }
}

TEST(LogProof, LeadsFromALeafToTheCheckpoint) {
  std::vector<Hash256> leaves;
  for (int i = 0; i < 300; ++i) leaves.push_back(crypto::Sha256(AsBytes(std::to_string(i))));
  const Checkpoint head{.origin = "o", .size = leaves.size(), .root = crypto::MerkleRoot(leaves)};
  LogProof proof{.index = 73,
                 .hashes = crypto::MerkleInclusionProof(leaves, 73),
                 .checkpoint = head.ToText() + "\n— o AAAAAAAA\n"};
  const auto read = LogProof::FromText(proof.ToText());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(*read, proof);
  EXPECT_TRUE(read->Check(leaves[73], head).has_value());
  EXPECT_FALSE(read->Check(leaves[74], head).has_value());
  const std::string text = proof.ToText();
  const std::string extra = "c2sp.org/tlog-proof@v1\nextra AAAA\n" + text.substr(23);
  EXPECT_EQ(*LogProof::FromText(extra), proof);
  for (const std::string& bad :
       {std::string(), text.substr(1), "c2sp.org/tlog-proof@v2" + text.substr(22),
        text.substr(0, 23) + "index 073" + text.substr(31), text.substr(0, text.find("\n\n") + 2),
        text.substr(0, 32) + "AAAA\n" + text.substr(32)}) {
    EXPECT_FALSE(LogProof::FromText(bad).has_value()) << bad;
  }
}

// tlog-witness.md: "old", the proof, an empty line, the checkpoint.
TEST(AddCheckpoint, AsksAWitnessInItsForm) {
  const Hash256 hash{};
  EXPECT_EQ(AddCheckpointBody(0, {}, "o\n1\nx\n\n— o A\n"), "old 0\n\no\n1\nx\n\n— o A\n");
  EXPECT_EQ(AddCheckpointBody(9, std::array{hash}, "n\n"),
            "old 9\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nn\n");
}

// transparency-dev/tessera, testdata/log: all sixteen checkpoints, by the key it publishes; the
// newest one is retyped, so that this fails without the vectors too.
constexpr std::string_view kTesseraKey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr std::string_view kTesseraNewest =
    "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
    "— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/"
    "uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n";

LogPolicy TesseraPolicy() {
  LogPolicy policy;
  policy.logs.push_back(*crypto::NoteKey::Parse(kTesseraKey));
  return policy;
}

TEST(Tessera, TheNewestCheckpointHolds) {
  const auto note = crypto::Note::Parse(kTesseraNewest);
  ASSERT_TRUE(note.has_value());
  const auto passed = TesseraPolicy().Check(*note);
  ASSERT_TRUE(passed.has_value()) << passed.error().detail;
  EXPECT_EQ(passed->checkpoint.size, 15U);
}

TEST(Tessera, AllCheckpointsHoldAndSayTheRootsOfTheEntries) {
  const auto folder = testing::VectorsFolder("tlog-tiles-sample");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no sample log here";
  const Json about = testing::ReadVectors(testing::ReadText(folder / "ABOUT.json"));
  ASSERT_EQ(about.TextOr("vkey"), kTesseraKey);
  crypto::MerkleFrontier log;
  const auto entries = about.ItemsOf("entries");
  for (std::size_t size = 0; size <= entries.size(); ++size) {
    if (size > 0) log.AppendLeafHash(crypto::MerkleLeafHash(AsBytes(entries[size - 1].AsString())));
    const std::string text = testing::ReadText(folder / ("checkpoint." + std::to_string(size)));
    const auto note = crypto::Note::Parse(text);
    ASSERT_TRUE(note.has_value()) << size << ": " << note.error().detail;
    EXPECT_EQ(note->ToText(), text);
    const auto passed = TesseraPolicy().Check(*note);
    ASSERT_TRUE(passed.has_value()) << size << ": " << passed.error().detail;
    EXPECT_EQ(passed->checkpoint.size, size);
    EXPECT_EQ(passed->checkpoint.root, log.Root()) << size;
  }
}

}  // namespace
}  // namespace jiandu::ledger
