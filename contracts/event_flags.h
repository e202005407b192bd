// Flags of kind D of one transaction of the log, as of a height: signed by a key that was
// compromised (SIGNED_WHILE_COMPROMISED), an access that was to be denied (DENY_IGNORED; 809
// Art. 27, 35; docs/contracts.md 4.21).
//
// Nothing of it is written to the event: what a revocation or a suspension says of the past follows
// from it when the event is read. Pure functions over a view; any thread with a view of its own.
#pragma once

#include "contracts/derived_flags.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::contracts {

// Told from the stub alone: whether the transaction has to be read. Mostly it has not.
[[nodiscard]] bool MayHaveEventFlags(const ledger::StateView& view, const AsOf& at,
                                     const ledger::Stub& stub);
[[nodiscard]] std::vector<DerivedFlag> EventFlagsOf(const ledger::StateView& view, const AsOf& at,
                                                    const ledger::Stub& stub,
                                                    const ledger::Transaction& transaction);

// Whether an access at `time` was to be denied: the consumer without its rights, or the resource
// letting nobody in.
class DenyRule {
 public:
  DenyRule(BlockState& state, std::string_view consumer, const ledger::EntityId& resource);
  [[nodiscard]] bool Denies(ledger::TimeMs time) const;
  [[nodiscard]] bool EverDenies() const { return !switches_.empty() || !stops_.empty(); }

 private:
  std::vector<ledger::TimeMs> switches_;
  std::vector<StopSpan> stops_;
};

}  // namespace jiandu::contracts
