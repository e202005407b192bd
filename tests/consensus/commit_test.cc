// Commits: bytes, hash, making one from votes, and what a verifier refuses.
#include "consensus/commit.h"

#include "base/limits.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::ExpectStrict;
using testing::Hex;
using testing::IdOf;
using testing::kChain;
using testing::Precommit;
using testing::TestNet;
using Flag = CommitSig::Flag;
using Kind = Certificate::Kind;

const std::vector<std::size_t> kThree = {0, 1, 2};

// tendermint-rs, light-client/tests/support/model_based/single_step/MC4_4_faulty_TestSuccess.json,
// third step, verdict SUCCESS: four members of power 50, the first absent.
TEST(VerifyCommit, AcceptsATendermintCommitWithOneAbsent) {
  const auto member = [](std::string_view key) {
    return Validator{.address = {}, .key = Hex<32>(key), .power = 50};
  };
  const auto set = ValidatorSet::From(
      {member("190102fc7078b030405611ed533cafe3272df591a7b9d68fdb4f504014937d24"),
       member("2e4e339b67093b8169cd7145f56515f4dcce2dfaf98d5fa9b3b121c140ca9593"),
       member("df07fad0289d41cb083bb4e4b17cc466c25e7cc50517bde4ea73f561e128f6da"),
       member("93077cb6b67cb79012c2051b0440270eae3d9d146bacabedda89e14b82527d03")});
  ASSERT_TRUE(set.has_value());
  const auto sig = [](std::string_view address, std::string_view signature) {
    return CommitSig{.flag = Flag::kCommit,
                     .address = Hex<20>(address),
                     .time = {.seconds = 5, .nanos = 0},
                     .signature = Hex<64>(signature)};
  };
  const Hash256 hash = Hex<32>("c47f4db2b5be1afc106d5ccd2d43563d84eb293c4e5506f1eac61df8b4fa6d3a");
  const BlockId id{.hash = hash, .parts = 1, .parts_hash = hash};
  Commit commit{
      .height = 4,
      .round = 1,
      .id = id,
      .signatures = {CommitSig{},
                     sig("6ae5c701f508eb5b63343858e068c5843f28105f",
                         "ee5666e04de65399c3f206c8b218f176d9b956f19b88d3b5bb8818ea4db9f086"
                         "452f8568f06f24fc89db53c3a931f45f28b9ea907b9621b5bddf817fb4f1f50a"),
                     sig("81d85be9567f7069a4760c663062e66660dadf34",
                         "3cbacfe8f5612471738e065d382c6b22b7f71c07246c8a88d36bf22ee74e54ee"
                         "1c10d4f060654d4990ece0fbdd6d38c9755a52cdba2599d9dcb6a57016564d03"),
                     sig("c479db6f37ab9757035cfbe10b687e27668ee7df",
                         "a46858ea8981df994bcdd8fd988fc49af4284fce5059137b695709d970974c4a"
                         "201d593230ede7ae788d1df5e4bcf1a4890af9b9b819aa70398a47fc16923201")}};
  EXPECT_TRUE(VerifyCommit("test-chain", commit, *set, 4, id).has_value());
  EXPECT_FALSE(VerifyCommit("test-chain", commit, *set, 5, id).has_value());
  EXPECT_FALSE(VerifyCommit("test-chains", commit, *set, 4, id).has_value());
  commit.signatures[1] = CommitSig{};  // two of four are no quorum
  EXPECT_FALSE(VerifyCommit("test-chain", commit, *set, 4, id).has_value());
}

// informalsystems/tendermint-rs, rpc/tests/gaia_fixtures: the last_commit of block 10 and the
// last_commit_hash of its header.
TEST(Commit, HashesAsOnARealChain) {
  const Commit commit{
      .height = 9,
      .round = 0,
      .id = IdOf("not in the hash"),
      .signatures = {{.flag = Flag::kCommit,
                      .address = Hex<20>("bb22ad764b674cc08753b24175e2fc61b22b1419"),
                      .time = {.seconds = 1639772867, .nanos = 875954829},
                      .signature = Hex<64>(
                          "775a94ad97748eb2511839c8dc8ebd2d74d31e1d8704b1d8f14e6be18170cbb6"
                          "67fa4768df45ecd1e01d866a6dee4506fd7652af5cf0c8b4e77915cf8a99fd0d")}}};
  EXPECT_EQ(commit.Hash(),
            Hex<32>("3a9bec015f1a923c17ef81007945f552ad4e35dda445afa91296564dcb748357"));
}

