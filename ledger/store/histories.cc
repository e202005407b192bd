// Events appended to the trees of the entities they touch.
#include "ledger/store/histories.h"

#include <algorithm>

#include "ledger/store/keyspace.h"

namespace jiandu::store {
namespace {

std::unexpected<Error> Misfit(const ledger::EntityId& id, const char* what) {
  return Fail(Errc::kInternal, "entity " + ledger::ToHex(id) + ": " + what);
}

// The tree of an entity as it stands below.
Result<crypto::MerkleFrontier> FrontierOf(const ledger::StateView& view,
                                          const ledger::EntityId& id) {
  const auto row = view.Get(PeaksKey(id));
  if (!row.has_value()) return crypto::MerkleFrontier();
  ByteView bytes = *row;
  const std::uint64_t size = bytes.size() < 8 ? 0 : ReadU64Be(bytes);
  std::vector<Hash256> peaks;
  for (bytes = bytes.subspan(std::min<std::size_t>(8, bytes.size()));
       bytes.size() >= Hash256::kSize; bytes = bytes.subspan(Hash256::kSize)) {
    peaks.push_back(*Hash256::From(bytes.first(Hash256::kSize)));
  }
  auto frontier = crypto::MerkleFrontier::From(size, std::move(peaks));
  if (frontier.has_value() && size > 0 && bytes.empty()) return frontier;
  return Fail(Errc::kCorrupt,
              "entity " + ledger::ToHex(id) + ": the peaks of its history are damaged");
}

}  // namespace

Bytes PeaksRow(const crypto::MerkleFrontier& frontier) {
  Bytes row;
  AppendU64Be(row, frontier.Size());
  for (const Hash256& peak : frontier.Peaks()) Append(row, peak.View());
  return row;
}

Result<void> HistoryGrowth::Add(const ledger::Touch& touched, ledger::LogIndex index,
                                const Hash256& entry_hash) {
  auto at = trees_.find(touched.entity);
  if (at == trees_.end()) {
    // Who is born now has an id that nobody had: nothing is stored of it.
    crypto::MerkleFrontier frontier;
    if (touched.seq != 0) {
      JD_TRY(frontier, FrontierOf(*below_, touched.entity));
    }
    at = trees_.emplace(touched.entity, Tree{.frontier = std::move(frontier)}).first;
  }
  Tree& tree = at->second;
  if (tree.frontier.Size() != touched.seq) return Misfit(touched.entity, "a gap in its history");
  tree.frontier.AppendLeafHash(ledger::HistoryLeafHash(index, entry_hash));
  tree.last = index;
  Bytes value;
  AppendU64Be(value, index);
  events_.emplace_back(HistoryKey(touched.entity, touched.seq), std::move(value));
  return {};
}

Result<void> HistoryGrowth::Bind(ledger::WriteSet& writes) const {
  for (const auto& [id, tree] : trees_) {
    Bytes key = ledger::LeafKey(id);
    const auto written = writes.Find(key);
    if (!written.has_value() || !written->has_value()) {
      return Misfit(id, "touched, no leaf written");
    }
    JD_TRY(ledger::EntityLeaf leaf, ledger::EntityLeaf::Decode(**written));
    if (leaf.size != tree.frontier.Size() || leaf.last != tree.last) {
      return Misfit(id, "leaf does not fit its history");
    }
    leaf.history_root = tree.frontier.Root();
    writes.Put(std::move(key), leaf.Encode());
  }
  return {};
}

std::vector<std::pair<Bytes, Bytes>> HistoryGrowth::Rows() const {
  std::vector<std::pair<Bytes, Bytes>> rows = events_;
  rows.reserve(events_.size() + trees_.size());
  for (const auto& [id, tree] : trees_) {
    rows.emplace_back(PeaksKey(id), PeaksRow(tree.frontier));
  }
  return rows;
}

}  // namespace jiandu::store
