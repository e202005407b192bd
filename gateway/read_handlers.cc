// See read_handlers.h.
#include "gateway/read_handlers.h"

#include <algorithm>

#include "base/hex.h"
#include "gateway/page.h"
#include "gateway/router.h"
#include "gateway/views.h"
#include "gateway/visibility.h"
#include "ledger/model/clock_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using Refused = std::unexpected<Problem>;

// How many rows one request may look at to fill its page: filters may hide most of them.
constexpr std::size_t kScanMax = 2000;
constexpr std::size_t kScanStep = 200;

Refused NotFound() { return Refused(Plain(ProblemKind::kNotFound)); }

// An id from the path, of the kind asked for (kNetwork: any). A wrong one is simply not there.
std::optional<EntityId> IdOf(std::string_view text, EntityKind kind) {
  constexpr std::size_t kDepartmentCodeSize = 18;
  if (kind == EntityKind::kDepartment && text.size() == kDepartmentCodeSize) {
    return ledger::DepartmentEntity(text);
  }
  const auto id = ledger::ParseEntityId(text);
  if (!id || (kind != EntityKind::kNetwork && ledger::KindOf(*id) != kind)) return std::nullopt;
  return *id;
}

// When each clock is due by the calendar as it stands: what the body itself does not say.
void AddDueTimes(const LedgerSnapshot& snapshot, const ledger::EntityBody& body, Json& json) {
  if (body.clocks.empty()) return;
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(snapshot.State());
  Json clocks = json.Release("clocks");
  for (std::size_t i = 0; i < body.clocks.size(); ++i) {
    const auto due = ledger::DueOf(calendar, body.clocks[i]);
    Json& clock = clocks.MutableItems().at(i);
    clock.Set("due", due.at);
    if (due.provisional) clock.Set("provisional", true);
  }
  json.Set("clocks", std::move(clocks));
}

// Those that stand in no body, after the others; each says what it is about.
void AddOwedClocks(const LedgerSnapshot& snapshot, const EntityId& id, Json& json) {
  const auto owed = snapshot.OwedClocksOf(id);
  if (owed.empty()) return;
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(snapshot.State());
  Json clocks = json.Release("clocks");
  for (const LedgerSnapshot::OwedClock& one : owed) {
    Json clock = ledger::ClockToJson(one.clock);
    const auto due = ledger::DueOf(calendar, one.clock);
    clock.Set("due", due.at).Set("subject", ledger::ToHex(one.subject));
    if (due.provisional) clock.Set("provisional", true);
    clocks.Push(std::move(clock));
  }
  json.Set("clocks", std::move(clocks));
}

Json EntityJson(const LedgerSnapshot& snapshot, const EntityId& id, const ledger::EntityBody& body,
                const SightOf& eyes, Sight sight) {
  Json json = ledger::BodyToJson(id, body);
  if (!eyes.IsSideOf(body) && WithholdTags(json)) json.Set("withheld", TagsWithheld());
  AddDueTimes(snapshot, body, json);
  if (sight != Sight::kParty) HideAddresses(json);
  // An amendment is its provider's and manager's business until it is published.
  if (sight != Sight::kParty && body.kind == EntityKind::kResource) json.Remove("terms");
  const auto bytes = snapshot.State().Get(ledger::LeafKey(id));
  if (!bytes) return json;
  if (const auto leaf = ledger::EntityLeaf::Decode(*bytes)) {
    json.Set("history", Json::MakeObject({{"events", Integer(leaf->size)},
                                          {"birth", Integer(leaf->birth)},
                                          {"last", Integer(leaf->last)}}));
  }
  return json;
}

struct Filter {
  std::optional<std::uint32_t> status;
  const std::string* department = nullptr;
  std::optional<EntityId> resource;

  [[nodiscard]] bool Passes(const ledger::EntityBody& body) const {
    if (status && body.status != *status) return false;
    if (department != nullptr && body.department != *department &&
        std::ranges::none_of(body.parties,
                             [&](const auto& party) { return party.second == *department; })) {
      return false;
    }
    if (!resource) return true;
    const EntityId* link = body.Link("resource");
    return link != nullptr && *link == *resource;
  }
};

std::expected<Filter, Problem> ReadFilter(const Call& call) {
  Filter filter;
  filter.department = call.target.Find("department");
  if (const std::string* status = call.target.Find("status")) {
    filter.status = ledger::StatusFromName(call.route->kind, *status);
    if (!filter.status) return Refused(BadParameter("status", "this kind has no such status"));
  }
  if (const std::string* resource = call.target.Find("resource")) {
    filter.resource = IdOf(*resource, EntityKind::kResource);
    if (!filter.resource) {
      return Refused(BadParameter("resource", "a resource's id is 34 hex digits"));
    }
    if (!call.snapshot->State().Get(ledger::LeafKey(*filter.resource))) {
      return Refused(BadParameter("resource", "there is no such resource (无此资源)"));
    }
  }
  return filter;
}

