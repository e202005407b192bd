// The stored ledger against itself.
#include "ledger/store/check.h"

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "ledger/model/body.h"
#include "ledger/model/key_record.h"
#include "ledger/store/histories.h"
#include "ledger/store/log_tree.h"
#include "ledger/store/state_tree.h"

namespace jiandu::store {
namespace {

constexpr std::uint64_t kProgressEvery = 4096;

// How far behind the newest height a hole may lie. While an old log is being compacted the new one
// takes one memtable at most (32 MiB, LevelDbOptions), and a height's rows have more than 1 KiB.
// What the old log lost began after its last synced batch, and batches hold no more than a backlog.
constexpr ledger::Height kHolesBehindMax =
    32 * limits::kKiB + 2 * limits::kSyncEveryBlocks + limits::kWriterBacklogBlocksMax;

std::unexpected<Error> Lie(const std::string& where, const std::string& what) {
  return Fail(Errc::kCorrupt, where + ": " + what);
}

std::string EntryName(ledger::LogIndex index) { return "log entry " + std::to_string(index); }

class Checker {
 public:
  Checker(const LedgerView& view, const CheckProgress& progress)
      : view_(&view), progress_(&progress) {}

  // Rows are told of as they are read: how many there are in all is not known.
  Result<CheckReport> RunAtStart(const KvReader& rows) {
    std::uint64_t read = 0;
    JD_CHECK(rows.Scan({}, {}, [&](ByteView /*key*/, ByteView /*value*/) {
      if (*progress_ && ++read % kProgressEvery == 0) (*progress_)(read, 0);
      return true;
    }));
    JD_CHECK(CheckHeights());
    JD_CHECK(CheckState());
    JD_CHECK(view_->Health());
    return report_;
  }

  Result<CheckReport> Run() {
    JD_CHECK(CheckHeights());
    JD_CHECK(CheckLog());
    JD_CHECK(CheckTiles());
    JD_CHECK(CheckBodies());
    JD_CHECK(CheckTransactions());
    JD_CHECK(CheckState());
    JD_CHECK(view_->Health());
    return report_;
  }

 private:
  Result<void> CheckHeights() {
    Hash256 before;
    for (ledger::Height height = 0; height <= view_->Height(); ++height) {
      const std::string name = "height " + std::to_string(height);
      auto row = view_->RowAt(height);
      if (!row.has_value()) return FailWith(std::move(row).error(), name);
      if (view_->Get(HeightKey(height)) != row->Encode()) {
        return Lie(name, "differs from the newest height's own record");
      }
      if (row->app_hash != ledger::AppHash(row->log_size, row->log_root, row->state_root)) {
        return Lie(name, "app hash is not that of its log and state");
      }
      if (height > 0 && row->transactions == 0 && row->app_hash != before) {
        return Lie(name, "app hash changed without transactions");
      }
      before = row->app_hash;
      ++report_.heights;
    }
    return {};
  }

  // Every entry hashed again; the root at the end of every block that has transactions.
  Result<void> CheckLog() {
    crypto::MerkleFrontier frontier;
    for (ledger::LogIndex index = 0; index < view_->LogSize(); ++index) {
      JD_TRY(const Bytes bytes, view_->Entry(index));
      frontier.AppendLeafHash(crypto::MerkleLeafHash(bytes));
      auto entry = ledger::DecodeEntry(bytes);
      if (!entry.has_value()) return FailWith(std::move(entry).error(), EntryName(index));
      JD_CHECK(CheckEntry(index, *entry, frontier));
      ++report_.entries;
      if (*progress_ && index % kProgressEvery == 0) (*progress_)(index, view_->LogSize());
    }
    if (frontier.Root() != view_->LogRoot()) {
      return Lie("log", "its entries do not give its root");
    }
    return {};
  }

