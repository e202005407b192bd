// The index of flags and rejections by time: what auditors ask for a period, without reading the
// log.
//
// The store writes a row for each flag a transaction raised and for each code it was refused with;
// the contracts write one for each op that took effect, at once or with its last signature, but for
// reports of accesses, of which there are millions. A row names the log entry. Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "ledger/model/state_view.h"
#include "ledger/model/stub.h"

namespace jiandu::ledger {

// What a row is about.
enum class EventKind : std::uint8_t { kFlag = 'f', kCode = 'c' };

struct EventPlace {
  TimeMs time = 0;  // block time
  LogIndex index = 0;
  auto operator<=>(const EventPlace&) const = default;
};
// "F" kind 1 number 2 time 8 index 8 -> empty
[[nodiscard]] Bytes EventKey(EventKind kind, std::uint32_t number, const EventPlace& place);
// "W" op 00 time 8 index 8 -> empty; the entry's own op may be `cosign` or `vote`.
[[nodiscard]] Bytes OpEventKey(std::string_view op, const EventPlace& place);
[[nodiscard]] bool HasOpEvents(std::string_view op);
// The rows of a stub: one a flag, or one for its code.
[[nodiscard]] std::vector<Bytes> EventKeys(const Stub& stub, LogIndex index);
// Events of a flag's bit or a code's number from `from` on and before `until`, in order, at most
// `count`.
[[nodiscard]] std::vector<EventPlace> ListEvents(const StateView& view, EventKind kind,
                                                 std::uint32_t number, const EventPlace& from,
                                                 TimeMs until, std::size_t count);

[[nodiscard]] std::vector<EventPlace> ListOps(const StateView& view, std::string_view op,
                                              const EventPlace& from, TimeMs until,
                                              std::size_t count);

}  // namespace jiandu::ledger
