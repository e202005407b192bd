// The lineage index against a replay of all facts: at every height, up and down, whole and by item,
// from memory and from rows.
#include <gtest/gtest.h>

#include "ledger/store/memory_store.h"
#include "tests/support/lineage_model.h"

namespace jiandu::store {
namespace {

using namespace testing;

constexpr std::size_t kNoBound = 100000;

// An index, entered batch by batch as a node does it.
class Index {
 public:
  // `per_batch` events are one height and one batch.
  void Enter(const std::vector<Event>& events, std::size_t per_batch) {
    for (std::size_t at = 0; at < events.size(); at += per_batch) {
      LineageBatch batch(store, meta);
      const std::size_t end = std::min(events.size(), at + per_batch);
      for (std::size_t i = at; i < end; ++i) {
        ASSERT_TRUE(batch.Add(events[i].index, events[i].fact).has_value());
      }
      ASSERT_TRUE(store
                      .Write(batch.Finish(events[end - 1].index, events[end - 1].index + 1),
                             Durability::kUnsynced)
                      .has_value());
      meta = batch.Meta();
      for (const LineageEdge& edge : batch.NewEdges()) graph.Add(edge);
    }
  }
  [[nodiscard]] LineageNode Node(const EntityId& id) const {
    const auto node = FindLineageNode(store, id);
    EXPECT_TRUE(node && *node);
    return **node;
  }
  [[nodiscard]] std::map<EntityId, std::size_t> LevelsOf(const LineageClosure& closure) const {
    std::map<EntityId, std::size_t> levels;
    for (std::size_t i = 0; i < closure.nodes.size(); ++i) {
      levels[ReadLineageEntity(store, closure.nodes[i])->id] = closure.LevelOf(i);
    }
    return levels;
  }
  [[nodiscard]] std::map<Bytes, Bytes> Rows() const {
    std::map<Bytes, Bytes> rows;
    EXPECT_TRUE(store.Scan({}, {}, [&rows](ByteView key, ByteView value) {
      if (!Equal(key, LineageMetaKey())) rows[ToBytes(key)] = ToBytes(value);
      return true;
    }));
    return rows;
  }

