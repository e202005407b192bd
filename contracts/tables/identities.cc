// Officers and systems: registered, keys changed, revoked, duties (docs/contracts.md 4.1).
#include <algorithm>

#include "base/hex.h"
#include "contracts/compromise_index.h"
#include "contracts/engine.h"
#include "contracts/event_flags.h"
#include "contracts/identity.h"
#include "contracts/proposal.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::IdentityStatus;
using ledger::KeyRecord;
using ledger::RevokeReason;
using ledger::SignerRole;
namespace duty = ledger::duty;

constexpr std::int64_t kHourMs = 3'600'000;

// identity.register: of the own department, or of a manager whose keys are lost.
std::string_view Registrant(const Case& judged) {
  const std::string_view named = judged.Text("department");
  return named.empty() ? std::string_view(judged.payload.department) : named;
}
bool IsForOther(const Case& judged) { return Registrant(judged) != judged.payload.department; }
Electorate HeadsForManager(Case& judged) {
  return IsForOther(judged) ? TwoThirdsOfHeads(judged) : Electorate();
}
Code MayRegister(Case& judged) {
  return !IsForOther(judged) || HasDepartmentRole(judged.state, Registrant(judged), "MANAGER")
             ? Code::kAccepted
             : Code::kRoleDenied;
}
Code IdentityForm(Case& judged) {
  const bool fits =
      HasFittingDuties(judged.Form()) && ProvesPossession(judged.Form(), judged.payload.chain,
                                                          Registrant(judged), judged.Text("name"));
  return fits ? Code::kAccepted : Code::kFieldInvalid;
}
// A new head needs the manager's head, but in the manager's own department.
bool NeedsManager(Case& judged) {
  return !IsForOther(judged) && (DutiesOf(judged.Form()) & duty::kHead) != 0 &&
         !HasDepartmentRole(judged.state, judged.payload.department, "MANAGER");
}
bool IsManagerHead(Case& judged, const KeyRecord& peer) {
  if (IsForOther(judged)) return IsVotingHead(judged, peer);
  const EntityBody* own = judged.state.Body(ledger::DepartmentEntity(judged.payload.department));
  return own != nullptr && ManagerOf(judged.state, own->Text("jurisdiction")) == peer.department;
}
Code NewName(Case& judged) {
  return judged.state.Has(PostKey(Registrant(judged), judged.Text("name"))) ? Code::kDuplicate
                                                                            : Code::kAccepted;
}
Code NewKey(Case& judged) {
  return IsKeyInUse(judged.state, judged.Form()) ? Code::kKeyInUse : Code::kAccepted;
}
Code CompatibleDuties(Case& judged) {
  return !ledger::AreDutiesCompatible(DutiesOf(judged.Form())) ? Code::kDutyConflict
                                                               : Code::kAccepted;
}
Code ValidCert(Case& judged) {
  return HasLapsedCert(judged.Form(), judged.Time()) ? Code::kCertExpired : Code::kAccepted;
}
void RegisterIdentity(Case& judged) { PutIdentity(judged, Registrant(judged), judged.Form()); }

