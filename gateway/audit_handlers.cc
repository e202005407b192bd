// See audit_handlers.h.
#include "gateway/audit_handlers.h"

#include <algorithm>

#include "gateway/audit_answer.h"
#include "gateway/audit_sources.h"
#include "gateway/page.h"
#include "gateway/views.h"
#include "gateway/visibility.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/event_index.h"

namespace jiandu::gateway {
namespace {

using ledger::OverdueClock;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kScanStep = 256;  // rows of the index at a time
constexpr std::size_t kScanMax = 4096;  // rows one request looks at

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
  const auto period = ReadPeriod(call);
  if (!period) return std::unexpected(period.error());
  asked.from.time = period->from;
  asked.until = period->until;
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
        Json row = StubToJson(*call.snapshot, *stub);
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
  const auto after = OverdueOfKey(page->after_key);
  const ledger::StateView& state = call.snapshot->State();
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(state);
  auto rows = ledger::ListOverdue(state, calendar, call.snapshot->Time(), department,
                                  page->limit + 1, after ? &*after : nullptr);
  const bool more = rows.size() > page->limit;
  if (more) rows.pop_back();
  const Bytes last = rows.empty() ? Bytes() : KeyOfOverdue(rows.back());
  Json items = Json::MakeArray();
  for (OverdueClock& row : rows) {
    const auto body = FindBody(*call.snapshot, row.entity);
    const ledger::Clock* clock = body ? OverdueOf(*body, row, calendar, *call.snapshot) : nullptr;
    if (clock == nullptr) continue;
    row.department = clock->department;
    items.Push(RowToJson(row));
  }
  if (!more) return PageResponse(call, *page, std::move(items), std::nullopt);
  return PageResponse(call, *page, std::move(items), 0, last);
}

}  // namespace jiandu::gateway
