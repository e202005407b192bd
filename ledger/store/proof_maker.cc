// From a query to the rows, events and paths that answer it.
#include "ledger/store/proof_maker.h"

#include <algorithm>
#include <map>
#include <set>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "ledger/model/lineage_step.h"
#include "ledger/model/transaction.h"
#include "ledger/store/log_tree.h"
#include "ledger/store/state_tree.h"

namespace jiandu::store {
namespace {

using ledger::EntityId;
using ledger::LogIndex;

class Making {
 public:
  Making(const LedgerView& view, const ProofSources& sources) : view_(&view), sources_(&sources) {}

  Result<ledger::ProofBundle> Make(ledger::HeadProof head, const ledger::ProofQuery& query) {
    if (head.log_size != view_->LogSize() || head.log_root != view_->LogRoot() ||
        head.state_root != view_->StateRoot()) {
      return Fail(Errc::kConflict, "the certified header opens to another state");
    }
    bundle_.query = query;
    bundle_.head = std::move(head);
    JD_CHECK(std::visit([this](const auto& asked) { return Take(asked); }, query));
    MoveEvents();
    JD_CHECK(AddRows());
    JD_CHECK(AddLog());
    JD_CHECK(view_->Health());
    using Bundle = ledger::ProofBundle;
    if (bundle_.leaves.size() > Bundle::kLeavesMax ||
        bundle_.siblings.size() > Bundle::kHashesMax ||
        bundle_.log_hashes.size() > Bundle::kHashesMax) {
      return Fail(Errc::kTooLarge, "the answer has more rows or hashes than a bundle may have");
    }
    return std::move(bundle_);
  }

 private:
  // An entry of the log as it stands in the bundle.
  struct Loaded {
    ledger::ProofEvent event;
    std::optional<ledger::Stub> stub;  // when it is shown
    std::optional<ledger::DerivationEdges> edges;
  };

  Result<void> Take(const ledger::TransactionQuery& query) {
    const auto place = view_->FindTx(query.txid);
    if (!place.has_value()) return Fail(Errc::kNotFound, "no such transaction in a block");
    needs_all_ = true;
    JD_TRY([[maybe_unused]] const Loaded* one, Load(place->index));
    return {};
  }

  Result<void> Take(const ledger::HistoryQuery& query) { return AddHistory(query.entity); }

  Result<void> Take(const ledger::HistoriesQuery& query) {
    if (query.entities.size() > ledger::kProofEntitiesMax) {
      return Fail(Errc::kTooLarge, "too many entities");
    }
    for (const EntityId& id : query.entities) JD_CHECK(AddHistory(id));
    return {};
  }

  // Everything that follows, until nothing new does.
  Result<void> Take(const ledger::LineageQuery& query) {
    if (!ledger::IsCase(ledger::KindOf(query.entity))) {
      return Fail(Errc::kInvalid, "the lineage is that of a resource or a case");
    }
    std::set<EntityId> known = {query.entity};
    std::vector<EntityId> open = {query.entity};
    while (!open.empty()) {
      const EntityId id = open.back();
      open.pop_back();
      JD_CHECK(AddHistory(id));
      for (const LogIndex index : histories_.at(id)) {
        const Loaded& loaded = loaded_.at(index);
        if (!loaded.stub.has_value()) continue;
        const ledger::LineageStep step = ledger::FollowLineage(
            *loaded.stub, loaded.edges ? &*loaded.edges : nullptr, id, query.direction);
        for (const EntityId& next : step.follows) {
          if (known.insert(next).second) open.push_back(next);
        }
      }
      if (known.size() > ledger::kProofEntitiesMax) {
        return Fail(Errc::kTooLarge, "the lineage has over " +
                                         std::to_string(ledger::kProofEntitiesMax) + " entities");
      }
    }
    return {};
  }

  Result<void> Take(const ledger::AbsenceQuery& query) {
    Bytes key = query.Key();
    if (view_->Get(key).has_value()) return Fail(Errc::kNotFound, "it exists");
    AddKey(std::move(key));
    for (Bytes& one : query.Present()) {
      if (!view_->Get(one).has_value()) {
        return Fail(Errc::kNotFound, "there is no such resource, or no such department");
      }
      AddKey(std::move(one));
    }
    return {};
  }

  Result<void> AddHistory(const EntityId& id) {
    const auto value = view_->Get(ledger::LeafKey(id));
    if (!value.has_value()) return Fail(Errc::kNotFound, "no such entity");
    JD_TRY(const ledger::EntityLeaf leaf, ledger::EntityLeaf::Decode(*value));
    if (leaf.size > kProofEventsMax) return TooManyEvents(leaf.size);
    AddKey(ledger::LeafKey(id));
    std::vector<LogIndex>& history = histories_[id];
    history = view_->History(id, 0, leaf.size);
    for (const LogIndex index : history) {
      JD_TRY(Loaded * one, Load(index));
      const bool is_withheld = std::holds_alternative<Hash256>(one->event.entry);
      if (is_withheld && ledger::IsOfSeveral(bundle_.query)) one->event.entities.push_back(id);
    }
    return {};
  }

  static std::unexpected<Error> TooManyEvents(std::uint64_t count) {
    return Fail(Errc::kTooLarge, "the answer has over " + std::to_string(kProofEventsMax) +
                                     " events: " + std::to_string(count));
  }
  Result<void> Spend(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > kProofBytesMax) return Fail(Errc::kTooLarge, "the answer has over 64 MiB");
    return {};
  }

