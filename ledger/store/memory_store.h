// A KvStore in memory, for tests and simulation.
//
// One thread, but for snapshots, which any thread may read.
#pragma once

#include <memory>

#include "ledger/model/write_set.h"
#include "ledger/store/kv_store.h"

namespace jiandu::store {

class MemoryStore final : public KvStore {
 public:
  using Map = std::map<Bytes, Bytes, ledger::BytesLess>;

  [[nodiscard]] Result<std::optional<Bytes>> Get(ByteView key) const override;
  [[nodiscard]] Result<void> Scan(ByteView prefix, ByteView from,
                                  const Visitor& visit) const override;
  [[nodiscard]] Result<void> Write(const KvBatch& batch, Durability durability) override;
  // Shares the map; the next Write copies it first (copy on write).
  [[nodiscard]] std::shared_ptr<const KvReader> Snapshot() const override;

 private:
  std::shared_ptr<Map> map_ = std::make_shared<Map>();
};

}  // namespace jiandu::store
