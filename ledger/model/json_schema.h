// The form of an op's body as a JSON Schema (draft 2020-12): for programs that fill one in.
//
// Made from the same tables the node checks with. `required` lists what a permission is refused
// without (a fact is flagged); members a rule asks for are marked `x-need`: "by-rule". Pure.
#pragma once

#include "ledger/model/op.h"

namespace jiandu::ledger {

// The whole schema, with `$id` below `base` ("/v1/schemas/").
[[nodiscard]] Json OpSchema(const OpInfo& op, std::string_view base);
// One line an op, for lists: op, name, kind, signers, section.
[[nodiscard]] Json OpSummary(const OpInfo& op);

}  // namespace jiandu::ledger
