// What the core wants done: plain data, performed in order by the host.
#pragma once

#include <string>
#include <variant>

#include "consensus/input.h"
#include "consensus/types.h"

namespace jiandu::consensus {

// Sign, make the record durable, answer with SignedOwn. The message comes without time and
// signature; `state` is the record to write, with this message's place filled by the signer.
struct SignAndPersist {
  std::variant<Proposal, Vote> unsigned_message;
  SafetyState state;
  std::optional<BlockId> block_must_be_durable;  // at the segment tail, before the record
};
struct Broadcast {
  std::variant<Proposal, Vote, Certificate> message;
};
struct SetTimer {
  Timeout timeout;
};  // replaces a timer of the same kind, height and round
struct CancelTimers {};  // those of every earlier height
// More than two thirds precommitted a block whose bytes we lack. When they are here the host has
// the application look at them and answers Checked; a block from a peer's ledger comes as
// SyncedBlock.
struct FetchBlock {
  Height height = 0;
  BlockId id;
  Certificate commit{};  // that decides it: goes back with the bytes as SyncedBlock
};
struct Reshare {
  Height height = 0;
  BlockId id;
};  // send the parts again (hidden lock, re-proposal)
struct Decide {
  Height height = 0;
  Round round = 0;
  BlockId id;
  Certificate commit;
};
struct Equivocation {
  std::variant<Proposal, Vote> first, second;
};
struct Alarm {
  std::string what;
};
// Application: make a block for this height and round and answer Built.
struct Build {
  Height height = 0;
  Round round = 0;
};
// Application: is this block acceptable after height - 1? Deterministic, no clock. Answer Checked.
struct Check {
  Height height = 0;
  BlockId id;
};
// Application: execute on an overlay. Decide keeps the overlay and is answered by Finalized when it
// is done; a speculative run that is not decided is dropped without an answer.
struct Finalize {
  Height height = 0;
  BlockId id;
  bool speculative = false;
};

using Effect = std::variant<SignAndPersist, Broadcast, SetTimer, CancelTimers, FetchBlock, Reshare,
                            Decide, Equivocation, Alarm, Build, Check, Finalize>;

}  // namespace jiandu::consensus
