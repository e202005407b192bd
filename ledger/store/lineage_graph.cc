// See lineage_graph.h.
#include "ledger/store/lineage_graph.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace jiandu::store {
namespace {

constexpr std::size_t kMergeMin = 4096;  // fewer are cheap to look up
constexpr std::size_t kMergeShare = 20;  // a twentieth of the arrays

}  // namespace

LineageGraph LineageGraph::Build(std::uint64_t nodes, std::vector<LineageEdge> edges) {
  JD_ASSERT(edges.size() <= std::numeric_limits<std::uint32_t>::max());
  const auto place = [](const LineageEdge& edge) { return std::pair(edge.from, edge.to); };
  if (!std::ranges::is_sorted(edges, {}, place)) std::ranges::sort(edges, {}, place);
  LineageGraph graph;
  graph.nodes_ = nodes;
  graph.Fill(LineageDirection::kDown, edges);
  graph.Fill(LineageDirection::kUp, edges);
  return graph;
}

// Counting sort by the near end; it keeps the order of the far ends.
void LineageGraph::Fill(LineageDirection direction, const std::vector<LineageEdge>& edges) {
  const auto side = static_cast<std::size_t>(direction);
  const bool down = direction == LineageDirection::kDown;
  std::vector<std::uint32_t>& offsets = offsets_[side];
  offsets.assign(nodes_ + 1, 0);
  for (const LineageEdge& edge : edges) ++offsets[std::size_t{down ? edge.from : edge.to} + 1];
  for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
  targets_[side].resize(edges.size());
  begun_[side].resize(edges.size());
  // offsets[n] moves to the end of n while it is filled, which is the beginning of n + 1.
  for (const LineageEdge& edge : edges) {
    const std::uint32_t at = offsets[down ? edge.from : edge.to]++;
    targets_[side][at] = down ? edge.to : edge.from;
    begun_[side][at] = edge.begun;
  }
  for (std::size_t i = offsets.size() - 1; i > 0; --i) offsets[i] = offsets[i - 1];
  offsets[0] = 0;
}

std::size_t LineageGraph::BytesFor(std::uint64_t nodes, std::uint64_t edges) {
  return 2 * (4 * (nodes + 1) + 12 * edges);
}

Result<LineageGraph> LineageGraph::Load(const KvReader& index, std::size_t bytes_max) {
  JD_TRY(const auto meta, ReadLineageMeta(index));
  if (!meta) return LineageGraph();
  if (BytesFor(meta->nodes, meta->edges) > bytes_max ||
      meta->edges > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(Errc::kFull, "the lineage graph is larger than the memory it may have");
  }
  std::vector<LineageEdge> edges;
  edges.reserve(meta->edges);
  Result<void> read;
  constexpr std::uint8_t kPrefix = 'D';
  JD_CHECK(index.Scan({&kPrefix, 1}, {}, [&](ByteView key, ByteView value) {
    const auto to = LineageOther(key);
    const auto spans = LineageSpans::Decode(value);
    const std::uint64_t from = to ? ReadU64Be(key.subspan(1)) : meta->nodes;
    if (!spans || from >= meta->nodes || *to >= meta->nodes || edges.size() == meta->edges) {
      read = Fail(Errc::kCorrupt, "lineage index: an edge's row");
      return false;
    }
    edges.push_back(
        {.from = static_cast<LineageNode>(from), .to = *to, .begun = spans->first.begun});
    return true;
  }));
  JD_CHECK(std::move(read));
  if (edges.size() != meta->edges) return Fail(Errc::kCorrupt, "lineage index: edges are missing");
  return Build(meta->nodes, std::move(edges));
}

void LineageGraph::Add(const LineageEdge& edge) {
  nodes_ = std::max<std::uint64_t>(nodes_, std::uint64_t{std::max(edge.from, edge.to)} + 1);
  late_[0][edge.from].push_back({.node = edge.to, .begun = edge.begun});
  late_[1][edge.to].push_back({.node = edge.from, .begun = edge.begun});
  ++added_;
}

bool LineageGraph::WantsMerge() const {
  return added_ >= kMergeMin && added_ > targets_[0].size() / kMergeShare;
}

std::vector<LineageEdge> LineageGraph::Edges() const {
  std::vector<LineageEdge> edges;
  edges.reserve(EdgeCount());
  for (std::uint64_t n = 0; n < nodes_; ++n) {
    const auto from = static_cast<LineageNode>(n);
    ForEach(LineageDirection::kDown, from, [&](LineageNode to, ledger::LogIndex begun) {
      edges.push_back({.from = from, .to = to, .begun = begun});
    });
  }
  return edges;
}

std::size_t LineageGraph::ByteSize() const {
  std::size_t bytes = 0;
  for (std::size_t side = 0; side < 2; ++side) {
    bytes +=
        offsets_[side].capacity() * 4 + targets_[side].capacity() * 4 + begun_[side].capacity() * 8;
  }
  constexpr std::size_t kLateBytes = 80;  // a bucket, a node and a vector for each, about
  return bytes + 2 * added_ * kLateBytes;
}

}  // namespace jiandu::store
