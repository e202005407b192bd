// Consultation 一事一议 over what is not shared (docs/contracts.md 4.7; S0 6.3.3).
//
// Three departments sit: consumer, provider and manager. Where the manager is one of the others,
// the government takes its seat.
#include <algorithm>
#include <array>
#include <set>

#include "contracts/application.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::ConsultationStatus;
using ledger::EntityBody;
using ledger::SignerRole;

constexpr std::array<std::string_view, 3> kParties = {"consumer", "provider", "manager"};

enum class Seat : std::uint8_t { kNone, kConsumer, kProvider, kThird };
Seat SeatOf(BlockState& state, const EntityBody& consultation, std::string_view department) {
  if (department == consultation.Party("consumer")) return Seat::kConsumer;
  if (department == consultation.Party("provider")) return Seat::kProvider;
  const std::string_view manager = consultation.Party("manager");
  const bool is_side =
      manager == consultation.Party("consumer") || manager == consultation.Party("provider");
  const bool third =
      is_side ? HasDepartmentRole(state, department, "GOVERNMENT") : department == manager;
  return third ? Seat::kThird : Seat::kNone;
}
Code HasSeat(Case& judged) {
  return SeatOf(judged.state, *judged.body, judged.payload.department) != Seat::kNone
             ? Code::kAccepted
             : Code::kRoleDenied;
}
bool HasSeatToo(Case& judged, const ledger::KeyRecord& peer) {
  return judged.body != nullptr &&
         SeatOf(judged.state, *judged.body, peer.department) != Seat::kNone;
}

// Invited departments are parties too, so that they see the case.
void Invite(EntityBody& consultation, const Json& form, std::string_view list) {
  constexpr std::size_t kPartiesMax = 256;
  for (const Json& entry : form.ItemsOf(list)) {
    const std::string& department = entry.AsString();
    const bool known = std::ranges::any_of(consultation.parties, [&department](const auto& party) {
      return party.second == department;
    });
    if (known || consultation.parties.size() >= kPartiesMax) continue;
    consultation.parties.emplace("invited" + std::to_string(consultation.parties.size()),
                                 department);
  }
}

// consultation.open
Code OnlyWhatIsNotShared(Case& judged) {
  const EntityBody* resource = application::ResourceBody(judged);
  const bool fits = resource != nullptr && resource->Text("share_class") == "NOT_SHARED" &&
                    judged.Text("share_class") == "NOT_SHARED";
  return fits ? Code::kAccepted : Code::kClassMismatch;
}
Code NotFinal(Case& judged) {
  return application::IsFinal(judged) ? Code::kNotSharedFinal : Code::kAccepted;
}
void Open(Case& judged) {
  Birth birth = NewEntity(judged, ledger::EntityKind::kConsultation);
  EntityBody& consultation = birth.body;
  consultation.status = To(ConsultationStatus::kOpen);
  application::SetParties(judged, consultation);
  application::SetContent(judged, consultation, judged.Form(), birth.id);
  consultation.texts["kind"] = "ONE_OFF";
  for (const std::string_view party : kParties) {
    StartClock(judged.state, consultation, "D11", consultation.Party(party), judged.Time());
  }
  StartClock(judged.state, consultation, "D21", consultation.Party("manager"), judged.Time());
  Invite(consultation, judged.Form(), "invited");
  AddBirth(judged, std::move(birth));
}

// consultation.convene, statement
Code MeetingAhead(Case& judged) {
  return judged.Form().IntegerOr("meeting_date") < ledger::DateOf(judged.Time())
             ? Code::kFieldInvalid
             : Code::kAccepted;
}
void Convene(Case& judged) {
  EntityBody& consultation = judged.state.Edit(judged.subject);
  SatisfyClock(judged, consultation, "D21");
  consultation.numbers["meeting_date"] = judged.Form().IntegerOr("meeting_date");
  if (const std::string_view no = judged.Text("meeting_no"); !no.empty()) {
    consultation.texts["meeting_no"] = no;
  }
  Invite(consultation, judged.Form(), "participants");
}
Code IsParticipant(Case& judged) {
  const auto& parties = judged.body->parties;
  const bool listed = std::ranges::any_of(
      parties, [&judged](const auto& party) { return party.second == judged.payload.department; });
  return listed ? Code::kAccepted : HasSeat(judged);
}
void State(Case& judged) { judged.note = judged.Text("position"); }

