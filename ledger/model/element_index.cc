// Keys of the rows, and going through them.
#include "ledger/model/element_index.h"

#include <algorithm>

namespace jiandu::ledger {
namespace {

constexpr std::string_view kOffers = "offers/";

Bytes OffersPrefix() { return PartKey(NetworkEntity(), AsBytes(kOffers)); }

}  // namespace

Bytes OffersKey(std::string_view subject_kind, std::string_view element) {
  std::string suffix(kOffers);
  suffix.append(subject_kind).append("/").append(element);
  return PartKey(NetworkEntity(), AsBytes(suffix));
}

Bytes DesignatedKey(std::string_view element) {
  return UniqueKey("source/" + std::string(element));
}

std::vector<EntityId> DecodeOffers(ByteView value) {
  std::vector<EntityId> offers;
  for (std::size_t at = 0; at + EntityId::kSize <= value.size(); at += EntityId::kSize) {
    const auto id = EntityId::From(value.subspan(at, EntityId::kSize));
    if (id) offers.push_back(*id);
  }
  return offers;
}

std::vector<OfferedElement> ListElements(const StateView& view, ByteView after, std::size_t count) {
  std::vector<OfferedElement> elements;
  if (count == 0) return elements;
  const Bytes prefix = OffersPrefix();
  Bytes from = prefix;
  Append(from, after);
  view.Scan(prefix, from, [&](ByteView key, ByteView value) {
    const ByteView place = key.subspan(prefix.size());
    if (!after.empty() && std::ranges::equal(place, after)) return true;
    const std::string_view name = AsText(place);
    const std::size_t slash = std::min(name.find('/'), name.size());
    elements.push_back({.subject_kind = std::string(name.substr(0, slash)),
                        .element = std::string(name.substr(std::min(slash + 1, name.size()))),
                        .resources = DecodeOffers(value),
                        .place = ToBytes(place)});
    return elements.size() < count;
  });
  return elements;
}

}  // namespace jiandu::ledger
