#include "node/recover.h"

#include <algorithm>
#include <utility>

#include "consensus/commit.h"
#include "ledger/store/check.h"
#include "ledger/store/snapshot_files.h"
#include "ledger/store/state_batch.h"
#include "ledger/store/tree_cache.h"
#include "node/block_rules.h"
#include "node/execution.h"
#include "node/snapshot_install.h"

namespace jiandu::node {
namespace {

constexpr ledger::Height kWriteEvery = 64;

// What `jiandu db check` advises too. The record of what was signed stays with the key.
constexpr const char* kFetchAgain =
    ". What was written here has changed on disk. Stop the node and fetch it again from the "
    "others: "
    "jiandu db repair --config FILE. If that does not help, move the data directory away and keep "
    "it as evidence, put its safety.rec alone into a new one, and start: the node fetches the "
    "ledger from the others / 磁盘上的数据已变：停止节点，运行 jiandu db repair 从其他节点取回";

class Recovery {
 public:
  Recovery(const ledger::Genesis& genesis, RecoverOptions options)
      : genesis_(genesis), options_(std::move(options)) {}

  Result<Recovered> Run() {
    JD_TRY(found_.segments, store::Segments::Open(options_.paths.Segments()));
    JD_CHECK(LookAtDamage());
    JD_CHECK(OpenSafety());
    JD_CHECK(FindKnown());
    JD_CHECK(OpenDatabase());
    JD_CHECK(TakeDatabaseCommit());
    if (found_.view->Height() > known_) {
      return Fail(Errc::kCorrupt, "the database is at height " +
                                      std::to_string(found_.view->Height()) +
                                      " but the segments end at " + std::to_string(known_) +
                                      ": blocks that were once durable are missing" + kFetchAgain);
    }
    JD_CHECK(StartTip());
    JD_CHECK(Replay());
    return std::move(found_);
  }

 private:
  void Note(const std::string& text) { found_.note += (found_.note.empty() ? "" : "; ") + text; }

  // Nothing to stop for, but a person should look at the disk.
  void Alarm(const std::string& text) {
    Note(text);
    found_.alarms.push_back(text);
  }

  // A hole in the file being written would stop the node at its next block: better now, and with
  // what to do. In a sealed file it harms only those who ask us for the block.
  Result<void> LookAtDamage() {
    const auto& all = found_.segments->Damage();
    if (found_.segments->IsTailDamaged()) {
      return Fail(Errc::kCorrupt, "segments/" + all.back().detail + kFetchAgain);
    }
    for (const store::SegmentDamage& damage : all) Alarm("segments/" + damage.detail + kFetchAgain);
    return {};
  }

  Result<void> OpenSafety() {
    if (!options_.validator) return {};
    auto opened = SafetyFile::Open(options_.paths.Safety(), genesis_.chain, *options_.validator);
    if (!opened && opened.error().code != Errc::kNotFound) {
      return std::unexpected(opened.error());
    }
    // A file is never empty once it is made: one that is has lost what it said.
    const bool says_nothing = !opened || !opened->state;
    const bool fresh = found_.segments->FirstHeight() == 0 && found_.segments->Candidates().empty();
    if (says_nothing && !fresh && options_.new_safety_record_of != genesis_.chain) {
      return Fail(Errc::kConflict, options_.paths.Safety().string() +
                                       (opened ? " is empty" : " is missing") +
                                       " although this node has signed before. Put the file back "
                                       "from this machine's disk; never from a backup. If it is "
                                       "lost for good and no other machine runs with this key, "
                                       "start once with --new-safety-record " +
                                       genesis_.chain);
    }
    if (opened && opened->state) {
      JD_CHECK(opened->file.WriteAgain(*opened->state));
      found_.safety.emplace(std::move(opened->file));
      found_.safety_state = std::move(opened->state);
      if (opened->damaged_slot) Note("safety.rec: one slot is damaged, the other is used");
      return {};
    }
    // A file without a record would have none either after its first write was torn.
    if (opened) JD_CHECK(store::Remove(options_.paths.Safety()));
    JD_TRY(auto file,
           SafetyFile::Create(options_.paths.Safety(), genesis_.chain, *options_.validator));
    found_.safety.emplace(std::move(file));
    return {};
  }

