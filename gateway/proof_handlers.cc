// See proof_handlers.h.
#include "gateway/proof_handlers.h"

#include <set>

#include "base/hex.h"
#include "gateway/case_entities.h"
#include "gateway/router.h"
#include "gateway/views.h"
#include "gateway/visibility.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using Refused = std::unexpected<Problem>;
using Asked = std::expected<ledger::ProofQuery, Problem>;

constexpr std::string_view kBundle = "application/x-ndjson";
constexpr std::size_t kEntitiesAsked = 64;  // by one address

Refused NotFound() { return Refused(Plain(ProblemKind::kNotFound)); }

// The state that is proven, and the certified head that opens it.
struct Ground {
  std::shared_ptr<const LedgerSnapshot> state;
  ledger::HeadProof head;
};

std::expected<Ground, Problem> GroundOf(const LedgerReader& ledger, const Call& call) {
  const bool is_old = call.target.Find("as_of") != nullptr;
  const auto certified = is_old ? ledger.AsOf(call.snapshot->Height() + 1) : call.snapshot;
  if (certified == nullptr) {
    return Refused(WithRetry(
        Plain(ProblemKind::kUnavailable, "the next block, which certifies this one, is to come"),
        1));
  }
  auto head = certified->Head();
  if (!head) return Refused(ProblemOf(head.error()));
  // A block without transactions opens the state that is still there; else the one before it.
  const bool is_same = certified->LogSize() == head->log_size;
  auto state = is_old || is_same ? call.snapshot : ledger.AsOf(certified->Height() - 1);
  if (state == nullptr) return Refused(Plain(ProblemKind::kStateNotKept));
  return Ground{.state = std::move(state), .head = *std::move(head)};
}

// Of a lineage those that say what was made from what; of anything else all.
std::optional<ledger::ProofTransactions> WhichOf(const Call& call) {
  using enum ledger::ProofTransactions;
  const std::string* said = call.target.Find("transactions");
  if (said == nullptr) return call.route->endpoint == Endpoint::kLineageProof ? kNeeded : kAll;
  if (*said == "all") return kAll;
  if (*said == "needed") return kNeeded;
  return std::nullopt;
}

class Asking {
 public:
  Asking(const Call& call, const LedgerSnapshot& state)
      : call_(call), state_(state), sight_(state, *call.reader) {}

  Asked Query() {
    switch (call_.route->endpoint) {
      case Endpoint::kTransactionProof: return OfTransaction();
      case Endpoint::kHistoryProof:
      case Endpoint::kProvExport:
      case Endpoint::kLineageExport: return OfHistory();
      case Endpoint::kHistoriesProof: return OfHistories();
      case Endpoint::kLineageProof: return OfLineage();
      case Endpoint::kCaseExport: return OfCase();
      default: return OfAbsence();
    }
  }

  [[nodiscard]] bool ShowsEvent(const ledger::Stub& stub) { return sight_.ShowsEvent(stub); }
  [[nodiscard]] bool ShowsBytes(const ledger::Transaction& transaction, const ledger::Stub& stub) {
    return sight_.ShowsPayload(transaction, stub) &&
           (!HasTags(transaction.payload.body) || sight_.IsSideOf(transaction, stub));
  }

 private:
  Asked OfTransaction() {
    const auto txid = HexDecodeFixed<32>(call_.captures.at(0));
    const auto found = txid ? state_.FindTx(*txid) : std::nullopt;
    if (!found) return NotFound();
    const auto stub = StubAt(found->index);
    if (!stub || !sight_.ShowsEvent(*stub)) return NotFound();
    return ledger::TransactionQuery{*txid};
  }

  Asked OfHistory() {
    const auto id = Shown(call_.captures.at(0));
    if (!id) return NotFound();
    return ledger::HistoryQuery{*id};
  }

  Asked OfHistories() {
    const std::string* list = call_.target.Find("entities");
    const Refused bad(BadParameter("entities", "ids of 34 hex digits, 1 to 64, by commas"));
    if (list == nullptr || list->size() > kEntitiesAsked * (2 * EntityId::kSize + 1)) return bad;
    std::set<EntityId> ids;
    for (std::string_view rest = *list; !rest.empty();) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      const auto id = HexDecodeFixed<EntityId::kSize>(rest.substr(0, end));
      if (!id || (end < rest.size() && end + 1 == rest.size())) return bad;
      if (!Shown(rest.substr(0, end))) return NotFound();
      ids.insert(*id);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (ids.empty()) return bad;
    return ledger::HistoriesQuery{{ids.begin(), ids.end()}};
  }

  // Of a case and of what belongs to it, for its evidence pack.
  Asked OfCase() {
    const auto id = Shown(call_.captures.at(0));
    if (!id) return NotFound();
    return ledger::HistoriesQuery{CaseEntities(state_, sight_, *id)};
  }

  Asked OfLineage() {
    const auto id = Shown(call_.captures.at(0));
    if (!id) return NotFound();
    if (!ledger::IsCase(ledger::KindOf(*id))) {
      return Refused(BadParameter("id", "a resource or a case: what else there is has no lineage"));
    }
    const std::string* direction = call_.target.Find("direction");
    const auto known = ledger::DirectionFromName(direction == nullptr ? "down" : *direction);
    if (!known) return Refused(BadParameter("direction", "down or up"));
    return ledger::LineageQuery{.entity = *id, .direction = *known};
  }

