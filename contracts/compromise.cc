// Steps as canonical JSON: {"at","by","clock","confirmed_at","status","terms","tx"}.
#include "contracts/compromise.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/hex.h"
#include "base/limits.h"
#include "contracts/clock.h"
#include "contracts/parts.h"
#include "contracts/propagation.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityKind;
using ledger::TimeMs;

constexpr std::string_view kPrefix = "signed/";
constexpr std::string_view kReopened = "step_reopened";
constexpr std::string_view kSettledMark = "Y";
constexpr std::size_t kSettledMax = 1024;  // of a resource that are looked at
// Eight times as many as are entered, and a search is dear: one in eight does it.
constexpr std::size_t kForgottenAtOnce = 64;
constexpr std::uint8_t kForgetsEvery = 8;
// A key is told to be compromised since 30 days at most: what was settled before stands.
constexpr TimeMs kDoubtMs = 31LL * 86'400'000;

Bytes FirstCompromiseKey() { return ledger::ConfigKey("compromised"); }

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
const ledger::KeyRecord* CompromisedKey(BlockState& state, const Json& step) {
  for (const Json& hex : step.ItemsOf("by")) {
    const auto id = HexDecodeFixed<32>(hex.AsString());
    const ledger::KeyRecord* record = id ? state.Key(ledger::KeyId{*id}) : nullptr;
    if (record != nullptr && WasCompromised(*record, step.IntegerOr("at"))) return record;
  }
  return nullptr;
}

// When that key was revoked; 0: there is none.
TimeMs CompromisedAt(BlockState& state, const Json& step) {
  const ledger::KeyRecord* record = CompromisedKey(state, step);
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
  const auto first = FirstCompromise(state);
  if (!first || *first > grant.born_at) return doubts;
  const auto add = [&](const std::string&, const Json& step) {
    const TimeMs revoked_at = CompromisedAt(state, step);
    if (revoked_at > 0) {
      doubts.push_back({.from = revoked_at, .until = step.IntegerOr("confirmed_at")});
    }
    return false;
  };
  (void)AnyStep(grant, add);
  const ledger::EntityId* link = grant.Link("request");
  const EntityBody* request = link != nullptr ? state.Body(*link) : nullptr;
  if (request != nullptr) (void)AnyStep(*request, add);
  return doubts;
}

// The answer has ended the case for its resource; an answered correction is confirmed by silence.
bool IsSettled(const EntityBody& body) {
  if (body.kind == EntityKind::kCorrection) {
    return body.status == To(ledger::CorrectionStatus::kResolved);
  }
  return body.kind == EntityKind::kRequest && body.status == To(ledger::RequestStatus::kRefused);
}
bool IsOpenAgain(BlockState& state, const EntityBody& body) {
  return body.Number(kReopened) != 0 || (IsSettled(body) && HasSuspendedStep(state, body));
}
// Takes away some of the rows nobody needs any more, from that of `id` on: ids are hashes, so in
// time all are met.
void ForgetSettled(BlockState& state, const ledger::EntityId& resource,
                   const ledger::EntityId& id) {
  const TimeMs now = state.Context().time;
  const Bytes prefix = MarkedKey(resource, kSettledMark);
  std::vector<ledger::EntityId> old;
  std::size_t seen = 0;
  state.View().Scan(prefix, MarkedKey(resource, kSettledMark, id.View()),
                    [&](ByteView key, ByteView value) {
                      const auto named = ledger::EntityId::From(key.subspan(prefix.size()));
                      const bool is_row = named && value.size() == 8;
                      if (is_row && static_cast<TimeMs>(ReadU64Be(value)) + kDoubtMs <= now) {
                        old.push_back(*named);
                      }
                      return ++seen < kForgottenAtOnce;
                    });
  for (const ledger::EntityId& settled : old) {
    const EntityBody* other = state.Body(settled);
    if (other == nullptr || IsOpenAgain(state, *other)) continue;
    state.Delete(MarkedKey(resource, kSettledMark, settled.View()));
  }
}
// A row for those who ask what of the resource is open again.
void NoteSettled(BlockState& state, const ledger::EntityId& id, const EntityBody& body) {
  const ledger::EntityId* resource = body.Link("resource");
  if (resource == nullptr) return;
  if (id.bytes.back() % kForgetsEvery == 0) ForgetSettled(state, *resource, id);
  Bytes time;
  AppendU64Be(time, static_cast<std::uint64_t>(state.Context().time));
  state.Put(MarkedKey(*resource, kSettledMark, id.View()), std::move(time));
}

}  // namespace

