// See audit_handlers.h.
#include "gateway/audit_handlers.h"

#include <algorithm>

#include "gateway/page.h"
#include "gateway/views.h"
#include "gateway/visibility.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/event_index.h"
#include "ledger/model/form.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::OverdueClock;
using Refused = std::unexpected<Problem>;

constexpr ledger::TimeMs kDayMs = 86'400'000;
constexpr std::size_t kScanStep = 256;  // rows of the index at a time
constexpr std::size_t kScanMax = 4096;  // rows one request looks at
constexpr std::size_t kKeyBytesMin = 8 + 8 + EntityId::kSize;

// The order of the list as a cursor's key: due, start, entity, code, department.
Bytes KeyOf(const OverdueClock& row) {
  Bytes key;
  AppendU64Be(key, static_cast<std::uint64_t>(row.due.at));
  AppendU64Be(key, static_cast<std::uint64_t>(row.start));
  Append(key, row.entity.View());
  Append(key, AsBytes(row.code));
  key.push_back(0);
  Append(key, AsBytes(row.department));
  return key;
}
std::optional<OverdueClock> RowOf(ByteView key) {
  if (key.size() <= kKeyBytesMin) return std::nullopt;
  OverdueClock row;
  row.due.at = static_cast<ledger::TimeMs>(ReadU64Be(key));
  row.start = static_cast<ledger::TimeMs>(ReadU64Be(key.subspan(8)));
  row.entity = *EntityId::From(key.subspan(16, EntityId::kSize));
  const std::string name = ToText(key.subspan(kKeyBytesMin));
  const std::size_t end = std::min(name.find('\0'), name.size());
  row.code = name.substr(0, end);
  row.department = name.substr(std::min(end + 1, name.size()));
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

// What is asked for: a flag or a code by name.
struct Asked {
  ledger::EventKind kind = ledger::EventKind::kFlag;
  std::uint32_t number = 0;
  ledger::EventPlace from;
  ledger::TimeMs until = 0;
};

std::expected<std::int64_t, Problem> ReadDay(const Call& call, std::string_view name,
                                             std::int64_t otherwise) {
  const std::string* text = call.target.Find(name);
  if (text == nullptr) return otherwise;
  const auto day = ParseNumber(*text, 99'999'999);
  if (!day || !ledger::IsDate(static_cast<std::int64_t>(*day))) {
    return std::unexpected(BadParameter(name, "a day is eight digits, yyyymmdd"));
  }
  return static_cast<std::int64_t>(*day);
}

std::expected<Asked, Problem> ReadAsked(const Call& call) {
  Asked asked;
  const std::string* flag = call.target.Find("flag");
  const std::string* code = call.target.Find("code");
  if ((flag == nullptr) == (code == nullptr)) {
    return std::unexpected(BadParameter("flag", "name one flag or one code"));
  }
  if (flag != nullptr) {
    const ledger::FlagInfo* info = ledger::FindFlag(*flag);
    if (info == nullptr) return std::unexpected(BadParameter("flag", "no such flag"));
    asked.number = info->bit;
  } else {
    const auto codes = ledger::AllCodes();
    const auto info = std::ranges::find(codes, *code, &ledger::CodeInfo::name);
    if (info == codes.end()) return std::unexpected(BadParameter("code", "no such code"));
    asked.kind = ledger::EventKind::kCode;
    asked.number = info->number;
  }
  const auto from = ReadDay(call, "from", 19'700'101);
  if (!from) return std::unexpected(from.error());
  const auto to = ReadDay(call, "to", 21'991'231);
  if (!to) return std::unexpected(to.error());
  asked.from.time = ledger::StartOfDate(*from);
  asked.until = ledger::StartOfDate(*to) + kDayMs;
  return asked;
}

Bytes KeyOf(const ledger::EventPlace& place) {
  Bytes key;
  AppendU64Be(key, static_cast<std::uint64_t>(place.time));
  AppendU64Be(key, place.index);
  return key;
}

}  // namespace

Answer ListEvents(const Call& call) {
  auto asked = ReadAsked(call);
  if (!asked) return Refused(asked.error());
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  if (page->after_key.size() == 16) {
    const ByteView key = page->after_key;
    asked->from = {.time = static_cast<ledger::TimeMs>(ReadU64Be(key)),
                   .index = ReadU64Be(key.subspan(8)) + 1};
  }
  SightOf sight(*call.snapshot, *call.reader);
  Json items = Json::MakeArray();
  std::size_t shown = 0;
  std::size_t looked_at = 0;
  while (true) {
    const auto places = ledger::ListEvents(call.snapshot->State(), asked->kind, asked->number,
                                           asked->from, asked->until, kScanStep);
    for (const ledger::EventPlace& place : places) {
      if (shown == page->limit || looked_at == kScanMax) {
        const ledger::EventPlace last{.time = asked->from.time, .index = asked->from.index - 1};
        return PageResponse(call, *page, std::move(items), 0, KeyOf(last));
      }
      const auto bytes = call.snapshot->EntryAt(place.index);
      if (!bytes) return Refused(ProblemOf(bytes.error()));
      const auto entry = ledger::DecodeEntry(*bytes);
      if (!entry) return Refused(ProblemOf(entry.error()));
      const auto* stub = std::get_if<ledger::Stub>(&*entry);
      if (stub != nullptr && sight.ShowsEvent(*stub)) {
        Json row = StubToJson(*stub);
        row.Set("index", Integer(place.index));
        items.Push(std::move(row));
        ++shown;
      }
      ++looked_at;
      asked->from = {.time = place.time, .index = place.index + 1};
    }
    if (places.size() < kScanStep) {
      return PageResponse(call, *page, std::move(items), std::nullopt);
    }
  }
}

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
