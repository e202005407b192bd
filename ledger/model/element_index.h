// The index of data elements 数据元: which published resources hold one, and whether its source was
// designated (一数一源).
//
// Contracts write it with the catalogue. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "ledger/model/state_view.h"

namespace jiandu::ledger {

// A part of the network, no leaf: "offers/" subject kind "/" element -> ids of 17 bytes each.
[[nodiscard]] Bytes OffersKey(std::string_view subject_kind, std::string_view element);
// "uniq/source/" element -> the resource that was designated as its source.
[[nodiscard]] Bytes DesignatedKey(std::string_view element);

struct OfferedElement {
  std::string subject_kind;
  std::string element;
  std::vector<EntityId> resources;  // in the order in which they were published
  Bytes place;                      // of the row, to go on after
};
[[nodiscard]] std::vector<EntityId> DecodeOffers(ByteView value);
// At most `count` after `after` (empty: from the first), by subject kind and element.
[[nodiscard]] std::vector<OfferedElement> ListElements(const StateView& view, ByteView after,
                                                       std::size_t count);

}  // namespace jiandu::ledger
