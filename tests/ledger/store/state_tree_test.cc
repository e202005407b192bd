// The stored state tree against the definition of the sparse Merkle tree.
#include "ledger/store/state_tree.h"

#include <gtest/gtest.h>

#include <random>

#include "crypto/hash.h"
#include "ledger/store/keyspace.h"
#include "ledger/store/ledger_view.h"
#include "ledger/store/memory_store.h"

namespace jiandu::store {
namespace {

// A state and its tree, kept as a node keeps them.
class Kept {
 public:
  Hash256 Write(const ledger::WriteSet& writes) {
    const TreeChange change = ChangeStateTree(*View(), TreeWritesOf(writes)).value();
    KvBatch batch;
    for (const auto& [key, value] : writes.Writes()) Put(batch, key, value);
    for (const auto& [key, value] : change.nodes) Put(batch, key, value);
    EXPECT_TRUE(store_.Write(batch, Durability::kUnsynced).has_value());
    return change.root;
  }
  void Spoil(ByteView key, const std::optional<Bytes>& value) {
    KvBatch batch;
    Put(batch, key, value);
    EXPECT_TRUE(store_.Write(batch, Durability::kUnsynced).has_value());
  }
  [[nodiscard]] LedgerViewPtr View() const { return LedgerView::FromNothing(store_.Snapshot()); }
  [[nodiscard]] std::vector<Bytes> Nodes() const {
    std::vector<Bytes> keys;
    View()->Scan(AsBytes("M"), {}, [&keys](ByteView key, ByteView) {
      keys.push_back(ToBytes(key));
      return true;
    });
    return keys;
  }

