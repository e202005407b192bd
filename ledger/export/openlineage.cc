// See openlineage.h.
#include "ledger/export/openlineage.h"

#include <algorithm>

#include "base/hex.h"
#include "base/json.h"
#include "ledger/export/op_mapping.h"
#include "ledger/model/codes.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kProducer = "https://jiandu.example/gateway/0.1.0";
constexpr std::string_view kSpec = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/";
constexpr std::string_view kFacets = "https://openlineage.io/spec/facets/";
constexpr std::string_view kOwnFacets = "https://jiandu.example/ol/1-0-0/";

std::string Text(std::string_view a, std::string_view b, std::string_view c = "") {
  return std::string(a).append(b).append(c);
}

Json FacetOf(const std::string& schema) {
  return Json::MakeObject({{"_producer", kProducer}, {"_schemaURL", schema}});
}
// Of the specification: {"1-0-1", "OwnershipDatasetFacet"}.
Json CoreFacet(std::string_view version, std::string_view name) {
  return FacetOf(Text(kFacets, version, "/") + Text(name, ".json#/$defs/", name));
}
Json OwnFacet(std::string_view name) {
  return FacetOf(Text(kOwnFacets, name, ".json#/$defs/") + std::string(name));
}

class Writer {
 public:
  explicit Writer(const ProvenRecord& record) : record_(record) {}

  std::string Run() {
    Preface();
    for (const RecordedEvent& event : record_.events) {
      if (event.stub.has_value()) Transaction(event);
    }
    return std::move(text_);
  }

 private:
  // What this is an export of, and what is not in it.
  void Preface() {
    Json proof = OwnFacet("JianduProofDatasetFacet");
    proof.Set("chainId", record_.chain);
    proof.Set("genesis", HexEncode(record_.genesis_hash.View()));
    proof.Set("asOf", record_.as_of);
    proof.Set("headHash", HexEncode(record_.head_hash.View()));
    proof.Set("events", std::uint64_t{record_.events.size()});
    proof.Set("withheld", std::uint64_t{record_.withheld});
    proof.Set("payloadsWithheld", std::uint64_t{record_.payloads_withheld});
    Json withheld = Json::MakeArray();
    for (const RecordedEvent& event : record_.events) {
      if (event.IsWithheld()) withheld.Push(event.index);
    }
    proof.Set("withheldLogIndexes", std::move(withheld));
    const std::string name = record_.asked.empty() ? "record" : NameOf(record_.asked.front());
    Json dataset = Dataset(name, Json::MakeObject({{"jiandu_proof", std::move(proof)}}));
    Json event = Event("DatasetEvent", record_.time);
    Line(event.Set("dataset", std::move(dataset)));
  }

  void Transaction(const RecordedEvent& event) {
    const Stub& stub = *event.stub;
    const OpMapping* row = FindOpMapping(stub.op);
    for (const Touch& touch : stub.touched) {
      if (KindOf(touch.entity) == EntityKind::kGrant && (touch.roles & touch::kNew) != 0) {
        opened_.emplace(touch.entity, stub.txid);
      }
    }
    if (stub.code == 0) Lifecycle(event, row);
    Json start = Event("RunEvent", StartOf(event));
    start.Set("eventType", "START");
    Fill(start, event, row);
    Line(start);
    Json end = Event("RunEvent", stub.time);
    end.Set("eventType", stub.code == 0 ? "COMPLETE" : "FAIL");
    Fill(end, event, row);
    Line(end);
  }

  void Fill(Json& json, const RecordedEvent& event, const OpMapping* row) {
    json.Set("run", RunOf(event)).Set("job", JobOf(event, row));
    Json inputs = Json::MakeArray();
    Json outputs = Json::MakeArray();
    Datasets(event, row, inputs, outputs);
    json.Set("inputs", std::move(inputs)).Set("outputs", std::move(outputs));
  }