  // S: the newest block whose commit is known. The segments call the records of the last height
  // candidates; whether one of them is decided stands in safety.rec or in the database.
  Result<void> FindKnown() {
    known_ = found_.segments->DecidedHeight();
    const auto& state = found_.safety_state;
    if (!state || !state->seen_commit || state->seen_commit->height != known_ + 1) return {};
    JD_TRY(const bool decided, DecideCandidate(*state->seen_commit->id));
    if (decided) safety_certificate_ = state->seen_commit;
    return {};
  }

  Result<bool> DecideCandidate(const consensus::BlockId& id) {
    const auto& candidates = found_.segments->Candidates();
    const bool there = std::ranges::any_of(
        candidates, [&](const store::Candidate& candidate) { return candidate.id == id.hash; });
    if (!there) return false;
    JD_CHECK(found_.segments->Decide(known_ + 1, id.hash));
    ++known_;
    return true;
  }

  // LevelDB may know a commit that safety.rec does not: of a node that does not vote.
  Result<void> TakeDatabaseCommit() {
    const ledger::Height height = found_.view->Height();
    if (height == 0) return {};
    JD_TRY(consensus::Commit commit, consensus::Commit::Decode(found_.view->WrittenCommit()));
    if (height == known_ + 1) JD_CHECK(DecideCandidate(commit.id));
    written_commit_ = std::move(commit);
    return {};
  }

  Result<void> OpenDatabase() {
    (void)store::CreateDirectories(options_.paths.Database());  // Open tells what is wrong
    auto opened = store::LevelDbStore::Open(options_.paths.Database());
    // Another process that holds it, or no space, is no reason to throw it away.
    if (!opened && opened.error().code != Errc::kCorrupt) return std::unexpected(opened.error());
    if (opened) found_.store = std::move(*opened);
    const bool was_wiped =
        !opened || found_.store->HowOpened() == store::LevelDbStore::Opened::kTolerant;
    if (was_wiped) {
      const std::string problem = opened ? found_.store->OpenProblem() : opened.error().detail;
      Alarm("database damaged (" + problem + "): rebuilt from the segments");
      JD_CHECK(Wipe());
    }
    auto view = store::LedgerView::Open(found_.store->Snapshot());
    if (view) {
      if (auto whole = CheckRows(**view); !whole) view = std::unexpected(whole.error());
    }
    if (!view && view.error().code == Errc::kNotFound && opened && known_ > 0 && !was_wiped) {
      Alarm("database empty: rebuilt from the segments");
    }
    if (!view && view.error().code != Errc::kNotFound) {
      Alarm("database unreadable (" + view.error().detail + "): rebuilt from the segments");
      JD_CHECK(Wipe());
      view = store::LedgerView::Open(found_.store->Snapshot());
    }
    if (!view) {
      if (view.error().code != Errc::kNotFound) return std::unexpected(view.error());
      JD_CHECK(found_.segments->BaseHeight() == 1 ? WriteGenesis() : RestoreSnapshot());
      view = store::LedgerView::Open(found_.store->Snapshot());
      if (!view) return std::unexpected(view.error());
    }
    if ((*view)->GenesisHash() != genesis_.hash) {
      return Fail(Errc::kConflict,
                  "the data directory belongs to another network (genesis differs): check "
                  "node.genesis and node.data_dir");
    }
    found_.view = std::move(*view);
    return {};
  }

  Result<void> WriteGenesis() {
    JD_TRY(const auto overlay, ExecuteGenesis(genesis_));
    const std::array<store::OverlayPtr, 1> first{overlay};
    return found_.store->Write(store::MakeStateBatch(first, {}), store::Durability::kSynced);
  }

