// Merging, digesting and reading through the writes of a block.
#include "ledger/model/write_set.h"

#include "base/wire.h"
#include "crypto/hash.h"

namespace jiandu::ledger {

void WriteSet::Merge(WriteSet&& later) {
  if (writes_.empty()) {
    writes_ = std::move(later.writes_);
    return;
  }
  // Nodes move over without a copy; what stays behind is written in both, and the later one wins.
  writes_.merge(later.writes_);
  for (auto& [key, value] : later.writes_) writes_.find(key)->second = std::move(value);
  later.writes_.clear();
}

namespace {

// The first eight bytes of a key as a number, zeros after its end.
std::uint64_t RankOf(ByteView key) {
  std::array<std::uint8_t, 8> first{};
  std::ranges::copy(key.first(std::min(key.size(), first.size())), first.begin());
  return ReadU64Be(first);
}

}  // namespace

std::optional<std::optional<Bytes>> WriteSet::Find(ByteView key) const {
  const auto at = writes_.find(key);
  if (at == writes_.end()) return std::nullopt;
  return at->second;
}

WriteSet WriteTable::Take() {
  // Most pairs of keys are told apart by their first bytes, without a look at the keys themselves,
  // which lie all over the memory.
  auto rows = rows_.Take();
  struct Ranked {
    std::uint64_t rank = 0;
    decltype(rows)::value_type* row = nullptr;
  };
  std::vector<Ranked> order;
  order.reserve(rows.size());
  for (auto& row : rows) order.push_back({.rank = RankOf(row.key), .row = &row});
  std::ranges::sort(order, [less = BytesLess()](const Ranked& a, const Ranked& b) {
    return a.rank != b.rank ? a.rank < b.rank : less(a.row->key, b.row->key);
  });
  WriteSet sorted;
  for (const Ranked& next : order) {
    sorted.Append(std::move(next.row->key), std::move(next.row->value));
  }
  return sorted;
}

Hash256 WriteSet::Digest(Counts counts) const {
  crypto::Sha256Stream stream;
  for (const auto& [key, value] : writes_) {
    if (counts != nullptr && !counts(key)) continue;
    WireWriter write;
    write.BytesField(1, key);
    if (value.has_value()) write.Element(2, *value);
    WireWriter element;
    element.Message(1, write.Written());
    stream.Update(element.Written());
  }
  return stream.Finish();
}

std::size_t WriteSet::ByteSize() const {
  std::size_t size = 0;
  for (const auto& [key, value] : writes_) {
    size += key.size() + (value.has_value() ? value->size() : 0);
  }
  return size;
}

std::optional<Bytes> WriteView::Get(ByteView key) const {
  const auto at = writes_->Writes().find(key);
  if (at != writes_->Writes().end()) return at->second;
  return below_->Get(key);
}

void WriteView::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  const BytesLess less;
  const WriteSet::Map& writes = writes_->Writes();
  auto next = writes.lower_bound(less(from, prefix) ? prefix : from);
  const auto in_range = [&] { return next != writes.end() && HasPrefix(next->first, prefix); };
  bool go_on = true;
  // Visits the write at `next`, unless it deletes, and steps over it.
  const auto take_write = [&] {
    if (next->second.has_value()) go_on = visit(next->first, *next->second);
    ++next;
  };
  below_->Scan(prefix, from, [&](ByteView key, ByteView value) {
    while (go_on && in_range() && less(next->first, key)) take_write();
    if (!go_on) return false;
    if (in_range() && Equal(next->first, key)) {
      take_write();  // hides what is below
    } else {
      go_on = visit(key, value);
    }
    return go_on;
  });
  while (go_on && in_range()) take_write();
}

}  // namespace jiandu::ledger
