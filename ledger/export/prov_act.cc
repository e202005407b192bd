// See prov_act.h.
#include "ledger/export/prov_act.h"

#include <algorithm>

#include "base/hex.h"
#include "ledger/export/op_mapping.h"
#include "ledger/export/prov_activity.h"
#include "ledger/model/codes.h"

namespace jiandu::ledger {
namespace {

std::string TypeName(std::string_view name) { return "jdt:" + std::string(name); }

// An activity on its way into the document.
class ActWriter {
 public:
  ActWriter(const ProvenRecord& record, ProvDocument& document, ProvVersions& versions,
            std::map<EntityId, std::string>& decisions, const RecordedEvent& event)
      : record_(record),
        document_(document),
        versions_(versions),
        decisions_(decisions),
        stub_(*event.stub),
        body_(event.transaction.has_value() ? event.transaction->payload.body : kNone),
        payload_(event.transaction.has_value() ? &event.transaction->payload : nullptr),
        row_(FindOpMapping(stub_.op)),
        event_(event),
        act_(document, stub_.txid, stub_.time) {}

  void Write() {
    Describe();
    Associate();
    Use();
    if (stub_.code != 0) return;  // refused: it read, and did nothing
    Bear();
    if (!is_put_aside_ && row_ != nullptr) Affect();
  }

 private:
  void Describe() {
    Json& activity = document_.Put("activity", act_.Id());
    activity.Set("prov:type", ProvName(TypeName(row_ != nullptr ? row_->activity : "UnknownOp")));
    // The claimed time counts when it is not after the block's.
    if (payload_ != nullptr) {
      activity.Set("prov:startTime", UtcText(std::min(payload_->at, stub_.time)));
    } else {
      activity.Set("jdt:payload", "withheld");
    }
    activity.Set("prov:endTime", act_.Time());
    activity.Set("jdt:op", stub_.op);
    activity.Set("jdt:height", ProvLong(stub_.height));
    activity.Set("jdt:logIndex", ProvLong(event_.index));
    activity.Set("jdt:stubHash", HexEncode(event_.leaf_hash.View()));
    activity.Set("jdt:env", HexEncode(stub_.env.View()));
    if (stub_.code != 0) {
      const CodeInfo* code = FindCode(stub_.code);
      activity.Set("jdt:code", code != nullptr ? code->name : std::to_string(stub_.code));
    }
    Json flags = Json::MakeArray();
    for (const FlagInfo& flag : AllFlags()) {
      if ((stub_.flags >> flag.bit & 1U) != 0) flags.Push(flag.name);
    }
    if (!flags.Items().empty()) activity.Set("jdt:flags", std::move(flags));
  }

  // Who signed, on whose behalf, and by which plan.
  void Associate() {
    if (payload_ == nullptr) return;
    for (const Signer& signer : payload_->signers) {
      const std::string agent = "jd:key/" + HexEncode(signer.key.View());
      // What an agent is does not change with the act: of a key of unknown kind nothing is said.
      const auto key = record_.keys.find(signer.key);
      Json& known = document_.Put("agent", agent);
      if (key != record_.keys.end()) {
        const bool is_person = key->second.kind == IdentityKind::kOfficer;
        known.Set("prov:type", ProvName(is_person ? "prov:Person" : "prov:SoftwareAgent"));
      }
      Json& association = act_.Associate(agent);
      association.Set("prov:role", RoleName(signer.role));
      const auto grant = SubjectOf(event_, EntityKind::kGrant);
      if (signer.role == SignerRole::kSystem && grant.has_value()) {
        DeclareEntity(document_, *grant);
        association.Set("prov:plan", ProvIdOf(*grant));
      }
      const DepartmentId department = record_.DepartmentOf(signer, *payload_);
      if (!department.empty()) act_.OnBehalfOf(agent, department);
    }
  }

  // What it touches besides births and the partitions of the log.
  void Use() {
    for (const Touch& touch : stub_.touched) {
      const EntityKind kind = KindOf(touch.entity);
      is_put_aside_ |=
          IsBorn(touch) && (kind == EntityKind::kPending || kind == EntityKind::kProposal);
      if (IsBorn(touch) || kind == EntityKind::kDepartmentMonth || kind == EntityKind::kPair) {
        continue;
      }
      uses_[touch.entity] = act_.Use(InForce(touch.entity));
    }
    // A grant rests on the last decision of its request.
    if (row_ == nullptr || row_->activity != "Grant" || stub_.code != 0) return;
    for (const auto& [entity, use] : std::map(uses_)) {
      const auto decision = decisions_.find(entity);
      if (decision != decisions_.end()) (void)act_.Use(ProvRecordId(decision->second));
    }
  }

  std::string InForce(const EntityId& id) {
    DeclareEntity(document_, id);
    const ProvVersion* version = versions_.Find(id);
    return version != nullptr ? ProvIdOf(id, version->number) : ProvIdOf(id);
  }

