// A gateway that drops, adds, doubles, reorders, truncates or alters what it hands out.
//
// Every mutation must be refused: all of them for histories of up to 64 events, and random ones of
// long histories and in long logs. A long run (JIANDU_LONG) tries 100,000 in a log of 100,000
// events, and a history that is as long.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "ledger/store/log_tree.h"
#include "tests/support/proof_fixture.h"

namespace jiandu::sdk {
namespace {

using ledger::EntityId;
using ledger::ProofBundle;
using ledger::ProofEvent;

bool IsLong() {
  return std::getenv("JIANDU_LONG") != nullptr && std::getenv("JIANDU_SANITIZED") == nullptr;
}

std::ptrdiff_t At(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

class HostileGateway : public ProofFixture {
 protected:
  HostileGateway() { chain_.ChangeValidators({"db c", "ga c", "jt c", "sj c"}); }

  // As a reader meets it: out of the file.
  [[nodiscard]] bool IsBelieved(const ProofBundle& bundle) const {
    const auto read = ProofBundle::FromText(bundle.ToText());
    return read && VerifyProof(*read, chain_.Genesis()).verified;
  }
  // The paths of the events that are there, as a gateway with the whole log can make them.
  void RemakePaths(ProofBundle& bundle) const {
    std::vector<std::uint64_t> indexes;
    for (const ProofEvent& event : bundle.events) indexes.push_back(event.index);
    indexes.push_back(bundle.head.log_size - 1);
    auto made = store::LogInclusionsProof(chain_.View(), indexes, bundle.head.log_size);
    if (made) bundle.log_hashes = std::move(*made);
  }
  [[nodiscard]] static ledger::EntityLeaf LeafIn(const ProofBundle& bundle, const EntityId& id) {
    for (const ledger::ProofLeaf& leaf : bundle.leaves) {
      if (leaf.key == ledger::LeafKey(id)) return ledger::EntityLeaf::Decode(*leaf.value).value();
    }
    return {};
  }
  static void SetLeaf(ProofBundle& bundle, const EntityId& id, const ledger::EntityLeaf& value) {
    for (ledger::ProofLeaf& leaf : bundle.leaves) {
      if (leaf.key == ledger::LeafKey(id)) leaf.value = value.Encode();
    }
  }

  void TouchOften(const EntityId& id, std::size_t count) {
    constexpr std::size_t kOfABlock = 4000;
    for (; count > kOfABlock; count -= kOfABlock) chain_.Touch(id, static_cast<int>(kOfABlock));
    chain_.Touch(id, static_cast<int>(count));
  }

  // Everything that can be done to one event of a history.
  void ExpectNoneBelieved(const ProofBundle& good, const EntityId& id, const ProofEvent& foreign) {
    for (std::size_t i = 0; i < good.events.size(); ++i) {
      ProofBundle bad = good;
      bad.transactions.clear();
      const ProofBundle bare = bad;
      bad.events.erase(bad.events.begin() + At(i));
      EXPECT_FALSE(IsBelieved(bad)) << "dropped " << i;
      RemakePaths(bad);
      EXPECT_FALSE(IsBelieved(bad)) << "dropped with its path " << i;
      ledger::EntityLeaf leaf = LeafIn(good, id);
      leaf.size -= 1;
      SetLeaf(bad, id, leaf);
      EXPECT_FALSE(IsBelieved(bad)) << "dropped and counted less " << i;
      bad = bare;
      bad.events.insert(bad.events.begin() + At(i), good.events[i]);
      EXPECT_FALSE(IsBelieved(bad)) << "doubled " << i;
      bad = bare;
      bad.events.resize(i);
      RemakePaths(bad);
      EXPECT_FALSE(IsBelieved(bad)) << "truncated to " << i;
      bad = bare;
      bad.events[i] = foreign;
      std::ranges::sort(bad.events, {}, &ProofEvent::index);
      RemakePaths(bad);
      EXPECT_FALSE(IsBelieved(bad)) << "exchanged " << i;
      bad = bare;
      std::get<Bytes>(bad.events[i].entry)[i % 40] ^= 1;
      EXPECT_FALSE(IsBelieved(bad)) << "altered " << i;
      bad = bare;
      bad.events[i].entry = store::HashOf("something else");
      EXPECT_FALSE(IsBelieved(bad)) << "withheld falsely " << i;
      if (i + 1 == good.events.size()) continue;
      bad = bare;
      std::swap(bad.events[i], bad.events[i + 1]);
      EXPECT_FALSE(IsBelieved(bad)) << "reordered " << i;
      bad = bare;
      std::swap(bad.events[i].entry, bad.events[i + 1].entry);
      EXPECT_FALSE(IsBelieved(bad)) << "reordered under the indexes " << i;
    }
    ProofBundle more = good;
    more.events.push_back(foreign);
    std::ranges::sort(more.events, {}, &ProofEvent::index);
    RemakePaths(more);
    EXPECT_FALSE(IsBelieved(more)) << "added";
  }
};

TEST_F(HostileGateway, EveryMutationOfHistoriesUpTo64EventsIsRefused) {
  const EntityId id = chain_.Bear(ledger::EntityKind::kResource, {});
  const EntityId other = chain_.Bear(ledger::EntityKind::kResource, {});
  const ProofEvent foreign = chain_.Prove(ledger::HistoryQuery{other})->events.front();
  // All sizes in a long run; some, the greatest too, in any.
  for (std::size_t size = 1; size <= 64; ++size) {
    const bool is_told = IsLong() || size <= 8 || size % 16 == 0;
    if (!is_told) {
      chain_.Touch(id, 1);
      continue;
    }
    const ProofBundle good = chain_.Prove(ledger::HistoryQuery{id}).value();
    ASSERT_EQ(good.events.size(), size);
    ASSERT_TRUE(IsBelieved(good));
    ExpectNoneBelieved(good, id, foreign);
    chain_.Touch(id, 1);
  }
}

// One random change somewhere; false when there was nothing to change.
class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  bool Mutate(ProofBundle& bundle) {
    switch (Below(12)) {
      case 0: return Flip(bundle.head.header);
      case 1: return Flip(bundle.head.commit);
      case 2: return Epoch(bundle.head.epochs[Below(bundle.head.epochs.size())]);
      case 3: return Flip(bundle.siblings[Below(bundle.siblings.size())].bytes);
      case 4: return Flip(bundle.log_hashes[Below(bundle.log_hashes.size())].bytes);
      case 5: return Row(bundle.leaves[Below(bundle.leaves.size())]);
      case 6: return Flip(bundle.block_entry);
      case 7: return Roots(bundle.head);
      default: return Event(bundle.events);
    }
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  bool Flip(std::span<std::uint8_t> bytes) {
    bytes[Below(bytes.size())] ^= static_cast<std::uint8_t>(1U << Below(8));
    return true;
  }
  bool Row(ledger::ProofLeaf& leaf) {
    if (leaf.value.has_value()) return Flip(*leaf.value);
    leaf.value = ToBytes("there");
    return true;
  }
  bool Epoch(ledger::EpochStep& step) {
    const std::size_t part = Below(3);
    return Flip(part == 0 ? step.header : part == 1 ? step.commit : step.next_set);
  }
  bool Roots(ledger::HeadProof& head) {
    if (Below(2) == 0) return Flip(head.state_root.bytes);
    head.log_size += 1 + Below(3);
    return true;
  }
  bool Event(std::vector<ProofEvent>& events) {
    const std::size_t i = Below(events.size());
    const std::size_t j = Below(events.size());
    switch (Below(6)) {
      case 0: events.erase(events.begin() + At(i)); return true;
      case 1: events.insert(events.begin() + At(i), events[j]); return true;
      case 2: std::swap(events[i], events[j]); return i != j;
      case 3: events.resize(i); return true;
      case 4: return Flip(std::get<Bytes>(events[i].entry));
      default: events[i].index += 1; return true;
    }
  }

  std::mt19937 random_;
};

// Changed in its place and assigned back, which allocates next to nothing.
void ExpectMutationsRefused(ProofBundle bundle, const ledger::Genesis& genesis, std::size_t tries) {
  constexpr std::uint32_t kMutationSeed = 5203;
  const ProofBundle good = bundle;
  Mutator mutator(kMutationSeed);
  std::size_t done = 0;
  for (std::size_t tried = 0; tried < tries; ++tried) {
    if (!mutator.Mutate(bundle)) continue;
    ++done;
    ASSERT_FALSE(VerifyProof(bundle, genesis).verified)
        << "seed " << kMutationSeed << ", mutation " << tried;
    bundle = good;
  }
  EXPECT_GT(done, tries * 9 / 10);
}

TEST_F(HostileGateway, RandomMutationsOfALongHistoryAreRefused) {
  const std::size_t size = IsLong() ? 100'000 : 1000;
  const EntityId id = chain_.Bear(ledger::EntityKind::kResource, {});
  TouchOften(id, size - 1);
  const ProofBundle good = chain_.Prove(ledger::HistoryQuery{id}).value();
  ASSERT_EQ(good.events.size(), size);
  ASSERT_TRUE(IsBelieved(good));
  ExpectMutationsRefused(good, chain_.Genesis(), IsLong() ? 10'000 : 500);
}

// Histories of all lengths, whose events lie among many others.
TEST_F(HostileGateway, RandomMutationsInALongLogAreRefused) {
  const std::size_t events = IsLong() ? 100'000 : 2000;
  const std::size_t tries = IsLong() ? 100'000 : 500;
  std::vector<EntityId> entities;
  for (const int size : {2, 3, 5, 9, 17, 40, 100, 250}) {
    entities.push_back(chain_.Bear(ledger::EntityKind::kResource, {}));
    chain_.Touch(entities.back(), size / 2);
  }
  const EntityId others = chain_.Bear(ledger::EntityKind::kResource, {});
  TouchOften(others, events);
  for (const EntityId& id : entities) chain_.Touch(id, static_cast<int>(LeafOf(id).size));
  ASSERT_GT(chain_.View().LogSize(), events);
  for (const EntityId& id : entities) {
    const ProofBundle good = chain_.Prove(ledger::HistoryQuery{id}).value();
    ASSERT_TRUE(IsBelieved(good));
    ExpectMutationsRefused(good, chain_.Genesis(), tries / entities.size());
  }
}

// A whole closure, mutated in the same ways.
TEST_F(HostileGateway, RandomMutationsOfALineageAreRefused) {
  const EntityId raw = chain_.Bear(ledger::EntityKind::kResource, {});
  std::vector<EntityId> made = {raw};
  for (int i = 0; i < 20; ++i) {
    made.push_back(chain_.Bear(ledger::EntityKind::kResource, {}));
    chain_.Derive(made.back(), {made[made.size() / 2 - 1], made[made.size() - 2]});
  }
  const ProofBundle good =
      chain_.Prove(ledger::LineageQuery{raw, ledger::LineageDirection::kDown}).value();
  ASSERT_TRUE(IsBelieved(good));
  ASSERT_GT(good.leaves.size(), 30U);
  Mutator mutator(5204);
  for (std::size_t tried = 0; tried < 2000; ++tried) {
    ProofBundle bad = good;
    if (!mutator.Mutate(bad)) continue;
    ASSERT_FALSE(IsBelieved(bad)) << tried;
  }
}

}  // namespace
}  // namespace jiandu::sdk
