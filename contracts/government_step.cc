// Deciding a request or a grant instead of its chain.
#include "contracts/government_step.h"

#include "contracts/clock.h"
#include "contracts/compromise.h"
#include "contracts/engine.h"
#include "contracts/request.h"
#include "contracts/resource.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::RequestStatus;

struct Disputed {
  EntityId id;
  const EntityBody* body = nullptr;  // null: neither request nor grant
  EntityId grant;                    // zero: there is none
};
Disputed DisputedOf(Case& judged) {
  const EntityBody* dispute = judged.NamedBody("dispute");
  const EntityId* id = dispute != nullptr ? dispute->Link("case") : nullptr;
  const EntityBody* body = id != nullptr ? judged.state.Body(*id) : nullptr;
  if (body == nullptr) return {};
  if (body->kind == EntityKind::kGrant) return {.id = *id, .body = body, .grant = *id};
  if (body->kind != EntityKind::kRequest) return {};
  const auto grant = ledger::ParseEntityId(body->Text("grant"));
  return {.id = *id, .body = body, .grant = grant ? *grant : EntityId()};
}

// The decision goes as far as was asked for, whatever the steps before it left of that.
Json DecidedTerms(Case& judged, const EntityBody& disputed) {
  const EntityBody* request = &disputed;
  if (disputed.kind == EntityKind::kGrant) {
    const EntityId* link = disputed.Link("request");
    request = link != nullptr ? judged.state.Body(*link) : nullptr;
  }
  const Json asked =
      request != nullptr
          ? RequestedTerms(request->Form(), judged.state.ProfileNamed(request->Text("profile")))
          : disputed.Terms();
  return Tighten(asked, *judged.Form().Find("terms"));
}

std::string OpenerOf(Case& judged, const EntityBody& disputed) {
  const Step opener = judged.state.ProfileNamed(disputed.Text("profile")).opener;
  return std::string(disputed.Party(PartyOf(opener)));
}

// The request that is approved anew: the one disputed, or that of the disputed grant. Zero: the
// grant came from no request.
EntityId RequestOf(const Disputed& disputed) {
  if (disputed.body->kind == EntityKind::kRequest) return disputed.id;
  const EntityId* link = disputed.body->Link("request");
  return link != nullptr ? *link : EntityId();
}

// Its steps have had their say, and what they were late with stays with them.
void Reopen(Case& judged, const EntityId& id, const Json& terms) {
  CountReopened(judged.state, id);
  const std::string opener = OpenerOf(judged, *judged.state.Body(id));
  EntityBody& request = judged.state.Edit(id);
  if (request.status == To(RequestStatus::kWithdrawn)) return;
  if (!IsOpenRequest(request)) OpenCase(judged.state, *request.Link("resource"));
  for (const std::string_view code : {"D03", "D04", "D08"}) {
    (void)StopClock(judged, request, code);
  }
  EndAllClocks(request, judged.Time());
  request.terms = ToBytes(CanonicalJson(terms));
  request.texts["step"] = "GOV";
  ForgetSteps(request);
  // Of a granted one the service runs; what is owed is the amendment.
  if (request.Text("grant").empty()) StartSharing(judged, request);
  StartClock(judged.state, request, "D16", opener, judged.Time());
  RecordAct(judged, id, To(RequestStatus::kApproved));
}

}  // namespace

Code GovernmentStepFields(Case& judged) {
  const Disputed disputed = DisputedOf(judged);
  if (judged.Text("verdict") != "APPROVE" || disputed.body == nullptr) return Code::kAccepted;
  if (judged.Form().Find("terms") == nullptr) return Code::kFieldRequired;
  const bool is_request = disputed.body->kind == EntityKind::kRequest;
  if (!is_request || disputed.grant.IsZero()) return Code::kAccepted;
  if (judged.Form().Find("grant") == nullptr) return Code::kFieldRequired;
  return judged.Named("grant") == disputed.grant ? Code::kAccepted : Code::kFieldInvalid;
}

void TakeGovernmentStep(Case& judged) {
  const Disputed disputed = DisputedOf(judged);
  if (disputed.body == nullptr) return;
  const Json terms = DecidedTerms(judged, *disputed.body);
  EntityBody& dispute = judged.state.Edit(judged.subject);
  dispute.terms = ToBytes(CanonicalJson(terms));
  const EntityId request = RequestOf(disputed);
  if (!request.IsZero()) Reopen(judged, request, terms);
  if (!disputed.grant.IsZero()) RecordAct(judged, disputed.grant, 0);
}

}  // namespace jiandu::contracts
