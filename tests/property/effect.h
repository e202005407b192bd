// What an accepted transaction brought about: its own act, or the one that waited for a signature.
#pragma once

#include "tests/property/world.h"

namespace jiandu::contracts::property {

struct Effect {
  ledger::Payload payload;
  std::vector<ledger::Signer> signers;  // of all parts
  ledger::TxId txid;
  std::uint64_t flags = 0;
  std::int64_t time = 0;
  ledger::Height height = 0;
  ledger::LogIndex index = 0;  // of the log entry with which it took effect
};

}  // namespace jiandu::contracts::property
