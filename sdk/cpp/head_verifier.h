// From the genesis document to the roots that a certified header binds, step by step.
//
// What every proof begins with (docs/proof-format.md): the validator sets are followed from genesis
// to the header, its commit is checked, and its app_hash opened. Reads no clock, no file and no
// network. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consensus/header.h"
#include "consensus/validator_set.h"
#include "ledger/model/genesis.h"
#include "ledger/model/head_proof.h"

namespace jiandu::sdk {

// One thing that was checked. The first that fails ends the check.
struct VerifyStep {
  std::string name;  // "genesis", "epochs", "header", "certificate", "opening", "inclusion", ...
  bool holds = false;
  std::string detail;  // what was found
  std::string detail_zh;
};

struct VerifySteps {
  std::vector<VerifyStep> list;

  // Record a step; they return whether it holds.
  bool Holds(std::string name, std::string detail, std::string detail_zh);
  bool Fails(std::string name, std::string detail, std::string detail_zh);
};

// The header, when it is certified and binds the opening. Else the last step says why not.
[[nodiscard]] std::optional<consensus::Header> VerifyHead(const ledger::HeadProof& head,
                                                          const ledger::Genesis& genesis,
                                                          VerifySteps& steps);

// The validators of height 1.
[[nodiscard]] Result<consensus::ValidatorSet> GenesisValidatorSet(const ledger::Genesis& genesis);

// "2026-11-21 08:30:01 UTC".
[[nodiscard]] std::string UtcText(ledger::TimeMs time);
// The first eight bytes, for messages.
[[nodiscard]] std::string ShortHex(ByteView bytes);

}  // namespace jiandu::sdk
