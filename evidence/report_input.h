// What a report is made of: the proven record, its verdict, the bodies, and the genesis document.
//
// Everything a section says comes from here and nowhere else, so the same pack gives the same page
// for ever. Plain value over borrowed parts.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger/export/proven_record.h"
#include "ledger/model/body.h"
#include "ledger/model/genesis.h"
#include "sdk/cpp/proof_verifier.h"

namespace jiandu::evidence {

struct ReportInput {
  const ledger::ProvenRecord& record;
  const sdk::ProofVerdict& verdict;
  const std::map<ledger::EntityId, ledger::EntityBody>& bodies;
  const ledger::Genesis& genesis;
  ledger::EntityId subject;            // the case
  std::string proof_hash;              // SHA-256 of the proof's text
  ledger::WorkCalendar calendar = {};  // of the genesis document, and as published in the record

  // Of the entities asked for, those (of a kind, when it is named) whose contents are not here: who
  // made the pack may have left them out, and what stands in them is not known.
  [[nodiscard]] std::size_t Unseen(std::optional<ledger::EntityKind> kind = std::nullopt) const;
  // Grants that the events touch and whose own events are not here.
  [[nodiscard]] std::size_t GrantsLeftOut() const;
  // HTML: "name (code)", or the code of who is not in the genesis document.
  [[nodiscard]] std::string Department(std::string_view code) const;
  // HTML: the officer's post in the genesis document and the key.
  [[nodiscard]] std::string Officer(const ledger::KeyId& key) const;
  // HTML: kind and id.
  [[nodiscard]] std::string Entity(const ledger::EntityId& id) const;
};

// Fills the calendar.
void ReadCalendars(ReportInput& input);

}  // namespace jiandu::evidence
