// Proof bundles: what honest ones prove, and that no change of any of them is believed.
#include "sdk/cpp/proof_verifier.h"

#include <gtest/gtest.h>

#include <regex>

#include "base/hex.h"
#include "crypto/hash.h"
#include "ledger/store/log_tree.h"
#include "tests/support/proof_fixture.h"

namespace jiandu::sdk {
namespace {

using ledger::ProofBundle;
using store::ProofChain;

class Proofs : public ProofFixture {};

TEST_F(Proofs, EveryHistoryIsProvenWhole) {
  for (const auto& id : chain_.Entities()) {
    const ProofBundle bundle = Reread(chain_.Prove(ledger::HistoryQuery{id}).value());
    const ProofVerdict verdict = Verify(bundle);
    ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
    EXPECT_EQ(verdict.events.size(), LeafOf(id).size);
    EXPECT_EQ(verdict.as_of, chain_.View().Height());
    EXPECT_EQ(verdict.proven.size(), 1U);
    EXPECT_TRUE(verdict.TrustStatement().en.starts_with("Complete as of height 12, time "));
    EXPECT_TRUE(verdict.TrustStatement().en.contains("at most 1/3 faulty"));
    EXPECT_EQ(verdict.entities, std::vector{id});
  }
}

TEST_F(Proofs, WhatGenesisBoreIsProvenToo) {
  const ledger::HistoryQuery query{ledger::DepartmentEntity(std::string(ledger::kGa))};
  EXPECT_EQ(FailedStep(Reread(chain_.Prove(query).value())), "");
  const ProofChain young(kSeed);  // whose log is the genesis entry alone
  const ProofBundle bundle = young.Prove(query).value();
  EXPECT_TRUE(VerifyProof(Reread(bundle), young.Genesis()).verified);
}

TEST_F(Proofs, ATransactionIsProvenWithItsSignatures) {
  const ledger::TransactionQuery query{chain_.AnyTransaction()};
  const ProofBundle bundle = Reread(chain_.Prove(query).value());
  ASSERT_EQ(bundle.transactions.size(), 1U);
  const ProofVerdict verdict = Verify(bundle);
  ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
  EXPECT_EQ(verdict.events[0].department, ledger::kGa);
  EXPECT_TRUE(Says(verdict.not_proven, "whose a key was when it signed"));
  EXPECT_TRUE(Says(verdict.not_proven, "anything after height 12"));
  EXPECT_FALSE(Says(verdict.not_proven, "whose transaction is not in the bundle"));
  EXPECT_TRUE(verdict.TrustStatement().en.starts_with("This holds as of height 12, time "));
  EXPECT_TRUE(verdict.proven[0].en.contains(HexEncode(query.txid.View())));  // the whole id

  ProofBundle other = bundle;
  other.transactions[0].stored[20] ^= 1;
  EXPECT_EQ(FailedStep(other), "transactions");
  other = bundle;
  other.transactions.clear();  // allowed, and said
  EXPECT_TRUE(
      Says(Verify(other).not_proven, "the 1 events whose transaction is not in the bundle"));
  other = bundle;
  other.query = ledger::TransactionQuery{store::HashOf("another")};
  EXPECT_EQ(FailedStep(other), "answer");
}

TEST_F(Proofs, AbsenceIsProvenAndPresenceCannotBeDenied) {
  const auto nobody = ledger::BornId(ledger::EntityKind::kResource, store::HashOf("never sent"), 0);
  EXPECT_EQ(FailedStep(Reread(chain_.Prove(ledger::AbsenceQuery{nobody}).value())), "");
  EXPECT_EQ(FailedStep(Reread(chain_.Prove(ledger::AbsenceQuery{"code/none"}).value())), "");
  EXPECT_EQ(chain_.Prove(ledger::AbsenceQuery{Busiest()}).error().code, Errc::kNotFound);
  // The row of what exists, called absent in every way.
  const ProofBundle present = chain_.Prove(ledger::HistoryQuery{Busiest()}).value();
  ProofBundle denied = chain_.Prove(ledger::AbsenceQuery{nobody}).value();
  denied.query = ledger::AbsenceQuery{Busiest()};
  EXPECT_EQ(FailedStep(denied), "answer");
  denied.leaves[0].key = ledger::LeafKey(Busiest());
  EXPECT_EQ(FailedStep(denied), "state");
  denied.leaves = present.leaves;
  denied.siblings = present.siblings;
  EXPECT_EQ(FailedStep(denied), "answer");
  std::erase_if(denied.leaves, [&](const ledger::ProofLeaf& leaf) {
    return leaf.key != ledger::LeafKey(Busiest());
  });
  denied.leaves[0].value.reset();
  EXPECT_EQ(FailedStep(denied), "state");
}

TEST_F(Proofs, WithheldEventsAreCountedAndSaid) {
  std::size_t seen = 0;
  for (const auto& id : chain_.Entities()) {
    const ProofBundle bundle =
        Reread(chain_.Prove(ledger::HistoryQuery{id}, Shown::kAccepted).value());
    const ProofVerdict verdict = Verify(bundle);
    ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
    EXPECT_EQ(verdict.events.size(), LeafOf(id).size);
    if (verdict.withheld == 0) continue;
    ++seen;
    EXPECT_TRUE(Says(verdict.not_proven, std::to_string(verdict.withheld) + " events: they exist"));
  }
  EXPECT_GT(seen, 3U);
}

// audit.md 1c: a dropped, doubled, foreign, reordered, altered or withheld event of a history.
TEST_F(Proofs, NoChangeOfAHistoryIsBelieved) {
  const ProofBundle other = chain_.Prove(ledger::HistoryQuery{chain_.Entities().back()}).value();
  for (const auto& id : chain_.Entities()) {
    const ProofBundle good = chain_.Prove(ledger::HistoryQuery{id}).value();
    for (std::size_t i = 0; i < good.events.size(); ++i) {
      ProofBundle bad = good;
      bad.events.erase(bad.events.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_NE(FailedStep(bad), "");
      bad = good;
      bad.events.insert(bad.events.begin() + static_cast<std::ptrdiff_t>(i), good.events[i]);
      EXPECT_NE(FailedStep(bad), "");
      bad = good;
      std::get<Bytes>(bad.events[i].entry).back() ^= 1;
      EXPECT_NE(FailedStep(bad), "");
      bad = good;
      bad.events[i].index += 1;
      EXPECT_NE(FailedStep(bad), "");
      bad = good;
      bad.events[i].entry = store::HashOf("something else");
      EXPECT_NE(FailedStep(bad), "");
    }
    for (std::size_t i = 0; i + 1 < good.events.size(); ++i) {
      ProofBundle bad = good;
      std::swap(bad.events[i], bad.events[i + 1]);
      EXPECT_NE(FailedStep(bad), "");
    }
    if (id == chain_.Entities().back()) continue;
    ProofBundle bad = good;
    bad.query = other.query;
    EXPECT_NE(FailedStep(bad), "");
    bad = good;
    bad.events = other.events;
    EXPECT_NE(FailedStep(bad), "");
  }
}

// An event left out together with its inclusion: the log's proof still holds, the history does not.
TEST_F(Proofs, AnEventLeftOutWithItsPathIsMissed) {
  const ledger::EntityId id = Busiest();
  const ProofBundle good = chain_.Prove(ledger::HistoryQuery{id}).value();
  for (std::size_t i = 0; i < good.events.size(); ++i) {
    ProofBundle bad = good;
    bad.transactions.clear();
    bad.events.erase(bad.events.begin() + static_cast<std::ptrdiff_t>(i));
    std::vector<std::uint64_t> indexes;
    for (const ledger::ProofEvent& event : bad.events) indexes.push_back(event.index);
    indexes.push_back(good.head.log_size - 1);
    bad.log_hashes = store::LogInclusionsProof(chain_.View(), indexes, good.head.log_size).value();
    EXPECT_EQ(FailedStep(bad), "answer");
  }
}

// The end line is made anew: else nothing but its digest would be tested.
std::string Ended(std::string_view lines) {
  const Json end =
      Json::MakeObject({{"kind", "end"},
                        {"lines", static_cast<std::uint64_t>(std::ranges::count(lines, '\n'))},
                        {"sha256", HexEncode(crypto::Sha256(AsBytes(lines)).View())}});
  return std::string(lines) + CanonicalJson(end) + "\n";
}

TEST_F(Proofs, NoChangedByteOfASmallBundleIsBelieved) {
  ProofBundle bundle = chain_.Prove(ledger::HistoryQuery{chain_.Entities().front()}).value();
  const std::string text = bundle.ToText();
  const std::size_t end = text.find("{\"kind\":\"end\"");
  const std::string lines = text.substr(0, end);
  ASSERT_EQ(Ended(lines), text);
  ASSERT_LT(text.size(), 20'000U);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    std::string bad = lines;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 7));
    EXPECT_FALSE(ProofBundle::FromText(bad + text.substr(end)).has_value()) << at;
    EXPECT_FALSE(ProofBundle::FromText(text.substr(0, at)).has_value()) << at;
    const auto read = ProofBundle::FromText(Ended(bad));
    EXPECT_FALSE(read && VerifyProof(*read, chain_.Genesis()).verified) << at;
  }
  EXPECT_FALSE(ProofBundle::FromText(text + "\n").has_value());
}

TEST_F(Proofs, OfSeveralEachEventIsThereOnce) {
  ledger::HistoriesQuery query{chain_.Entities()};
  std::ranges::sort(query.entities);
  ASSERT_GT(query.entities.size(), 20U);
  std::set<ledger::LogIndex> indexes;
  std::size_t places = 0;
  for (const auto& id : query.entities) {
    const auto history = chain_.View().History(id, 0, 1000);
    indexes.insert(history.begin(), history.end());
    places += history.size();
  }
  ASSERT_LT(indexes.size(), places);
  for (const Shown shown : {Shown::kAll, Shown::kAccepted}) {
    const ProofBundle good = Reread(chain_.Prove(query, shown).value());
    EXPECT_EQ(good.events.size(), indexes.size());
    const ProofVerdict verdict = Verify(good);
    ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
    EXPECT_EQ(verdict.entities, query.entities);
    EXPECT_EQ(verdict.withheld > 0, shown == Shown::kAccepted);
    ProofBundle bad = good;  // the row of one whose events stay
    bad.query = ledger::HistoriesQuery{{query.entities.begin() + 1, query.entities.end()}};
    EXPECT_EQ(FailedStep(bad), "answer");
    bad = good;
    bad.query = ledger::HistoryQuery{query.entities[0]};
    EXPECT_NE(FailedStep(bad), "");
    std::swap(query.entities[0], query.entities[1]);
    bad = good;
    bad.query = query;
    EXPECT_EQ(FailedStep(bad), "form");
    std::swap(query.entities[0], query.entities[1]);
  }
}

// Who withholds an event cannot give it to another entity, or to one fewer.
TEST_F(Proofs, AWithheldEventStaysInItsHistories) {
  ledger::HistoriesQuery query{chain_.Entities()};
  std::ranges::sort(query.entities);
  const ProofBundle good = chain_.Prove(query, Shown::kAccepted).value();
  std::size_t tried = 0;
  for (std::size_t i = 0; i < good.events.size(); ++i) {
    if (good.events[i].entities.empty()) continue;
    ++tried;
    ProofBundle bad = good;
    bad.events[i].entities.pop_back();
    EXPECT_NE(FailedStep(bad), "");
    bad = good;
    auto& named = bad.events[i].entities;
    const auto other = std::ranges::find_if(query.entities, [&named](const auto& id) {
      return std::ranges::find(named, id) == named.end();
    });
    named.insert(std::ranges::lower_bound(named, *other), *other);
    EXPECT_EQ(FailedStep(bad), "answer");
  }
  EXPECT_GT(tried, 5U);
}

TEST_F(Proofs, TransactionsAreLeftOutWhenReadingThemCostsTooMuch) {
  const ledger::HistoryQuery query{Busiest()};
  chain_.read_bytes = store::kProofReadBytesMax / 2 + 1;
  const ProofBundle bundle = chain_.Prove(query).value();
  EXPECT_LE(bundle.transactions.size(), 1U);
  EXPECT_EQ(FailedStep(bundle), "");
  EXPECT_TRUE(Says(Verify(bundle).not_proven, "whose transaction is not in the bundle"));
  chain_.read_bytes = 2 * store::kProofReadBytesMax;  // what is asked for is read all the same
  const ledger::TransactionQuery one{chain_.AnyTransaction()};
  EXPECT_EQ(chain_.Prove(one).value().transactions.size(), 1U);
  chain_.read_bytes = 0;
  const auto needed = chain_.Prove(query, Shown::kAll, ledger::ProofTransactions::kNeeded);
  EXPECT_TRUE(needed->transactions.empty());
}

TEST_F(Proofs, NamesReachNoTerminalAsCommands) {
  const std::string name = "code/\x1b[31m\"\n\u202e\u7b80\U0001f600";
  const ProofVerdict verdict = Verify(chain_.Prove(ledger::AbsenceQuery{name}).value());
  ASSERT_TRUE(verdict.verified);
  EXPECT_TRUE(
      verdict.proven[0].en.contains(R"("code/\u001b[31m\u0022\u000a\u202e\u7b80\ud83d\ude00")"));
}

TEST_F(Proofs, ARowWithoutAKeyOrMoreHashesThanOfUseAreNoBundle) {
  const ProofBundle good = chain_.Prove(ledger::TransactionQuery{chain_.AnyTransaction()}).value();
  ProofBundle bad = good;
  bad.leaves[0].key.clear();
  EXPECT_EQ(FailedStep(bad), "form");
  bad = good;
  bad.siblings.resize(ProofBundle::kSiblingsPerLeaf * bad.leaves.size() + 1);
  EXPECT_EQ(FailedStep(bad), "form");
  bad = good;
  bad.log_hashes.resize(ProofBundle::kLogHashesPerEvent * 2 + 1);
  EXPECT_EQ(FailedStep(bad), "form");
  bad = good;
  bad.query = ledger::AbsenceQuery{std::string(257, 'n')};
  EXPECT_EQ(FailedStep(bad), "form");
  bad.query = ledger::AbsenceQuery{std::string()};
  EXPECT_EQ(FailedStep(bad), "form");
}

// "" is a hash of 32 bytes: what is held before a signature was looked at must not be ten times the
// file.
TEST_F(Proofs, MoreRowsOrHashesThanAnyAnswerHasAreNoBundle) {
  const ProofBundle good = chain_.Prove(ledger::TransactionQuery{chain_.AnyTransaction()}).value();
  const auto why = [](const ProofBundle& bundle) {
    const auto read = ProofBundle::FromText(bundle.ToText());
    return read ? std::string() : read.error().detail;
  };
  ASSERT_EQ(why(good), "");
  ProofBundle bad = good;
  bad.leaves.assign(ProofBundle::kLeavesMax + 1, good.leaves[0]);
  EXPECT_TRUE(why(bad).contains("too many rows")) << why(bad);
  bad.leaves.resize(ProofBundle::kHashesMax / ProofBundle::kSiblingsPerLeaf + 1);
  bad.siblings.assign(ProofBundle::kHashesMax + 1, Hash256());
  EXPECT_TRUE(why(bad).contains("more hashes")) << why(bad);
  bad = good;
  bad.transactions.push_back({.index = bad.transactions.back().index + 1, .stored = {}});
  EXPECT_TRUE(why(bad).contains("too many transactions")) << why(bad);
}

TEST_F(Proofs, HeadsAreCheckedAgainstTheValidators) {
  const ledger::HistoryQuery query{Busiest()};
  const ProofBundle before = chain_.Prove(query).value();
  chain_.ChangeValidators({"db c", "ga c", "jt c", "sj c"});
  chain_.ChangeValidators({"sj c", "ga c"});
  const ProofBundle good = Reread(chain_.Prove(query).value());
  ASSERT_EQ(good.head.epochs.size(), 2U);
  EXPECT_EQ(FailedStep(good), "");
  EXPECT_EQ(FailedStep(before), "");  // true as of its own height

  ProofBundle bad = good;
  bad.head.epochs.pop_back();
  EXPECT_EQ(FailedStep(bad), "header");
  bad = good;
  std::swap(bad.head.epochs[0], bad.head.epochs[1]);
  EXPECT_EQ(FailedStep(bad), "epochs");
  bad = good;
  bad.head.epochs[1].next_set = bad.head.epochs[0].next_set;
  EXPECT_EQ(FailedStep(bad), "epochs");
  bad = good;
  bad.head.commit.back() ^= 1;
  EXPECT_EQ(FailedStep(bad), "certificate");
  bad = good;
  bad.head.commit = before.head.commit;
  EXPECT_EQ(FailedStep(bad), "certificate");
  bad = good;
  bad.head.log_size += 1;
  EXPECT_EQ(FailedStep(bad), "opening");
  bad = good;
  bad.head.genesis_hash.bytes[0] ^= 1;
  EXPECT_EQ(FailedStep(bad), "genesis");
  // The rows of another height under this head.
  bad = good;
  bad.leaves = before.leaves;
  bad.siblings = before.siblings;
  EXPECT_NE(FailedStep(bad), "");
}

}  // namespace
}  // namespace jiandu::sdk
