// Checkpoints between nodes: who signs what, when there is one, and what a liar can do.
#include "node/checkpoints.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "ledger/model/log_policy.h"
#include "tests/ledger/model/genesis_support.h"

namespace jiandu::node {
namespace {

using consensus::CheckpointMsg;

constexpr std::string_view kChain = "test-1";

crypto::Ed25519PrivateKey PrivateKey(const std::string& name) {
  return crypto::Ed25519PrivateKey::From(
      crypto::Sha256({AsBytes("test node key "), AsBytes(name)}));
}
Hash256 RootOf(std::uint64_t size) {
  return crypto::Sha256(AsBytes("root " + std::to_string(size)));
}

// Four validators, of which the first has the log key; messages go where the test lets them.
class Nodes : public ::testing::Test {
 protected:
  struct One {
    std::optional<crypto::Ed25519PrivateKey> log, cosign;
    std::unique_ptr<Checkpoints> checkpoints;
    PublishedCheckpointPtr published;
    std::vector<std::string> punished, alarms;
    PeerId id;
    bool connected = true;
  };

  Nodes() {
    for (int i = 0; i < 4; ++i) {
      const std::string name = "v" + std::to_string(i);
      seats_.push_back({.department = name,
                        .consensus_key = ledger::TestNodeKey(name + " c"),
                        .node_key = ledger::TestNodeKey(name + " n"),
                        .cosign_key = ledger::TestNodeKey(name + " s"),
                        .power = 1});
    }
    for (std::size_t i = 0; i < 4; ++i) {
      nodes_[i].cosign = PrivateKey("v" + std::to_string(i) + " s");
      nodes_[i].id = seats_[i].node_key;
    }
    nodes_[0].log = PrivateKey("log");
    for (std::size_t i = 0; i < 4; ++i) Start(i);
  }
  void Start(std::size_t i) {
    One& node = nodes_[i];
    CheckpointEvents events;
    events.broadcast = [this, i](const CheckpointMsg& message) {
      for (std::size_t to = 0; to < 4; ++to) Post(i, to, message);
    };
    events.send = [this, i](const PeerId& peer, const CheckpointMsg& message) {
      for (std::size_t to = 0; to < 4; ++to) {
        if (nodes_[to].id == peer) Post(i, to, message);
      }
    };
    events.punish = [&node](const PeerId&, std::uint32_t, const std::string& why) {
      node.punished.push_back(why);
    };
    events.publish = [&node](PublishedCheckpointPtr made) { node.published = std::move(made); };
    events.on_alarm = [&node](const std::string& what) { node.alarms.push_back(what); };
    node.checkpoints = std::make_unique<Checkpoints>(
        std::string(kChain),
        CheckpointKeys{.log = node.log ? &*node.log : nullptr,
                       .cosign = node.cosign ? &*node.cosign : nullptr},
        std::move(events), Logger());
    node.published = nullptr;
  }
  void Post(std::size_t from, std::size_t to, const CheckpointMsg& message) {
    if (from == to || !nodes_[from].connected || !nodes_[to].connected) return;
    mail_.push_back({from, to, message});
  }
  void Deliver() {
    for (int i = 0; i < 1000 && !mail_.empty(); ++i) {
      const auto [from, to, message] = mail_.front();
      mail_.pop_front();
      nodes_[to].checkpoints->OnMessage(nodes_[from].id, message, now_);
    }
    EXPECT_TRUE(mail_.empty()) << "messages without end";
  }
  void Certify(std::size_t i, std::uint64_t size) {
    nodes_[i].checkpoints->OnCertified(
        {.size = size, .root = RootOf(size), .log_key = log_key_, .validators = seats_}, now_);
  }
  void CertifyAll(std::uint64_t size) {
    for (std::size_t i = 0; i < 4; ++i) Certify(i, size);
    Deliver();
  }
  void Pass(std::int64_t ms) {
    now_.steady_ms += ms;
    now_.wall_s += static_cast<std::uint64_t>(ms) / 1000;
    for (One& node : nodes_) node.checkpoints->Tick(now_);
    Deliver();
  }
  [[nodiscard]] std::uint64_t Published(std::size_t i) const {
    return nodes_[i].published ? nodes_[i].published->checkpoint.size : 0;
  }
  // The message the log's node would send for this size and root.
  [[nodiscard]] CheckpointMsg SignedByLog(std::uint64_t size, const Hash256& root) const {
    const std::string text =
        ledger::Checkpoint{.origin = ledger::LogOrigin(kChain), .size = size, .root = root}
            .ToText();
    const auto key = PrivateKey("log");
    return {.size = size,
            .root = root,
            .signatures = {
                {.key = key.PublicKey(), .time_s = 0, .signature = key.Sign(AsBytes(text))}}};
  }
  void Cosign(CheckpointMsg& message, const std::string& name, std::uint64_t time_s = 5) const {
    const std::string text =
        ledger::Checkpoint{
            .origin = ledger::LogOrigin(kChain), .size = message.size, .root = message.root}
            .ToText();
    const auto key = PrivateKey(name);
    message.signatures.push_back(
        {.key = key.PublicKey(),
         .time_s = time_s,
         .signature = key.Sign(AsBytes(crypto::CosignedMessage(text, time_s)))});
  }

