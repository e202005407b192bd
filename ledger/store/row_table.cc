// The rows of an overlay: sorted, with an open hash table over them.
#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <iterator>
#include <limits>

#include "ledger/store/overlay.h"

namespace jiandu::store {
namespace {

constexpr std::uint64_t kPlaceMask = 0xffffffff;

std::uint64_t Tag(std::size_t hash) { return std::uint64_t{hash} & ~kPlaceMask; }

// A row and its key's first eight bytes as a number: most pairs of keys are told
// apart by it without a look at the keys themselves, which lie all over the memory.
struct Ranked {
  std::uint64_t prefix = 0;
  RowTable::Row* row = nullptr;
};

std::uint64_t PrefixOf(ByteView key) {
  if (key.empty()) return 0;
  std::uint64_t prefix = 0;
  std::memcpy(&prefix, key.data(), std::min(key.size(), sizeof prefix));
  if constexpr (std::endian::native == std::endian::little) prefix = __builtin_bswap64(prefix);
  return prefix;
}

std::vector<Ranked> InOrder(std::vector<RowTable::Row>& rows) {
  std::vector<Ranked> order;
  order.reserve(rows.size());
  for (RowTable::Row& row : rows) order.push_back({.prefix = PrefixOf(row.key), .row = &row});
  std::ranges::sort(order, [less = ledger::BytesLess()](const Ranked& a, const Ranked& b) {
    return a.prefix != b.prefix ? a.prefix < b.prefix : less(a.row->key, b.row->key);
  });
  return order;
}

}  // namespace

std::size_t RowTable::Hash(ByteView key) { return crypto::TableHash(key); }

RowTable::RowTable(std::vector<Row> rows, std::vector<Row> state) {
  const std::vector<Ranked> order = InOrder(rows);
  const ledger::BytesLess less;
  rows_.reserve(rows.size() + state.size());
  auto from_state = state.begin();
  for (const Ranked& next : order) {
    while (from_state != state.end() && !less(next.row->key, from_state->key)) {
      rows_.push_back(std::move(*from_state++));
    }
    rows_.push_back(std::move(*next.row));
  }
  std::move(from_state, state.end(), std::back_inserter(rows_));
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
