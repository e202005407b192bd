// What the program does with memory it has freed (docs/adr/0008 (mimalloc in the program)).
//
// Header only: the benchmark of contracts runs under the same setting. Call once, before threads.
#pragma once

#ifdef JIANDU_MIMALLOC
#include <mimalloc.h>
#endif

namespace jiandu::cli {

// Blocks come and go within a second: memory given back to the system in between costs a tenth of
// the node's CPU in page faults.
inline void KeepFreedMemory() {
#ifdef JIANDU_MIMALLOC
  constexpr long kDelayMs = 5'000;
#if MI_MALLOC_VERSION < 210
  mi_option_set(mi_option_decommit_delay, kDelayMs);
#else
  mi_option_set(mi_option_purge_delay, kDelayMs);
#endif
#endif
}

}  // namespace jiandu::cli
