// Who sees which edge of a lineage, and a closure as JSON (docs/lineage.md).
//
// A department follows the edges of which it is a side: of a derivation, who has the input or what
// was made; of a grant and a holding, provider and consumer. Who sees all sees all, and inside an
// engagement what its scope covers. What is not followed is counted. One object an answer.
#pragma once

#include <map>
#include <string>

#include "gateway/audit_scope.h"
#include "gateway/call.h"
#include "gateway/lineage_port.h"
#include "gateway/visibility.h"

namespace jiandu::gateway {

class LineageSight {
 public:
  explicit LineageSight(const Call& call)
      : snapshot_(*call.snapshot), reader_(*call.reader), sight_(snapshot_, reader_), cut_(call) {}

  // The start may be asked about.
  [[nodiscard]] bool Shows(const LineageReader::Entity& entity);
  [[nodiscard]] bool Covers(const LineageReader::Entity& entity);
  [[nodiscard]] bool IsScoped() const { return cut_.IsSet(); }
  // Everything is shown, whatever it is: nobody has to be asked.
  [[nodiscard]] bool SeesAll() const { return reader_.sees_all && !cut_.IsSet(); }
  [[nodiscard]] LineageReader::Verdict Judge(const LineageReader::Entity& from,
                                             const LineageReader::Entity& to,
                                             const LineageReader::Items* items);

 private:
  [[nodiscard]] bool ShowsEdge(const LineageReader::Entity& from, const LineageReader::Entity& to);
  [[nodiscard]] bool GrantHas(const ledger::EntityId& grant, const LineageReader::Items& items);

  const LedgerSnapshot& snapshot_;
  const Reader& reader_;
  SightOf sight_;
  ScopeCut cut_;
  std::map<ledger::EntityId, std::set<std::string>> items_;  // of grants
};

// Nodes and edges with what the ledger says of them.
class LineageJson {
 public:
  explicit LineageJson(const LedgerSnapshot& snapshot) : snapshot_(snapshot) {}
  [[nodiscard]] Json Node(const LineageReader::Node& node);
  [[nodiscard]] Json Edge(const LineageReader::Edge& edge);

 private:
  [[nodiscard]] Json Event(ledger::LogIndex index);
  [[nodiscard]] std::string NameOf(const ledger::DepartmentId& department);
  [[nodiscard]] Json Derivation(const LineageReader::Derived& derived);

  const LedgerSnapshot& snapshot_;
  std::map<ledger::LogIndex, Json> events_;
  std::map<ledger::DepartmentId, std::string> names_;
};

}  // namespace jiandu::gateway
