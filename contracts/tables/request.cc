// Requests: submission, the one return, acceptance of an offer, withdrawal
// (docs/contracts.md 4.5, 4.6).
#include "contracts/request.h"

#include <algorithm>

#include "contracts/application.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/erratum.h"
#include "contracts/resource.h"
#include "contracts/resource_content.h"
#include "contracts/resource_state.h"
#include "contracts/safeguards.h"
#include "contracts/terms.h"
#include "contracts/territory.h"
#include "crypto/hash.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::RequestStatus;

void Submit(Case& judged) {
  Birth birth = NewEntity(judged, ledger::EntityKind::kRequest);
  EntityBody& request = birth.body;
  request.status = To(RequestStatus::kSubmitted);
  application::SetParties(judged, request);
  if (const EntityId grant = judged.Named("grant"); !grant.IsZero()) request.links["grant"] = grant;
  request.numbers = {{"attempt", 1}, {"step", 0}};
  application::SetContent(judged, request, judged.Form(), birth.id);
  StartStep(judged, request);
  OpenCase(judged.state, application::ResourceIdOf(judged));
  AddBirth(judged, std::move(birth));
}

// request.return, request.resubmit
Code AtFirstStep(Case& judged) {
  const bool turn = judged.body->Number("step") == 0 &&
                    TurnOf(judged.state, *judged.body) == judged.payload.department;
  return turn ? Code::kAccepted : Code::kApprovalOrder;
}
Code ReturnedOnce(Case& judged) {
  return judged.body->Number("returned") > 0 ? Code::kReturnTwice : Code::kAccepted;
}
void Return(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  request.numbers["returned"] = 1;
  for (const std::string_view code : {"D03", "D04", "D08"}) {
    if (StopClock(judged, request, code) > 0) judged.Raise(ledger::Flag::kReturnLate);
  }
  EndClock(request, "D05m", judged.Time());  // an extension asked for falls away
  StartClock(judged.state, request, "D22", request.Party("consumer"), judged.Time());
  request.texts["missing"] = CanonicalJson(*judged.Form().Find("missing"));
}
Code SameResource(Case& judged) {
  const Json* content = application::NewContent(judged);
  if (content == nullptr || judged.NamedBody("request") == nullptr) return Code::kAccepted;
  const EntityId* resource = judged.NamedBody("request")->Link("resource");
  if (resource == nullptr || *resource != application::ResourceIdOf(judged)) {
    return Code::kFieldInvalid;
  }
  // What a request changes is fixed at its birth.
  const EntityBody& request = *judged.NamedBody("request");
  const EntityId* grant = request.Link("grant");
  const std::string named = grant != nullptr ? ledger::ToHex(*grant) : std::string();
  const bool same_kind = grant == nullptr || content->TextOr("kind") == request.Text("kind");
  if (content->TextOr("grant") != named || !same_kind) return Code::kFieldInvalid;
  return application::DependentFields(judged);
}
Code ListCovered(Case& judged) {
  const auto missing = ParseJson(judged.body->Text("missing"), limits::kTxBytesMax);
  if (!missing || !missing->IsArray()) return Code::kAccepted;
  const auto answers = judged.Form().ItemsOf("answers");
  for (const Json& point : missing->Items()) {
    const bool answered = std::ranges::any_of(answers, [&point](const Json& answer) {
      return answer.TextOr("code") == point.AsString();
    });
    if (!answered) return Code::kListNotCovered;
  }
  return Code::kAccepted;
}
void Resubmit(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  request.numbers["attempt"] = request.Number("attempt") + 1;
  SatisfyClock(judged, request, "D22");
  const Json* content = application::NewContent(judged);
  if (content != nullptr) {
    // What is no longer asked for may be asked for again.
    const Bytes before = application::SameKey(judged, request.Form());
    const auto holder = judged.state.Get(before);
    if (holder && EntityId::From(*holder) == judged.subject) judged.state.Delete(before);
    application::SetContent(judged, request, *content, judged.subject);
  }
  StartStep(judged, request);
}

