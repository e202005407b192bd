// Making views, and reading single keys and ranges through the overlays.
#include "ledger/store/ledger_view.h"

#include <ranges>
#include <utility>

namespace jiandu::store {
namespace {

constexpr int kWell = 0;
constexpr int kBeingTold = 1;
constexpr int kTold = 2;

// The rows of several overlays in one range, in key order; of a key the newest counts.
class OverlayCursor {
 public:
  OverlayCursor(const std::vector<OverlayPtr>& overlays, ByteView prefix, ByteView from)
      : prefix_(prefix) {
    places_.reserve(overlays.size());
    // Newest first, so that the first of equal keys is the one that counts.
    for (const OverlayPtr& overlay : overlays | std::views::reverse) {
      const RowTable& rows = overlay->rows;
      const std::size_t at = rows.LowerBound(from);
      if (InRange(rows, at)) places_.push_back({.rows = &rows, .at = at});
    }
    Settle();
  }

  // The row in turn; null at the end.
  [[nodiscard]] const RowTable::Row* Current() const { return current_; }

  void Next() {
    const Bytes& key = current_->key;  // rows are immutable: it stays while places move on
    for (Place& place : places_) {
      if (InRange(*place.rows, place.at) && place.rows->All()[place.at].key == key) ++place.at;
    }
    Settle();
  }

 private:
  struct Place {
    const RowTable* rows;
    std::size_t at;
  };

  [[nodiscard]] bool InRange(const RowTable& rows, std::size_t at) const {
    return at < rows.All().size() && HasPrefix(rows.All()[at].key, prefix_);
  }

  void Settle() {
    const ledger::BytesLess less;
    current_ = nullptr;
    for (const Place& place : places_) {
      if (!InRange(*place.rows, place.at)) continue;
      const RowTable::Row& row = place.rows->All()[place.at];
      if (current_ == nullptr || less(row.key, current_->key)) current_ = &row;
    }
  }

