// The state tree: the sparse Merkle tree over the leaves of the state, kept by nibbles.
//
// Its leaves are the rows whose keys begin with ent/, key/, uniq/, cfg/, exp/ or are val or rest.
// Bodies are bound by the hash in their entity's leaf, histories by their roots there. What else
// the state holds (counters, marks, indexes) is bound by the leaf rest, a running digest: nodes
// that differ in one byte of it have different roots, though none of it can be proven alone. Only
// the newest tree is kept: rows M of the database (keyspace.h), overwritten in place; an older one
// is seen through an older view. The functions read through a StateView and write nothing. Pure;
// any thread.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <vector>

#include "crypto/sparse_merkle.h"
#include "ledger/model/state_view.h"
#include "ledger/model/write_set.h"
#include "ledger/store/tree_cache.h"
#include "ledger/store/tree_node.h"

namespace jiandu::store {

// Whether the row is a leaf of the tree.
[[nodiscard]] bool IsInStateTree(ByteView key);

struct TreeWrite {
  Hash256 path;
  std::optional<Hash256> value_hash;  // nothing: the leaf goes
};
// The leaf rest after a block whose other writes are these:
// SHA-256("JIANDU-REST-1\0" || the leaf before, zero at first || WriteSet::Digest of all rows that
// are no leaves).
[[nodiscard]] Bytes RestKey();
[[nodiscard]] Hash256 NextRest(const ledger::StateView& below, const ledger::WriteSet& writes);

// The writes of a block that concern the tree, ascending by path.
[[nodiscard]] std::vector<TreeWrite> TreeWritesOf(const ledger::WriteSet& writes);

struct TreeChange {
  Hash256 root;
  std::vector<std::pair<Bytes, std::optional<Bytes>>> nodes;  // key, new bytes or gone; distinct
};
// `writes` ascend by path and are distinct. kCorrupt: a node below is missing or damaged. What is
// in the cache is not read, and what is made goes into it.
[[nodiscard]] Result<TreeChange> ChangeStateTree(const ledger::StateView& below,
                                                 std::span<const TreeWrite> writes,
                                                 TreeCache* cache = nullptr);

[[nodiscard]] Result<Hash256> StateTreeRoot(const ledger::StateView& view);
// The path of a key, present or absent.
[[nodiscard]] Result<crypto::SparseProof> ProveInStateTree(const ledger::StateView& view,
                                                           ByteView key);

// Every node against its children, and the leaves against the state's rows, both in full.
// kCorrupt names the first that differs. Holds 64 bytes per leaf in memory.
struct TreeCount {
  Hash256 root;
  std::uint64_t leaves = 0;
};
[[nodiscard]] Result<TreeCount> CheckStateTree(const ledger::StateView& view);

}  // namespace jiandu::store
