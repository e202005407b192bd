// One transaction as a PROV activity with what it used, generated and ended (op_mapping.h says
// which).
//
// Used by prov_json alone. Calls of Write come in the order of the log.
#pragma once

#include <map>
#include <string>

#include "ledger/export/prov_document.h"
#include "ledger/export/prov_versions.h"
#include "ledger/export/proven_record.h"

namespace jiandu::ledger {

// The entity in general; it is never invalidated.
void DeclareEntity(ProvDocument& document, const EntityId& id);

class ProvActs {
 public:
  ProvActs(const ProvenRecord& record, ProvDocument& document)
      : record_(record), document_(document), versions_(record) {}

  void Write(const RecordedEvent& event);  // an event with a stub
  // Grants that ended by themselves: no transaction says so.
  void ExpireUntil(TimeMs now);

 private:
  const ProvenRecord& record_;
  ProvDocument& document_;
  ProvVersions versions_;
  std::map<EntityId, std::string> decisions_;  // the last one of each case: its activity
};

}  // namespace jiandu::ledger
