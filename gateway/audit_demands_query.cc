// Q14: demands of the period by answer and speed, those the catalogue answered, and what several
// departments collect (重复收集): an indicator, for which element has how many sources is for
// people to judge.
#include <algorithm>
#include <array>
#include <set>

#include "gateway/audit_answer.h"
#include "gateway/audit_asking.h"
#include "gateway/audit_case_queries.h"
#include "gateway/audit_lists.h"
#include "gateway/audit_scope.h"
#include "gateway/views.h"
#include "gateway/visibility.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/element_index.h"
#include "ledger/model/event_index.h"
#include "ledger/model/work_calendar.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kElementsMax = 4096;  // elements one page looks at
constexpr std::size_t kStep = 256;
constexpr std::uint8_t kDemands = 1;  // parts of the answer, in its order
constexpr std::uint8_t kRefused = 2;
constexpr std::uint8_t kRepeated = 3;

class Demands {
 public:
  Demands(const Call& call, const QueryPeriod& period, std::size_t limit, AuditRows& answer)
      : call_(call),
        period_(period),
        limit_(limit),
        answer_(answer),
        cut_(call),
        calendar_(ledger::ReadCalendar(call.snapshot->State())) {}

  void AddRows(ByteView after) {
    const std::uint8_t part = after.empty() ? kDemands : after[0];
    if (part <= kDemands) AddDemands(after);
    if (part <= kRefused && !answer_.more_after) {
      AddRefused(part == kRefused ? after : ByteView());
    }
    if (!answer_.more_after) AddRepeated(part == kRepeated ? after : ByteView());
    cut_.AddGap(answer_.completeness);
  }

 private:
  [[nodiscard]] bool HasRoom() const { return answer_.rows.Items().size() < limit_; }

  void AddDemands(ByteView after) {
    const ledger::LogIndex first = FirstEntryAt(*call_.snapshot, period_.from);
    bool beyond = false;
    auto more = EachOf(call_, EntityKind::kDemand, kDemands, first, after,
                       [&](const LedgerSnapshot::Listed& one) {
                         const auto body = FindBody(*call_.snapshot, one.id);
                         if (!body) return true;
                         beyond = body->born_at >= period_.until;
                         if (beyond) return false;
                         if (!cut_.Keeps(cut_.Covers(one.id))) return true;
                         answer_.rows.Push(DemandRow(one.id, *body));
                         return HasRoom();
                       });
    if (!beyond) answer_.more_after = std::move(more);
  }

  Json DemandRow(const EntityId& id, const EntityBody& body) const {
    const Json form = body.Form();
    const Json terms = body.Terms();
    Json row = Json::MakeObject({{"row", "demand"}, {"demand", ledger::ToHex(id)}});
    row.Set("consumer", body.Party("consumer")).Set("provider", body.Party("provider"));
    row.Set("status", std::string(ledger::StatusName(body.kind, body.status)));
    Json elements = Json::MakeArray();
    for (const Json& item : form.ItemsOf("items_wanted"))
      elements.Push(item.TextOr("element_code"));
    row.Set("elements", std::move(elements));
    row.Set("insufficiency_code", form.TextOr("insufficiency_code"));
    row.Set("submitted_at", body.born_at);
    for (const std::string_view name : {"answer", "letter_no", "reason_code", "mode"}) {
      if (const auto text = terms.TextOr(name); !text.empty()) row.Set(name, text);
    }
    AddStep(body, "D25", "assignment", row);
    AddStep(body, "D10", "answering", row);
    AddStep(body, "D24", "application", row);
    AddStep(body, "D26", "delivery", row);
    if (const auto born = call_.snapshot->FindTx(body.born_tx)) {
      if (const auto stub = StubAt(*call_.snapshot, born->index)) {
        row.Set("transaction", TransactionRef(*stub, born->index));
      }
    }
    return row;
  }
  // How long a step took, in working days, and how late it was.
  void AddStep(const EntityBody& body, std::string_view code, std::string_view name,
               Json& row) const {
    const ledger::Clock* clock = body.FindClock(code);
    if (clock == nullptr) return;
    const auto now = call_.snapshot->Time();
    const auto times = call_.snapshot->TimesOf(*clock, now);
    Json step = Json::MakeObject({{"code", code}, {"department", clock->department}});
    step.Set("start", clock->start).Set("due", times.due).Set("satisfied", clock->satisfied);
    step.Set("ended_at", clock->Runs() ? Json() : Json(clock->ended_at));
    step.Set("working_days",
             calendar_.WorkdaysBetween(clock->start, clock->Runs() ? now : clock->ended_at));
    const bool overdue = clock->Runs() && times.due <= now && !times.provisional;
    step.Set("late", clock->Runs() ? (overdue ? times.late : 0) : clock->late);
    row.Set(name, std::move(step));
  }

