// bench_lineage [EDGES [DIRECTORY]]: closures over a lineage of 10^7 edges, from memory, and when a
// directory is named (it is emptied) from LevelDB. The last line is one JSON object.
#include <cstdio>
#include <cstdlib>

#include "bench/lineage_bench.h"

int main(int argc, char** argv) {
  const std::uint64_t edges = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  jiandu::bench::LineageBench bench(edges);
  auto figures = bench.InMemory();
  std::printf("memory: %.0f MB, built in %.2f s (%.2f s unsorted)\n", figures.graph_mb,
              figures.graph_build_s, figures.graph_sort_build_s);
  std::printf("from memory: 10,000 nodes %.2f ms, 1,000,000 %.1f ms (%.1f ms of CPU)\n",
              figures.closure_10k_ms, figures.closure_1m_ms, figures.closure_1m_cpu_ms);
  if (argc > 2) {
    const auto done = bench.OnDisk(argv[2], figures);
    if (!done) {
      std::fprintf(stderr, "bench_lineage: %s\n", done.error().detail.c_str());
      return 1;
    }
    std::printf("index: %.0f MB, rows written in %.1f s, graph loaded in %.2f s\n",
                figures.index_mb, figures.index_load_s, figures.graph_load_s);
    std::printf("from disk: 10,000 nodes %.1f ms, 100,000 %.1f ms, 1,000,000 %.1f ms\n",
                figures.disk_closure_10k_ms, figures.disk_closure_100k_ms,
                figures.disk_closure_1m_ms);
  }
  std::printf("{\"edges\":%llu,\"closure_10k_ms\":%.3f,\"closure_1m_ms\":%.3f}\n",
              static_cast<unsigned long long>(figures.edges), figures.closure_10k_ms,
              figures.closure_1m_ms);
  const bool met = figures.closure_10k_ms >= 0 && figures.closure_1m_ms >= 0;
  return met ? 0 : 1;
}
