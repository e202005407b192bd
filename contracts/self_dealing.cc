// Who stands beside a manager that is a side.
#include "contracts/self_dealing.h"

#include <algorithm>
#include <array>

#include "contracts/department.h"
#include "contracts/engine.h"
#include "contracts/jurisdiction.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::SignerRole;

// Views into the bodies and the payload of the case.
struct Sides {
  std::string_view manager, consumer, provider;
};

// An emergency has no sides of its own: those of a grant under it are the resource's, and the
// consumer the transaction names.
Sides SidesOf(const Case& judged) {
  if (judged.body == nullptr) return {};
  const bool emergency = judged.body->kind == ledger::EntityKind::kEmergency;
  const EntityBody* body = emergency ? judged.NamedBody("resource") : judged.body;
  if (body == nullptr) return {};
  return {.manager = body->Party("manager"),
          .consumer = emergency ? judged.Text("consumer") : body->Party("consumer"),
          .provider = body->Party("provider")};
}

constexpr std::array<std::string_view, 2> kRolesAbove = {"GOVERNMENT", "SUPERIOR"};

// A government elsewhere is above nobody here.
bool IsOver(BlockState& state, std::string_view who, std::string_view manager) {
  if (manager.empty()) return true;  // no case to be above of: that is answered elsewhere
  return who != manager && Covers(JurisdictionOf(state, who), JurisdictionOf(state, manager));
}
bool IsAbove(Case& judged, const ledger::KeyRecord& peer) {
  const std::string_view manager = SidesOf(judged).manager;
  const auto has_role = [&](std::string_view role) {
    return HasDepartmentRole(judged.state, peer.department, role);
  };
  return std::ranges::any_of(kRolesAbove, has_role) &&
         IsOver(judged.state, peer.department, manager);
}
// Somebody who is above the manager is registered.
bool HasSuperior(Case& judged) {
  const std::string_view manager = SidesOf(judged).manager;
  const auto is_over = [&](const ledger::DepartmentId& who) {
    return IsOver(judged.state, who, manager);
  };
  return std::ranges::any_of(kRolesAbove, [&](std::string_view role) {
    return std::ranges::any_of(DepartmentsOf(judged.state, role), is_over);
  });
}

}  // namespace

bool IsSelfDealing(const Case& judged) {
  const Sides sides = SidesOf(judged);
  return judged.payload.department == sides.manager &&
         (sides.manager == sides.consumer || sides.manager == sides.provider);
}

bool OwnHeadStandsIn(Case& judged) {
  return IsSelfDealing(judged) && SidesOf(judged).provider == judged.payload.department &&
         !HasSuperior(judged);
}

bool IsSuperiorPeer(Case& judged, const ledger::KeyRecord& peer) {
  if (IsAbove(judged, peer)) return true;
  const bool stands_in = HasDepartmentRole(judged.state, peer.department, "AUDITOR") ||
                         (IsSelfDealing(judged) && SidesOf(judged).provider == peer.department);
  return stands_in && !HasSuperior(judged);
}

Code SelfDealingPeer(Case& judged) {
  if (!IsSelfDealing(judged) || judged.Awaits(SignerRole::kPeer)) return Code::kAccepted;
  const Sides sides = SidesOf(judged);
  bool above = false;
  bool auditor = false;
  // As provider the manager's own head has signed already, or is waited for.
  bool provider = sides.provider == judged.payload.department;
  for (const SignerInfo& signer : judged.signers) {
    if (signer.role != SignerRole::kPeer) continue;
    above = above || IsAbove(judged, *signer.record);
    auditor = auditor || HasDepartmentRole(judged.state, signer.record->department, "AUDITOR");
    provider = provider || sides.provider == signer.record->department;
  }
  if (above) return Code::kAccepted;
  return auditor && provider && !HasSuperior(judged) ? Code::kAccepted : Code::kPeerRequired;
}

void FlagSelfDealing(Case& judged) {
  if (IsSelfDealing(judged) && !HasSuperior(judged)) {
    judged.Raise(ledger::Flag::kSelfDealing);
  }
}

}  // namespace jiandu::contracts
