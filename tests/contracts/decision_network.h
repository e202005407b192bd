// The network a point of the decision tables lives in.
#pragma once

#include <string_view>

#include "tests/contracts/decision_clauses.h"
#include "tests/support/contract_world.h"

namespace jiandu::contracts::testing::decision {

inline std::string_view ProfileOf(Bits law) {
  return law == kCombined ? "combined" : law == kHangzhou ? "hangzhou" : "order809";
}
// Whether somebody is above the manager, which is the province's where data flows back from there.
inline testing::Above AboveOf(Bits above, Bits kind = kNormal) {
  if (above != kSomebody) return testing::Above::kNobody;
  return kind == kReturnFlow ? testing::Above::kProvince : testing::Above::kGovernment;
}

}  // namespace jiandu::contracts::testing::decision
