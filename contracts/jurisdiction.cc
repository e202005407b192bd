// Division codes and the offices registered for them.
#include "contracts/jurisdiction.h"

#include <algorithm>

#include "contracts/engine.h"

namespace jiandu::contracts {
namespace {

// What both codes have in common, filled up with zeros.
std::string Common(std::string_view one, std::string_view other) {
  const std::size_t length = std::min(one.size(), other.size());
  std::size_t same = 0;
  while (same + 2 <= length && one.substr(same, 2) == other.substr(same, 2)) same += 2;
  std::string code(one.substr(0, same));
  code.append(length - same, '0');
  return code;
}

// The code without its lowest level; empty above the highest.
std::string LevelAbove(std::string code) {
  for (std::size_t at = code.size(); at >= 2; at -= 2) {
    if (code.compare(at - 2, 2, "00") == 0) continue;
    code.replace(at - 2, 2, "00");
    return code;
  }
  return {};
}

std::string_view Stem(std::string_view code) {
  while (code.size() >= 2 && code.ends_with("00")) code.remove_suffix(2);
  return code;
}

}  // namespace

std::string JurisdictionOf(BlockState& state, std::string_view department) {
  const ledger::EntityBody* body = state.Body(ledger::DepartmentEntity(department));
  return body != nullptr ? std::string(body->Text("jurisdiction")) : std::string();
}

bool Covers(std::string_view above, std::string_view below) {
  return !above.empty() && !below.empty() && below.starts_with(Stem(above));
}

ledger::DepartmentId OfficeOf(const BlockState& state, std::string_view office,
                              std::string_view jurisdiction) {
  for (std::string code(jurisdiction); !code.empty(); code = LevelAbove(std::move(code))) {
    const std::string name = std::string(office) + "/" + code;
    if (const auto holder = state.Get(ledger::ConfigKey(name))) return ToText(*holder);
  }
  return {};
}

ledger::DepartmentId MediatorOf(BlockState& state, std::string_view one, std::string_view other) {
  const std::string common = Common(JurisdictionOf(state, one), JurisdictionOf(state, other));
  // By the code, not by where the manager sits: since a reorganisation that may be below the code.
  for (std::string code = common; !code.empty(); code = LevelAbove(std::move(code))) {
    const ledger::DepartmentId manager = ManagerOf(state, code);
    if (!manager.empty() && manager != one && manager != other) return manager;
  }
  return OfficeOf(state, "government", common);
}

}  // namespace jiandu::contracts
