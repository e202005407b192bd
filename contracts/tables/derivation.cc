// Derived resources and their lineage 衍生数据 (docs/contracts.md 4.12).
#include <algorithm>

#include "contracts/engine.h"
#include "contracts/grant_terms.h"
#include "contracts/lineage.h"
#include "contracts/resource.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::Flag;
using ledger::ResourceStatus;

// derivation.record; the subject is the resource made.
const EntityBody* GrantOf(Case& judged, const DerivationInput& input) {
  const EntityBody* grant = judged.state.Body(input.grant);
  const bool own = grant != nullptr && grant->kind == ledger::EntityKind::kGrant &&
                   grant->Party("consumer") == judged.payload.department &&
                   grant->Link("resource") != nullptr && *grant->Link("resource") == input.resource;
  return own ? grant : nullptr;
}
bool IsOwn(Case& judged, const DerivationInput& input) {
  const EntityBody* resource = judged.state.Body(input.resource);
  return resource != nullptr && resource->Party("provider") == judged.payload.department;
}
// An active grant on the input that has all the items used. What is not granted has no grant.
bool IsGranted(Case& judged, const DerivationInput& input, const EntityBody& grant,
               const Json& terms) {
  return EffectiveStatus(judged.state, input.grant, grant, judged.Time()) ==
             To(ledger::GrantStatus::kActive) &&
         std::ranges::all_of(input.items, [&terms](const std::string& item) {
           return ListHas(terms, "items", item);
         });
}
void FlagInput(Case& judged, const DerivationInput& input) {
  if (IsOwn(judged, input)) return;
  const EntityBody* grant = GrantOf(judged, input);
  const Json terms = grant != nullptr ? TermsInForce(judged.state, input.grant, judged.Time())
                                      : Json::MakeObject();
  if (grant == nullptr || !IsGranted(judged, input, *grant, terms)) {
    judged.Raise(Flag::kNoGrantInput);
  }
  if (grant != nullptr && !ListHas(terms, "derive_allowed", judged.Text("kind"))) {
    judged.Raise(Flag::kDeriveNotAllowed);
  }
}

// Aggregating or masking lowers a grade, when somebody has assessed it.
bool MayLower(const Case& judged) {
  const std::string_view kind = judged.Text("kind");
  return (kind == "AGGREGATE" || kind == "MASK") && !judged.Text("assessment_digest").empty();
}
void FlagGrade(Case& judged, const Derivation& derivation) {
  if (MayLower(judged)) return;
  const std::string_view claimed = judged.Text("grade_claimed");
  const int grade = GradeRank(claimed.empty() ? judged.body->Text("grade") : claimed);
  for (const DerivationInput& input : derivation.inputs) {
    const EntityBody* resource = judged.state.Body(input.resource);
    if (resource != nullptr && GradeRank(resource->Text("grade")) > grade) {
      judged.Raise(Flag::kGradeBelowInput);
    }
  }
}

void Record(Case& judged) {
  Birth birth = NewEntity(judged, ledger::EntityKind::kDerivation);
  birth.body.status = To(ledger::DerivationStatus::kRecorded);
  birth.body.parties = {{"owner", judged.payload.department},
                        {"manager", std::string(judged.body->Party("manager"))}};
  birth.body.links["resource"] = judged.subject;
  birth.body.numbers["out_version"] = judged.Form().IntegerOr("out_version");
  birth.body.texts["kind"] = judged.Text("kind");
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  const Derivation derivation = ReadDerivation(birth.body);
  for (const DerivationInput& input : derivation.inputs) FlagInput(judged, input);
  FlagGrade(judged, derivation);
  const EntityId id = birth.id;
  if (IsCycle(judged.state, derivation)) judged.Raise(Flag::kCycle);
  AddBirth(judged, std::move(birth));
  RecordEdges(judged.state, id, derivation);
}

// derivation.refresh: the inputs as they are in now. What changed by it is what those below have to
// take over.
void Refresh(Case& judged) {
  const Derivation before = ReadDerivation(*judged.body);
  const std::set<std::string> changed = ChangedItems(judged.state, before);
  Json versions = Json::MakeArray();
  for (const DerivationInput& input : before.inputs) {
    std::int64_t version = input.version;
    for (const Json& named : judged.Form().ItemsOf("inputs")) {
      if (named.TextOr("resource") != ledger::ToHex(input.resource)) continue;
      version = std::max(version, named.IntegerOr("version"));
    }
    versions.Push(version);
  }
  EntityBody& derivation = judged.state.Edit(judged.subject);
  derivation.terms = ToBytes(CanonicalJson(Json::MakeObject({{"versions", std::move(versions)}})));
  const std::int64_t made = judged.Form().IntegerOr("out_version", before.version);
  derivation.numbers["out_version"] = std::max(made, before.version);
  judged.note = "version " + std::to_string(derivation.Number("out_version"));
  if (made > before.version) {
    const bool all = changed.contains(std::string(kAnyItem));
    const std::vector<std::string> items(changed.begin(), changed.end());
    if (!all) {
      NoteChange(judged.state, before.resource, items, {.version = made, .correction = {}});
    }
  }
  RecordEdges(judged.state, judged.subject, ReadDerivation(derivation));
}

constexpr std::uint32_t kKept = In(ResourceStatus::kDraft) | In(ResourceStatus::kSubmitted) |
                                In(ResourceStatus::kReturned) | In(ResourceStatus::kApproved) |
                                In(ResourceStatus::kPublished) | In(ResourceStatus::kSuspended) |
                                In(ResourceStatus::kRetired);

constexpr CaseRow kRows[] = {
    {.op = "derivation.record",
     .sides = side::kProvider,
     .who = Who::kMaker,
     .subject = "resource",
     .from = kKept,
     .effect = Record},
    {.op = "derivation.refresh",
     .sides = side::kOwner,
     .who = Who::kMaker,
     .subject = "derivation",
     .effect = Refresh},
};

}  // namespace

std::span<const CaseRow> DerivationRows() { return kRows; }

}  // namespace jiandu::contracts
