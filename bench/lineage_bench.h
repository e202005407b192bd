// The lineage index at size: how long closures take from memory and from LevelDB, what it costs to
// build, and how many bytes it is.
//
// Header only, so that any benchmark program can use it. The graph is a random one in the order in
// which a ledger would make it: each node is made from two earlier ones. Times are of one thread;
// units are in the names.
#pragma once

#include <time.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <vector>

#include "ledger/store/leveldb_store.h"
#include "ledger/store/lineage_walk.h"

namespace jiandu::bench {

struct LineageFigures {
  std::uint64_t edges = 0;
  double graph_build_s = 0;       // of edges that are sorted
  double graph_sort_build_s = 0;  // and of those that are not
  double graph_mb = 0;
  double closure_10k_ms = 0;     // the first 10,000 nodes, from memory
  double closure_1m_ms = 0;      // 1,000,000
  double closure_1m_cpu_ms = 0;  // of it, what the thread itself used: on a busy machine it waits
  double index_load_s = 0;       // the rows of all edges and nodes, in the order of the ledger
  double index_mb = 0;
  double graph_load_s = 0;  // from the rows
  double disk_closure_10k_ms = 0;
  double disk_closure_100k_ms = 0;  // what a node walks from the disk at most
  double disk_closure_1m_ms = 0;
};

class LineageBench {
 public:
  explicit LineageBench(std::uint64_t edges, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    edges_.reserve(edges);
    nodes_ = edges / 2 + 2;
    for (std::uint64_t to = 1; edges_.size() < edges; ++to) {
      const std::uint64_t first = random() % to;
      const std::uint64_t second = random() % to;
      Add(first, to);
      if (second != first && edges_.size() < edges) Add(second, to);
      nodes_ = std::max(nodes_, to + 1);
    }
  }

  [[nodiscard]] LineageFigures InMemory() {
    LineageFigures figures{.edges = edges_.size()};
    std::vector<store::LineageEdge> unsorted = edges_;
    store::LineageGraph graph;
    figures.graph_sort_build_s =
        Ms([&] { graph = store::LineageGraph::Build(nodes_, std::move(unsorted)); }) / 1000;
    std::vector<store::LineageEdge> sorted = graph.Edges();
    figures.graph_build_s =
        Ms([&] { graph = store::LineageGraph::Build(nodes_, std::move(sorted)); }) / 1000;
    figures.graph_mb = static_cast<double>(graph.ByteSize()) / 1e6;
    const store::LineageInMemory memory(graph);
    figures.closure_10k_ms = Closure(memory, 10'000);
    const double cpu_before = CpuMs();
    figures.closure_1m_ms = Closure(memory, 1'000'000);
    figures.closure_1m_cpu_ms = (CpuMs() - cpu_before) / kRounds;
    return figures;
  }

  // Writes the rows into `directory`, which is emptied first.
  [[nodiscard]] Result<void> OnDisk(const std::filesystem::path& directory,
                                    LineageFigures& figures) {
    JD_CHECK(store::LevelDbStore::Destroy(directory));
    const store::LevelDbOptions options{.write_buffer_bytes = 16UL << 20U,
                                        .file_bytes = 16UL << 20U,
                                        .cache_bytes = 64UL << 20U,
                                        .open_files_max = 256};
    JD_TRY(const auto index, store::LevelDbStore::Open(directory, options));
    Result<void> written;
    figures.index_load_s = Ms([&] { written = WriteRows(*index); }) / 1000;
    JD_CHECK(std::move(written));
    for (const auto& file : std::filesystem::directory_iterator(directory)) {
      figures.index_mb += static_cast<double>(file.file_size()) / 1e6;
    }
    figures.graph_load_s =
        Ms([&] {
          const auto graph = store::LineageGraph::Load(*index, 1UL << 40U);
          written = graph ? Result<void>() : Result<void>(std::unexpected(graph.error()));
        }) /
        1000;
    JD_CHECK(std::move(written));
    const store::LineageOnDisk disk(*index);
    figures.disk_closure_10k_ms = Closure(disk, 10'000);
    figures.disk_closure_100k_ms = Closure(disk, 100'000);
    figures.disk_closure_1m_ms = Closure(disk, 1'000'000);
    return {};
  }

 private:
  void Add(std::uint64_t from, std::uint64_t to) {
    edges_.push_back({.from = static_cast<store::LineageNode>(from),
                      .to = static_cast<store::LineageNode>(to),
                      .begun = edges_.size() + 1});
  }

  template <typename Work>
  static double Ms(const Work& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const auto time = std::chrono::steady_clock::now() - begin;
    return std::chrono::duration<double, std::milli>(time).count();
  }

  static double CpuMs() {
    timespec now{};
    (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  }

  static constexpr int kRounds = 5;
  // The best of five, from the oldest node: everything came of it.
  double Closure(const store::LineageNeighbours& graph, std::size_t nodes_max) const {
    double best = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::size_t found = 0;
      const double ms = Ms([&] {
        const auto closure = store::WalkLineage(graph, nodes_,
                                                {.direction = store::LineageDirection::kDown,
                                                 .start = 0,
                                                 .depth_max = 256,
                                                 .until = edges_.size() + 2,
                                                 .nodes_max = nodes_max});
        found = closure ? closure->nodes.size() : 0;
      });
      if (found < std::min<std::size_t>(nodes_max, nodes_ / 2)) return -1;  // not the graph meant
      best = round == 0 ? ms : std::min(best, ms);
    }
    return best;
  }

  Result<void> WriteRows(store::KvStore& index) const {
    constexpr std::size_t kPerBatch = 5000;
    store::LineageNode named = 0;
    for (std::size_t at = 0; at < edges_.size();) {
      store::KvBatch batch;
      for (const std::size_t end = std::min(edges_.size(), at + kPerBatch); at < end; ++at) {
        const store::LineageEdge& edge = edges_[at];
        for (; named <= edge.to; ++named) Name(named, batch);
        const Bytes value =
            store::LineageSpans{.first = {.begun = edge.begun}, .last = {}}.Encode();
        using enum store::LineageDirection;
        batch.Put(store::LineageEdgeKey(kDown, edge.from, edge.to), value);
        batch.Put(store::LineageEdgeKey(kUp, edge.to, edge.from), value);
      }
      JD_CHECK(index.Write(batch, store::Durability::kUnsynced));
    }
    store::LineageMeta meta;
    meta.height = 1;
    meta.log_size = edges_.size() + 2;
    meta.nodes = nodes_;
    meta.edges = edges_.size();
    store::KvBatch last;
    last.Put(store::LineageMetaKey(), meta.Encode());
    return index.Write(last, store::Durability::kSynced);
  }
  // Ids are hashes on a ledger: as good as random.
  static void Name(store::LineageNode node, store::KvBatch& batch) {
    store::LineageEntity entity;
    std::mt19937_64 random(node);
    entity.id.bytes[0] = static_cast<std::uint8_t>(ledger::EntityKind::kResource);
    for (std::size_t i = 1; i < entity.id.bytes.size(); ++i) {
      entity.id.bytes[i] = static_cast<std::uint8_t>(random());
    }
    Bytes number;
    AppendU64Be(number, node);
    batch.Put(store::LineageIdKey(entity.id), number);
    batch.Put(store::LineageNodeKey(node), entity.Encode());
  }

  std::uint64_t nodes_ = 0;
  std::vector<store::LineageEdge> edges_;
};

}  // namespace jiandu::bench