  // The blocks before the snapshot this node began with are not here: it begins with it again.
  Result<void> RestoreSnapshot() {
    const ledger::Height height = found_.segments->BaseHeight() - 1;
    Result<void> restored = RestoreFrom(height);
    if (!restored) {
      return FailWith(restored.error(),
                      "the database is lost, and the snapshot of height " + std::to_string(height) +
                          " that this node began with does not replace it" + kFetchAgain);
    }
    JD_TRY(found_.store, store::LevelDbStore::Open(options_.paths.Database()));
    Note("database made from the snapshot of height " + std::to_string(height));
    return {};
  }

  Result<void> RestoreFrom(ledger::Height height) {
    JD_TRY(const SnapshotOrigin origin, ReadOrigin(genesis_, options_.paths, height));
    found_.store.reset();
    JD_CHECK(store::LevelDbStore::Destroy(options_.paths.Database()));
    return BuildDatabase(origin.certified, *origin.snapshot, options_.paths.Database(),
                         [](const char*, std::uint64_t, std::uint64_t) { return true; });
  }

  Result<void> CheckRows(const store::LedgerView& view) {
    JD_CHECK(store::CheckNewestHeights(view));
    if (!options_.check_all_rows) return {};
    const auto told = [this](std::uint64_t rows, std::uint64_t /*all*/) {
      if (options_.check_progress) options_.check_progress(rows);
    };
    JD_TRY([[maybe_unused]] const auto report,
           store::CheckAtStart(*found_.store->Snapshot(), view, told));
    return CheckCertified(view);
  }

  // The newest height that a header on disk speaks of; those below it follow from one another.
  Result<void> CheckCertified(const store::LedgerView& view) {
    const ledger::Height newest = std::min(view.Height(), known_);
    if (newest == 0) return {};
    const auto block = ReadBlock(*found_.segments, newest);
    if (!block) return {};  // damage of segments has its own word
    JD_TRY(const auto row, view.RowAt(newest));
    JD_TRY(const auto before, view.RowAt(newest - 1));
    const bool same =
        row.header_hash == block->header.Hash() && before.app_hash == block->header.app_hash;
    if (same) return {};
    return Fail(Errc::kCorrupt, "the database's height " + std::to_string(newest) +
                                    " is not that of the certified header");
  }

  Result<void> Wipe() {
    found_.store.reset();
    JD_CHECK(store::LevelDbStore::Destroy(options_.paths.Database()));
    JD_TRY(found_.store, store::LevelDbStore::Open(options_.paths.Database()));
    return {};
  }

  Result<void> StartTip() {
    const ledger::Height height = found_.view->Height();
    JD_TRY(found_.tip, TipOf(genesis_, *found_.view, written_commit_));
    if (height == 0) return {};
    JD_TRY(found_.last_set, ValidatorsAt(*found_.view, height));
    JD_TRY(const auto before, found_.view->RowAt(height - 1));
    if (before.app_hash != found_.tip.app_hash) found_.needs_proof = consensus::Work::kPending;
    return {};
  }

  Result<void> Replay() {
    std::vector<store::OverlayPtr> unwritten;
    while (found_.tip.height < known_) {
      JD_CHECK(ReplayOne(found_.tip.height + 1, unwritten));
      if (options_.progress) options_.progress(found_.tip.height, known_);
      if (unwritten.size() >= kWriteEvery || found_.tip.height == known_)
        JD_CHECK(WriteOut(unwritten));
    }
    if (found_.replayed > 0) Note("replayed " + std::to_string(found_.replayed) + " blocks");
    return ReadCandidates();
  }

