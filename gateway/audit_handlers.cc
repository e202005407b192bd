// See audit_handlers.h.
#include "gateway/audit_handlers.h"

#include "gateway/page.h"
#include "gateway/views.h"
#include "ledger/model/clock_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::OverdueClock;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kKeyBytesMin = 8 + 8 + EntityId::kSize;

// The order of the list as a cursor's key: due, start, entity, code.
Bytes KeyOf(const OverdueClock& row) {
  Bytes key;
  AppendU64Be(key, static_cast<std::uint64_t>(row.due.at));
  AppendU64Be(key, static_cast<std::uint64_t>(row.start));
  Append(key, row.entity.View());
  Append(key, AsBytes(row.code));
  return key;
}
std::optional<OverdueClock> RowOf(ByteView key) {
  if (key.size() <= kKeyBytesMin) return std::nullopt;
  OverdueClock row;
  row.due.at = static_cast<ledger::TimeMs>(ReadU64Be(key));
  row.start = static_cast<ledger::TimeMs>(ReadU64Be(key.subspan(8)));
  row.entity = *EntityId::From(key.subspan(16, EntityId::kSize));
  row.code = ToText(key.subspan(kKeyBytesMin));
  return row;
}

Json RowToJson(const OverdueClock& row) {
  Json json = Json::MakeObject();
  json.Set("code", row.code).Set("department", row.department).Set("due", row.due.at);
  json.Set("entity", ledger::ToHex(row.entity));
  json.Set("kind", ledger::KindName(ledger::KindOf(row.entity)));
  json.Set("late", row.late).Set("start", row.start);
  if (row.due.provisional) json.Set("provisional", true);
  return json;
}

}  // namespace

Answer ListOverdueClocks(const Call& call) {
  const std::string* named = call.target.Find("department");
  std::string department = call.reader->sees_all ? "" : call.reader->department;
  if (named != nullptr) department = *named;
  if (department != call.reader->department && !call.reader->sees_all) {
    return Refused(Plain(ProblemKind::kForbidden,
                         "deadlines are shown to the department itself, to managers and to "
                         "auditors"));
  }
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  const auto after = RowOf(page->after_key);
  const ledger::StateView& state = call.snapshot->State();
  auto rows = ledger::ListOverdue(state, ledger::ReadCalendar(state), call.snapshot->Time(),
                                  department, page->limit + 1, after ? &*after : nullptr);
  const bool more = rows.size() > page->limit;
  if (more) rows.pop_back();
  Json items = Json::MakeArray();
  for (const OverdueClock& row : rows) items.Push(RowToJson(row));
  if (!more) return PageResponse(call, *page, std::move(items), std::nullopt);
  return PageResponse(call, *page, std::move(items), 0, KeyOf(rows.back()));
}

}  // namespace jiandu::gateway
