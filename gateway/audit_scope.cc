// See audit_scope.h.
#include "gateway/audit_scope.h"

#include <algorithm>

#include "gateway/audit_access_reports.h"
#include "gateway/visibility.h"

namespace jiandu::gateway {

using ledger::EntityId;
using ledger::EntityKind;

ScopeCut::ScopeCut(const Call& call) : call_(&call), scope_(ScopeOf(call)) {}

bool ScopeCut::Covers(const EntityId& id) {
  if (!scope_) return true;
  if (const auto known = known_.find(id); known != known_.end()) return known->second;
  return known_.emplace(id, Judge(id)).first->second;
}

bool ScopeCut::Judge(const EntityId& id) const {
  if (ledger::KindOf(id) == EntityKind::kResource) return scope_->Covers(*call_->snapshot, id);
  const auto body = FindBody(*call_->snapshot, id);
  if (!body) return false;
  // Who manages or opened a case is no side of it: else an engagement about a manager would cover
  // all it manages.
  const bool opened = body->kind == EntityKind::kGrant;
  const bool has_side = (!opened && CoversDepartment(body->department)) ||
                        std::ranges::any_of(body->parties, [&](const auto& one) {
                          return IsSideName(body->kind, one.first) && CoversDepartment(one.second);
                        });
  if (has_side) return true;
  if (const EntityId* resource = body->Link("resource")) {
    return scope_->Covers(*call_->snapshot, *resource);
  }
  const EntityId* grant_id = body->Link("grant");
  const auto grant = grant_id != nullptr ? FindBody(*call_->snapshot, *grant_id) : std::nullopt;
  const EntityId* resource = grant ? grant->Link("resource") : nullptr;
  return resource != nullptr && scope_->Covers(*call_->snapshot, *resource);
}

bool ScopeCut::CoversDepartment(std::string_view department) const {
  if (!scope_) return true;
  return !department.empty() &&
         (scope_->departments.contains(department) || department == call_->reader->department);
}

bool ScopeCut::CoversRow(const Json& row) {
  if (!scope_ || CoversDepartment(row.TextOr("department"))) return true;
  const auto entities = row.ItemsOf("entities");
  return std::ranges::any_of(entities, [this](const Json& one) {
    const auto id = ledger::ParseEntityId(one.TextOr("entity"));
    return id && Covers(*id);
  });
}

bool ScopeCut::CoversEvent(const ledger::Stub& stub) {
  if (!scope_) return true;
  const bool on_case = std::ranges::any_of(stub.touched, [this](const ledger::Touch& touch) {
    return ledger::IsCase(ledger::KindOf(touch.entity)) && Covers(touch.entity);
  });
  if (on_case) return true;
  return std::ranges::any_of(scope_->departments, [&stub](const std::string& department) {
    const EntityId month = ledger::DepartmentMonthEntity(department, stub.time);
    return std::ranges::find(stub.touched, month, &ledger::Touch::entity) != stub.touched.end();
  });
}

bool ScopeCut::CoversTime(ledger::TimeMs time) const {
  return !scope_ || (time >= scope_->from && time < scope_->until);
}

bool ScopeCut::CoversHappening(const ReadTransaction& found) const {
  return !scope_ || HappenedIn(*call_->snapshot, found, scope_->from, scope_->until);
}

bool ScopeCut::BeganBeforeEnd(ledger::TimeMs time) const { return !scope_ || time < scope_->until; }

bool ScopeCut::Keeps(bool covered) {
  if (!covered) LeaveOut();
  return covered;
}

void ScopeCut::AddGap(Completeness& completeness) const {
  if (left_out_ == 0) return;
  const std::string count = std::to_string(left_out_);
  completeness.AddGap(count + (left_out_ == 1 ? " row lies" : " rows lie") +
                          " outside the engagement's scope or period, and " +
                          (left_out_ == 1 ? "is" : "are") + " not shown",
                      count + " 行不在审计任务的范围或期间内, 未予显示");
}

}  // namespace jiandu::gateway