  std::vector<ledger::GenesisValidator> seats_;
  crypto::Ed25519PublicKey log_key_ = ledger::TestNodeKey("log");
  std::array<One, 4> nodes_;
  struct Mail {
    std::size_t from, to;
    CheckpointMsg message;
  };
  std::deque<Mail> mail_;
  Moment now_{.steady_ms = 10'000, .wall_s = 1'800'000'000};
};

TEST_F(Nodes, EveryNodePublishesWhatTheLogAndAQuorumSigned) {
  CertifyAll(7);
  Pass(250);
  const auto policy = ledger::LogPolicy::Of(kChain, log_key_, seats_);
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_EQ(Published(i), 7U) << i;
    const auto note = crypto::Note::Parse(nodes_[i].published->note);
    ASSERT_TRUE(note.has_value()) << note.error().detail;
    EXPECT_EQ(note->signatures.size(), 4U);  // the log, and just a quorum of four
    const auto passed = policy.Check(*note);
    ASSERT_TRUE(passed.has_value()) << passed.error().detail;
    EXPECT_EQ(passed->checkpoint.root, RootOf(7));
    EXPECT_EQ(passed->oldest_s, now_.wall_s);
    EXPECT_TRUE(nodes_[i].punished.empty()) << nodes_[i].punished.front();
  }
}

TEST_F(Nodes, AtMostOneASecond) {
  CertifyAll(7);
  for (std::uint64_t size = 8; size < 20; ++size) CertifyAll(size);
  EXPECT_EQ(Published(0), 7U);
  Pass(900);
  EXPECT_EQ(Published(0), 7U);
  Pass(100);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(Published(i), 19U) << i;
}

TEST_F(Nodes, WithoutAQuorumOrTheLogThereIsNone) {
  nodes_[2].connected = nodes_[3].connected = false;
  CertifyAll(7);
  for (int i = 0; i < 10; ++i) Pass(1000);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(Published(i), 0U) << i;
  // One comes back: it is told again, though nothing new happened.
  nodes_[2].connected = true;
  for (int i = 0; i < 4; ++i) Pass(1000);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(Published(i), 7U) << i;
  nodes_[0].connected = false;
  nodes_[3].connected = true;
  for (int i = 0; i < 4; ++i) Pass(1000);
  for (std::size_t i = 1; i < 4; ++i) Certify(i, 9);
  for (int i = 0; i < 4; ++i) Pass(1000);
  EXPECT_EQ(Published(1), 7U);
}

TEST_F(Nodes, ANodeThatStartsAgainHasItFromTheOthers) {
  CertifyAll(7);
  Pass(250);
  for (const std::size_t i : {std::size_t{3}, std::size_t{0}}) {
    Start(i);
    Certify(i, 7);
    nodes_[1].checkpoints->OnPeerUp(nodes_[i].id);
    Deliver();
    EXPECT_EQ(Published(i), 7U) << i;
  }
  // Also the log's node alone, without anybody coming up: its offer is answered.
  Start(0);
  Certify(0, 7);
  Deliver();
  for (int i = 0; i < 4; ++i) Pass(1000);
  EXPECT_EQ(Published(0), 7U);
}

TEST_F(Nodes, AllStartAgain) {
  CertifyAll(7);
  for (std::size_t i = 0; i < 4; ++i) Start(i);
  CertifyAll(7);
  Pass(250);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(Published(i), 7U) << i;
}

TEST_F(Nodes, ANodeBehindJoinsWhenItHasTheBlock) {
  for (std::size_t i = 0; i < 3; ++i) Certify(i, 7);
  Deliver();
  EXPECT_EQ(Published(1), 7U);
  EXPECT_EQ(Published(3), 0U);
  Certify(3, 7);
  Deliver();
  EXPECT_EQ(Published(3), 7U);
}

TEST_F(Nodes, NobodyCosignsAnotherRootAndTheLogIsAccused) {
  CertifyAll(7);
  const Hash256 other = crypto::Sha256(AsBytes("other"));
  Certify(1, 9);
  nodes_[1].checkpoints->OnMessage(nodes_[0].id, SignedByLog(9, other), now_);
  ASSERT_EQ(nodes_[1].alarms.size(), 1U);
  EXPECT_NE(nodes_[1].alarms[0].find("size 9"), std::string::npos);
  // Told once; who only claims it is punished.
  nodes_[1].checkpoints->OnMessage(nodes_[0].id, SignedByLog(9, other), now_);
  EXPECT_EQ(nodes_[1].alarms.size(), 1U);
  CheckpointMsg forged = SignedByLog(9, other);
  forged.signatures[0].signature.bytes[0] ^= 1U;
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, forged, now_);
  EXPECT_EQ(nodes_[1].alarms.size(), 1U);
  EXPECT_EQ(nodes_[1].punished.size(), 1U);
  for (const Mail& mail : mail_) EXPECT_NE(mail.message.root, other);
}

