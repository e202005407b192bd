// What changes a grant in its life: amendment, renewal, change by the provider, recall, and the
// report that the service stopped (docs/contracts.md 4.8; 809 Art. 20, 25, 27, 28, 39).
#include <algorithm>

#include "contracts/clock.h"
#include "contracts/compromise.h"
#include "contracts/engine.h"
#include "contracts/grant.h"
#include "contracts/grant_terms.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/safeguards.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::Flag;
using ledger::GrantStatus;
using ledger::RequestStatus;
using ledger::SignerRole;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kRecalledMax = 64;  // as in the form

// grant.amend, grant.renew: what an approved request of the consumer asks of this very grant; to an
// amendment also the grant's own request, which a government decision has approved anew.
const EntityBody* Source(Case& judged) { return judged.NamedBody("request"); }
bool IsOfThisGrant(const Case& judged, const EntityBody& request) {
  if (request.kind != ledger::EntityKind::kRequest) return false;
  const ledger::EntityId* changed = request.Link("grant");
  const bool renews = judged.op.op == "grant.renew";
  if (changed == nullptr) {
    return !renews && request.Text("grant") == ledger::ToHex(judged.subject);
  }
  return *changed == judged.subject && request.Text("kind") == (renews ? "RENEW" : "SCOPE_CHANGE");
}
Code SourceApproved(Case& judged) {
  const EntityBody& request = *Source(judged);
  if (!IsOfThisGrant(judged, request)) return Code::kNotApproved;
  if (request.status == To(RequestStatus::kGranted)) return Code::kSourceConsumed;
  const bool approved = request.status == To(RequestStatus::kApproved);
  return approved && !HasSuspendedStep(judged.state, request) ? Code::kAccepted
                                                              : Code::kNotApproved;
}
Code EndAhead(Case& judged) {
  const Json* end = judged.Form().Find("valid_to");
  return end != nullptr && end->AsInteger() < ledger::DateOf(judged.Time()) ? Code::kFieldInvalid
                                                                            : Code::kAccepted;
}
Code SameClass(Case& judged) { return StillShared(judged, *Source(judged)); }
Code StillSafe(Case& judged) {
  const EntityBody* resource = ResourceOf(judged.state, *Source(judged));
  const std::string grade(resource != nullptr ? resource->Text("grade") : "");
  return MeetsSafeguards(judged.state, Source(judged)->Form(), grade) ? Code::kAccepted
                                                                      : Code::kSafeguardRequired;
}
Code WithinDecision(Case& judged) {
  return Exceeds(judged.Form(), TermsOf(judged.state, *Source(judged))) ? Code::kTermsExceedDecision
                                                                        : Code::kAccepted;
}
// What was derived is passed on anew, and so the consents are asked again (4.12).
Code DerivedConsented(Case& judged) {
  return StillConsented(judged, *Source(judged)->Link("resource"));
}
// A renewal is no longer than the term before it (809 Art. 20).
Code WithinOldTerm(Case& judged) {
  if (const Code code = WithinDecision(judged); code != Code::kAccepted) return code;
  const EntityBody& grant = *judged.body;
  const std::int64_t end = grant.Number("valid_to");
  const std::int64_t began = grant.Number("term_from", grant.Number("valid_from"));
  // The day on which it began counts whole.
  const std::int64_t old_term = end - ledger::StartOfDate(ledger::DateOf(began));
  const std::int64_t until = ledger::StartOfDate(judged.Form().IntegerOr("valid_to")) + kDayMs;
  return until > end && until - end <= old_term ? Code::kAccepted : Code::kTermsExceedDecision;
}

