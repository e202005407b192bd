// An ordered map of bytes to bytes, on disk or in memory.
//
// Two implementations: LevelDbStore and MemoryStore. Reads may be on any thread; Write belongs to
// one thread (the writer). An error of a read or write is fatal to the store: nothing is retried.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::store {

class KvReader {
 public:
  virtual ~KvReader() = default;
  [[nodiscard]] virtual Result<std::optional<Bytes>> Get(ByteView key) const = 0;
  // Keys that begin with `prefix`, from `from` on (inclusive; empty: the first), ascending, until
  // the visitor returns false. The views last as long as the call of the visitor.
  using Visitor = std::function<bool(ByteView key, ByteView value)>;
  [[nodiscard]] virtual Result<void> Scan(ByteView prefix, ByteView from,
                                          const Visitor& visit) const = 0;
};

// Changes that are written together or not at all. One buffer, so that a large batch costs no
// allocation per row. A key may stand once.
class KvBatch {
 public:
  // Room for so many rows of so many bytes in all, to spare a large batch its copies.
  void Reserve(std::size_t rows, std::size_t bytes);
  void Put(ByteView key, ByteView value);
  void Delete(ByteView key);
  // In the order of the calls; a value of nothing deletes.
  using Visitor = std::function<void(ByteView key, std::optional<ByteView> value)>;
  void ForEach(const Visitor& visit) const;
  [[nodiscard]] std::size_t Count() const { return rows_.size(); }
  [[nodiscard]] std::size_t ByteSize() const { return bytes_.size(); }

 private:
  struct Row {
    std::size_t key_at;
    std::size_t value_at;
    std::size_t end;
    bool deletes;
  };
  Bytes bytes_;
  std::vector<Row> rows_;
};

// kSynced: returns when this batch and all before it are on disk.
enum class Durability { kUnsynced, kSynced };

class KvStore : public KvReader {
 public:
  [[nodiscard]] virtual Result<void> Write(const KvBatch& batch, Durability durability) = 0;
  // The store as it is now, for ever; must go before the store does.
  [[nodiscard]] virtual std::shared_ptr<const KvReader> Snapshot() const = 0;
};

}  // namespace jiandu::store
