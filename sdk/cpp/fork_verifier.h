// Checks a fork proof offline, from the genesis document alone, and names who signed both headers.
//
// Follows docs/proof-format.md, "Fork proof". Reads no clock, no file and no network. Pure; any
// thread.
#pragma once

#include <string>
#include <vector>

#include "consensus/light_client.h"
#include "ledger/model/fork_proof.h"
#include "ledger/model/genesis.h"
#include "sdk/cpp/head_verifier.h"
#include "sdk/cpp/proof_verifier.h"

namespace jiandu::sdk {

// A validator by its address; of those in the genesis document also whose it is.
struct Signer {
  consensus::Address address;
  ledger::DepartmentId department;  // "" when it joined later
  std::string name;
  bool operator==(const Signer&) const = default;
};
// Who signed for the block of a commit, in set order.
[[nodiscard]] std::vector<Signer> SignersOf(const consensus::Commit& commit,
                                            const ledger::Genesis& genesis);
// "name (department)", or the address, with commas between.
[[nodiscard]] std::string NamesOf(const std::vector<Signer>& signers);

struct ForkVerdict {
  bool verified = false;
  std::vector<VerifyStep> steps;
  // Filled as far as the steps went.
  ledger::Height height = 0;
  std::vector<std::string> differs;  // fields of the header: "app_hash", "time", ...
  std::vector<Signer> signed_both;
  bool same_round = false;  // then each of them signed twice what may be signed once

  [[nodiscard]] Sentence Statement() const;
};

[[nodiscard]] ForkVerdict VerifyFork(const ledger::ForkProof& proof,
                                     const ledger::Genesis& genesis);

}  // namespace jiandu::sdk
