// Nodes and their keys, the log's key, equivocation (docs/contracts.md 4.1 DP10 to DP12).
#include <algorithm>
#include <array>

#include "base/hex.h"
#include "base/limits.h"
#include "contracts/department.h"
#include "contracts/engine.h"
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
  const bool fits = all.size() < limits::kValidatorsMax && total <= limits::kTotalPowerMax;
  return fits && IsActiveDepartment(judged.state, department) ? Code::kAccepted : Code::kBadState;
}
Code NodeKeysNew(Case& judged) {
  const bool used = std::ranges::any_of(kKeys, [&judged](std::string_view which) {
    return IsNodeKeyUsed(judged.state, judged.Text(std::string(which) + "_key"));
  });
  return used ? Code::kKeyInUse : Code::kAccepted;
}
void Admit(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  const std::string department(judged.Text("department"));
  all.push_back({.department = department,
                 .consensus_key = KeyIn(judged, "consensus_key"),
                 .node_key = KeyIn(judged, "node_key"),
                 .cosign_key = KeyIn(judged, "cosign_key"),
                 .power = static_cast<std::uint64_t>(judged.Form().IntegerOr("power", 1))});
  PutValidators(judged.state, all);
  judged.state.Put(ledger::ConfigKey("validator/" + std::string(judged.Text("consensus_key"))),
                   ToBytes(department));
  for (const std::string_view which : {"node_key", "cosign_key"}) {
    MarkNodeKey(judged.state, judged.Text(which), department);
  }
  TouchDepartment(judged, department);
}

// node.remove: the keys stay used for ever, so that none comes back under another name.
Code IsSeated(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  if (Seat(all, KeyIn(judged, "consensus_key")) == all.end()) return Code::kUnknownRef;
  return all.size() > 1 ? Code::kAccepted : Code::kBadState;
}
void Remove(Case& judged) {
  std::vector<GenesisValidator> all = Validators(judged.state);
  const auto seat = Seat(all, KeyIn(judged, "consensus_key"));
  TouchDepartment(judged, seat->department);
  for (const auto& key : {seat->node_key, seat->cosign_key}) {
    MarkNodeKey(judged.state, HexEncode(key.View()), seat->department);
  }
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
  return OldSeat(judged, all) != all.end() ? Code::kAccepted : Code::kUnknownRef;
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
    judged.state.Put(ledger::ConfigKey("validator/" + std::string(judged.Text("key"))),
                     ToBytes(seat->department));
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

// node.equivocation: both signed messages, in pieces. Whether the signatures are good needs the
// validator set of that height, which a reader of the log has; here is asked only what the state
// knows (docs/consensus.md).
bool IsMessage(std::span<const Json> pieces) {
  const auto hex = [](const Json& piece) {
    const std::string_view text = piece.IsText() ? std::string_view(piece.AsString()) : "";
    return !text.empty() && HexDecode(text).has_value();
  };
  return !pieces.empty() && std::ranges::all_of(pieces, hex);
}
Code TwoMessages(Case& judged) {
  const auto first = judged.Form().ItemsOf("first");
  const auto second = judged.Form().ItemsOf("second");
  const auto owner =
      judged.state.Get(ledger::ConfigKey("validator/" + std::string(judged.Text("validator"))));
  const bool two = IsMessage(first) && IsMessage(second) &&
                   !std::ranges::equal(first, second, [](const Json& a, const Json& b) {
                     return a.AsString() == b.AsString();
                   });
  const bool fits = two && owner && AsText(*owner) == judged.Text("offender") &&
                    judged.Form().IntegerOr("height") < static_cast<std::int64_t>(judged.Height());
  return fits ? Code::kAccepted : Code::kFieldInvalid;
}
// It counts once for a validator, height, round and type, whoever records it.
void NoteEquivocation(Case& judged) {
  const std::string_view offender = judged.Text("offender");
  const std::string place = std::string(judged.Text("validator")) + "/" +
                            std::to_string(judged.Form().IntegerOr("height")) + "/" +
                            std::to_string(judged.Form().IntegerOr("round")) + "/" +
                            std::string(judged.Text("type"));
  const Bytes key = ledger::PartKey(ledger::NetworkEntity(), AsBytes("equivocation/" + place));
  judged.note = judged.state.Has(key) ? "AGAIN" : judged.Text("type");
  if (!judged.state.Has(key)) {
    judged.state.Put(key, ToBytes(judged.txid.View()));
    EntityBody& body = judged.state.Edit(ledger::DepartmentEntity(offender));
    body.numbers["equivocations"] = body.Number("equivocations") + 1;
    RecordAct(judged, ledger::DepartmentEntity(offender), 0);
  }
  TouchDepartment(judged, offender);
}

constexpr Check kAdmitRules[] = {Quorum, NodeKeysNew};
constexpr Check kRemoveRules[] = {Quorum};
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
