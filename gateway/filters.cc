// See filters.h.
#include "gateway/filters.h"

#include "ledger/model/genesis.h"

namespace jiandu::gateway {

std::optional<Problem> CheckDepartmentFilter(const Call& call) {
  const std::string* code = call.target.Find("department");
  if (code == nullptr || call.snapshot == nullptr) return std::nullopt;
  // Who is registered needs no check character: that tells a slip from a stranger.
  if (call.snapshot->State().Get(ledger::LeafKey(ledger::DepartmentEntity(*code)))) {
    return std::nullopt;
  }
  return BadParameter("department",
                      ledger::IsDepartmentCode(*code)
                          ? "no department of this ledger has this code; GET /v1/departments lists "
                            "them (本账本无此部门，可查 /v1/departments)"
                          : "no department's code: 18 characters, and the last one checks the "
                            "others (不是部门代码：应为18位且校验位相符)");
}

}  // namespace jiandu::gateway
