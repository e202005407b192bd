// See report_input.h.
#include "evidence/report_input.h"

#include <algorithm>
#include <set>

#include "base/hex.h"
#include "evidence/html.h"
#include "evidence/report_words.h"

namespace jiandu::evidence {

std::size_t ReportInput::Unseen(std::optional<ledger::EntityKind> kind) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(record.asked, [&](const ledger::EntityId& id) {
        return !bodies.contains(id) && (!kind || ledger::KindOf(id) == *kind);
      }));
}

std::size_t ReportInput::GrantsLeftOut() const {
  std::set<ledger::EntityId> grants;
  for (const ledger::RecordedEvent& event : record.events) {
    if (!event.stub.has_value()) continue;
    for (const ledger::Touch& touch : event.stub->touched) {
      const bool is_grant = ledger::KindOf(touch.entity) == ledger::EntityKind::kGrant;
      if (is_grant && !record.complete.contains(touch.entity)) grants.insert(touch.entity);
    }
  }
  return grants.size();
}

std::string ReportInput::Department(std::string_view code) const {
  const auto at = std::ranges::find(genesis.departments, code, &ledger::GenesisDepartment::code);
  if (at == genesis.departments.end()) return Short(code);
  return Value(at->name) + " " + Short(code);
}

std::string ReportInput::Officer(const ledger::KeyId& key) const {
  std::string id = Short(HexEncode(key.View()).substr(0, 16) + "…");
  for (const ledger::GenesisIdentity& identity : genesis.identities) {
    if (crypto::MakeKeyId(identity.key) == key) return Value(identity.name) + " " + id;
  }
  const auto row = record.keys.find(key);
  if (row == record.keys.end()) return id;
  return Code(ledger::ToHex(row->second.identity)) + " " + id;
}

std::string ReportInput::Entity(const ledger::EntityId& id) const {
  return KindWords(ledger::KindOf(id)) + " " + Code(ledger::ToHex(id));
}

void ReadCalendars(ReportInput& input) {
  for (const ledger::CalendarYear& year : input.genesis.calendars) input.calendar.Put(year);
  for (const ledger::RecordedEvent& event : input.record.events) {
    if (!event.transaction.has_value() || event.stub->code != 0 ||
        event.stub->op != "calendar.publish") {
      continue;
    }
    if (auto year = ledger::CalendarYear::FromJson(event.transaction->payload.body)) {
      input.calendar.Put(*std::move(year));
    }
  }
}

}  // namespace jiandu::evidence