// identity.rotate_key, revoke, set_duties
Code RotateForm(Case& judged) {
  const EntityBody* identity = judged.NamedBody("identity");
  if (identity == nullptr) return Code::kAccepted;  // UNKNOWN_REF answers later
  return ProvesPossession(judged.Form(), judged.payload.chain, identity->department,
                          identity->Text("name"))
             ? Code::kAccepted
             : Code::kFieldInvalid;
}
Code IsSelf(Case& judged) {
  const bool self = std::ranges::all_of(judged.signers, [&judged](const SignerInfo& signer) {
    return signer.record->identity == judged.subject;
  });
  return self ? Code::kAccepted : Code::kRoleDenied;
}
// Keys of before that can be doubted still: usable, or ended less than 30 days ago.
std::vector<ledger::KeyId> FormerKeys(Case& judged) {
  std::vector<ledger::KeyId> keys = ledger::KeysOf(*judged.body);
  if (!keys.empty()) keys.erase(keys.begin());  // the one of today
  std::erase_if(keys, [&judged](const ledger::KeyId& id) {
    const auto record = judged.state.LatestKey(id);
    return !record || record->revoked_at + kDoubtMs <= judged.Time();
  });
  return keys;
}
// Two keys at most are usable, and so few can be doubted that whoever revokes the identity or
// changes its duties reaches them all.
Code OldKeyHasEnded(Case& judged) {
  const std::vector<ledger::KeyId> former = FormerKeys(judged);
  if (former.size() >= ledger::kFormerKeysMax) return Code::kBadState;
  const bool usable = std::ranges::any_of(former, [&judged](const ledger::KeyId& id) {
    return judged.Time() < judged.state.LatestKey(id)->revoked_at;
  });
  return usable ? Code::kBadState : Code::kAccepted;
}
void RotateKey(Case& judged) {
  std::vector<ledger::KeyId> former = FormerKeys(judged);
  EntityBody& identity = judged.state.Edit(judged.subject);
  const std::vector<ledger::KeyId> keys = ledger::KeysOf(identity);
  auto old_record = keys.empty() ? std::nullopt : judged.state.LatestKey(keys.front());
  if (!old_record) return;
  former.push_back(keys.front());
  KeyRecord fresh = *old_record;
  fresh.key = *KeyOf(judged.Form());
  fresh.usable_from = judged.Height() + 1;
  const ledger::KeyId fresh_id = crypto::MakeKeyId(fresh.key);
  old_record->revoked_at = judged.Time() + judged.Form().IntegerOr("overlap_hours") * kHourMs;
  old_record->reason = RevokeReason::kRotated;
  judged.state.PutKey(former.back(), *old_record);
  judged.state.PutKey(fresh_id, fresh);
  ledger::SetKeys(identity, fresh_id, former);
}

Code MayRevoke(Case& judged) {
  const bool self = IsSelf(judged) == Code::kAccepted;
  if (self) return Code::kAccepted;
  const EntityBody* owner = judged.state.Body(ledger::DepartmentEntity(judged.body->department));
  const std::string_view who = judged.payload.department;
  const bool entitled =
      who == judged.body->department ||
      (owner != nullptr && ManagerOf(judged.state, owner->Text("jurisdiction")) == who);
  bool has_head = false;
  for (const SignerInfo& signer : judged.signers) {
    const bool head =
        signer.role == SignerRole::kHead && (signer.record->duties & duty::kHead) != 0;
    const bool maker =
        signer.role == SignerRole::kMaker && (signer.record->duties & duty::kClerk) != 0;
    if (!entitled || (!head && !maker)) return Code::kRoleDenied;
    has_head = has_head || head;
  }
  return has_head ? Code::kAccepted : Code::kHeadSignatureRequired;
}
// Known too late to be somebody else's act: whoever left or lost a key, and a thief who did so in
// his name, is told to have been compromised once, by a head.
Code MayRevokeStill(Case& judged) {
  if (judged.body->status == To(IdentityStatus::kActive)) return Code::kAccepted;
  const std::vector<ledger::KeyId> keys = ledger::KeysOf(*judged.body);
  const bool told = std::ranges::any_of(keys, [&judged](const ledger::KeyId& id) {
    const auto record = judged.state.LatestKey(id);
    return record && record->reason == RevokeReason::kCompromised;
  });
  return judged.Text("reason") == "COMPROMISED" && !told ? Code::kAccepted : Code::kBadState;
}
Code HasRevokeReason(Case& judged) {
  return judged.Text("reason").empty() ? Code::kReasonRequired : Code::kAccepted;
}
Code IsRecentCompromise(Case& judged) {
  if (judged.Text("reason") != "COMPROMISED") return Code::kAccepted;
  const std::int64_t since = judged.Form().IntegerOr("compromised_since", judged.Time());
  const bool proven = !judged.Text("evidence_digest").empty();
  return proven && since >= judged.Time() - kDoubtMs && since <= judged.Time()
             ? Code::kAccepted
             : Code::kCompromiseTooOld;
}
void RevokeIdentity(Case& judged) {
  const std::string_view reason = judged.Text("reason");
  const EntityBody& identity = *judged.body;
  for (const ledger::KeyId& id : ledger::KeysOf(identity)) {
    auto record = judged.state.LatestKey(id);
    if (!record) continue;
    record->revoked_at = judged.Time();
    record->reason = reason == "LEFT"   ? RevokeReason::kLeft
                     : reason == "LOST" ? RevokeReason::kLost
                                        : RevokeReason::kCompromised;
    if (reason == "COMPROMISED") {
      record->compromised_since = judged.Form().IntegerOr("compromised_since", judged.Time());
      NoteCompromise(judged.state, id, *record);
    }
    judged.state.PutKey(id, *record);
  }
  judged.note = reason;
}
Code IsOwnIdentity(Case& judged) {
  return judged.body->department == judged.payload.department ? Code::kAccepted : Code::kRoleDenied;
}
Code IsOfficer(Case& judged) {
  return judged.NamedBody("identity") == nullptr ||
                 judged.NamedBody("identity")->Text("kind") == "OFFICER"
             ? Code::kAccepted
             : Code::kFieldInvalid;
}
void SetDuties(Case& judged) {
  EntityBody& identity = judged.state.Edit(judged.subject);
  const std::uint32_t duties = DutiesOf(judged.Form());
  identity.numbers["duties"] = duties;
  for (const ledger::KeyId& id : ledger::KeysOf(identity)) {
    auto record = judged.state.LatestKey(id);
    if (!record) continue;
    record->duties = duties;
    judged.state.PutKey(id, *record);
  }
}

