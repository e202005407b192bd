// Counting votes: thresholds, equivocation, certificates, memory, and the specification's traces.
#include "consensus/vote_tally.h"

#include <gtest/gtest.h>

#include "tests/consensus/core_test_net.h"
#include "tests/consensus/itf_reader.h"

namespace jiandu::consensus::test {
namespace {

using Outcome = VoteTally::Outcome;

class Votes : public ::testing::Test {
 protected:
  ValidatorSetPtr set = MakeSet(4);
  std::vector<Address> seats = Seats(*set);
  VoteTally tally{set};

  Outcome Cast(std::size_t seat, VoteType type, Round round, std::optional<BlockId> id) {
    return tally.Add(MakeVote(type, 1, round, id, seats[seat])).outcome;
  }
  Certificate Polka(Round round, const BlockId& id, std::size_t votes) {
    Certificate certificate;
    certificate.kind = Certificate::Kind::kPolka;
    certificate.height = 1;
    certificate.round = round;
    certificate.id = id;
    for (std::size_t i = 0; i < votes; ++i) {
      certificate.votes.push_back(MakeVote(VoteType::kPrevote, 1, round, id, seats[i]));
    }
    return certificate;
  }
};

TEST_F(Votes, AQuorumIsMoreThanTwoThirds) {
  const BlockId a = IdOf("a");
  Cast(0, VoteType::kPrevote, 0, a);
  Cast(1, VoteType::kPrevote, 0, a);
  EXPECT_FALSE(tally.HasQuorumFor(0, VoteType::kPrevote, a));
  Cast(2, VoteType::kPrevote, 0, std::nullopt);
  EXPECT_FALSE(tally.HasQuorumFor(0, VoteType::kPrevote, a));
  EXPECT_TRUE(tally.HasQuorumAny(0, VoteType::kPrevote));
  EXPECT_FALSE(tally.QuorumValue(0, VoteType::kPrevote).has_value());
  Cast(3, VoteType::kPrevote, 0, a);
  EXPECT_TRUE(tally.HasQuorumFor(0, VoteType::kPrevote, a));
  EXPECT_EQ(*tally.QuorumValue(0, VoteType::kPrevote), a);
  EXPECT_FALSE(tally.HasQuorumFor(0, VoteType::kPrecommit, a));
  EXPECT_FALSE(tally.HasQuorumFor(1, VoteType::kPrevote, a));
}

TEST_F(Votes, TheFirstVoteCountsAndAConflictIsToldOnce) {
  EXPECT_EQ(Cast(0, VoteType::kPrevote, 0, IdOf("a")), Outcome::kCounted);
  EXPECT_EQ(Cast(0, VoteType::kPrevote, 0, IdOf("a")), Outcome::kDuplicate);
  const auto conflict = tally.Add(MakeVote(VoteType::kPrevote, 1, 0, IdOf("b"), seats[0]));
  EXPECT_EQ(conflict.outcome, Outcome::kConflict);
  EXPECT_EQ(conflict.first->id, IdOf("a"));
  EXPECT_EQ(Cast(0, VoteType::kPrevote, 0, std::nullopt), Outcome::kDuplicate);
  Cast(1, VoteType::kPrevote, 0, IdOf("b"));
  Cast(2, VoteType::kPrevote, 0, IdOf("b"));
  EXPECT_FALSE(tally.HasQuorumFor(0, VoteType::kPrevote, IdOf("b")));
}

TEST_F(Votes, ACertificateCountsAsAWholeEvenWithTheOtherHalfOfAnEquivocation) {
  Cast(0, VoteType::kPrevote, 0, IdOf("b"));
  const Certificate polka = Polka(0, IdOf("a"), 3);
  ASSERT_TRUE(IsCertificate(polka, *set));
  tally.AddCertificate(polka);
  EXPECT_TRUE(tally.HasQuorumFor(0, VoteType::kPrevote, IdOf("a")));
  EXPECT_TRUE(IsCertificate(tally.Make(Certificate::Kind::kPolka, 1, 0, IdOf("a")), *set));
}

TEST_F(Votes, StrangersAndNegativeRoundsAreIgnored) {
  Address stranger;
  stranger.bytes.fill(0xAB);
  EXPECT_EQ(tally.Add(MakeVote(VoteType::kPrevote, 1, 0, {}, stranger)).outcome, Outcome::kIgnored);
  EXPECT_EQ(Cast(0, VoteType::kPrevote, -1, std::nullopt), Outcome::kIgnored);
}

TEST_F(Votes, SkippingNeedsDistinctSendersInOneRound) {
  Cast(0, VoteType::kPrevote, 5, IdOf("a"));
  EXPECT_EQ(tally.HonestRoundAbove(0), std::nullopt);
  Cast(0, VoteType::kPrecommit, 5, IdOf("a"));
  EXPECT_EQ(tally.HonestRoundAbove(0), std::nullopt);
  Cast(1, VoteType::kPrecommit, 6, IdOf("a"));
  EXPECT_EQ(tally.HonestRoundAbove(0), std::nullopt);
  Cast(0, VoteType::kPrevote, 6, std::nullopt);
  EXPECT_EQ(tally.HonestRoundAbove(0), 6);
  EXPECT_EQ(tally.HonestRoundAbove(6), std::nullopt);
  EXPECT_TRUE(IsCertificate(tally.Make(Certificate::Kind::kSkip, 1, 6, std::nullopt), *set));
}

TEST_F(Votes, OneMemberWithBothItsVotesIsOneSender) {
  Cast(0, VoteType::kPrevote, 1, IdOf("a"));
  Cast(0, VoteType::kPrecommit, 1, std::nullopt);
  EXPECT_EQ(tally.HonestRoundAbove(0), std::nullopt);
  EXPECT_FALSE(tally.HasHonestSenders());
  Cast(1, VoteType::kPrecommit, 1, std::nullopt);
  EXPECT_EQ(tally.HonestRoundAbove(0), 1);
  EXPECT_TRUE(tally.HasHonestSenders());
}

TEST_F(Votes, WhoeverHasPassedCountsForBeingOvertaken) {
  Cast(0, VoteType::kPrecommit, 0, IdOf("a"));
  Cast(1, VoteType::kPrecommit, 0, IdOf("a"));
  EXPECT_FALSE(tally.HasQuorumPassed(0, VoteType::kPrecommit));
  Cast(2, VoteType::kPrevote, 0, IdOf("a"));
  EXPECT_FALSE(tally.HasQuorumPassed(0, VoteType::kPrecommit));
  EXPECT_TRUE(tally.HasQuorumPassed(0, VoteType::kPrevote));
  Cast(2, VoteType::kPrevote, 7, IdOf("a"));
  EXPECT_TRUE(tally.HasQuorumPassed(0, VoteType::kPrecommit));
  EXPECT_FALSE(tally.HasQuorumAny(0, VoteType::kPrecommit));
}

TEST_F(Votes, FloodsOfFarRoundsCostOneVoteAMember) {
  for (Round round = 0; round < 5000; ++round) {
    Cast(0, VoteType::kPrevote, round, IdOf("a"));
    Cast(0, VoteType::kPrecommit, round, std::nullopt);
  }
  Cast(0, VoteType::kPrevote, 2147483647, std::nullopt);
  EXPECT_LE(tally.VotesKept(), 5U);
  for (Round round = 0; round < 5000; ++round) tally.AddCertificate(Polka(round, IdOf("a"), 3));
  EXPECT_LE(tally.VotesKept(), 5U + 3 * VoteTally::kCertificatesMax);
}

TEST_F(Votes, MovingOnKeepsTheLockAndTheNeighbours) {
  for (Round round = 0; round < 2; ++round) {
    for (std::size_t seat = 0; seat < 3; ++seat) {
      Cast(seat, VoteType::kPrevote, round, IdOf("a"));
    }
  }
  tally.MoveTo(7, 0, 0);
  EXPECT_TRUE(tally.HasQuorumFor(0, VoteType::kPrevote, IdOf("a")));  // the lock's round
  EXPECT_TRUE(tally.HasQuorumFor(1, VoteType::kPrevote, IdOf("a")));  // kept as a certificate
  EXPECT_FALSE(tally.HasQuorumAny(1, VoteType::kPrevote));
  EXPECT_EQ(Cast(3, VoteType::kPrevote, 4, IdOf("a")), Outcome::kIgnored);
  EXPECT_EQ(Cast(3, VoteType::kPrevote, 6, IdOf("a")), Outcome::kCounted);
}

TEST_F(Votes, AFarVoteIsCountedOnceItsRoundIsNear) {
  Cast(0, VoteType::kPrecommit, 9, IdOf("a"));
  Cast(1, VoteType::kPrecommit, 9, IdOf("a"));
  tally.MoveTo(9, -1, -1);
  Cast(2, VoteType::kPrecommit, 9, IdOf("a"));
  EXPECT_TRUE(tally.HasQuorumFor(9, VoteType::kPrecommit, IdOf("a")));
}

TEST_F(Votes, OnlyWhatAKindAllowsIsACertificate) {
  const BlockId a = IdOf("a");
  EXPECT_TRUE(IsCertificate(Polka(0, a, 3), *set));
  EXPECT_FALSE(IsCertificate(Polka(0, a, 2), *set));
  Certificate bad = Polka(0, a, 3);
  bad.votes[1] = bad.votes[0];
  EXPECT_FALSE(IsCertificate(bad, *set));
  bad = Polka(0, a, 3);
  bad.votes[1].round = 1;
  EXPECT_FALSE(IsCertificate(bad, *set));
  bad = Polka(0, a, 3);
  bad.votes[1].id = IdOf("b");
  EXPECT_FALSE(IsCertificate(bad, *set));
  bad = Polka(0, a, 3);
  bad.votes[1].type = VoteType::kPrecommit;
  EXPECT_FALSE(IsCertificate(bad, *set));
  bad = Polka(0, a, 3);
  bad.kind = Certificate::Kind::kCommit;
  EXPECT_FALSE(IsCertificate(bad, *set));
  bad = Polka(0, a, 3);
  bad.id.reset();
  EXPECT_FALSE(IsCertificate(bad, *set));
  // Nil votes may stand in a commit, but do not count for its block.
  Certificate commit = Polka(0, a, 4);
  commit.kind = Certificate::Kind::kCommit;
  for (Vote& vote : commit.votes) vote.type = VoteType::kPrecommit;
  commit.votes[3].id.reset();
  EXPECT_TRUE(IsCertificate(commit, *set));
  commit.votes[2].id.reset();
  EXPECT_FALSE(IsCertificate(commit, *set));
}

// What the specification's vote keeper says after a vote, in its words.
std::string Emitted(const VoteTally& tally, const Vote& vote, std::set<std::string>& before) {
  const std::string round = std::to_string(vote.round);
  std::vector<std::string> now;
  const auto value = tally.QuorumValue(vote.round, vote.type);
  const bool prevote = vote.type == VoteType::kPrevote;
  if (value && *value) now.push_back(prevote ? "PolkaValueVKOutput" : "PrecommitValueVKOutput");
  if (value && !*value && prevote) now.push_back("PolkaNilVKOutput");
  if (tally.HonestRoundAbove(1) == vote.round) now.push_back("SkipVKOutput");
  if (now.empty() && tally.HasQuorumAny(vote.round, vote.type)) {
    now.push_back(prevote ? "PolkaAnyVKOutput" : "PrecommitAnyVKOutput");
  }
  for (const std::string& one : now) {
    if (before.insert(one + round).second) return one;
  }
  return "NoVKOutput";
}

TEST(VoteTally, CountsAsTheSpecificationsVoteKeeper) {
  const auto files = ItfFiles("raw", "votekeeperTest");
  if (files.empty()) GTEST_SKIP() << "no traces of the specification here";
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const Json json = ItfRead(file);
    const auto states = json.ItemsOf("states");
    // Members and their weights, in the order of the map.
    std::vector<std::pair<std::string, Power>> members;
    for (const Json& entry :
         states[0].Find("bookkeeper")->Find("validatorSet")->Find("#map")->Items()) {
      members.emplace_back(entry.Items()[0].AsString(),
                           static_cast<Power>(ItfInteger(entry.Items()[1])));
    }
    std::vector<Validator> validators(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      validators[i].key.bytes[0] = static_cast<std::uint8_t>(i + 1);
      validators[i].power = members[i].second;
    }
    std::vector<Address> addresses;
    for (const Validator& validator : validators) addresses.push_back(AddressOf(validator.key));
    VoteTally tally(std::make_shared<const ValidatorSet>(*ValidatorSet::From(validators)));
    tally.MoveTo(1, -1, -1);
    std::set<std::string> before;
    for (const Json& state : states.subspan(1)) {
      const Json& json_vote = ItfItem(*state.Find("weightedVote")->Find("value"), 0);
      const auto member = std::ranges::find(members, json_vote.TextOr("srcAddress"),
                                            &std::pair<std::string, Power>::first);
      const Vote vote =
          MakeVote(ItfTag(*json_vote.Find("voteType")) == "Prevote" ? VoteType::kPrevote
                                                                    : VoteType::kPrecommit,
                   1, static_cast<Round>(ItfInteger(*json_vote.Find("round"))),
                   ItfValue(*json_vote.Find("valueId")),
                   addresses[static_cast<std::size_t>(member - members.begin())]);
      EXPECT_EQ(tally.Add(vote).outcome, Outcome::kCounted);
      EXPECT_EQ(Emitted(tally, vote, before), ItfTag(*state.Find("lastEmitted")));
    }
  }
}

}  // namespace
}  // namespace jiandu::consensus::test
