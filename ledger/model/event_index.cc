// Keys of the rows, and reading a period of them.
#include "ledger/model/event_index.h"

#include <algorithm>

namespace jiandu::ledger {
namespace {

constexpr std::size_t kPrefixBytes = 4;
constexpr std::uint32_t kFlagBits = 64;

Bytes PrefixOf(EventKind kind, std::uint32_t number) {
  return {'F', static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(number >> 8U),
          static_cast<std::uint8_t>(number)};
}

}  // namespace

Bytes EventKey(EventKind kind, std::uint32_t number, const EventPlace& place) {
  Bytes key = PrefixOf(kind, number);
  AppendU64Be(key, static_cast<std::uint64_t>(std::max<TimeMs>(place.time, 0)));
  AppendU64Be(key, place.index);
  return key;
}

std::vector<Bytes> EventKeys(const Stub& stub, LogIndex index) {
  std::vector<Bytes> keys;
  const EventPlace place{.time = stub.time, .index = index};
  if (stub.code != 0) keys.push_back(EventKey(EventKind::kCode, stub.code, place));
  for (std::uint32_t bit = 0; stub.flags != 0 && bit < kFlagBits; ++bit) {
    if ((stub.flags >> bit & 1U) != 0) keys.push_back(EventKey(EventKind::kFlag, bit, place));
  }
  return keys;
}

std::vector<EventPlace> ListEvents(const StateView& view, EventKind kind, std::uint32_t number,
                                   const EventPlace& from, TimeMs until, std::size_t count) {
  std::vector<EventPlace> places;
  if (count == 0) return places;
  view.Scan(PrefixOf(kind, number), EventKey(kind, number, from), [&](ByteView key, ByteView) {
    if (key.size() != kPrefixBytes + 16) return false;
    const EventPlace place{.time = static_cast<TimeMs>(ReadU64Be(key.subspan(kPrefixBytes))),
                           .index = ReadU64Be(key.subspan(kPrefixBytes + 8))};
    if (place.time >= until) return false;
    places.push_back(place);
    return places.size() < count;
  });
  return places;
}

}  // namespace jiandu::ledger