// The source is used up. What was asked anew of the provider it owes in the grant (D06), unless an
// older duty to serve it runs there.
void Consume(Case& judged) {
  const ledger::EntityId id = judged.Named("request");
  EntityBody& request = judged.state.Edit(id);
  EntityBody& grant = judged.state.Edit(judged.subject);
  if (const ledger::Clock* opening = RunningClock(request, "D16")) {
    BookWait(judged, request, "D06", opening->department, opening->start);
  }
  SatisfyClock(judged, request, "D16");
  const bool new_scope = judged.op.op == "grant.amend";
  if (new_scope && RunningClock(request, "D06") != nullptr &&
      RunningClock(grant, "D06") == nullptr) {
    std::erase_if(grant.clocks, [](const ledger::Clock& clock) { return clock.code == "D06"; });
    MoveClock(request, grant, "D06");
  }
  EndAllClocks(request, judged.Time());
  request.texts["grant"] = ledger::ToHex(judged.subject);
  CloseCase(judged.state, *request.Link("resource"));
  RecordAct(judged, id, To(RequestStatus::kGranted));
}

// What neither the decision nor this act says stays as it was.
Json AmendedTerms(Case& judged) {
  const EntityBody& source = *Source(judged);
  Json terms = GrantTerms(judged, source);
  const Json before = TermsInForce(judged.state, judged.subject, judged.Time());
  for (const std::string_view name :
       {"rate_per_min", "rows_per_call_max", "bytes_per_day", "uses_max", "retention_until",
        "disposal_method", "result_kind", "daily_cap"}) {
    const Json* value = before.Find(name);
    if (value != nullptr && terms.Find(name) == nullptr) terms.Set(name, *value);
  }
  if (judged.Text("purpose_code").empty()) {
    terms.Set("purpose_code", before.TextOr("purpose_code"));
  }
  return terms;
}
void Amend(Case& judged) {
  const Json terms = AmendedTerms(judged);
  ReplaceTerms(judged, judged.subject, terms);
  EntityBody& grant = judged.state.Edit(judged.subject);
  grant.numbers["resource_version"] = Source(judged)->Number("resource_version");
  grant.numbers["amended"] = grant.Number("amended") + 1;
  grant.texts["purpose_code"] = terms.TextOr("purpose_code");
  grant.texts["mode"] = terms.TextOr("mode");
  SetEnd(judged.state, grant, terms.IntegerOr("valid_to"));
  Consume(judged);
}
void Renew(Case& judged) {
  SettleTerms(judged.state, judged.subject, judged.Time());
  EntityBody& grant = judged.state.Edit(judged.subject);
  const std::int64_t until = judged.Form().IntegerOr("valid_to");
  Json terms = grant.Terms();
  terms.Set("valid_to", until);
  grant.terms = ToBytes(CanonicalJson(terms));
  grant.numbers["term_from"] = grant.Number("valid_to");
  grant.numbers["renewed"] = grant.Number("renewed") + 1;
  SetEnd(judged.state, grant, until);
  Consume(judged);
}