  Json RunOf(const RecordedEvent& event) {
    const Stub& stub = *event.stub;
    Json time = CoreFacet("1-0-1", "NominalTimeRunFacet");
    time.Set("nominalStartTime", UtcText(StartOf(event)));
    time.Set("nominalEndTime", UtcText(stub.time));
    Json audit = OwnFacet("JianduAuditRunFacet");
    audit.Set("chainId", record_.chain).Set("op", stub.op).Set("height", stub.height);
    audit.Set("logIndex", event.index).Set("txid", HexEncode(stub.txid.View()));
    audit.Set("stubHash", HexEncode(event.leaf_hash.View()));
    if (!event.transaction.has_value()) audit.Set("payload", "withheld");
    Json flags = Json::MakeArray();
    for (const FlagInfo& flag : AllFlags()) {
      if ((stub.flags >> flag.bit & 1U) != 0) flags.Push(flag.name);
    }
    audit.Set("flags", std::move(flags));
    Json facets = Json::MakeObject();
    if (const auto grant = SubjectOf(event, EntityKind::kGrant)) {
      audit.Set("grantId", ToHex(*grant));
      const auto opened = opened_.find(*grant);
      if (opened != opened_.end() && opened->second != stub.txid) {
        facets.Set("parent", ParentOf(opened->second));
      }
    }
    if (stub.code != 0) facets.Set("errorMessage", ErrorOf(stub));
    facets.Set("nominalTime", std::move(time)).Set("jiandu_audit", std::move(audit));
    return Json::MakeObject({{"runId", RunIdOf(stub.txid)}, {"facets", std::move(facets)}});
  }

  static Json ErrorOf(const Stub& stub) {
    const CodeInfo* code = FindCode(stub.code);
    Json error = CoreFacet("1-0-1", "ErrorMessageRunFacet");
    error.Set("message", code != nullptr ? Text(code->name, ": ", code->message)
                                         : "code " + std::to_string(stub.code));
    return error.Set("programmingLanguage", "jiandu");
  }
  // An access runs under its grant, whose opening was a run of its own.
  Json ParentOf(const TxId& opened) {
    Json parent = CoreFacet("1-2-0", "ParentRunFacet");
    parent.Set("run", Json::MakeObject({{"runId", RunIdOf(opened)}}));
    Json job =
        Json::MakeObject({{"namespace", Text("jiandu://", record_.chain)}, {"name", "grant.open"}});
    return parent.Set("job", std::move(job));
  }

  Json JobOf(const RecordedEvent& event, const OpMapping* row) {
    std::string space = Text("jiandu://", record_.chain);
    std::string name = event.stub->op;
    if (event.transaction.has_value()) {
      const Payload& payload = event.transaction->payload;
      space += "/" + payload.department;
      for (const Signer& signer : payload.signers) {
        if (signer.role == SignerRole::kSystem) {
          name += "." + HexEncode(signer.key.View()).substr(0, 16);
          break;
        }
      }
    }
    Json type = CoreFacet("2-0-4", "JobTypeJobFacet");
    type.Set("processingType", "BATCH").Set("integration", "JIANDU");
    type.Set("jobType", row != nullptr ? row->activity : "UnknownOp");
    Json facets = Json::MakeObject({{"jobType", std::move(type)}});
    return Json::MakeObject({{"namespace", space}, {"name", name}, {"facets", std::move(facets)}});
  }

  // Data alone: resources read, resources born or derived, copies delivered.
  void Datasets(const RecordedEvent& event, const OpMapping* row, Json& inputs, Json& outputs) {
    const Stub& stub = *event.stub;
    const Json body = event.transaction.has_value() ? event.transaction->payload.body : Json();
    const bool derives = row != nullptr && row->effect == ProvEffect::kDerives;
    const std::string derived(derives ? body.TextOr("resource") : "");
    for (const Touch& touch : stub.touched) {
      if (KindOf(touch.entity) != EntityKind::kResource) continue;
      const bool changes =
          row != nullptr && row->subject == EntityKind::kResource &&
          (row->effect == ProvEffect::kBears || row->effect == ProvEffect::kRevises);
      const bool is_output = (touch.roles & touch::kNew) != 0 || ToHex(touch.entity) == derived;
      if (!is_output || changes) {
        if ((touch.roles & touch::kNew) == 0) inputs.Push(ResourceOf(touch.entity, body));
      }
      if (stub.code == 0 && (is_output || changes)) outputs.Push(ResourceOf(touch.entity, body));
    }
    if (stub.code != 0 || row == nullptr || row->effect != ProvEffect::kDelivers) return;
    const std::string copy = "copy." + HexEncode(stub.txid.View()) + ".";
    const auto records = body.ItemsOf("records");
    if (records.empty()) {
      if (body.TextOr("result") == "OK" || body.Find("digest") != nullptr) {
        outputs.Push(Dataset(copy + "0", Json::MakeObject()));
      }
      return;
    }
    for (std::size_t n = 0; n < records.size(); ++n) {
      if (records[n].TextOr("result") == "OK") {
        outputs.Push(Dataset(copy + std::to_string(n), Json::MakeObject()));
      }
    }
  }

