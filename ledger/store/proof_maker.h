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

struct ProofSources {
  // Whether the entry is shown; else it is there by its hash alone.
  std::function<bool(const ledger::Stub& stub)> shows;
  // The stored transaction of an entry that is shown, or nothing when it is left out.
  std::function<Result<std::optional<Bytes>>(ledger::LogIndex index, const ledger::Stub& stub)>
      transaction;
};

// kConflict: `head` opens to another state than the view's. kNotFound: no such transaction or
// entity; of an absence that there is one. kTooLarge: over kProofEventsMax events.
inline constexpr std::uint64_t kProofEventsMax = 100'000;
[[nodiscard]] Result<ledger::ProofBundle> MakeProof(const LedgerView& view, ledger::HeadProof head,
                                                    const ledger::ProofQuery& query,
                                                    const ProofSources& sources);

}  // namespace jiandu::store
