// Grades, versions and open cases of resources.
#include "contracts/resource.h"

#include <algorithm>
#include <array>

#include "contracts/case_table.h"
#include "contracts/lineage.h"
#include "ledger/model/grant_index.h"

namespace jiandu::contracts {
namespace {

constexpr std::size_t kVersionsMax = 512;

Bytes MarkKey(const ledger::EntityId& resource, char mark) {
  const std::array<std::uint8_t, 1> suffix = {static_cast<std::uint8_t>(mark)};
  return ledger::PartKey(resource, suffix);
}

void SetOpen(BlockState& state, const ledger::EntityId& resource, std::uint32_t open) {
  Bytes value;
  AppendU32Be(value, open);
  state.Put(MarkKey(resource, 'o'), std::move(value));
}

}  // namespace

int GradeRank(std::string_view grade) { return ledger::GradeRank(grade); }

std::int64_t CycleMs(std::string_view update_cycle) {
  constexpr std::int64_t kDayMs = 86'400'000;
  if (update_cycle == "REALTIME" || update_cycle == "DAILY") return 2 * kDayMs;
  if (update_cycle == "WEEKLY") return 8 * kDayMs;
  if (update_cycle == "MONTHLY") return 32 * kDayMs;
  if (update_cycle == "QUARTERLY") return 93 * kDayMs;
  if (update_cycle == "YEARLY") return 367 * kDayMs;
  return 0;
}

bool HasReason(const Json& form) {
  return !form.TextOr("reason_code").empty() && !form.TextOr("reason_digest").empty();
}

void AddVersion(BlockState& state, const ledger::EntityId& resource, ledger::TimeMs time,
                std::int64_t version) {
  std::vector<Version>& versions = state.Versions(resource);
  if (versions.size() >= kVersionsMax) {
    ForgetVersion(state, resource, versions.front().number);
    versions.erase(versions.begin());
  }
  versions.push_back({.from = time, .number = version});
  state.Put(VersionsKey(resource), EncodeVersions(versions));
}

std::uint32_t OpenCases(const BlockState& state, const ledger::EntityId& resource) {
  return ReadCount(state.Get(MarkKey(resource, 'o')));
}
void OpenCase(BlockState& state, const ledger::EntityId& resource) {
  SetOpen(state, resource, OpenCases(state, resource) + 1);
}
void CloseCase(BlockState& state, const ledger::EntityId& resource) {
  SetOpen(state, resource, std::max(OpenCases(state, resource), 1U) - 1);
}

bool IsOpenRequest(const ledger::EntityBody& request) {
  using enum ledger::RequestStatus;
  return ((In(kSubmitted) | In(kReturned) | In(kOffered) | In(kApproved)) >> request.status & 1U) !=
         0;
}

void MarkUser(BlockState& state, const ledger::EntityId& resource, std::string_view department) {
  state.Put(MarkKey(ledger::PairEntity(resource, department), 'g'), {});
}
bool IsKnownUser(const BlockState& state, const ledger::EntityId& resource,
                 std::string_view department) {
  return state.Has(MarkKey(ledger::PairEntity(resource, department), 'g'));
}
void MarkHolder(BlockState& state, const ledger::EntityId& resource, std::string_view department,
                const ledger::EntityId& grant) {
  state.Put(MarkKey(ledger::PairEntity(resource, department), 'n'), ToBytes(grant.View()));
}
ledger::EntityId NewestGrant(const BlockState& state, const ledger::EntityId& resource,
                             std::string_view department) {
  const auto bytes = state.Get(MarkKey(ledger::PairEntity(resource, department), 'n'));
  const auto id = bytes ? ledger::EntityId::From(*bytes) : std::nullopt;
  return id ? *id : ledger::EntityId();
}

}  // namespace jiandu::contracts