TEST(Commit, EmptyOneIsOnlyAZeroId) {
  EXPECT_EQ(HexEncode(Commit{}.Encode()), "1a021200");
  EXPECT_EQ(*Commit::Decode(Commit{}.Encode()), Commit{});
  EXPECT_EQ(Commit{}.Hash(),
            Hex<32>("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(Commit, DecodesOnlyItsOwnBytes) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate votes = net.Certify(Kind::kCommit, 5, 2, IdOf("b"), kThree);
  votes.votes.push_back(net.Sign(3, Precommit(5, 2, std::nullopt)));
  const std::vector<Commit> commits = {Commit{}, net.CommitTo(5, 0, IdOf("b"), kThree),
                                       net.CommitTo(5, 2, IdOf("b"), kThree),
                                       *MakeCommit(votes, net.set)};
  for (const Commit& commit : commits) {
    ExpectStrict(
        commit.Encode(), [](const Commit& value) { return value.Encode(); },
        [](ByteView bytes) { return Commit::Decode(bytes); });
    EXPECT_EQ(*Commit::Decode(commit.Encode()), commit);
  }
}

TEST(Commit, RefusesHalfACommit) {
  const TestNet net(1, {1, 1, 1});
  const auto expect_refused = [&](auto change) {
    Commit commit = net.CommitTo(5, 0, IdOf("b"), kThree);
    change(commit);
    EXPECT_FALSE(Commit::Decode(commit.Encode()).has_value());
  };
  expect_refused([](Commit& c) { c.height = 0; });
  expect_refused([](Commit& c) { c.signatures.clear(); });
  expect_refused([](Commit& c) { c.id = {}; });
  expect_refused([](Commit& c) { c.round = -1; });
  expect_refused([](Commit& c) { c.round = limits::kRoundMax + 1; });
  expect_refused([](Commit& c) { c.signatures.resize(limits::kValidatorsMax + 1); });
  expect_refused([](Commit& c) { c.signatures[0].flag = static_cast<Flag>(4); });
}

TEST(MakeCommit, PutsVotesInSetOrderWithAbsentOnesBetween) {
  const TestNet net(1, {1, 7, 1, 7});
  const Commit commit = net.CommitTo(5, 1, IdOf("b"), {3, 1});
  ASSERT_EQ(commit.signatures.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const bool signed_it = i < 2;  // the two of power 7 come first
    EXPECT_EQ(commit.signatures[i].flag, signed_it ? Flag::kCommit : Flag::kAbsent);
    EXPECT_EQ(commit.signatures[i].address, signed_it ? net.set.List()[i].address : Address{});
    if (!signed_it) {
      EXPECT_EQ(commit.signatures[i], CommitSig{});
    }
  }
  EXPECT_TRUE(VerifyCommit(kChain, commit, net.set, 5, IdOf("b")).has_value());
}

TEST(MakeCommit, KeepsNilVotesAndPrefersTheVoteForTheBlock) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate votes = net.Certify(Kind::kCommit, 5, 1, IdOf("b"), kThree);
  votes.votes.push_back(net.Sign(3, Precommit(5, 1, std::nullopt)));
  votes.votes.insert(votes.votes.begin(), net.Sign(0, Precommit(5, 1, std::nullopt)));
  const auto commit = MakeCommit(votes, net.set);
  ASSERT_TRUE(commit.has_value());
  EXPECT_EQ(commit->signatures[*net.set.IndexOf(net.addresses[0])].flag, Flag::kCommit);
  EXPECT_EQ(commit->signatures[*net.set.IndexOf(net.addresses[3])].flag, Flag::kNil);
  EXPECT_TRUE(VerifyCommit(kChain, *commit, net.set, 5, IdOf("b")).has_value());
  EXPECT_EQ(ToCertificate(*commit).votes.size(), 3U);
}

TEST(MakeCommit, LeavesOutVotesForAnotherBlock) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate votes = net.Certify(Kind::kCommit, 5, 1, IdOf("b"), kThree);
  votes.votes.push_back(net.Sign(3, Precommit(5, 1, IdOf("other"))));
  const auto commit = MakeCommit(votes, net.set);
  ASSERT_TRUE(commit.has_value());
  EXPECT_EQ(commit->signatures[*net.set.IndexOf(net.addresses[3])].flag, Flag::kAbsent);
}

TEST(MakeCommit, RefusesLessThanAQuorumAndStrayVotes) {
  const TestNet net(1, {1, 1, 1, 1});
  const TestNet strangers(50, {1});
  EXPECT_FALSE(
      MakeCommit(net.Certify(Kind::kCommit, 5, 1, IdOf("b"), {0, 1}), net.set).has_value());
  EXPECT_FALSE(MakeCommit(net.Certify(Kind::kPolka, 5, 1, IdOf("b"), kThree), net.set).has_value());
  Certificate votes = net.Certify(Kind::kCommit, 5, 1, IdOf("b"), kThree);
  votes.votes.push_back(net.Sign(3, Precommit(5, 2, IdOf("b"))));
  EXPECT_FALSE(MakeCommit(votes, net.set).has_value());
  votes.votes.back() = strangers.Sign(0, Precommit(5, 1, IdOf("b")));
  EXPECT_FALSE(MakeCommit(votes, net.set).has_value());
}

