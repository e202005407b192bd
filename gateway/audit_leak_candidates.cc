// Walking the grants of the resource.
#include "gateway/audit_leak_candidates.h"

#include <algorithm>

#include "base/hex.h"
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

constexpr std::size_t kGrantsMax = 1024;   // of the resource
constexpr std::size_t kReportsMax = 4096;  // transactions one query reads
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
  Search(const Call& call, const LeakSearch& search, Wanted wanted)
      : call_(call), search_(search), wanted_(std::move(wanted)) {}

  std::vector<Found> Run() {
    std::vector<Found> all;
    const auto grants =
        ledger::ListGrantsOf(call_.snapshot->State(), search_.resource, nullptr, kGrantsMax);
    left_off_ = grants.size() == kGrantsMax;
    for (const EntityId& id : grants) {
      const auto body = WasUsed(id) ? call_.snapshot->BodyOf(id) : std::nullopt;
      if (!body) continue;
      Found found{.grant = id, .body = *body, .transaction = {}};
      Walk(found);
      if (found.reports > 0) all.push_back(std::move(found));
    }
    std::ranges::sort(all, [](const Found& a, const Found& b) {
      return a.last != b.last ? a.last > b.last : a.grant < b.grant;
    });
    return all;
  }
  [[nodiscard]] bool IsWhole() const { return !left_off_; }

 private:
  // By the index of months, so that a grant nobody used is not read.
  [[nodiscard]] bool WasUsed(const EntityId& grant) const {
    const std::int32_t last = ledger::DateOf(search_.period.until - 1) / 100;
    std::int32_t month = ledger::DateOf(search_.period.from) / 100;
    for (; month <= last; month += month % 100 == 12 ? 89 : 1) {
      if (call_.snapshot->State().Get(ledger::UsedRowKey(month, grant))) return true;
    }
    return false;
  }
  // Evidence may be late: what happened in the period may stand anywhere after its begin.
  void Walk(Found& found) {
    for (std::uint64_t place = FirstPlace(found.grant);; place += kStep) {
      const auto indexes = call_.snapshot->History(found.grant, place, kStep);
      for (const ledger::LogIndex index : indexes) {
        const auto stub = StubAt(*call_.snapshot, index);
        if (!stub || (stub->op != "access.record" && stub->op != "access.batch")) continue;
        if (read_ == kReportsMax) {
          left_off_ = true;
          return;
        }
        ++read_;
        Look(found, index);
      }
      if (indexes.size() < kStep) return;
    }
  }
  [[nodiscard]] std::uint64_t FirstPlace(const EntityId& grant) const {
    const auto bytes = call_.snapshot->State().Get(ledger::LeafKey(grant));
    const auto leaf = bytes ? ledger::EntityLeaf::Decode(*bytes)
                            : Result<ledger::EntityLeaf>(Fail(Errc::kNotFound, "leaf"));
    std::uint64_t low = 0;
    std::uint64_t high = leaf ? leaf->size : 0;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      const auto indexes = call_.snapshot->History(grant, middle, 1);
      const auto stub = indexes.empty() ? std::nullopt : StubAt(*call_.snapshot, indexes.front());
      if (!stub || stub->time >= search_.period.from) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
  void Look(Found& found, ledger::LogIndex index) {
    const auto report = ReadTransactionAt(*call_.snapshot, index);
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
  std::size_t read_ = 0;
  bool left_off_ = false;
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

void AddLeakCandidates(const Call& call, const LeakSearch& search, AuditRows& answer) {
  const auto resource = call.snapshot->BodyOf(search.resource);
  if (!resource) return;
  Wanted wanted = BitsOf(*resource, search.items);
  const bool unknown = wanted.unknown;
  Search walk(call, search, std::move(wanted));
  for (const Found& found : walk.Run()) {
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
  if (!walk.IsWhole()) {
    answer.completeness.AddGap("more deliveries than one query reads: name a shorter period",
                               "交付过多, 请缩短期间分次查询");
  }
  answer.completeness.AddGap(
      "masks are read by the resource's items of this height; what was never reported is not here",
      "掩码按该高度的数据项次序解读；未报送的交付不在其中");
}

}  // namespace jiandu::gateway
