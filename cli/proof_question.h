// The question a proof is to answer, as options of `prove` and `verify`.
//
// Who made a bundle chose its query, and two ids may look alike: what comes back is compared with
// what was asked.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "ledger/model/proof_query.h"

namespace jiandu::cli {

struct ProofQuestion {
  std::string transaction;
  std::string history;
  std::vector<std::string> histories;
  std::string lineage;
  std::string direction = "down";
  std::string absence;  // id of what does not exist
  std::string resource;
  std::string department;
  std::string name;
};

// Nothing when nothing is asked. kInvalid says which option to mend; two questions are one too
// many.
[[nodiscard]] Result<std::optional<ledger::ProofQuery>> AskedQuery(const ProofQuestion& question);

// What came back answers what was asked; kConflict says what it answers instead.
[[nodiscard]] Result<void> CheckAnswers(const ledger::ProofQuery& answered,
                                        const ledger::ProofQuery& asked);

// "history 11...", in ASCII.
[[nodiscard]] std::string QueryText(const ledger::ProofQuery& query);

}  // namespace jiandu::cli
