// Marks of what lies beside an entity in the state, and the small values there (docs/contracts.md
// 4.12).
//
// Capital letters are marks of lineage, evidence and corrections; small ones belong to
// access_terms.h, access_trace.h and resource.h. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "ledger/model/state_view.h"

namespace jiandu::contracts {

[[nodiscard]] inline Bytes MarkedKey(const ledger::EntityId& id, std::string_view mark,
                                     ByteView rest = {}) {
  Bytes suffix = ToBytes(mark);
  Append(suffix, rest);
  return ledger::PartKey(id, suffix);
}

// A list of ids, one after the other.
[[nodiscard]] inline std::vector<ledger::EntityId> DecodeIds(ByteView bytes) {
  constexpr std::size_t kSize = ledger::EntityId::kSize;
  std::vector<ledger::EntityId> ids;
  for (std::size_t at = 0; at + kSize <= bytes.size(); at += kSize) {
    if (const auto id = ledger::EntityId::From(bytes.subspan(at, kSize))) ids.push_back(*id);
  }
  return ids;
}

// The entities under a mark, at most `count`: keys are mark and id.
[[nodiscard]] inline std::vector<ledger::EntityId> IdsUnder(const ledger::StateView& view,
                                                            const ledger::EntityId& id,
                                                            std::string_view mark,
                                                            std::size_t count) {
  std::vector<ledger::EntityId> ids;
  const Bytes prefix = MarkedKey(id, mark);
  view.Scan(prefix, {}, [&](ByteView key, ByteView) {
    if (ids.size() >= count) return false;
    if (const auto named = ledger::EntityId::From(key.subspan(prefix.size()))) {
      ids.push_back(*named);
    }
    return ids.size() < count;
  });
  return ids;
}

}  // namespace jiandu::contracts
