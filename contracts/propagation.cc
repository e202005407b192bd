// Walking from a correction to its holders.
#include "contracts/propagation.h"

#include <algorithm>

#include "contracts/clock.h"
#include "contracts/parts.h"
#include "contracts/resource_state.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::TimeMs;

constexpr std::string_view kDisputeMark = "X";
constexpr std::string_view kFiler = "filer";
constexpr std::string_view kStranger = "not_a_user";
constexpr std::string_view kOnRecord = "on_record_alone";
constexpr std::size_t kFilersMax = 1024;  // departments whose doubts are listed
constexpr std::size_t kIdSize = EntityId::kSize;

// Mark, users before strangers, filer, correction.
std::uint8_t RankOf(bool stranger) { return stranger ? 2 : 1; }
Bytes DisputeKey(const EntityId& resource, const EntityId& correction, const EntityBody& body) {
  Bytes rest = {RankOf(body.Number(kStranger) != 0)};
  Append(rest, ledger::DepartmentEntity(body.Text(kFiler)).View());
  Append(rest, correction.View());
  return MarkedKey(resource, kDisputeMark, rest);
}

std::vector<std::string> ItemsOf(const EntityBody& correction) {
  std::vector<std::string> items;
  const Json& form = correction.Form();
  for (const Json& item : form.ItemsOf("item_ids")) items.push_back(item.AsString());
  return items;
}

// Since when those who have data of the resource owe an answer.
TimeMs StartBelow(BlockState& state, const EntityId& correction, const EntityBody& body,
                  const EntityId& resource) {
  const EntityId* corrected = body.Link("resource");
  if (corrected != nullptr && *corrected == resource) return body.Number("resolved_at");
  const auto answer = AnswerOf(state, correction, resource);
  return answer && answer->outcome != "NOT_AFFECTED" ? answer->at : 0;
}

// Had data when the duty began, and has not disposed of it.
bool HoldsData(const EntityBody& grant, TimeMs start) {
  using enum ledger::GrantStatus;
  constexpr std::uint32_t kHolding =
      In(kActive) | In(kSuspended) | In(kExpired) | In(kTerminated) | In(kRelinquished);
  return (kHolding >> grant.status & 1U) != 0 && grant.born_at <= start;
}

// A resource whose wrong items have reached somebody, and since when the holders know.
struct Level {
  EntityId resource;
  std::set<std::string> items;
  TimeMs start = 0;
};

class Tasks {
 public:
  Tasks(BlockState& state, const EntityId& correction) : state_(state), correction_(correction) {}

  std::vector<CorrectionTask> List() {
    const EntityBody* body = state_.Body(correction_);
    if (body == nullptr || !IsCorrected(*body)) return {};
    const std::vector<std::string> items = ItemsOf(*body);
    Level first{.resource = *body->Link("resource"),
                .items = {items.begin(), items.end()},
                .start = body->Number("resolved_at")};
    if (first.items.empty()) first.items.emplace(kAnyItem);
    visited_.insert(first.resource);
    levels_.push_back(std::move(first));
    for (std::size_t at = 0; at < levels_.size() && at < kWalkMax; ++at) {
      const Level level = levels_[at];
      AddHolders(level);
      AddDerived(level);
    }
    return std::move(tasks_);
  }

 private:
  void Add(const EntityId& held, std::string_view department, TimeMs start) {
    if (tasks_.size() >= kTasksMax) return;
    const ledger::Clock clock = TaskClock(state_, department, start);
    tasks_.push_back({.held = held,
                      .department = std::string(department),
                      .start = start,
                      .due = DueOf(state_.Calendar(), clock),
                      .answer = AnswerOf(state_, correction_, held)});
  }
  void AddHolders(const Level& level) {
    for (const EntityId& id : GrantsOf(state_.View(), level.resource)) {
      const EntityBody* grant = state_.Body(id);
      if (grant == nullptr || !HoldsData(*grant, level.start)) continue;
      Add(id, grant->Party("consumer"), level.start);
    }
  }
  void AddDerived(const Level& level) {
    for (const EntityId& made : MadeFrom(state_.View(), level.resource)) {
      const auto derivation = FindDerivation(state_, made);
      const EntityBody* body = state_.Body(made);
      if (!derivation || body == nullptr) continue;
      std::set<std::string> reached = ItemsMadeFrom(*derivation, level.resource, level.items);
      if (reached.empty() || !visited_.insert(made).second) continue;
      Add(made, body->Party("provider"), level.start);
      const auto answer = AnswerOf(state_, correction_, made);
      if (!answer || answer->outcome == "NOT_AFFECTED") continue;
      levels_.push_back({.resource = made, .items = std::move(reached), .start = answer->at});
    }
  }