bool WasCompromised(const ledger::KeyRecord& record, TimeMs committed_at) {
  return record.reason == ledger::RevokeReason::kCompromised &&
         committed_at >= record.compromised_since;
}

std::optional<SignedStep> StepBefore(const Case& judged) {
  constexpr std::array kOps = {
      std::string_view("correction.resolve"), std::string_view("decision.submit"),
      std::string_view("decision.substitute"), std::string_view("grant.open")};
  if (std::ranges::find(kOps, judged.op.op) == kOps.end()) return std::nullopt;
  SignedStep step;
  if (judged.op.op == "grant.open" || judged.body == nullptr) return step;
  const EntityBody& body = *judged.body;
  // What the manager answers in the provider's place was the provider's to answer.
  const bool substitutes = judged.op.op == "decision.substitute";
  const std::string_view owing =
      substitutes ? body.Party("provider") : std::string_view(judged.payload.department);
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
  const Json step = Json::MakeObject({{"at", judged.Time()},
                                      {"by", std::move(by)},
                                      {"clock", before.clock},
                                      {"status", static_cast<std::int64_t>(before.status)},
                                      {"terms", before.terms},
                                      {"tx", HexEncode(judged.txid.View())}});
  EntityBody& body = judged.state.Edit(id);
  body.texts[NameOf(before.number)] = CanonicalJson(step);
  if (IsSettled(body)) NoteSettled(judged.state, id, body);
}

bool HasSuspendedStep(BlockState& state, const EntityBody& body) {
  if (!FirstCompromise(state)) return false;  // steps need not be read
  return IsOpenToDoubt(body) && AnyStep(body, [&](const std::string&, const Json& step) {
           return StateOf(state, body, step) == StepState::kSuspended;
         });
}

void NoteCompromise(BlockState& state, TimeMs since) {
  const auto first = FirstCompromise(state);
  if (first && *first <= since) return;
  Bytes value;
  AppendU64Be(value, static_cast<std::uint64_t>(since));
  state.Put(FirstCompromiseKey(), std::move(value));
}
std::optional<TimeMs> FirstCompromise(const BlockState& state) {
  const auto known = state.Get(FirstCompromiseKey());
  if (!known || known->size() != 8) return std::nullopt;
  return static_cast<TimeMs>(ReadU64Be(*known));
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

Reopened ReopenedCases(BlockState& state, const ledger::EntityId& resource) {
  Reopened reopened;
  const auto ids = IdsUnder(state.View(), resource, kSettledMark, kSettledMax);
  reopened.complete = ids.size() < kSettledMax;
  for (const ledger::EntityId& id : ids) {
    const EntityBody* body = state.Body(id);
    if (body != nullptr && IsOpenAgain(state, *body)) reopened.cases.push_back(id);
  }
  return reopened;
}

void CountReopened(BlockState& state, const ledger::EntityId& id) {
  const EntityBody* reopened = state.Body(id);
  if (reopened == nullptr || reopened->Number(kReopened) == 0) return;
  EntityBody& body = state.Edit(id);
  body.numbers.erase(std::string(kReopened));
  const ledger::EntityId* resource = body.Link("resource");
  if (resource == nullptr) return;
  OpenCase(state, *resource);
  if (body.kind == EntityKind::kCorrection) MarkDispute(state, *resource, id);
}

std::vector<CompromisedAct> CompromisedActs(BlockState& state, const EntityBody& body) {
  std::vector<CompromisedAct> acts;
  AnyStep(body, [&](const std::string&, const Json& step) {
    const ledger::KeyRecord* record = CompromisedKey(state, step);
    if (record != nullptr) {
      acts.push_back({.txid = std::string(step.TextOr("tx")), .department = record->department});
    }
    return false;
  });
  return acts;
}

bool ReopenVoidStep(BlockState& state, EntityBody& body) {
  if (!IsOpenToDoubt(body) || !FirstCompromise(state)) return false;
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