  ByteView prefix_;  // borrowed for the length of one Scan
  std::vector<Place> places_;
  const RowTable::Row* current_ = nullptr;
};

}  // namespace

void LedgerView::Base::Report(Error problem) const {
  int well = kWell;
  if (!state.compare_exchange_strong(well, kBeingTold)) return;
  error = std::move(problem);
  state.store(kTold, std::memory_order_release);
}

Result<LedgerViewPtr> LedgerView::Open(std::shared_ptr<const KvReader> written) {
  JD_TRY(const std::optional<Bytes> bytes, written->Get(MetaKey()));
  if (!bytes.has_value()) return Fail(Errc::kNotFound, "the database holds no ledger");
  JD_TRY(MetaRow meta, MetaRow::Decode(*bytes));
  JD_TRY(crypto::MerkleFrontier frontier,
         crypto::MerkleFrontier::From(meta.row.log_size, std::move(meta.peaks)));
  if (frontier.Root() != meta.row.log_root) {
    return Fail(Errc::kCorrupt, "meta: the log's peaks do not give its root");
  }
  auto base = std::make_shared<Base>();
  base->reader = std::move(written);
  std::shared_ptr<LedgerView> view(new LedgerView());
  view->base_ = std::move(base);
  view->height_ = meta.height;
  view->written_height_ = meta.height;
  view->row_ = std::move(meta.row);
  view->frontier_ = std::move(frontier);
  view->chain_ = std::move(meta.chain);
  view->genesis_hash_ = meta.genesis_hash;
  view->written_commit_ = std::move(meta.seen_commit);
  return view;
}

LedgerViewPtr LedgerView::FromNothing(std::shared_ptr<const KvReader> empty) {
  auto base = std::make_shared<Base>();
  base->reader = std::move(empty);
  std::shared_ptr<LedgerView> view(new LedgerView());
  view->base_ = std::move(base);
  return view;
}

void LedgerView::Take(const BlockOverlay& overlay) {
  height_ = overlay.height;
  row_ = overlay.row;
  frontier_ = overlay.frontier;
  chain_ = overlay.chain;
  genesis_hash_ = overlay.genesis_hash;
}

LedgerViewPtr LedgerView::FromGenesis(std::shared_ptr<const KvReader> empty, OverlayPtr genesis) {
  JD_ASSERT(genesis->height == 0);
  auto base = std::make_shared<Base>();
  base->reader = std::move(empty);
  std::shared_ptr<LedgerView> view(new LedgerView());
  view->base_ = std::move(base);
  view->Take(*genesis);
  view->overlays_.push_back(std::move(genesis));
  return view;
}

LedgerViewPtr LedgerView::With(OverlayPtr overlay) const {
  JD_ASSERT(overlay->height == height_ + 1);
  std::shared_ptr<LedgerView> view(new LedgerView());
  view->base_ = base_;
  view->written_height_ = written_height_;
  view->written_commit_ = written_commit_;
  view->overlays_.reserve(overlays_.size() + 1);
  view->overlays_ = overlays_;
  view->Take(*overlay);
  view->overlays_.push_back(std::move(overlay));
  return view;
}

Result<LedgerViewPtr> LedgerView::Rebased(std::shared_ptr<const KvReader> written) const {
  JD_TRY(const LedgerViewPtr below, Open(std::move(written)));
  if (below->genesis_hash_ != genesis_hash_ || below->height_ > height_) {
    return Fail(Errc::kConflict, "the snapshot is of another chain or beyond the view");
  }
  if (below->height_ == height_ && below->row_ != row_) {
    return Fail(Errc::kConflict, "the snapshot is of another history");
  }
  std::shared_ptr<LedgerView> view(new LedgerView());
  view->base_ = below->base_;
  view->written_height_ = below->height_;
  view->written_commit_ = below->written_commit_;
  view->height_ = height_;
  view->row_ = row_;
  view->frontier_ = frontier_;
  view->chain_ = chain_;
  view->genesis_hash_ = genesis_hash_;
  for (const OverlayPtr& overlay : overlays_) {
    if (overlay->height > below->height_) view->overlays_.push_back(overlay);
  }
  return view;
}

Result<void> LedgerView::Health() const {
  const int state = base_->state.load(std::memory_order_acquire);
  if (state == kWell) return {};
  if (state == kTold) return std::unexpected<Error>(base_->error);
  return Fail(Errc::kIo, "the database failed");
}

std::optional<Bytes> LedgerView::Get(ByteView key) const {
  if (!overlays_.empty()) {
    const std::size_t hash = RowTable::Hash(key);
    for (const OverlayPtr& overlay : overlays_ | std::views::reverse) {
      if (const RowTable::Row* row = overlay->rows.Find(key, hash)) return row->value;
    }
  }
  auto value = base_->reader->Get(key);
  if (value.has_value()) return std::move(*value);
  base_->Report(std::move(value).error());
  return std::nullopt;
}

void LedgerView::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  const ledger::BytesLess less;
  OverlayCursor newer(overlays_, prefix, less(from, prefix) ? prefix : from);
  bool go_on = true;
  // Visits the overlay's row in turn, unless it deletes, and steps over it.
  const auto take = [&] {
    const RowTable::Row* row = newer.Current();
    if (row->value.has_value()) go_on = visit(row->key, *row->value);
    newer.Next();
  };
  auto scanned = base_->reader->Scan(prefix, from, [&](ByteView key, ByteView value) {
    while (go_on && newer.Current() != nullptr && less(newer.Current()->key, key)) take();
    if (!go_on) return false;
    if (newer.Current() != nullptr && Equal(newer.Current()->key, key)) {
      take();  // hides what is below
    } else {
      go_on = visit(key, value);
    }
    return go_on;
  });
  if (!scanned.has_value()) {
    base_->Report(std::move(scanned).error());
    return;
  }
  while (go_on && newer.Current() != nullptr) take();
}

}  // namespace jiandu::store