TEST(Commit, GoesToACertificateAndBack) {
  const TestNet net(1, {1, 2, 3, 4});
  const Commit commit = net.CommitTo(5, 1, IdOf("b"), {1, 2, 3});
  const Certificate certificate = ToCertificate(commit);
  EXPECT_TRUE(VerifyCertificate(kChain, certificate, net.set).has_value());
  EXPECT_EQ(*MakeCommit(certificate, net.set), commit);
}

TEST(VerifyCommit, RefusesEveryChange) {
  const TestNet net(1, {1, 1, 1, 1});
  const TestNet others(2, {1, 1, 1, 1});
  const Commit commit = net.CommitTo(5, 1, IdOf("b"), kThree);
  ASSERT_TRUE(VerifyCommit(kChain, commit, net.set, 5, IdOf("b")).has_value());
  EXPECT_FALSE(VerifyCommit(kChain, commit, others.set, 5, IdOf("b")).has_value());
  EXPECT_FALSE(VerifyCommit(kChain, commit, net.set, 5, IdOf("c")).has_value());
  EXPECT_FALSE(VerifyCommit(kChain, commit, net.set, 4, IdOf("b")).has_value());
  const auto expect_refused = [&](auto change) {
    Commit changed = commit;
    change(changed);
    EXPECT_FALSE(VerifyCommit(kChain, changed, net.set, 5, changed.id).has_value());
  };
  const auto signed_places = [&] {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < 4; ++i) {
      if (commit.signatures[i].flag == Flag::kCommit) places.push_back(i);
    }
    return places;
  }();
  const std::size_t first = signed_places[0];
  const std::size_t second = signed_places[1];
  expect_refused([](Commit& c) { c.round = 2; });
  expect_refused([](Commit& c) { c.id = IdOf("c"); });
  expect_refused([](Commit& c) { c.id.parts = 2; });
  expect_refused([](Commit& c) { c.signatures.pop_back(); });
  expect_refused([](Commit& c) { c.signatures.push_back({}); });
  expect_refused([&](Commit& c) { c.signatures[first] = {}; });
  expect_refused([&](Commit& c) { c.signatures[first].flag = Flag::kNil; });
  expect_refused([&](Commit& c) { c.signatures[first].time.nanos += 1; });
  expect_refused([&](Commit& c) { c.signatures[first].signature.bytes[5] ^= 4; });
  expect_refused([&](Commit& c) { std::swap(c.signatures[first], c.signatures[second]); });
  expect_refused([&](Commit& c) { c.signatures[first] = c.signatures[second]; });
}

TEST(VerifyCommit, NilVotesDoNotCountForTheBlock) {
  const TestNet net(1, {1, 1, 1, 1});
  Certificate votes = net.Certify(Kind::kCommit, 5, 1, IdOf("b"), {0, 1});
  for (const std::size_t member : {2U, 3U}) {
    votes.votes.push_back(net.Sign(member, Precommit(5, 1, std::nullopt)));
  }
  EXPECT_FALSE(MakeCommit(votes, net.set).has_value());
  Commit commit{.height = 5, .round = 1, .id = IdOf("b"), .signatures = {}};
  commit.signatures.resize(4);
  for (const Vote& vote : votes.votes) {
    commit.signatures[*net.set.IndexOf(vote.from)] = {
        .flag = vote.id.has_value() ? Flag::kCommit : Flag::kNil,
        .address = vote.from,
        .time = vote.time,
        .signature = vote.signature};
  }
  EXPECT_FALSE(VerifyCommit(kChain, commit, net.set, 5, IdOf("b")).has_value());
  EXPECT_FALSE(VerifyCertificate(kChain, votes, net.set).has_value());
}

TEST(VerifyCommit, RefusesABadSignatureEvenBeyondTheQuorum) {
  const TestNet net(1, {1, 1, 1, 1});
  for (const std::optional<BlockId>& id :
       {std::optional<BlockId>(IdOf("b")), std::optional<BlockId>()}) {
    Certificate votes = net.Certify(Kind::kCommit, 5, 1, IdOf("b"), kThree);
    votes.votes.push_back(net.Sign(3, Precommit(5, 1, id)));
    ASSERT_TRUE(
        VerifyCommit(kChain, *MakeCommit(votes, net.set), net.set, 5, IdOf("b")).has_value());
    votes.votes.back().signature.bytes[0] ^= 1;
    EXPECT_FALSE(
        VerifyCommit(kChain, *MakeCommit(votes, net.set), net.set, 5, IdOf("b")).has_value());
  }
}

}  // namespace
}  // namespace jiandu::consensus
