// Whose turn it is to propose.
#pragma once

#include "consensus/validator_set.h"

namespace jiandu::consensus {

// Two implementations exist: seat rotation, and the specification's order in the ITF tests.
class ProposerSchedule {
 public:
  virtual ~ProposerSchedule() = default;
  [[nodiscard]] virtual Address ProposerOf(Height height, Round round,
                                           const ValidatorSet& set) const = 0;
};

// proposer(h, r) = V[(h + r) mod n], V sorted by address: departments have equal seats, and nothing
// drifts after joins and restarts.
class SeatRotation final : public ProposerSchedule {
 public:
  [[nodiscard]] Address ProposerOf(Height height, Round round,
                                   const ValidatorSet& set) const override;
};

}  // namespace jiandu::consensus
