// What the contracts derive, in the words of the gateway's port: flags, carriers, changes, tasks,
// deadlines. One conversion for the node's snapshot and for the tests' networks in memory.
//
// Header only and pure, so that a test of the gateway needs no node. Any thread.
#pragma once

#include <utility>
#include <vector>

#include "contracts/access_check.h"
#include "contracts/access_trace.h"
#include "contracts/clock.h"
#include "contracts/derived_flags.h"
#include "contracts/downstream.h"
#include "gateway/ports.h"

namespace jiandu::node {

[[nodiscard]] inline std::vector<gateway::LedgerSnapshot::DerivedFlag> ToPort(
    std::vector<contracts::DerivedFlag> derived) {
  std::vector<gateway::LedgerSnapshot::DerivedFlag> flags;
  flags.reserve(derived.size());
  for (contracts::DerivedFlag& one : derived) {
    flags.push_back({.flag = one.flag,
                     .subject = one.subject,
                     .value = one.value,
                     .department = std::move(one.department),
                     .detail = std::move(one.detail)});
  }
  return flags;
}

[[nodiscard]] inline gateway::LedgerSnapshot::Carriers ToPort(
    const contracts::DownstreamList& reached) {
  gateway::LedgerSnapshot::Carriers carriers{.list = {}, .whole = reached.whole};
  carriers.list.reserve(reached.carriers.size());
  for (const contracts::Downstream& one : reached.carriers) {
    carriers.list.push_back({.resource = one.resource,
                             .derivation = one.derivation,
                             .input = one.input,
                             .made_of = one.made_of,
                             .input_version = one.input_version,
                             .out_version = one.out_version,
                             .items = {one.items.begin(), one.items.end()},
                             .stale = {one.stale.begin(), one.stale.end()},
                             .level = one.level});
  }
  return carriers;
}

[[nodiscard]] inline std::vector<gateway::LedgerSnapshot::ItemChange> ToPort(
    const std::vector<contracts::ItemChange>& found) {
  std::vector<gateway::LedgerSnapshot::ItemChange> changes;
  changes.reserve(found.size());
  for (const contracts::ItemChange& one : found) {
    changes.push_back({.version = one.version, .correction = one.correction});
  }
  return changes;
}

[[nodiscard]] inline std::vector<gateway::LedgerSnapshot::HolderTask> ToPort(
    std::vector<contracts::CorrectionTask> owed) {
  std::vector<gateway::LedgerSnapshot::HolderTask> tasks;
  tasks.reserve(owed.size());
  for (contracts::CorrectionTask& one : owed) {
    gateway::LedgerSnapshot::HolderTask task{.held = one.held,
                                             .department = std::move(one.department),
                                             .start = one.start,
                                             .due = one.due.at};
    if (one.answer) {
      task.outcome = one.answer->outcome;
      task.answered_at = one.answer->at;
      task.late = one.answer->late;
    }
    tasks.push_back(std::move(task));
  }
  return tasks;
}

[[nodiscard]] inline std::vector<gateway::LedgerSnapshot::OwedClock> ToPort(
    std::vector<contracts::DerivedClock> owed) {
  std::vector<gateway::LedgerSnapshot::OwedClock> clocks;
  clocks.reserve(owed.size());
  for (contracts::DerivedClock& one : owed) {
    clocks.push_back({.subject = one.subject, .clock = std::move(one.clock)});
  }
  return clocks;
}

[[nodiscard]] inline std::optional<ledger::TimeMs> TimeOfAccess(const ledger::StateView& view,
                                                                const ledger::EntityId& grant,
                                                                std::string_view acc_id) {
  const auto bytes = view.Get(contracts::TraceKey(grant, contracts::TraceKind::kAccess, acc_id));
  const auto trace = bytes ? contracts::DecodeTrace(*bytes) : std::nullopt;
  return trace ? std::optional(trace->occurred_at) : std::nullopt;
}

[[nodiscard]] inline std::optional<gateway::LedgerSnapshot::AccessPermit> PermitOf(
    const ledger::StateView& view, const contracts::AsOf& at,
    const gateway::LedgerSnapshot::AccessAsked& asked) {
  auto permit = contracts::CheckAccess(view, at,
                                       {.grant = asked.grant,
                                        .system = asked.system,
                                        .acct_tag = asked.acct_tag,
                                        .client_ip = asked.client_ip,
                                        .client_net = asked.client_net,
                                        .purpose_code = asked.purpose_code,
                                        .matter_code = asked.matter_code,
                                        .items = asked.items,
                                        .rows = asked.rows});
  if (!permit) return std::nullopt;
  return gateway::LedgerSnapshot::AccessPermit{.flags = std::move(permit->flags),
                                               .is_suspended = permit->is_suspended,
                                               .is_stopped = permit->is_stopped,
                                               .is_revoked = permit->is_revoked,
                                               .items = std::move(permit->items),
                                               .masks = std::move(permit->masks),
                                               .valid_to = permit->valid_to,
                                               .left_today = permit->left_today,
                                               .records_each = permit->records_each};
}

[[nodiscard]] inline gateway::LedgerSnapshot::ClockTimes TimesOf(const ledger::StateView& view,
                                                                 const ledger::Clock& clock,
                                                                 ledger::TimeMs at) {
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(view);
  const auto due = contracts::DueOf(calendar, clock);
  return {.due = due.at,
          .provisional = due.provisional,
          .late = contracts::LateUnits(calendar, clock, at)};
}

}  // namespace jiandu::node
