// A node of the state tree as it is stored: sixteen children, four levels of the binary tree.
//
// The tree of crypto/sparse_merkle.h is kept by nibbles of the path. A node is stored where two or
// more leaves share the nibbles above it, and always at the root. Pure; any thread.
#pragma once

#include <array>
#include <span>
#include <variant>

#include "crypto/sparse_merkle.h"

namespace jiandu::store {

inline constexpr std::size_t kNibbleBits = 4;
inline constexpr std::size_t kTreeWidth = 16;
inline constexpr std::size_t kTreeDepthMax = crypto::kSparseDepthMax / kNibbleBits;

// What stands at a place of the tree: nothing, one leaf, or the hash over two or more leaves.
using Subtree = std::variant<std::monostate, crypto::SparseLeaf, Hash256>;

[[nodiscard]] Hash256 RootOf(const Subtree& subtree);
// Two neighbours, one level up: a single leaf rises, nothing stays nothing.
[[nodiscard]] Subtree Join(const Subtree& left, const Subtree& right);
// Nibble `depth` of a path, counted from the most significant.
[[nodiscard]] std::size_t NibbleAt(const Hash256& path, std::size_t depth);

struct TreeNode {
  std::array<Subtree, kTreeWidth> children;
  bool operator==(const TreeNode&) const = default;

  // Of 1, 2, 4, 8 or 16 neighbouring children.
  [[nodiscard]] static Subtree Over(std::span<const Subtree> children);
  [[nodiscard]] Subtree Whole() const { return Over(children); }
  // u16be which exist, u16be which are leaves, then of each that exists its hash (32 bytes), or
  // path and value hash (64) of a leaf.
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<TreeNode> Decode(ByteView bytes);
};

}  // namespace jiandu::store