  Result<void> ReplayOne(ledger::Height height, std::vector<store::OverlayPtr>& unwritten) {
    auto stored = found_.segments->Read(height);
    if (!stored && stored.error().code == Errc::kCorrupt) {
      return Fail(Errc::kCorrupt, "segments/" + stored.error().detail + kFetchAgain);
    }
    if (!stored) return std::unexpected(stored.error());
    auto data = std::make_shared<BlockData>();
    JD_TRY(data->block, consensus::Block::Decode(stored->bytes));
    data->bytes = std::make_shared<const Bytes>(std::move(stored->bytes));
    data->id = consensus::MakeBlockId(data->block.header.Hash(), *data->bytes);
    if (auto fits = CheckHeader(found_.tip, data->block, found_.last_set.get()); !fits) {
      return FailWith(
          fits.error(),
          "replay stopped at height " + std::to_string(height) + " (our app hash after " +
              std::to_string(height - 1) +
              " is not the one "
              "the network certified: this program's rules differ, or data was changed)");
    }
    JD_TRY(const BlockPtr block, WithTransactions(std::move(data)));
    JD_TRY(const auto overlay, ExecuteBlock(found_.tip, *found_.view, *block, &tree_cache_));
    JD_TRY(consensus::Commit commit, CommitOf(height, block->id));
    found_.needs_proof = overlay->AppHash() != found_.tip.app_hash ? consensus::Work::kPending
                                                                   : consensus::Work::kNone;
    found_.last_set = found_.tip.set;
    found_.view = found_.view->With(overlay);
    JD_TRY(found_.tip, NextTip(found_.tip, *block, *overlay, *found_.view, std::move(commit)));
    unwritten.push_back(overlay);
    ++found_.replayed;
    return {};
  }

  Result<consensus::Commit> CommitOf(ledger::Height height, const consensus::BlockId& id) {
    if (height < known_) {
      JD_TRY(const consensus::Block next, ReadBlock(*found_.segments, height + 1));
      return next.last_commit;
    }
    // The last one: a candidate of the next height carries its commit too.
    for (const store::Candidate& candidate : found_.segments->Candidates()) {
      const auto block = consensus::Block::Decode(candidate.block);
      if (block && block->last_commit.height == height && block->last_commit.id == id) {
        return block->last_commit;
      }
    }
    if (safety_certificate_ && safety_certificate_->id == id) {
      return consensus::MakeCommit(*safety_certificate_, *found_.tip.set);
    }
    return Fail(Errc::kCorrupt, "no commit is known for block " + std::to_string(height));
  }

  Result<void> WriteOut(std::vector<store::OverlayPtr>& unwritten) {
    JD_CHECK(found_.store->Write(store::MakeStateBatch(unwritten, found_.tip.commit.Encode()),
                                 store::Durability::kSynced));
    unwritten.clear();
    JD_TRY(found_.view, found_.view->Rebased(found_.store->Snapshot()));
    return {};
  }

  // Undecided blocks of the next height: a lock of ours may name one.
  Result<void> ReadCandidates() {
    for (const store::Candidate& candidate : found_.segments->Candidates()) {
      Bytes bytes = candidate.block;
      auto block = consensus::Block::Decode(bytes);
      if (!block || block->header.height != found_.tip.height + 1) continue;
      auto data = std::make_shared<BlockData>();
      data->id = consensus::MakeBlockId(block->header.Hash(), bytes);
      data->block = std::move(*block);
      data->bytes = std::make_shared<const Bytes>(std::move(bytes));
      found_.candidates.push_back(std::move(data));
    }
    return {};
  }

  const ledger::Genesis& genesis_;
  RecoverOptions options_;
  Recovered found_;
  ledger::Height known_ = 0;
  consensus::Commit written_commit_;  // of the view's height; empty at genesis
  std::optional<consensus::Certificate> safety_certificate_;
  store::TreeCache tree_cache_;
};

}  // namespace

Result<consensus::Block> ReadBlock(const store::Segments& segments, ledger::Height height) {
  JD_TRY(const auto stored, segments.Read(height));
  auto block = consensus::Block::Decode(stored.bytes);
  if (!block) return FailWith(block.error(), "stored block " + std::to_string(height));
  return block;
}

Result<Bytes> ReadCarried(const store::KvReader& database, ledger::Height height,
                          std::uint64_t position) {
  JD_TRY(auto carried, database.Get(store::PayloadKey(height, position)));
  if (carried) return *std::move(carried);
  return NotKept(height);
}

std::unexpected<Error> NotKept(ledger::Height height) {
  return Fail(Errc::kExpired,
              "block " + std::to_string(height) +
                  " is not kept here: this node began with a later snapshot of the state");
}

Result<Recovered> Recover(const ledger::Genesis& genesis, RecoverOptions options) {
  return Recovery(genesis, std::move(options)).Run();
}

}  // namespace jiandu::node
