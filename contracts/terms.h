// Terms of sharing: what was asked for, what a step left of it, what a grant may contain.
//
// Terms are JSON objects with the members of docs/contracts.md 4.6. Tightening never widens. Pure.
#pragma once

#include "base/json.h"
#include "contracts/profile.h"

namespace jiandu::contracts {

// What a request asks for, as terms.
[[nodiscard]] Json RequestedTerms(const Json& request, const Profile& profile);
// `offered` laid over `terms`: fewer items, shorter time, lower bounds; wider values are ignored.
[[nodiscard]] Json Tighten(const Json& terms, const Json& offered);
// Something in `wanted` goes beyond `decided` (TERMS_EXCEED_DECISION).
[[nodiscard]] bool Exceeds(const Json& wanted, const Json& decided);
// Every text of the list `name` in `some` stands in that of `all`; an absent list in `some` does.
[[nodiscard]] bool IsSubset(const Json& some, const Json& all, std::string_view name);
[[nodiscard]] bool ListHas(const Json& object, std::string_view name, std::string_view text);

}  // namespace jiandu::contracts
