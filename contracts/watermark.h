// Watermarks of deliveries, and whose delivery a leaked file was (docs/contracts.md 4.15, SV1 to
// SV3). Rows of the table in tables/supervision.cc. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

// watermark.register; the subject is the grant.
[[nodiscard]] Code NewWatermark(Case& judged);
void RegisterWatermark(Case& judged);
// leak.trace; the subject is the leak.
[[nodiscard]] Code OpensCommitments(Case& judged);
void TraceLeak(Case& judged);

}  // namespace jiandu::contracts