  Result<void> CheckEntry(ledger::LogIndex index, const ledger::LogEntry& entry,
                          const crypto::MerkleFrontier& frontier) {
    if (const auto* genesis = std::get_if<ledger::GenesisEntry>(&entry)) {
      if (index != 0 || genesis->genesis_hash != view_->GenesisHash()) {
        return Lie(EntryName(index), "not the entry of this genesis document");
      }
      return {};
    }
    if (index == 0) return Lie(EntryName(index), "not the genesis entry");
    if (const auto* stub = std::get_if<ledger::Stub>(&entry)) return CheckStub(index, *stub);
    const auto& block = std::get<ledger::BlockEntry>(entry);
    JD_TRY(const HeightRow row, view_->RowAt(block.height));
    if (row.FirstIndex() != block.first || row.log_size != index + 1 ||
        row.log_root != frontier.Root() || row.state_root != block.state_root ||
        row.header_hash != block.header_hash || row.time != block.time) {
      return Lie(EntryName(index),
                 "block entry does not fit height " + std::to_string(block.height));
    }
    return {};
  }

  Result<void> CheckStub(ledger::LogIndex index, const ledger::Stub& stub) {
    const auto place = view_->FindTx(stub.txid);
    if (!place.has_value() || place->index != index || place->height != stub.height) {
      return Lie(EntryName(index), "the transaction index does not lead to it");
    }
    ++report_.transactions;
    for (const ledger::Touch& touched : stub.touched) {
      const auto row = view_->Get(HistoryKey(touched.entity, touched.seq));
      if (!row.has_value() || row->size() != 8 || ReadU64Be(*row) != index) {
        return Lie(EntryName(index),
                   "the history of " + ledger::ToHex(touched.entity) + " does not lead to it");
      }
      ++report_.events;
    }
    return {};
  }

  // Level 0 is compared with the entries by rebuilding it; each level above with the one below.
  Result<void> CheckTiles() {
    std::uint64_t present = view_->LogSize();
    for (std::uint8_t level = 0; present != 0; ++level, present /= kTileWidth) {
      for (std::uint64_t at = 0; at < present; at += kTileWidth) {
        const std::uint64_t width = std::min(kTileWidth, present - at);
        JD_CHECK(CheckTile(level, at / kTileWidth, width));
        ++report_.tiles;
      }
    }
    return {};
  }

  Result<void> CheckTile(std::uint8_t level, std::uint64_t n, std::uint64_t width) {
    const std::string name = "log tile " + std::to_string(level) + "/" + std::to_string(n);
    const auto tile = view_->Get(TileKey(level, n));
    if (!tile.has_value() || tile->size() != width * Hash256::kSize) {
      return Lie(name, "missing, or of the wrong length");
    }
    for (std::uint64_t i = 0; i < width; ++i) {
      JD_TRY(const Hash256 hash, HashBelow(level, n * kTileWidth + i));
      if (!Equal(hash.View(), ByteView(*tile).subspan(i * Hash256::kSize, Hash256::kSize))) {
        return Lie(name, "hash " + std::to_string(i) + " is not that of what it covers");
      }
    }
    return {};
  }

  // Hash number `n` of a level, from the level below or from the entry itself.
  Result<Hash256> HashBelow(std::uint8_t level, std::uint64_t n) {
    if (level == 0) {
      JD_TRY(const Bytes entry, view_->Entry(n));
      return crypto::MerkleLeafHash(entry);
    }
    const auto tile = view_->Get(TileKey(static_cast<std::uint8_t>(level - 1), n));
    if (!tile.has_value() || tile->size() != kTileWidth * Hash256::kSize) {
      return Fail(Errc::kCorrupt, "log tile " + std::to_string(level - 1) + "/" +
                                      std::to_string(n) + ": missing, or of the wrong length");
    }
    std::vector<Hash256> hashes;
    for (std::size_t at = 0; at < tile->size(); at += Hash256::kSize) {
      hashes.push_back(*Hash256::From(ByteView(*tile).subspan(at, Hash256::kSize)));
    }
    return crypto::MerkleRoot(hashes);
  }

  // Leaves against bodies and histories. The view is read within the visit: both are snapshots.
  Result<void> CheckBodies() {
    Result<void> result;
    view_->Scan(AsBytes("ent/"), {}, [&](ByteView key, ByteView value) {
      result = CheckLeaf(key.subspan(4), value);
      return result.has_value();
    });
    return result;
  }

