// The manager as a side of the case it acts in (docs/contracts.md 4.6 "Self-dealing").
//
// As consumer or provider it does not decide, open or consent alone: beside it stands the head of a
// government or superior, and where neither is registered the heads of provider and auditor. Asked
// by the rows of decisions, grants, consents to pass data on, extensions and emergency grants.
// Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// The manager is a side of the case and acts in it.
[[nodiscard]] bool IsSelfDealing(const Case& judged);
// It is the provider, and nobody above it is registered: then its own head signs as that of the
// provider, also where one officer would do.
[[nodiscard]] bool OwnHeadStandsIn(Case& judged);
// A head who may sign as PEER then: of a government or superior; where neither is registered, of
// the auditor and of the provider.
[[nodiscard]] bool IsSuperiorPeer(Case& judged, const ledger::KeyRecord& peer);
// PEER_REQUIRED when the self-dealing manager has no government or superior beside it, nor, where
// neither is registered, both auditor and provider.
[[nodiscard]] Code SelfDealingPeer(Case& judged);
// Raises SELF_DEALING where nobody above the manager is registered.
void FlagSelfDealing(Case& judged);

}  // namespace jiandu::contracts
