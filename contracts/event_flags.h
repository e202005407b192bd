// Flags of kind D of one transaction of the log, as of a height: signed by a key that was
// compromised (SIGNED_WHILE_COMPROMISED), an access that was to be denied (DENY_IGNORED; 809
// Art. 27, 35; docs/contracts.md 4.21).
//
// What a revocation says of the past follows from the key's record when the event is read; what was
// let in is counted when it is reported. Pure functions over a view; any thread with a view of its
// own.
#pragma once

#include "contracts/derived_flags.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::contracts {

struct Case;

// Told from the stub and two indexes: whether the transaction has to be read. Mostly it has not,
// whatever was compromised or suspended at other times.
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
// Keeps how many calls of a report were let in though a check was to deny them, with its txid,
// under the grant, or the resource where there is none. By what is known when it is reported:
// nothing is suspended for a time that has passed.
void NoteLetIn(Case& judged, std::string_view consumer, const ledger::EntityId& resource,
               const ledger::EntityId& subject);

}  // namespace jiandu::contracts
