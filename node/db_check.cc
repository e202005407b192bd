#include "node/db_check.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "consensus/commit.h"
#include "contracts/admission.h"
#include "crypto/ecdsa.h"
#include "ledger/store/check.h"
#include "ledger/store/leveldb_store.h"
#include "ledger/store/state_batch.h"
#include "node/block_rules.h"
#include "node/data_lock.h"
#include "node/db_check_copy.h"
#include "node/db_check_rows.h"
#include "node/execution.h"
#include "node/recover.h"
#include "node/snapshot_install.h"

namespace jiandu::node {
namespace {

constexpr ledger::Height kWriteEvery = 64;
constexpr ledger::Height kProgressEvery = 256;
constexpr const char* kLedger = "ledger";
constexpr const char* kSnapshots = "snapshots";

class DbCheck {
 public:
  DbCheck(const ledger::Genesis& genesis, const DbCheckOptions& options)
      : genesis_(genesis), options_(options), paths_{options.data} {}

  Result<DbCheckReport> Run() {
    auto done = Steps();
    if (!done && !report_.lie) return std::unexpected(done.error());
    return std::move(report_);
  }

 private:
  Result<void> Steps() {
    JD_CHECK(OpenAll());
    JD_CHECK(CheckSegments());
    JD_CHECK(CheckDatabaseAlone());
    JD_CHECK(FindKnown());
    JD_CHECK(Start());
    while (base_ + report_.blocks < report_.height) {
      JD_CHECK(CheckBlock(base_ + report_.blocks + 1));
    }
    return {};
  }

  // The first lie ends the check.
  std::unexpected<Error> Lie(std::string file, ledger::Height height, std::string detail) {
    report_.lie = DbLie{.file = std::move(file), .height = height, .detail = detail};
    return Fail(Errc::kCorrupt, std::move(detail));
  }
  std::unexpected<Error> Foreign(std::string file, std::string detail) {
    auto failed = Lie(std::move(file), 0, std::move(detail));
    report_.lie->is_foreign = true;
    return failed;
  }
  Result<void> Judge(const Result<void>& result, const std::string& file, ledger::Height height) {
    if (result) return {};
    return Lie(file, height, result.error().detail);
  }
  void Note(const std::string& text) { report_.note += (report_.note.empty() ? "" : "; ") + text; }

  Result<void> OpenAll() {
    std::error_code error;
    if (!std::filesystem::is_directory(options_.data, error)) {
      return Fail(Errc::kNotFound, options_.data.string() + ": no data directory");
    }
    JD_TRY(lock_, LockDataDirectory(options_.data));
    if (!std::filesystem::is_directory(paths_.Segments(), error)) {
      return Lie("segments", 0, "the directory is missing: no block is kept");
    }
    scratch_ = options_.data / ".check";
    std::filesystem::remove_all(scratch_, error);  // of a check that was killed
    JD_TRY(copy_, SegmentsCopy::Make(paths_.Segments(), scratch_));
    report_.torn_bytes = copy_->Get().TornBytes();
    return OpenDatabase();
  }

  Result<void> OpenDatabase() {
    std::error_code error;
    if (!std::filesystem::is_directory(paths_.Database(), error)) {
      Note("there is no database; the node builds it from the segments when it starts");
      return {};
    }
    auto opened = store::LevelDbStore::Open(paths_.Database());
    if (!opened && opened.error().code == Errc::kCorrupt) {
      return Lie(kLedger, 0, opened.error().detail);
    }
    if (!opened) return std::unexpected(opened.error());
    database_ = std::move(*opened);
    if (database_->HowOpened() == store::LevelDbStore::Opened::kTolerant) {
      return Lie(kLedger, 0, database_->OpenProblem());
    }
    auto view = store::LedgerView::Open(database_->Snapshot());
    if (!view && view.error().code == Errc::kNotFound) {
      Note("the database is empty; the node builds it when it starts");
      return {};
    }
    if (!view) return Lie(kLedger, 0, view.error().detail);
    stored_ = std::move(*view);
    if (stored_->GenesisHash() != genesis_.hash || stored_->Chain() != genesis_.chain) {
      return Foreign(kLedger, "the database is of another network: its genesis differs");
    }
    return {};
  }

