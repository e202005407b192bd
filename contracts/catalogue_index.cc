// Keys of the names, and the lists of those who offer an element.
#include "contracts/catalogue_index.h"

#include <algorithm>

#include "contracts/engine.h"
#include "contracts/terms.h"
#include "ledger/model/element_index.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;

// Codes are words of the departments' own and may hold a slash: each kind of name has its own room.
Bytes CodeKey(std::string_view code) { return ledger::UniqueKey("code/" + std::string(code)); }
Bytes ElementKey(std::string_view element) {
  return ledger::UniqueKey("element/" + std::string(element));
}
// No leaf of the state tree: nobody proves who offers what by it.
Bytes OffersKey(const Json& item) {
  return ledger::OffersKey(item.TextOr("subject_kind"), item.TextOr("element_code"));
}

std::optional<EntityId> ReadId(const std::optional<Bytes>& value) {
  return value ? EntityId::From(*value) : std::nullopt;
}
bool IsAt(const BlockState& state, ByteView key, const EntityId& id) {
  return ReadId(state.Get(key)) == id;
}

std::vector<EntityId> ReadOffers(const BlockState& state, const Json& item) {
  return ledger::DecodeOffers(state.Get(OffersKey(item)).value_or(Bytes()));
}
void PutOffers(BlockState& state, const Json& item, const std::vector<EntityId>& offers) {
  Bytes value;
  for (const EntityId& id : offers) Append(value, id.View());
  if (value.empty()) {
    state.Delete(OffersKey(item));
  } else {
    state.Put(OffersKey(item), std::move(value));
  }
}

bool IsOffered(BlockState& state, const EntityId& id, std::string_view department) {
  const EntityBody* resource = state.Body(id);
  if (resource == nullptr) return false;
  const std::uint32_t status = EffectiveStatus(state, id, *resource, state.Context().time);
  if (status != To(ledger::ResourceStatus::kPublished)) return false;
  const Json& content = resource->Form();
  return content.ItemsOf("visibility").empty() || ListHas(content, "visibility", department);
}

}  // namespace

std::optional<EntityId> HolderOfCode(const BlockState& state, std::string_view code) {
  return ReadId(state.Get(CodeKey(code)));
}

std::vector<std::string> SourceElements(const Json& content, std::string_view provider) {
  std::vector<std::string> elements;
  for (const Json& item : content.ItemsOf("items")) {
    if (item.TextOr("item_role") == "CONTENT" && item.TextOr("authoritative_source") == provider) {
      elements.emplace_back(item.TextOr("element_code"));
    }
  }
  return elements;
}

bool HasContent(const Json& content, std::string_view element) {
  const auto items = content.ItemsOf("items");
  return std::ranges::any_of(items, [element](const Json& item) {
    return item.TextOr("item_role") == "CONTENT" && item.TextOr("element_code") == element;
  });
}

bool IsSourceTaken(const BlockState& state, std::string_view element, const EntityId& resource) {
  const auto holder = ReadId(state.Get(ElementKey(element)));
  return holder && *holder != resource && !state.Has(ledger::DesignatedKey(element));
}

void Designate(BlockState& state, std::string_view element, const EntityId& resource) {
  state.Put(ledger::DesignatedKey(element), ToBytes(resource.View()));
  state.Put(ElementKey(element), ToBytes(resource.View()));
}

void EnterCatalogue(BlockState& state, const EntityId& id, const EntityBody& resource) {
  const Json& content = resource.Form();
  state.Put(CodeKey(resource.Text("code")), ToBytes(id.View()));
  for (const std::string& element : SourceElements(content, resource.Party("provider"))) {
    // Beside a designated source this one is a mirror.
    if (!state.Has(ElementKey(element))) state.Put(ElementKey(element), ToBytes(id.View()));
  }
  for (const Json& item : content.ItemsOf("items")) {
    std::vector<EntityId> offers = ReadOffers(state, item);
    if (std::ranges::find(offers, id) != offers.end()) continue;
    if (offers.size() >= kOffersMax) offers.erase(offers.begin());
    offers.push_back(id);
    PutOffers(state, item, offers);
  }
}

void LeaveCatalogue(BlockState& state, const EntityId& id, const EntityBody& resource,
                    const Json& next) {
  const Json& content = resource.Form();
  for (const Json& item : content.ItemsOf("items")) {
    const std::string_view element = item.TextOr("element_code");
    const bool designated = IsAt(state, ledger::DesignatedKey(element), id);
    if (!designated || !HasContent(next, element)) {
      if (designated) state.Delete(ledger::DesignatedKey(element));
      if (IsAt(state, ElementKey(element), id)) state.Delete(ElementKey(element));
    }
    std::vector<EntityId> offers = ReadOffers(state, item);
    if (std::erase(offers, id) > 0) PutOffers(state, item, offers);
  }
}

std::optional<EntityId> FindOffer(BlockState& state, std::span<const Json> wanted,
                                  std::string_view department, const EntityId& except) {
  if (wanted.empty()) return std::nullopt;
  std::vector<EntityId> offers = ReadOffers(state, wanted.front());
  std::erase(offers, except);
  for (const Json& item : wanted.subspan(1)) {
    if (offers.empty()) return std::nullopt;
    const std::vector<EntityId> others = ReadOffers(state, item);
    std::erase_if(offers, [&others](const EntityId& id) {
      return std::ranges::find(others, id) == others.end();
    });
  }
  const auto found = std::ranges::find_if(
      offers, [&](const EntityId& id) { return IsOffered(state, id, department); });
  return found != offers.end() ? std::optional(*found) : std::nullopt;
}

}  // namespace jiandu::contracts
