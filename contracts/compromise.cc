// Steps as canonical JSON: {"at","by","clock","confirmed_at","status","terms","tx"}.
#include "contracts/compromise.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "base/limits.h"
#include "contracts/clock.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityKind;
using ledger::TimeMs;

constexpr std::string_view kPrefix = "signed/";
constexpr std::string_view kReopened = "step_reopened";

std::string NameOf(std::int64_t number) { return std::string(kPrefix) + std::to_string(number); }

// Steps that can still be taken back: what rests on them is not there yet.
bool IsOpenToDoubt(const EntityBody& body) {
  using enum ledger::RequestStatus;
  constexpr std::uint32_t kRequests = In(kSubmitted) | In(kOffered) | In(kApproved) | In(kRefused);
  if (body.kind == EntityKind::kRequest) return (kRequests >> body.status & 1U) != 0;
  return body.kind == EntityKind::kCorrection &&
         body.status == To(ledger::CorrectionStatus::kResolved);
}

Json ReadStep(std::string_view text) {
  return ReadCanonicalJson(text).value_or(Json::MakeObject());
}

// When the key that signed the step was revoked as compromised; 0: none was.
TimeMs CompromisedAt(BlockState& state, const Json& step) {
  for (const Json& hex : step.ItemsOf("by")) {
    const auto id = HexDecodeFixed<32>(hex.AsString());
    const ledger::KeyRecord* record = id ? state.Key(ledger::KeyId{*id}) : nullptr;
    if (record != nullptr && WasCompromised(*record, step.IntegerOr("at"))) {
      return record->revoked_at;
    }
  }
  return 0;
}

TimeMs ConfirmBy(BlockState& state, const EntityBody& body, TimeMs revoked_at) {
  const std::int64_t days = state.ProfileNamed(body.Text("profile")).NumberOf(*FindDeadline("D27"));
  return state.Calendar().DueAfter(revoked_at, days).at;
}

StepState StateOf(BlockState& state, const EntityBody& body, const Json& step) {
  if (step.IntegerOr("confirmed_at") > 0) return StepState::kStands;
  const TimeMs revoked_at = CompromisedAt(state, step);
  if (revoked_at == 0) return StepState::kStands;
  return state.Context().time < ConfirmBy(state, body, revoked_at) ? StepState::kSuspended
                                                                   : StepState::kVoid;
}

// Calls `visit(name, step)` for each step until it returns true; whether one did.
template <typename Visit>
bool AnyStep(const EntityBody& body, const Visit& visit) {
  for (auto at = body.texts.lower_bound(kPrefix);
       at != body.texts.end() && at->first.starts_with(kPrefix); ++at) {
    if (visit(at->first, ReadStep(at->second))) return true;
  }
  return false;
}

}  // namespace

bool WasCompromised(const ledger::KeyRecord& record, TimeMs committed_at) {
  return record.reason == ledger::RevokeReason::kCompromised &&
         committed_at >= record.compromised_since;
}

std::optional<SignedStep> StepBefore(Case& judged) {
  constexpr std::array kOps = {std::string_view("correction.resolve"),
                               std::string_view("decision.submit"), std::string_view("grant.open")};
  if (std::ranges::find(kOps, judged.op.op) == kOps.end()) return std::nullopt;
  SignedStep step;
  if (judged.op.op == "grant.open" || judged.body == nullptr) return step;
  if (judged.body->Number(kReopened) != 0) {
    // Taken back since it was counted as settled.
    EntityBody& body = judged.state.Edit(judged.subject);
    body.numbers.erase(std::string(kReopened));
    if (const ledger::EntityId* resource = body.Link("resource")) {
      OpenCase(judged.state, *resource);
    }
  }
  const EntityBody& body = *judged.body;
  step.number = body.Number("step");
  step.status = body.status;
  step.terms = ToText(body.terms);
  for (const std::string_view code : {"D03", "D04", "D07", "D08"}) {
    if (RunningClock(body, code, judged.payload.department) != nullptr) step.clock = code;
  }
  return step;
}

void KeepStep(Case& judged, const SignedStep& before) {
  ledger::EntityId id = judged.subject;
  for (const ledger::EntityId& born : judged.born) {
    if (ledger::KindOf(born) == EntityKind::kGrant) id = born;
  }
  Json by = Json::MakeArray();
  for (const SignerInfo& signer : judged.signers) by.Push(HexEncode(signer.key.View()));
  const Json step = Json::MakeObject({{"at", judged.Time()},
                                      {"by", std::move(by)},
                                      {"clock", before.clock},
                                      {"status", static_cast<std::int64_t>(before.status)},
                                      {"terms", before.terms},
                                      {"tx", HexEncode(judged.txid.View())}});
  judged.state.Edit(id).texts[NameOf(before.number)] = CanonicalJson(step);
}