  Result<void> CheckLeaf(ByteView id_bytes, ByteView value) {
    const auto id = ledger::EntityId::From(id_bytes);
    if (!id.has_value()) return Lie("entity leaf", "its key is no id");
    const std::string name = "entity " + ledger::ToHex(*id);
    auto leaf = ledger::EntityLeaf::Decode(value);
    if (!leaf.has_value()) return FailWith(std::move(leaf).error(), name);
    const auto body = view_->Get(ledger::BodyKey(*id));
    if (body.has_value() != !leaf->body_hash.IsZero() ||
        (body.has_value() && crypto::Sha256(*body) != leaf->body_hash)) {
      return Lie(name, "its body is not the one its leaf binds");
    }
    if (body.has_value()) {
      auto decoded = ledger::EntityBody::Decode(*body);
      if (!decoded.has_value()) return FailWith(std::move(decoded).error(), name);
      if (decoded->status != leaf->status) return Lie(name, "leaf and body differ in status");
    }
    if (leaf->size == 0) return Lie(name, "has no history");
    const auto last = view_->Get(HistoryKey(*id, leaf->size - 1));
    const auto birth = view_->Get(HistoryKey(*id, 0));
    if (!last.has_value() || last->size() != 8 || ReadU64Be(*last) != leaf->last ||
        !birth.has_value() || birth->size() != 8 || ReadU64Be(*birth) != leaf->birth ||
        view_->Get(HistoryKey(*id, leaf->size)).has_value()) {
      return Lie(name, "its history is not as long as its leaf says");
    }
    return CheckHistory(*id, *leaf, name);
  }

  // Its events hashed again. Entries are those that CheckLog has compared with the log's root.
  Result<void> CheckHistory(const ledger::EntityId& id, const ledger::EntityLeaf& leaf,
                            const std::string& name) {
    crypto::MerkleFrontier frontier;
    for (std::uint64_t seq = 0; seq < leaf.size; ++seq) {
      const auto row = view_->Get(HistoryKey(id, seq));
      if (!row.has_value() || row->size() != 8) return Lie(name, "its history has a gap");
      const ledger::LogIndex index = ReadU64Be(*row);
      JD_TRY(const Bytes entry, view_->Entry(index));
      frontier.AppendLeafHash(ledger::HistoryLeafHash(index, crypto::MerkleLeafHash(entry)));
    }
    if (frontier.Root() != leaf.history_root) {
      return Lie(name, "its events do not give the root its leaf binds");
    }
    if (view_->Get(PeaksKey(id)) != PeaksRow(frontier)) {
      return Lie(name, "the peaks of its history differ");
    }
    return {};
  }

  Result<void> CheckState() {
    JD_TRY(const TreeCount count, CheckStateTree(*view_));
    if (count.root != view_->StateRoot()) return Lie("state tree", "its root is not the state's");
    report_.leaves = count.leaves;
    return {};
  }

  // No row of the index leads to anything but a stub.
  Result<void> CheckTransactions() {
    std::uint64_t rows = 0;
    view_->Scan(AsBytes("t"), {}, [&](ByteView /*key*/, ByteView /*value*/) {
      ++rows;
      return true;
    });
    if (rows != report_.transactions) {
      return Lie("transaction index", "holds " + std::to_string(rows) + " rows for " +
                                          std::to_string(report_.transactions) + " stubs");
    }
    return {};
  }

  const LedgerView* view_;
  const CheckProgress* progress_;
  CheckReport report_;
};

}  // namespace

Result<void> CheckNewestHeights(const LedgerView& view) {
  const ledger::Height newest = view.Height();
  ledger::Height wanted = newest > kHolesBehindMax ? newest - kHolesBehindMax : 0;
  view.Scan(AsBytes("h"), HeightKey(wanted), [&](ByteView key, ByteView /*value*/) {
    if (!Equal(key, HeightKey(wanted))) return false;
    ++wanted;
    return wanted <= newest;
  });
  JD_CHECK(view.Health());
  if (wanted > newest) return {};
  return Fail(Errc::kCorrupt, "the database is at height " + std::to_string(newest) +
                                  ", but height " + std::to_string(wanted) + " is missing in it");
}

Result<CheckReport> CheckAtStart(const KvReader& rows, const LedgerView& view,
                                 const CheckProgress& progress) {
  return Checker(view, progress).RunAtStart(rows);
}

Result<CheckReport> CheckLedger(const LedgerView& view, const CheckProgress& progress) {
  return Checker(view, progress).Run();
}

}  // namespace jiandu::store
