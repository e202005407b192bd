// Putting aside and taking up again.
#include "contracts/pending.h"

#include <algorithm>

#include "base/hex.h"
#include "contracts/delegation.h"
#include "contracts/engine.h"
#include "contracts/proposal.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::PendingStatus;
using ledger::SignerRole;

Code CheckPending(const Case& cosign, const EntityBody& pending,
                  std::span<const SignerInfo> before) {
  if (pending.status == To(PendingStatus::kTaken)) return Code::kBadState;
  if (pending.status == To(PendingStatus::kExpired) ||
      cosign.Time() >= pending.Number("expires_at")) {
    return Code::kPendingExpired;
  }
  if (pending.status == To(PendingStatus::kVoid) || std::ranges::any_of(before, IsLost)) {
    return Code::kPendingVoid;
  }
  for (const SignerInfo& signer : cosign.signers) {
    const bool again = std::ranges::any_of(before, [&signer](const SignerInfo& other) {
      return other.role == signer.role && other.record->department == signer.record->department;
    });
    if (again) return Code::kDuplicate;
  }
  return Code::kAccepted;
}

// The cosigner is one of those `await` names, and not the maker.
Code CheckCosigner(Case& cosign, const ledger::Payload& awaited,
                   std::span<const SignerInfo> before) {
  for (const SignerInfo& signer : cosign.signers) {
    if (signer.role != SignerRole::kHead && signer.role != SignerRole::kPeer) {
      return Code::kRoleDenied;
    }
    // An officer signs as HEAD for the department that submitted, as PEER for another.
    const bool own = signer.record->department == awaited.department;
    if (own != (signer.role == SignerRole::kHead) ||
        signer.record->department != cosign.payload.department) {
      return Code::kRoleDenied;
    }
    const auto entries = awaited.body.ItemsOf("await");
    const bool named = std::ranges::any_of(entries, [&signer](const Json& entry) {
      return entry.TextOr("role") == ledger::RoleName(signer.role) &&
             entry.TextOr("department") == signer.record->department;
    });
    // Whoever is no head at all is told that, before being told that one person cannot be both.
    constexpr std::uint32_t kHeads = ledger::duty::kHead | ledger::duty::kLeader;
    const bool head =
        (signer.record->duties & kHeads) != 0 || (own && IsDeputy(cosign, *signer.record));
    if (!named || !head) return Code::kRoleDenied;
    for (const SignerInfo& other : before) {
      if (other.role != signer.role && other.record != nullptr &&
          other.record->identity == signer.record->identity) {
        return Code::kSamePersonDual;
      }
    }
  }
  return Code::kAccepted;
}

// Steps 1b to 5 of the cosign itself.
Code CheckCosign(Case& cosign, const EntityBody* pending, const ledger::Payload* awaited,
                 std::span<const SignerInfo> before) {
  if (const Code code = CheckLateForm(cosign); code != Code::kAccepted) return code;
  if (const Code code = CheckLateSigners(cosign); code != Code::kAccepted) return code;
  if (pending == nullptr || awaited == nullptr) return Code::kUnknownRef;
  // Who signs something else than what lies there has not seen it.
  if (pending->Text("digest") != cosign.Text("digest")) return Code::kFieldInvalid;
  if (const Code code = CheckCosigner(cosign, *awaited, before); code != Code::kAccepted) {
    return code;
  }
  return CheckPending(cosign, *pending, before);
}

void KeepSignature(Case& cosign, const EntityId& id) {
  EntityBody& pending = cosign.state.Edit(id);
  const Json before = pending.Terms();
  Json list = Json::MakeArray();
  for (const Json& entry : before.ItemsOf("signed")) list.Push(entry);
  const Json fresh = SignaturesOf(cosign.signers);
  for (const Json& entry : fresh.Items()) list.Push(entry);
  pending.terms = ToBytes(CanonicalJson(Json::MakeObject({{"signed", std::move(list)}})));
  RecordAct(cosign, id, 0);
}

constexpr CaseRow kCosignRow{.op = "cosign", .who = Who::kHead, .await = Await::kNever};

// Who is to sign as PEER has to see what it signs; nobody else learns of it (4.0).
void ShowToPeers(const Case& judged, EntityBody& pending) {
  for (const Json& entry : judged.Form().ItemsOf("await")) {
    const std::string_view department = entry.TextOr("department");
    if (entry.TextOr("role") != ledger::RoleName(SignerRole::kPeer)) continue;
    pending.parties.emplace("peer" + std::to_string(pending.parties.size()), department);
  }
}

}  // namespace

Json SignaturesOf(std::span<const SignerInfo> signers) {
  Json list = Json::MakeArray();
  for (const SignerInfo& signer : signers) {
    list.Push(Json::MakeObject(
        {{"key", HexEncode(signer.key.View())}, {"role", ledger::RoleName(signer.role)}}));
  }
  return list;
}

