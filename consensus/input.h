// Everything the core ever learns. All signatures have been verified by the host.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "consensus/types.h"
#include "consensus/validator_set.h"

namespace jiandu::consensus {

// The durable facts about our own signing (docs/consensus.md (Signing)): the content of safety.rec.
struct SafetyState {
  Height height = 0;
  Round round = 0;
  Step step = Step::kUnstarted;
  Round locked_round = -1;
  std::optional<BlockId> locked_id;
  Round valid_round = -1;
  std::optional<BlockId> valid_id;
  std::optional<Certificate> polka;       // of valid_id (at L36: of the lock)
  std::optional<Proposal> last_proposal;  // complete signed messages of this round
  std::optional<Vote> last_prevote;
  std::optional<Vote> last_precommit;
  std::optional<Certificate> seen_commit;  // of height - 1
  auto operator<=>(const SafetyState&) const = default;
};

enum class Work : std::uint8_t { kNone, kPending };

// Starts a height, once the height before is finalized. `needs_proof`: the last block changed
// app_hash, so this height is proposed at once. `restored` on the first height of a run.
struct StartHeight {
  Height height = 1;
  ValidatorSetPtr set;
  Work needs_proof = Work::kNone;
  std::optional<Certificate> last_commit;  // of height - 1, for the seen_commit of the records
  std::optional<SafetyState> restored;
};
// Comes when the proposal is complete: header and all parts are there and the block decodes.
struct ProposalIn {
  Proposal proposal;
  bool timely = false;
};
struct VoteIn {
  Vote vote;
};
struct CertificateIn {
  Certificate certificate;
};
struct TimeoutIn {
  Timeout timeout;
};
// Answer of SignAndPersist: signed and durable, may be sent.
struct SignedOwn {
  std::variant<Proposal, Vote> message;
};
// A block with its certificate from a peer's ledger: L49 at any step.
struct SyncedBlock {
  Certificate commit;
  BlockId id;
};
// The mempool is not empty. Said again after each StartHeight while it is so: what is pending in
// one height may be decided in it, so the core does not carry it over.
struct WorkAvailable {
  Height height = 0;
};
// Answers of the application.
struct Built {
  Height height = 0;
  Round round = 0;
  BlockId id;
};
struct Checked {
  Height height = 0;
  BlockId id;
  bool valid = false;
};
struct Finalized {
  Height height = 0;
  BlockId id;
};

using Input = std::variant<StartHeight, ProposalIn, VoteIn, CertificateIn, TimeoutIn, SignedOwn,
                           SyncedBlock, WorkAvailable, Built, Checked, Finalized>;

}  // namespace jiandu::consensus
