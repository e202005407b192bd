// Building the keys of the state.
#include "ledger/model/state_view.h"

namespace jiandu::ledger {
namespace {

Bytes Key(std::string_view prefix, ByteView rest) {
  Bytes key;
  key.reserve(prefix.size() + rest.size());
  Append(key, prefix);
  Append(key, rest);
  return key;
}

}  // namespace

Bytes LeafKey(const EntityId& id) { return Key("ent/", id.View()); }
Bytes BodyKey(const EntityId& id) { return Key("B", id.View()); }

Bytes PartKey(const EntityId& id, ByteView suffix) {
  Bytes key;
  key.reserve(1 + EntityId::kSize + suffix.size());
  key.push_back('P');
  Append(key, id.View());
  Append(key, suffix);
  return key;
}

Bytes KeyRecordKey(const KeyId& id) { return Key("key/", id.View()); }
Bytes UniqueKey(std::string_view code) { return Key("uniq/", AsBytes(code)); }
Bytes ConfigKey(std::string_view name) { return Key("cfg/", AsBytes(name)); }
Bytes ValidatorsKey() { return ToBytes("val"); }

Bytes ExpiryKey(TimeMs exp, const TxId& id) {
  Bytes key;
  key.reserve(1 + 8 + TxId::kSize);
  key.push_back('X');
  AppendU64Be(key, static_cast<std::uint64_t>(exp));
  Append(key, id.View());
  return key;
}

Bytes ExpiryPrefix() { return ToBytes("X"); }

}  // namespace jiandu::ledger