TEST_F(Nodes, ForgedCosignaturesCountForNothing) {
  Certify(1, 7);
  mail_.clear();
  CheckpointMsg message = SignedByLog(7, RootOf(7));
  Cosign(message, "v0 s");
  Cosign(message, "v2 s");
  message.signatures[2].signature.bytes[5] ^= 1U;
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, message, now_);
  EXPECT_EQ(nodes_[1].punished.size(), 1U);
  EXPECT_EQ(Published(1), 0U);
  // A time of another signature does not hold either.
  message = SignedByLog(7, RootOf(7));
  Cosign(message, "v2 s");
  message.signatures[1].time_s = 6;
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, message, now_);
  EXPECT_EQ(nodes_[1].punished.size(), 2U);
  // Keys of nobody, and consensus keys, are passed over.
  message = SignedByLog(7, RootOf(7));
  for (const char* name : {"nobody", "v2 c", "v3 c", "v3 n"}) Cosign(message, name);
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, message, now_);
  EXPECT_EQ(nodes_[1].punished.size(), 2U);
  EXPECT_EQ(Published(1), 0U);
  // With the real ones it is whole; v0's was kept from the first message.
  message = SignedByLog(7, RootOf(7));
  Cosign(message, "v2 s");
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, message, now_);
  EXPECT_EQ(Published(1), 7U);
}

