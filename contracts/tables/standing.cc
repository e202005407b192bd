// What becomes of a department: consumer rights, merger, new name, division (docs/contracts.md 4.1
// DP2, DP3; 809 Art. 17, 27, 29; 网数 Art. 14, 32).
#include <algorithm>
#include <array>

#include "contracts/clock.h"
#include "contracts/department.h"
#include "contracts/engine.h"
#include "contracts/proposal.h"
#include "contracts/resource.h"
#include "contracts/succession.h"

namespace jiandu::contracts {
namespace {

using ledger::DepartmentId;
using ledger::DepartmentStatus;
using ledger::EntityBody;
using ledger::EntityId;
using ledger::KeyRecord;

const EntityBody* Department(Case& judged, std::string_view code) {
  return judged.state.Body(ledger::DepartmentEntity(code));
}
const EntityBody* Target(Case& judged) { return Department(judged, judged.Text("department")); }
DepartmentId ManagerOfTarget(Case& judged) {
  const EntityBody* target = Target(judged);
  return target != nullptr ? ManagerOf(judged.state, target->Text("jurisdiction")) : DepartmentId();
}
bool IsAgainstManager(Case& judged) { return ManagerOfTarget(judged) == judged.Text("department"); }
void TouchTarget(Case& judged) {
  judged.also_touched.push_back(ledger::DepartmentEntity(judged.Text("department")));
}

// department.suspend, resume: the manager with the government; against the manager itself the
// government with the superior or the auditor.
Code MaySwitchRights(Case& judged) {
  if (Target(judged) == nullptr) return Code::kAccepted;  // UNKNOWN_REF answers later
  const std::string& who = judged.payload.department;
  const bool may = IsAgainstManager(judged) ? HasDepartmentRole(judged.state, who, "GOVERNMENT")
                                            : ManagerOfTarget(judged) == who;
  return may ? Code::kAccepted : Code::kRoleDenied;
}
bool IsSecondPower(Case& judged, const KeyRecord& peer) {
  const auto has = [&](std::string_view role) {
    return HasDepartmentRole(judged.state, peer.department, role);
  };
  return IsAgainstManager(judged) ? has("SUPERIOR") || has("AUDITOR") : has("GOVERNMENT");
}
bool Always(Case&) { return true; }
Code IsActiveTarget(Case& judged) {
  if (Target(judged) == nullptr) return Code::kUnknownRef;
  return IsActiveDepartment(judged.state, judged.Text("department")) ? Code::kAccepted
                                                                     : Code::kBadState;
}
bool IsResume(const Case& judged) { return judged.op.op == "department.resume"; }
Code RightsDiffer(Case& judged) {
  if (const Code code = IsActiveTarget(judged); code != Code::kAccepted) return code;
  return IsConsumerSuspended(judged.state, judged.Text("department")) == IsResume(judged)
             ? Code::kAccepted
             : Code::kBadState;
}
Code ReasonNamed(Case& judged) {
  return HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
void SwitchRights(Case& judged) {
  judged.note = judged.Text("reason_code");
  SetConsumerSuspended(judged.state, judged.Text("department"), !IsResume(judged));
  RecordAct(judged, ledger::DepartmentEntity(judged.Text("department")), 0);
  TouchTarget(judged);
}

// department.reorg
std::vector<DepartmentId> Successors(const Case& judged) {
  std::vector<DepartmentId> codes;
  for (const Json& code : judged.Form().ItemsOf("successors")) codes.push_back(code.AsString());
  return codes;
}
bool IsRenaming(const Case& judged) { return judged.Text("kind") == "RENAMED"; }

// MERGED goes into one, SPLIT into several, RENAMED stays under its code.
Code ReorgForm(Case& judged) {
  std::vector<DepartmentId> successors = Successors(judged);
  std::ranges::sort(successors);
  const bool twice = std::ranges::adjacent_find(successors) != successors.end();
  const bool into_itself =
      std::ranges::find(successors, judged.Text("department")) != successors.end();
  if (twice || into_itself) return Code::kFieldInvalid;
  if (IsRenaming(judged)) {
    if (judged.Text("name").empty()) return Code::kFieldRequired;
    const bool bare = successors.empty() && judged.Form().ItemsOf("mapping").empty() &&
                      judged.Text("default_successor").empty();
    return bare ? Code::kAccepted : Code::kFieldInvalid;
  }
  if (successors.empty()) return Code::kFieldRequired;
  const bool fits =
      judged.Text("kind") == "MERGED" ? successors.size() == 1 : successors.size() > 1;
  return fits ? Code::kAccepted : Code::kFieldInvalid;
}

// Whoever says that the old head is gone names one of the department that has ended.
bool IsHeadGone(Case& judged) {
  const EntityBody* head = judged.NamedBody("gone_head");
  return head != nullptr && head->kind == ledger::EntityKind::kIdentity &&
         head->department == judged.Text("department") &&
         head->status == To(ledger::IdentityStatus::kRevoked) &&
         (head->Number("duties") & ledger::duty::kHead) != 0;
}
// Old head, each new head, and the manager's; the government in place of an old head that is gone,
// and where the manager itself is reorganised.
Electorate SidesOfReorg(Case& judged) {
  const DepartmentId old(judged.Text("department"));
  const std::vector<DepartmentId> governments = DepartmentsOf(judged.state, "GOVERNMENT");
  Electorate electorate;
  electorate.groups.push_back(IsHeadGone(judged) ? governments : std::vector{old});
  for (const DepartmentId& code : Successors(judged)) electorate.groups.push_back({code});
  const DepartmentId manager = ManagerOfTarget(judged);
  electorate.groups.push_back(manager == old ? governments : std::vector{manager});
  return electorate;
}

// Nobody can list what only arises later (evidence, disposal, disputes): what is not mapped needs a
// successor too. A mapped item is one in which the department has a part.
Code EverythingCovered(Case& judged) {
  if (IsRenaming(judged)) return Code::kAccepted;
  if (judged.Text("default_successor").empty()) return Code::kReorgIncomplete;
  for (const Json& entry : judged.Form().ItemsOf("mapping")) {
    const auto id = ledger::ParseEntityId(entry.TextOr("item"));
    const EntityBody* item = id ? judged.state.Body(*id) : nullptr;
    const bool has_part =
        item != nullptr && (item->department == judged.Text("department") ||
                            std::ranges::any_of(item->parties, [&judged](const auto& party) {
                              return party.second == judged.Text("department");
                            }));
    if (!has_part) return Code::kReorgIncomplete;
  }
  return Code::kAccepted;
}
Code SuccessorsActive(Case& judged) {
  if (IsRenaming(judged)) return Code::kAccepted;
  const std::vector<DepartmentId> successors = Successors(judged);
  const auto follows = [&](std::string_view code) {
    return std::ranges::find(successors, code) != successors.end();
  };
  for (const DepartmentId& code : successors) {
    if (!IsActiveDepartment(judged.state, code)) return Code::kSuccessorInactive;
  }
  if (!follows(judged.Text("default_successor"))) return Code::kSuccessorInactive;
  for (const Json& entry : judged.Form().ItemsOf("mapping")) {
    if (!follows(entry.TextOr("successor"))) return Code::kSuccessorInactive;
  }
  return Code::kAccepted;
}

// The manager of a jurisdiction passes its office on with everything else.
void PassOffice(Case& judged, const std::string& heir) {
  const EntityBody& old = *Target(judged);
  const Bytes key = ledger::ConfigKey("manager/" + std::string(old.Text("jurisdiction")));
  const auto manager = judged.state.Get(key);
  if (!manager || AsText(*manager) != judged.Text("department")) return;
  judged.state.Put(key, ToBytes(heir));
  if (HasDepartmentRole(judged.state, heir, "MANAGER")) return;
  judged.state.Edit(ledger::DepartmentEntity(heir)).texts["roles"].append(",MANAGER");
  ListDepartment(judged.state, heir, "MANAGER");
}

// Who follows is written once; cases learn of it when they are read (contracts/succession.h).
void PassOnEverything(Case& judged) {
  const std::string old(judged.Text("department"));
  const std::string heir(judged.Text("default_successor"));
  judged.state.Put(SuccessorKey(old), EncodeSuccession({.at = judged.Time(), .successor = heir}));
  for (const Json& entry : judged.Form().ItemsOf("mapping")) {
    judged.state.Put(HeirKey(*ledger::ParseEntityId(entry.TextOr("item")), old),
                     ToBytes(entry.TextOr("successor")));
  }
  for (const DepartmentId& code : Successors(judged)) NotePredecessor(judged.state, code, old);
  PassOffice(judged, heir);
  UnlistDepartment(judged.state, old, Target(judged)->Text("roles"));
}

void Reorganise(Case& judged) {
  const EntityId id = ledger::DepartmentEntity(judged.Text("department"));
  std::vector<DepartmentId> owing = Successors(judged);
  if (IsRenaming(judged)) {
    owing = {DepartmentId(judged.Text("department"))};
  } else {
    PassOnEverything(judged);
  }
  EntityBody& old = judged.state.Edit(id);
  std::string successors;
  for (const DepartmentId& code : owing) {
    // New duties are entered into the catalogue (809 Art. 17).
    StartClock(judged.state, old, "D01", code, judged.Time());
    if (!IsRenaming(judged)) successors.append(successors.empty() ? "" : ",").append(code);
  }
  if (IsRenaming(judged)) {
    old.texts["former_name"] = std::string(old.Text("name"));
    old.texts["name"] = std::string(judged.Text("name"));
  } else {
    old.texts["successors"] = successors;
    old.texts["default_successor"] = std::string(judged.Text("default_successor"));
    old.numbers["until"] = judged.Time();
  }
  old.texts["decision_no"] = std::string(judged.Text("decision_no"));
  judged.note = judged.Text("kind");
  const DepartmentStatus status = IsRenaming(judged)                ? DepartmentStatus::kRenamed
                                  : judged.Text("kind") == "MERGED" ? DepartmentStatus::kMerged
                                                                    : DepartmentStatus::kSplit;
  RecordAct(judged, id, To(status));
  TouchTarget(judged);
  for (const DepartmentId& code : Successors(judged)) {
    judged.also_touched.push_back(ledger::DepartmentEntity(code));
  }
}

Code MayReorganise(Case& judged) {
  return Target(judged) == nullptr ? Code::kAccepted : SenderVotes(judged);
}

constexpr Check kRightsRules[] = {ReasonNamed};
constexpr Check kReorgRules[] = {EverythingCovered, SuccessorsActive, Quorum};

constexpr CaseRow kRows[] = {
    {.op = "department.suspend",
     .sides = side::kAnyManager | side::kGovernment,
     .who = Who::kHead,
     .peer = IsSecondPower,
     .peer_needed = Always,
     .role = MaySwitchRights,
     .condition = RightsDiffer,
     .rules = kRightsRules,
     .effect = SwitchRights},
    {.op = "department.resume",
     .sides = side::kAnyManager | side::kGovernment,
     .who = Who::kHead,
     .peer = IsSecondPower,
     .peer_needed = Always,
     .role = MaySwitchRights,
     .condition = RightsDiffer,
     .rules = kRightsRules,
     .effect = SwitchRights},
    {.op = "department.reorg",
     .who = Who::kHead,
     .required = ReorgForm,
     .peer = IsVotingHead,
     .electorate = SidesOfReorg,
     .role = MayReorganise,
     .condition = IsActiveTarget,
     .rules = kReorgRules,
     .effect = Reorganise},
};

}  // namespace

std::span<const CaseRow> StandingRows() { return kRows; }

}  // namespace jiandu::contracts
