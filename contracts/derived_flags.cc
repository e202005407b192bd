// What is asked of each kind of entity.
#include "contracts/derived_flags.h"

#include <algorithm>

#include "contracts/clock.h"
#include "contracts/compromise.h"
#include "contracts/propagation.h"
#include "contracts/safeguards.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;

constexpr std::size_t kReopenedMax = 256;  // cases of a resource that are shown

std::string Joined(const std::set<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text.append(text.empty() ? "" : ",").append(item);
  return text;
}

bool IsOpenCorrection(const EntityBody& body) {
  using enum ledger::CorrectionStatus;
  constexpr std::uint32_t kOpen = In(kFiled) | In(kAccepted) | In(kForwarded) | In(kReopened);
  return body.kind == EntityKind::kCorrection && (kOpen >> body.status & 1U) != 0 &&
         HasEffect(body);
}

// One entity at one time.
class Deriver {
 public:
  Deriver(BlockState& state, const EntityId& id, const EntityBody& body)
      : state_(state), id_(id), body_(body), now_(state.Context().time) {}

  std::vector<DerivedFlag> Derive() {
    AddClocks();
    for (const CompromisedAct& act : CompromisedActs(state_, body_)) {
      Add("SIGNED_WHILE_COMPROMISED", id_, 1, act.department, act.txid);
    }
    switch (body_.kind) {
      case EntityKind::kGrant: AddGrant(); break;
      case EntityKind::kResource: AddResource(id_); break;
      case EntityKind::kDerivation: AddDerivation(); break;
      case EntityKind::kCorrection: AddCorrection(); break;
      case EntityKind::kDisposal:
        AddOverdue("D09c", "ACCEPT_OVERDUE", To(ledger::DisposalStatus::kReported));
        break;
      case EntityKind::kLeafDemand:
        AddOverdue("D12", "NOT_PRODUCED", To(ledger::LeafDemandStatus::kDemanded));
        break;
      default: break;
    }
    return std::move(flags_);
  }

 private:
  void Add(std::string_view flag, const EntityId& subject, std::int64_t value,
           std::string_view department, std::string detail) {
    flags_.push_back({.flag = flag,
                      .subject = subject,
                      .value = value,
                      .department = std::string(department),
                      .detail = std::move(detail)});
  }

  // Lateness by a provisional calendar is not shown: the year may still be published otherwise.
  void AddClock(const ledger::Clock& clock, const EntityId& subject) {
    const ledger::WorkCalendar& calendar = state_.Calendar();
    if (DueOf(calendar, clock).provisional) {
      Add("PROVISIONAL", subject, 0, clock.department, clock.code);
    } else if (IsOverdue(calendar, clock, now_)) {
      Add("OVERDUE", subject, LateUnits(calendar, clock, now_), clock.department, clock.code);
    }
  }
  void AddClocks() {
    for (const ledger::Clock& clock : body_.clocks) {
      if (clock.Runs() && clock.start <= now_) AddClock(clock, id_);
    }
    const std::vector<ledger::Clock> confirmations = ConfirmationClocks(state_, body_);
    for (const ledger::Clock& clock : confirmations) {
      if (clock.Runs()) AddClock(clock, id_);
    }
  }
  // The flag of its own that an overdue clock has; status 0: whatever the status.
  void AddOverdue(std::string_view code, std::string_view flag, std::uint32_t status) {
    if (status != 0 && body_.status != status) return;
    const ledger::Clock* clock = RunningClock(body_, code);
    if (clock == nullptr || !IsOverdue(state_.Calendar(), *clock, now_) ||
        DueOf(state_.Calendar(), *clock).provisional) {
      return;
    }
    Add(flag, id_, LateUnits(state_.Calendar(), *clock, now_), clock->department,
        std::string(code));
  }