  // An entity whose history the reader may ask for.
  std::optional<EntityId> Shown(std::string_view hex) {
    const auto id = HexDecodeFixed<EntityId::kSize>(hex);
    if (!id || !state_.State().Get(ledger::LeafKey(*id)) || !MaySeeHistory(*id)) {
      return std::nullopt;
    }
    return *id;
  }

  Asked OfAbsence() {
    const std::string* entity = call_.target.Find("entity");
    const std::string* name = call_.target.Find("name");
    const std::string* resource = call_.target.Find("resource");
    const std::string* department = call_.target.Find("department");
    if (entity != nullptr && name == nullptr && resource == nullptr && department == nullptr) {
      const auto id = HexDecodeFixed<EntityId::kSize>(*entity);
      if (!id) return Refused(BadParameter("entity", "34 hex digits"));
      return Absence({*id}, call_.reader->sees_all);
    }
    if (name != nullptr && entity == nullptr && resource == nullptr && department == nullptr) {
      if (name->empty() || name->size() > 200) return Refused(BadParameter("name", "1 to 200"));
      return Absence({*name}, call_.reader->sees_all);
    }
    if (resource == nullptr || department == nullptr || entity != nullptr || name != nullptr) {
      return Refused(BadParameter("entity", "give entity, or name, or resource and department"));
    }
    return OfUntouched(*resource, *department);
  }

  // What nobody could touch, untouched: a draft's request, a typing error. Only of a resource and a
  // department that exist, and that the reader may know of, does absence say something.
  Asked OfUntouched(const std::string& resource, const std::string& department) {
    const auto id = HexDecodeFixed<EntityId::kSize>(resource);
    if (!id) return Refused(BadParameter("resource", "34 hex digits"));
    if (ledger::KindOf(*id) != ledger::EntityKind::kResource) {
      return Refused(BadParameter("resource",
                                  "no id of a resource: a grant or a request has another, and "
                                  "nobody touches it (不是资源编号)"));
    }
    const auto body = FindBody(state_, *id);
    const bool own = call_.reader->department == department ||
                     (body && body->Party("provider") == call_.reader->department);
    if ((own || call_.reader->sees_all) && !Shown(resource)) return NotFound();
    return Absence({ledger::Untouched{.resource = *id, .department = department}},
                   own || call_.reader->sees_all);
  }

  // To others what exists and what does not look the same.
  Asked Absence(const ledger::AbsenceQuery& query, bool may_know) {
    if (!may_know)
      return Refused(
          Plain(ProblemKind::kForbidden, "its absence is shown to who would see it if it existed"));
    if (state_.State().Get(query.Key())) {
      return Refused(Plain(ProblemKind::kConflict, "it exists: there is no absence to prove"));
    }
    return query;
  }

  bool MaySeeHistory(const EntityId& id) {
    if (sight_.OfEntity(id) != Sight::kNone) return true;
    const auto first = state_.History(id, 0, 1);
    const auto stub = first.empty() ? std::nullopt : StubAt(first.front());
    return stub && sight_.OwnsNatural(id, *stub);
  }

  [[nodiscard]] std::optional<ledger::Stub> StubAt(ledger::LogIndex index) const {
    const auto bytes = state_.EntryAt(index);
    auto entry = bytes ? ledger::DecodeEntry(*bytes)
                       : Result<ledger::LogEntry>(std::unexpected(bytes.error()));
    auto* stub = entry ? std::get_if<ledger::Stub>(&*entry) : nullptr;
    return stub == nullptr ? std::nullopt : std::optional(std::move(*stub));
  }

  const Call& call_;
  const LedgerSnapshot& state_;
  SightOf sight_;
};

}  // namespace

std::expected<ProofMade, Problem> MakeProof(const LedgerReader& ledger, const Call& call) {
  const auto which = WhichOf(call);
  if (!which) return Refused(BadParameter("transactions", "all or needed"));
  auto ground = GroundOf(ledger, call);
  if (!ground) return Refused(std::move(ground.error()));
  const LedgerSnapshot& state = *ground->state;
  Asking asking(call, state);
  const Asked query = asking.Query();
  if (!query) return Refused(query.error());
  const LedgerSnapshot::ProofShows shows{
      .event = [&asking](const ledger::Stub& stub) { return asking.ShowsEvent(stub); },
      .bytes = [&asking](const ledger::Transaction& transaction,
                         const ledger::Stub& stub) { return asking.ShowsBytes(transaction, stub); },
      .which = *which};
  auto bundle = state.Prove(std::move(ground->head), *query, shows);
  if (!bundle) return Refused(ProblemOf(bundle.error()));
  return ProofMade{.state = std::move(ground->state), .bundle = *std::move(bundle)};
}

Answer ShowProof(const LedgerReader& ledger, const Call& call) {
  const auto made = MakeProof(ledger, call);
  if (!made) return Refused(made.error());
  Response response;
  response.content_type = kBundle;
  response.body = made->bundle.ToText();
  response.Set("Content-Disposition", "attachment; filename=\"proof.jdproof\"");
  MarkAsRead(response, *made->state, "");
  return response;
}

}  // namespace jiandu::gateway
