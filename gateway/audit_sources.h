// Where the rows of detectors come from: one function for each way to detect.
//
// Each goes on after Gather::After(), in the order of its index, until the page is full. Gateway
// thread.
#pragma once

#include "gateway/audit_rows.h"
#include "ledger/model/clock_index.h"

namespace jiandu::gateway {

void FindEvents(Gather& gather, const Detector& detector);       // kFlag, kCode, kOp
void FindLate(Gather& gather, const Detector& detector);         // kLate
void FindOverdue(Gather& gather, const Detector& detector);      // kOverdue
void FindTasks(Gather& gather, const Detector& detector);        // kTasks
void FindUsed(Gather& gather, const Detector& detector);         // kUsed
void FindRaised(Gather& gather, const Detector& detector);       // kRaised
void FindCompromised(Gather& gather, const Detector& detector);  // kCompromised
void FindElements(Gather& gather, const Detector& detector);     // kElements

// Places of an index as keys of candidates.
[[nodiscard]] Bytes KeyOfPlace(ledger::TimeMs time, ledger::LogIndex index);
// What the body as of now still owes of an index row, by its successor where the department has
// ended; null: it has lapsed, was moved to a later day, or ended by itself. The index has what was
// written last.
[[nodiscard]] const ledger::Clock* OverdueOf(const ledger::EntityBody& body,
                                             const ledger::OverdueClock& row,
                                             const ledger::WorkCalendar& calendar,
                                             const LedgerSnapshot& snapshot);
[[nodiscard]] Bytes KeyOfOverdue(const ledger::OverdueClock& row);
[[nodiscard]] std::optional<ledger::OverdueClock> OverdueOfKey(ByteView key);

// The flags of kind D with the name, of which the department asked for is responsible.
[[nodiscard]] std::vector<LedgerSnapshot::DerivedFlag> FlagsNamed(
    Gather& gather, std::vector<LedgerSnapshot::DerivedFlag> flags, std::string_view name);
[[nodiscard]] Json ValuesToJson(const std::vector<LedgerSnapshot::DerivedFlag>& flags);

}  // namespace jiandu::gateway
