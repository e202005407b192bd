// Steps as canonical JSON: {"at","by","clock","confirmed_at","department","request","status",
// "terms","tx"}.
#include "contracts/compromise.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/hex.h"
#include "contracts/clock.h"
#include "contracts/compromise_index.h"
#include "contracts/propagation.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityKind;
using ledger::TimeMs;

constexpr std::string_view kPrefix = "signed/";
constexpr std::string_view kGrantSteps = "signed_steps";  // of a grant, its opening apart
constexpr std::string_view kSignedAt = "signed_at";       // the last of them
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

// The key record by which the step is in doubt; null: none of its signers was compromised.
const ledger::KeyRecord* KeyInDoubt(BlockState& state, const Json& step) {
  for (const Json& hex : step.ItemsOf("by")) {
    const auto id = HexDecodeFixed<32>(hex.AsString());
    const ledger::KeyRecord* record = id ? state.Key(ledger::KeyId{*id}) : nullptr;
    if (record != nullptr && WasCompromised(*record, step.IntegerOr("at"))) return record;
  }
  return nullptr;
}

// When that key was revoked; 0: there is none.
TimeMs CompromisedAt(BlockState& state, const Json& step) {
  const ledger::KeyRecord* record = KeyInDoubt(state, step);
  return record != nullptr ? record->revoked_at : 0;
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

// From when until when a permission counted as SUSPENDED.
struct Doubt {
  TimeMs from = 0;
  TimeMs until = 0;  // when it was confirmed; 0: it is not
};
bool HoldsAny(const std::vector<Doubt>& doubts, TimeMs time) {
  return std::ranges::any_of(doubts, [time](const Doubt& doubt) {
    return time >= doubt.from && (doubt.until == 0 || time < doubt.until);
  });
}
std::vector<Doubt> DoubtsOf(BlockState& state, const EntityBody& grant) {
  std::vector<Doubt> doubts;
  const TimeMs last = std::max(grant.born_at, grant.Number(kSignedAt));
  if (IsBeforeAnyCompromise(state, last)) return doubts;
  // Its steps were taken from the request on until it was opened, and where it was changed.
  const ledger::EntityId* link = grant.Link("request");
  const EntityBody* first = link != nullptr ? state.Body(*link) : nullptr;
  const TimeMs from = first != nullptr ? first->born_at : grant.born_at;
  if (CompromisedIn(state.View(), from, last, 1).empty()) return doubts;
  std::set<ledger::EntityId> requests;
  if (link != nullptr) requests.insert(*link);
  const auto add = [&](const std::string&, const Json& step) {
    const TimeMs revoked_at = CompromisedAt(state, step);
    if (revoked_at > 0) {
      doubts.push_back({.from = revoked_at, .until = step.IntegerOr("confirmed_at")});
    }
    return false;
  };
  (void)AnyStep(grant, [&](const std::string& name, const Json& step) {
    if (const auto id = ledger::ParseEntityId(step.TextOr("request"))) requests.insert(*id);
    return add(name, step);
  });
  for (const ledger::EntityId& id : requests) {
    if (const EntityBody* request = state.Body(id)) (void)AnyStep(*request, add);
  }
  return doubts;
}

// A grant that is changed for ever keeps the last month's steps, and those in doubt.
void ForgetOldSteps(BlockState& state, EntityBody& grant) {
  std::vector<std::string> old;
  AnyStep(grant, [&](const std::string& name, const Json& step) {
    const bool past = step.IntegerOr("at") + kDoubtMs <= state.Context().time;
    if (past && CompromisedAt(state, step) == 0) old.push_back(name);
    return false;
  });
  for (const std::string& name : old) grant.texts.erase(name);
}

// The answer has ended the case for its resource; an answered correction is confirmed by silence.
bool IsSettled(const EntityBody& body) {
  if (body.kind == EntityKind::kCorrection) {
    return body.status == To(ledger::CorrectionStatus::kResolved);
  }
  return body.kind == EntityKind::kRequest && body.status == To(ledger::RequestStatus::kRefused);
}
bool IsOpenAgain(BlockState& state, const EntityBody& body) {
  return HasEffect(body) &&
         (body.Number(kReopened) != 0 || (IsSettled(body) && HasSuspendedStep(state, body)));
}

}  // namespace

