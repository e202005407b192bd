// Departments that have ended, and who has their duties (docs/contracts.md 4.1 DP3).
//
// A reorganisation writes who follows, never into the cases: parties and running clocks of an ended
// department are replaced when a body is read in a later block (BlockState::Body), and stored so
// when somebody next acts in the case. The party of before stays as "former_<party>". Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/model/body.h"
#include "ledger/model/state_view.h"

namespace jiandu::contracts {

struct Succession {
  ledger::TimeMs at = 0;
  ledger::DepartmentId successor;  // of everything that is not mapped
};
// `cfg/successor/<code>`: nothing while the department exists.
[[nodiscard]] Bytes SuccessorKey(std::string_view department);
[[nodiscard]] Bytes EncodeSuccession(const Succession& succession);
[[nodiscard]] std::optional<Succession> ReadSuccession(const ledger::StateView& view,
                                                       std::string_view department);
// Who has the department's part in one item, where the mapping says so.
[[nodiscard]] Bytes HeirKey(const ledger::EntityId& item, std::string_view department);

// Reorganisations of one case, one after the other, since somebody last acted on it. Nobody follows
// whoever follows him, so there is no round; a department more is not reached in a network's life.
inline constexpr int kSuccessionsMax = 1024;
inline constexpr std::string_view kFormer = "former_";
inline constexpr std::string_view kOwnSince = "own_since";
[[nodiscard]] std::string FormerParty(std::string_view party);
// As it was when the case was born: what an act touches does not change with a reorganisation.
[[nodiscard]] std::string_view BirthParty(const ledger::EntityBody& body, std::string_view party);
// Consumer and provider have become one department: a request is closed (SELF_REQUEST), a grant is
// EXPIRED and nothing of it is to be disposed of (no D14).
[[nodiscard]] bool IsOwnCase(const ledger::EntityBody& body);

}  // namespace jiandu::contracts
