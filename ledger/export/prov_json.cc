// See prov_json.h.
#include "ledger/export/prov_json.h"

#include <algorithm>

#include "base/hex.h"
#include "ledger/export/op_mapping.h"
#include "ledger/export/prov_act.h"
#include "ledger/export/prov_document.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kTypes = "https://jiandu.example/ns/prov#";

std::string ExportId(const ProvenRecord& record) {
  const std::string of = record.asked.empty() ? "record" : ToHex(record.asked.front());
  return "jd:export/" + of + "/" + std::to_string(record.as_of);
}

// Beside the bundle: what it is of, whose word it is, and what was left out.
void DescribeExport(const ProvenRecord& record, ProvDocument& top) {
  const std::string id = ExportId(record);
  Json& about = top.Put("entity", id);
  about.Set("prov:type", ProvName("prov:Bundle"));
  about.Set("jdt:chain", record.chain);
  about.Set("jdt:genesis", HexEncode(record.genesis_hash.View()));
  about.Set("jdt:asOf", ProvLong(record.as_of));
  about.Set("jdt:headHash", HexEncode(record.head_hash.View()));
  about.Set("jdt:headTime", UtcText(record.time));
  about.Set("jdt:logRoot", HexEncode(record.log_root.View()));
  about.Set("jdt:logSize", ProvLong(record.log_size));
  about.Set("jdt:events", ProvLong(record.events.size()));
  about.Set("jdt:withheld", ProvLong(record.withheld));
  about.Set("jdt:payloadsWithheld", ProvLong(record.payloads_withheld));
  Json asked = Json::MakeArray();
  for (const EntityId& entity : record.asked) asked.Push(ProvIdOf(entity));
  if (!record.asked.empty()) about.Set("jdt:historyOf", std::move(asked));
  Json& validators = top.Put("agent", "jd:validators");
  validators.Set("prov:type", ProvName("prov:Organization"));
  validators.Set("prov:label", "validators of " + record.chain);
  top.Put("wasAttributedTo", id + "/at").Set("prov:entity", id).Set("prov:agent", "jd:validators");
}

// Births of the genesis document: entities whose first event is entry 0 of the log.
void WriteGenesis(const ProvenRecord& record, const RecordedEvent& event, ProvDocument& document) {
  Json& genesis = document.Put("activity", "jd:genesis");
  genesis.Set("prov:type", ProvName("jdt:Genesis"));
  genesis.Set("jdt:logIndex", ProvLong(event.index));
  genesis.Set("jdt:stubHash", HexEncode(event.leaf_hash.View()));
  std::size_t n = 0;
  for (const auto& [id, leaf] : record.complete) {
    if (leaf.birth != event.index) continue;
    DeclareEntity(document, id);
    Json& generated = document.Put("wasGeneratedBy", "jd:genesis/g/" + std::to_string(n++));
    generated.Set("prov:entity", ProvIdOf(id)).Set("prov:activity", "jd:genesis");
  }
}

// It exists, in its place; nothing else is said of it.
void WriteWithheld(const RecordedEvent& event, ProvDocument& document) {
  Json& withheld = document.Put("activity", "jd:log/" + std::to_string(event.index));
  withheld.Set("prov:type", ProvName("jdt:Withheld"));
  withheld.Set("jdt:logIndex", ProvLong(event.index));
  withheld.Set("jdt:stubHash", HexEncode(event.leaf_hash.View()));
}

}  // namespace

Json ProvJson(const ProvenRecord& record) {
  ProvDocument document;
  ProvActs acts(record, document);
  for (const RecordedEvent& event : record.events) {
    if (event.stub.has_value()) {
      acts.Write(event);
    } else if (event.is_genesis) {
      WriteGenesis(record, event, document);
    } else {
      WriteWithheld(event, document);
    }
  }
  acts.ExpireUntil(record.time);
  ProvDocument top;
  DescribeExport(record, top);
  Json json = top.TakeSections();
  json.Set("prefix", Json::MakeObject({{"jd", "urn:jiandu:" + record.chain + ":"},
                                       {"jdt", kTypes},
                                       {"prov", "http://www.w3.org/ns/prov#"},
                                       {"xsd", "http://www.w3.org/2001/XMLSchema#"}}));
  Json bundle = Json::MakeObject();
  bundle.Set(ExportId(record), document.TakeSections());
  json.Set("bundle", std::move(bundle));
  return json;
}

}  // namespace jiandu::ledger
