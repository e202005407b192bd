// Nodes of the state tree: their hashes and their bytes.
#include "ledger/store/tree_node.h"

#include <bit>

namespace jiandu::store {
namespace {

using crypto::SparseLeaf;

bool IsNothing(const Subtree& subtree) { return std::holds_alternative<std::monostate>(subtree); }

Hash256 TakeHash(ByteView& bytes) {
  const Hash256 hash = *Hash256::From(bytes.first(Hash256::kSize));
  bytes = bytes.subspan(Hash256::kSize);
  return hash;
}

}  // namespace

Hash256 RootOf(const Subtree& subtree) {
  if (const auto* leaf = std::get_if<SparseLeaf>(&subtree)) return crypto::SparseLeafHash(*leaf);
  if (const auto* hash = std::get_if<Hash256>(&subtree)) return *hash;
  return {};
}

Subtree Join(const Subtree& left, const Subtree& right) {
  if (IsNothing(left) && !std::holds_alternative<Hash256>(right)) return right;
  if (IsNothing(right) && !std::holds_alternative<Hash256>(left)) return left;
  return crypto::SparseNodeHash(RootOf(left), RootOf(right));
}

std::size_t NibbleAt(const Hash256& path, std::size_t depth) {
  const std::uint8_t byte = path.bytes[depth / 2];
  return depth % 2 == 0 ? byte >> kNibbleBits : byte & 0x0FU;
}

Subtree TreeNode::Over(std::span<const Subtree> children) {
  if (children.size() == 1) return children[0];
  const std::size_t half = children.size() / 2;
  return Join(Over(children.first(half)), Over(children.subspan(half)));
}

Bytes TreeNode::Encode() const {
  std::uint16_t exist = 0;
  std::uint16_t leaves = 0;
  Bytes content;
  content.reserve(kTreeWidth * Hash256::kSize);
  for (std::size_t i = 0; i < kTreeWidth; ++i) {
    const auto bit = static_cast<std::uint16_t>(1U << i);
    if (const auto* leaf = std::get_if<SparseLeaf>(&children[i])) {
      exist |= bit;
      leaves |= bit;
      Append(content, leaf->path.View());
      Append(content, leaf->value_hash.View());
    } else if (const auto* hash = std::get_if<Hash256>(&children[i])) {
      exist |= bit;
      Append(content, hash->View());
    }
  }
  Bytes bytes;
  bytes.reserve(4 + content.size());
  AppendU16Be(bytes, exist);
  AppendU16Be(bytes, leaves);
  Append(bytes, content);
  return bytes;
}

Result<TreeNode> TreeNode::Decode(ByteView bytes) {
  if (bytes.size() < 4) return Fail(Errc::kCorrupt, "tree node: too short");
  const std::uint32_t masks = ReadU32Be(bytes);
  const std::uint32_t exist = masks >> 16U;
  const std::uint32_t leaves = masks & 0xFFFFU;
  const std::size_t wanted =
      static_cast<std::size_t>(std::popcount(exist) + std::popcount(leaves)) * Hash256::kSize;
  bytes = bytes.subspan(4);
  if ((leaves & ~exist) != 0 || bytes.size() != wanted) {
    return Fail(Errc::kCorrupt, "tree node: its length does not fit its children");
  }
  TreeNode node;
  for (std::size_t i = 0; i < kTreeWidth; ++i) {
    if ((leaves >> i & 1U) != 0) {
      const Hash256 path = TakeHash(bytes);
      node.children[i] = SparseLeaf{.path = path, .value_hash = TakeHash(bytes)};
    } else if ((exist >> i & 1U) != 0) {
      node.children[i] = TakeHash(bytes);
    }
  }
  return node;
}

}  // namespace jiandu::store
