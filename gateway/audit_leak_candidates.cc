// Walking the grants of the resource.
#include "gateway/audit_leak_candidates.h"

#include <algorithm>

#include "base/hex.h"
#include "gateway/audit_rows.h"
#include "gateway/audit_subject_queries.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"
#include "ledger/model/entity.h"
#include "ledger/model/grant_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::TimeMs;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kGrantsStep = 256;   // of the resource at a time
constexpr std::size_t kLooksMax = 16'384;  // grants, months and events that one page looks at
constexpr std::size_t kStep = 64;          // of a history at a time
constexpr std::size_t kItemsMax = 64;

// Places of the items in the resource's list, which masks go by.
struct Wanted {
  std::vector<std::size_t> bits;
  bool unknown = false;  // an item the resource has not: nothing holds it
};
Wanted BitsOf(const EntityBody& resource, const std::vector<std::string>& items) {
  Wanted wanted;
  const Json content = resource.Form();
  const auto known = content.ItemsOf("items");
  for (const std::string& item : items) {
    const auto found = std::ranges::find_if(
        known, [&item](const Json& one) { return one.TextOr("item_id") == item; });
    if (found == known.end()) wanted.unknown = true;
    wanted.bits.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  return wanted;
}
// A report that says nothing of its items may hold any.
bool Holds(const Wanted& wanted, std::string_view hex) {
  if (wanted.unknown) return false;
  if (hex.empty()) return true;
  const auto mask = HexDecode(hex);
  return mask && std::ranges::all_of(wanted.bits, [&mask](std::size_t bit) {
           return bit / 8 < mask->size() && ((*mask)[bit / 8] >> (bit % 8) & 1U) != 0;
         });
}

// Deliveries of one grant that held the items in the period.
struct Found {
  EntityId grant;
  EntityBody body;
  std::size_t reports = 0;
  TimeMs first = 0;
  TimeMs last = 0;
  Json transaction;  // of the last of them
};

class Search {
 public:
  Search(const Call& call, const LeakSearch& search, Wanted wanted, ReadBudget& budget)
      : call_(call), search_(search), wanted_(std::move(wanted)), budget_(budget) {}

  std::vector<Found> Run(const GrantPlace& from) {
    std::vector<Found> all;
    if (from.event != GrantPlace::kDone) Visit(from.grant, from.event, all);
    EntityId last = from.grant;
    while (!next_) {
      const auto grants = ledger::ListGrantsOf(call_.snapshot->State(), search_.resource,
                                               last.IsZero() ? nullptr : &last, kGrantsStep);
      for (const EntityId& id : grants) {
        if (IsSpent()) next_ = GrantPlace{.grant = last, .event = GrantPlace::kDone};
        if (next_) break;
        last = id;
        if (WasUsed(id)) Visit(id, std::nullopt, all);
      }
      if (grants.size() < kGrantsStep) break;
    }
    std::ranges::sort(all, [](const Found& a, const Found& b) {
      return a.last != b.last ? a.last > b.last : a.grant < b.grant;
    });
    return all;
  }
  [[nodiscard]] const std::optional<GrantPlace>& Next() const { return next_; }

 private:
  [[nodiscard]] bool IsSpent() const { return looks_ >= kLooksMax || budget_.IsSpent(); }
  // By the index of months, so that a grant nobody used is not read.
  [[nodiscard]] bool WasUsed(const EntityId& grant) {
    const std::int32_t last = ledger::DateOf(search_.period.until - 1) / 100;
    std::int32_t month = ledger::DateOf(search_.period.from) / 100;
    for (; month <= last; month += month % 100 == 12 ? 89 : 1) {
      ++looks_;
      if (call_.snapshot->State().Get(ledger::UsedRowKey(month, grant))) return true;
    }
    return false;
  }
  // From an event of its history on, else from the begin of the period.
  void Visit(const EntityId& id, std::optional<std::uint64_t> event, std::vector<Found>& all) {
    const auto body = call_.snapshot->BodyOf(id);
    if (!body || body->Link("resource") == nullptr || *body->Link("resource") != search_.resource) {
      return;  // made up
    }
    Found found{.grant = id, .body = *body, .transaction = {}};
    Walk(found, event ? *event : PlaceAt(*call_.snapshot, id, search_.period.from));
    if (found.reports > 0) all.push_back(std::move(found));
  }
  // To the end of the history: evidence may be late, so what happened in the period may stand
  // anywhere after its begin.
  void Walk(Found& found, std::uint64_t place) {
    while (true) {
      const auto indexes = call_.snapshot->History(found.grant, place, kStep);
      for (const ledger::LogIndex index : indexes) {
        if (IsSpent()) {
          next_ = GrantPlace{.grant = found.grant, .event = place};
          return;
        }
        ++looks_;
        ++place;
        const auto stub = StubAt(*call_.snapshot, index);
        if (stub && (stub->op == "access.record" || stub->op == "access.batch")) Look(found, index);
      }
      if (indexes.size() < kStep) return;
    }
  }
  void Look(Found& found, ledger::LogIndex index) {
    const auto report = ReadTransactionAt(*call_.snapshot, index, budget_);
    if (!report || report->stub.code != 0) return;
    const Json& body = report->transaction.payload.body;
    const std::size_t before = found.reports;
    if (const Json* digest = body.Find("digest")) {
      LookAtDigest(found, *digest);
    } else if (body.Find("records") != nullptr) {
      for (const Json& record : body.ItemsOf("records")) LookAtRecord(found, record);
    } else {
      LookAtRecord(found, body);
    }
    if (found.reports == before) return;
    found.reports = before + 1;
    found.transaction = TransactionRef(report->stub, index);
  }
  void LookAtRecord(Found& found, const Json& record) const {
    const TimeMs at = record.IntegerOr("occurred_at");
    if (record.TextOr("result") != "OK" || !Holds(wanted_, record.TextOr("items_mask"))) return;
    Note(found, at, at);
  }
  void LookAtDigest(Found& found, const Json& digest) const {
    const Json* counts = digest.Find("counts");
    const auto masks = digest.ItemsOf("items_mask_counts");
    const bool holds =
        masks.empty() ? Holds(wanted_, {}) : std::ranges::any_of(masks, [this](const Json& one) {
          return Holds(wanted_, one.TextOr("mask"));
        });
    if (counts == nullptr || counts->IntegerOr("ok") <= 0 || !holds) return;
    Note(found, digest.IntegerOr("from"), digest.IntegerOr("to"));
  }
  void Note(Found& found, TimeMs from, TimeMs to) const {
    if (to < search_.period.from || from >= search_.period.until) return;
    if (found.first == 0 || from < found.first) found.first = from;
    found.last = std::max(found.last, to);
    ++found.reports;
  }

  const Call& call_;
  const LeakSearch& search_;
  Wanted wanted_;
  ReadBudget& budget_;
  std::size_t looks_ = 0;
  std::optional<GrantPlace> next_;
};

std::expected<std::vector<std::string>, Problem> ReadItems(const Call& call) {
  std::vector<std::string> items;
  const std::string* text = call.target.Find("items");
  std::string_view rest = text != nullptr ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    items.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (items.size() > kItemsMax) {
      return Refused(BadParameter("items", "at most 64 items (最多64个数据项)"));
    }
  }
  return items;
}

}  // namespace

