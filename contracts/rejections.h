// Committed rejections of a department by day, and what they keep out of blocks.
//
// A department has limits::kRejectionsPerDepartmentDayMax of them a day (docs/adr/0001
// (Transactions)), counted apart by what was refused, so that a stolen key that has been revoked,
// or a clerk who floods, keeps the department neither from its work nor from ending that key.
#pragma once

#include <array>
#include <map>
#include <string>

#include "contracts/block_state.h"
#include "ledger/model/transaction.h"

namespace jiandu::contracts {

enum class RejectionKind : std::uint8_t {
  kOrdinary = 'r',
  kRevokedKey = 'k',  // a signer's key is not in force
  kRevocation = 'v',  // identity.revoke by heads only
};

// Of a transaction that was refused, against its department and the day of the block.
void CountRejection(BlockState& state, const ledger::Transaction& transaction);

// Whether a department has used up its day, as one view and block time tell. Remembers what it has
// looked up; one thread, and the view must live as long.
class RejectionLimits {
 public:
  // `height` is that of the view: keys are asked for the block after it.
  RejectionLimits(const ledger::StateView& view, ledger::Height height, ledger::TimeMs block_time)
      : view_(&view), height_(height), time_(block_time) {}

  // REJECTION_LIMIT: such a transaction of this department waits for the next day.
  [[nodiscard]] bool ShutsOut(const ledger::Transaction& transaction);

 private:
  static constexpr std::array kKinds = {RejectionKind::kOrdinary, RejectionKind::kRevokedKey,
                                        RejectionKind::kRevocation};
  using Used = std::array<bool, kKinds.size()>;  // up, by the place of the kind
  [[nodiscard]] const Used& UsedBy(const ledger::DepartmentId& department);

  const ledger::StateView* view_;
  ledger::Height height_;
  ledger::TimeMs time_;
  std::map<ledger::DepartmentId, Used> used_;
};

}  // namespace jiandu::contracts
