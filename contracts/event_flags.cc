// Signers' key records, and what was noted of accesses that a check was to deny.
#include "contracts/event_flags.h"

#include <algorithm>

#include "contracts/compromise.h"
#include "contracts/compromise_index.h"
#include "contracts/department.h"
#include "ledger/model/code_numbers.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::TimeMs;

constexpr std::size_t kCompromisedMax = 256;  // keys of one time; more: whatever is read has them

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

// "P" grant or resource "let in/" txid -> count 8.
Bytes LetInKey(const EntityId& subject, const ledger::TxId& txid) {
  Bytes suffix = ToBytes("let in/");
  Append(suffix, txid.View());
  return ledger::PartKey(subject, suffix);
}

// One event at one time.
class EventDeriver {
 public:
  EventDeriver(BlockState& state, const ledger::Stub& stub) : state_(state), stub_(stub) {}

  // A key that was compromised then may have signed it: one of the department that sent it, or, of
  // an op that others sign as well, of any. What was refused is no act to doubt.
  [[nodiscard]] bool MayBeSignedByCompromised() const {
    if (stub_.code != 0) return false;
    const auto keys = CompromisedIn(state_.View(), stub_.time, stub_.time, kCompromisedMax);
    if (keys.empty()) return false;
    const CaseRow* row = FindRow(stub_.op);
    if (keys.size() == kCompromisedMax || (row != nullptr && row->peer != nullptr)) return true;
    return std::ranges::any_of(keys, [this](const CompromisedKey& key) {
      return std::ranges::find(stub_.touched,
                               ledger::DepartmentMonthEntity(key.department, stub_.time),
                               &ledger::Touch::entity) != stub_.touched.end();
    });
  }
  [[nodiscard]] std::optional<std::uint64_t> LetIn() const {
    if (!IsAccess(stub_)) return std::nullopt;
    const EntityId* subject = Subject();
    const auto bytes =
        subject != nullptr ? state_.Get(LetInKey(*subject, stub_.txid)) : std::nullopt;
    if (!bytes || bytes->size() != 8) return std::nullopt;
    return ReadU64Be(*bytes);
  }

  std::vector<DerivedFlag> Derive(const ledger::Payload& payload) {
    if (MayBeSignedByCompromised()) {
      for (const ledger::Signer& signer : payload.signers) AddSigner(signer);
    }
    AddAccess();
    return std::move(flags_);
  }

 private:
  [[nodiscard]] const EntityId* Touched(EntityKind kind) const {
    const auto found = std::ranges::find_if(stub_.touched, [kind](const ledger::Touch& touch) {
      return ledger::KindOf(touch.entity) == kind;
    });
    return found != stub_.touched.end() ? &found->entity : nullptr;
  }
  // Without a grant the access was one of the resource.
  [[nodiscard]] const EntityId* Subject() const {
    const EntityId* grant = Touched(EntityKind::kGrant);
    return grant != nullptr ? grant : Touched(EntityKind::kResource);
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
  void AddAccess() {
    const auto let_in = LetIn();
    if (!let_in) return;
    const EntityId& subject = *Subject();
    const EntityBody* body = state_.Body(subject);
    flags_.push_back({.flag = "DENY_IGNORED",
                      .subject = subject,
                      .value = static_cast<std::int64_t>(*let_in),
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

void NoteLetIn(Case& judged, std::string_view consumer, const EntityId& resource,
               const EntityId& subject) {
  const DenyRule rule(judged.state, consumer, resource);
  const std::int64_t let_in = rule.EverDenies() ? CountLetIn(rule, judged.Form()) : 0;
  if (let_in <= 0) return;
  Bytes count;
  AppendU64Be(count, static_cast<std::uint64_t>(let_in));
  judged.state.Put(LetInKey(subject, judged.txid), std::move(count));
}

bool MayHaveEventFlags(const ledger::StateView& view, const AsOf& at, const ledger::Stub& stub) {
  const BlockContext context = ContextOf(at);
  BlockState state(view, context);
  const EventDeriver deriver(state, stub);
  return deriver.LetIn().has_value() || deriver.MayBeSignedByCompromised();
}

std::vector<DerivedFlag> EventFlagsOf(const ledger::StateView& view, const AsOf& at,
                                      const ledger::Stub& stub,
                                      const ledger::Transaction& transaction) {
  const BlockContext context = ContextOf(at);
  BlockState state(view, context);
  return EventDeriver(state, stub).Derive(transaction.payload);
}

}  // namespace jiandu::contracts
