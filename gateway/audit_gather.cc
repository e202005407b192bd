// See audit_gather.h.
#include "gateway/audit_gather.h"

#include <algorithm>

namespace jiandu::gateway {

Gather::Gather(const Call& call, const Page& page, const QueryPeriod& period)
    : call_(&call),
      period_(&period),
      limit_(page.limit),
      sight_(*call.snapshot, *call.reader),
      cut_(call),
      budget_(call),
      department_(call.reader->sees_all ? "" : call.reader->department) {
  if (const std::string* named = call.target.Find("department")) department_ = *named;
  if (page.after_key.empty()) return;
  source_ = page.after_key.front();
  after_ = ToBytes(ByteView(page.after_key).subspan(1));
  last_ = page.after_key;
}

void Gather::Enter(std::size_t source) {
  if (source != source_) after_.clear();
  source_ = source;
}

bool Gather::Look(std::size_t cost) {
  if (shown_ == limit_ || looks_ >= kLooksMax || budget_.IsSpent()) {
    full_ = true;
    return false;
  }
  looks_ += cost;
  return true;
}

void Gather::Pass(ByteView key) {
  last_ = {static_cast<std::uint8_t>(source_)};
  Append(last_, key);
}

void Gather::Push(Json row) {
  if (!cut_.Keeps(cut_.CoversRow(row))) return;
  rows_.Push(std::move(row));
  ++shown_;
}

std::optional<Bytes> Gather::Next() const { return full_ ? std::optional(last_) : std::nullopt; }

const ledger::WorkCalendar& Gather::Calendar() {
  if (!calendar_) calendar_ = ledger::ReadCalendar(State());
  return *calendar_;
}

bool Gather::IsAsked(const ledger::EntityBody& body) const {
  return IsAsked(body.department) || std::ranges::any_of(body.parties, [&](const auto& party) {
           return party.second == department_;
         });
}

std::optional<Problem> CheckDepartment(const Call& call) {
  const std::string* named = call.target.Find("department");
  if (named == nullptr || call.reader->sees_all || *named == call.reader->department) {
    return std::nullopt;
  }
  return Plain(ProblemKind::kForbidden,
               "of other departments managers and auditors are told "
               "(他部门的情况仅主管部门与审计部门可查)");
}

}  // namespace jiandu::gateway
