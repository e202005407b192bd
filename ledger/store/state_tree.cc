// Changing, reading and checking the stored state tree.
#include "ledger/store/state_tree.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"
#include "ledger/store/keyspace.h"

namespace jiandu::store {
namespace {

using crypto::SparseLeaf;

constexpr auto kLeafPrefixes =
    std::to_array<std::string_view>({"ent/", "key/", "uniq/", "cfg/", "exp/"});
constexpr auto kSingleLeaves = std::to_array<std::string_view>({"val", "rest"});
constexpr std::string_view kTagRest{"JIANDU-REST-1\0", 14};

bool IsRest(ByteView key) { return !IsInStateTree(key); }

std::unexpected<Error> Damaged(const Hash256& path, std::size_t depth, const char* what) {
  return Fail(Errc::kCorrupt,
              "state tree, " + HexEncode(path.View()).substr(0, depth) + "*: " + what);
}

// The node at `depth` nibbles of the path.
Result<TreeNode> NodeAt(const ledger::StateView& view, const Hash256& path, std::size_t depth) {
  // A path has no more nibbles: whoever walks on reads beyond it.
  if (depth >= kTreeDepthMax) return Damaged(path, depth, "a path without end");
  const auto bytes = view.Get(TreeKey(path, depth));
  if (!bytes.has_value()) {
    if (depth == 0) return TreeNode();
    return Damaged(path, depth, "a node is missing");
  }
  auto node = TreeNode::Decode(*bytes);
  if (!node.has_value()) return Damaged(path, depth, "a node is damaged");
  return node;
}

class Changing {
 public:
  Changing(const ledger::StateView& below, TreeCache* cache) : below_(&below), cache_(cache) {}

  Result<TreeChange> All(std::span<const TreeWrite> writes) {
    JD_TRY(TreeNode root, NodeAt(*below_, {}, 0));
    JD_CHECK(ChangeChildren(root, writes, 0));
    const Subtree whole = root.Whole();
    change_.root = RootOf(whole);
    std::optional<Bytes> bytes;
    if (!std::holds_alternative<std::monostate>(whole)) bytes = root.Encode();
    change_.nodes.emplace_back(TreeKey({}, 0), std::move(bytes));
    return std::move(change_);
  }

 private:
  // What stands after the writes where `old` stood, `depth` nibbles down. All writes go there.
  Result<Subtree> Changed(const Subtree& old, std::span<const TreeWrite> writes,
                          std::size_t depth) {
    if (writes.empty()) return old;
    if (const auto* hash = std::get_if<Hash256>(&old)) {
      JD_TRY(TreeNode node, NodeOf(*hash, writes[0].path, depth));
      JD_CHECK(ChangeChildren(node, writes, depth));
      const Subtree whole = node.Whole();
      Keep(writes[0].path, depth, whole, node);
      return whole;
    }
    return Grown(Remaining(std::get_if<SparseLeaf>(&old), writes), depth);
  }

  Result<void> ChangeChildren(TreeNode& node, std::span<const TreeWrite> writes,
                              std::size_t depth) {
    while (!writes.empty()) {
      const std::size_t nibble = NibbleAt(writes[0].path, depth);
      const auto same = std::ranges::partition_point(
          writes, [&](const TreeWrite& write) { return NibbleAt(write.path, depth) == nibble; });
      const auto count = static_cast<std::size_t>(same - writes.begin());
      JD_TRY(node.children[nibble], Changed(node.children[nibble], writes.first(count), depth + 1));
      writes = writes.subspan(count);
    }
    return {};
  }

