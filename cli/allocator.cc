// What the program's allocator is told (docs/adr/0026 (jemalloc in the program)).
//
// jemalloc reads this symbol before main; MALLOC_CONF in the environment overrules it. Linked into
// the program and the benchmarks, never into a library.

// Blocks come and go within a second, so freed memory goes back to the system after 5 s, and a
// thread of the allocator does it: that of a thread which has become idle too. Four arenas, not
// four a core: each keeps pages of its own.
extern "C" const char* malloc_conf;
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the type is jemalloc's
const char* malloc_conf = "background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:0,narenas:4";