std::expected<std::optional<LeakSearch>, Problem> ReadLeakSearch(const Call& call,
                                                                 const AuditScope& scope) {
  if (call.target.Find("resource") == nullptr) return std::nullopt;
  const auto resource = ReadEntity(call, "resource", ledger::EntityKind::kResource);
  if (!resource) return Refused(resource.error());
  const auto period = ReadPeriod(call);  // the engagement's, unless a part of it is named
  if (!period) return Refused(period.error());
  if (!scope.Covers(*call.snapshot, *resource) ||
      !scope.CoversPeriod(period->from, period->until)) {
    return Refused(
        NoEngagement("the resource or the period is outside the engagement's scope "
                     "(资源或者期间不在审计任务范围内)"));
  }
  auto items = ReadItems(call);
  if (!items) return Refused(items.error());
  return LeakSearch{.resource = *resource, .items = *std::move(items), .period = *period};
}

Bytes EncodeGrantPlace(const GrantPlace& place) {
  Bytes key = ToBytes(place.grant.View());
  AppendU64Be(key, place.event);
  return key;
}
GrantPlace DecodeGrantPlace(ByteView key) {
  GrantPlace place;
  if (key.size() != EntityId::kSize + 8) return place;
  place.grant = *EntityId::From(key.first(EntityId::kSize));
  place.event = ReadU64Be(key.subspan(EntityId::kSize));
  return place;
}

std::optional<GrantPlace> AddLeakCandidates(const Call& call, const LeakSearch& search,
                                            const GrantPlace& from, ReadBudget& budget,
                                            AuditRows& answer) {
  const auto resource = call.snapshot->BodyOf(search.resource);
  if (!resource) return std::nullopt;
  Wanted wanted = BitsOf(*resource, search.items);
  const bool unknown = wanted.unknown;
  Search walk(call, search, std::move(wanted), budget);
  const auto candidates = walk.Run(from);
  for (const Found& found : candidates) {
    Json row = Json::MakeObject({{"row", "candidate"}, {"grant", ledger::ToHex(found.grant)}});
    row.Set("consumer", found.body.Party("consumer"));
    row.Set("provider", found.body.Party("provider"));
    row.Set("resource", ledger::ToHex(search.resource));
    row.Set("first", found.first).Set("last", found.last).Set("transactions", found.reports);
    row.Set("transaction", found.transaction);
    answer.rows.Push(std::move(row));
  }
  if (unknown) {
    answer.completeness.AddGap("the resource has not all the items named",
                               "资源中无所列的部分数据项");
  }
  answer.completeness.AddGap(
      "masks are read by the resource's items of this height; what was never reported is not here",
      "掩码按该高度的数据项次序解读；未报送的交付不在其中");
  return walk.Next();
}

}  // namespace jiandu::gateway
