// Makes proof bundles from a view of the ledger.
//
// The caller brings the certified head and says who may see what; the bundle it gets is checked by
// sdk/cpp/proof_verifier.h. Reads the view only; any thread.
#pragma once

#include <functional>

#include "ledger/model/proof_bundle.h"
#include "ledger/model/stub.h"
#include "ledger/store/ledger_view.h"

namespace jiandu::store {

// A bundle with more events or bytes is refused; over the bytes read, transactions are left out.
inline constexpr std::uint64_t kProofEventsMax = 100'000;
inline constexpr std::size_t kProofBytesMax = 64 * 1024 * 1024;      // entries and rows, not text
inline constexpr std::size_t kProofReadBytesMax = 64 * 1024 * 1024;  // transactions, their blocks

// The stored transaction of an entry, and what finding it cost.
struct ProofSource {
  std::optional<Bytes> stored;  // nothing: it is not for this reader
  std::uint64_t read_bytes = 0;
};
struct ProofSources {
  // Whether the entry is shown; else it is there by its hash alone.
  std::function<bool(const ledger::Stub& stub)> shows;
  std::function<Result<ProofSource>(ledger::LogIndex index, const ledger::Stub& stub)> transaction;
  // Which transactions are in the bundle: all, or those without which it would say less.
  ledger::ProofTransactions which = ledger::ProofTransactions::kAll;
};

// kConflict: `head` opens to another state than the view's. kNotFound: no such transaction or
// entity; of an absence that there is one. kInvalid: an entity that has no lineage. kTooLarge: see
// above, or over kProofEntitiesMax entities.
[[nodiscard]] Result<ledger::ProofBundle> MakeProof(const LedgerView& view, ledger::HeadProof head,
                                                    const ledger::ProofQuery& query,
                                                    const ProofSources& sources);

}  // namespace jiandu::store
