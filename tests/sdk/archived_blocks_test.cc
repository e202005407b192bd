// A node that no longer has the blocks, or the states: what it can still prove, and what the
// verdict then says is not proven.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "node/ledger_snapshot.h"
#include "node/view_board.h"
#include "sdk/cpp/client_tx.h"
#include "sdk/cpp/proof_verifier.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::sdk {
namespace {

using support::TempFolder;

constexpr std::string_view kUntold = "the content of the 1 events whose transaction is not in";

class ArchivedBlocks : public testing::Test {
 protected:
  ArchivedBlocks() {
    const crypto::EcdsaPrivateKey maker = ledger::TestKey("ga-c1");
    const std::vector<SigningKey> keys = {{&maker, ledger::SignerRole::kMaker}};
    const ledger::TimeMs at = ledger_.Genesis().time;
    const ledger::Payload payload =
        MakePayload(ledger_.Genesis().chain, "correction.withdraw", std::string(ledger::kGa), keys,
                    at, 3'600'000, Json::MakeObject());
    const Bytes stored = SignTransaction(payload, keys).value();
    txid_ = ledger::DecodeStored(stored).value().txid;
    month_ = ledger::DepartmentMonthEntity(std::string(ledger::kGa), at);
    ledger_.Grow({stored});
    ledger_.Grow();  // certifies what the first did
    ledger_.WriteSegments(paths_);
  }

  // Of a node that has the blocks in this folder.
  Result<ProofVerdict> Prove(const std::filesystem::path& folder, const ledger::ProofQuery& query) {
    const auto segments = store::Segments::Open(folder);
    EXPECT_TRUE(segments.has_value());
    const auto snapshot =
        node::MakeSnapshot(std::make_shared<const node::PostedView>(node::PostedView{
                               .view = ledger_.View(), .commit = ledger_.At(Height()).commit}),
                           std::make_shared<const node::SnapshotSources>(node::SnapshotSources{
                               .segments = segments->get(), .departments = {}}));
    const gateway::LedgerSnapshot::ProofShows shows{
        .event = [](const ledger::Stub&) { return true; },
        .bytes = [](const ledger::Transaction&, const ledger::Stub&) { return true; },
        .which = ledger::ProofTransactions::kAll};
    JD_TRY(ledger::HeadProof head, snapshot->Head());
    JD_TRY(const ledger::ProofBundle bundle, snapshot->Prove(std::move(head), query, shows));
    JD_TRY(const ledger::ProofBundle read, ledger::ProofBundle::FromText(bundle.ToText()));
    return VerifyProof(read, ledger_.Genesis());
  }
  [[nodiscard]] ledger::Height Height() const { return ledger_.View()->Height(); }
  static bool SaysUntold(const ProofVerdict& verdict) {
    return std::ranges::any_of(verdict.not_proven,
                               [](const Sentence& one) { return one.en.contains(kUntold); });
  }

  TempFolder folder_;
  node::DataPaths paths_{.root = folder_.Path()};
  TempFolder archived_;  // everything was taken away
  node::testing::TestLedger ledger_;
  ledger::TxId txid_;
  ledger::EntityId month_;
};

TEST_F(ArchivedBlocks, EventsAreProvenWholeAndTheirContentIsSaidToBeMissing) {
  for (const ledger::ProofQuery& query : {ledger::ProofQuery(ledger::HistoryQuery{month_}),
                                          ledger::ProofQuery(ledger::TransactionQuery{txid_})}) {
    const auto kept = Prove(paths_.Segments(), query);
    ASSERT_TRUE(kept.has_value()) << kept.error().detail;
    EXPECT_TRUE(kept->verified);
    EXPECT_FALSE(SaysUntold(*kept));
    EXPECT_EQ(kept->events.at(0).department, ledger::kGa);
    const auto archived = Prove(archived_.Path(), query);
    ASSERT_TRUE(archived.has_value()) << archived.error().detail;
    EXPECT_TRUE(archived->verified);
    EXPECT_TRUE(SaysUntold(*archived));
    EXPECT_EQ(archived->events.size(), 1U);
    EXPECT_EQ(archived->complete, kept->complete);
    EXPECT_EQ(archived->events.at(0).department, "") << "who signed is not proven";
  }
}

// The states of old heights are gone; the histories of the newest one hold what was before.
TEST_F(ArchivedBlocks, OfAPrunedStateTheNewestProvesThePastAndSaysAsOfWhen) {
  node::ViewBoard board(node::PostedView{.view = ledger_.View(), .commit = ledger_.At(2).commit});
  const std::size_t last = limits::kViewsKept + 10;
  while (Height() < last) {
    ledger_.Grow();
    board.Publish({.view = ledger_.View(), .commit = ledger_.At(Height()).commit});
  }
  EXPECT_EQ(board.AsOf(2), nullptr) << "nothing can be asked of it";
  const auto proven = Prove(archived_.Path(), ledger::HistoryQuery{month_});
  ASSERT_TRUE(proven.has_value()) << proven.error().detail;
  ASSERT_TRUE(proven->verified) << proven->steps.back().detail;
  EXPECT_EQ(proven->as_of, last - 1);
  EXPECT_EQ(proven->events.at(0).stub->height, 1U);
  const std::string after = "anything after height " + std::to_string(last - 1);
  EXPECT_TRUE(std::ranges::any_of(proven->not_proven,
                                  [&](const Sentence& one) { return one.en == after; }));
}

// Damage is no archive: somebody is to look at that disk.
TEST_F(ArchivedBlocks, ADamagedBlockIsAnError) {
  for (const auto& file : std::filesystem::directory_iterator(paths_.Segments())) {
    if (file.path().extension() != ".seg") continue;
    Bytes bytes = node::testing::ReadAll(file.path());
    bytes.at(200) ^= 1;
    node::testing::WriteAll(file.path(), bytes);
  }
  const auto proven = Prove(paths_.Segments(), ledger::HistoryQuery{month_});
  ASSERT_FALSE(proven.has_value());
  EXPECT_EQ(proven.error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace jiandu::sdk
