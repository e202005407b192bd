// A little ledger with its snapshot of one height, the proof of it, and their parts.
#pragma once

#include "ledger/store/snapshot_files.h"
#include "node/snapshot_proof.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node::testing {

inline constexpr consensus::Height kSnapshotHeight = 8;
inline constexpr consensus::Height kLedgerHeight = 12;

inline store::SnapshotPayloads NoPayloads() {
  return {.wants = [](ledger::LogIndex, std::uint64_t, const ledger::Stub&) -> Result<bool> {
            return false;
          },
          .read = [](ledger::Height, std::uint64_t) -> Result<Bytes> {
            return Fail(Errc::kNotFound, "no payloads");
          }};
}

// Of a node at kLedgerHeight.
class SnapshotSource {
 public:
  SnapshotSource() {
    ledger_.GrowTo(kLedgerHeight);
    std::vector<consensus::Height> heights;
    for (consensus::Height height = 1; height <= kSnapshotHeight; ++height) {
      heights.push_back(height);
    }
    const DataPaths paths{folder_.Path()};
    ledger_.WriteDatabase(paths, heights);
    const auto database = store::LevelDbStore::Open(paths.Database());
    EXPECT_TRUE(database.has_value());
    auto made = store::WriteSnapshot(*(*database)->Snapshot(), paths.Snapshots(), NoPayloads(),
                                     [] { return true; });
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().detail);
    snapshot_ = *made;
    auto proof = MakeSnapshotProof(*ledger_.View(), ledger_.Tip().commit, kSnapshotHeight);
    EXPECT_TRUE(proof.has_value()) << (proof ? "" : proof.error().detail);
    proof_.emplace(*std::move(proof));
  }

  [[nodiscard]] const TestLedger& Ledger() const { return ledger_; }
  [[nodiscard]] const ledger::Genesis& Genesis() const { return ledger_.Genesis(); }
  [[nodiscard]] const store::SnapshotFile& Snapshot() const { return *snapshot_; }
  [[nodiscard]] const SnapshotProof& Proof() const { return *proof_; }
  [[nodiscard]] CertifiedState Certified() const {
    auto certified = VerifySnapshotProof(Genesis(), kSnapshotHeight, *proof_);
    EXPECT_TRUE(certified.has_value()) << (certified ? "" : certified.error().detail);
    return *std::move(certified);
  }
  [[nodiscard]] std::filesystem::path Folder() const {
    return DataPaths{folder_.Path()}.Snapshots();
  }

 private:
  support::TempFolder folder_;
  TestLedger ledger_;
  store::SnapshotFilePtr snapshot_;
  std::optional<SnapshotProof> proof_;
};

}  // namespace jiandu::node::testing
