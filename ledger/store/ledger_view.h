// The whole ledger as of one height: state, log, histories, indexes.
//
// A view is a snapshot of the database and the overlays above it, oldest first. It is immutable and
// cheap (pointers), so the last limits::kViewsKept may be kept; any thread may read it. A disk
// error looks like an absent key to the one who asks, and is remembered: whoever commits or answers
// on what was read asks Health() afterwards.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ledger/model/state_view.h"
#include "ledger/store/kv_store.h"
#include "ledger/store/overlay.h"

namespace jiandu::store {

class LedgerView;
using LedgerViewPtr = std::shared_ptr<const LedgerView>;

class LedgerView final : public ledger::StateView {
 public:
  // The view of what is written. kNotFound: nothing is (begin with BuildGenesisOverlay).
  [[nodiscard]] static Result<LedgerViewPtr> Open(std::shared_ptr<const KvReader> written);
  // An empty database: no height, no log, no chain.
  [[nodiscard]] static LedgerViewPtr FromNothing(std::shared_ptr<const KvReader> empty);
  // Genesis executed over an empty database.
  [[nodiscard]] static LedgerViewPtr FromGenesis(std::shared_ptr<const KvReader> empty,
                                                 OverlayPtr genesis);
  // One block further. overlay->height == Height() + 1.
  [[nodiscard]] LedgerViewPtr With(OverlayPtr overlay) const;
  // The same height over a newer snapshot: overlays that are written by now are let go. A snapshot
  // beyond Height() or of another chain is kConflict.
  [[nodiscard]] Result<LedgerViewPtr> Rebased(std::shared_ptr<const KvReader> written) const;

  [[nodiscard]] ledger::Height Height() const { return height_; }
  [[nodiscard]] ledger::TimeMs Time() const { return row_.time; }
  [[nodiscard]] const Hash256& AppHash() const { return row_.app_hash; }
  [[nodiscard]] const Hash256& HeaderHash() const { return row_.header_hash; }
  [[nodiscard]] const Hash256& ResultsHash() const { return row_.results_hash; }
  [[nodiscard]] const Hash256& StateRoot() const { return row_.state_root; }
  [[nodiscard]] const Hash256& LogRoot() const { return row_.log_root; }
  [[nodiscard]] std::uint64_t LogSize() const { return row_.log_size; }
  [[nodiscard]] const HeightRow& Row() const { return row_; }
  [[nodiscard]] const crypto::MerkleFrontier& Frontier() const { return frontier_; }
  [[nodiscard]] const std::string& Chain() const { return chain_; }
  [[nodiscard]] const Hash256& GenesisHash() const { return genesis_hash_; }
  // Height of the snapshot below; overlays are those of WrittenHeight() + 1 to Height().
  [[nodiscard]] ledger::Height WrittenHeight() const { return written_height_; }
  [[nodiscard]] const std::vector<OverlayPtr>& Overlays() const { return overlays_; }
  // The seen commit in the database's last batch: of WrittenHeight(). Empty at genesis.
  [[nodiscard]] const Bytes& WrittenCommit() const { return written_commit_; }

  // StateView: any row of keyspace.h can be read, the state's above all.
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override;
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override;
  // The first disk error met by this view or one it shares its snapshot with.
  [[nodiscard]] Result<void> Health() const;

  // Where a transaction stands; nothing when it is not in a block.
  [[nodiscard]] std::optional<TxPlace> FindTx(const ledger::TxId& id) const;
  // kNotFound beyond log_size().
  [[nodiscard]] Result<Bytes> Entry(ledger::LogIndex index) const;
  // Log indexes of the entity's events from place `from` on. Event 0 of what genesis bore is the
  // genesis entry, index 0.
  [[nodiscard]] std::vector<ledger::LogIndex> History(const ledger::EntityId& id,
                                                      std::uint64_t from, std::size_t limit) const;
  struct Listed {
    ledger::LogIndex birth = 0;
    ledger::EntityId id;
  };
  // Entities of a kind (with a department: that it may list) by birth, those born after `after`.
  // Rows of one birth index are never split, so a page may be longer than `limit`.
  [[nodiscard]] std::vector<Listed> List(ledger::EntityKind kind,
                                         const std::optional<ledger::DepartmentId>& department,
                                         std::optional<ledger::LogIndex> after,
                                         std::size_t limit) const;
  // kNotFound above Height().
  [[nodiscard]] Result<HeightRow> RowAt(ledger::Height height) const;
  // Commit of a height below Height(); that of Height() itself comes with the next block.
  [[nodiscard]] Result<Bytes> CommitAt(ledger::Height height) const;
  // The newest set in force at `height`, with the height it is in force from.
  [[nodiscard]] Result<std::pair<ledger::Height, Bytes>> ValidatorSetAt(
      ledger::Height height) const;

 private:
  // The database below, and the first error met in reading it. Shared by views over one snapshot.
  struct Base {
    std::shared_ptr<const KvReader> reader;
    mutable std::atomic<int> state = 0;  // 0 well, 1 being told, 2 told
    mutable Error error{.code = Errc::kIo, .detail = {}};

    void Report(Error problem) const;
  };

  LedgerView() = default;
  void Take(const BlockOverlay& overlay);

  std::shared_ptr<const Base> base_;
  std::vector<OverlayPtr> overlays_;
  ledger::Height height_ = 0;
  ledger::Height written_height_ = 0;
  HeightRow row_;
  crypto::MerkleFrontier frontier_;
  std::string chain_;
  Hash256 genesis_hash_;
  Bytes written_commit_;
};

}  // namespace jiandu::store