// request.accept, decline, withdraw
void Accept(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  if (judged.Form().BoolOr("under_protest")) request.numbers["under_protest"] = 1;
  if (const ledger::Clock* offer = RunningClock(request, "D19")) {
    BookWait(judged, request, "D06", request.Party("consumer"), offer->start);
  }
  SatisfyClock(judged, request, "D19");
  request.status = Advance(judged, request);
}
void End(Case& judged) {
  judged.note = judged.Text("reason_code");
  EndClocksByLaw(judged);
  EntityBody& request = judged.state.Edit(judged.subject);
  SatisfyClock(judged, request, "D19");
  EndAllClocks(request, judged.Time());
  EndRequest(judged);
}

// request.erratum
Code BeforeFirstDecision(Case& judged) {
  const std::uint32_t status = judged.body->status;
  const bool undecided =
      judged.body->Number("step") == 0 &&
      (status == To(RequestStatus::kSubmitted) || status == To(RequestStatus::kReturned));
  return undecided && IsSlipOfRequest(judged) ? Code::kAccepted : Code::kErratumScope;
}
void CorrectRequest(Case& judged) {
  EntityBody& request = judged.state.Edit(judged.subject);
  request.form = ToBytes(CanonicalJson(Corrected(judged, request.Form())));
  judged.note = NamesOfSlips(judged);
}

constexpr Check kErratumRules[] = {BeforeFirstDecision};
constexpr Check kSubmitRules[] = {
    application::MayChange,    application::NotSelf,      application::IsPublished,
    application::IsShared,     application::ClassFits,    application::InScope,
    application::ItemsKnown,   application::ModeOffered,  application::ModeReason,
    application::PageAccounts, application::SystemsOwned, application::IsSafe,
    application::TerritoryFits};
constexpr Check kResubmitRules[] = {ListCovered,
                                    application::IsPublished,
                                    application::IsShared,
                                    application::ClassFits,
                                    application::InScope,
                                    application::ItemsKnown,
                                    application::ModeOffered,
                                    application::ModeReason,
                                    application::PageAccounts,
                                    application::SystemsOwned,
                                    application::IsSafe,
                                    application::TerritoryFits};
constexpr Check kReturnRules[] = {ReturnedOnce};
constexpr std::uint32_t kOpen = In(RequestStatus::kSubmitted) | In(RequestStatus::kReturned) |
                                In(RequestStatus::kOffered) | In(RequestStatus::kApproved);

constexpr CaseRow kRows[] = {
    {.op = "request.submit",
     .who = Who::kMakerHead,
     .required = application::DependentFields,
     .role = application::MayConsume,
     .condition = application::NotTwice,
     .rules = kSubmitRules,
     .effect = Submit},
    {.op = "request.return",
     .sides = side::kProvider | side::kManager,
     .who = Who::kMaker,
     .subject = "request",
     .from = In(RequestStatus::kSubmitted),
     .to = To(RequestStatus::kReturned),
     .turn = AtFirstStep,
     .rules = kReturnRules,
     .effect = Return},
    {.op = "request.resubmit",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = In(RequestStatus::kReturned),
     .to = To(RequestStatus::kSubmitted),
     .required = SameResource,
     .condition = application::NotTwice,
     .rules = kResubmitRules,
     .effect = Resubmit},
    {.op = "request.accept",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = In(RequestStatus::kOffered),
     .effect = Accept},
    {.op = "request.decline",
     .sides = side::kConsumer,
     .who = Who::kHead,
     .subject = "request",
     .from = In(RequestStatus::kOffered),
     .to = To(RequestStatus::kDeclined),
     .effect = End},
    {.op = "request.withdraw",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = kOpen,
     .to = To(RequestStatus::kWithdrawn),
     .effect = End},
    {.op = "request.erratum",
     .sides = side::kConsumer,
     .who = Who::kMakerHead,
     .subject = "request",
     .from = kOpen,
     .required = ErratumFields,
     .rules = kErratumRules,
     .effect = CorrectRequest},
};

}  // namespace

std::span<const CaseRow> RequestRows() { return kRows; }

}  // namespace jiandu::contracts