bool HasSuspendedStep(BlockState& state, const EntityBody& body) {
  return IsOpenToDoubt(body) && AnyStep(body, [&](const std::string&, const Json& step) {
           return StateOf(state, body, step) == StepState::kSuspended;
         });
}

bool IsSignedByCompromised(BlockState& state, const EntityBody& grant) {
  return AnyStep(grant, [&](const std::string&, const Json& step) {
    return StateOf(state, grant, step) != StepState::kStands;
  });
}

bool ReopenVoidStep(BlockState& state, EntityBody& body) {
  if (!IsOpenToDoubt(body)) return false;
  std::string first;
  Json step;
  const bool found = AnyStep(body, [&](const std::string& name, const Json& candidate) {
    first = name;
    step = candidate;
    return StateOf(state, body, candidate) == StepState::kVoid;
  });
  if (!found) return false;
  const TimeMs reopened_at = ConfirmBy(state, body, CompromisedAt(state, step));
  const bool was_settled =
      body.kind == EntityKind::kCorrection || body.status == To(ledger::RequestStatus::kRefused);
  if (was_settled) body.numbers[std::string(kReopened)] = 1;
  body.status = static_cast<std::uint32_t>(step.IntegerOr("status"));
  body.terms = ToBytes(step.TextOr("terms"));
  body.texts[std::string(kVoidAct)] = step.TextOr("tx");
  if (body.kind == EntityKind::kRequest) {
    body.numbers["step"] = std::stoll(first.substr(kPrefix.size()));
  }
  std::erase_if(body.texts, [&first](const auto& text) {
    return text.first.starts_with(kPrefix) && text.first >= first;
  });
  EndAllClocks(body, reopened_at);
  for (ledger::Clock& clock : body.clocks) {
    if (clock.code != step.TextOr("clock")) continue;
    clock = ledger::Clock{.code = clock.code,
                          .department = clock.department,
                          .start = reopened_at - 1,  // the last day on which it could be confirmed
                          .n = clock.n,
                          .unit = clock.unit};
  }
  return true;
}

StepState StateOfAct(BlockState& state, const EntityBody& body, std::string_view txid) {
  StepState found = StepState::kNone;
  AnyStep(body, [&](const std::string&, const Json& step) {
    if (step.TextOr("tx") != txid) return false;
    found = StateOf(state, body, step);
    return true;
  });
  return found;
}

void ConfirmAct(BlockState& state, const ledger::EntityId& id, std::string_view txid) {
  EntityBody& body = state.Edit(id);
  std::string name;
  Json confirmed;
  AnyStep(body, [&](const std::string& step_name, const Json& step) {
    if (step.TextOr("tx") != txid) return false;
    name = step_name;
    confirmed = step;
    return true;
  });
  confirmed.Set("confirmed_at", state.Context().time);
  body.texts[name] = CanonicalJson(confirmed);
}

std::vector<ledger::Clock> ConfirmationClocks(BlockState& state, const EntityBody& body) {
  const DeadlineRule* rule = FindDeadline("D27");
  std::vector<ledger::Clock> clocks;
  AnyStep(body, [&](const std::string&, const Json& step) {
    const TimeMs revoked_at = CompromisedAt(state, step);
    const auto act = std::ranges::find_if(body.acts, [&step](const ledger::Act& one) {
      return HexEncode(one.txid.View()) == step.TextOr("tx");
    });
    if (revoked_at == 0 || act == body.acts.end()) return false;
    ledger::Clock clock{.code = "D27",
                        .department = act->department,
                        .start = revoked_at,
                        .n = state.ProfileNamed(body.Text("profile")).NumberOf(*rule),
                        .unit = rule->unit,
                        .ended_at = step.IntegerOr("confirmed_at")};
    clock.satisfied = !clock.Runs();
    if (clock.satisfied) clock.late = LateUnits(state.Calendar(), clock, clock.ended_at);
    clocks.push_back(std::move(clock));
    return false;
  });
  return clocks;
}

void ForgetSteps(EntityBody& body) {
  std::erase_if(body.texts, [](const auto& text) { return text.first.starts_with(kPrefix); });
  body.numbers.erase(std::string(kReopened));
}

}  // namespace jiandu::contracts
