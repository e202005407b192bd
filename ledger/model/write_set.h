// The writes of a block, in key order, and a view that sees them over another view.
//
// Plain values; a WriteView borrows both and is used by one thread.
#pragma once

#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "base/keyed_rows.h"
#include "crypto/table_hash.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {

// Order of keys: bytes as unsigned numbers. Transparent, so that a borrowed key needs no copy.
struct BytesLess {
  using is_transparent = void;
  [[nodiscard]] bool operator()(ByteView a, ByteView b) const {
    const std::size_t common = std::min(a.size(), b.size());
    const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
    return order < 0 || (order == 0 && a.size() < b.size());
  }
};

// Key -> new value, or nothing: deleted. The last write of a key counts.
class WriteSet {
 public:
  using Map = std::map<Bytes, std::optional<Bytes>, BytesLess>;
  void Put(Bytes key, Bytes value) { writes_.insert_or_assign(std::move(key), std::move(value)); }
  void Delete(Bytes key) { writes_.insert_or_assign(std::move(key), std::nullopt); }
  // A key after all that are there.
  void Append(Bytes key, std::optional<Bytes> value) {
    writes_.emplace_hint(writes_.end(), std::move(key), std::move(value));
  }
  void Merge(WriteSet&& later);
  [[nodiscard]] const Map& Writes() const { return writes_; }
  // Gives the writes away; the set is empty afterwards.
  [[nodiscard]] Map Take() { return std::exchange(writes_, {}); }
  [[nodiscard]] bool Empty() const { return writes_.empty(); }
  // Value written, deleted (inner nothing), or not written here (outer nothing).
  [[nodiscard]] std::optional<std::optional<Bytes>> Find(ByteView key) const;
  // Of the ordered writes, or of those whose key counts: a wire message {1 key, 2 value} each as
  // element of field 1, in key order; a deleted key has no field 2, an empty value an empty one.
  using Counts = bool (*)(ByteView key);
  [[nodiscard]] Hash256 Digest(Counts counts = nullptr) const;
  [[nodiscard]] std::size_t ByteSize() const;

 private:
  Map writes_;
};

// Writes while a block gathers them, in no order: each is looked for far more often than it is
// sorted, which is once.
class WriteTable {
 public:
  void Put(Bytes key, Bytes value) { rows_.At(std::move(key)).first = std::move(value); }
  void Delete(Bytes key) { rows_.At(std::move(key)).first = std::nullopt; }
  // What was written, nothing inside: deleted. Null: not written here.
  [[nodiscard]] const std::optional<Bytes>* Find(ByteView key) const { return rows_.Find(key); }
  // Gives the writes away in key order; the table is empty afterwards.
  [[nodiscard]] WriteSet Take();

 private:
  KeyedRows<Bytes, std::optional<Bytes>, crypto::TableHash> rows_;
};

class WriteView final : public StateView {
 public:
  WriteView(const StateView& below, const WriteSet& writes) : below_(&below), writes_(&writes) {}
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override;
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override;

 private:
  const StateView* below_;
  const WriteSet* writes_;
};

}  // namespace jiandu::ledger
