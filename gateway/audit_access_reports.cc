// See audit_access_reports.h.
#include "gateway/audit_access_reports.h"

namespace jiandu::gateway {
namespace {

using ledger::TimeMs;

struct Period {
  TimeMs from = 0;
  TimeMs until = 0;
  [[nodiscard]] bool Has(TimeMs at) const { return at >= from && at < until; }
  [[nodiscard]] bool Meets(TimeMs first, TimeMs last) const {
    return last >= from && first < until;
  }
};

bool IsReport(std::string_view op) {
  return op == "access.record" || op == "access.batch" || op == "access.leaf_produced";
}

bool AnyWithin(const LedgerSnapshot& snapshot, const ReadTransaction& found, const Period& period) {
  bool any = false;
  bool within = false;
  VisitAccesses(snapshot, found, [&](const AccessReport& one) {
    any = true;
    within = within || period.Has(one.record.IntegerOr("occurred_at"));
  });
  if (any) return within;
  const Json* digest = found.transaction.payload.body.Find("digest");
  if (digest != nullptr && digest->IsObject()) {
    return period.Meets(digest->IntegerOr("from"), digest->IntegerOr("to"));
  }
  return period.Has(found.stub.time);
}

}  // namespace

void VisitAccesses(const LedgerSnapshot& snapshot, const ReadTransaction& found,
                   const std::function<void(const AccessReport&)>& visit) {
  const Json& body = found.transaction.payload.body;
  const std::string_view op = found.transaction.payload.op;
  if (op == "access.batch") {
    for (const Json& record : body.ItemsOf("records")) {
      visit({.record = record, .around = body, .shown_by = "BATCH"});
    }
  } else if (op == "access.record") {
    visit({.record = body, .around = body, .shown_by = "RECORD"});
  } else if (op == "access.leaf_produced") {
    const Json* record = body.Find("record");
    const auto id = ledger::ParseEntityId(body.TextOr("leaf_demand"));
    const auto demand = id ? snapshot.BodyOf(*id) : std::nullopt;
    if (record == nullptr || !record->IsObject() || !demand) return;
    const Json form = demand->Form();
    visit({.record = *record, .around = form, .shown_by = "LEAF"});
  }
}

bool HappenedIn(const LedgerSnapshot& snapshot, const ReadTransaction& found, TimeMs from,
                TimeMs until) {
  const Period period{.from = from, .until = until};
  const ledger::Payload& payload = found.transaction.payload;
  if (found.stub.code != 0) return period.Has(found.stub.time);
  if (IsReport(payload.op)) return AnyWithin(snapshot, found, period);
  if (payload.op != "access.disclose") return period.Has(found.stub.time);
  const auto grant = ledger::ParseEntityId(payload.body.TextOr("grant"));
  const auto at =
      grant ? snapshot.TimeOfAccess(*grant, payload.body.TextOr("acc_id")) : std::nullopt;
  return period.Has(at.value_or(found.stub.time));
}

}  // namespace jiandu::gateway