  // The version is what the transaction says it saw.
  Json ResourceOf(const EntityId& id, const Json& body) {
    Json facets = Json::MakeObject();
    std::int64_t seen = 0;
    for (const std::string_view name : {"dataset_version", "resource_version", "version_seen"}) {
      if (seen == 0) seen = body.IntegerOr(name);
    }
    if (seen > 0) {
      Json version = CoreFacet("1-0-1", "DatasetVersionDatasetFacet");
      facets.Set("version", version.Set("datasetVersion", std::to_string(seen)));
    }
    if (const auto owner = owners_.find(id); owner != owners_.end()) {
      Json ownership = CoreFacet("1-0-1", "OwnershipDatasetFacet");
      Json owners = Json::MakeArray();
      owners.Push(
          Json::MakeObject({{"name", "department:" + owner->second}, {"type", "PROVIDER"}}));
      facets.Set("ownership", ownership.Set("owners", std::move(owners)));
    }
    return Dataset(NameOf(id), std::move(facets));
  }

  void Lifecycle(const RecordedEvent& event, const OpMapping* row) {
    if (row == nullptr || row->subject != EntityKind::kResource) return;
    const auto resource = row->effect == ProvEffect::kBears
                              ? Born(*event.stub, EntityKind::kResource)
                              : SubjectOf(event, EntityKind::kResource);
    if (!resource) return;
    std::string_view change;
    if (row->effect == ProvEffect::kBears) {
      change = "CREATE";
      if (event.transaction.has_value()) {
        owners_.emplace(*resource, event.transaction->payload.department);
      }
    } else if (row->effect == ProvEffect::kRevises) {
      change = "ALTER";
    } else if (row->effect == ProvEffect::kEnds) {
      change = "DROP";
    } else {
      return;
    }
    Json facet = CoreFacet("1-0-1", "LifecycleStateChangeDatasetFacet");
    facet.Set("lifecycleStateChange", change);
    Json facets = Json::MakeObject({{"lifecycleStateChange", std::move(facet)}});
    Json json = Event("DatasetEvent", event.stub->time);
    Line(json.Set("dataset", Dataset(NameOf(*resource), std::move(facets))));
  }

  Json Dataset(const std::string& name, Json facets) {
    return Json::MakeObject({{"namespace", Text("jiandu://", record_.chain)},
                             {"name", name},
                             {"facets", std::move(facets)}});
  }
  static Json Event(std::string_view kind, TimeMs time) {
    return Json::MakeObject(
        {{"eventTime", UtcText(time)}, {"producer", kProducer}, {"schemaURL", Text(kSpec, kind)}});
  }
  static TimeMs StartOf(const RecordedEvent& event) {
    return event.transaction.has_value() ? std::min(event.transaction->payload.at, event.stub->time)
                                         : event.stub->time;
  }
  static std::string NameOf(const EntityId& id) {
    return Text(KindName(KindOf(id)), ".", ToHex(id));
  }
  static std::optional<EntityId> Born(const Stub& stub, EntityKind kind) {
    const auto at = std::ranges::find_if(stub.touched, [kind](const Touch& touch) {
      return KindOf(touch.entity) == kind && (touch.roles & touch::kNew) != 0;
    });
    return at == stub.touched.end() ? std::nullopt : std::optional(at->entity);
  }
  void Line(const Json& json) { text_ += CanonicalJson(json) + "\n"; }

  const ProvenRecord& record_;
  std::string text_;
  std::map<EntityId, TxId> opened_;          // births of grants
  std::map<EntityId, DepartmentId> owners_;  // of resources born here
};

}  // namespace

std::string OpenLineageText(const ProvenRecord& record) { return Writer(record).Run(); }

}  // namespace jiandu::ledger
