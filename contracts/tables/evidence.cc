// Unsealing accesses, leaves demanded and produced (docs/contracts.md 4.10; 809 Art. 29, 40(5)).
#include "base/hex.h"
#include "contracts/access_index.h"
#include "contracts/clock.h"
#include "contracts/commitment.h"
#include "contracts/engagement.h"
#include "contracts/engine.h"
#include "contracts/terms.h"
#include "crypto/merkle.h"
#include "ledger/model/subject_index.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::Flag;
using ledger::LeafDemandStatus;

constexpr std::int64_t kTermDaysMin = 3;

std::optional<Hash256> HashOf(const Json& hex) {
  if (!hex.IsText()) return std::nullopt;
  const auto bytes = HexDecodeFixed<32>(hex.AsString());
  if (!bytes) return std::nullopt;
  return *bytes;
}
std::optional<Hash256> HashOf(const Json& form, std::string_view member) {
  const Json* value = form.Find(member);
  return value != nullptr ? HashOf(*value) : std::nullopt;
}

// access.disclose
std::optional<Seal> SealOf(Case& judged) {
  const auto bytes = judged.state.Get(SealKey(judged.subject, judged.Text("acc_id")));
  return bytes ? DecodeSeal(*bytes) : std::nullopt;
}
Code IsSealed(Case& judged) {
  const auto seal = SealOf(judged);
  if (!seal) return Code::kUnknownRef;
  return seal->opened ? Code::kDuplicate : Code::kAccepted;
}
void Disclose(Case& judged) {
  Seal seal = *SealOf(judged);
  const auto salt = HashOf(judged.Form(), "salt");
  const Json* opened = judged.Form().Find("opened");
  const std::string value = opened != nullptr ? CanonicalJson(*opened) : std::string();
  judged.note = judged.Text("acc_id");
  // What does not open it is on record; the seal stays.
  if (!salt || opened == nullptr || Commit(*salt, AsBytes(value)) != seal.commitment) {
    judged.Raise(Flag::kDigestMismatch);
    return;
  }
  seal.opened = true;
  judged.state.Put(SealKey(judged.subject, judged.Text("acc_id")), EncodeSeal(seal));
  IndexOpened(judged.state, judged.subject, judged.Text("acc_id"), *opened);
}

// access.leaf_demand
bool IsKind(const Json& form, std::string_view kind) { return form.TextOr("kind") == kind; }
bool IsAuditor(Case& judged) {
  return HasDepartmentRole(judged.state, judged.payload.department, "AUDITOR");
}
// A leaf is named by its batch, a document by its digest, a name by the identity.
Code NamesThing(Case& judged) {
  const Json& form = judged.Form();
  const auto lacks = [&form](std::string_view member) { return form.TextOr(member).empty(); };
  if ((IsKind(form, "LEAF") && (lacks("grant") || lacks("batch_id"))) ||
      (IsKind(form, "DOCUMENT") && lacks("document_digest")) ||
      (IsKind(form, "NAME") && lacks("identity"))) {
    return Code::kFieldRequired;
  }
  const std::int64_t days =
      judged.state.Calendar().WorkdaysBetween(judged.Time(), form.IntegerOr("term"));
  return days >= kTermDaysMin ? Code::kAccepted : Code::kFieldInvalid;
}
// An auditor anything; the manager of the keeper all but names.
Code MayDemand(Case& judged) {
  if (IsAuditor(judged)) return Code::kAccepted;
  const EntityBody* keeper = judged.state.Body(ledger::DepartmentEntity(judged.Text("keeper")));
  const bool manages = keeper != nullptr && ManagerOf(judged.state, keeper->Text("jurisdiction")) ==
                                                judged.payload.department;
  return manages && !IsKind(judged.Form(), "NAME") ? Code::kAccepted : Code::kRoleDenied;
}
Code KeeperKnown(Case& judged) {
  return judged.state.Body(ledger::DepartmentEntity(judged.Text("keeper"))) != nullptr
             ? Code::kAccepted
             : Code::kUnknownRef;
}
// What an auditor asks for lies within its engagement: the keeper's, or of a case it covers.
Code IsEngaged(Case& judged) {
  if (!IsAuditor(judged)) return Code::kAccepted;
  const EntityBody* engagement = OpenEngagement(judged);
  if (engagement == nullptr) return Code::kNoEngagement;
  const Json scope = engagement->Form();
  bool covered = ListHas(scope, "departments", judged.Text("keeper"));
  for (const std::string_view named : {"grant", "identity"}) {
    const EntityId id = judged.Named(named);
    covered = covered || (!id.IsZero() && CoversEntity(judged, scope, id));
  }
  return covered ? Code::kAccepted : Code::kNoEngagement;
}
void Demand(Case& judged) {
  const std::string_view keeper = judged.Text("keeper");
  Birth birth = NewEntity(judged, ledger::EntityKind::kLeafDemand);
  birth.body.status = To(LeafDemandStatus::kDemanded);
  birth.body.parties = {{"holder", std::string(keeper)}, {"issuer", judged.payload.department}};
  for (const std::string_view name : {"grant", "engagement"}) {
    if (const EntityId id = judged.Named(name); !id.IsZero()) {
      birth.body.links.emplace(name, id);
    }
  }
  const std::int64_t term = judged.Form().IntegerOr("term");
  birth.body.texts["kind"] = judged.Text("kind");
  birth.body.numbers["term"] = term;
  birth.body.form = ToBytes(CanonicalJson(judged.Form()));
  StartTerm(birth.body, "D12", keeper, judged.Time(), term + 1);
  judged.note = judged.Text("kind");
  if (const EntityId* grant = birth.body.Link("grant")) {
    judged.state.Put(ledger::LeafDemandKey(*grant, birth.id), {});
  }
  AddBirth(judged, std::move(birth));
}

