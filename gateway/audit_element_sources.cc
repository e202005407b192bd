// Elements that several departments collect (一数一源; 809 Art. 19, 40(1), 41(1)): CONTENT items of
// published resources with one element code.
#include <algorithm>
#include <set>

#include "gateway/audit_sources.h"
#include "ledger/model/element_index.h"

namespace jiandu::gateway {
namespace {

constexpr std::size_t kStep = 128;

bool IsContent(const ledger::EntityBody& resource, const ledger::OfferedElement& element) {
  const Json form = resource.Form();
  const auto items = form.ItemsOf("items");
  return std::ranges::any_of(items, [&](const Json& item) {
    return item.TextOr("item_role") == "CONTENT" &&
           item.TextOr("element_code") == element.element &&
           item.TextOr("subject_kind") == element.subject_kind;
  });
}

void ShowElement(Gather& gather, const Detector& detector, const ledger::OfferedElement& element) {
  const bool designated = gather.State().Get(ledger::DesignatedKey(element.element)).has_value();
  if (detector.keep == Keep::kUndesignated && designated) return;
  if (element.resources.size() < 2) return;
  std::set<std::string, std::less<>> departments;
  Json entities = Json::MakeArray();
  Json transactions = Json::MakeArray();
  for (const ledger::EntityId& id : element.resources) {
    const auto resource = FindBody(gather.Snapshot(), id);
    if (!resource || gather.Sight().OfBody(*resource) == Sight::kNone) continue;
    if (!IsContent(*resource, element)) continue;
    departments.emplace(resource->Party("provider"));
    entities.Push(EntityToJson(id));
    const auto born = gather.Snapshot().FindTx(resource->born_tx);
    const auto stub = born ? StubAt(gather.Snapshot(), born->index) : std::nullopt;
    if (stub) transactions.Push(TransactionRef(*stub, born->index));
  }
  if (departments.size() < 2) return;
  if (!gather.Department().empty() && !departments.contains(gather.Department())) return;
  Json row = BeginRow(detector);
  row.Set("element_code", element.element).Set("subject_kind", element.subject_kind);
  row.Set("designated", designated);
  Json names = Json::MakeArray();
  for (const std::string& department : departments) names.Push(department);
  row.Set("departments", std::move(names));
  row.Set("entities", std::move(entities)).Set("transactions", std::move(transactions));
  gather.Push(std::move(row));
}

}  // namespace

void FindElements(Gather& gather, const Detector& detector) {
  Bytes after = ToBytes(gather.After());
  while (true) {
    const auto elements = ledger::ListElements(gather.State(), after, kStep);
    for (const ledger::OfferedElement& element : elements) {
      if (!gather.Look()) return;
      ShowElement(gather, detector, element);
      gather.Pass(element.place);
      after = element.place;
    }
    if (elements.size() < kStep) return;
  }
}

}  // namespace jiandu::gateway
