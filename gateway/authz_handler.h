// GET /v1/authz/check: whether an access would be let in now (docs/contracts.md 4.10 AC1).
//
// Asked by an application, or by the gateway of a department, before it accesses. Permitted is 200
// with items, masks and what is left of the day; refused is 403 with the reason, its clause and
// article. What cannot be known is refused: 503 while the node's state is too old. Gateway thread
// or worker.
#pragma once

#include "gateway/call.h"

namespace jiandu::gateway {

[[nodiscard]] Answer CheckAuthorisation(const NodeStatus& status, const Call& call);
// Whether so many grants have to be looked through that it is answered elsewhere.
[[nodiscard]] bool IsLongAuthorisation(const Call& call);
// The words for a flag that denies; null when there are none, which denies all the same.
[[nodiscard]] const ledger::CodeInfo* ReasonOf(std::string_view flag);

}  // namespace jiandu::gateway