  // The entry, or its hash, once; and the transaction with the keys that signed it.
  Result<Loaded*> Load(LogIndex index) {
    const auto [at, is_new] = loaded_.try_emplace(index);
    Loaded& loaded = at->second;
    if (!is_new) return &loaded;
    if (loaded_.size() > kProofEventsMax) return TooManyEvents(loaded_.size());
    JD_TRY(Bytes bytes, view_->Entry(index));
    JD_TRY(ledger::LogEntry entry, ledger::DecodeEntry(bytes));
    auto* stub = std::get_if<ledger::Stub>(&entry);
    loaded.event.index = index;
    if (stub != nullptr && !sources_->shows(*stub)) {
      loaded.event.entry = crypto::MerkleLeafHash(bytes);
      return &loaded;
    }
    JD_CHECK(Spend(bytes.size()));
    loaded.event.entry = std::move(bytes);
    if (stub != nullptr) {
      loaded.stub = std::move(*stub);
      JD_CHECK(LoadTransaction(loaded));
    }
    return &loaded;
  }

  Result<void> LoadTransaction(Loaded& loaded) {
    const bool is_lineage = std::holds_alternative<ledger::LineageQuery>(bundle_.query);
    const bool is_derivation = is_lineage && ledger::BornDerivation(*loaded.stub) != nullptr;
    const bool is_wanted =
        needs_all_ || is_derivation || sources_->which == ledger::ProofTransactions::kAll;
    if (!is_wanted || read_bytes_ >= kProofReadBytesMax) return {};
    JD_TRY(ProofSource source, sources_->transaction(loaded.event.index, *loaded.stub));
    read_bytes_ += source.read_bytes;
    if (!source.stored.has_value()) return {};
    read_bytes_ += source.stored->size();
    if (read_bytes_ > kProofReadBytesMax && !needs_all_) return {};
    JD_TRY(const ledger::Transaction transaction, ledger::DecodeStored(*source.stored));
    for (const ledger::TxSignature& signature : transaction.signatures) {
      // A key that nobody registered signed what was rejected: its absence is proven.
      AddKey(ledger::KeyRecordKey(signature.key));
    }
    if (is_derivation) loaded.edges = ledger::ReadDerivationEdges(transaction.payload);
    transactions_[loaded.event.index] = std::move(*source.stored);
    return {};
  }

  void AddKey(Bytes key) {
    const Hash256 path = crypto::Sha256(key);
    keys_.insert_or_assign(path, std::move(key));
  }

  void MoveEvents() {
    for (auto& [index, loaded] : loaded_) {
      std::ranges::sort(loaded.event.entities);
      bundle_.events.push_back(std::move(loaded.event));
    }
    for (auto& [index, stored] : transactions_) {
      bundle_.transactions.push_back({.index = index, .stored = std::move(stored)});
    }
  }

  Result<void> AddRows() {
    std::vector<std::pair<crypto::SparseClaim, crypto::SparseProof>> proofs;
    for (const auto& [path, key] : keys_) {
      JD_TRY(crypto::SparseProof proof, ProveInStateTree(*view_, key));
      ledger::ProofLeaf leaf{.key = key,
                             .value = view_->Get(key),
                             .depth = proof.siblings.size(),
                             .other = proof.other};
      JD_CHECK(Spend(key.size() + leaf.value.value_or(Bytes()).size() +
                     proof.siblings.size() * Hash256::kSize));
      crypto::SparseClaim claim;
      claim.path = path;
      proofs.emplace_back(claim, std::move(proof));
      bundle_.leaves.push_back(std::move(leaf));
    }
    bundle_.siblings = crypto::MergeSparseProofs(std::move(proofs)).siblings;
    return {};
  }

  Result<void> AddLog() {
    const LogIndex last = view_->LogSize() - 1;
    JD_TRY(bundle_.block_entry, view_->Entry(last));
    std::vector<LogIndex> indexes;
    // The histories of a closure bind its events; their paths in the log would be as long again.
    if (!std::holds_alternative<ledger::LineageQuery>(bundle_.query)) {
      for (const ledger::ProofEvent& event : bundle_.events) indexes.push_back(event.index);
    }
    if (indexes.empty() || indexes.back() != last) indexes.push_back(last);
    JD_TRY(bundle_.log_hashes, LogInclusionsProof(*view_, indexes, view_->LogSize()));
    return {};
  }

  const LedgerView* view_;
  const ProofSources* sources_;
  bool needs_all_ = false;  // transactions, whatever they cost
  std::size_t bytes_ = 0;
  std::uint64_t read_bytes_ = 0;
  std::map<LogIndex, Loaded> loaded_;
  std::map<LogIndex, Bytes> transactions_;
  std::map<EntityId, std::vector<LogIndex>> histories_;
  std::map<Hash256, Bytes> keys_;  // of the rows to be proven, by path
  ledger::ProofBundle bundle_;
};

}  // namespace

Result<ledger::ProofBundle> MakeProof(const LedgerView& view, ledger::HeadProof head,
                                      const ledger::ProofQuery& query,
                                      const ProofSources& sources) {
  return Making(view, sources).Make(std::move(head), query);
}

}  // namespace jiandu::store