 private:
  static void Put(KvBatch& batch, ByteView key, const std::optional<Bytes>& value) {
    if (value.has_value()) {
      batch.Put(key, *value);
    } else {
      batch.Delete(key);
    }
  }
  MemoryStore store_;
};

Bytes Key(std::size_t n) { return ToBytes("uniq/" + std::to_string(n)); }

using Rows = std::map<Bytes, Bytes>;
Hash256 DefinedRoot(const Rows& rows) {
  std::vector<crypto::SparseLeaf> leaves;
  leaves.reserve(rows.size());
  for (const auto& [key, value] : rows) leaves.push_back(crypto::SparseLeafOf(key, value));
  std::ranges::sort(leaves);
  return crypto::SparseRoot(leaves);
}

// Some rows put, some deleted, some deleted that are not there.
ledger::WriteSet RandomWrites(std::mt19937& random, std::size_t keys, Rows& rows) {
  ledger::WriteSet writes;
  const std::size_t count = 1 + random() % 40;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes key = Key(random() % keys);
    if (random() % 3 == 0) {
      rows.erase(key);
      writes.Delete(std::move(key));
    } else {
      Bytes value = ToBytes(std::to_string(random()));
      rows[key] = value;
      writes.Put(std::move(key), std::move(value));
    }
  }
  return writes;
}

TEST(StateTree, HasTheRootOfTheDefinitionAfterAnyWrites) {
  for (const std::size_t keys : {2U, 10U, 100U, 3000U}) {
    std::mt19937 random(static_cast<unsigned>(keys));
    Kept kept;
    Rows rows;
    for (int block = 0; block < 150; ++block) {
      const Hash256 root = kept.Write(RandomWrites(random, keys, rows));
      ASSERT_EQ(root, DefinedRoot(rows)) << keys << " keys, block " << block;
      ASSERT_EQ(StateTreeRoot(*kept.View()).value(), root);
    }
    const TreeCount count = CheckStateTree(*kept.View()).value();
    EXPECT_EQ(count.leaves, rows.size());
    ledger::WriteSet all;
    for (const auto& [key, value] : rows) all.Delete(key);
    EXPECT_TRUE(kept.Write(all).IsZero());
    EXPECT_TRUE(kept.Nodes().empty());  // nothing is left behind
  }
}

TEST(StateTree, ProvesEveryKeyAndEveryAbsence) {
  Kept kept;
  Rows rows;
  for (const std::size_t size : {0U, 1U, 2U, 40U, 1500U}) {
    ledger::WriteSet writes;
    for (std::size_t i = rows.size(); i < size; ++i) {
      rows[Key(i)] = ToBytes("value " + std::to_string(i));
      writes.Put(Key(i), rows[Key(i)]);
    }
    const Hash256 root = kept.Write(writes);
    const LedgerViewPtr view = kept.View();
    for (std::size_t i = 0; i < size + 200; ++i) {
      const crypto::SparseProof proof = ProveInStateTree(*view, Key(i)).value();
      if (i < size) {
        EXPECT_TRUE(crypto::VerifySparseMember(root, Key(i), rows[Key(i)], proof).has_value());
      } else {
        EXPECT_TRUE(crypto::VerifySparseAbsent(root, Key(i), proof).has_value());
      }
    }
  }
}

TEST(StateTree, TakesOnlyTheLeavesOfTheState) {
  ledger::WriteSet writes;
  for (const char* key : {"ent/a", "key/a", "val", "cfg/a", "uniq/a", "exp/a", "rest"}) {
    writes.Put(ToBytes(key), {});
  }
  for (const char* key : {"B", "P", "X", "Y", "O", "N", "G", "S", "W", "value", "ent"}) {
    writes.Put(ToBytes(key), {});
  }
  EXPECT_EQ(TreeWritesOf(writes).size(), 7U);
}

TEST(StateTree, BindsWhatIsNoLeafByARunningDigest) {
  Kept kept;
  ledger::WriteSet one;
  one.Put(ToBytes("P1"), ToBytes("a"));
  one.Put(ToBytes("uniq/a"), ToBytes("leaves count elsewhere"));
  const Hash256 first = NextRest(*kept.View(), one);
  one.Put(ToBytes("uniq/a"), ToBytes("otherwise"));
  EXPECT_EQ(NextRest(*kept.View(), one), first);
  one.Put(ToBytes("P1"), ToBytes("b"));
  EXPECT_NE(NextRest(*kept.View(), one), first);
  kept.Spoil(RestKey(), ToBytes(first.View()));
  EXPECT_NE(NextRest(*kept.View(), one), NextRest(*Kept().View(), one));
}

TEST(StateTree, NamesWhatIsDamaged) {
  Kept kept;
  ledger::WriteSet writes;
  for (std::size_t i = 0; i < 300; ++i) writes.Put(Key(i), ToBytes("v"));
  kept.Write(writes);
  ASSERT_TRUE(CheckStateTree(*kept.View()).has_value());
  // A row that the tree does not know, and one that it knows otherwise.
  for (const std::size_t n : {7U, 7000U}) {
    const std::optional<Bytes> before = kept.View()->Get(Key(n));
    kept.Spoil(Key(n), ToBytes("w"));
    EXPECT_EQ(CheckStateTree(*kept.View()).error().code, Errc::kCorrupt);
    kept.Spoil(Key(n), before);
  }
  // Each node with one byte changed, cut short, and gone.
  for (const Bytes& key : kept.Nodes()) {
    const Bytes good = *kept.View()->Get(key);
    for (const std::size_t at :
         {std::size_t{1}, std::size_t{3}, good.size() / 2, good.size() - 1}) {
      Bytes bad = good;
      bad[at] ^= 0x10;
      kept.Spoil(key, bad);
      EXPECT_FALSE(CheckStateTree(*kept.View()).has_value()) << at;
    }
    kept.Spoil(key, Bytes(good.begin(), good.end() - 1));
    EXPECT_FALSE(CheckStateTree(*kept.View()).has_value());
    kept.Spoil(key, std::nullopt);
    EXPECT_FALSE(CheckStateTree(*kept.View()).has_value());
    kept.Spoil(key, good);
  }
  EXPECT_TRUE(CheckStateTree(*kept.View()).has_value());
}

// Each node hashes to what the one above says, but there are more of them than a path has nibbles.
TEST(StateTree, RefusesAPathWithoutEnd) {
  Kept kept;
  const Hash256 path;
  const crypto::SparseLeaf leaf{.path = path, .value_hash = crypto::Sha256(AsBytes("value"))};
  crypto::SparseLeaf beside = leaf;
  beside.path.bytes[31] = 1;
  TreeNode node;
  node.children[0] = leaf;
  node.children[1] = beside;
  for (std::size_t depth = kTreeDepthMax + 1; depth-- > 0;) {
    kept.Spoil(TreeKey(path, depth), node.Encode());
    const Subtree below = node.Whole();
    node = TreeNode();
    node.children[0] = below;
  }
  const auto checked = CheckStateTree(*kept.View());
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, Errc::kCorrupt);
  ledger::WriteSet writes;
  writes.Put(Key(1), ToBytes("1"));
  std::vector<TreeWrite> deep = TreeWritesOf(writes);
  deep[0].path = path;
  const auto changed = ChangeStateTree(*kept.View(), deep);
  ASSERT_FALSE(changed.has_value());
  EXPECT_EQ(changed.error().code, Errc::kCorrupt);
}

