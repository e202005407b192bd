// Checks a receipt offline, from the genesis document alone.
//
// Follows the offline verifier of the design (audit.md, steps 1 to 5, 10 and 11). Reads no clock,
// no file and no network: the same receipt and genesis give the same verdict for ever. Pure; any
// thread.
#pragma once

#include <string>
#include <vector>

#include "ledger/model/genesis.h"
#include "ledger/model/receipt.h"
#include "ledger/model/stub.h"
#include "sdk/cpp/head_verifier.h"

namespace jiandu::sdk {

struct Verdict {
  bool verified = false;
  std::vector<VerifyStep> steps;
  // What no step covers: said aloud, never passed over.
  std::vector<std::string> not_proven;
  std::vector<std::string> not_proven_zh;
  // Filled as far as the steps went.
  ledger::Height height = 0;  // of the transaction's block
  ledger::TimeMs time = 0;
  ledger::Height proven_at = 0;  // height of the header the proof hangs on
  std::string op;
  std::string department;
  ledger::TxId txid;
  std::uint32_t code = 0;
  std::uint64_t flags = 0;

  // "complete as of ..." is never claimed for one transaction; this is the sentence that is true.
  [[nodiscard]] std::string TrustStatement() const;
  [[nodiscard]] std::string TrustStatementZh() const;
};

[[nodiscard]] Verdict VerifyReceipt(const ledger::Receipt& receipt, const ledger::Genesis& genesis);

}  // namespace jiandu::sdk
