// From what the contracts made of a block to the rows of the database.
#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "ledger/model/event_index.h"
#include "ledger/store/histories.h"
#include "ledger/store/ledger_view.h"
#include "ledger/store/log_tree.h"
#include "ledger/store/memory_store.h"
#include "ledger/store/overlay.h"
#include "ledger/store/state_tree.h"

namespace jiandu::store {
namespace {

using Rows = std::vector<RowTable::Row>;

void Add(Rows& rows, Bytes key, Bytes value) {
  rows.push_back({.key = std::move(key), .value = std::move(value)});
}

std::unexpected<Error> Misfit(ledger::Height height, std::size_t position, const char* what) {
  return Fail(Errc::kInternal, "block " + std::to_string(height) + ", transaction " +
                                   std::to_string(position) + ": " + what);
}

// Rows of log entry and transaction index of the stubs, what they add to histories, and the hashes
// of the entries.
class StubRows {
 public:
  StubRows(const LedgerView& below, const BlockFacts& facts)
      : histories(below), facts_(&facts), first_(below.LogSize()) {}

  Result<void> Take(const std::vector<ledger::Stub>& stubs, Rows& rows) {
    hashes.reserve(stubs.size() + 1);
    for (std::size_t i = 0; i < stubs.size(); ++i) {
      const ledger::Stub& stub = stubs[i];
      if (stub.height != facts_->height || stub.time != facts_->time) {
        return Misfit(facts_->height, i, "a stub of another block");
      }
      const ledger::LogIndex index = first_ + i;
      AddEntry(rows, index, ledger::EncodeEntry(stub));
      for (Bytes& key : ledger::EventKeys(stub, index)) Add(rows, std::move(key), {});
      Add(rows, TxKey(stub.txid),
          TxPlace{
              .height = facts_->height, .position = static_cast<std::uint32_t>(i), .index = index}
              .Encode());
      for (const ledger::Touch& touched : stub.touched) {
        JD_CHECK(histories.Add(touched, index, hashes.back()));
      }
    }
    return {};
  }

  void AddEntry(Rows& rows, ledger::LogIndex index, Bytes entry) {
    hashes.push_back(crypto::MerkleLeafHash(entry));
    Add(rows, EntryKey(index), std::move(entry));
  }

  std::vector<Hash256> hashes;  // of all entries of the block, in order
  HistoryGrowth histories;