  MemoryStore store;
  LineageMeta meta;
  LineageGraph graph;
};

LineageWalk Asked(LineageDirection direction, LineageNode start, std::size_t depth,
                  ledger::LogIndex until) {
  return {.direction = direction,
          .start = start,
          .depth_max = depth,
          .until = until,
          .nodes_max = kNoBound};
}

class Lineage : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Lineage, AtEveryHeightIsTheGraphReplayedToThatHeight) {
  const auto events = RandomFacts(GetParam()).Make(150);
  Index index;
  index.Enter(events, 7);
  ASSERT_FALSE(HasFatalFailure());
  const LineageInMemory memory(index.graph);
  const LineageOnDisk disk(index.store);
  for (ledger::LogIndex until = 1; until <= events.back().index + 1; until += 5) {
    const NaiveLineage naive(events, until);
    for (const LineageDirection direction : {LineageDirection::kDown, LineageDirection::kUp}) {
      for (std::uint64_t n = 0; n < 12; n += 3) {
        const EntityId start = MadeId(EntityKind::kResource, n);
        const LineageWalk walk = Asked(direction, index.Node(start), 4, until);
        const auto from_memory = WalkLineage(memory, index.meta.nodes, walk);
        const auto from_disk = WalkLineage(disk, index.meta.nodes, walk);
        ASSERT_TRUE(from_memory && from_disk);
        EXPECT_EQ(index.LevelsOf(*from_memory), naive.Closure(direction, start, 4))
            << "seed " << GetParam() << " until " << until;
        EXPECT_EQ(from_memory->nodes, from_disk->nodes);
        EXPECT_EQ(from_memory->levels, from_disk->levels);
      }
    }
  }
}

TEST_P(Lineage, EveryEdgeHasTheIntervalOfThatHeight) {
  const auto events = RandomFacts(GetParam()).Make(300);
  Index index;
  index.Enter(events, 11);
  std::size_t begun = 0;
  for (ledger::LogIndex until = 1; until <= events.back().index + 1; until += 13) {
    const NaiveLineage naive(events, until);
    for (const Event& event : events) {
      const auto from = FindLineageNode(index.store, event.fact.from);
      const auto to = FindLineageNode(index.store, event.fact.to);
      if (!from || !*from || !to || !*to) continue;
      const auto span = LineageSpanAsOf(index.store, **from, **to, until);
      ASSERT_TRUE(span.has_value());
      const auto link = naive.Links().find({event.fact.from, event.fact.to});
      ASSERT_EQ(span->has_value(), link != naive.Links().end());
      if (!*span) continue;
      ++begun;
      EXPECT_EQ(**span, link->second.newest) << "seed " << GetParam() << " until " << until;
      const auto derived = LineageDerivationsOf(index.store, **from, **to, until, kNoBound);
      ASSERT_TRUE(derived.has_value());
      EXPECT_EQ(derived->list.size(), link->second.derivations.size());
    }
  }
  EXPECT_GT(begun, 0U);
}

TEST_P(Lineage, OfAnItemIsWhatTheItemMapsSay) {
  const auto events = RandomFacts(GetParam(), 8).Make(60);
  Index index;
  index.Enter(events, 4);
  const LineageOnDisk disk(index.store);
  std::size_t partial = 0;
  for (ledger::LogIndex until = 10; until <= events.back().index + 1; until += 9) {
    const NaiveLineage naive(events, until);
    for (const LineageDirection direction : {LineageDirection::kDown, LineageDirection::kUp}) {
      const EntityId start = MadeId(EntityKind::kResource, until % 8);
      const auto node = FindLineageNode(index.store, start);
      if (!node || !*node) continue;
      const auto found =
          WalkLineageItems(disk, index.store, Asked(direction, **node, kNoBound, until), {"a"});
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(found->cut, LineageCut::kNone);
      std::map<EntityId, LineageItems> carried;
      for (std::size_t i = 0; i < found->nodes.size(); ++i) {
        carried[ReadLineageEntity(index.store, found->nodes[i])->id] = found->items[i];
      }
      EXPECT_EQ(carried, naive.Carried(direction, start, {"a"}))
          << "seed " << GetParam() << " until " << until;
      partial += carried.size() < naive.Closure(direction, start, 64).size() ? 1 : 0;
    }
  }
  EXPECT_GT(partial, 0U) << "items never made a difference";
}

TEST_P(Lineage, MadeAnewIsTheSameByteForByteHoweverItIsBatched) {
  const auto events = RandomFacts(GetParam()).Make(200);
  Index whole;
  Index piecemeal;
  whole.Enter(events, 200);
  piecemeal.Enter(events, 1);
  EXPECT_EQ(whole.Rows(), piecemeal.Rows());
  // After a crash: what was written stays, the rest is entered again from there.
  Index crashed;
  crashed.Enter({events.begin(), events.begin() + 77}, 7);
  const auto meta = ReadLineageMeta(crashed.store);
  ASSERT_TRUE(meta && *meta);
  crashed.meta = **meta;
  std::vector<Event> rest;
  for (const Event& event : events) {
    if (event.index >= crashed.meta.log_size) rest.push_back(event);
  }
  crashed.Enter(rest, 3);
  EXPECT_EQ(crashed.Rows(), whole.Rows());
}

TEST_P(Lineage, LoadedFromRowsAndMergedIsTheGraphThatGrew) {
  const auto events = RandomFacts(GetParam(), 200).Make(2000);
  Index index;
  index.Enter(events, 50);
  const auto loaded = LineageGraph::Load(index.store, 1UL << 30U);
  ASSERT_TRUE(loaded.has_value());
  const LineageGraph merged = LineageGraph::Build(index.graph.NodeCount(), index.graph.Edges());
  ASSERT_EQ(loaded->EdgeCount(), index.meta.edges);
  for (LineageNode node = 0; node < index.meta.nodes; ++node) {
    for (const LineageDirection direction : {LineageDirection::kDown, LineageDirection::kUp}) {
      std::vector<LineageNode> lists[3];
      const LineageGraph* const graphs[3] = {&*loaded, &merged, &index.graph};
      for (std::size_t i = 0; i < 3; ++i) {
        std::vector<LineageNeighbour> found;
        ASSERT_TRUE(LineageInMemory(*graphs[i]).Of(direction, node, ~0ULL, kNoBound, found));
        for (const LineageNeighbour& one : found) lists[i].push_back(one.node);
      }
      EXPECT_EQ(lists[0], lists[1]);
      EXPECT_EQ(lists[0], lists[2]);
    }
  }
  EXPECT_EQ(LineageGraph::Load(index.store, 100).error().code, Errc::kFull);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Lineage, ::testing::Values(1, 2, 3, 4));

LineageFact Made(std::uint64_t from, std::uint64_t to) {
  LineageFact fact;
  fact.from = MadeId(EntityKind::kResource, from);
  fact.to = MadeId(EntityKind::kResource, to);
  fact.derivations.push_back({.derivation = MadeId(EntityKind::kDerivation, from),
                              .kind = "COPY",
                              .input_version = 1,
                              .out_version = 1,
                              .grant = {},
                              .refreshed = false,
                              .items = {{.out_item = "*", .from = {"*"}}}});
  return fact;
}

TEST(LineageShapes, ACycleEndsWhereItBegan) {
  Index index;
  index.Enter({{1, Made(0, 1)}, {2, Made(1, 2)}, {3, Made(2, 0)}}, 1);
  const LineageInMemory memory(index.graph);
  const auto found = WalkLineage(memory, 3, Asked(LineageDirection::kDown, 0, 256, 10));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->nodes.size(), 3U);
  EXPECT_EQ(found->cut, LineageCut::kNone);
  const auto items =
      WalkLineageItems(memory, index.store, Asked(LineageDirection::kDown, 0, 256, 10), {"x"});
  ASSERT_TRUE(items.has_value());
  EXPECT_EQ(items->nodes.size(), 3U);
}