  // Leaves that stand after the writes where one or none stood.
  static std::vector<SparseLeaf> Remaining(const SparseLeaf* old,
                                           std::span<const TreeWrite> writes) {
    std::vector<SparseLeaf> leaves;
    bool replaced = false;
    for (const TreeWrite& write : writes) {
      replaced = replaced || (old != nullptr && write.path == old->path);
      if (write.value_hash.has_value()) {
        leaves.push_back({.path = write.path, .value_hash = *write.value_hash});
      }
    }
    if (old != nullptr && !replaced) {
      leaves.insert(std::ranges::lower_bound(leaves, *old), *old);
    }
    return leaves;
  }

  // A new subtree of leaves that share `depth` nibbles.
  Subtree Grown(std::span<const SparseLeaf> leaves, std::size_t depth) {
    if (leaves.empty()) return {};
    if (leaves.size() == 1) return leaves[0];
    const Hash256 path = leaves[0].path;
    TreeNode node;
    while (!leaves.empty()) {
      const std::size_t nibble = NibbleAt(leaves[0].path, depth);
      const auto same = std::ranges::partition_point(
          leaves, [&](const SparseLeaf& leaf) { return NibbleAt(leaf.path, depth) == nibble; });
      const auto count = static_cast<std::size_t>(same - leaves.begin());
      node.children[nibble] = Grown(leaves.first(count), depth + 1);
      leaves = leaves.subspan(count);
    }
    const Subtree whole = node.Whole();
    Keep(path, depth, whole, node);
    return whole;
  }

  Result<TreeNode> NodeOf(const Hash256& hash, const Hash256& path, std::size_t depth) {
    if (cache_ != nullptr) {
      if (const Bytes known = cache_->Take(hash, depth); !known.empty()) {
        return TreeNode::Decode(known);
      }
    }
    return NodeAt(*below_, path, depth);
  }

  // A place with one leaf, or none, needs no node.
  void Keep(const Hash256& path, std::size_t depth, const Subtree& whole, const TreeNode& node) {
    std::optional<Bytes> bytes;
    if (const auto* hash = std::get_if<Hash256>(&whole)) {
      bytes = node.Encode();
      if (cache_ != nullptr) cache_->Put(*hash, depth, *bytes);
    }
    change_.nodes.emplace_back(TreeKey(path, depth), std::move(bytes));
  }