  Result<void> CheckSegments() {
    auto& segments = copy_->Get();
    for (const store::SegmentDamage& damage : segments.Damage()) {
      return Lie("segments/" + damage.file, damage.height, damage.detail);
    }
    base_ = segments.BaseHeight() - 1;
    JD_CHECK(FindOrigin());
    Tell("segments", 0, segments.DecidedHeight());
    const auto whole = segments.Check();
    if (whole) return {};
    return Lie("segments", HeightOfDamage(), whole.error().detail);
  }

  // A node that began with a snapshot keeps it, and no block before it (docs/snapshots.md).
  Result<void> FindOrigin() {
    if (base_ == 0) return {};
    auto origin = ReadOrigin(genesis_, paths_, base_);
    if (!origin && origin.error().code == Errc::kNotFound) {
      return Lie(copy_->FileOf(1), 1,
                 "the first block kept is " + std::to_string(base_ + 1) +
                     ", and there is no snapshot of height " + std::to_string(base_));
    }
    if (!origin) return Lie(kSnapshots, base_, origin.error().detail);
    origin_ = *std::move(origin);
    Note("this node began with the snapshot of height " + std::to_string(base_) +
         ", which was checked as a whole; blocks before it are not kept here");
    return {};
  }

  // Check() names a place in words; the first block that cannot be read is the height.
  ledger::Height HeightOfDamage() {
    for (ledger::Height height = base_ + 1; height <= copy_->Get().DecidedHeight(); ++height) {
      if (!copy_->Get().Read(height)) return height;
    }
    return 0;
  }

  Result<void> CheckDatabaseAlone() {
    if (!stored_) return {};
    const auto checked = store::CheckLedger(
        *stored_, [this](std::uint64_t done, std::uint64_t total) { Tell("log", done, total); });
    if (!checked) return Lie(kLedger, 0, checked.error().detail);
    report_.log_entries = checked->entries;
    if (stored_->Height() == 0) return {};
    auto commit = consensus::Commit::Decode(stored_->WrittenCommit());
    if (!commit) return Lie(kLedger, stored_->Height(), commit.error().detail);
    written_commit_ = std::move(*commit);
    return {};
  }

  // The newest decided block, as at start (node/recover.h): by the next block, safety.rec or the
  // database.
  Result<void> FindKnown() {
    report_.height = copy_->Get().DecidedHeight();
    JD_CHECK(ReadSafety());
    if (safety_commit_ && safety_commit_->height == report_.height + 1) {
      JD_CHECK(Decide(*safety_commit_->id));
    }
    if (!stored_) return {};
    if (stored_->Height() == report_.height + 1) JD_CHECK(Decide(written_commit_.id));
    if (stored_->Height() > report_.height) {
      return Lie(copy_->FileOf(report_.height + 1), report_.height + 1,
                 "the database has executed block " + std::to_string(stored_->Height()) +
                     ", but block " + std::to_string(report_.height + 1) +
                     " is missing or cannot be read" +
                     (report_.torn_bytes == 0 ? ""
                                              : " (" + std::to_string(report_.torn_bytes) +
                                                    " bytes behind the last whole record)"));
    }
    return {};
  }

  Result<void> Decide(const consensus::BlockId& id) {
    const auto& candidates = copy_->Get().Candidates();
    const bool there = std::ranges::any_of(
        candidates, [&](const store::Candidate& candidate) { return candidate.id == id.hash; });
    if (!there) return {};
    JD_CHECK(copy_->Get().Decide(report_.height + 1, id.hash));
    ++report_.height;
    return {};
  }

  // The record names the key it is of; any validator of genesis may own this directory.
  Result<void> ReadSafety() {
    std::error_code error;
    if (!std::filesystem::exists(paths_.Safety(), error)) return {};
    for (const ledger::GenesisValidator& seat : genesis_.validators) {
      auto opened = SafetyFile::Open(paths_.Safety(), genesis_.chain, seat.consensus_key);
      if (!opened && opened.error().code == Errc::kConflict) continue;
      if (!opened) return Lie("safety.rec", 0, opened.error().detail);
      // A file is never empty once it is made (node/recover.cc).
      if (!opened->state) return Lie("safety.rec", 0, "it is empty: it has lost what was signed");
      report_.safety_of = seat.department;
      if (opened->damaged_slot) Note("safety.rec: one slot is torn, the other is whole");
      safety_commit_ = opened->state->seen_commit;
      return {};
    }
    return Foreign("safety.rec", "it is of another network, or of no validator of genesis");
  }

