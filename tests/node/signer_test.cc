// The signer's thread with a real record on disk: places that others know of are never signed
// again, and a segment is sealed only over a synced database.

#include "node/signer.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using support::TempFolder;
using testing::ConsensusKey;
using testing::SignedVote;
using testing::TestLedger;

class SignerTest : public ::testing::Test {
 protected:
  SignerTest() : key_(ConsensusKey("ga")) {
    EXPECT_TRUE(SafetyFile::Create(File(), kChain, key_.PublicKey()).has_value());
  }
  [[nodiscard]] std::filesystem::path File() const { return folder_.Path() / "safety.rec"; }

  // Opens what is on disk and starts the thread.
  void Start(const store::SegmentLimits& limits = {}) {
    segments_ = std::move(*store::Segments::Open(folder_.Path() / "segments", limits));
    auto opened = SafetyFile::Open(File(), kChain, key_.PublicKey());
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    SignerEvents events{
        .on_signed = [this](auto message) { signed_.push_back(std::move(message)); },
        .on_refused = [this](auto why) { refused_.push_back(std::move(why)); },
        .on_stored = [](auto) {},
        .before_seal = [this](auto) { return synced_; },
        .on_failed = [this](const Error& error) { failed_.push_back(error.detail); }};
    signer_ = std::make_unique<Signer>(
        SignerOptions{.chain_id = kChain,
                      .key = ConsensusKey("ga"),
                      .address = consensus::AddressOf(key_.PublicKey())},
        segments_.get(), std::move(opened->file), std::move(opened->state), std::move(events));
  }
  // After the thread has done all: what it told may be read.
  void Stop() { signer_->Stop(); }

  void AskNil(consensus::Height height, consensus::Round round, consensus::VoteType type) {
    SignRequest request;
    request.ask.unsigned_message = consensus::Vote{.type = type,
                                                   .height = height,
                                                   .round = round,
                                                   .id = {},
                                                   .time = {},
                                                   .from = {},
                                                   .signature = {}};
    request.ask.state.height = height;
    request.ask.state.round = round;
    request.ask.state.step = type == consensus::VoteType::kPrevote ? consensus::Step::kPrevote
                                                                   : consensus::Step::kPrecommit;
    signer_->Sign(std::move(request));
  }
  [[nodiscard]] consensus::Vote Seen(consensus::Height height, consensus::Round round,
                                     consensus::VoteType type) const {
    return SignedVote(key_, kChain, type, height, round, std::nullopt);
  }
  [[nodiscard]] consensus::SafetyState OnDisk() const {
    const auto opened = SafetyFile::Open(File(), kChain, key_.PublicKey());
    EXPECT_TRUE(opened.has_value() && opened->state.has_value());
    return *opened->state;
  }

  static constexpr const char* kChain = "signer-1";
  TempFolder folder_;
  crypto::Ed25519PrivateKey key_;
  bool synced_ = true;
  std::unique_ptr<store::Segments> segments_;
  std::vector<OwnMessage> signed_;
  std::vector<std::string> refused_;
  std::vector<std::string> failed_;
  std::unique_ptr<Signer> signer_;
};

TEST_F(SignerTest, NothingIsSignedUpToAPlaceOthersKnowOf) {
  using enum consensus::VoteType;
  Start();
  AskNil(3, 0, kPrevote);
  signer_->Raise(PlaceOf(Seen(9, 2, kPrecommit)));
  AskNil(9, 1, kPrevote);
  AskNil(9, 2, kPrevote);
  signer_->Raise(PlaceOf(Seen(5, 0, kPrecommit)));  // known already: changes nothing
  AskNil(9, 2, kPrecommit);
  Stop();
  EXPECT_EQ(signed_.size(), 1U);
  EXPECT_EQ(refused_.size(), 1U) << "the very place is a conflict, earlier ones are only late";
  EXPECT_TRUE(failed_.empty());
  EXPECT_EQ(OnDisk().height, 9U);
  EXPECT_EQ(OnDisk().round, 2);
  EXPECT_EQ(OnDisk().step, consensus::Step::kPrecommit);
  // The same after a restart, and above it the signer speaks.
  Start();
  AskNil(9, 2, kPrevote);
  AskNil(10, 0, kPrevote);
  Stop();
  EXPECT_EQ(signed_.size(), 2U);
  EXPECT_EQ(OnDisk().height, 10U);
}

TEST_F(SignerTest, ARaisedRecordKeepsALockOfItsHeightAndTheCommitBefore) {
  consensus::SafetyState state;
  state.height = 9;
  state.round = 1;
  state.step = consensus::Step::kPrecommit;
  state.locked_round = state.valid_round = 1;
  state.locked_id = state.valid_id = consensus::BlockId{.hash = {}, .parts = 1, .parts_hash = {}};
  state.locked_id->hash.bytes[0] = state.valid_id->hash.bytes[0] = 7;
  state.last_precommit = Seen(9, 1, consensus::VoteType::kPrecommit);
  {
    auto opened = SafetyFile::Open(File(), kChain, key_.PublicKey());
    ASSERT_TRUE(opened->file.Write(state).has_value());
  }
  Start();
  signer_->Raise(PlaceOf(Seen(9, 4, consensus::VoteType::kPrevote)));
  Stop();
  EXPECT_EQ(OnDisk().round, 4);
  EXPECT_EQ(OnDisk().locked_round, 1);
  EXPECT_EQ(OnDisk().locked_id, state.locked_id);
  EXPECT_FALSE(OnDisk().last_precommit.has_value()) << "it is of another round";
  Start();
  signer_->Raise(PlaceOf(Seen(10, 0, consensus::VoteType::kPrevote)));
  Stop();
  EXPECT_EQ(OnDisk().height, 10U);
  EXPECT_EQ(OnDisk().locked_round, -1) << "a lock ends with its height";
}

// The newest block's commit may stand in LevelDB alone: a file sealed before that is synced could
// never be opened again.
TEST_F(SignerTest, NothingIsSealedWhenTheDatabaseWillNotBeSynced) {
  TestLedger ledger;
  ledger.GrowTo(2);
  synced_ = false;
  Start({.bytes_max = 1U << 30U, .heights_max = 1});
  signer_->Store(ledger.At(1).block);
  signer_->Store(ledger.At(2).block);
  Stop();
  EXPECT_EQ(failed_.size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(folder_.Path() / "segments" / store::SealName(1)));
  EXPECT_EQ(segments_->DecidedHeight(), 1U);
}

}  // namespace
}  // namespace jiandu::node
