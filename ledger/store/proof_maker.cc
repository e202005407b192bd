// From a query to the rows, events and paths that answer it.
#include "ledger/store/proof_maker.h"

#include <algorithm>
#include <map>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "ledger/model/transaction.h"
#include "ledger/store/log_tree.h"
#include "ledger/store/state_tree.h"

namespace jiandu::store {
namespace {

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
    JD_CHECK(AddRows());
    JD_CHECK(AddLog());
    JD_CHECK(view_->Health());
    return std::move(bundle_);
  }

 private:
  Result<void> Take(const ledger::TransactionQuery& query) {
    const auto place = view_->FindTx(query.txid);
    if (!place.has_value()) return Fail(Errc::kNotFound, "no such transaction in a block");
    return AddEvent(place->index);
  }

  Result<void> Take(const ledger::HistoryQuery& query) {
    const auto value = view_->Get(ledger::LeafKey(query.entity));
    if (!value.has_value()) return Fail(Errc::kNotFound, "no such entity");
    JD_TRY(const ledger::EntityLeaf leaf, ledger::EntityLeaf::Decode(*value));
    if (leaf.size > kProofEventsMax) {
      return Fail(Errc::kTooLarge, "the history has " + std::to_string(leaf.size) + " events");
    }
    AddKey(ledger::LeafKey(query.entity));
    for (const LogIndex index : view_->History(query.entity, 0, leaf.size)) {
      JD_CHECK(AddEvent(index));
    }
    return {};
  }

  Result<void> Take(const ledger::AbsenceQuery& query) {
    Bytes key = query.Key();
    if (view_->Get(key).has_value()) return Fail(Errc::kNotFound, "it exists");
    AddKey(std::move(key));
    return {};
  }

  // The entry, or its hash, and the transaction with the keys that signed it.
  Result<void> AddEvent(LogIndex index) {
    JD_TRY(Bytes bytes, view_->Entry(index));
    JD_TRY(const ledger::LogEntry entry, ledger::DecodeEntry(bytes));
    const auto* stub = std::get_if<ledger::Stub>(&entry);
    if (stub != nullptr && !sources_->shows(*stub)) {
      bundle_.events.push_back({.index = index, .entry = crypto::MerkleLeafHash(bytes)});
      return {};
    }
    bundle_.events.push_back({.index = index, .entry = std::move(bytes)});
    if (stub == nullptr) return {};
    JD_TRY(auto stored, sources_->transaction(index, *stub));
    if (!stored.has_value()) return {};
    JD_TRY(const ledger::Transaction transaction, ledger::DecodeStored(*stored));
    for (const ledger::TxSignature& signature : transaction.signatures) {
      // A key that nobody registered signed what was rejected: its absence is proven.
      AddKey(ledger::KeyRecordKey(signature.key));
    }
    bundle_.transactions.push_back({.index = index, .stored = std::move(*stored)});
    return {};
  }

  void AddKey(Bytes key) {
    const Hash256 path = crypto::Sha256(key);
    keys_.insert_or_assign(path, std::move(key));
  }

  Result<void> AddRows() {
    std::vector<std::pair<crypto::SparseClaim, crypto::SparseProof>> proofs;
    for (const auto& [path, key] : keys_) {
      JD_TRY(crypto::SparseProof proof, ProveInStateTree(*view_, key));
      ledger::ProofLeaf leaf{.key = key,
                             .value = view_->Get(key),
                             .depth = proof.siblings.size(),
                             .other = proof.other};
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
    for (const ledger::ProofEvent& event : bundle_.events) indexes.push_back(event.index);
    if (indexes.empty() || indexes.back() != last) indexes.push_back(last);
    JD_TRY(bundle_.log_hashes, LogInclusionsProof(*view_, indexes, view_->LogSize()));
    return {};
  }

  const LedgerView* view_;
  const ProofSources* sources_;
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
