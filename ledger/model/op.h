// The ops of the ledger: name, kind, who signs, which machine, and the form of the body.
//
// Rows follow docs/contracts.md 4.18. An op without a row is not spoken by this ruleset: MALFORMED.
// Constants.
#pragma once

#include <span>
#include <string_view>

#include "ledger/model/form.h"

namespace jiandu::ledger {

enum class OpKind : std::uint8_t {
  kPermission,  // refused when a rule fails
  kFact,        // accepted and flagged
};

struct OpInfo {
  std::string_view op;    // "request.submit"
  std::string_view name;  // "ReqSubmit"
  OpKind kind;
  std::string_view signers;  // "C m+h": for people
  std::string_view machine;  // "RQ"
  std::string_view section;  // of docs/contracts.md: "4.6"
  const Form* form;
};
// Ascending by op.
[[nodiscard]] std::span<const OpInfo> AllOps();
[[nodiscard]] const OpInfo* FindOp(std::string_view op);
// The members every body of a permission may have besides its form: `await`.
[[nodiscard]] const Form& AwaitForm();
[[nodiscard]] FormReport CheckOpBody(const OpInfo& op, const Json& body);

}  // namespace jiandu::ledger
