// What one validator signs, and what not, while the ledger is fetched from others.

#include "tests/node/consensus_host_fixture.h"

namespace jiandu::node {
namespace {

using testing::ConsensusKey;
using testing::SignedVote;

class ConsensusHostTest : public testing::HostFixture {};

// A link whose opening nobody told the host of stands for a question that was lost.
TEST_F(ConsensusHostTest, AProbeThatWasLostIsAskedAgain) {
  testing::TestNode other(1);
  Start();
  other.options.peers.push_back(
      PinnedPeer{.department = "us",
                 .key = testing::TestKey(99).PublicKey(),
                 .address = "127.0.0.1:" + std::to_string(hub_->ListenPort())});
  other.Start(loop_);
  ASSERT_TRUE(Comes([&] {
    return std::ranges::any_of(other.heard[testing::TestKey(99).PublicKey()], [&](auto& message) {
      const auto* probe = std::get_if<consensus::AmnesiaProbe>(&message);
      return probe != nullptr && probe->validator == me_;
    });
  }));
}

// The probe is answered after the others have decided what we held our own proposal for.
TEST_F(ConsensusHostTest, WhatWasHeldForADecidedHeightIsNeverSigned) {
  Start();
  ASSERT_TRUE(Comes([&] { return built_; }));
  loop_.Post([&] { OthersAreAt(2); });
  ASSERT_TRUE(ComesWith(1, 2, [&] { return IsAt(2); }));
  loop_.Post([&] {
    AnswerProbe(0, std::nullopt);
    AnswerProbe(1, std::nullopt);
  });
  ASSERT_TRUE(Comes([&] { return signed_.contains(3); })) << "it goes on in the height under way";
  EXPECT_EQ(signed_, std::set<consensus::Height>{3});
  EXPECT_TRUE(alarms_.empty());
}

// A lost disk: the others hold votes that this node does not know of. Above them it may speak
// again, without anybody restarting it.
TEST_F(ConsensusHostTest, AQuarantineEndsAboveTheLatestForeignVoteAndTheRecordIsRaised) {
  Start();
  const auto chain = Genesis().Tip().chain;
  loop_.Post([&, this] {
    AnswerProbe(0, SignedVote(*key_, chain, consensus::VoteType::kPrevote, 2, 0, std::nullopt));
  });
  ASSERT_TRUE(Comes([&] { return !host_->View().quarantine.empty(); }));
  EXPECT_TRUE(host_->View().quarantine_ends) << "as soon as the others have answered too";
  loop_.Post([&, this] {
    AnswerProbe(1, SignedVote(*key_, chain, consensus::VoteType::kPrecommit, 4, 1, std::nullopt));
    OthersAreAt(4);
  });
  ASSERT_TRUE(ComesWith(1, 3, [&] { return IsAt(3); }));
  EXPECT_FALSE(host_->View().quarantine.empty()) << "height 4 was voted on";
  ASSERT_TRUE(ComesWith(4, 4, [&] { return signed_.contains(5); }));
  EXPECT_EQ(signed_, std::set<consensus::Height>{5});
  EXPECT_TRUE(host_->View().quarantine.empty());
  EXPECT_TRUE(host_->View().signing);
  EXPECT_TRUE(alarms_.empty()) << "an alarm of the host's would outlast the quarantine";
}

// A proposal leaves before the vote that would tell of it.
TEST_F(ConsensusHostTest, RightAboveAQuarantineNothingIsProposedInTheFirstRound) {
  const auto& set = *Genesis().Tip().set;
  ASSERT_EQ(consensus::SeatRotation().ProposerOf(4, 0, set), me_);
  options_.params.propose_ms = 1000;  // the block is built in time
  Start();
  const auto chain = Genesis().Tip().chain;
  loop_.Post([&, this] {
    for (const std::size_t who : {0U, 1U}) {
      AnswerProbe(who,
                  SignedVote(*key_, chain, consensus::VoteType::kPrecommit, 3, 0, std::nullopt));
    }
    OthersAreAt(3);
  });
  ASSERT_TRUE(ComesWith(1, 3, [&] { return signed_.contains(4); }))
      << "the others' turn comes after a vote for nothing";
  EXPECT_TRUE(proposed_.empty());
  loop_.Post([&] { OthersAreAt(6); });
  ASSERT_TRUE(ComesWith(4, 6, [&] { return proposed_.contains(7); })) << "its next turn";
  EXPECT_EQ(proposed_.size(), 1U);
}

// Nor after one more start, when nobody tells of the votes below any more: the record says so.
TEST_F(ConsensusHostTest, RightAboveAQuarantineTheRecordIsPastTheProposalOfTheFirstRound) {
  options_.params.propose_ms = 60'000;  // no vote follows
  Start();
  const auto chain = Genesis().Tip().chain;
  loop_.Post([&, this] {
    for (const std::size_t who : {0U, 1U}) {
      AnswerProbe(who,
                  SignedVote(*key_, chain, consensus::VoteType::kPrecommit, 3, 0, std::nullopt));
    }
    OthersAreAt(3);
  });
  ASSERT_TRUE(ComesWith(1, 3, [&] {
    const auto safety = SafetyFile::Open(folder_.Path() / "safety.rec", chain, key_->PublicKey());
    return safety && safety->state && safety->state->height == 4 &&
           safety->state->step == consensus::Step::kPropose;
  }));
  EXPECT_TRUE(proposed_.empty());
}

// The core asks once for each signature: what it asks for between the first answer, which tells of
// a foreign vote, and the last, which says that this height is free, must not be lost.
TEST_F(ConsensusHostTest, WhatWasAskedForAboveAForeignVoteIsSignedOnceTheProbeEnds) {
  Start();
  const auto chain = Genesis().Tip().chain;
  loop_.Post([&, this] {
    AnswerProbe(0, SignedVote(*key_, chain, consensus::VoteType::kPrevote, 2, 0, std::nullopt));
    OthersAreAt(2);
  });
  ASSERT_TRUE(ComesWith(1, 2, [&] {
    const consensus::CoreView core = host_->View().core;
    return core.height == 3 && core.step == consensus::Step::kPrevote;
  })) << "the core has asked for its prevote";
  EXPECT_FALSE(host_->View().quarantine.empty());
  EXPECT_TRUE(signed_.empty());
  loop_.Post([&] { AnswerProbe(1, std::nullopt); });
  ASSERT_TRUE(Comes([&] { return signed_.contains(3); }));
  EXPECT_EQ(signed_, std::set<consensus::Height>{3});
}

// The signer was asked to contradict itself: nothing raises the record then, so only the quarantine
// stands between this key and a second vote.
TEST_F(ConsensusHostTest, AQuarantineThatNobodyLiftsSignsNothing) {
  Start();
  loop_.Post([&] {
    host_->OnSignRefused("something else was signed at this step");
    AnswerProbe(0, std::nullopt);
    AnswerProbe(1, std::nullopt);
    OthersAreAt(3);
  });
  ASSERT_TRUE(ComesWith(1, 3, [&] {
    const consensus::CoreView core = host_->View().core;
    return core.height == 4 && core.step == consensus::Step::kPrevote;
  })) << "the core has asked for a vote";
  signer_->Stop();  // it has told whatever it signed
  ASSERT_TRUE(Comes([] { return true; }));
  EXPECT_TRUE(signed_.empty());
  EXPECT_FALSE(host_->View().quarantine.empty());
  EXPECT_FALSE(host_->View().quarantine_ends);
}

TEST_F(ConsensusHostTest, ANodeThatIsBehindSignsNothing) {
  Start();
  loop_.Post([&] {
    AnswerProbe(0, std::nullopt);
    AnswerProbe(1, std::nullopt);
    OthersAreAt(5);
  });
  ASSERT_TRUE(Comes([&] { return built_; })) << "its own proposal for height 1";
  ASSERT_TRUE(ComesWith(1, 5, [&] { return signed_.contains(6); }));
  EXPECT_GE(*signed_.begin(), 5U) << "within one block of the others at least";
}

// At link-up one status is all there is. Should it be false, the node must not stay silent for the
// rest of the height.
TEST_F(ConsensusHostTest, WhatWasHeldForAPeerThatLeftIsSigned) {
  Start();
  loop_.Post([&] {
    AnswerProbe(0, std::nullopt);
    AnswerProbe(1, std::nullopt);
    OthersAreAt(9);
  });
  ASSERT_TRUE(Comes([&] { return built_ && host_->View().core.step == consensus::Step::kPrevote; }))
      << "the core has asked for its proposal and its prevote";
  EXPECT_TRUE(signed_.empty());
  loop_.Post([&] {
    for (const auto& [address, peer] : others_) host_->OnPeerDown(peer);
  });
  ASSERT_TRUE(Comes([&] { return signed_.contains(1); }));
}

// Who told of greater heights leaves while the decided block is executed: its place in the segments
// is taken by then.
TEST_F(ConsensusHostTest, WhatWasHeldIsNotSignedOnceItsHeightIsDecided) {
  Start();
  loop_.Post([&] {
    AnswerProbe(0, std::nullopt);
    AnswerProbe(1, std::nullopt);
    OthersAreAt(2);
  });
  ASSERT_TRUE(Comes([&] { return built_ && host_->View().core.step == consensus::Step::kPrevote; }))
      << "the core has asked for its proposal, which names a block";
  executor_->Stop();
  ASSERT_TRUE(ComesWith(1, 1, [&] { return host_->View().core.step == consensus::Step::kCommit; }));
  loop_.Post([&] {
    for (const auto& [address, peer] : others_) host_->OnPeerDown(peer);
  });
  ASSERT_TRUE(Comes([&] { return !host_->View().behind; }));
  signer_->Stop();  // it has told whatever it signed
  ASSERT_TRUE(Comes([] { return true; }));
  EXPECT_TRUE(signed_.empty());
}

// What `jiandu db check` advises for a lost disk: a new data directory with the old safety.rec.
TEST_F(ConsensusHostTest, ARecordAheadOfTheLedgerIsGoneOnFromAtItsHeight) {
  consensus::SafetyState record;
  record.height = 4;
  record.round = 3;
  record.step = consensus::Step::kPrevote;
  record.last_prevote =
      SignedVote(*key_, Genesis().Tip().chain, consensus::VoteType::kPrevote, 4, 3, std::nullopt);
  options_.restored = record;
  Start();
  loop_.Post([&] {
    AnswerProbe(0, std::nullopt);
    AnswerProbe(1, std::nullopt);
    OthersAreAt(3);
  });
  ASSERT_TRUE(ComesWith(1, 3, [&] { return IsAt(3); }));
  EXPECT_EQ(host_->View().core.height, 4U);
  EXPECT_GE(host_->View().core.round, 3);
  EXPECT_TRUE(signed_.empty()) << "at lower heights the record has spoken already";
  loop_.Post([&] { OthersAreAt(5); });
  ASSERT_TRUE(ComesWith(4, 5, [&] { return signed_.contains(6); }));
  EXPECT_TRUE(host_->View().quarantine.empty());
}

// One peer's block comes with a commit that nobody signed; another's is whole.
TEST_F(ConsensusHostTest, ABlockIsTakenWithItsValidatorsSignaturesOnly) {
  Start();
  loop_.Post([&] {
    OthersAreAt(2);
    consensus::Commit forged = ledger_.At(1).commit;
    for (auto& signature : forged.signatures) signature.signature.bytes[5] ^= 1U;
    // The first that told of its height was asked.
    for (auto& piece : consensus::CutBlock(1, *ledger_.At(1).block->bytes, forged)) {
      host_->OnMessage(others_[0].second, piece);
    }
  });
  ASSERT_TRUE(ComesWith(1, 1, [&] { return IsAt(1); }));
  EXPECT_EQ(host_->Tip().commit, ledger_.At(1).commit);
}

TEST_F(ConsensusHostTest, AVoteCountsWithItsSendersSignatureOnly) {
  Start();
  ASSERT_TRUE(Comes([&] { return built_; })) << "the height has begun";
  std::vector<consensus::Address> counted;
  loop_.Post([&] {
    for (const char* alias : {"db", "ga", "jt"}) {
      const auto key = ConsensusKey(alias);
      if (consensus::AddressOf(key.PublicKey()) == me_) continue;
      consensus::Vote vote =
          SignedVote(key, Genesis().Tip().chain, consensus::VoteType::kPrevote, 1, 0, std::nullopt);
      const bool is_first = vote.from == others_[0].first;
      if (is_first) vote.signature.bytes[5] ^= 1U;
      host_->OnMessage(others_[0].second, consensus::VoteMsg{vote});
    }
    counted = host_->View().core.prevoted;
  });
  ASSERT_TRUE(Comes([&] { return !counted.empty(); }));
  EXPECT_EQ(counted, std::vector<consensus::Address>{others_[1].first});
}

}  // namespace
}  // namespace jiandu::node