  void AddGrant() {
    AddOverdue("D09a", "ACK_OVERDUE", To(ledger::GrantStatus::kOpened));
    AddOverdue("D17", "NO_USE_REPORT", 0);
    AddAccessFlags(state_, id_, flags_);
    if (HasSafeguardGap(state_, body_)) {
      Add("SAFEGUARD_GAP", id_, 0, body_.Party("consumer"), {});
    }
    // What is in doubt or stale is shown to everybody who has a grant on it.
    if (const EntityId* resource = body_.Link("resource")) AddResource(*resource);
  }
  void AddResource(const EntityId& resource) {
    for (const EntityId& id : DisputesOf(state_.View(), resource)) {
      if (const EntityBody* correction = state_.Body(id)) AddDispute(id, *correction);
    }
    // Settled, but the answer is void: in doubt again.
    for (const EntityId& id : ReopenedCases(state_, resource, kReopenedMax).cases) {
      const EntityBody* correction = state_.Body(id);
      if (correction != nullptr && IsOpenCorrection(*correction)) AddDispute(id, *correction);
    }
    AddStale(resource);
  }
  void AddDispute(const EntityId& id, const EntityBody& correction) {
    const std::string_view source = correction.Party("source");
    const Json& form = correction.Form();
    std::set<std::string> items;
    for (const Json& item : form.ItemsOf("item_ids")) items.insert(item.AsString());
    Add("DISPUTED", id, static_cast<std::int64_t>(items.size()),
        source.empty() ? correction.Party("provider") : source, Joined(items));
  }
  void AddStale(const EntityId& resource) {
    const std::set<std::string> stale = StaleItems(state_, resource);
    const EntityBody* body = state_.Body(resource);
    if (stale.empty() || body == nullptr) return;
    Add("STALE", resource, static_cast<std::int64_t>(stale.size()), body->Party("provider"),
        Joined(stale));
  }
  void AddDerivation() {
    if (const EntityId* resource = body_.Link("resource")) AddStale(*resource);
  }
  void AddCorrection() {
    if (IsOpenCorrection(body_)) AddDispute(id_, body_);
    for (const CorrectionTask& task : TasksOf(state_, id_)) {
      if (task.answer) continue;
      AddClock(TaskClock(state_, task.department, task.start), task.held);
    }
  }

  BlockState& state_;
  const EntityId& id_;
  const EntityBody& body_;
  ledger::TimeMs now_;
  std::vector<DerivedFlag> flags_;
};

ledger::Clock ClockOf(BlockState& state, const CorrectionTask& task) {
  ledger::Clock clock = TaskClock(state, task.department, task.start);
  if (!task.answer) return clock;
  clock.ended_at = task.answer->at;
  clock.satisfied = true;
  clock.late = task.answer->late;
  return clock;
}

}  // namespace

std::vector<DerivedClock> DerivedClocksOf(const ledger::StateView& view, const AsOf& at,
                                          const EntityId& entity) {
  const BlockContext context{.chain = {}, .height = at.height, .time = at.time, .log_size = 0};
  BlockState state(view, context);
  const EntityBody* body = state.Body(entity);
  std::vector<DerivedClock> clocks;
  if (body == nullptr) return clocks;
  for (ledger::Clock& clock : ConfirmationClocks(state, *body)) {
    clocks.push_back({.subject = entity, .clock = std::move(clock)});
  }
  if (body->kind != EntityKind::kCorrection) return clocks;
  const std::vector<CorrectionTask> tasks = TasksOf(state, entity);
  for (const CorrectionTask& task : tasks) {
    clocks.push_back({.subject = task.held, .clock = ClockOf(state, task)});
  }
  return clocks;
}

std::vector<DerivedFlag> DerivedFlagsOf(const ledger::StateView& view, const AsOf& at,
                                        const EntityId& entity) {
  const BlockContext context{.chain = {}, .height = at.height, .time = at.time, .log_size = 0};
  BlockState state(view, context);
  const EntityBody* body = state.Body(entity);
  if (body == nullptr) return {};
  EntityBody shown = *body;
  EndLapsedClocks(state, shown, at.time);
  return Deriver(state, entity, shown).Derive();
}

}  // namespace jiandu::contracts
