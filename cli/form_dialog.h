// Filling in the form of an op at a terminal: each member with what it means and where it is asked
// for, each answer judged at once by the tables the node judges with.
//
// Questions go to stderr, answers come from standard input. One thread.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/op.h"

namespace jiandu::cli {

// A member that a body still lacks: without it a permission is refused, a fact flagged.
struct MissingMember {
  std::string path;  // "order.term", "items.0.need_code"
  const ledger::Field* field = nullptr;
};
[[nodiscard]] std::vector<MissingMember> MissingMembers(const ledger::Form& form, const Json& body);

// What is wrong with the value of a single member, or nothing. Texts are searched for what must not
// stand on the ledger.
[[nodiscard]] std::string WrongWith(const ledger::Field& field, const Json& value);

// Asks for what `body` lacks, then whether to go through what may be left out. kUnavailable when
// the terminal ends before the form is complete.
[[nodiscard]] Result<void> AskForBody(const ledger::OpInfo& op, Json& body);
// One line of the terminal; kUnavailable at its end.
[[nodiscard]] Result<std::string> AskLine(const std::string& prompt);

}  // namespace jiandu::cli
