// Reports of validators that sign twice: who sends one, when, and that the contract can read it.
#include "node/equivocation_reporter.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "consensus/canonical.h"
#include "contracts/double_sign.h"
#include "crypto/hash.h"
#include "ledger/model/transaction.h"

namespace jiandu::node {
namespace {

constexpr const char* kChain = "probe-1";
constexpr const char* kDepartment = "119901000990010292";

crypto::Ed25519PrivateKey KeyOf(int n) {
  FixedBytes<32> seed{};
  seed.bytes[0] = static_cast<std::uint8_t>(n + 1);
  return crypto::Ed25519PrivateKey::From(seed);
}

class MapView final : public ledger::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    const auto found = rows.find(ToBytes(key));
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  }
  void Scan(ByteView, ByteView, const Visitor&) const override {}
  std::map<Bytes, Bytes> rows;
};

class Reporter : public ::testing::Test {
 protected:
  Reporter() {
    std::vector<consensus::Validator> validators;
    for (int n = 0; n < 4; ++n) {
      const auto key = KeyOf(n).PublicKey();
      validators.push_back({.address = consensus::AddressOf(key), .key = key});
    }
    set_.emplace(*consensus::ValidatorSet::From(validators));
  }

  // The node of the n-th validator of the set.
  std::unique_ptr<EquivocationReporter> Make(std::size_t n, bool has_key = true) {
    ReporterOptions options{.chain = kChain,
                            .department = kDepartment,
                            .me = set_->List()[n].address,
                            .system = std::nullopt,
                            .departments = {}};
    if (has_key) options.system = crypto::EcdsaPrivateKey::Generate();
    for (const auto& one : set_->List()) options.departments[one.address] = kDepartment;
    ReporterEvents events;
    events.submit = [this, n](Bytes stored, gateway::TxSubmitter::OnSubmitted done) {
      sent_.push_back({n, *ledger::DecodeStored(stored)});
      if (!refuse_) return;
      done(std::unexpected(gateway::Refusal{.error = {Errc::kForbidden, "no"}, .stage = "auth"}));
    };
    events.post = [](const std::function<void()>& task) { task(); };
    events.on_alarm = [this](const std::string& what) { alarms_.push_back(what); };
    return std::make_unique<EquivocationReporter>(std::move(options), std::move(events), Logger());
  }

  consensus::Vote VoteOf(std::size_t n, char block, consensus::Height height = 7) {
    consensus::Vote vote{.type = consensus::VoteType::kPrevote,
                         .height = height,
                         .round = 2,
                         .id = std::nullopt,
                         .time = consensus::Time::FromMs(5),
                         .from = set_->List()[n].address,
                         .signature = {}};
    if (block != 0) {
      vote.id =
          consensus::BlockId{.hash = crypto::Sha256(Bytes(1, block)), .parts = 1, .parts_hash = {}};
    }
    for (int key = 0; key < 4; ++key) {
      if (consensus::AddressOf(KeyOf(key).PublicKey()) == vote.from) {
        vote.signature = KeyOf(key).Sign(consensus::VoteSignBytes(kChain, vote));
      }
    }
    return vote;
  }
  void See(EquivocationReporter& node, std::size_t offender) {
    node.OnEquivocation(VoteOf(offender, 'a'), VoteOf(offender, 'b'), *set_);
  }
  void PutOnRecord(std::size_t offender) {
    const auto key = HexEncode(set_->List()[offender].key.View());
    view_.rows[contracts::EquivocationKey(key, 7, 2, "PREVOTE")] = ToBytes("x");
  }

  struct Sent {
    std::size_t by;
    ledger::Transaction transaction;
  };
  std::optional<consensus::ValidatorSet> set_;
  MapView view_;
  std::vector<Sent> sent_;
  std::vector<std::string> alarms_;
  bool refuse_ = false;
};

TEST_F(Reporter, TheReportCarriesBothMessagesAsTheContractReadsThem) {
  const auto node = Make(0);
  See(*node, 3);
  for (std::int64_t now = 0; sent_.empty() && now < 60000; now += 1000) {
    node->Tick(view_, 8, now, 1000);
  }
  ASSERT_EQ(sent_.size(), 1U);
  const ledger::Payload& payload = sent_[0].transaction.payload;
  EXPECT_EQ(payload.op, "node.equivocation");
  ASSERT_TRUE(sent_[0].transaction.form.has_value());
  EXPECT_FALSE(sent_[0].transaction.form->malformed || sent_[0].transaction.form->invalid);
  std::vector<Bytes> ids;
  for (const char* member : {"first", "second"}) {
    Bytes message;
    for (const Json& piece : payload.body.ItemsOf(member)) {
      Append(message, *HexDecode(piece.AsString()));
    }
    const auto read = contracts::ReadSignedMessage(message, set_->List()[3].key);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->type, "PREVOTE");
    EXPECT_EQ(read->height, 7U);
    EXPECT_EQ(read->round, 2);
    EXPECT_EQ(read->chain, kChain);
    ids.push_back(read->block_id);
  }
  EXPECT_NE(ids[0], ids[1]);
}