// consultation.resolve. What the three sign may not go beyond what was asked for.
Code WithinApplication(Case& judged) {
  const EntityBody* consultation = judged.NamedBody("consultation");
  const Json* terms = judged.Form().Find("terms");
  if (consultation == nullptr || terms == nullptr) return Code::kAccepted;
  return Exceeds(*terms, TermsOf(judged.state, *consultation)) ? Code::kFieldInvalid
                                                               : Code::kAccepted;
}
// Three different seats, one department each, all named, and each of them signs or is to sign.
Code ThreeSign(Case& judged) {
  std::set<Seat> named;
  std::set<std::string, std::less<>> departments;
  for (const Json& entry : judged.Form().ItemsOf("participants")) {
    const Seat seat = SeatOf(judged.state, *judged.body, entry.AsString());
    if (seat == Seat::kNone) continue;
    if (named.insert(seat).second) departments.insert(entry.AsString());
  }
  if (named.size() != 3 || departments.size() != 3) return Code::kThreeSignaturesRequired;
  departments.erase(judged.payload.department);
  for (const SignerInfo& signer : judged.signers) {
    if (signer.role == SignerRole::kPeer) departments.erase(signer.record->department);
  }
  for (const Json& entry : judged.Form().ItemsOf("await")) {
    if (entry.TextOr("role") == ledger::RoleName(SignerRole::kPeer)) {
      departments.erase(std::string(entry.TextOr("department")));
    }
  }
  return departments.empty() ? Code::kAccepted : Code::kThreeSignaturesRequired;
}
Code BasisGiven(Case& judged) {
  return judged.Form().Find("legal_basis") != nullptr ? Code::kAccepted : Code::kBasisRequired;
}
Code SingleCase(Case& judged) {
  return IsOneOff(judged, *judged.Form().Find("terms")) ? Code::kAccepted : Code::kOneOffTerms;
}
// The duties of all three to come to an end of it have been done.
void SatisfyAll(Case& judged, EntityBody& consultation) {
  for (const std::string_view party : kParties) {
    SatisfyClock(judged, consultation, "D11", consultation.Party(party));
  }
}
void Resolve(Case& judged) {
  EntityBody& consultation = judged.state.Edit(judged.subject);
  Json terms = Tighten(TermsOf(judged.state, consultation), *judged.Form().Find("terms"));
  terms.Set("result_kind", judged.Text("result_kind"));
  consultation.texts["delivery_mode"] = terms.TextOr("mode");
  consultation.texts["result_kind"] = judged.Text("result_kind");
  consultation.texts["legal_basis"] = CanonicalJson(*judged.Form().Find("legal_basis"));
  consultation.texts["minutes_digest"] = judged.Text("minutes_digest");
  consultation.terms = ToBytes(CanonicalJson(terms));
  SatisfyAll(judged, consultation);
  const Step opener = judged.state.ProfileNamed(consultation.Text("profile")).opener;
  StartClock(judged.state, consultation, "D16", consultation.Party(PartyOf(opener)), judged.Time());
  judged.note = judged.Text("result_kind");
  // Approved and not opened, it stands in the way of the resource's retirement.
  OpenCase(judged.state, *consultation.Link("resource"));
}

// consultation.refuse, withdraw
Code ReasonGiven(Case& judged) {
  return HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
void Refuse(Case& judged) {
  EntityBody& consultation = judged.state.Edit(judged.subject);
  SatisfyAll(judged, consultation);
  EndAllClocks(consultation, judged.Time());
  judged.note = judged.Text("reason_code");
}
void Withdraw(Case& judged) {
  EndAllClocks(judged.state.Edit(judged.subject), judged.Time());
  judged.note = judged.Text("reason_code");
}

constexpr Check kOpenRules[] = {application::NotSelf,      application::IsPublished,
                                OnlyWhatIsNotShared,       NotFinal,
                                application::ItemsKnown,   application::ModeOffered,
                                application::ModeReason,   application::PageAccounts,
                                application::SystemsOwned, application::IsSafe};
constexpr Check kResolveRules[] = {ThreeSign, BasisGiven, SingleCase};
constexpr Check kRefuseRules[] = {ReasonGiven};

constexpr std::uint32_t kSides =
    side::kConsumer | side::kProvider | side::kManager | side::kGovernment;
constexpr std::uint32_t kUndecided =
    In(ConsultationStatus::kOpen) | In(ConsultationStatus::kInSession);

constexpr CaseRow kRows[] = {
    {.op = "consultation.open",
     .who = Who::kMakerHead,
     .required = application::DependentFields,
     .role = application::MayConsume,
     .condition = application::NotTwice,
     .rules = kOpenRules,
     .effect = Open},
    {.op = "consultation.convene",
     .sides = side::kManager,
     .who = Who::kMaker,
     .subject = "consultation",
     .from = In(ConsultationStatus::kOpen),
     .to = To(ConsultationStatus::kInSession),
     .required = MeetingAhead,
     .effect = Convene},
    {.op = "consultation.statement",
     .who = Who::kMaker,
     .subject = "consultation",
     .role = IsParticipant,
     .effect = State},
    {.op = "consultation.resolve",
     .sides = kSides,
     .who = Who::kHead,
     .subject = "consultation",
     .from = In(ConsultationStatus::kInSession),
     .to = To(ConsultationStatus::kAgreed),
     .required = WithinApplication,
     .peer = HasSeatToo,
     .role = HasSeat,
     .rules = kResolveRules,
     .effect = Resolve},
    {.op = "consultation.refuse",
     .sides = kSides,
     .who = Who::kHead,
     .subject = "consultation",
     .from = kUndecided,
     .to = To(ConsultationStatus::kRefused),
     .role = HasSeat,
     .rules = kRefuseRules,
     .effect = Refuse},
    {.op = "consultation.withdraw",
     .sides = side::kConsumer,
     .who = Who::kHead,
     .subject = "consultation",
     .from = kUndecided,
     .to = To(ConsultationStatus::kWithdrawn),
     .effect = Withdraw},
};

}  // namespace

std::span<const CaseRow> ConsultationRows() { return kRows; }

}  // namespace jiandu::contracts