// grant.change
bool IsConsumerHead(Case& judged, const ledger::KeyRecord& peer) {
  return judged.body != nullptr && judged.body->Party("consumer") == peer.department;
}
// The consumer's head has signed; a signature still awaited counts when it has come.
bool IsAgreed(const Case& judged) {
  return judged.Signer(SignerRole::kPeer) != nullptr || judged.Awaits(SignerRole::kPeer);
}
const Json& ChangedTerms(const Case& judged) {
  static const Json kNone = Json::MakeObject();
  const Json* terms = judged.Form().Find("terms");
  return terms != nullptr ? *terms : kNone;
}
// Either tighter terms or the end. Wider ones go only by a request (809 Art. 25).
Code ChangeFields(Case& judged) {
  const EntityBody* grant = judged.NamedBody("grant");
  const bool ends = judged.Form().BoolOr("terminate");
  if (judged.Form().Find("terms") == nullptr && !ends) return Code::kFieldRequired;
  if (grant == nullptr || grant->kind != ledger::EntityKind::kGrant) return Code::kAccepted;
  const Json& terms = ChangedTerms(judged);
  Json before = TermsInForce(judged.state, judged.Named("grant"), judged.Time());
  // Of an emergency's grant the terms have the end it had when it was opened.
  before.Set("valid_to", ledger::DateOf(grant->Number("valid_to") - 1));
  const std::int64_t first_day = std::max<std::int64_t>(judged.Form().IntegerOr("effective_on"),
                                                        ledger::DateOf(judged.Time()));
  const std::int64_t last_day = terms.IntegerOr("valid_to", first_day);
  const bool both = ends && judged.Form().Find("terms") != nullptr;
  const bool too_late = first_day > before.IntegerOr("valid_to");  // it has ended by then
  return both || too_late || Exceeds(terms, before) || last_day < first_day ? Code::kFieldInvalid
                                                                            : Code::kAccepted;
}
Code ReasonGiven(Case& judged) {
  return HasReason(judged.Form()) ? Code::kAccepted : Code::kReasonRequired;
}
Code Negotiated(Case& judged) {
  const std::string_view position = judged.Text("c_position");
  const bool heard =
      !judged.Text("negotiation_digest").empty() || position == "OBJECTS" || position == "SILENT";
  return IsAgreed(judged) || heard ? Code::kAccepted : Code::kNegotiationRequired;
}
Code NoticeGiven(Case& judged) {
  if (IsAgreed(judged)) return Code::kAccepted;
  const std::int64_t days = judged.state.ProfileNamed(judged.body->Text("profile")).notice_days;
  const std::int32_t first =
      ledger::DateOf(judged.state.Calendar().DueAfter(judged.Time(), days).at - 1);
  return judged.Form().IntegerOr("effective_on") >= first ? Code::kAccepted : Code::kNoticeTooShort;
}
void EndNow(Case& judged, GrantStatus status) {
  EntityBody& grant = judged.state.Edit(judged.subject);
  for (const std::string_view code : {"D06", "D09a", "D12"}) {
    EndClock(grant, code, judged.Time());
  }
  StartDisposal(judged.state, grant, judged.Time());
  grant.status = To(status);
  NoteStatus(judged, judged.subject, status);
}
void Change(Case& judged) {
  const bool agreed = judged.Signer(SignerRole::kPeer) != nullptr;
  if (!agreed) judged.Raise(Flag::kNotAgreed);
  judged.note = judged.Text("reason_code");
  const std::int64_t date = judged.Form().IntegerOr("effective_on");
  const ledger::TimeMs from = date > 0 ? ledger::StartOfDate(date) : judged.Time();
  const bool ahead = from > judged.Time();
  if (judged.Form().BoolOr("terminate")) {
    if (!ahead) return EndNow(judged, GrantStatus::kTerminated);
    return AnnounceEnd(judged, judged.subject, from);
  }
  Json terms =
      Tighten(TermsInForce(judged.state, judged.subject, judged.Time()), ChangedTerms(judged));
  SetMasks(judged, *judged.body, terms);
  if (ahead) {
    AnnounceTerms(judged, judged.subject, terms, from);
  } else {
    ReplaceTerms(judged, judged.subject, terms);
  }
  EntityBody& grant = judged.state.Edit(judged.subject);
  if (ChangedTerms(judged).Find("valid_to") != nullptr) {
    SetEnd(judged.state, grant, terms.IntegerOr("valid_to"));
  } else {
    KeepEnd(judged.state, grant);
  }
}

