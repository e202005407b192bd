// The transactions of one block, in order: writes, stubs and result codes.
//
// Pure: the same view, context and transactions give the same outcome on every node. The caller has
// checked form, signatures, exp and txid (admission.h). Owned by nobody; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"
#include "ledger/model/write_set.h"

namespace jiandu::contracts {

using TransactionPtr = std::shared_ptr<const ledger::Transaction>;  // published once decoded

struct BlockContext {
  std::string chain;
  ledger::Height height = 0;
  ledger::TimeMs time = 0;        // header.time
  ledger::LogIndex log_size = 0;  // of the log before the block: index of the first stub
  // Addresses of the validators that proposed the block, or signed the commit that it carries.
  std::vector<FixedBytes<20>> seen = {};
};

// A change of the validator set; it votes from height + 2 on. power 0 removes.
struct ValidatorUpdate {
  crypto::Ed25519PublicKey key;
  std::uint64_t power = 0;
};

struct BlockOutcome {
  ledger::WriteSet writes;           // bodies, leaves, keys, counters, expiry set
  std::vector<ledger::Stub> stubs;   // one per transaction, block order
  std::vector<std::uint32_t> codes;  // the same codes, for last_results_hash
  std::vector<ValidatorUpdate> validator_updates;
  // For the lists: an entity, the place of its birth in the log, and departments that list it.
  struct Listing {
    ledger::EntityId id;
    ledger::LogIndex index = 0;
    std::vector<ledger::DepartmentId> departments;
  };
  std::vector<Listing> births;  // entities born in the block
  std::vector<Listing> joined;  // born before, with the departments that have come into them
};

[[nodiscard]] BlockOutcome ApplyBlock(const ledger::StateView& view, const BlockContext& context,
                                      const std::vector<TransactionPtr>& transactions);

}  // namespace jiandu::contracts
