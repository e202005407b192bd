// Changing the terms of a grant in its life without changing how earlier accesses are judged
// (docs/contracts.md 4.8, 4.10.2).
//
// The body has the terms in force at the last act, and since when (`terms_from`). Superseded ones
// go to parts beside it; a change announced for a day to come lies in a part of its own until an
// act finds it in force. A later change takes the place of one announced. Pure; the thread of the
// block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// New terms from now on; what was announced falls away.
void ReplaceTerms(Case& judged, const ledger::EntityId& grant, const Json& terms);
// New terms from `from` on, which is to come.
void AnnounceTerms(Case& judged, const ledger::EntityId& grant, const Json& terms,
                   ledger::TimeMs from);
// The provider ends the grant at `at`, which is to come.
void AnnounceEnd(Case& judged, const ledger::EntityId& grant, ledger::TimeMs at);
// D14 of the consumer: what it holds is to be disposed of, from `from` on. A duty that has begun to
// run, by a recall or an end, is not put off.
void StartDisposal(BlockState& state, ledger::EntityBody& grant, ledger::TimeMs from);
// What was announced and is in force by now becomes the terms of the body.
void SettleTerms(BlockState& state, const ledger::EntityId& grant, ledger::TimeMs time);
// The terms in force at a time.
[[nodiscard]] Json TermsInForce(BlockState& state, const ledger::EntityId& grant,
                                ledger::TimeMs time);
// Ends the grant on the day of its terms: the body's `valid_to`, and the duty to dispose of the
// data from that day (D14). One of an emergency ends with that at the latest.
void SetEnd(BlockState& state, ledger::EntityBody& grant, std::int64_t valid_to_date);
// Its end stays what it was, and an end announced before has fallen away.
void KeepEnd(BlockState& state, ledger::EntityBody& grant);
// The last uses of the grant by the terms in force at a time; 0: no bound.
[[nodiscard]] std::int64_t UsesMaxAt(const ledger::EntityBody& grant, ledger::TimeMs time);

}  // namespace jiandu::contracts