bool WasCompromised(const ledger::KeyRecord& record, TimeMs committed_at) {
  return record.reason == ledger::RevokeReason::kCompromised &&
         committed_at >= record.compromised_since;
}

std::optional<SignedStep> StepBefore(const Case& judged) {
  constexpr auto kAnswers = std::to_array<std::string_view>(
      {"correction.resolve", "decision.submit", "decision.substitute"});
  constexpr auto kOpenings =
      std::to_array<std::string_view>({"emergency.open_grant", "grant.open"});
  constexpr auto kChanges =
      std::to_array<std::string_view>({"grant.amend", "grant.renew", "grant.resume"});
  const auto is = [&](const auto& ops) {
    return std::ranges::find(ops, judged.op.op) != ops.end();
  };
  SignedStep step;
  if (is(kOpenings)) return step;
  if (judged.body == nullptr || (!is(kAnswers) && !is(kChanges))) return std::nullopt;
  const EntityBody& body = *judged.body;
  if (is(kChanges)) {
    step.number = body.Number(kGrantSteps) + 1;
    step.request = judged.Text("request");
    return step;
  }
  // What the manager answers in the provider's place was the provider's to answer.
  const std::string_view owing = judged.op.op == "decision.substitute"
                                     ? body.Party("provider")
                                     : std::string_view(judged.payload.department);
  step.number = body.Number("step");
  step.status = body.status;
  step.terms = ToText(body.terms);
  for (const std::string_view code : {"D03", "D04", "D07", "D08"}) {
    if (RunningClock(body, code, owing) != nullptr) step.clock = code;
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
  Json step = Json::MakeObject({{"at", judged.Time()},
                                {"by", std::move(by)},
                                {"clock", before.clock},
                                {"department", judged.payload.department},
                                {"status", static_cast<std::int64_t>(before.status)},
                                {"terms", before.terms},
                                {"tx", HexEncode(judged.txid.View())}});
  if (!before.request.empty()) step.Set("request", before.request);
  EntityBody& body = judged.state.Edit(id);
  if (body.kind == EntityKind::kGrant && before.number > 0) {
    ForgetOldSteps(judged.state, body);
    body.numbers[std::string(kGrantSteps)] = before.number;
    body.numbers[std::string(kSignedAt)] = judged.Time();
  }
  body.texts[NameOf(before.number)] = CanonicalJson(step);
}

void NoteSigners(BlockState& state, const ledger::EntityId& id, const EntityBody& body) {
  const ledger::EntityId* resource = body.Link("resource");
  if (resource == nullptr) return;
  std::set<StepSigner> signers;
  const auto add = [&](const std::string&, const Json& step) {
    const TimeMs at = step.IntegerOr("at");
    if (step.IntegerOr("confirmed_at") > 0) return false;
    for (const Json& hex : step.ItemsOf("by")) {
      if (const auto key = HexDecodeFixed<32>(hex.AsString())) {
        signers.insert({.key = ledger::KeyId{*key}, .at = at});
      }
    }
    return false;
  };
  if (IsSettled(body)) (void)AnyStep(body, add);
  NoteSettled(state, *resource, id, {signers.begin(), signers.end()});
}

bool HasSuspendedStep(BlockState& state, const EntityBody& body) {
  if (IsBeforeAnyCompromise(state, state.Context().time)) return false;  // nothing to read
  return IsOpenToDoubt(body) && AnyStep(body, [&](const std::string&, const Json& step) {
           return StateOf(state, body, step) == StepState::kSuspended;
         });
}

bool IsInDoubt(BlockState& state, const EntityBody& grant, TimeMs time) {
  return HoldsAny(DoubtsOf(state, grant), time);
}

Bytes TimelineOf(BlockState& state, const ledger::EntityId& id, const EntityBody& grant) {
  Bytes stored = state.Get(TimelineKey(id)).value_or(Bytes());
  const std::vector<Doubt> doubts = DoubtsOf(state, grant);
  if (doubts.empty()) return stored;
  const std::vector<StatusChange> changes = DecodeTimeline(stored);
  std::set<TimeMs> times;
  for (const StatusChange& change : changes) times.insert(change.from);
  for (const Doubt& doubt : doubts) {
    times.insert(doubt.from);
    if (doubt.until > 0) times.insert(doubt.until);
  }
  Bytes timeline;
  for (const TimeMs time : times) {
    auto status = ledger::GrantStatus::kOpened;
    for (const StatusChange& change : changes) {
      if (change.from <= time) status = change.status;
    }
    const bool suspends = status < ledger::GrantStatus::kSuspended && HoldsAny(doubts, time);
    AppendStatus(timeline,
                 {.from = time, .status = suspends ? ledger::GrantStatus::kSuspended : status});
  }
  return timeline;
}

Reopened ReopenedCases(BlockState& state, const ledger::EntityId& resource, std::size_t count) {
  Reopened reopened;
  if (IsBeforeAnyCompromise(state, state.Context().time)) return reopened;
  std::set<ledger::EntityId> found;
  const bool all_signers = VisitDoubtful(state, resource, [&](const ledger::EntityId& id) {
    const EntityBody* body = state.Body(id);
    if (body != nullptr && IsOpenAgain(state, *body)) found.insert(id);
    return found.size() < count;
  });
  reopened.cases.assign(found.begin(), found.end());
  reopened.complete = all_signers && found.size() < count;
  return reopened;
}

void CountReopened(BlockState& state, const ledger::EntityId& id) {
  const EntityBody* reopened = state.Body(id);
  if (reopened == nullptr || reopened->Number(kReopened) == 0) return;
  EntityBody& body = state.Edit(id);
  body.numbers.erase(std::string(kReopened));
  const ledger::EntityId* resource = body.Link("resource");
  if (resource == nullptr) return;
  if (!HasEffect(body)) return;
  OpenCase(state, *resource);
  if (body.kind == EntityKind::kCorrection) MarkDispute(state, *resource, id, body);
}

std::vector<CompromisedAct> CompromisedActs(BlockState& state, const EntityBody& body) {
  std::vector<CompromisedAct> acts;
  AnyStep(body, [&](const std::string&, const Json& step) {
    const ledger::KeyRecord* record = KeyInDoubt(state, step);
    if (record != nullptr) {
      acts.push_back({.txid = std::string(step.TextOr("tx")), .department = record->department});
    }
    return false;
  });
  return acts;
}

bool ReopenVoidStep(BlockState& state, EntityBody& body) {
  if (IsBeforeAnyCompromise(state, state.Context().time)) return false;
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
  if (IsSettled(body)) body.numbers[std::string(kReopened)] = 1;
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
                          .unit = clock.unit,
                          .late = clock.late};  // what has run is never cancelled
  }
  return true;
}

std::string DepartmentOfStep(const EntityBody& body, std::string_view txid) {
  std::string department;
  AnyStep(body, [&](const std::string&, const Json& step) {
    if (step.TextOr("tx") != txid) return false;
    department = step.TextOr("department");
    return true;
  });
  return department;
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
  if (name.empty()) return;
  confirmed.Set("confirmed_at", state.Context().time);
  body.texts[name] = CanonicalJson(confirmed);
}

std::vector<ledger::Clock> ConfirmationClocks(BlockState& state, const EntityBody& body) {
  const DeadlineRule* rule = FindDeadline("D27");
  std::vector<ledger::Clock> clocks;
  AnyStep(body, [&](const std::string&, const Json& step) {
    const TimeMs revoked_at = CompromisedAt(state, step);
    if (revoked_at == 0) return false;
    ledger::Clock clock{.code = "D27",
                        .department = std::string(step.TextOr("department")),
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