  void Bear() {
    for (const Touch& touch : stub_.touched) {
      if (!IsBorn(touch)) continue;
      DeclareEntity(document_, touch.entity);
      const std::string general = ProvIdOf(touch.entity);
      const std::string generation = act_.Generate(general);
      Attribute(general);
      RelateBirth(touch.entity, general, generation);
      versions_.Begin(touch.entity, KindOf(touch.entity) == EntityKind::kGrant
                                        ? ValidToOf(body_).value_or(0)
                                        : 0);
      if (const ProvVersion* version = versions_.Find(touch.entity)) {
        act_.Generate(PutVersion(touch.entity, *version));
      }
    }
  }

  // A grant comes of what was asked for; a correction, of the data it doubts.
  void RelateBirth(const EntityId& id, const std::string& general, const std::string& generation) {
    if (is_put_aside_ || row_ == nullptr) return;
    for (const auto& [entity, use] : uses_) {
      const EntityKind kind = KindOf(entity);
      if (KindOf(id) == EntityKind::kGrant &&
          (kind == EntityKind::kRequest || kind == EntityKind::kConsultation ||
           kind == EntityKind::kEmergency)) {
        act_.Derive(general, generation, use);
      } else if (KindOf(id) == EntityKind::kCorrection && kind == EntityKind::kResource) {
        act_.Influence(general, use.entity);
      }
    }
  }

  void Affect() {
    switch (row_->effect) {
      case ProvEffect::kBears: return;
      case ProvEffect::kActs:
      case ProvEffect::kTraces:
      case ProvEffect::kDelegates: return LeaveRecord();
      case ProvEffect::kRevises: return Revise();
      case ProvEffect::kEnds: return End();
      case ProvEffect::kDelivers: return Deliver();
      case ProvEffect::kDerives: return DeriveOutput();
      case ProvEffect::kCompletes: return Complete();
    }
  }

  void LeaveRecord() {
    const std::string entity = ProvRecordId(act_.Id());
    Json& left = document_.Put("entity", entity);
    left.Set("prov:type", ProvName(TypeName(row_->record)));
    for (const std::string_view name :
         {"verdict", "outcome", "answer", "reason_code", "decision_no", "letter_no", "notice_no"}) {
      if (const auto text = body_.TextOr(name); !text.empty()) left.Set(TypeName(name), text);
    }
    for (const auto& member : body_.IsObject() ? body_.Members() : Json::Object()) {
      if (member.name.ends_with("_digest") && member.value.IsText()) {
        left.Set(TypeName(member.name), member.value);
      }
    }
    const std::string generation = act_.Generate(entity);
    Attribute(entity);
    if (row_->effect == ProvEffect::kTraces) {
      for (const auto& [used, use] : uses_) {
        if (KindOf(used) == EntityKind::kWatermark) act_.Derive(entity, generation, use);
      }
    }
    if (row_->effect == ProvEffect::kDelegates) Delegate();
    if (row_->record == "Decision") Decide();
  }

  // A decision follows the one before it in the same case.
  void Decide() {
    for (const auto& [entity, use] : uses_) {
      if (KindOf(entity) == EntityKind::kResource ? row_->subject != EntityKind::kResource
                                                  : !IsCase(KindOf(entity))) {
        continue;
      }
      const auto before = decisions_.find(entity);
      if (before != decisions_.end()) act_.InformedBy(before->second);
      decisions_.insert_or_assign(entity, act_.Id());
    }
  }

  void Delegate() {
    const auto delegate = HexDecodeFixed<EntityId::kSize>(body_.TextOr("delegate"));
    if (!delegate || payload_ == nullptr) return;
    const std::string agent = "jd:delegate/" + ToHex(*delegate);
    document_.Put("agent", agent);
    act_.OnBehalfOf(agent, payload_->department);
  }

  void Revise() {
    const auto subject = SubjectOf(event_, row_->subject);
    if (!subject || versions_.Find(*subject) == nullptr) return;
    const ProvActivity::Used before = uses_.at(*subject);
    act_.Invalidate(before.entity);
    const auto valid_to = payload_ == nullptr ? std::optional<TimeMs>(0) : ValidToOf(body_);
    const ProvVersion& version = versions_.Next(*subject, valid_to);
    const std::string entity = PutVersion(*subject, version);
    const std::string generation = act_.Generate(entity);
    act_.Derive(entity, generation, before, "prov:Revision");
  }

  void End() {
    const auto subject = SubjectOf(event_, row_->subject);
    if (!subject || versions_.Find(*subject) == nullptr) return;
    act_.Invalidate(uses_.at(*subject).entity);
    versions_.End(*subject);
  }

  // One copy a record of a batch; one for all of a batch that gives counts alone.
  void Deliver() {
    const auto records = body_.ItemsOf("records");
    if (records.empty()) {
      const bool is_batch = body_.Find("digest") != nullptr;
      if (is_batch || body_.TextOr("result") == "OK") Copy(0, body_);
      return;
    }
    std::size_t n = 0;
    for (const Json& record : records) {
      if (record.TextOr("result") == "OK") Copy(n, record);
      ++n;
    }
  }