  // Demands refused because the catalogue offers it all; the receipt names the resource.
  void AddRefused(ByteView after) {
    ledger::EventPlace from{.time = period_.from, .index = 0};
    if (after.size() == 17) {
      from = {.time = static_cast<ledger::TimeMs>(ReadU64Be(after.subspan(1))),
              .index = ReadU64Be(after.subspan(9)) + 1};
    }
    from = std::max(from, ledger::EventPlace{.time = period_.from, .index = 0});
    const auto places = ledger::ListEvents(
        call_.snapshot->State(), ledger::EventKind::kCode,
        static_cast<std::uint32_t>(ledger::Code::kCatalogHasItem), from, period_.until, limit_ + 1);
    for (const ledger::EventPlace& place : places) {
      if (!HasRoom()) {
        Bytes key = {kRefused};
        AppendU64Be(key, static_cast<std::uint64_t>(from.time));
        AppendU64Be(key, from.index - 1);
        answer_.more_after = std::move(key);
        return;
      }
      from = {.time = place.time, .index = place.index + 1};
      const auto stub = StubAt(*call_.snapshot, place.index);
      if (!stub || !cut_.Keeps(cut_.CoversEvent(*stub))) continue;
      Json row = Json::MakeObject({{"row", "refused_demand"}, {"code", "CATALOG_HAS_ITEM"}});
      for (const ledger::Touch& touch : stub->touched) {
        if (ledger::KindOf(touch.entity) != EntityKind::kResource) continue;
        row.Set("resource", ledger::ToHex(touch.entity));
      }
      row.Set("transaction", TransactionRef(*stub, place.index));
      answer_.rows.Push(std::move(row));
    }
  }

  void AddRepeated(ByteView after) {
    Bytes key = {kRepeated};
    Bytes from = after.empty() ? Bytes() : ToBytes(after.subspan(1));
    for (std::size_t looked_at = 0; looked_at < kElementsMax;) {
      const auto elements = ledger::ListElements(call_.snapshot->State(), from, kStep);
      for (const ledger::OfferedElement& one : elements) {
        if (!HasRoom()) return Continue(std::move(key), from);
        AddElement(one);
        from = one.place;
      }
      if (elements.size() < kStep) return;
      looked_at += elements.size();
    }
    Continue(std::move(key), from);
  }
  void Continue(Bytes key, ByteView from) {
    Append(key, from);
    answer_.more_after = std::move(key);
  }
  // CONTENT of several departments; what is derived was not collected.
  void AddElement(const ledger::OfferedElement& one) {
    if (one.resources.size() < 2) return;
    std::set<std::string, std::less<>> departments;
    bool covered = false;
    Json resources = Json::MakeArray();
    for (const EntityId& id : one.resources) {
      const auto body = FindBody(*call_.snapshot, id);
      if (!body) continue;
      const Json form = body->Form();
      if (form.TextOr("kind") == "DERIVED") continue;
      for (const Json& item : form.ItemsOf("items")) {
        if (item.TextOr("element_code") != one.element || item.TextOr("item_role") != "CONTENT") {
          continue;
        }
        departments.emplace(body->Party("provider"));
        covered = covered || cut_.Covers(id);
        Json entry = Json::MakeObject({{"resource", ledger::ToHex(id)}});
        entry.Set("code", body->Text("code")).Set("provider", body->Party("provider"));
        entry.Set("item", item.TextOr("item_id"));
        entry.Set("authoritative_source", item.TextOr("authoritative_source"));
        resources.Push(std::move(entry));
      }
    }
    if (departments.size() < 2 || !cut_.Keeps(covered)) return;
    Json row = Json::MakeObject({{"row", "repeated"}, {"element_code", one.element}});
    row.Set("subject_kind", one.subject_kind).Set("resources", std::move(resources));
    const auto designated = call_.snapshot->State().Get(ledger::DesignatedKey(one.element));
    const auto source = designated ? EntityId::From(*designated) : std::nullopt;
    row.Set("designated_source", source ? Json(ledger::ToHex(*source)) : Json());
    answer_.rows.Push(std::move(row));
  }

  const Call& call_;
  const QueryPeriod& period_;
  std::size_t limit_;
  AuditRows& answer_;
  ScopeCut cut_;
  ledger::WorkCalendar calendar_;
};

}  // namespace

Answer RunDemands(const AuditQuery& query, const Call& call) {
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  AuditRows answer;
  answer.completeness.covers = {"demands", "rejections", "element_offers"};
  Demands(call, asking->period, asking->page.limit, answer).AddRows(asking->page.after_key);
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
