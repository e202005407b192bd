// Whether an access would be let in (docs/contracts.md 4.10, AC1; S3 API gateway): asked by an
// application or a department's own gateway before it accesses.
//
// The access is judged as its record will be, by the same rules, as of a height, and nothing is
// written. What a record is only flagged for, a check denies. Pure functions over a view; any
// thread with a view of its own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "contracts/as_of.h"
#include "ledger/model/code_numbers.h"

namespace jiandu::contracts {

struct AccessAsked {
  ledger::EntityId grant;
  std::string system = {};     // id of an identity, or
  std::string acct_tag = {};   // tag of an account
  std::string client_ip = {};  // "" here and below: not asked
  std::string client_net = {};
  std::string purpose_code = {};
  std::string matter_code = {};
  std::vector<std::string> items = {};
  std::uint64_t rows = 0;
};
struct AccessPermit {
  // Why not; empty: it would be let in. Flags that deny, and besides them:
  std::vector<std::string> flags = {};
  bool is_suspended = false;                                    // the consumer has not its rights
  bool is_stopped = false;                                      // the resource lets nobody in
  bool is_revoked = false;                                      // the system is not in force
  std::vector<std::string> items = {};                          // granted
  std::vector<std::pair<std::string, std::string>> masks = {};  // item, profile
  ledger::TimeMs valid_to = 0;                                  // first moment after the grant
  std::optional<std::uint64_t> left_today = {};                 // uses; nothing: no bound
  bool records_each = false;                                    // G4 and higher: no digest batches

  [[nodiscard]] bool IsPermitted() const {
    return flags.empty() && !is_suspended && !is_stopped && !is_revoked;
  }
};
// The flags of a record for which nobody is let in.
[[nodiscard]] std::span<const ledger::Flag> DenyingFlags();
// Nothing when there is no such grant.
[[nodiscard]] std::optional<AccessPermit> CheckAccess(const ledger::StateView& view, const AsOf& at,
                                                      const AccessAsked& asked);

}  // namespace jiandu::contracts