  Result<void> StartFromOrigin() {
    const auto tell = [this](const char* what, std::uint64_t done, std::uint64_t all) {
      Tell(what, done, all);
      return true;
    };
    JD_CHECK(Judge(BuildDatabase(origin_->certified, *origin_->snapshot, scratch_ / "ledger", tell),
                   kSnapshots, base_));
    JD_TRY(scratch_store_, store::LevelDbStore::Open(scratch_ / "ledger"));
    JD_TRY(view_, store::LedgerView::Open(scratch_store_->Snapshot()));
    JD_TRY(tip_, TipOf(genesis_, *view_, origin_->certified.commit));
    JD_TRY(last_set_, ValidatorsAt(*view_, base_));
    return CompareRows();
  }

  Result<void> Start() {
    if (base_ > 0) return StartFromOrigin();
    JD_TRY(scratch_store_, store::LevelDbStore::Open(scratch_ / "ledger"));
    JD_TRY(const auto overlay, ExecuteGenesis(genesis_));
    const std::array<store::OverlayPtr, 1> first{overlay};
    JD_CHECK(scratch_store_->Write(store::MakeStateBatch(first, {}), store::Durability::kUnsynced));
    JD_TRY(view_, store::LedgerView::Open(scratch_store_->Snapshot()));
    JD_TRY(tip_, TipOf(genesis_, *view_, {}));
    return CompareRows();
  }

  Result<void> CheckBlock(ledger::Height height) {
    const std::string file = copy_->FileOf(height);
    auto stored = copy_->Get().Read(height);
    if (!stored) return Lie(file, height, stored.error().detail);
    auto data = std::make_shared<BlockData>();
    auto block = consensus::Block::Decode(stored->bytes);
    if (!block) return Lie(file, height, block.error().detail);
    data->block = std::move(*block);
    if (data->block.header.Hash() != stored->id) {
      return Lie(file, height, "the record's id is not the hash of its header");
    }
    data->bytes = std::make_shared<const Bytes>(std::move(stored->bytes));
    data->id = consensus::MakeBlockId(stored->id, *data->bytes);
    // The header carries what the block before left behind, and that block's commit.
    JD_CHECK(Judge(CheckHeader(tip_, data->block, last_set_.get()), file, height));
    auto complete = WithTransactions(std::move(data));
    if (!complete) return Lie(file, height, complete.error().detail);
    JD_CHECK(VerifySignatures(**complete, file, height));
    JD_TRY(const consensus::Commit commit, CommitOf(height, (*complete)->id, file));
    JD_CHECK(Execute(**complete, commit));
    report_.blocks = height - base_;
    report_.transactions += (*complete)->transactions.size();
    if (height % kProgressEvery == 0 || height == report_.height) {
      Tell("blocks", height, report_.height);
    }
    return {};
  }

  // The officers' and systems' own, by the keys of the state before the block
  // (docs/contracts.md 4.20).
  Result<void> VerifySignatures(const BlockData& block, const std::string& file,
                                ledger::Height height) {
    for (std::size_t n = 0; n < block.transactions.size(); ++n) {
      const ledger::Transaction& transaction = *block.transactions[n];
      const std::string which = "transaction " + std::to_string(n) + ": ";
      const contracts::SignerKeys signers = contracts::FindSignerKeys(transaction, *view_);
      if (signers.issue) return Lie(file, height, which + signers.issue->detail);
      for (std::size_t i = 0; i < signers.keys.size(); ++i) {
        const auto key = crypto::EcdsaPublicKey::Parse(signers.keys[i].View());
        const auto& signature = transaction.signatures[i].signature;
        if (!key || !key->VerifyDigest(transaction.digest, signature)) {
          return Lie(file, height, which + "signature " + std::to_string(i) + " does not hold");
        }
      }
    }
    return {};
  }

  // Of the tip, the commit that was seen; it is verified here, all others by the next header.
  Result<consensus::Commit> CommitOf(ledger::Height height, const consensus::BlockId& id,
                                     const std::string& file) {
    if (height < report_.height) {
      auto next = ReadBlock(copy_->Get(), height + 1);
      if (!next) return Lie(copy_->FileOf(height + 1), height + 1, next.error().detail);
      return std::move(next->last_commit);
    }
    consensus::Commit commit;
    if (written_commit_.height == height && written_commit_.id == id) {
      commit = written_commit_;
    } else if (safety_commit_ && safety_commit_->height == height && safety_commit_->id == id) {
      JD_TRY(commit, consensus::MakeCommit(*safety_commit_, *tip_.set));
    } else if (auto candidate = CandidateCommit(height, id)) {
      commit = std::move(*candidate);
    } else {
      return Lie(file, height, "no commit of the newest block is kept");
    }
    JD_CHECK(
        Judge(consensus::VerifyCommit(tip_.chain, commit, *tip_.set, height, id), file, height));
    return commit;
  }

