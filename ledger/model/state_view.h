// Reading the state: what contracts, admission and the gateway see of it.
//
// Implementations: the LevelDB store with overlays, the in-memory store, and WriteView below it
// all. A view is immutable, or used by one thread (WriteView).
#pragma once

#include <functional>
#include <optional>

#include "base/bytes.h"
#include "ledger/model/entity.h"
#include "ledger/model/types.h"

namespace jiandu::ledger {

class StateView {
 public:
  virtual ~StateView() = default;
  // Nothing when the key is absent. A disk failure is remembered by the implementation and ends the
  // block (store::LedgerView::Health); it never looks like an absent key to a committed result.
  [[nodiscard]] virtual std::optional<Bytes> Get(ByteView key) const = 0;
  // Keys that begin with `prefix`, from `from` on (inclusive, empty: the first), ascending, until
  // the visitor returns false.
  using Visitor = std::function<bool(ByteView key, ByteView value)>;
  virtual void Scan(ByteView prefix, ByteView from, const Visitor& visit) const = 0;
};

// The state's key space (docs/adr/0017 (The state tree)). Leaves of the state tree: ent/, key/,
// val, cfg/, uniq/, exp/ (expiry.h), and rest, which the store writes.
[[nodiscard]] Bytes LeafKey(const EntityId& id);  // "ent/" id17 -> EntityLeaf
[[nodiscard]] Bytes BodyKey(const EntityId& id);  // "B" id17 -> EntityBody
[[nodiscard]] Bytes PartKey(const EntityId& id,
                            ByteView suffix);          // "P" id17 suffix: counters, acc ids
[[nodiscard]] Bytes KeyRecordKey(const KeyId& id);     // "key/" keyid -> KeyRecord
[[nodiscard]] Bytes UniqueKey(std::string_view name);  // "uniq/" kind "/" name -> id17
[[nodiscard]] Bytes ConfigKey(std::string_view name);  // "cfg/" name
[[nodiscard]] Bytes ValidatorsKey();                   // "val" -> list of validators
[[nodiscard]] Bytes ExpiryKey(TimeMs exp,
                              const TxId& id);  // "X" u64be exp txid -> place: ids still unique
[[nodiscard]] Bytes ExpiryPrefix();             // "X"

}  // namespace jiandu::ledger
