// The index of clocks that ended late: which answers came too late, without reading any case.
//
// A clock of a case is overwritten when it runs anew; the row stays. Contracts write it when a late
// clock is satisfied, stands still or falls away; it is no leaf of the state tree. Of a duty that
// passed to another department there is a row for each that let it become later, with its own part.
// Lateness is that of the calendar known when the clock ended (809 Art. 17, 21, 22, 26, 39(4)).
// Pure; any thread.
#pragma once

#include <span>
#include <vector>

#include "ledger/model/body.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {

struct LateClock {
  EntityId entity;
  Clock clock;  // `late` is of this run alone; ended without being satisfied: it fell away
  TxId txid;    // the transaction that ended it
  std::vector<EntityId> responsible;  // its handler in the case, else the heads, when it ended
  Bytes place;                        // of the row in its list, to go on after
};
// "N" scope code 00 ended 8 entity 17 start 8 department: the scope is "a", or "d" department 00.
[[nodiscard]] Bytes LateRowKey(const Clock& clock, const EntityId& entity);
[[nodiscard]] Bytes OwnLateRowKey(const Clock& clock, const EntityId& entity);
// txid 32, count 1, that many ids of 17, then the clock; of those responsible the first 8.
inline constexpr std::size_t kResponsibleMax = 8;
[[nodiscard]] Bytes LateRowValue(const Clock& clock, const TxId& txid,
                                 std::span<const EntityId> responsible = {});

// Late clocks of a code that ended from `from` on and before `until`, in the order in which they
// ended, at most `count` after `after` (empty: from the first); of one department, or of all for
// "".
[[nodiscard]] std::vector<LateClock> ListLate(const StateView& view, std::string_view department,
                                              std::string_view code, TimeMs from, TimeMs until,
                                              std::size_t count, ByteView after = {});

}  // namespace jiandu::ledger