  BlockState& state_;
  const EntityId& correction_;
  std::vector<Level> levels_;
  std::set<EntityId> visited_;
  std::vector<CorrectionTask> tasks_;
};

}  // namespace

bool IsCorrected(const EntityBody& correction) {
  const std::string_view verdict = correction.Text("verdict");
  return (verdict == "FIXED" || verdict == "PARTLY") && correction.Link("resource") != nullptr;
}

void NoteCorrected(BlockState& state, const EntityId& correction, const EntityBody& body) {
  if (!IsCorrected(body)) return;
  NoteChange(state, *body.Link("resource"), ItemsOf(body),
             {.version = body.Number("new_version"), .correction = correction});
}

TimeMs TaskStart(BlockState& state, const EntityId& correction, const EntityId& held) {
  const EntityBody* body = state.Body(correction);
  const EntityBody* holding = state.Body(held);
  if (body == nullptr || holding == nullptr || !IsCorrected(*body)) return 0;
  if (holding->kind == EntityKind::kGrant) {
    const EntityId* resource = holding->Link("resource");
    return resource != nullptr ? StartBelow(state, correction, *body, *resource) : 0;
  }
  const auto derivation = FindDerivation(state, held);
  if (!derivation) return 0;
  TimeMs first = 0;
  for (const DerivationInput& input : derivation->inputs) {
    const TimeMs start = StartBelow(state, correction, *body, input.resource);
    if (start != 0 && (first == 0 || start < first)) first = start;
  }
  return first;
}

ledger::Clock TaskClock(BlockState& state, std::string_view department, TimeMs start) {
  const DeadlineRule* rule = FindDeadline("D23");
  return ledger::Clock{.code = "D23",
                       .department = std::string(department),
                       .start = start,
                       .n = state.CurrentProfile().NumberOf(*rule),
                       .unit = rule->unit};
}

std::vector<CorrectionTask> TasksOf(BlockState& state, const EntityId& correction) {
  return Tasks(state, correction).List();
}

bool HasEffect(const EntityBody& correction) { return correction.Number(kOnRecord) == 0; }

void NoteFiler(EntityBody& correction, std::string_view filer, bool is_user, bool has_effect) {
  correction.texts[std::string(kFiler)] = filer;
  if (!is_user) correction.numbers[std::string(kStranger)] = 1;
  if (!has_effect) correction.numbers[std::string(kOnRecord)] = 1;
}

void MarkDispute(BlockState& state, const EntityId& resource, const EntityId& correction,
                 const EntityBody& body) {
  state.Put(DisputeKey(resource, correction, body), {});
}
void UnmarkDispute(BlockState& state, const EntityId& resource, const EntityId& correction,
                   const EntityBody& body) {
  state.Delete(DisputeKey(resource, correction, body));
}

std::vector<EntityId> DisputesOf(const ledger::StateView& view, const EntityId& resource) {
  const Bytes prefix = MarkedKey(resource, kDisputeMark);
  const std::size_t filer_end = prefix.size() + 1 + kIdSize;
  std::vector<EntityId> ids;
  Bytes from;
  for (std::size_t filers = 0; filers < kFilersMax; ++filers) {
    Bytes filer;
    std::size_t listed = 0;
    view.Scan(prefix, from, [&](ByteView key, ByteView) {
      if (key.size() != filer_end + kIdSize) return true;
      if (filer.empty()) filer = ToBytes(key.first(filer_end));
      if (!std::ranges::equal(filer, key.first(filer_end))) return false;
      const bool stranger = key[prefix.size()] == RankOf(true);
      if (const auto id = EntityId::From(key.subspan(filer_end))) ids.push_back(*id);
      return ++listed < (stranger ? kDisputesOfStranger : kDisputesOfUser);
    });
    if (filer.empty()) break;
    // Past whatever else this department has filed.
    from = std::move(filer);
    from.insert(from.end(), kIdSize + 1, 0xff);
  }
  return ids;
}

}  // namespace jiandu::contracts
