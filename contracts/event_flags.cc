// Signers' key records, and the spans in which a check was to answer deny.
#include "contracts/event_flags.h"

#include <algorithm>

#include "contracts/compromise.h"
#include "contracts/department.h"
#include "ledger/model/code_numbers.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::TimeMs;

bool IsAccess(const ledger::Stub& stub) {
  return stub.code == 0 && (stub.op == "access.record" || stub.op == "access.batch");
}

bool IsDelivered(const Json& record) {
  const std::string_view result = record.TextOr("result");
  return result == "OK" || result == "NOT_FOUND";
}

// How many calls of the body were let in though a check was to deny them. A digest batch is judged
// by the state at its begin (4.10.2).
std::int64_t CountLetIn(const DenyRule& rule, const Json& body) {
  if (const Json* digest = body.Find("digest"); digest != nullptr && digest->IsObject()) {
    const Json* counts = digest->Find("counts");
    if (counts == nullptr || !rule.Denies(digest->IntegerOr("from"))) return 0;
    return counts->IntegerOr("ok") + counts->IntegerOr("not_found");
  }
  const auto let_in = [&rule](const Json& record) {
    return IsDelivered(record) && rule.Denies(record.IntegerOr("occurred_at"));
  };
  if (body.Find("records") == nullptr) return let_in(body) ? 1 : 0;
  return std::ranges::count_if(body.ItemsOf("records"), let_in);
}

// One event at one time.
class EventDeriver {
 public:
  EventDeriver(BlockState& state, const ledger::Stub& stub) : state_(state), stub_(stub) {}

  [[nodiscard]] bool MayHave() {
    const auto first = FirstCompromise(state_);
    if (first && stub_.time >= *first) return true;
    if (!IsAccess(stub_)) return false;
    // Without a grant the consumer stands in the payload only.
    const EntityId* grant = Touched(EntityKind::kGrant);
    return grant == nullptr || RuleOf(*grant).EverDenies();
  }

  std::vector<DerivedFlag> Derive(const ledger::Payload& payload) {
    for (const ledger::Signer& signer : payload.signers) AddSigner(signer);
    if (IsAccess(stub_)) AddAccess(payload);
    return std::move(flags_);
  }

 private:
  [[nodiscard]] const EntityId* Touched(EntityKind kind) const {
    const auto found = std::ranges::find_if(stub_.touched, [kind](const ledger::Touch& touch) {
      return ledger::KindOf(touch.entity) == kind;
    });
    return found != stub_.touched.end() ? &found->entity : nullptr;
  }
  [[nodiscard]] DenyRule RuleOf(const EntityId& grant) {
    const EntityBody* body = state_.Body(grant);
    const EntityId* resource = body != nullptr ? body->Link("resource") : nullptr;
    return {state_, body != nullptr ? body->Party("consumer") : "",
            resource != nullptr ? *resource : EntityId()};
  }

  void AddSigner(const ledger::Signer& signer) {
    const ledger::KeyRecord* record = state_.Key(signer.key);
    if (record == nullptr || !WasCompromised(*record, stub_.time)) return;
    flags_.push_back({.flag = "SIGNED_WHILE_COMPROMISED",
                      .subject = record->identity,
                      .value = 1,
                      .department = record->department,
                      .detail = std::string(ledger::RoleName(signer.role))});
  }
  // Who let it in is responsible: the provider had the check's answer.
  void AddAccess(const ledger::Payload& payload) {
    const EntityId* grant = Touched(EntityKind::kGrant);
    const EntityId* resource = Touched(EntityKind::kResource);
    if (grant == nullptr && resource == nullptr) return;
    const DenyRule rule = grant != nullptr
                              ? RuleOf(*grant)
                              : DenyRule(state_, payload.body.TextOr("consumer"), *resource);
    const std::int64_t let_in = CountLetIn(rule, payload.body);
    if (let_in == 0) return;
    const EntityId& subject = grant != nullptr ? *grant : *resource;
    const EntityBody* body = state_.Body(subject);
    flags_.push_back({.flag = "DENY_IGNORED",
                      .subject = subject,
                      .value = let_in,
                      .department = std::string(body != nullptr ? body->Party("provider") : ""),
                      .detail = {}});
  }

  BlockState& state_;
  const ledger::Stub& stub_;
  std::vector<DerivedFlag> flags_;
};

BlockContext ContextOf(const AsOf& at) {
  return {.chain = {}, .height = at.height, .time = at.time, .log_size = 0};
}

}  // namespace

DenyRule::DenyRule(BlockState& state, std::string_view consumer, const EntityId& resource)
    : switches_(consumer.empty() ? std::vector<TimeMs>() : SuspensionSwitches(state, consumer)),
      stops_(resource.IsZero() ? std::vector<StopSpan>() : state.Stops(resource)) {}

bool DenyRule::Denies(TimeMs time) const {
  return IsSuspendedAt(switches_, time) ||
         std::ranges::any_of(stops_, [time](const StopSpan& stop) { return stop.Holds(time); });
}

bool MayHaveEventFlags(const ledger::StateView& view, const AsOf& at, const ledger::Stub& stub) {
  const BlockContext context = ContextOf(at);
  BlockState state(view, context);
  return EventDeriver(state, stub).MayHave();
}

std::vector<DerivedFlag> EventFlagsOf(const ledger::StateView& view, const AsOf& at,
                                      const ledger::Stub& stub,
                                      const ledger::Transaction& transaction) {
  const BlockContext context = ContextOf(at);
  BlockState state(view, context);
  return EventDeriver(state, stub).Derive(transaction.payload);
}

}  // namespace jiandu::contracts