TEST_F(Reporter, ProposalsAreReadByTheContractToo) {
  consensus::Proposal proposal{
      .height = 7,
      .round = 0,
      .pol_round = -1,
      .id = {.hash = crypto::Sha256(Bytes(1, 1)), .parts = 1, .parts_hash = {}},
      .time = consensus::Time::FromMs(5),
      .from = set_->List()[1].address,
      .signature = {},
      .polka = std::nullopt};
  consensus::Proposal other = proposal;
  other.id.hash = crypto::Sha256(Bytes(1, 2));
  for (int key = 0; key < 4; ++key) {
    if (consensus::AddressOf(KeyOf(key).PublicKey()) != proposal.from) continue;
    for (auto* one : {&proposal, &other}) {
      one->signature = KeyOf(key).Sign(consensus::ProposalSignBytes(kChain, *one));
    }
  }
  const auto proof = consensus::EquivocationProof::From(proposal, other);
  ASSERT_TRUE(proof.has_value());
  const Json body = EquivocationReporter::BodyOf(kChain, kDepartment, *proof, set_->List()[1].key);
  Bytes message;
  for (const Json& piece : body.ItemsOf("first")) Append(message, *HexDecode(piece.AsString()));
  const auto read = contracts::ReadSignedMessage(message, set_->List()[1].key);
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->type, "PROPOSAL");
}

TEST_F(Reporter, ValidatorsReportInTurnAndOnlyWhatIsNotOnRecord) {
  std::vector<std::unique_ptr<EquivocationReporter>> nodes;
  for (const std::size_t n : {0U, 1U, 2U}) {
    nodes.push_back(Make(n));
    See(*nodes.back(), 3);
    See(*nodes.back(), 3);  // seen twice is one place
  }
  const auto tick = [&](std::int64_t now) {
    for (const auto& node : nodes) node->Tick(view_, 8, now, 1000);
  };
  tick(0);
  ASSERT_EQ(sent_.size(), 1U) << "one of three begins";
  tick(EquivocationReporter::kTurnMs - 1);
  EXPECT_EQ(sent_.size(), 1U);
  tick(EquivocationReporter::kTurnMs);
  ASSERT_EQ(sent_.size(), 2U) << "the next one, since nothing is on record";
  EXPECT_NE(sent_[0].by, sent_[1].by);
  PutOnRecord(3);
  tick(10 * EquivocationReporter::kAgainMs);
  EXPECT_EQ(sent_.size(), 2U);
  for (const auto& node : nodes) EXPECT_EQ(node->UnderWay(), 0U);
}

TEST_F(Reporter, TurnsBeginOnceTheHeightHasPassed) {
  std::vector<std::unique_ptr<EquivocationReporter>> nodes;
  for (const std::size_t n : {0U, 1U, 2U}) {
    nodes.push_back(Make(n));
    See(*nodes.back(), 3);
  }
  const auto tick = [&](ledger::Height height, std::int64_t now) {
    for (const auto& node : nodes) node->Tick(view_, height, now, 1000);
  };
  tick(6, 0);
  tick(6, 60000);
  EXPECT_TRUE(sent_.empty());
  tick(7, 60000);
  EXPECT_EQ(sent_.size(), 1U) << "one of three, however long the height took";
  tick(7, 60000 + EquivocationReporter::kTurnMs);
  EXPECT_EQ(sent_.size(), 2U);
}

TEST_F(Reporter, WhatIsNotOnRecordIsSentAgainAndGivenUpAloud) {
  const auto node = Make(0);
  See(*node, 3);
  alarms_.clear();
  node->Tick(view_, 8, 0, 1000);  // not its turn yet
  std::int64_t now = 60000;
  for (int i = 0; i <= EquivocationReporter::kTriesMax;
       ++i, now += EquivocationReporter::kAgainMs) {
    node->Tick(view_, 8, now, 1000);
    node->Tick(view_, 8, now + 1, 1000);
  }
  EXPECT_EQ(sent_.size(), static_cast<std::size_t>(EquivocationReporter::kTriesMax));
  EXPECT_EQ(node->UnderWay(), 0U);
  ASSERT_EQ(alarms_.size(), 1U);
  EXPECT_NE(alarms_[0].find("could not be reported"), std::string::npos);
}

TEST_F(Reporter, OurOwnKeySeenElsewhereIsAnAlarmAndNoReport) {
  const auto node = Make(0);
  See(*node, 0);
  ASSERT_EQ(alarms_.size(), 1U);
  EXPECT_NE(alarms_[0].find("our own key"), std::string::npos);
  node->Tick(view_, 8, 0, 1000);
  node->Tick(view_, 8, 600000, 1000);
  EXPECT_TRUE(sent_.empty());
}

TEST_F(Reporter, WithoutASystemKeyItIsToldAndNotReported) {
  const auto node = Make(0, false);
  See(*node, 3);
  EXPECT_EQ(alarms_.size(), 1U);
  node->Tick(view_, 8, 0, 1000);
  node->Tick(view_, 8, 600000, 1000);
  EXPECT_TRUE(sent_.empty());
}

TEST_F(Reporter, ARefusedReportIsAnAlarm) {
  refuse_ = true;
  const auto node = Make(0);
  See(*node, 3);
  node->Tick(view_, 8, 0, 1000);  // not its turn yet
  node->Tick(view_, 8, 60000, 1000);
  ASSERT_EQ(alarms_.size(), 2U);
  EXPECT_NE(alarms_[1].find("keys.system"), std::string::npos);
}

}  // namespace
}  // namespace jiandu::node
