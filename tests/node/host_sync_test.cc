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
    SendAsFirst(1, *ledger_.At(1).block->bytes, ledger_.At(1).commit);
    consensus::Commit forged = ledger_.At(2).commit;
    for (auto& signature : forged.signatures) signature.signature.bytes[5] ^= 1U;
    SendAsFirst(2, *ledger_.At(2).block->bytes, forged);
  });
  ASSERT_TRUE(Comes([&] { return IsAt(1); }));
  ASSERT_TRUE(ComesWith(2, 2, [&] { return IsAt(2); }));
  EXPECT_EQ(host_->Tip().commit, ledger_.At(2).commit);
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

// A peer with a link, which asks what another validator has signed.
class HostAnswersTest : public HostSyncTest {
 protected:
  void Connect() {
    other_.options.peers.push_back(
        PinnedPeer{.department = "us",
                   .key = us_,
                   .address = "127.0.0.1:" + std::to_string(hub_->ListenPort())});
    other_.Start(loop_);
    ASSERT_TRUE(Comes([&] { return !other_.heard[us_].empty(); })) << "the link is up";
  }
  void Ask() {
    host_->OnMessage(testing::TestKey(1).PublicKey(),
                     consensus::AmnesiaProbe{.height = 1, .validator = others_[0].first});
  }
  ::testing::AssertionResult IsAnswered(const consensus::Place& place) {
    return Comes([&] {
      return std::ranges::any_of(other_.heard[us_], [&](auto& message) {
        const auto* answer = std::get_if<consensus::AmnesiaAnswer>(&message);
        return answer != nullptr && answer->highest && PlaceOf(*answer->highest) == place;
      });
    });
  }
  // Prevotes of all for what SignedProposal proposes.
  [[nodiscard]] consensus::Certificate PolkaOf(consensus::Round round) const {
    consensus::BlockId id;
    id.parts = 1;
    consensus::Certificate polka{.kind = consensus::Certificate::Kind::kPolka,
                                 .height = 1,
                                 .round = round,
                                 .id = id,
                                 .votes = {}};
    const auto add = [&](const crypto::Ed25519PrivateKey& key) {
      polka.votes.push_back(
          SignedVote(key, Genesis().Tip().chain, consensus::VoteType::kPrevote, 1, round, id));
    };
    for (std::size_t who = 0; who < others_.size(); ++who) add(KeyOf(who));
    add(*key_);
    return polka;
  }
  // A round of the first height in which this one of the others proposes.
  [[nodiscard]] consensus::Round RoundOf(std::size_t who) const {
    consensus::Round round = 1;
    while (consensus::SeatRotation().ProposerOf(1, round, *Genesis().Tip().set) !=
           others_[who].first) {
      ++round;
    }
    return round;
  }
  // Of the validator at this place among the others.
  [[nodiscard]] crypto::Ed25519PrivateKey KeyOf(std::size_t who) const {
    for (const char* alias : {"db", "ga", "jt"}) {
      auto key = ConsensusKey(alias);
      if (consensus::AddressOf(key.PublicKey()) == others_[who].first) return key;
    }
    std::abort();
  }

  const PeerId us_ = testing::TestKey(99).PublicKey();
  testing::TestNode other_{1};
};

TEST_F(HostAnswersTest, WithTheLatestThatWasSigned) {
  Start();
  Connect();
  const auto& tip = Genesis().Tip();
  const consensus::Round round = RoundOf(0);
  loop_.Post([&] {
    const auto vote = [&](consensus::VoteType type) {
      return consensus::VoteMsg{SignedVote(KeyOf(0), tip.chain, type, 1, round - 1, std::nullopt)};
    };
    host_->OnMessage(others_[0].second, vote(consensus::VoteType::kPrevote));
    host_->OnMessage(others_[0].second,
                     consensus::ProposalMsg{SignedProposal(KeyOf(0), tip.chain, 1, round)});
    host_->OnMessage(others_[0].second, vote(consensus::VoteType::kPrecommit));
    Ask();
  });
  EXPECT_TRUE(IsAnswered({1, round, consensus::Step::kPropose}));
}

// Its vote itself came to others alone.
TEST_F(HostAnswersTest, WithAVoteThatCameInACertificate) {
  Start();
  Connect();
  loop_.Post([&] {
    host_->OnMessage(others_[1].second, consensus::CertificateMsg{PolkaOf(2)});
    Ask();
  });
  EXPECT_TRUE(IsAnswered({1, 2, consensus::Step::kPrevote}));
}

TEST_F(HostAnswersTest, WithAVoteThatCameInThePolkaOfAProposal) {
  Start();
  Connect();
  const std::string& chain = Genesis().Tip().chain;
  auto proposal = SignedProposal(KeyOf(1), chain, 1, RoundOf(1));
  proposal.pol_round = proposal.round - 1;
  proposal.polka = PolkaOf(proposal.pol_round);
  proposal.signature = KeyOf(1).Sign(consensus::ProposalSignBytes(chain, proposal));
  loop_.Post([&] {
    host_->OnMessage(others_[1].second, consensus::ProposalMsg{proposal});
    Ask();
  });
  EXPECT_TRUE(IsAnswered({1, proposal.pol_round, consensus::Step::kPrevote}));
}

}  // namespace
}  // namespace jiandu::node
