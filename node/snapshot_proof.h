// Why the state at a height is the network's: headers with certificates, from genesis on.
//
// A snapshot at height s is tied to header s+1, whose app_hash is that of s. The proof holds, for
// each change of the validator set up to s+1, the header that announced it with its commit and the
// new set; then header s+1 with its commit; and the commit of s that block s+1 carries. It is
// followed by the light client from the validators of genesis: nobody is trusted at first sight.
// It differs between nodes only in which votes they saw. Pure; any thread.
#pragma once

#include <vector>

#include "consensus/commit.h"
#include "consensus/header.h"
#include "consensus/validator_set.h"
#include "ledger/model/genesis.h"
#include "ledger/store/ledger_view.h"
#include "ledger/store/snapshot_format.h"

namespace jiandu::node {

struct SnapshotProof {
  struct Change {
    consensus::Header header;  // the last one that the old set signs
    consensus::Commit commit;
    consensus::ValidatorSet next_set;
  };
  std::vector<Change> changes;     // oldest first
  consensus::Header header;        // of s + 1
  consensus::Commit commit;        // of s + 1
  consensus::Commit state_commit;  // of s

  // wire {1 repeated {1 header, 2 commit, 3 next set}, 2 header, 3 commit, 4 commit of s}
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<SnapshotProof> Decode(ByteView bytes);
};

// Of the state at `height`, from a view of height + 1 or later; `seen` is the commit of the view's
// own height. kNotFound: the view is not that far.
[[nodiscard]] Result<SnapshotProof> MakeSnapshotProof(const store::LedgerView& view,
                                                      const consensus::Commit& seen,
                                                      ledger::Height height);

// What a proof that holds has shown of height s.
struct CertifiedState {
  consensus::Header header;        // of s + 1
  consensus::ValidatorSetPtr set;  // that signed it
  consensus::Commit commit;        // of s
  [[nodiscard]] ledger::Height Height() const { return header.height - 1; }
};
// kUnauthenticated or kConflict: it does not show the state of that height to be this network's.
[[nodiscard]] Result<CertifiedState> VerifySnapshotProof(const ledger::Genesis& genesis,
                                                         ledger::Height height,
                                                         const SnapshotProof& proof);
// Whether the manifest is one of exactly that state.
[[nodiscard]] Result<void> CheckManifest(const ledger::Genesis& genesis,
                                         const CertifiedState& certified,
                                         const store::SnapshotManifest& manifest);

}  // namespace jiandu::node