std::vector<SignerInfo> ReadSignatures(BlockState& state, const EntityBody& kept) {
  std::vector<SignerInfo> signers;
  const Json& terms = kept.Terms();
  for (const Json& entry : terms.ItemsOf("signed")) {
    const auto key = HexDecodeFixed<32>(entry.TextOr("key"));
    const auto role = ledger::RoleFromName(entry.TextOr("role"));
    if (!key || !role) continue;
    const ledger::KeyId id{*key};
    signers.push_back({.key = id, .role = *role, .record = state.Key(id), .signed_before = true});
  }
  return signers;
}

// True when the key was lost: what it signed and has not yet taken effect is void.
bool IsLost(const SignerInfo& signer) {
  const ledger::KeyRecord* record = signer.record;
  return record == nullptr || record->reason == ledger::RevokeReason::kLost ||
         record->reason == ledger::RevokeReason::kCompromised;
}

Code CheckLateForm(const Case& judged) {
  const ledger::FormReport report = ledger::CheckOpBody(judged.op, judged.Form());
  if (report.malformed) return Code::kMalformed;
  if (report.missing) return Code::kFieldRequired;
  return report.invalid ? Code::kFieldInvalid : Code::kAccepted;
}

Code CheckLateSigners(Case& judged) {
  for (SignerInfo& signer : judged.signers) {
    signer.record = judged.state.Key(signer.key);
    if (signer.record == nullptr || !signer.record->IsActive(judged.Height(), judged.Time())) {
      return Code::kIdRevoked;
    }
  }
  return Code::kAccepted;
}

Case LateCase(BlockState& state, const ledger::Transaction& transaction, const CaseRow& row) {
  Case late{.state = state,
            .payload = transaction.payload,
            .txid = transaction.txid,
            .op = *ledger::FindOp(row.op),
            .row = row,
            .at = transaction.payload.at};
  for (const ledger::Signer& signer : transaction.payload.signers) {
    late.signers.push_back({.key = signer.key, .role = signer.role});
  }
  return late;
}

void PutAside(Case& judged, const ledger::Transaction& transaction) {
  Birth birth = NewEntity(judged, ledger::EntityKind::kPending);
  birth.body.status = To(PendingStatus::kPendingHead);
  ShowToPeers(judged, birth.body);
  birth.body.form = transaction.payload_bytes;
  birth.body.terms =
      ToBytes(CanonicalJson(Json::MakeObject({{"signed", SignaturesOf(judged.signers)}})));
  birth.body.texts = {{"digest", HexEncode(transaction.digest.View())},
                      {"op", transaction.payload.op}};
  birth.body.numbers["expires_at"] =
      judged.state.Calendar()
          .DueAfter(judged.Time(), judged.state.CurrentProfile().pending_days)
          .at;
  AddBirth(judged, std::move(birth));
}

CosignResult ApplyCosign(BlockState& state, const ledger::Transaction& transaction) {
  Case cosign = LateCase(state, transaction, kCosignRow);
  CosignResult result;
  result.pending = cosign.Named("pending");
  const EntityBody* pending = state.Body(result.pending);
  std::vector<SignerInfo> before;
  std::optional<ledger::Payload> awaited;
  if (pending != nullptr && pending->kind == ledger::EntityKind::kPending) {
    before = ReadSignatures(state, *pending);
    if (auto payload = ledger::DecodePayload(pending->form)) awaited = std::move(*payload);
  }
  result.code = CheckCosign(cosign, pending, awaited ? &*awaited : nullptr, before);
  if (result.code != Code::kAccepted) return result;

  const ledger::OpInfo& inner_op = *ledger::FindOp(awaited->op);
  Case inner{.state = state,
             .payload = *awaited,
             .txid = transaction.txid,
             .op = inner_op,
             .row = *FindRow(awaited->op),
             .signers = std::move(before),
             .at = transaction.payload.at};
  inner.signers.insert(inner.signers.end(), cosign.signers.begin(), cosign.signers.end());
  result.code = Judge(inner);
  if (result.code != Code::kAccepted) {
    for (const EntityId& id : inner.also_touched) result.touched[id] |= ledger::touch::kAct;
    return result;
  }
  cosign.note = awaited->op;
  KeepSignature(cosign, result.pending);
  if (!inner.missing_roles.empty()) return result;
  state.Edit(result.pending).status = To(PendingStatus::kTaken);
  if (inner.is_put_to_vote) {
    const EntityBody kept = *state.Body(result.pending);
    OpenProposal(inner, kept.form, kept.Text("digest"));
    result.born = inner.born;
    result.touched[inner.born.front()] = ledger::touch::kNew;
    return result;
  }
  Enact(inner);
  result.flags = inner.flags;
  result.born = inner.born;
  result.touched = TouchedBy(inner);
  return result;
}

}  // namespace jiandu::contracts
