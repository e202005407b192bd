// Corrections 校核: doubts about data, and their answer (docs/contracts.md 4.13; S0 6.6, 809 Art.
// 26).
#include <algorithm>
#include <array>

#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/resource.h"

namespace jiandu::contracts {
namespace {

using ledger::CorrectionStatus;
using ledger::EntityBody;
using ledger::EntityId;

// correction.file
void File(Case& judged) {
  const EntityId resource_id = judged.Named("resource");
  const EntityBody& resource = *judged.state.Body(resource_id);
  const std::string& filer = judged.payload.department;
  if (!IsKnownUser(judged.state, resource_id, filer)) judged.Raise(ledger::Flag::kNotAUser);
  Birth birth = NewEntity(judged, ledger::EntityKind::kCorrection);
  birth.body.status = To(CorrectionStatus::kFiled);
  birth.body.parties = {{"consumer", filer},
                        {"manager", std::string(resource.Party("manager"))},
                        {"provider", std::string(resource.Party("provider"))}};
  birth.body.links["resource"] = resource_id;
  birth.body.texts["kind"] = judged.Text("kind");
  StartClock(judged.state, birth.body, "D07", resource.Party("provider"), judged.Time());
  birth.body.numbers["version_seen"] = judged.Form().IntegerOr("version_seen");
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  OpenCase(judged.state, resource_id);
  AddBirth(judged, std::move(birth));
}

void EndCase(Case& judged) {
  const EntityId* resource = judged.body->Link("resource");
  if (resource != nullptr) CloseCase(judged.state, *resource);
}

// correction.forward: only to the authoritative source of an item in doubt.
Code IsSource(Case& judged) {
  const EntityBody* resource = judged.state.Body(*judged.body->Link("resource"));
  if (resource == nullptr) return Code::kSourceMismatch;
  const Json content = resource->Form();
  const Json form = judged.body->Form();
  const auto doubted = form.ItemsOf("item_ids");
  for (const Json& item : content.ItemsOf("items")) {
    const bool in_doubt = std::ranges::any_of(doubted, [&item](const Json& id) {
      return id.IsText() && id.AsString() == item.TextOr("item_id");
    });
    if (in_doubt && item.TextOr("authoritative_source") == judged.Text("source")) {
      return Code::kAccepted;
    }
  }
  return Code::kSourceMismatch;
}
void Forward(Case& judged) {
  EntityBody& correction = judged.state.Edit(judged.subject);
  correction.parties["source"] = judged.Text("source");
  // The source must correct, the first provider still answers: both since the filing.
  if (const ledger::Clock* own = RunningClock(correction, "D07")) {
    StartClock(judged.state, correction, "D07", judged.Text("source"), ledger::TimeMs{own->start});
  }
}

// correction.resolve
bool Is(const Case& judged, std::string_view verdict) { return judged.Text("verdict") == verdict; }
// FIXED and PARTLY name a version that the provider registered after the one in doubt.
Code VersionRegistered(Case& judged) {
  if (Is(judged, "NOT_WRONG")) return Code::kAccepted;
  const EntityBody* resource = judged.state.Body(*judged.body->Link("resource"));
  const std::int64_t version = judged.Form().IntegerOr("new_version");
  const bool registered = resource != nullptr && version > 0 &&
                          version <= resource->Number("dataset_version") &&
                          version > judged.body->Number("version_seen");
  return registered ? Code::kAccepted : Code::kVersionRequired;
}
Code ReasonAndEvidence(Case& judged) {
  if (Is(judged, "FIXED")) return Code::kAccepted;
  return HasReason(judged.Form()) && !judged.Text("evidence_digest").empty()
             ? Code::kAccepted
             : Code::kReasonRequired;
}
void Resolve(Case& judged) {
  judged.note = judged.Text("verdict");
  EntityBody& correction = judged.state.Edit(judged.subject);
  // Silence confirms, so an answered one is no open case.
  EndCase(judged);
  SatisfyClock(judged, correction, "D07", correction.Party("provider"));
  if (const std::string_view source = correction.Party("source"); !source.empty()) {
    SatisfyClock(judged, correction, "D07", source);
  }
  StartClock(judged.state, correction, "D09b", correction.Party("consumer"), judged.Time());
  correction.texts["verdict"] = judged.Text("verdict");
  correction.terms = ToBytes(CanonicalJson(judged.Form()));
  correction.numbers["new_version"] = judged.Form().IntegerOr("new_version");
}

// correction.confirm: NO reopens, once.
Code ReopensOnce(Case& judged) {
  return !judged.Form().BoolOr("confirmed") && judged.body->Number("reopened") > 0
             ? Code::kBadState
             : Code::kAccepted;
}
void Confirm(Case& judged) {
  const bool confirmed = judged.Form().BoolOr("confirmed");
  EntityBody& correction = judged.state.Edit(judged.subject);
  judged.note = confirmed ? "YES" : "NO";
  correction.status = To(confirmed ? CorrectionStatus::kConfirmed : CorrectionStatus::kReopened);
  SatisfyClock(judged, correction, "D09b");
  if (confirmed) return;
  correction.numbers["reopened"] = 1;
  StartClock(judged.state, correction, "D07", correction.Party("provider"), judged.Time());
  OpenCase(judged.state, *correction.Link("resource"));
}

void Withdraw(Case& judged) {
  EndAllClocks(judged.state.Edit(judged.subject), judged.Time());
  EndCase(judged);
}

constexpr auto kForwardRules = std::to_array<Check>({IsSource});
constexpr auto kResolveRules = std::to_array<Check>({VersionRegistered, ReasonAndEvidence});
constexpr std::uint32_t kFiled = In(CorrectionStatus::kFiled);
constexpr std::uint32_t kAccepted = In(CorrectionStatus::kAccepted);
constexpr std::uint32_t kReopened = In(CorrectionStatus::kReopened);

constexpr auto kRows = std::to_array<CaseRow>({
    {.op = "correction.file", .who = Who::kMaker, .effect = File},
    {.op = "correction.accept",
     .sides = side::kProvider,
     .who = Who::kMaker,
     .subject = "correction",
     .from = kFiled | kReopened,
     .to = To(CorrectionStatus::kAccepted)},
    {.op = "correction.forward",
     .sides = side::kProvider,
     .who = Who::kMaker,
     .subject = "correction",
     .from = kFiled | kAccepted,
     .to = To(CorrectionStatus::kForwarded),
     .rules = kForwardRules,
     .effect = Forward},
    {.op = "correction.resolve",
     .sides = side::kProvider,
     .who = Who::kMakerHead,
     .subject = "correction",
     .from = kFiled | kAccepted | In(CorrectionStatus::kForwarded) | kReopened,
     .to = To(CorrectionStatus::kResolved),
     .rules = kResolveRules,
     .effect = Resolve},
    {.op = "correction.confirm",
     .sides = side::kConsumer,
     .who = Who::kMaker,
     .subject = "correction",
     .from = In(CorrectionStatus::kResolved),
     .condition = ReopensOnce,
     .effect = Confirm},
    {.op = "correction.withdraw",
     .sides = side::kConsumer,
     .who = Who::kMaker,
     .subject = "correction",
     .from = kFiled,
     .to = To(CorrectionStatus::kWithdrawn),
     .effect = Withdraw},
});

}  // namespace

std::span<const CaseRow> CorrectionRows() { return kRows; }

}  // namespace jiandu::contracts