// access.leaf_produced
bool IsRecordDemanded(const Json& record, const Json& demanded) {
  const std::string_view acc_id = demanded.TextOr("acc_id");
  return acc_id.empty() || record.TextOr("acc_id") == acc_id;
}
bool IsInBatch(Case& judged, const Json& demanded) {
  const EntityId* grant = judged.body->Link("grant");
  const auto bytes =
      grant != nullptr
          ? judged.state.Get(TraceKey(*grant, TraceKind::kBatch, demanded.TextOr("batch_id")))
          : std::nullopt;
  const auto batch = bytes ? DecodeTrace(*bytes) : std::nullopt;
  const auto leaf = HashOf(judged.Form(), "digest");
  const std::int64_t index = judged.Form().IntegerOr("index", -1);
  const std::int64_t size = judged.Form().IntegerOr("size", -1);
  if (!batch || !batch->digest || !leaf || index < 0 || index >= size) return false;
  if (const Json* record = judged.Form().Find("record"); record != nullptr) {
    if (LeafOf(*record) != *leaf || !IsRecordDemanded(*record, demanded)) return false;
  }
  std::vector<Hash256> path;
  for (const Json& step : judged.Form().ItemsOf("path")) {
    const auto hash = HashOf(step);
    if (!hash) return false;
    path.push_back(*hash);
  }
  return crypto::VerifyInclusion(*leaf, static_cast<std::uint64_t>(index),
                                 static_cast<std::uint64_t>(size), path, *batch->digest)
      .has_value();
}
bool IsWhatWasDemanded(Case& judged) {
  const Json demanded = judged.body->Form();
  if (IsKind(demanded, "LEAF")) return IsInBatch(judged, demanded);
  if (judged.Text("digest").empty()) return false;
  return IsKind(demanded, "NAME") || judged.Text("digest") == demanded.TextOr("document_digest");
}
// What does not agree is on record; the demand is not met.
void Produce(Case& judged) {
  if (!IsWhatWasDemanded(judged)) {
    judged.Raise(Flag::kDigestMismatch);
    return;
  }
  EntityBody& demand = judged.state.Edit(judged.subject);
  SatisfyClock(judged, demand, "D12");
  demand.status = To(LeafDemandStatus::kProduced);
  demand.texts["digest"] = judged.Text("digest");
  // A leaf that is shown is found by the tags in it, as an access reported singly.
  if (const Json* record = judged.Form().Find("record"); record != nullptr) {
    SubjectRows(judged.state, judged.txid).Add(record->Find("subject_tags"));
  }
}

constexpr Check kDemandRules[] = {IsEngaged};

constexpr CaseRow kRows[] = {
    {.op = "access.disclose",
     .sides = side::kProvider | side::kConsumer,
     .who = Who::kHead,
     .subject = "grant",
     .condition = IsSealed,
     .effect = Disclose},
    {.op = "access.leaf_demand",
     .sides = side::kAuditor | side::kAnyManager,
     .who = Who::kMaker,
     .required = NamesThing,
     .role = MayDemand,
     .condition = KeeperKnown,
     .rules = kDemandRules,
     .effect = Demand},
    {.op = "access.leaf_produced",
     .sides = side::kHolder,
     .who = Who::kMakerOrSystem,
     .subject = "leaf_demand",
     .from = In(LeafDemandStatus::kDemanded),
     .effect = Produce},
};

}  // namespace

std::span<const CaseRow> EvidenceRows() { return kRows; }

}  // namespace jiandu::contracts