constexpr Check kRegisterIdentityRules[] = {Quorum, NewKey, CompatibleDuties, ValidCert};
constexpr Check kRotateRules[] = {NewKey};
constexpr Check kRevokeRules[] = {HasRevokeReason, IsRecentCompromise};
constexpr Check kDutiesRules[] = {CompatibleDuties};
constexpr std::uint32_t kIsActive = In(IdentityStatus::kActive);

constexpr CaseRow kRows[] = {
    {.op = "identity.register",
     .who = Who::kSysadminHead,
     .required = IdentityForm,
     .peer = IsManagerHead,
     .peer_needed = NeedsManager,
     .electorate = HeadsForManager,
     .role = MayRegister,
     .condition = NewName,
     .rules = kRegisterIdentityRules,
     .effect = RegisterIdentity},
    {.op = "identity.rotate_key",
     .who = Who::kSelf,
     .subject = "identity",
     .from = kIsActive,
     .await = Await::kNever,
     .required = RotateForm,
     .role = IsSelf,
     .condition = OldKeyHasEnded,
     .rules = kRotateRules,
     .effect = RotateKey},
    {.op = "identity.revoke",
     .who = Who::kSelf,
     .subject = "identity",
     .from = kIsActive | In(IdentityStatus::kRevoked),
     .to = To(IdentityStatus::kRevoked),
     .await = Await::kNever,
     .role = MayRevoke,
     .condition = MayRevokeStill,
     .rules = kRevokeRules,
     .effect = RevokeIdentity},
    {.op = "identity.set_duties",
     .who = Who::kHead,
     .subject = "identity",
     .from = kIsActive,
     .required = IsOfficer,
     .peer = IsManagerHead,
     .peer_needed = NeedsManager,
     .role = IsOwnIdentity,
     .rules = kDutiesRules,
     .effect = SetDuties},
};

}  // namespace

std::span<const CaseRow> IdentityRows() { return kRows; }

}  // namespace jiandu::contracts
