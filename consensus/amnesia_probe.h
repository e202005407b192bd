// What a restarted validator asks before its first signature: what do you hold of me?
//
// Covers a data directory rolled back to an older copy: the record on disk then knows less than the
// network does. The host sends the probe to every peer and feeds the answers; nothing is signed
// until answers of a quorum, ourselves included, are in. That costs no liveness: below a quorum
// nothing can be decided anyway. Pure; one thread. Source: docs/consensus.md (Signing).
#pragma once

#include <optional>
#include <set>
#include <string>

#include "consensus/input.h"
#include "consensus/signed_message.h"

namespace jiandu::consensus {

class AmnesiaProbeRun {
 public:
  // `record` is what safety.rec says (default-constructed when it is new), `set` votes on `height`.
  AmnesiaProbeRun(Address me, Height height, ValidatorSetPtr set, SafetyState record);

  // The latest that validator `from` holds of what we have signed. One whose signature does not
  // verify counts as no answer: a liar could otherwise keep us silent.
  void Answer(std::string_view chain_id, const Address& from,
              const std::optional<SignedMessage>& highest);

  // The ledger has gone on, by blocks of others, and `set` votes on `height`. True when it is
  // another one: then all are to be asked again, for answers of those who had no seat were not
  // heard, and who has none any more need not answer.
  [[nodiscard]] bool MoveTo(Height height, ValidatorSetPtr set);

  // Enough answers, or one that is bad enough.
  [[nodiscard]] bool IsDone() const { return foreign_.has_value() || HasQuorum(); }
  [[nodiscard]] bool HasQuorum() const;
  // Signed with our key at or above the record, and the record does not know it: another machine
  // signs with this key, or the record was rolled back. Why, for the alarm; nothing when all is
  // well.
  [[nodiscard]] std::optional<std::string> Foreign() const { return foreign_; }
  // The latest such place in the answers so far: nothing may be signed up to its height.
  [[nodiscard]] const std::optional<Place>& HighestForeign() const { return highest_foreign_; }

 private:
  [[nodiscard]] bool IsKnown(const SignedMessage& message) const;
  void NoteForeign(const SignedMessage& message);

  Address me_;
  Height height_;
  ValidatorSetPtr set_;
  SafetyState record_;
  std::set<Address> answered_;
  std::optional<std::string> foreign_;
  std::optional<Place> highest_foreign_;
};

}  // namespace jiandu::consensus
