// Departments (docs/contracts.md 4.1). The first ones come from genesis.
#include <algorithm>

#include "contracts/department.h"
#include "contracts/engine.h"
#include "contracts/identity.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {
namespace {

using ledger::KeyRecord;

// department.register
Code RegisterForm(Case& judged) {
  std::vector<std::string_view> seen;
  for (const Json& identity : judged.Form().ItemsOf("identities")) {
    for (const std::string_view unique : {identity.TextOr("key"), identity.TextOr("name")}) {
      if (std::ranges::find(seen, unique) != seen.end()) return Code::kFieldInvalid;
      seen.push_back(unique);
    }
    if (!HasFittingDuties(identity) ||
        !ProvesPossession(identity, judged.payload.chain, judged.Text("code"),
                          identity.TextOr("name"))) {
      return Code::kFieldInvalid;
    }
  }
  return Code::kAccepted;
}

bool IsAuditorHead(Case& judged, const KeyRecord& peer) {
  return HasDepartmentRole(judged.state, peer.department, "AUDITOR");
}
bool Always(Case&) { return true; }

Code NewDepartment(Case& judged) {
  return judged.state.Exists(ledger::DepartmentEntity(judged.Text("code"))) ? Code::kDuplicate
                                                                            : Code::kAccepted;
}
Code DepartmentCode(Case& judged) {
  return ledger::IsDepartmentCode(judged.Text("code")) ? Code::kAccepted
                                                       : Code::kDepartmentCodeInvalid;
}
bool IsManager(const Json& form) {
  const auto roles = form.ItemsOf("roles");
  return std::ranges::any_of(roles, [](const Json& role) { return role.AsString() == "MANAGER"; });
}
Code OneManager(Case& judged) {
  const Bytes office =
      ledger::ConfigKey(ledger::OfficeName("MANAGER", judged.Text("jurisdiction")));
  return IsManager(judged.Form()) && judged.state.Has(office) ? Code::kManagerExists
                                                              : Code::kAccepted;
}
Code NewKeys(Case& judged) {
  for (const Json& identity : judged.Form().ItemsOf("identities")) {
    if (IsKeyInUse(judged.state, identity)) return Code::kKeyInUse;
  }
  return Code::kAccepted;
}
Code AllDuties(Case& judged) {
  for (const Json& identity : judged.Form().ItemsOf("identities")) {
    if (!ledger::AreDutiesCompatible(DutiesOf(identity))) return Code::kDutyConflict;
  }
  return Code::kAccepted;
}

Code AllCerts(Case& judged) {
  for (const Json& identity : judged.Form().ItemsOf("identities")) {
    if (HasLapsedCert(identity, judged.Time())) return Code::kCertExpired;
  }
  return Code::kAccepted;
}

// The first of its role in the jurisdiction is found by it.
void HoldOffice(Case& judged, std::string_view role) {
  const std::string office = ledger::OfficeName(role, judged.Text("jurisdiction"));
  if (office.empty() || judged.state.Has(ledger::ConfigKey(office))) return;
  judged.state.Put(ledger::ConfigKey(office), ToBytes(judged.Text("code")));
}

void RegisterDepartment(Case& judged) {
  const std::string code(judged.Text("code"));
  Birth birth{.id = ledger::DepartmentEntity(code),
              .body = NewEntity(judged, ledger::EntityKind::kDepartment).body};
  std::string roles;
  for (const Json& role : judged.Form().ItemsOf("roles")) {
    if (!roles.empty()) roles += ',';
    roles += role.AsString();
    HoldOffice(judged, role.AsString());
  }
  birth.body.status = To(ledger::DepartmentStatus::kActive);
  birth.body.department = code;
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  for (const std::string_view name : {"alias", "jurisdiction", "kind", "level", "name"}) {
    birth.body.texts.emplace(name, judged.Text(name));
  }
  birth.body.texts.emplace("roles", roles);
  ListDepartment(judged.state, code, roles);
  AddBirth(judged, std::move(birth));
  for (const Json& identity : judged.Form().ItemsOf("identities")) {
    PutIdentity(judged, code, identity);
  }
}

constexpr Check kRegisterDepartmentRules[] = {DepartmentCode, OneManager, NewKeys, AllDuties,
                                              AllCerts};

constexpr CaseRow kRows[] = {
    {.op = "department.register",
     .sides = side::kManager,
     .who = Who::kMakerHead,
     .required = RegisterForm,
     .peer = IsAuditorHead,
     .peer_needed = Always,
     .condition = NewDepartment,
     .rules = kRegisterDepartmentRules,
     .effect = RegisterDepartment},
};

}  // namespace

std::span<const CaseRow> DepartmentRows() { return kRows; }

}  // namespace jiandu::contracts