 private:
  const BlockFacts* facts_;
  ledger::LogIndex first_;
};

void AddListing(Rows& rows, const Listing& listing) {
  const ledger::EntityKind kind = ledger::KindOf(listing.id);
  for (const ledger::DepartmentId& department : listing.departments) {
    Add(rows, ListKey(DepartmentPrefix(kind, department), listing.index, listing.id), {});
  }
}
void AddBirth(Rows& rows, const Listing& birth) {
  Add(rows, ListKey(KindPrefix(ledger::KindOf(birth.id)), birth.index, birth.id), {});
  AddListing(rows, birth);
}

// The state's rows, in key order. Keys and values are moved out of the set.
Rows StateRows(ledger::WriteSet writes) {
  ledger::WriteSet::Map map = writes.Take();
  Rows rows;
  rows.reserve(map.size());
  while (!map.empty()) {
    auto node = map.extract(map.begin());
    rows.push_back({.key = std::move(node.key()), .value = std::move(node.mapped())});
  }
  return rows;
}

void AddSets(Rows& rows, std::vector<std::pair<ledger::Height, Bytes>>&& sets) {
  for (auto& [height, set] : sets) Add(rows, ValidatorSetKey(height), std::move(set));
}

// Appends the hashes to the log and puts what changed into the rows and the overlay's row.
Result<void> GrowLog(const ledger::StateView& below, const std::vector<Hash256>& hashes,
                     BlockOverlay& overlay, Rows& rows) {
  JD_TRY(LogAppend append, AppendToLog(below, overlay.frontier, hashes));
  for (auto& [key, tile] : append.tiles) Add(rows, std::move(key), std::move(tile));
  overlay.frontier = std::move(append.frontier);
  overlay.row.log_size = overlay.frontier.Size();
  overlay.row.log_root = overlay.frontier.Root();
  overlay.row.app_hash =
      ledger::AppHash(overlay.row.log_size, overlay.row.log_root, overlay.row.state_root);
  return {};
}

void AddAll(Rows& rows, std::vector<std::pair<Bytes, Bytes>>&& more) {
  for (auto& [key, value] : more) Add(rows, std::move(key), std::move(value));
}

// Puts what the writes change in the state tree into the rows and the overlay's row.
Result<void> GrowState(const ledger::StateView& below, ledger::WriteSet& writes, TreeCache* cache,
                       BlockOverlay& overlay, Rows& rows) {
  writes.Put(RestKey(), ToBytes(NextRest(below, writes).View()));
  JD_TRY(TreeChange change, ChangeStateTree(below, TreeWritesOf(writes), cache));
  for (auto& [key, value] : change.nodes) {
    rows.push_back({.key = std::move(key), .value = std::move(value)});
  }
  overlay.row.state_root = change.root;
  return {};
}

// Log entries, state and indexes of a block that has transactions.
Result<void> AddTransactions(const LedgerView& below, const BlockFacts& facts,
                             ExecutedBlock& executed, TreeCache* cache, BlockOverlay& overlay,
                             Rows& rows) {
  const ledger::LogIndex first = below.LogSize();
  StubRows stubs(below, facts);
  JD_CHECK(stubs.Take(executed.stubs, rows));
  JD_CHECK(stubs.histories.Bind(executed.writes));
  AddAll(rows, stubs.histories.Rows());
  JD_CHECK(GrowState(below, executed.writes, cache, overlay, rows));
  stubs.AddEntry(rows, first + executed.stubs.size(),
                 ledger::EncodeEntry(ledger::BlockEntry{.height = facts.height,
                                                        .time = facts.time,
                                                        .header_hash = facts.header_hash,
                                                        .first = first,
                                                        .state_root = overlay.row.state_root}));
  JD_CHECK(GrowLog(below, stubs.hashes, overlay, rows));
  for (const Listing& birth : executed.births) AddBirth(rows, birth);
  for (const Listing& joined : executed.joined) AddListing(rows, joined);
  return {};
}

// A key that stands twice is a transaction or an event that stands twice.
Result<void> CheckDistinct(const BlockOverlay& overlay) {
  const auto& rows = overlay.rows.All();
  if (std::ranges::adjacent_find(rows, {}, &RowTable::Row::key) == rows.end()) return {};
  return Fail(Errc::kInternal, "block " + std::to_string(overlay.height) + ": a row stands twice");
}

}  // namespace

Result<OverlayPtr> BuildOverlay(const LedgerView& below, BlockFacts facts, ExecutedBlock executed,
                                TreeCache* cache) {
  if (facts.height != below.Height() + 1) {
    return Fail(Errc::kInternal, "block " + std::to_string(facts.height) + " over height " +
                                     std::to_string(below.Height()));
  }
  if (executed.stubs.empty() && !executed.writes.Empty()) {
    return Fail(Errc::kInternal, "a block without transactions writes state");
  }
  auto overlay = std::make_shared<BlockOverlay>();
  overlay->height = facts.height;
  overlay->chain = below.Chain();
  overlay->genesis_hash = below.GenesisHash();
  overlay->frontier = below.Frontier();
  overlay->validator_updates = std::move(executed.validator_updates);
  overlay->row = {.time = facts.time,
                  .header_hash = facts.header_hash,
                  .header = std::move(facts.header),
                  .app_hash = below.AppHash(),
                  .results_hash = facts.results_hash,
                  .log_size = below.LogSize(),
                  .log_root = below.LogRoot(),
                  .state_root = below.StateRoot(),
                  .transactions = executed.stubs.size()};
  Rows rows;
  rows.reserve(8 * executed.stubs.size());
  if (!executed.stubs.empty()) {
    JD_CHECK(AddTransactions(below, facts, executed, cache, *overlay, rows));
  }
  Add(rows, HeightKey(facts.height), overlay->row.Encode());
  if (!facts.last_commit.empty()) {
    Add(rows, CommitKey(facts.height - 1), std::move(facts.last_commit));
  }
  AddSets(rows, std::move(facts.validator_sets));
  overlay->rows = RowTable(std::move(rows), StateRows(std::move(executed.writes)));
  JD_CHECK(CheckDistinct(*overlay));
  // What a faulty disk hid must not become a committed result.
  JD_CHECK(below.Health());
  return overlay;
}

Result<OverlayPtr> BuildGenesisOverlay(
    const ledger::Genesis& genesis, std::vector<std::pair<ledger::Height, Bytes>> validator_sets) {
  auto overlay = std::make_shared<BlockOverlay>();
  overlay->chain = genesis.chain;
  overlay->genesis_hash = genesis.hash;
  ledger::WriteSet writes = ledger::GenesisState(genesis);
  overlay->row.time = genesis.time;
  Rows rows;
  Bytes entry = ledger::EncodeGenesisLogEntry(genesis);
  const std::vector<Hash256> hashes = {crypto::MerkleLeafHash(entry)};
  Add(rows, EntryKey(0), std::move(entry));
  const MemoryStore nothing;
  const LedgerViewPtr empty = LedgerView::FromNothing(nothing.Snapshot());
  HistoryGrowth histories(*empty);
  const auto bear = [&](const ledger::EntityId& id, const ledger::DepartmentId& department) {
    AddBirth(rows, {.id = id, .index = 0, .departments = {department}});
    return histories.Add({.entity = id, .roles = 0, .seq = 0}, 0, hashes[0]);
  };
  for (const ledger::GenesisDepartment& department : genesis.departments) {
    JD_CHECK(bear(ledger::DepartmentEntity(department.code), department.code));
  }
  for (std::size_t n = 0; n < genesis.identities.size(); ++n) {
    JD_CHECK(bear(ledger::GenesisIdentityId(genesis, n), genesis.identities[n].department));
  }
  JD_CHECK(histories.Bind(writes));
  AddAll(rows, histories.Rows());
  JD_CHECK(GrowState(*empty, writes, nullptr, *overlay, rows));
  JD_CHECK(GrowLog(*empty, hashes, *overlay, rows));
  Add(rows, HeightKey(0), overlay->row.Encode());
  AddSets(rows, std::move(validator_sets));
  overlay->rows = RowTable(std::move(rows), StateRows(std::move(writes)));
  return overlay;
}

}  // namespace jiandu::store