// grant.recall
bool IsManagerHead(Case& judged, const ledger::KeyRecord& peer) {
  return judged.body != nullptr && judged.body->Party("manager") == peer.department;
}
bool ManagerIsAnother(Case& judged) {
  return judged.body != nullptr && judged.body->Party("manager") != judged.payload.department;
}
Code BatchesNamed(Case& judged) {
  const bool all = judged.Text("scope") == "ALL";
  const bool none = judged.Form().ItemsOf("batches").empty();
  if (all) return none ? Code::kAccepted : Code::kFieldInvalid;
  return none ? Code::kFieldRequired : Code::kAccepted;
}
// Those known, and those of the form that are not among them; more than a form may name stand in
// the acts alone.
std::string WithBatches(std::string_view known, const Json& form) {
  Json batches = ReadCanonicalJson(known).value_or(Json::MakeArray());
  for (const Json& batch : form.ItemsOf("batches")) {
    const auto is_it = [&](const Json& one) { return one.AsString() == batch.AsString(); };
    if (batches.Items().size() >= kRecalledMax) break;
    if (!std::ranges::any_of(batches.Items(), is_it)) batches.Push(batch.AsString());
  }
  return CanonicalJson(batches);
}
void Recall(Case& judged) {
  judged.note = std::string(judged.Text("scope")).append(" ").append(judged.Text("reason_code"));
  EntityBody& grant = judged.state.Edit(judged.subject);
  const ledger::Clock* disposal = RunningClock(grant, "D14");
  // More is recalled while what was recalled before is still to be disposed of: by the same day.
  const bool more = disposal != nullptr && disposal->start == grant.Number("recalled_at");
  if (!more) grant.numbers["recalled_at"] = judged.Time();
  if (judged.Text("scope") == "ALL") return EndNow(judged, GrantStatus::kTerminated);
  grant.texts["recalled"] = WithBatches(more ? grant.Text("recalled") : "[]", judged.Form());
  StartDisposal(judged.state, grant, judged.Time());
}

// grant.stop_report: the service stopped though nothing had ended or suspended the grant.
void StopReport(Case& judged) {
  const ledger::TimeMs stopped = judged.Form().IntegerOr("occurred_at", judged.Time());
  const AccessTerms* terms = judged.state.TermsAt(judged.subject, stopped);
  const bool served = terms != nullptr && terms->valid_from <= stopped &&
                      stopped < terms->valid_to &&
                      terms->StatusAt(stopped) == GrantStatus::kActive &&
                      !IsStopped(judged.state, terms->resource, stopped);
  if (served) judged.Raise(Flag::kUnilateralStop);
}

constexpr Check kAmendRules[] = {SameClass, StillSafe, WithinDecision, DerivedConsented};
constexpr Check kRenewRules[] = {SameClass, StillSafe, WithinOldTerm, DerivedConsented};
constexpr Check kChangeRules[] = {ReasonGiven, Negotiated, NoticeGiven};
constexpr Check kRecallRules[] = {ReasonGiven};

constexpr std::uint32_t kActive = In(GrantStatus::kActive);
constexpr std::uint32_t kSuspended = In(GrantStatus::kSuspended);

constexpr CaseRow kRows[] = {
    {.op = "grant.amend",
     .sides = side::kOpener,
     .who = Who::kMakerHead,
     .subject = "grant",
     .from = kActive,
     .required = EndAhead,
     .condition = SourceApproved,
     .rules = kAmendRules,
     .effect = Amend},
    {.op = "grant.renew",
     .sides = side::kOpener,
     .who = Who::kMakerHead,
     .subject = "grant",
     .from = kActive,
     .required = EndAhead,
     .condition = SourceApproved,
     .rules = kRenewRules,
     .effect = Renew},
    {.op = "grant.change",
     .sides = side::kProvider,
     .who = Who::kMakerHead,
     .subject = "grant",
     .from = kActive | kSuspended,
     .required = ChangeFields,
     .peer = IsConsumerHead,
     .rules = kChangeRules,
     .effect = Change},
    {.op = "grant.recall",
     .sides = side::kProvider,
     .who = Who::kHead,
     .subject = "grant",
     .from = In(GrantStatus::kOpened) | kActive | kSuspended,
     .required = BatchesNamed,
     .peer = IsManagerHead,
     .peer_needed = ManagerIsAnother,
     .rules = kRecallRules,
     .effect = Recall},
    {.op = "grant.stop_report",
     .sides = side::kConsumer,
     .who = Who::kMakerOrSystem,
     .subject = "grant",
     .effect = StopReport},
};

}  // namespace

std::span<const CaseRow> GrantChangeRows() { return kRows; }

}  // namespace jiandu::contracts
