// The rows of an overlay: sorted, with an open hash table over them.
#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <limits>

#include "ledger/store/overlay.h"

namespace jiandu::store {
namespace {

constexpr std::uint64_t kPlaceMask = 0xffffffff;

std::uint64_t Tag(std::size_t hash) { return std::uint64_t{hash} & ~kPlaceMask; }

}  // namespace

std::size_t RowTable::Hash(ByteView key) { return std::hash<std::string_view>()(AsText(key)); }

RowTable::RowTable(std::vector<Row> rows, std::vector<Row> state) {
  const ledger::BytesLess less;
  const auto before = [&](const Row& a, const Row& b) { return less(a.key, b.key); };
  std::ranges::sort(rows, before);
  rows_.reserve(rows.size() + state.size());
  std::ranges::merge(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()),
                     std::make_move_iterator(state.begin()), std::make_move_iterator(state.end()),
                     std::back_inserter(rows_), before);
  JD_ASSERT(rows_.size() < std::numeric_limits<std::uint32_t>::max());
  slots_.resize(std::bit_ceil(std::max<std::size_t>(2 * rows_.size(), 2)));
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::size_t hash = Hash(rows_[i].key);
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = Tag(hash) | (i + 1);
    byte_size_ += rows_[i].key.size() + (rows_[i].value ? rows_[i].value->size() : 0);
  }
}

const RowTable::Row* RowTable::Find(ByteView key, std::size_t hash) const {
  if (slots_.empty()) return nullptr;
  for (std::size_t slot = hash & (slots_.size() - 1); slots_[slot] != 0;
       slot = (slot + 1) & (slots_.size() - 1)) {
    if (Tag(slots_[slot]) != Tag(hash)) continue;
    const Row& row = rows_[(slots_[slot] & kPlaceMask) - 1];
    if (Equal(row.key, key)) return &row;
  }
  return nullptr;
}

std::size_t RowTable::LowerBound(ByteView key) const {
  const ledger::BytesLess less;
  const auto at =
      std::ranges::partition_point(rows_, [&](const Row& row) { return less(row.key, key); });
  return static_cast<std::size_t>(at - rows_.begin());
}

}  // namespace jiandu::store
