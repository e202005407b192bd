// The published catalogue as it is looked up: by code, by the source of an element (一数一源), by
// the elements a resource offers.
//
// Every look-up costs what it names, never what the catalogue holds. Pure; the thread of the block.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/block_state.h"

namespace jiandu::contracts {

// Of an element so many resources are remembered, the latest published ones.
inline constexpr std::size_t kOffersMax = 64;

// The resource that holds the code; it stays taken when the resource is retired.
[[nodiscard]] std::optional<ledger::EntityId> HolderOfCode(const BlockState& state,
                                                           std::string_view code);
// Elements of which the provider says it is the source.
[[nodiscard]] std::vector<std::string> SourceElements(const Json& content,
                                                      std::string_view provider);
[[nodiscard]] bool HasContent(const Json& content, std::string_view element);
// Another resource is the source of the element, and nobody was designated: then the others would
// be mirrors.
[[nodiscard]] bool IsSourceTaken(const BlockState& state, std::string_view element,
                                 const ledger::EntityId& resource);
// The resource is the source of the element from now on, whoever was before.
void Designate(BlockState& state, std::string_view element, const ledger::EntityId& resource);

// What is published stands in the catalogue, and no more. `next` is the content that follows at
// once: of what stays in it the resource remains the designated source.
void EnterCatalogue(BlockState& state, const ledger::EntityId& id,
                    const ledger::EntityBody& resource);
void LeaveCatalogue(BlockState& state, const ledger::EntityId& id,
                    const ledger::EntityBody& resource, const Json& next);

// A resource published now and visible to the department that offers all elements wanted
// (`{element_code, subject_kind}`); `except` is not looked at.
[[nodiscard]] std::optional<ledger::EntityId> FindOffer(BlockState& state,
                                                        std::span<const Json> wanted,
                                                        std::string_view department,
                                                        const ledger::EntityId& except);

}  // namespace jiandu::contracts