TEST(StateTree, RefusesToBuildOnAMissingNode) {
  Kept kept;
  ledger::WriteSet writes;
  for (std::size_t i = 0; i < 300; ++i) writes.Put(Key(i), ToBytes("v"));
  kept.Write(writes);
  for (const Bytes& key : kept.Nodes()) {
    if (key[1] > 0) kept.Spoil(key, std::nullopt);
  }
  const auto change = ChangeStateTree(*kept.View(), TreeWritesOf(writes));
  ASSERT_FALSE(change.has_value());
  EXPECT_EQ(change.error().code, Errc::kCorrupt);
}

// How many rows are asked for.
class Counting final : public ledger::StateView {
 public:
  explicit Counting(LedgerViewPtr view) : view_(std::move(view)) {}
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    ++asked_;
    return view_->Get(key);
  }
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override {
    view_->Scan(prefix, from, visit);
  }
  [[nodiscard]] std::size_t Asked() const { return asked_; }

 private:
  LedgerViewPtr view_;
  mutable std::size_t asked_ = 0;
};

// Of two blocks over each state one is let go, and what it put into the cache with it.
TEST(TreeCache, ChangesNothingButWhatIsRead) {
  constexpr std::size_t kLeast = 4 + 2 * Hash256::kSize;  // bytes of a node with two children
  for (const std::size_t nodes : {0U, 20U, 300U, 100'000U}) {
    std::mt19937 random(static_cast<unsigned>(nodes));
    Kept kept;
    Rows rows;
    TreeCache cache(nodes * TreeCache::CostOf(kLeast));
    for (int block = 0; block < 100; ++block) {
      Rows let_go = rows;
      const auto other = TreeWritesOf(RandomWrites(random, 1000, let_go));
      ASSERT_TRUE(ChangeStateTree(*kept.View(), other, &cache).has_value());
      const ledger::WriteSet writes = RandomWrites(random, 1000, rows);
      const auto cached = ChangeStateTree(*kept.View(), TreeWritesOf(writes), &cache).value();
      const auto read = ChangeStateTree(*kept.View(), TreeWritesOf(writes)).value();
      ASSERT_EQ(cached.root, read.root);
      ASSERT_EQ(cached.nodes, read.nodes);
      ASSERT_EQ(kept.Write(writes), DefinedRoot(rows)) << nodes << " nodes, block " << block;
      ASSERT_LE(cache.Count(), nodes + nodes / 2);
    }
  }
}

TEST(TreeCache, SparesTheNodesOfKeysThatChangeAgain) {
  Kept kept;
  ledger::WriteSet all;
  for (std::size_t i = 0; i < 3000; ++i) all.Put(Key(i), ToBytes("v"));
  kept.Write(all);
  TreeCache cache;
  const auto asked = [&](const char* value) {
    ledger::WriteSet writes;
    for (std::size_t i = 0; i < 100; ++i) writes.Put(Key(i), ToBytes(value));
    const Counting view(kept.View());
    EXPECT_TRUE(ChangeStateTree(view, TreeWritesOf(writes), &cache).has_value());
    kept.Write(writes);
    return view.Asked();
  };
  EXPECT_GT(asked("1"), 100U);
  EXPECT_EQ(asked("2"), 1U) << "the root alone";
}

// The way to every key: a block of new keys reads what lies below it alone.
TEST(TreeCache, KeepsTheUpperLevelsWhateverComesBelow) {
  constexpr std::size_t kNodes = 16 + 256;  // below the root, down to two nibbles
  TreeCache cache(2 * kNodes * TreeCache::CostOf(516));
  const auto hash_of = [](std::size_t i) { return crypto::Sha256(AsBytes(std::to_string(i))); };
  const Bytes node(516, 7);
  for (std::size_t i = 0; i < kNodes; ++i) cache.Put(hash_of(i), i < 16 ? 1 : 2, node);
  for (std::size_t i = kNodes; i < 10 * kNodes; ++i) cache.Put(hash_of(i), 5, node);
  for (std::size_t i = 0; i < kNodes; ++i) {
    EXPECT_EQ(cache.Take(hash_of(i), i < 16 ? 1 : 2), node);
    EXPECT_TRUE(cache.Take(hash_of(i), i < 16 ? 1 : 2).empty()) << "taken out";
  }
  EXPECT_TRUE(cache.Take(hash_of(kNodes), 5).empty()) << "the oldest were let go";
  EXPECT_EQ(cache.Take(hash_of(10 * kNodes - 1), 5), node);
}

}  // namespace
}  // namespace jiandu::store