  void Copy(std::size_t n, const Json& record) {
    const std::string entity = ProvRecordId(act_.Id(), "copy") + "/" + std::to_string(n);
    Json& copy = document_.Put("entity", entity);
    copy.Set("prov:type", ProvName(TypeName(row_->record)));
    if (const auto mark = record.TextOr("wm_id"); !mark.empty()) copy.Set("jdt:watermark", mark);
    if (const auto acc = record.TextOr("acc_id"); !acc.empty()) copy.Set("jdt:accessId", acc);
    if (const auto hash = record.TextOr("response_digest"); !hash.empty()) {
      copy.Set("jdt:sha256", hash);
    }
    if (const Json* rows = record.Find("rows"); rows != nullptr && rows->IsInteger()) {
      copy.Set("jdt:rows", ProvLong(static_cast<std::uint64_t>(rows->AsInteger())));
    }
    const std::string generation = act_.Generate(entity);
    for (const auto& [used, use] : uses_) {
      if (KindOf(used) == EntityKind::kResource) act_.Derive(entity, generation, use);
    }
  }

  // The new state of a derived resource: named by the act that made it.
  void DeriveOutput() {
    const auto out = HexDecodeFixed<EntityId::kSize>(body_.TextOr("resource"));
    if (!out || !uses_.contains(*out)) return;
    const std::string entity = ProvRecordId(act_.Id(), "output");
    Json& output = document_.Put("entity", entity);
    output.Set("prov:type", ProvName("jdt:DerivedData"));
    output.Set("jdt:kind", body_.TextOr("kind"));
    output.Set("jdt:transform_digest", body_.TextOr("transform_digest"));
    output.Set("jdt:outVersion", ProvLong(static_cast<std::uint64_t>(
                                     std::max<std::int64_t>(body_.IntegerOr("out_version"), 0))));
    const std::string generation = act_.Generate(entity);
    act_.Specialize(entity, ProvIdOf(*out));
    for (const Json& input : body_.ItemsOf("inputs")) {
      const auto from = HexDecodeFixed<EntityId::kSize>(input.TextOr("resource"));
      if (from && *from != *out && uses_.contains(*from)) {
        act_.Derive(entity, generation, uses_.at(*from));
      }
    }
  }

  // What waited takes effect now; which op it was is not in this record. From here on nobody can
  // say which version of what it touched is in force.
  void Complete() {
    LeaveRecord();
    for (const auto& [entity, use] : uses_) {
      if (HasVersions(KindOf(entity))) versions_.End(entity);
    }
  }

  std::string PutVersion(const EntityId& id, const ProvVersion& version) {
    const std::string entity = ProvIdOf(id, version.number);
    Json& put = document_.Put("entity", entity);
    put.Set("prov:type", TypesOf(KindOf(id)));
    put.Set("jdt:version", ProvLong(version.number));
    act_.Specialize(entity, ProvIdOf(id));
    return entity;
  }
  void Attribute(const std::string& entity) {
    if (payload_ != nullptr) act_.Attribute(entity, payload_->department);
  }
  static bool IsBorn(const Touch& touch) { return (touch.roles & touch::kNew) != 0; }

 public:
  // A grant is a plan besides.
  static Json TypesOf(EntityKind kind) {
    Json type = ProvName(TypeName(ProvTypeOf(kind)));
    if (kind != EntityKind::kGrant) return type;
    Json types = Json::MakeArray();
    types.Push(std::move(type));
    types.Push(ProvName("prov:Plan"));
    return types;
  }

 private:
  static const Json kNone;

  const ProvenRecord& record_;
  ProvDocument& document_;
  ProvVersions& versions_;
  std::map<EntityId, std::string>& decisions_;
  const Stub& stub_;
  const Json& body_;
  const Payload* payload_;
  const OpMapping* row_;
  const RecordedEvent& event_;
  ProvActivity act_;
  std::map<EntityId, ProvActivity::Used> uses_;
  bool is_put_aside_ = false;
};

const Json ActWriter::kNone = Json::MakeObject();

}  // namespace

void DeclareEntity(ProvDocument& document, const EntityId& id) {
  const std::string name = ProvIdOf(id);
  if (document.Has("entity", name)) return;
  document.Put("entity", name).Set("prov:type", ActWriter::TypesOf(KindOf(id)));
}

void ProvActs::Write(const RecordedEvent& event) {
  ExpireUntil(event.stub->time);
  ActWriter(record_, document_, versions_, decisions_, event).Write();
}

void ProvActs::ExpireUntil(TimeMs now) {
  for (const auto& [id, version] : versions_.TakeExpired(now)) {
    const std::string entity = ProvIdOf(id, version.number);
    Json& ended = document_.Put("wasInvalidatedBy", entity + "/x");
    ended.Set("prov:entity", entity).Set("prov:time", UtcText(version.valid_to));
  }
}

}  // namespace jiandu::ledger
