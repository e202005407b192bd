// Identity and role: who signed, whether they may, and who is still missing (docs/contracts.md 4.20
// step 3).
#include <algorithm>
#include <array>

#include "contracts/delegation.h"
#include "contracts/department.h"
#include "contracts/engine.h"

namespace jiandu::contracts {
namespace {

using ledger::IdentityKind;
using ledger::KeyRecord;
using ledger::SignerRole;
namespace duty = ledger::duty;

// What a row's signature rule asks for. A duty of 0: the role is not needed.
struct Wanted {
  std::uint32_t maker = 0;
  std::uint32_t head = 0;
  bool system = false;
  bool maker_or_system = false;
};

Wanted WantedOf(Who who) {
  switch (who) {
    case Who::kMaker: return {.maker = duty::kClerk};
    case Who::kMakerHead: return {.maker = duty::kClerk, .head = duty::kHead};
    case Who::kHead: return {.head = duty::kHead};
    case Who::kMakerLeader: return {.maker = duty::kClerk, .head = duty::kLeader};
    case Who::kLeader: return {.head = duty::kLeader};
    case Who::kSystem: return {.system = true};
    case Who::kMakerOrSystem:
      return {.maker = duty::kClerk, .system = true, .maker_or_system = true};
    case Who::kSysadminHead: return {.maker = duty::kSysadmin, .head = duty::kHead};
    case Who::kSelf: return {};
    case Who::kSecurity: return {.maker = duty::kSecurity};
    case Who::kOfficerHead:
      return {.maker = duty::kClerk | duty::kHead | duty::kLeader | duty::kSecurity,
              .head = duty::kHead};
    case Who::kSecurityOrSystem:
      return {.maker = duty::kSecurity, .system = true, .maker_or_system = true};
  }
  return {};
}

// The officers of a department end with it (4.1 DP3); its systems may report facts for some days.
bool HasEnded(Case& judged, const KeyRecord& record) {
  const Succession* passed = judged.state.SuccessionOf(record.department);
  if (passed == nullptr) return false;
  const std::int64_t grace = judged.state.CurrentProfile().grace_days;
  const bool in_grace = record.kind == IdentityKind::kSystem &&
                        judged.op.kind == ledger::OpKind::kFact &&
                        judged.Time() < judged.state.Calendar().DueAfter(passed->at, grace).at;
  if (in_grace) judged.Raise(ledger::Flag::kOldKey);
  return !in_grace;
}

Code CheckActive(Case& judged) {
  for (SignerInfo& signer : judged.signers) {
    if (signer.record == nullptr) signer.record = judged.state.Key(signer.key);
    if (signer.record == nullptr) return Code::kIdRevoked;
    if (signer.signed_before) continue;
    const bool active = signer.record->IsActive(judged.Height(), judged.Time());
    if (!active || HasEnded(judged, *signer.record)) return Code::kIdRevoked;
  }
  return Code::kAccepted;
}

bool FitsOwn(const Case& judged, const KeyRecord& record, IdentityKind kind, std::uint32_t duties) {
  return record.kind == kind && record.department == judged.payload.department &&
         (duties == 0 || (record.duties & duties) != 0);
}

bool Fits(Case& judged, const Wanted& wanted, const SignerInfo& signer) {
  const KeyRecord& record = *signer.record;
  switch (signer.role) {
    case SignerRole::kMaker: {
      // A clerk may prepare what only the head signs.
      if (wanted.maker == 0 && wanted.head == 0) return false;
      std::uint32_t duties = wanted.maker != 0 ? wanted.maker : duty::kClerk;
      const bool by_system_keys = (duties & duty::kSysadmin) != 0;
      if (!by_system_keys && HasDepartmentRole(judged.state, record.department, "AUDITOR")) {
        duties |= duty::kAudit;  // an auditor's officers have that duty alone
      }
      return FitsOwn(judged, record, IdentityKind::kOfficer, duties);
    }
    case SignerRole::kHead:
      return wanted.head != 0 && (FitsOwn(judged, record, IdentityKind::kOfficer, wanted.head) ||
                                  SignsOnBehalf(judged, record, wanted.head));
    case SignerRole::kSystem:
      return wanted.system && FitsOwn(judged, record, IdentityKind::kSystem, 0);
    case SignerRole::kPeer:
      return judged.row.peer != nullptr && record.kind == IdentityKind::kOfficer &&
             (record.duties & duty::kHead) != 0 && judged.row.peer(judged, record);
  }
  return false;
}

Code CheckRoles(Case& judged, const Wanted& wanted) {
  for (const SignerInfo& signer : judged.signers) {
    if (judged.row.who == Who::kSelf && signer.record->department == judged.payload.department) {
      continue;
    }
    if (Fits(judged, wanted, signer)) continue;
    const bool deputy = signer.role == SignerRole::kHead && IsDeputy(judged, *signer.record);
    return deputy ? Code::kDelegationInvalid : Code::kRoleDenied;
  }
  if (judged.row.subject.empty() || judged.body != nullptr) {
    if (!judged.IsSide(judged.row.sides)) return Code::kRoleDenied;
    if (judged.row.role != nullptr) return judged.row.role(judged);
  }
  return Code::kAccepted;
}

// 4.1 DP2: as consumer it starts nothing new; what it owes it still does.
bool IsShutOut(Case& judged) {
  constexpr std::array kConsumerOps = {
      std::string_view("consultation.open"), std::string_view("demand.submit"),
      std::string_view("grant.acknowledge"), std::string_view("request.submit"),
      std::string_view("third_party.ask")};
  return std::ranges::find(kConsumerOps, judged.op.op) != kConsumerOps.end() &&
         IsConsumerSuspended(judged.state, judged.payload.department);
}

bool IsSamePerson(const Case& judged) {
  for (const SignerInfo& maker : judged.signers) {
    if (maker.role != SignerRole::kMaker) continue;
    for (const SignerInfo& other : judged.signers) {
      if (other.role != SignerRole::kMaker && other.record->identity == maker.record->identity) {
        return true;
      }
      // Nor has a maker a deputy sign in his own place.
      if (judged.delegator == maker.record->identity) return true;
    }
  }
  return false;
}

void Miss(Case& judged, SignerRole role) {
  judged.missing_roles.push_back(SignerInfo{.key = {}, .role = role});
}

// The entry of `await` for a role, or null.
const Json* Awaited(const Case& judged, SignerRole role) {
  for (const Json& entry : judged.Form().ItemsOf("await")) {
    if (entry.TextOr("role") == ledger::RoleName(role)) return &entry;
  }
  return nullptr;
}

// Several heads may be named as PEER: each of them signs before the op has an effect.
bool MissesPeer(Case& judged) {
  bool named = false;
  for (const Json& entry : judged.Form().ItemsOf("await")) {
    if (entry.TextOr("role") != ledger::RoleName(SignerRole::kPeer)) continue;
    named = true;
    const bool given = std::ranges::any_of(judged.signers, [&entry](const SignerInfo& signer) {
      return signer.role == SignerRole::kPeer &&
             signer.record->department == entry.TextOr("department");
    });
    if (!given) return true;
  }
  return !named && judged.Signer(SignerRole::kPeer) == nullptr &&
         judged.row.peer_needed != nullptr && judged.row.peer_needed(judged);
}

Code CheckComplete(Case& judged, const Wanted& wanted) {
  const auto lacks = [&judged](SignerRole role) { return judged.Signer(role) == nullptr; };
  if (wanted.maker_or_system) {
    return lacks(SignerRole::kMaker) && lacks(SignerRole::kSystem) ? Code::kRoleDenied
                                                                   : Code::kAccepted;
  }
  if (wanted.system && lacks(SignerRole::kSystem)) return Code::kRoleDenied;
  if (wanted.maker != 0 && lacks(SignerRole::kMaker)) return Code::kRoleDenied;
  const bool head_owed =
      wanted.head != 0 && (judged.row.head_needed == nullptr || judged.row.head_needed(judged));
  if (head_owed && lacks(SignerRole::kHead)) Miss(judged, SignerRole::kHead);
  // Heads that are to vote are not waited for one by one (contracts/proposal.h).
  const bool voted = judged.row.electorate != nullptr && judged.row.electorate(judged).IsVoted();
  if (judged.row.peer != nullptr && !voted && MissesPeer(judged)) Miss(judged, SignerRole::kPeer);
  if (judged.missing_roles.empty()) return Code::kAccepted;
  const auto& complete_only = judged.state.CurrentProfile().complete_only;
  const bool may_wait = judged.row.await == Await::kAllowed &&
                        judged.op.kind == ledger::OpKind::kPermission &&
                        std::ranges::find(complete_only, judged.op.op) == complete_only.end();
  for (const SignerInfo& missing : judged.missing_roles) {
    const Json* awaited = Awaited(judged, missing.role);
    const bool own =
        awaited != nullptr && (awaited->TextOr("department") == judged.payload.department);
    if (!may_wait || awaited == nullptr || own != (missing.role == SignerRole::kHead)) {
      return Code::kHeadSignatureRequired;
    }
  }
  return Code::kAccepted;
}

}  // namespace

Code CheckSigners(Case& judged) {
  judged.missing_roles.clear();
  Wanted wanted = WantedOf(judged.row.who);
  if (judged.row.head_needed != nullptr) wanted.head = duty::kHead;
  if (const Code code = CheckActive(judged); code != Code::kAccepted) return code;
  if (const Code code = CheckRoles(judged, wanted); code != Code::kAccepted) return code;
  if (IsShutOut(judged)) return Code::kDepartmentSuspended;
  if (IsSamePerson(judged)) return Code::kSamePersonDual;
  return CheckComplete(judged, wanted);
}

}  // namespace jiandu::contracts
