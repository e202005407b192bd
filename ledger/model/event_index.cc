// Keys of the rows, and reading a period of them.
#include "ledger/model/event_index.h"

#include <algorithm>

namespace jiandu::ledger {
namespace {

constexpr std::size_t kPlaceBytes = 16;
constexpr std::uint32_t kFlagBits = 64;

Bytes PrefixOf(EventKind kind, std::uint32_t number) {
  return {'F', static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(number >> 8U),
          static_cast<std::uint8_t>(number)};
}

Bytes OpPrefix(std::string_view op) {
  // One piece: g++ 12 sees an overflow where a vector of one byte grows (GCC 105593 and kin).
  return ToBytes(std::string("W").append(op) + '\0');
}
void AppendPlace(Bytes& key, const EventPlace& place) {
  AppendU64Be(key, static_cast<std::uint64_t>(std::max<TimeMs>(place.time, 0)));
  AppendU64Be(key, place.index);
}

std::vector<EventPlace> ListPlaces(const StateView& view, const Bytes& prefix,
                                   const EventPlace& from, TimeMs until, std::size_t count) {
  std::vector<EventPlace> places;
  if (count == 0) return places;
  Bytes begin = prefix;
  AppendPlace(begin, from);
  view.Scan(prefix, begin, [&](ByteView key, ByteView) {
    if (key.size() != prefix.size() + kPlaceBytes) return false;
    const EventPlace place{.time = static_cast<TimeMs>(ReadU64Be(key.subspan(prefix.size()))),
                           .index = ReadU64Be(key.subspan(prefix.size() + 8))};
    if (place.time >= until) return false;
    places.push_back(place);
    return places.size() < count;
  });
  return places;
}

}  // namespace

Bytes OpEventKey(std::string_view op, const EventPlace& place) {
  Bytes key = OpPrefix(op);
  AppendPlace(key, place);
  return key;
}

bool HasOpEvents(std::string_view op) {
  return op != "access.record" && op != "access.batch" && op != "access.acknowledge";
}

Bytes EventKey(EventKind kind, std::uint32_t number, const EventPlace& place) {
  Bytes key = PrefixOf(kind, number);
  AppendPlace(key, place);
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
  return ListPlaces(view, PrefixOf(kind, number), from, until, count);
}

std::vector<EventPlace> ListOps(const StateView& view, std::string_view op, const EventPlace& from,
                                TimeMs until, std::size_t count) {
  return ListPlaces(view, OpPrefix(op), from, until, count);
}

}  // namespace jiandu::ledger
