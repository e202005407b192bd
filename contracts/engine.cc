// Order of checks and order of effects.
#include "contracts/engine.h"

#include <algorithm>
#include <array>

#include "contracts/compromise.h"
#include "contracts/request.h"
#include "contracts/resource_state.h"

namespace jiandu::contracts {

using ledger::EntityBody;
using ledger::EntityId;

namespace {

// Step 1b for permissions; facts are flagged instead.
Code CheckFields(Case& judged) {
  ledger::FormReport own;
  if (judged.form == nullptr) own = ledger::CheckOpBody(judged.op, judged.Form());
  const ledger::FormReport& report = judged.form != nullptr ? *judged.form : own;
  // Admission has refused it; a block that carries it nevertheless is answered the same way.
  if (report.malformed) return Code::kMalformed;
  if (judged.op.kind == ledger::OpKind::kFact) {
    if (report.missing || report.invalid) judged.Raise(ledger::Flag::kFieldMissing);
  } else {
    if (report.missing) return Code::kFieldRequired;
    if (report.invalid) return Code::kFieldInvalid;
  }
  return judged.row.required != nullptr ? judged.row.required(judged) : Code::kAccepted;
}

Code CheckReferences(Case& judged) {
  if (judged.op.kind == ledger::OpKind::kFact) {
    // A fact must hang on something; what else it names may be unknown and is flagged as such.
    for (const ledger::Field& field : judged.op.form->fields) {
      if (field.type != ledger::FieldType::kEntity || field.list_max > 0) continue;
      const bool is_target = field.need == ledger::Need::kStructural || field.name == "grant" ||
                             field.name == "resource";
      if (!is_target || judged.Form().Find(field.name) == nullptr) continue;
      const EntityId id = judged.Named(field.name);
      const bool fits = field.entity == ledger::EntityKind{0} || ledger::KindOf(id) == field.entity;
      if (id.IsZero() || !fits || judged.state.Body(id) == nullptr) return Code::kUnknownRef;
    }
    return Code::kAccepted;
  }
  for (const EntityId& id : ledger::NamedEntities(*judged.op.form, judged.Form())) {
    if (judged.state.Body(id) == nullptr) return Code::kUnknownRef;
  }
  return Code::kAccepted;
}

Code CheckState(Case& judged) {
  if (judged.row.from != 0) {
    const std::uint32_t status =
        EffectiveStatus(judged.state, judged.subject, *judged.body, judged.Time());
    if ((judged.row.from >> status & 1U) == 0) return Code::kBadState;
    if (IsClosedByLaw(judged)) return Code::kResReclassed;
    // What rests on a step that a compromised key signed waits until it is confirmed; whoever
    // leaves the case rests on nothing.
    const bool leaves = judged.op.op.ends_with(".withdraw") || judged.op.op.ends_with(".decline");
    if (!leaves && HasSuspendedStep(judged.state, *judged.body)) return Code::kBadState;
  }
  return judged.row.condition != nullptr ? judged.row.condition(judged) : Code::kAccepted;
}

void RaiseClockSkew(Case& judged) {
  const ledger::TimeMs off = judged.at - judged.Time();
  const ledger::TimeMs tolerance = judged.state.CurrentProfile().clock_tolerance_ms;
  if (off > tolerance || off < -tolerance) judged.Raise(ledger::Flag::kClockSkew);
}

// All rows, ascending by op.
std::vector<const CaseRow*> SortedRows() {
  const std::array tables = {
      AccessRows(),      DepartmentRows(),      IdentityRows(),    CatalogueRows(),
      RequestRows(),     DecisionRows(),        GrantRows(),       RectificationRows(),
      CorrectionRows(),  CatalogueChangeRows(), ExtensionRows(),   DemandRows(),
      NetworkRows(),     ConsultationRows(),    GrantChangeRows(), ThirdPartyRows(),
      EvidenceRows(),    DisposalRows(),        DerivationRows(),  EmergencyRows(),
      SupervisionRows(), AuditRows(),           DisputeRows(),     NodeRows(),
      StandingRows(),    DelegationRows()};
  std::vector<const CaseRow*> rows;
  for (const std::span<const CaseRow> table : tables) {
    for (const CaseRow& row : table) rows.push_back(&row);
  }
  std::ranges::sort(rows, {}, &CaseRow::op);
  return rows;
}

}  // namespace

const CaseRow* FindRow(std::string_view op) {
  static const std::vector<const CaseRow*> kRows = SortedRows();
  const auto found = std::ranges::lower_bound(kRows, op, {}, &CaseRow::op);
  return found != kRows.end() && (*found)->op == op ? *found : nullptr;
}

EntityId Case::Named(std::string_view member) const {
  return ledger::ParseEntityId(payload.body.TextOr(member)).value_or(EntityId());
}

const EntityBody* Case::NamedBody(std::string_view member) const {
  return state.Body(Named(member));
}

const SignerInfo* Case::Signer(ledger::SignerRole role) const {
  const auto found = std::ranges::find(signers, role, &SignerInfo::role);
  return found != signers.end() ? &*found : nullptr;
}

bool Case::Awaits(ledger::SignerRole role) const {
  return std::ranges::find(missing_roles, role, &SignerInfo::role) != missing_roles.end();
}

bool Case::IsParty(std::string_view party) const {
  return body != nullptr && (body->Party(party) == payload.department ||
                             body->Party(FormerParty(party)) == payload.department);
}

bool Case::IsSide(std::uint32_t sides) const {
  struct Side {
    std::uint32_t bit;
    std::string_view name;
  };
  static constexpr std::array kParties = {
      Side{side::kProvider, "provider"}, Side{side::kConsumer, "consumer"},
      Side{side::kIssuer, "issuer"},     Side{side::kTarget, "target"},
      Side{side::kOwner, "owner"},       Side{side::kHolder, "holder"},
      Side{side::kFiler, "filer"},       Side{side::kOther, "other"},
      Side{side::kMediator, "mediator"}, Side{side::kContributor, "contributor"}};
  static constexpr std::array kRoles = {
      Side{side::kGateway, "PLATFORM_OPERATOR"}, Side{side::kAuditor, "AUDITOR"},
      Side{side::kGovernment, "GOVERNMENT"}, Side{side::kSuperior, "SUPERIOR"},
      Side{side::kAnyManager, "MANAGER"}};
  if ((sides & side::kAny) != 0) return true;
  const std::string_view who = payload.department;
  const auto is_party = [this](std::string_view party) { return IsParty(party); };
  for (const Side& party : kParties) {
    if ((sides & party.bit) != 0 && is_party(party.name)) return true;
  }
  if ((sides & side::kOpener) != 0 && body != nullptr &&
      is_party(PartyOf(state.ProfileNamed(body->Text("profile")).opener))) {
    return true;
  }
  if ((sides & side::kManager) != 0 &&
      (body != nullptr ? is_party("manager") : HasDepartmentRole(state, who, "MANAGER"))) {
    return true;
  }
  for (const Side& role : kRoles) {
    if ((sides & role.bit) != 0 && HasDepartmentRole(state, who, role.name)) return true;
  }
  return false;
}

Code Judge(Case& judged) {
  if (const Code code = CheckFields(judged); code != Code::kAccepted) return code;
  if (!judged.row.subject.empty()) {
    const bool other =
        !judged.row.or_subject.empty() && judged.Form().Find(judged.row.subject) == nullptr;
    judged.subject = judged.Named(other ? judged.row.or_subject : judged.row.subject);
    judged.body = judged.state.Body(judged.subject);
  }
  if (const Code code = CheckSigners(judged); code != Code::kAccepted) return code;
  if (const Code code = CheckReferences(judged); code != Code::kAccepted) return code;
  if (const Code code = CheckState(judged); code != Code::kAccepted) return code;
  if (judged.row.turn != nullptr) {
    if (const Code code = judged.row.turn(judged); code != Code::kAccepted) return code;
  }
  for (const Check rule : judged.row.rules) {
    if (const Code code = rule(judged); code != Code::kAccepted) return code;
  }
  RaiseClockSkew(judged);
  return Code::kAccepted;
}

void Enact(Case& judged) {
  if (judged.body != nullptr) CountReopened(judged.state, judged.subject);
  const std::optional<SignedStep> step = StepBefore(judged);
  if (judged.row.effect != nullptr) judged.row.effect(judged);
  // Accesses leave their grant's body alone: their traces are counters and the log.
  if (!judged.subject.IsZero() && judged.row.touch == TouchRule::kCase) {
    RecordAct(judged, judged.subject, judged.row.to);
  }
  if (step) KeepStep(judged, *step);
  judged.state.NoteEnacted(judged.op.op);
}

Birth NewEntity(Case& judged, ledger::EntityKind kind) {
  Birth birth;
  const auto place = static_cast<std::uint16_t>(judged.born.size());
  birth.id = ledger::BornId(kind, judged.txid, place);
  birth.body.kind = kind;
  birth.body.born_at = judged.Time();
  birth.body.born_height = judged.Height();
  birth.body.born_tx = judged.txid;
  birth.body.department = judged.payload.department;
  return birth;
}

void AddBirth(Case& judged, Birth birth) {
  judged.born.push_back(birth.id);
  const std::uint32_t status = birth.body.status;
  const EntityId* resource = birth.body.Link("resource");
  if (birth.body.kind == ledger::EntityKind::kGrant && resource != nullptr) {
    NoteGrant(judged.state, *resource, birth.id);  // whoever opens it, and for whatever source
  }
  judged.state.Create(birth.id, std::move(birth.body));
  RecordAct(judged, judged.born.back(), status);
}

// What a side has done alone is kept apart from the acts: those make room for newer ones.
void RecordAct(Case& judged, const EntityId& id, std::uint32_t status) {
  constexpr std::uint64_t kAlone =
      ledger::FlagBit(ledger::Flag::kNotAgreed) | ledger::FlagBit(ledger::Flag::kUnilateralStop);
  EntityBody& body = judged.state.Edit(id);
  if (status != 0) body.status = status;
  std::string note = judged.note;
  if (!judged.on_behalf.empty()) {
    note.append(note.empty() ? "" : " ").append("on behalf of ").append(judged.on_behalf);
  }
  if ((judged.flags & kAlone) != 0) body.numbers[std::string(kChangedAlone)] = 1;
  body.AddAct(ledger::Act{.op = std::string(judged.op.op),
                          .time = judged.Time(),
                          .height = judged.Height(),
                          .txid = judged.txid,
                          .department = judged.payload.department,
                          .status = body.status,
                          .note = note.substr(0, 64),
                          .flags = judged.flags});
}

bool HasDepartmentRole(BlockState& state, std::string_view department, std::string_view role) {
  const EntityBody* body = state.Body(ledger::DepartmentEntity(department));
  if (body == nullptr) return false;
  std::string_view roles = body->Text("roles");
  while (!roles.empty()) {
    const std::size_t comma = roles.find(',');
    if (roles.substr(0, comma) == role) return true;
    if (comma == std::string_view::npos) break;
    roles.remove_prefix(comma + 1);
  }
  return false;
}

ledger::DepartmentId ManagerOf(const BlockState& state, std::string_view jurisdiction) {
  // 990102 -> 990100 -> 990000: two digits a level.
  std::string code(jurisdiction);
  for (std::size_t level = code.size() / 2; level > 0; --level) {
    if (const auto manager = state.Get(ledger::ConfigKey("manager/" + code))) {
      return ToText(*manager);
    }
    code[2 * level - 1] = '0';
    code[2 * level - 2] = '0';
  }
  return {};
}

}  // namespace jiandu::contracts