// Kinds of which the whole network may see something are listed whole and sifted here; of cases the
// index gives a department its own.
std::optional<ledger::DepartmentId> ListingDepartment(const Call& call) {
  const EntityKind kind = call.route->kind;
  if (!ledger::IsCase(kind) || kind == EntityKind::kResource || call.reader->sees_all) {
    return std::nullopt;
  }
  return call.reader->department;
}

// Where a list stands. Many entities may share a birth (all of genesis do): the position is the
// birth and how many of it have been passed.
struct BirthPlace {
  static constexpr std::uint64_t kTakenBits = 16;
  ledger::LogIndex birth = 0;
  std::uint64_t taken = 0;

  static BirthPlace FromPosition(std::uint64_t position) {
    return {.birth = position >> kTakenBits,
            .taken = position & ((std::uint64_t{1} << kTakenBits) - 1)};
  }
  [[nodiscard]] std::uint64_t Position() const { return (birth << kTakenBits) | taken; }
  // List() gives what is born after this.
  [[nodiscard]] std::optional<ledger::LogIndex> Before() const {
    if (birth == 0) return std::nullopt;
    return birth - 1;
  }
  void Pass(ledger::LogIndex next) {
    taken = next == birth ? taken + 1 : 1;
    birth = next;
  }
};

// Events of an entity's history from a place on that pass `wanted`, at most a page of them.
template <typename Wanted>
Answer HistoryPage(const Call& call, const EntityId& id, const Page& page, SightOf& sight,
                   Wanted wanted) {
  Json rows = Json::MakeArray();
  std::uint64_t place = page.after ? *page.after + 1 : 0;
  std::size_t shown = 0;
  for (std::size_t scanned = 0; scanned < kScanMax;) {
    const auto indexes = call.snapshot->History(id, place, kScanStep);
    for (const ledger::LogIndex index : indexes) {
      if (shown == page.limit) return PageResponse(call, page, std::move(rows), place - 1);
      const auto bytes = call.snapshot->EntryAt(index);
      if (!bytes) return Refused(ProblemOf(bytes.error()));
      const auto entry = ledger::DecodeEntry(*bytes);
      if (!entry) return Refused(ProblemOf(entry.error()));
      const auto* stub = std::get_if<ledger::Stub>(&*entry);
      if (stub == nullptr) {
        // Born in the genesis document: event 0 is the log's first entry.
        if (wanted(ledger::Stub())) {
          rows.Push(Json::MakeObject(
              {{"seq", Integer(place)}, {"index", Integer(index)}, {"genesis", true}}));
          ++shown;
        }
      } else if (wanted(*stub)) {
        rows.Push(HistoryRow(*call.snapshot, place, index, id, *stub, sight));
        ++shown;
      }
      ++place;
    }
    scanned += indexes.size();
    if (indexes.size() < kScanStep) {
      return PageResponse(call, page, std::move(rows), std::nullopt);
    }
  }
  return PageResponse(call, page, std::move(rows), place - 1);
}

bool MaySeeHistory(const Call& call, const EntityId& id, SightOf& sight) {
  if (sight.OfEntity(id) != Sight::kNone) return true;
  const auto first = call.snapshot->History(id, 0, 1);
  if (first.empty()) return false;
  const auto bytes = call.snapshot->EntryAt(first.front());
  if (!bytes) return false;
  const auto entry = ledger::DecodeEntry(*bytes);
  if (!entry) return false;
  const auto* stub = std::get_if<ledger::Stub>(&*entry);
  return stub != nullptr && sight.OwnsNatural(id, *stub);
}

// Days from 1970-01-01 to the first of a month (Howard Hinnant's civil calendar), in ms at UTC+8.
ledger::TimeMs MonthBegin(std::int64_t year, std::int64_t month) {
  const std::int64_t shifted = month <= 2 ? year - 1 : year;
  const std::int64_t era = shifted / 400;
  const std::int64_t year_of_era = shifted - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  const std::int64_t days = era * 146'097 + day_of_era - 719'468;
  constexpr std::int64_t kDayMs = 86'400'000;
  constexpr std::int64_t kOffsetMs = 8LL * 3600 * 1000;
  return days * kDayMs - kOffsetMs;
}

}  // namespace

Answer ListEntities(const Call& call) {
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  const auto filter = ReadFilter(call);
  if (!filter) return Refused(filter.error());
  const SightOf sight(*call.snapshot, *call.reader);
  const auto department = ListingDepartment(call);
  Json rows = Json::MakeArray();
  BirthPlace place = BirthPlace::FromPosition(page->after.value_or(0));
  std::size_t shown = 0;
  for (std::size_t scanned = 0; scanned < kScanMax;) {
    const std::size_t wanted = kScanStep + place.taken;
    const auto listed = call.snapshot->List(call.route->kind, department, place.Before(), wanted);
    std::uint64_t to_skip = place.taken;
    for (const LedgerSnapshot::Listed& entity : listed) {
      if (entity.birth == place.birth && to_skip > 0) {
        --to_skip;
        continue;
      }
      if (shown == page->limit) return PageResponse(call, *page, std::move(rows), place.Position());
      place.Pass(entity.birth);
      const auto body = FindBody(*call.snapshot, entity.id);
      if (!body) continue;
      const Sight seen = sight.OfBody(*body);
      if (seen == Sight::kNone || !filter->Passes(*body)) continue;
      rows.Push(EntityJson(*call.snapshot, entity.id, *body, sight, seen));
      ++shown;
    }
    if (listed.size() < wanted) return PageResponse(call, *page, std::move(rows), std::nullopt);
    scanned += kScanStep;
  }
  return PageResponse(call, *page, std::move(rows), place.Position());
}

