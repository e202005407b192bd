// The in-memory store: an ordered map, copied when a snapshot shares it.
#include "ledger/store/memory_store.h"

namespace jiandu::store {
namespace {

using Map = MemoryStore::Map;

std::optional<Bytes> GetFrom(const Map& map, ByteView key) {
  const auto at = map.find(key);
  if (at == map.end()) return std::nullopt;
  return at->second;
}

void ScanOf(const Map& map, ByteView prefix, ByteView from, const KvReader::Visitor& visit) {
  auto at = map.lower_bound(ledger::BytesLess()(from, prefix) ? prefix : from);
  for (; at != map.end() && HasPrefix(at->first, prefix); ++at) {
    if (!visit(at->first, at->second)) return;
  }
}

class MemorySnapshot final : public KvReader {
 public:
  explicit MemorySnapshot(std::shared_ptr<const Map> map) : map_(std::move(map)) {}
  [[nodiscard]] Result<std::optional<Bytes>> Get(ByteView key) const override {
    return GetFrom(*map_, key);
  }
  [[nodiscard]] Result<void> Scan(ByteView prefix, ByteView from,
                                  const Visitor& visit) const override {
    ScanOf(*map_, prefix, from, visit);
    return {};
  }

 private:
  std::shared_ptr<const Map> map_;  // shared with the store until its next write
};

}  // namespace

Result<std::optional<Bytes>> MemoryStore::Get(ByteView key) const { return GetFrom(*map_, key); }

Result<void> MemoryStore::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  ScanOf(*map_, prefix, from, visit);
  return {};
}

Result<void> MemoryStore::Write(const KvBatch& batch, Durability /*durability*/) {
  if (map_.use_count() > 1) map_ = std::make_shared<Map>(*map_);
  batch.ForEach([&](ByteView key, std::optional<ByteView> value) {
    if (value.has_value()) {
      map_->insert_or_assign(ToBytes(key), ToBytes(*value));
    } else if (const auto at = map_->find(key); at != map_->end()) {
      map_->erase(at);
    }
  });
  return {};
}

std::shared_ptr<const KvReader> MemoryStore::Snapshot() const {
  return std::make_shared<MemorySnapshot>(map_);
}

}  // namespace jiandu::store
