// Counting rejections.
#include "contracts/rejections.h"

#include <algorithm>

#include "base/limits.h"

namespace jiandu::contracts {
namespace {

using ledger::Transaction;

Bytes CountKey(std::string_view department, RejectionKind kind, ledger::TimeMs time) {
  Bytes suffix;
  suffix.push_back(static_cast<std::uint8_t>(kind));
  AppendU32Be(suffix, static_cast<std::uint32_t>(ledger::DateOf(time)));
  return ledger::PartKey(ledger::DepartmentEntity(department), suffix);
}

// `find` gives the record of a key id, as something that is false when there is none.
template <typename Find>
RejectionKind KindOf(const Transaction& transaction, ledger::Height height, ledger::TimeMs time,
                     const Find& find) {
  bool only_heads = true;
  for (const ledger::Signer& signer : transaction.payload.signers) {
    const auto record = find(signer.key);
    if (!record || !record->IsActive(height, time)) return RejectionKind::kRevokedKey;
    only_heads = only_heads && (record->duties & ledger::duty::kHead) != 0;
  }
  return only_heads && transaction.payload.op == "identity.revoke" ? RejectionKind::kRevocation
                                                                   : RejectionKind::kOrdinary;
}

}  // namespace

void CountRejection(BlockState& state, const Transaction& transaction) {
  const BlockContext& context = state.Context();
  const RejectionKind kind = KindOf(transaction, context.height, context.time,
                                    [&state](const ledger::KeyId& id) { return state.Key(id); });
  const Bytes key = CountKey(transaction.payload.department, kind, context.time);
  Bytes value;
  AppendU32Be(value, ReadCount(state.Get(key)) + 1);
  state.Put(key, std::move(value));
}

const RejectionLimits::Used& RejectionLimits::UsedBy(const ledger::DepartmentId& department) {
  const auto [found, is_new] = used_.try_emplace(department);
  if (!is_new) return found->second;
  Used& used = found->second;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    used[i] = ReadCount(view_->Get(CountKey(department, kKinds[i], time_))) >=
              limits::kRejectionsPerDepartmentDayMax;
  }
  return used;
}

bool RejectionLimits::ShutsOut(const Transaction& transaction) {
  const Used& used = UsedBy(transaction.payload.department);
  // Nearly always; then nobody's key is looked up.
  if (std::ranges::find(used, true) == used.end()) return false;
  const RejectionKind kind =
      KindOf(transaction, height_ + 1, time_,
             [this](const ledger::KeyId& id) { return ledger::FindKeyRecord(*view_, id); });
  return used[static_cast<std::size_t>(std::ranges::find(kKinds, kind) - kKinds.begin())];
}

}  // namespace jiandu::contracts
