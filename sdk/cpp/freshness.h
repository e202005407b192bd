// That a proof is not older than its reader can do with: an old height is complete as of itself.
//
// Reads no clock: the caller says what the time is. Pure; any thread.
#pragma once

#include "sdk/cpp/proof_verifier.h"

namespace jiandu::sdk {

struct Freshness {
  ledger::Height min_height = 0;  // as_of must reach it; 0: any
  ledger::TimeMs max_age = 0;     // of the header's time at `now`, in ms; 0: any
  ledger::TimeMs now = 0;         // since 1970, in ms
};

// Adds the step "freshness" to a verdict that is verified; when it fails nothing is proven. A
// header's time that lies ahead of `now` by more than a minute fails as well: then the age is not
// known.
void RequireFresh(ProofVerdict& verdict, const Freshness& freshness);

}  // namespace jiandu::sdk
