// Turns and terms.
#include "contracts/request.h"

#include "contracts/clock.h"
#include "contracts/department.h"
#include "contracts/engine.h"
#include "contracts/resource.h"
#include "contracts/resource_state.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
using ledger::EntityBody;

std::span<const Step> ChainOfRequest(BlockState& state, const EntityBody& request) {
  return ChainOf(state.ProfileNamed(request.Text("profile")), request.Text("share_class"));
}

std::string_view TurnOf(BlockState& state, const EntityBody& request) {
  const std::span<const Step> chain = ChainOfRequest(state, request);
  const auto step = static_cast<std::size_t>(request.Number("step"));
  return step < chain.size() ? request.Party(PartyOf(chain[step])) : std::string_view();
}

void StartStep(Case& judged, EntityBody& request) {
  const std::string_view party = TurnOf(judged.state, request);
  const bool unconditional = request.Text("share_class") == "UNCONDITIONAL";
  const auto chain = ChainOfRequest(judged.state, request);
  const auto step = static_cast<std::size_t>(request.Number("step"));
  if (step >= chain.size()) return;
  if (chain[step] == Step::kManager) {
    StartClock(judged.state, request, "D08", party, judged.Time(),
               unconditional ? Pace::kShort : Pace::kUsual);
    return;
  }
  const bool is_quick = unconditional && request.Text("kind") != "RETURN_FLOW";
  StartClock(judged.state, request, is_quick ? "D03" : "D04", party, judged.Time());
}

void EndStep(Case& judged, EntityBody& request) {
  if (const ledger::Clock* manager = RunningClock(request, "D08")) {
    BookWait(judged, request, "D06", manager->department, manager->start);
  }
  for (const std::string_view code : {"D03", "D04", "D08"}) SatisfyClock(judged, request, code);
  EndClock(request, "D05m", judged.Time());  // who has answered needs no extension
}

std::uint32_t Advance(Case& judged, EntityBody& request) {
  const std::int64_t step = request.Number("step") + 1;
  request.numbers["step"] = step;
  if (static_cast<std::size_t>(step) < ChainOfRequest(judged.state, request).size()) {
    StartStep(judged, request);
    return To(ledger::RequestStatus::kSubmitted);
  }
  const Step opener = judged.state.ProfileNamed(request.Text("profile")).opener;
  StartClock(judged.state, request, "D16", request.Party(PartyOf(opener)), judged.Time());
  return To(ledger::RequestStatus::kApproved);
}

void StartSharing(Case& judged, EntityBody& request) {
  if (RunningClock(request, "D06") != nullptr) return;
  StartClock(judged.state, request, "D06", request.Party("provider"), judged.Time());
}

Json TermsOf(BlockState& state, const EntityBody& request) {
  if (!request.terms.empty()) return request.Terms();
  return RequestedTerms(request.Form(), state.ProfileNamed(request.Text("profile")));
}

const EntityBody* ResourceOf(BlockState& state, const EntityBody& body) {
  const ledger::EntityId* resource = body.Link("resource");
  return resource != nullptr ? state.Body(*resource) : nullptr;
}

void EndClocksByLaw(Case& judged) {
  const ledger::TimeMs closed_at = ReclassedAt(judged.state, *judged.body);
  if (closed_at > 0) EndAllClocks(judged.state.Edit(judged.subject), closed_at);
}

bool IsClosedByLaw(Case& judged) {
  if (judged.body->kind != ledger::EntityKind::kRequest || !IsOpenRequest(*judged.body)) {
    return false;
  }
  const bool ends = judged.op.op == "request.withdraw" || judged.op.op == "request.decline" ||
                    (judged.op.op == "decision.submit" && judged.Text("verdict") == "REFUSE");
  return !ends && ReclassedAt(judged.state, *judged.body) > 0;
}

void EndRequest(Case& judged) {
  const ledger::EntityId* resource = judged.body->Link("resource");
  if (resource != nullptr) CloseCase(judged.state, *resource);
}

}  // namespace jiandu::contracts