  const ledger::StateView* below_;
  TreeCache* cache_;
  TreeChange change_;
};

// One node's part of a key's path: goes down to the key's child.
void Descend(const TreeNode& node, std::size_t nibble, crypto::SparseProof& proof, Subtree& here) {
  std::span<const Subtree> part = node.children;
  while (part.size() > 1 && std::holds_alternative<Hash256>(here)) {
    const std::size_t half = part.size() / 2;
    const bool right = (nibble & half) != 0;
    proof.siblings.push_back(RootOf(TreeNode::Over(right ? part.first(half) : part.subspan(half))));
    part = right ? part.subspan(half) : part.first(half);
    here = TreeNode::Over(part);
  }
}

// All leaves below a node, in order; each node's hash is compared with what its parent says.
Result<void> Walk(const ledger::StateView& view, const Hash256& path, std::size_t depth,
                  const Subtree& said, std::vector<SparseLeaf>& leaves) {
  JD_TRY(const TreeNode node, NodeAt(view, path, depth));
  if (depth > 0 && node.Whole() != said) return Damaged(path, depth, "a node has another hash");
  for (std::size_t i = 0; i < kTreeWidth; ++i) {
    const Subtree& child = node.children[i];
    Hash256 below = path;
    below.bytes[depth / 2] |= static_cast<std::uint8_t>(depth % 2 == 0 ? i << kNibbleBits : i);
    if (const auto* leaf = std::get_if<SparseLeaf>(&child)) {
      if (crypto::SparseSharedBits(leaf->path, below) < kNibbleBits * (depth + 1)) {
        return Damaged(below, depth + 1, "a leaf lies in another's place");
      }
      leaves.push_back(*leaf);
    } else if (std::holds_alternative<Hash256>(child)) {
      JD_CHECK(Walk(view, below, depth + 1, child, leaves));
    }
  }
  return {};
}

std::vector<SparseLeaf> LeavesOfRows(const ledger::StateView& view) {
  std::vector<SparseLeaf> leaves;
  const auto add = [&leaves](ByteView key, ByteView value) {
    leaves.push_back(crypto::SparseLeafOf(key, value));
    return true;
  };
  for (const std::string_view prefix : kLeafPrefixes) view.Scan(AsBytes(prefix), {}, add);
  for (const std::string_view name : kSingleLeaves) {
    if (const auto value = view.Get(AsBytes(name))) add(AsBytes(name), *value);
  }
  std::ranges::sort(leaves);
  return leaves;
}

}  // namespace

bool IsInStateTree(ByteView key) {
  const auto begins = [key](std::string_view prefix) { return HasPrefix(key, AsBytes(prefix)); };
  const auto is = [key](std::string_view name) { return Equal(key, AsBytes(name)); };
  return std::ranges::any_of(kLeafPrefixes, begins) || std::ranges::any_of(kSingleLeaves, is);
}

Bytes RestKey() { return ToBytes("rest"); }

Hash256 NextRest(const ledger::StateView& below, const ledger::WriteSet& writes) {
  const Bytes before = below.Get(RestKey()).value_or(Bytes(Hash256::kSize));
  return crypto::Sha256({AsBytes(kTagRest), before, writes.Digest(IsRest).View()});
}

std::vector<TreeWrite> TreeWritesOf(const ledger::WriteSet& writes) {
  std::vector<TreeWrite> concerned;
  for (const auto& [key, value] : writes.Writes()) {
    if (!IsInStateTree(key)) continue;
    TreeWrite write{.path = crypto::Sha256(key), .value_hash = std::nullopt};
    if (value.has_value()) write.value_hash = crypto::Sha256(*value);
    concerned.push_back(write);
  }
  std::ranges::sort(concerned, {}, &TreeWrite::path);
  return concerned;
}

Result<TreeChange> ChangeStateTree(const ledger::StateView& below,
                                   std::span<const TreeWrite> writes, TreeCache* cache) {
  return Changing(below, cache).All(writes);
}

Result<Hash256> StateTreeRoot(const ledger::StateView& view) {
  JD_TRY(const TreeNode root, NodeAt(view, {}, 0));
  return RootOf(root.Whole());
}

Result<crypto::SparseProof> ProveInStateTree(const ledger::StateView& view, ByteView key) {
  const Hash256 path = crypto::Sha256(key);
  crypto::SparseProof proof;
  JD_TRY(TreeNode node, NodeAt(view, {}, 0));
  Subtree here = node.Whole();
  for (std::size_t depth = 0; std::holds_alternative<Hash256>(here); ++depth) {
    if (depth > 0) {
      JD_TRY(node, NodeAt(view, path, depth));
    }
    Descend(node, NibbleAt(path, depth), proof, here);
  }
  const auto* leaf = std::get_if<SparseLeaf>(&here);
  if (leaf != nullptr && leaf->path != path) proof.other = *leaf;
  return proof;
}

Result<TreeCount> CheckStateTree(const ledger::StateView& view) {
  std::vector<SparseLeaf> leaves;
  JD_CHECK(Walk(view, {}, 0, {}, leaves));
  const std::vector<SparseLeaf> rows = LeavesOfRows(view);
  const auto [leaf, row] = std::ranges::mismatch(leaves, rows);
  if (leaf != leaves.end() || row != rows.end()) {
    const Hash256& path = leaf == leaves.end()                          ? row->path
                          : row == rows.end() || leaf->path < row->path ? leaf->path
                                                                        : row->path;
    return Damaged(path, kTreeDepthMax, "the leaf differs from the state's row");
  }
  JD_TRY(const Hash256 root, StateTreeRoot(view));
  return TreeCount{.root = root, .leaves = leaves.size()};
}

}  // namespace jiandu::store
