// See prov_document.h.
#include "ledger/export/prov_document.h"

#include <utility>

namespace jiandu::ledger {

Json& ProvDocument::Put(std::string_view section, const std::string& id) {
  auto& elements = sections_[std::string(section)];
  return elements.try_emplace(id, Json::MakeObject()).first->second;
}

bool ProvDocument::Has(std::string_view section, const std::string& id) const {
  const auto at = sections_.find(section);
  return at != sections_.end() && at->second.contains(id);
}

// Members come in their order, so each is appended: a document of 10^5 members is linear.
Json ProvDocument::TakeSections() {
  Json document = Json::MakeObject();
  for (auto& [name, elements] : sections_) {
    Json section = Json::MakeObject();
    for (auto& [id, attributes] : elements) section.Set(id, std::move(attributes));
    document.Set(name, std::move(section));
  }
  sections_.clear();
  return document;
}

Json ProvName(std::string_view name) {
  return Json::MakeObject({{"$", name}, {"type", "prov:QUALIFIED_NAME"}});
}
Json ProvLong(std::uint64_t value) {
  return Json::MakeObject({{"$", std::to_string(value)}, {"type", "xsd:long"}});
}

}  // namespace jiandu::ledger