TEST(LineageShapes, ADiamondIsEnteredOnce) {
  Index index;
  index.Enter({{1, Made(0, 1)}, {2, Made(0, 2)}, {3, Made(1, 3)}, {4, Made(2, 3)}}, 2);
  const LineageOnDisk disk(index.store);
  const auto found = WalkLineage(disk, 4, Asked(LineageDirection::kDown, 0, 9, 10));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->levels, (std::vector<std::size_t>{0, 1, 3, 4}));
}

TEST(LineageShapes, DepthAndNodesAreBoundsThatAreTold) {
  std::vector<Event> chain;
  for (std::uint64_t n = 0; n < 1000; ++n) chain.push_back({n + 1, Made(n, n + 1)});
  Index index;
  index.Enter(chain, 100);
  const LineageInMemory memory(index.graph);
  LineageWalk walk = Asked(LineageDirection::kDown, 0, 256, 2000);
  auto found = WalkLineage(memory, index.meta.nodes, walk);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->nodes.size(), 257U);
  EXPECT_EQ(found->cut, LineageCut::kDepth);
  walk.depth_max = 1000;
  EXPECT_EQ(WalkLineage(memory, index.meta.nodes, walk)->cut, LineageCut::kNone);
  walk.nodes_max = 10;
  found = WalkLineage(memory, index.meta.nodes, walk);
  EXPECT_EQ(found->nodes.size(), 10U);
  EXPECT_EQ(found->cut, LineageCut::kNodes);
  const auto items = WalkLineageItems(memory, index.store, walk, {"x"});
  EXPECT_EQ(items->nodes.size(), 10U);
  EXPECT_EQ(items->cut, LineageCut::kNodes);
  walk.start = 100000;
  EXPECT_EQ(WalkLineage(memory, index.meta.nodes, walk).error().code, Errc::kNotFound);
}

// Where every edge makes new items of old ones, nodes are entered again and again.
TEST(LineageShapes, EdgesLookedAtForItemsAreBounded) {
  constexpr std::uint64_t kNodes = 20;
  std::vector<Event> events;
  for (std::uint64_t from = 0; from < kNodes; ++from) {
    for (std::uint64_t to = 0; to < kNodes; ++to) {
      if (from == to) continue;
      LineageFact fact = Made(from, to);
      auto& items = fact.derivations[0].items;
      items.clear();
      for (int n = 0; n < 64; ++n) {
        items.push_back({.out_item = std::to_string(n + 1), .from = {std::to_string(n)}});
      }
      events.push_back({events.size() + 1, std::move(fact)});
    }
  }
  Index index;
  index.Enter(events, 50);
  const LineageInMemory memory(index.graph);
  LineageWalk walk = Asked(LineageDirection::kDown, 0, 256, 1000);
  walk.nodes_max = kNodes;
  std::size_t looked = 0;
  walk.judge = [&looked](LineageNode, LineageNode, const LineageItems*) -> Result<LineageVerdict> {
    ++looked;
    return LineageVerdict::kFollow;
  };
  const auto found = WalkLineageItems(memory, index.store, walk, {"0"});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->cut, LineageCut::kNodes);
  EXPECT_GT(looked, kNodes);
  EXPECT_LE(looked, 16 * kNodes);
}

TEST(LineageShapes, WhatIsJudgedAwayIsCountedAndNotEntered) {
  Index index;
  index.Enter({{1, Made(0, 1)}, {2, Made(0, 2)}, {3, Made(1, 3)}, {4, Made(2, 4)}}, 4);
  const LineageInMemory memory(index.graph);
  LineageWalk walk = Asked(LineageDirection::kDown, 0, 9, 10);
  walk.judge = [](LineageNode, LineageNode to, const LineageItems*) -> Result<LineageVerdict> {
    if (to == 1) return LineageVerdict::kWithhold;
    return to == 4 ? LineageVerdict::kLeaveOut : LineageVerdict::kFollow;
  };
  const auto found = WalkLineage(memory, 5, walk);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->nodes, (std::vector<LineageNode>{0, 2}));
  EXPECT_EQ(found->withheld, 1U);
  EXPECT_EQ(found->left_out, 1U);
}

TEST(LineageShapes, DamagedRowsAreToldAndNotGuessed) {
  Index index;
  index.Enter({{1, Made(0, 1)}}, 1);
  KvBatch batch;
  batch.Put(LineageEdgeKey(LineageDirection::kDown, 0, 1), AsBytes("short"));
  ASSERT_TRUE(index.store.Write(batch, Durability::kUnsynced).has_value());
  const LineageOnDisk disk(index.store);
  EXPECT_EQ(WalkLineage(disk, 2, Asked(LineageDirection::kDown, 0, 9, 10)).error().code,
            Errc::kCorrupt);
  EXPECT_EQ(LineageGraph::Load(index.store, 1UL << 20U).error().code, Errc::kCorrupt);
  EXPECT_EQ(LineageSpanAsOf(index.store, 0, 1, 10).error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace jiandu::store
