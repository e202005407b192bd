// Drawing ops, their cases, their blocks, and the time between them.
#include "tests/property/walk.h"

#include <algorithm>
#include <array>

namespace jiandu::contracts::property {
namespace {

std::string_view ProfileFor(std::uint64_t seed) {
  return seed % 5 == 3 ? "order809" : seed % 5 == 4 ? "hangzhou" : "combined";
}
Json SettingsFor(std::uint64_t seed) {
  Json settings = Json::MakeObject();
  if (seed % 4 == 1) settings.Set("auto_suspend_items", 2).Set("auto_suspend_cap_days", 2);
  return settings;
}
testing::Above AboveFor(std::uint64_t seed) {
  return seed % 11 == 7 ? testing::Above::kNobody : testing::Above::kGovernment;
}

// Every third walk is a busy one: few grants, and accesses around their caps on every day.
bool IsBusy(std::uint64_t seed) { return seed % 3 == 2; }
// The way to a grant in use, and its use.
constexpr std::array kBusyOps = {
    std::string_view("request.submit"),    std::string_view("decision.submit"),
    std::string_view("decision.submit"),   std::string_view("request.accept"),
    std::string_view("grant.open"),        std::string_view("grant.open"),
    std::string_view("grant.acknowledge"), std::string_view("grant.acknowledge"),
    std::string_view("grant.change"),      std::string_view("access.record"),
    std::string_view("access.record"),     std::string_view("access.record"),
    std::string_view("access.batch"),      std::string_view("access.batch"),
    std::string_view("access.batch"),      std::string_view("access.batch"),
    std::string_view("access.acknowledge")};

// Rows of the two ops that are not rows of the engine: whose signatures they carry.
constexpr CaseRow kLateRow{.op = "cosign", .who = Who::kHead, .subject = "pending"};
constexpr CaseRow kVoteRow{.op = "vote", .who = Who::kHead, .subject = "proposal"};

const CaseRow* RowOf(std::string_view op) {
  if (op == "cosign") return &kLateRow;
  if (op == "vote") return &kVoteRow;
  return FindRow(op);
}

// What keeps the machines going is drawn more often, what ends people and departments seldom.
int WeightOf(std::string_view op) {
  constexpr std::pair<std::string_view, int> kWeights[] = {{"access.record", 60},
                                                           {"access.batch", 30},
                                                           {"request.submit", 60},
                                                           {"decision.submit", 80},
                                                           {"grant.open", 50},
                                                           {"grant.acknowledge", 50},
                                                           {"cosign", 40},
                                                           {"vote", 50},
                                                           {"resource.submit", 25},
                                                           {"resource.review", 30},
                                                           {"resource.publish", 30},
                                                           {"resource.draft", 15},
                                                           {"resource.refresh", 20},
                                                           {"identity.revoke", 2},
                                                           {"department.reorg", 1},
                                                           {"department.register", 2},
                                                           {"identity.register", 6},
                                                           {"identity.rotate_key", 3},
                                                           {"identity.set_duties", 2},
                                                           {"resource.retire", 3},
                                                           {"resource.discard", 2},
                                                           {"request.withdraw", 3},
                                                           {"node.remove", 3},
                                                           {"ruleset.activate", 3},
                                                           {"grant.decline", 3},
                                                           {"grant.relinquish", 4},
                                                           {"request.accept", 30},
                                                           {"third_party.ask", 20},
                                                           {"correction.file", 20},
                                                           {"correction.propagate", 20},
                                                           {"consultation.open", 30},
                                                           {"consultation.convene", 30},
                                                           {"consultation.resolve", 40},
                                                           {"dispute.file", 20},
                                                           {"emergency.open_grant", 25},
                                                           {"profile.publish", 4},
                                                           {"node.admit", 5},
                                                           {"department.suspend", 3},
                                                           {"resource.suspend", 3},
                                                           {"grant.renew", 30},
                                                           {"grant.amend", 30},
                                                           {"decision.substitute", 15},
                                                           {"demand.submit", 20},
                                                           {"demand.assign", 40},
                                                           {"demand.answer", 60},
                                                           {"collect.deliver", 50},
                                                           {"collect.acknowledge", 50},
                                                           {"demand.unified_apply", 40},
                                                           {"demand.unified_result", 40},
                                                           {"demand.withdraw", 3},
                                                           {"third_party.decide", 40},
                                                           {"dispute.escalate", 30},
                                                           {"dispute.mediate", 40},
                                                           {"dispute.decide", 50},
                                                           {"dispute.settle", 4},
                                                           {"dispute.withdraw", 3},
                                                           {"disposal.report", 30},
                                                           {"disposal.accept", 25},
                                                           {"emergency.object", 15},
                                                           {"grant.terminate", 20},
                                                           {"extension.ask", 25},
                                                           {"extension.consent", 15},
                                                           {"identity.reconfirm", 15}};
  for (const auto& [name, weight] : kWeights) {
    if (name == op) return weight;
  }
  return 10;
}

}  // namespace

Walk::Walk(std::uint64_t seed)
    : dice_(seed),
      world_(ProfileFor(seed), SettingsFor(seed), AboveFor(seed)),
      filler_(world_, dice_),
      kit_{.world = world_, .dice = dice_, .filler = filler_, .busy = IsBusy(seed)} {}

bool Walk::FindSubject(Choice& choice) {
  if (choice.row->subject.empty()) return true;
  const ledger::Field* field = choice.op->form->Find(choice.row->subject);
  if (field == nullptr) return false;
  if (field->entity == EntityKind{0}) return true;  // any case: a hint finds it
  const std::vector<EntityId>& all = world_.Of(field->entity);
  for (int i = 0; i < 12 && !all.empty(); ++i) {
    const EntityId id = dice_.Recent(all);
    const EntityBody* body = world_.Body(id);
    const bool fits = choice.row->from == 0 || (choice.row->from >> body->status & 1U) != 0;
    // Pending objects and proposals that wait.
    const bool waiting =
        body->status == 1 && (body->kind == EntityKind::kProposal ||
                              body->Number("expires_at") > world_.Time() || dice_.Percent(5));
    const bool waits =
        (body->kind != EntityKind::kPending && body->kind != EntityKind::kProposal) || waiting;
    if (fits && waits) {
      choice.subject = id;
      return true;
    }
  }
  // Few of a kind are in the status asked for: look at all, from anywhere.
  const std::size_t start = dice_.Below(all.size());
  for (std::size_t i = 0; i < all.size() && choice.row->from != 0; ++i) {
    const EntityId& id = all[(start + i) % all.size()];
    if ((choice.row->from >> world_.Body(id)->status & 1U) == 0) continue;
    choice.subject = id;
    return true;
  }
  if (!all.empty() && dice_.Percent(6)) choice.subject = dice_.Recent(all);
  return !choice.subject.IsZero();
}

// Accesses of the grants in use, the latest ones; anything else as in other walks.
Walk::Choice Walk::ChooseBusy() {
  Choice choice;
  choice.op = ledger::FindOp(kBusyOps[dice_.Below(kBusyOps.size())]);
  choice.row = RowOf(choice.op->op);
  if (!choice.op->op.starts_with("access.")) return FindSubject(choice) ? choice : Choice{};
  const std::vector<EntityId>& grants = world_.Of(EntityKind::kGrant);
  std::uint64_t skipped = dice_.Below(6);
  for (auto at = grants.rbegin(); at != grants.rend(); ++at) {
    const EntityBody& grant = *world_.Body(*at);
    const bool used = grant.status == static_cast<std::uint32_t>(ledger::GrantStatus::kActive) &&
                      grant.Number("valid_to") > world_.Time();
    if (!used) continue;
    choice.subject = *at;
    if (skipped-- == 0) break;
  }
  return choice.subject.IsZero() ? Choice{} : choice;
}

Walk::Choice Walk::Choose() {
  if (kit_.busy && dice_.Percent(50)) {
    if (const Choice choice = ChooseBusy(); choice.op != nullptr) return choice;
  }
  const std::span<const ledger::OpInfo> ops = ledger::AllOps();
  for (int i = 0; i < 60; ++i) {
    Choice choice;
    choice.op = &ops[dice_.Below(ops.size())];
    choice.row = RowOf(choice.op->op);
    if (choice.row == nullptr) continue;
    // Seldom accepted yet: likelier; often tried in vain: less so.
    const int worn = 1 + accepted_[choice.op->op] / 8 + tried_[choice.op->op] / 40;
    const int weight = WeightOf(choice.op->op);
    if (static_cast<int>(dice_.Below(80)) >= std::max(1, weight - worn / 4)) continue;
    if (FindSubject(choice)) return choice;
  }
  return {};
}

TransactionPtr Walk::Compose(const Choice& choice) {
  Draft draft;
  draft.op = choice.op;
  draft.subject = choice.subject;
  if (!choice.subject.IsZero()) draft.body.Set(choice.row->subject, ledger::ToHex(choice.subject));
  filler_.Fill(draft);
  if (const Hint hint = HintFor(choice.op->op)) hint(kit_, draft);
  if (draft.department.empty()) draft.department = SenderOf(kit_, draft, *choice.row);
  Sign(kit_, draft, *choice.row);
  if (dice_.Percent(11)) Spoil(kit_, draft, *choice.row);
  std::erase_if(draft.signings, [](const Signing& one) { return one.name.empty(); });
  if (draft.signings.empty()) return nullptr;
  TransactionPtr transaction = world_.Make(draft);
  if (transaction == nullptr) ++unmakeable_[std::string(choice.op->op)];
  return transaction;
}

void Walk::PassTime() {
  const std::uint64_t draw = dice_.Below(1000);
  if (draw < 650) return world_.Advance(dice_.Between(1, 40) * kMinuteMs);
  if (draw < 890) return world_.Advance(dice_.Between(1, 9) * kHourMs);
  if (kit_.busy && draw < 960) return world_.Advance(dice_.Between(1, 6) * kHourMs);
  if (draw < 990) return world_.Advance(dice_.Between(1, 3) * kDayMs);
  world_.Advance(dice_.Between(5, 21) * kDayMs);
}

void Walk::Learn(const Step& step) {
  for (std::size_t i = 0; i < step.transactions.size(); ++i) {
    const ledger::Payload& payload = step.transactions[i]->payload;
    const ledger::OpInfo* op = ledger::FindOp(payload.op);
    ++tried_[op->op];
    if (step.outcome.codes[i] != 0) continue;
    ++accepted_[op->op];
    if (payload.op == "department.register" &&
        world_.Body(ledger::DepartmentEntity(payload.body.TextOr("code"))) != nullptr) {
      world_.AddDepartment(std::string(payload.body.TextOr("code")));
    }
  }
}

Walk::Step Walk::Next() {
  PassTime();
  Step step;
  const std::uint64_t size = dice_.Percent(40) ? 1 : 1 + dice_.Below(20);
  for (std::uint64_t tries = 0; tries < 4 * size && step.transactions.size() < size; ++tries) {
    const Choice choice = Choose();
    if (choice.op == nullptr) continue;
    if (TransactionPtr transaction = Compose(choice)) {
      step.transactions.push_back(std::move(transaction));
    }
  }
  step.outcome = world_.Apply(step.transactions);
  Learn(step);
  return step;
}

}  // namespace jiandu::contracts::property