Answer ShowEntity(const Call& call) {
  const auto id = IdOf(call.captures.at(0), call.route->kind);
  if (!id) return NotFound();
  const auto body = FindBody(*call.snapshot, *id);
  if (!body) return NotFound();
  const SightOf eyes(*call.snapshot, *call.reader);
  const Sight sight = eyes.OfBody(*body);
  if (sight == Sight::kNone) return NotFound();
  Json json = EntityJson(*call.snapshot, *id, *body, eyes, sight);
  // Parties see what follows from the state besides: what is late, stale, in doubt.
  if (sight == Sight::kParty) {
    AddOwedClocks(*call.snapshot, *id, json);
    json.Set("derived", DerivedToJson(call.snapshot->FlagsOf(*id)));
  }
  Response response = JsonResponse(json);
  MarkAsRead(response, *call.snapshot, StateTag(*call.snapshot));
  return response;
}

Answer ShowHistory(const Call& call) {
  const auto id = IdOf(call.captures.at(0), EntityKind::kNetwork);
  if (!id) return NotFound();
  SightOf sight(*call.snapshot, *call.reader);
  if (!MaySeeHistory(call, *id, sight)) return NotFound();
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  if (call.snapshot->History(*id, 0, 1).empty()) return NotFound();
  return HistoryPage(call, *id, *page, sight, [](const ledger::Stub&) { return true; });
}

Answer ShowAccesses(const Call& call) {
  const auto id = IdOf(call.captures.at(0), EntityKind::kGrant);
  if (!id) return NotFound();
  SightOf sight(*call.snapshot, *call.reader);
  const auto body = FindBody(*call.snapshot, *id);
  if (!body || sight.OfBody(*body) == Sight::kNone) return NotFound();
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  return HistoryPage(call, *id, *page, sight,
                     [](const ledger::Stub& stub) { return stub.op.starts_with("access."); });
}

Answer ShowRejections(const Call& call) {
  const std::string* department = call.target.Find("department");
  const std::string& code = department == nullptr ? call.reader->department : *department;
  if (code != call.reader->department && !call.reader->sees_all) {
    return Refused(Plain(ProblemKind::kForbidden,
                         "rejections are shown to the department itself, "
                         "to managers and to auditors"));
  }
  ledger::TimeMs time = call.snapshot->Time();
  if (const std::string* month = call.target.Find("month")) {
    const auto number = month->size() == 6 ? ParseNumber(*month, 999'912) : std::nullopt;
    if (!number || *number < 197'001 || *number % 100 < 1 || *number % 100 > 12) {
      return Refused(BadParameter("month", "month is six digits, yyyymm"));
    }
    time = MonthBegin(static_cast<std::int64_t>(*number / 100),
                      static_cast<std::int64_t>(*number % 100));
  }
  const auto page = ReadPage(call);
  if (!page) return Refused(page.error());
  SightOf sight(*call.snapshot, *call.reader);
  return HistoryPage(call, ledger::DepartmentMonthEntity(code, time), *page, sight,
                     [](const ledger::Stub& stub) { return stub.code != 0; });
}

Answer ShowBlock(const Call& call) {
  const auto height = ParseNumber(call.captures.at(0), limits::kJsonIntegerMax);
  if (!height || *height == 0 || *height > call.snapshot->Height()) return NotFound();
  const auto block = call.snapshot->BlockAt(*height);
  if (!block) return Refused(ProblemOf(block.error()));
  Json transactions = Json::MakeArray();
  for (const ledger::TxId& txid : block->transactions) transactions.Push(HexEncode(txid.View()));
  Json json = Json::MakeObject();
  json.Set("height", Integer(block->height)).Set("time", block->time);
  json.Set("hash", HexEncode(block->hash.View())).Set("proposer", block->proposer);
  json.Set("header", Base64Encode(block->header));
  json.Set("commit", block->commit.empty() ? Json() : Json(Base64Encode(block->commit)));
  json.Set("transactions", std::move(transactions));
  Response response = JsonResponse(json);
  // The bytes never change, but for the commit that only the next block brings.
  const std::string tag =
      "\"" + HexEncode(block->hash.View()) + (block->commit.empty() ? "-open" : "") + "\"";
  MarkAsRead(response, *call.snapshot, tag);
  return response;
}

}  // namespace jiandu::gateway