  // An undecided block of the next height carries the commit too.
  std::optional<consensus::Commit> CandidateCommit(ledger::Height height,
                                                   const consensus::BlockId& id) {
    for (const store::Candidate& candidate : copy_->Get().Candidates()) {
      auto block = consensus::Block::Decode(candidate.block);
      if (block && block->last_commit.height == height && block->last_commit.id == id) {
        return std::move(block->last_commit);
      }
    }
    return std::nullopt;
  }

  Result<void> Execute(const BlockData& block, const consensus::Commit& commit) {
    const ledger::Height height = block.block.header.height;
    last_set_ = tip_.set;
    JD_TRY(const auto overlay, ExecuteBlock(tip_, *view_, block));
    view_ = view_->With(overlay);
    JD_TRY(tip_, NextTip(tip_, block, *overlay, *view_, commit));
    unwritten_.push_back(overlay);
    if (stored_ && height <= stored_->Height()) {
      const auto row = stored_->RowAt(height);
      if (!row) return Lie(kLedger, height, row.error().detail);
      if (row->Encode() != overlay->row.Encode()) {
        return Lie(kLedger, height,
                   "executing the block again gives another state, log or result than the "
                   "database's row of this height");
      }
    }
    const bool at_stored = stored_ && height == stored_->Height();
    if (unwritten_.size() >= kWriteEvery || height == report_.height || at_stored) {
      JD_CHECK(WriteOut());
    }
    return at_stored ? CompareRows() : Result<void>();
  }

  Result<void> WriteOut() {
    JD_CHECK(scratch_store_->Write(store::MakeStateBatch(unwritten_, tip_.commit.Encode()),
                                   store::Durability::kUnsynced));
    unwritten_.clear();
    JD_TRY(view_, view_->Rebased(scratch_store_->Snapshot()));
    return {};
  }

  // At the database's height, every row of it must be what execution gives. The newest row holds
  // the commit as this node saw it, which may differ between honest nodes.
  Result<void> CompareRows() {
    const bool due = stored_ && stored_->Height() == tip_.height;
    if (!due || options_.depth != DbCheckDepth::kEveryRow) return {};
    JD_CHECK(CompareOneWay(*database_, *scratch_store_, "which no block wrote so"));
    return CompareOneWay(*scratch_store_, *database_, "which the database lacks");
  }

  Result<void> CompareOneWay(const store::KvReader& from, const store::KvReader& with,
                             const char* otherwise) {
    JD_TRY(const auto row, FindOtherRow(from, with, report_.rows));
    if (!row) return {};
    return Lie(kLedger, tip_.height, "row " + *row + ", " + otherwise);
  }

  void Tell(std::string_view stage, std::uint64_t done, std::uint64_t total) const {
    if (options_.progress) options_.progress(stage, done, total);
  }

  const ledger::Genesis& genesis_;
  const DbCheckOptions& options_;
  DataPaths paths_;
  DbCheckReport report_;
  ledger::Height base_ = 0;  // blocks begin after it; 0: with the first
  std::optional<SnapshotOrigin> origin_;
  std::optional<FileLock> lock_;
  std::filesystem::path scratch_;
  std::unique_ptr<SegmentsCopy> copy_;
  std::unique_ptr<store::LevelDbStore> database_;
  std::unique_ptr<store::LevelDbStore> scratch_store_;  // what execution gives
  store::LedgerViewPtr stored_;                         // null: no database
  consensus::Commit written_commit_;
  std::optional<consensus::Certificate> safety_commit_;
  ChainTip tip_;
  consensus::ValidatorSetPtr last_set_;
  store::LedgerViewPtr view_;
  std::vector<store::OverlayPtr> unwritten_;
};

}  // namespace

Result<DbCheckReport> CheckDatabase(const ledger::Genesis& genesis, const DbCheckOptions& options) {
  return DbCheck(genesis, options).Run();
}

}  // namespace jiandu::node