// Nobody can spoil a checkpoint by a time that readers refuse.
TEST_F(Nodes, CosignaturesOfTheFutureAreLeftOut) {
  Certify(1, 7);
  CheckpointMsg message = SignedByLog(7, RootOf(7));
  Cosign(message, "v0 s");
  Cosign(message, "v2 s", now_.wall_s + 601);
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, message, now_);
  EXPECT_EQ(Published(1), 0U);
  Cosign(message, "v3 s", now_.wall_s + 600);
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, message, now_);
  EXPECT_EQ(Published(1), 7U);
  EXPECT_TRUE(nodes_[1].punished.empty());
}

// Cosignatures for sizes that the log did not sign fill no memory, and sizes no block ended with
// are not signed.
TEST_F(Nodes, WithoutTheLogsSignatureNothingIsKept) {
  Certify(1, 7);
  Certify(1, 9);
  mail_.clear();
  CheckpointMsg message{.size = 7, .root = RootOf(7), .signatures = {}};
  Cosign(message, "v0 s");
  Cosign(message, "v2 s");
  Cosign(message, "v3 s");
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, message, now_);
  nodes_[1].checkpoints->OnMessage(nodes_[0].id, SignedByLog(8, RootOf(8)), now_);
  EXPECT_EQ(Published(1), 0U);
  EXPECT_TRUE(mail_.empty());
  // A forged log signature is punished.
  CheckpointMsg forged = SignedByLog(9, RootOf(9));
  forged.signatures[0].signature.bytes[0] ^= 1U;
  nodes_[1].checkpoints->OnMessage(nodes_[2].id, forged, now_);
  EXPECT_EQ(nodes_[1].punished.size(), 1U);
  EXPECT_TRUE(mail_.empty());
}

TEST_F(Nodes, NoSmallerSizeIsCosignedAfterALargerOneNorBelowTheStart) {
  nodes_[1].checkpoints.reset();
  Start(1);
  Certify(1, 20);
  Certify(1, 30);
  Certify(1, 40);
  mail_.clear();
  const auto cosigned = [&](std::uint64_t size) {
    now_.steady_ms += 1000;
    mail_.clear();
    nodes_[1].checkpoints->OnMessage(nodes_[0].id, SignedByLog(size, RootOf(size)), now_);
    return std::ranges::any_of(
        mail_, [&](const Mail& mail) { return mail.from == 1 && mail.message.size == size; });
  };
  EXPECT_TRUE(cosigned(30));
  EXPECT_FALSE(cosigned(20));
  EXPECT_TRUE(cosigned(40));
  EXPECT_FALSE(cosigned(30));
}

TEST_F(Nodes, WithoutACosignKeyOthersMakeTheQuorum) {
  nodes_[2].cosign.reset();
  Start(2);
  CertifyAll(7);
  Pass(250);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(Published(i), 7U) << i;
  const auto note = crypto::Note::Parse(nodes_[2].published->note);
  for (const auto& line : note->signatures) EXPECT_FALSE(line.name.ends_with("/v2")) << line.name;
}

// The ledger names another log key: the old one signs no more, and what it signed is let go.
TEST_F(Nodes, ANewLogKeyTakesOver) {
  CertifyAll(7);
  log_key_ = ledger::TestNodeKey("log 2");
  now_.steady_ms += 5000;
  CertifyAll(9);
  Pass(3000);
  EXPECT_EQ(Published(1), 7U);
  ASSERT_EQ(nodes_[0].alarms.size(), 1U) << "of whoever holds the old key";
  EXPECT_NE(nodes_[0].alarms[0].find("keys.log is not the ledger's log key"), std::string::npos);
  nodes_[0].log = PrivateKey("log 2");
  Start(0);
  Certify(0, 9);
  Deliver();
  Pass(1000);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(Published(i), 9U) << i;
  const auto policy = ledger::LogPolicy::Of(kChain, log_key_, seats_);
  EXPECT_TRUE(policy.Check(*crypto::Note::Parse(nodes_[1].published->note)).has_value());
}

}  // namespace
}  // namespace jiandu::node
