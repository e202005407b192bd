// Nodes and their keys, the log's key, equivocation (docs/contracts.md 4.1 DP10 to DP12).
#include <algorithm>
#include <array>

#include "base/hex.h"
#include "base/limits.h"
#include "contracts/department.h"
#include "contracts/double_sign.h"
#include "contracts/engine.h"
#include "contracts/live_quorum.h"
#include "contracts/node_set.h"
#include "contracts/proposal.h"

namespace jiandu::contracts {
namespace {

using ledger::DepartmentId;
using ledger::EntityBody;
using ledger::GenesisValidator;

crypto::Ed25519PublicKey KeyIn(const Case& judged, std::string_view member) {
  return HexDecodeFixed<32>(judged.Text(member)).value_or(crypto::Ed25519PublicKey());
}

// The key signed chain, department and what it is for: "node-consensus", "log".
bool ProvesKey(const Case& judged, std::string_view department, std::string_view purpose,
               std::string_view key, std::string_view proof) {
  const auto signature = HexDecodeFixed<64>(judged.Text(proof));
  const Hash256 digest = ledger::KeyProofDigest(judged.payload.chain, department, purpose);
  return signature && crypto::VerifyEd25519(KeyIn(judged, key), digest.View(), *signature);
}

std::vector<GenesisValidator>::iterator Seat(std::vector<GenesisValidator>& all,
                                             const crypto::Ed25519PublicKey& key) {
  return std::ranges::find(all, key, &GenesisValidator::consensus_key);
}

// More than two thirds of the departments that have a node.
Electorate ValidatorDepartments(Case& judged) {
  Electorate electorate;
  for (const GenesisValidator& one : Validators(judged.state)) {
    electorate.heads.push_back(one.department);
  }
  std::ranges::sort(electorate.heads);
  const auto doubles = std::ranges::unique(electorate.heads);
  electorate.heads.erase(doubles.begin(), doubles.end());
  electorate.needed = electorate.heads.size() * 2 / 3 + 1;
  return electorate;
}

void TouchDepartment(Case& judged, std::string_view department) {
  judged.also_touched.push_back(ledger::DepartmentEntity(department));
  judged.also_touched.push_back(ledger::NetworkEntity());
}

// Seats of one department change in a block, no more: light clients follow the set hop by hop
// (docs/consensus.md (Validator sets)).
bool IsOnlyChange(const Case& judged, std::string_view department) {
  return std::ranges::all_of(ChangedValidators(judged.state), [&](const ValidatorUpdate& one) {
    const auto owner =
        judged.state.Get(ledger::ConfigKey("validator/" + HexEncode(one.key.View())));
    return owner && AsText(*owner) == department;
  });
}

// node.admit
constexpr std::array<std::string_view, 3> kKeys = {"consensus", "node", "cosign"};

Code AdmitForm(Case& judged) {
  std::vector<std::string> seen;
  for (const std::string_view which : kKeys) {
    const std::string name(which);
    const std::string hex(judged.Text(name + "_key"));
    if (std::ranges::find(seen, hex) != seen.end()) return Code::kFieldInvalid;
    seen.push_back(hex);
    if (!ProvesKey(judged, judged.Text("department"), "node-" + name, name + "_key",
                   name + "_proof")) {
      return Code::kFieldInvalid;
    }
  }
  return Code::kAccepted;
}
Code MayHaveNode(Case& judged) {
  const std::string_view department = judged.Text("department");
  if (!judged.state.Exists(ledger::DepartmentEntity(department))) return Code::kUnknownRef;
  const std::vector<GenesisValidator> all = Validators(judged.state);
  if (std::ranges::find(all, department, &GenesisValidator::department) != all.end()) {
    return Code::kDuplicate;
  }
  auto total = static_cast<std::uint64_t>(judged.Form().IntegerOr("power", 1));
  for (const GenesisValidator& one : all) total += one.power;
  const bool fits = all.size() < limits::kValidatorsMax && total <= limits::kTotalPowerMax &&
                    IsOnlyChange(judged, department);
  return fits && IsActiveDepartment(judged.state, department) ? Code::kAccepted : Code::kBadState;
}
Code NodeKeysNew(Case& judged) {
  const bool used = std::ranges::any_of(kKeys, [&judged](std::string_view which) {
    return IsNodeKeyUsed(judged.state, judged.Text(std::string(which) + "_key"));
  });
  return used ? Code::kKeyInUse : Code::kAccepted;
}
std::vector<GenesisValidator> WithAdmitted(const Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  all.push_back({.department = std::string(judged.Text("department")),
                 .consensus_key = KeyIn(judged, "consensus_key"),
                 .node_key = KeyIn(judged, "node_key"),
                 .cosign_key = KeyIn(judged, "cosign_key"),
                 .power = static_cast<std::uint64_t>(judged.Form().IntegerOr("power", 1))});
  return all;
}
// Not seen yet, so it counts as one that does not answer.
Code AdmitKeepsQuorum(Case& judged) { return KeepsLiveQuorum(judged, WithAdmitted(judged)); }
void Admit(Case& judged) {
  const std::vector<GenesisValidator> all = WithAdmitted(judged);
  const std::string department(judged.Text("department"));
  PutValidators(judged.state, all);
  BeginSeat(judged.state, judged.Text("consensus_key"), department);
  for (const std::string_view which : {"node_key", "cosign_key"}) {
    MarkNodeKey(judged.state, judged.Text(which), department);
  }
  TouchDepartment(judged, department);
}

// node.remove: the keys stay used for ever, so that none comes back under another name.
Code IsSeated(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  if (Seat(all, KeyIn(judged, "consensus_key")) == all.end()) return Code::kUnknownRef;
  const auto seat = Seat(all, KeyIn(judged, "consensus_key"));
  const bool may = all.size() > 1 && IsOnlyChange(judged, seat->department);
  return may ? Code::kAccepted : Code::kBadState;
}
Code RemoveKeepsQuorum(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  all.erase(Seat(all, KeyIn(judged, "consensus_key")));
  return KeepsLiveQuorum(judged, all);
}
void Remove(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  const auto seat = Seat(all, KeyIn(judged, "consensus_key"));
  TouchDepartment(judged, seat->department);
  for (const auto& key : {seat->node_key, seat->cosign_key}) {
    MarkNodeKey(judged.state, HexEncode(key.View()), seat->department);
  }
  EndSeat(judged.state, HexEncode(seat->consensus_key.View()));
  all.erase(seat);
  PutValidators(judged.state, all);
}

// node.rotate_key
crypto::Ed25519PublicKey GenesisValidator::* Which(const Case& judged) {
  if (judged.Text("which") == "node") return &GenesisValidator::node_key;
  return judged.Text("which") == "cosign" ? &GenesisValidator::cosign_key
                                          : &GenesisValidator::consensus_key;
}
Code NewNodeKeyProven(Case& judged) {
  const std::string purpose = "node-" + std::string(judged.Text("which"));
  return ProvesKey(judged, judged.payload.department, purpose, "key", "key_proof")
             ? Code::kAccepted
             : Code::kFieldInvalid;
}
std::vector<GenesisValidator>::iterator OldSeat(const Case& judged,
                                                std::vector<GenesisValidator>& all) {
  const auto member = Which(judged);
  const auto old_key = KeyIn(judged, "old_key");
  return std::ranges::find_if(all, [&](const GenesisValidator& one) {
    return one.department == judged.payload.department && one.*member == old_key;
  });
}
Code HasNodeKey(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  if (OldSeat(judged, all) == all.end()) return Code::kUnknownRef;
  const bool may =
      judged.Text("which") != "consensus" || IsOnlyChange(judged, judged.payload.department);
  return may ? Code::kAccepted : Code::kBadState;
}
Code KeyNew(Case& judged) {
  return IsNodeKeyUsed(judged.state, judged.Text("key")) ? Code::kKeyInUse : Code::kAccepted;
}
void RotateNodeKey(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  const auto seat = OldSeat(judged, all);
  MarkNodeKey(judged.state, judged.Text("old_key"), seat->department);
  (*seat).*Which(judged) = KeyIn(judged, "key");
  if (judged.Text("which") == "consensus") {
    EndSeat(judged.state, judged.Text("old_key"));
    BeginSeat(judged.state, judged.Text("key"), seat->department);
    MoveSeen(judged.state, judged.Text("old_key"), judged.Text("key"));
  } else {
    MarkNodeKey(judged.state, judged.Text("key"), seat->department);
  }
  PutValidators(judged.state, all);
  judged.note = judged.Text("which");
  TouchDepartment(judged, judged.payload.department);
}

// log.rotate_key
Code NewLogKeyProven(Case& judged) {
  return ProvesKey(judged, judged.payload.department, "log", "key", "key_proof")
             ? Code::kAccepted
             : Code::kFieldInvalid;
}
void RotateLogKey(Case& judged) {
  if (const auto before = judged.state.Get(ledger::ConfigKey("log-key"))) {
    MarkNodeKey(judged.state, HexEncode(*before), judged.payload.department);
  }
  judged.state.Put(ledger::ConfigKey("log-key"), ToBytes(KeyIn(judged, "key").View()));
  judged.also_touched.push_back(ledger::NetworkEntity());
}

// node.equivocation: both signed messages, in pieces (contracts/double_sign.h). They hold by the
// key alone; that the key voted at that height is what the state says of it.
Result<SignedPlace> MessageIn(const Case& judged, std::string_view member) {
  Bytes message;
  for (const Json& piece : judged.Form().ItemsOf(member)) {
    if (!piece.IsText()) return Fail(Errc::kInvalid, "no text");
    JD_TRY(const Bytes bytes, HexDecode(piece.AsString()));
    Append(message, bytes);
  }
  return ReadSignedMessage(message, KeyIn(judged, "validator"));
}
Code TwoMessages(Case& judged) {
  const auto owner =
      judged.state.Get(ledger::ConfigKey("validator/" + std::string(judged.Text("validator"))));
  const auto height = static_cast<ledger::Height>(judged.Form().IntegerOr("height"));
  if (!owner || AsText(*owner) != judged.Text("offender") || height >= judged.Height() ||
      !IsSeatedAt(judged.state, judged.Text("validator"), height)) {
    return Code::kFieldInvalid;
  }
  const auto first = MessageIn(judged, "first");
  const auto second = MessageIn(judged, "second");
  if (!first || !second || first->block_id == second->block_id) return Code::kFieldInvalid;
  const auto is_of_place = [&judged, height](const SignedPlace& message) {
    return message.height == height && message.round == judged.Form().IntegerOr("round") &&
           message.type == judged.Text("type") && message.chain == judged.payload.chain;
  };
  return is_of_place(*first) && is_of_place(*second) ? Code::kAccepted : Code::kFieldInvalid;
}
// It counts once for a validator, height, round and type, whoever records it.
void NoteEquivocation(Case& judged) {
  const std::string_view offender = judged.Text("offender");
  const Bytes key = EquivocationKey(judged.Text("validator"),
                                    static_cast<ledger::Height>(judged.Form().IntegerOr("height")),
                                    judged.Form().IntegerOr("round"), judged.Text("type"));
  judged.note = judged.state.Has(key) ? "AGAIN" : judged.Text("type");
  if (!judged.state.Has(key)) {
    judged.state.Put(key, ToBytes(judged.txid.View()));
    EntityBody& body = judged.state.Edit(ledger::DepartmentEntity(offender));
    body.numbers["equivocations"] = body.Number("equivocations") + 1;
    RecordAct(judged, ledger::DepartmentEntity(offender), 0);
  }
  TouchDepartment(judged, offender);
}

constexpr Check kAdmitRules[] = {Quorum, NodeKeysNew, AdmitKeepsQuorum};
constexpr Check kRemoveRules[] = {Quorum, RemoveKeepsQuorum};
constexpr Check kKeyRules[] = {KeyNew};

constexpr CaseRow kRows[] = {
    {.op = "node.admit",
     .sides = side::kManager,
     .who = Who::kHead,
     .required = AdmitForm,
     .peer = IsVotingHead,
     .electorate = ValidatorDepartments,
     .condition = MayHaveNode,
     .rules = kAdmitRules,
     .effect = Admit},
    {.op = "node.remove",
     .sides = side::kManager,
     .who = Who::kHead,
     .peer = IsVotingHead,
     .electorate = ValidatorDepartments,
     .condition = IsSeated,
     .rules = kRemoveRules,
     .effect = Remove},
    {.op = "node.rotate_key",
     .who = Who::kSysadminHead,
     .required = NewNodeKeyProven,
     .condition = HasNodeKey,
     .rules = kKeyRules,
     .effect = RotateNodeKey},
    {.op = "log.rotate_key",
     .sides = side::kManager,
     .who = Who::kHead,
     .required = NewLogKeyProven,
     .rules = kKeyRules,
     .effect = RotateLogKey},
    {.op = "node.equivocation",
     .who = Who::kSystem,
     .required = TwoMessages,
     .effect = NoteEquivocation},
};

}  // namespace

std::span<const CaseRow> NodeRows() { return kRows; }

}  // namespace jiandu::contracts
