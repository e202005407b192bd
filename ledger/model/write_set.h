// The writes of a block, in key order, and a view that sees them over another view.
//
// Plain values; a WriteView borrows both and is used by one thread.
#pragma once

#include <map>
#include <optional>

#include "ledger/model/state_view.h"

namespace jiandu::ledger {

// Key -> new value, or nothing: deleted. The last write of a key counts.
class WriteSet {
 public:
  using Map = std::map<Bytes, std::optional<Bytes>>;
  void Put(Bytes key, Bytes value) { writes_.insert_or_assign(std::move(key), std::move(value)); }
  void Delete(Bytes key) { writes_.insert_or_assign(std::move(key), std::nullopt); }
  void Merge(WriteSet&& later);
  [[nodiscard]] const Map& Writes() const { return writes_; }
  [[nodiscard]] bool Empty() const { return writes_.empty(); }
  // Value written, deleted (inner nothing), or not written here (outer nothing).
  [[nodiscard]] std::optional<std::optional<Bytes>> Find(ByteView key) const;
  // Of the ordered writes: wire {1 key, 2 value}* in key order. The state's running digest uses it.
  [[nodiscard]] Hash256 Digest() const;
  [[nodiscard]] std::size_t ByteSize() const;

 private:
  Map writes_;
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
