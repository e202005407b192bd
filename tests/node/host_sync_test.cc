// What one validator makes of the blocks that others send it, and what it answers when one of them
// asks what it has signed.

#include "tests/node/consensus_host_fixture.h"

namespace jiandu::node {
namespace {

using testing::ConsensusKey;
using testing::SignedProposal;
using testing::SignedVote;

class HostSyncTest : public testing::HostFixture {
 protected:
  void SendAsFirst(consensus::Height height, const Bytes& block, const consensus::Commit& commit) {
    for (auto& piece : consensus::CutBlock(height, block, commit)) {
      host_->OnMessage(others_[0].second, piece);  // the first that told of its height was asked
    }
  }
};

TEST_F(HostSyncTest, BytesThatAreNoBlockAreRefusedAndAnothersAreTaken) {
  Start();
  loop_.Post([&] {
    OthersAreAt(2);
    SendAsFirst(1, Bytes(1000, 7), ledger_.At(1).commit);
  });
  ASSERT_TRUE(ComesWith(1, 1, [&] { return IsAt(1); }));
}

// The second is looked at while the first is executed.
TEST_F(HostSyncTest, ABlockThatDoesNotHoldAheadOfItsTurnIsFetchedOfAnother) {
  Start();
  loop_.Post([&] {
    OthersAreAt(3);
    SendAsFirst(1, ledger_.At(1).block->bytes, ledger_.At(1).commit);
    consensus::Commit forged = ledger_.At(2).commit;
    for (auto& signature : forged.signatures) signature.signature.bytes[5] ^= 1U;
    SendAsFirst(2, ledger_.At(2).block->bytes, forged);
  });
  ASSERT_TRUE(Comes([&] { return IsAt(1); }));
  ASSERT_TRUE(ComesWith(2, 3, [&] { return IsAt(3); }));
  EXPECT_EQ(host_->Tip().commit, ledger_.At(3).commit);
}

// A proposal leaves before the vote that would tell of it: a data directory may be rolled back to
// the moment between them.
TEST_F(HostSyncTest, AHeightWithAForeignProposalIsLeftToTheOthers) {
  Start();
  const auto proposal = SignedProposal(*key_, Genesis().Tip().chain, 1, 0);
  loop_.Post([&] {
    AnswerProbe(0, proposal);
    AnswerProbe(1, std::nullopt);
    OthersAreAt(1);
  });
  ASSERT_TRUE(Comes([&] { return !host_->View().quarantine.empty(); }));
  ASSERT_TRUE(ComesWith(1, 1, [&] { return signed_.contains(2); }));
  EXPECT_FALSE(signed_.contains(1));
}

TEST_F(HostSyncTest, AProbeIsAnsweredWithTheLatestThatWasSigned) {
  testing::TestNode other(1);
  Start();
  const PeerId us = testing::TestKey(99).PublicKey();
  other.options.peers.push_back(PinnedPeer{
      .department = "us", .key = us, .address = "127.0.0.1:" + std::to_string(hub_->ListenPort())});
  other.Start(loop_);
  ASSERT_TRUE(Comes([&] { return !other.heard[us].empty(); })) << "the link is up";
  const auto& tip = Genesis().Tip();
  consensus::Round round = 1;
  while (consensus::SeatRotation().ProposerOf(1, round, *tip.set) != others_[0].first) ++round;
  loop_.Post([&] {
    for (const char* alias : {"db", "ga", "jt"}) {
      const auto key = ConsensusKey(alias);
      if (consensus::AddressOf(key.PublicKey()) != others_[0].first) continue;
      host_->OnMessage(others_[0].second, consensus::VoteMsg{SignedVote(
                                              key, tip.chain, consensus::VoteType::kPrecommit, 1,
                                              round - 1, std::nullopt)});
      host_->OnMessage(others_[0].second,
                       consensus::ProposalMsg{SignedProposal(key, tip.chain, 1, round)});
    }
    host_->OnMessage(testing::TestKey(1).PublicKey(),
                     consensus::AmnesiaProbe{.height = 1, .validator = others_[0].first});
  });
  ASSERT_TRUE(Comes([&] {
    return std::ranges::any_of(other.heard[us], [&](auto& message) {
      const auto* answer = std::get_if<consensus::AmnesiaAnswer>(&message);
      return answer != nullptr && answer->highest &&
             PlaceOf(*answer->highest) == consensus::Place{1, round, consensus::Step::kPropose};
    });
  }));
}

}  // namespace
}  // namespace jiandu::node
