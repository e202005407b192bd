// The batch's buffer.
#include "ledger/store/kv_store.h"

namespace jiandu::store {

void KvBatch::Reserve(std::size_t rows, std::size_t bytes) {
  rows_.reserve(rows);
  bytes_.reserve(bytes);
}

void KvBatch::Put(ByteView key, ByteView value) {
  const std::size_t key_at = bytes_.size();
  Append(bytes_, key);
  const std::size_t value_at = bytes_.size();
  Append(bytes_, value);
  rows_.push_back({.key_at = key_at, .value_at = value_at, .end = bytes_.size(), .deletes = false});
}

void KvBatch::Delete(ByteView key) {
  const std::size_t key_at = bytes_.size();
  Append(bytes_, key);
  rows_.push_back(
      {.key_at = key_at, .value_at = bytes_.size(), .end = bytes_.size(), .deletes = true});
}

void KvBatch::ForEach(const Visitor& visit) const {
  const ByteView all = bytes_;
  for (const Row& row : rows_) {
    const ByteView key = all.subspan(row.key_at, row.value_at - row.key_at);
    if (row.deletes) {
      visit(key, std::nullopt);
    } else {
      visit(key, all.subspan(row.value_at, row.end - row.value_at));
    }
  }
}

}  // namespace jiandu::store
