// Who stands beside a manager that is a side.
#include "contracts/self_dealing.h"

#include "contracts/department.h"
#include "contracts/engine.h"

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

// Any active department of the role is registered.
bool IsRoleRegistered(const BlockState& state, std::string_view role) {
  return !DepartmentsOf(state, role).empty();
}

bool HasSuperior(const BlockState& state) {
  return IsRoleRegistered(state, "GOVERNMENT") || IsRoleRegistered(state, "SUPERIOR");
}

bool IsAbove(Case& judged, const ledger::KeyRecord& peer) {
  return HasDepartmentRole(judged.state, peer.department, "GOVERNMENT") ||
         HasDepartmentRole(judged.state, peer.department, "SUPERIOR");
}

}  // namespace

bool IsSelfDealing(const Case& judged) {
  const Sides sides = SidesOf(judged);
  return judged.payload.department == sides.manager &&
         (sides.manager == sides.consumer || sides.manager == sides.provider);
}

bool OwnHeadStandsIn(Case& judged) {
  return IsSelfDealing(judged) && SidesOf(judged).provider == judged.payload.department &&
         !HasSuperior(judged.state);
}

bool IsSuperiorPeer(Case& judged, const ledger::KeyRecord& peer) {
  if (IsAbove(judged, peer)) return true;
  const bool stands_in = HasDepartmentRole(judged.state, peer.department, "AUDITOR") ||
                         (IsSelfDealing(judged) && SidesOf(judged).provider == peer.department);
  return stands_in && !HasSuperior(judged.state);
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
  return auditor && provider && !HasSuperior(judged.state) ? Code::kAccepted : Code::kPeerRequired;
}

void FlagSelfDealing(Case& judged) {
  if (IsSelfDealing(judged) && !HasSuperior(judged.state)) {
    judged.Raise(ledger::Flag::kSelfDealing);
  }
}

}  // namespace jiandu::contracts
