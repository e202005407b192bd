// Chains, openings and rights, from the log.
#include "tests/property/approvals.h"

#include <algorithm>

namespace jiandu::contracts::property {
namespace {

std::string ChainFor(std::string_view profile, std::string_view share_class) {
  if (profile.starts_with("order809")) return "P";
  return profile.starts_with("hangzhou") && share_class == "UNCONDITIONAL" ? "M" : "PM";
}
bool Has(std::uint64_t flags, ledger::Flag flag) { return (flags & ledger::FlagBit(flag)) != 0; }
std::string At(const Effect& effect) {
  return effect.payload.op + " at " + std::to_string(effect.height);
}

}  // namespace

bool Approvals::IsTainted(const World& world, const Case& one) {
  return std::ranges::any_of(one.keys, [&world](const ledger::KeyId& key) {
    const auto record = ledger::FindKeyRecord(world.View(), key);
    return record && record->reason == ledger::RevokeReason::kCompromised;
  });
}

std::set<DepartmentId> Approvals::Signatories(const World& world, const Effect& effect) {
  std::set<DepartmentId> departments;
  for (const ledger::Signer& signer : effect.signers) {
    const auto record = ledger::FindKeyRecord(world.View(), signer.key);
    if (record) departments.insert(record->department);
  }
  return departments;
}

void Approvals::Born(World& world, const Effect& effect) {
  for (const EntityId& id : world.Changed()) {
    const EntityBody& body = *world.Body(id);
    if (body.kind != EntityKind::kRequest || body.born_tx != effect.txid) continue;
    cases_[id] = {.chain = ChainFor(body.Text("profile"), body.Text("share_class")),
                  .unconditional = body.Text("share_class") == "UNCONDITIONAL",
                  .keys = {}};
  }
}

void Approvals::Answered(Case& one) {
  one.offered = false;
  ++one.step;
  one.approved = one.step >= one.chain.size();
}

void Approvals::Step(World& world, const Effect& effect, Case& one, const EntityBody& body,
                     Failures& failures) {
  for (const ledger::Signer& signer : effect.signers) one.keys.push_back(signer.key);
  const std::string& op = effect.payload.op;
  if (op == "request.accept") return Answered(one);
  if (op == "request.withdraw" || op == "request.decline") {
    one.ended = true;
    return;
  }
  if (one.step < one.chain.size() && op == "decision.submit" && !reorganised_ &&
      !IsTainted(world, one)) {
    const std::string_view due = body.Party(one.chain[one.step] == 'P' ? "provider" : "manager");
    if (due != effect.payload.department) failures.push_back(At(effect) + ": not its turn");
  }
  if (op == "decision.substitute") {
    // A step that a compromised key signed may have been taken back, and be substituted again.
    const bool fits = one.unconditional && one.chain == "PM" && one.step == 0;
    if (!fits && !IsTainted(world, one)) {
      failures.push_back(At(effect) + ": nothing to substitute");
    }
    if (!Has(effect.flags, ledger::Flag::kExtraCondition)) return Answered(one);
    one.offered = true;
    return;
  }
  const std::string_view verdict = effect.payload.body.TextOr("verdict");
  const bool narrowed = verdict == "NARROW" || Has(effect.flags, ledger::Flag::kExtraCondition) ||
                        Has(effect.flags, ledger::Flag::kReturnFlowCondition);
  if (verdict == "REFUSE") {
    one.ended = true;
  } else if (narrowed) {
    one.offered = true;
  } else {
    Answered(one);
  }
}

void Approvals::Granted(World& world, const Effect& effect, Case& one, const EntityBody& body,
                        Failures& failures) {
  if (IsTainted(world, one)) return;
  if (one.used) failures.push_back(At(effect) + ": its source was used before");
  one.used = true;
  const bool by_opening = effect.payload.op == "grant.open" && one.unconditional &&
                          one.chain.back() == 'M' && one.step + 1 == one.chain.size() &&
                          !one.offered && !one.ended;
  if (!one.approved && !by_opening) failures.push_back(At(effect) + ": nobody approved it");
  if (reorganised_) return;
  const std::string_view opener = body.Party(one.chain == "P" ? "provider" : "manager");
  if (opener != effect.payload.department) failures.push_back(At(effect) + ": by another opener");
  const bool is_side = body.Party("manager") == body.Party("consumer") ||
                       body.Party("manager") == body.Party("provider");
  if (effect.payload.op == "grant.open" && is_side && opener == body.Party("manager") &&
      Signatories(world, effect).size() < 2) {
    failures.push_back(At(effect) + ": the manager alone in its own case");
  }
}

void Approvals::Agreed(World& world, const Effect& effect, Failures& failures) {
  const auto id = ledger::ParseEntityId(effect.payload.body.TextOr("consultation"));
  if (!id) return;
  if (effect.payload.op == "consultation.resolve") {
    agreed_[*id] = Signatories(world, effect);
    if (agreed_[*id].size() < 3) failures.push_back(At(effect) + ": fewer than three departments");
    return;
  }
  if (!agreed_.contains(*id)) failures.push_back(At(effect) + ": nobody agreed");
  agreed_.erase(*id);  // used once
}

// What a consumer whose rights are suspended may not begin (4.1 DP2), judged from the next height.
void Approvals::Rights(World&, const Effect& effect, Failures& failures) {
  const std::string& op = effect.payload.op;
  const DepartmentId named(effect.payload.body.TextOr("department"));
  if (op == "department.reorg") reorganised_ = true;
  if (op == "department.suspend") suspended_.emplace(named, effect.height);
  if (op == "department.resume") suspended_.erase(named);
  constexpr std::array kNotBegun = {
      std::string_view("request.submit"), std::string_view("demand.submit"),
      std::string_view("consultation.open"), std::string_view("grant.acknowledge"),
      std::string_view("third_party.ask")};
  const auto off = suspended_.find(effect.payload.department);
  if (off != suspended_.end() && off->second < effect.height &&
      std::ranges::find(kNotBegun, op) != kNotBegun.end()) {
    failures.push_back(At(effect) + ": by a department without consumer rights");
  }
}

void Approvals::Take(World& world, const Effect& effect, Failures& failures) {
  Rights(world, effect, failures);
  const std::string& op = effect.payload.op;
  if (op == "department.reorg") reorganised_ = true;
  if (op == "request.submit") return Born(world, effect);
  if (op == "consultation.resolve" ||
      (op == "grant.open" && effect.payload.body.Find("consultation") != nullptr)) {
    return Agreed(world, effect, failures);
  }
  if (op == "dispute.decide" && effect.payload.body.TextOr("verdict") == "APPROVE") {
    const auto dispute = ledger::ParseEntityId(effect.payload.body.TextOr("dispute"));
    const EntityBody* body = dispute ? world.Body(*dispute) : nullptr;
    for (const auto& [name, link] : body != nullptr ? body->links : decltype(body->links)()) {
      // Of a grant, the request it came from is approved anew.
      const EntityBody* linked = world.Body(link);
      const EntityId* source = linked != nullptr ? linked->Link("request") : nullptr;
      for (const EntityId& id : {link, source != nullptr ? *source : link}) {
        const auto found = cases_.find(id);
        if (found == cases_.end()) continue;
        found->second.approved = true;  // the government's step is the last
        found->second.used = false;
      }
    }
    return;
  }
  const auto id = ledger::ParseEntityId(effect.payload.body.TextOr("request"));
  const auto found = id ? cases_.find(*id) : cases_.end();
  if (found == cases_.end()) return;
  const EntityBody& body = *world.Body(*id);
  if (op == "grant.open" || op == "grant.amend" || op == "grant.renew") {
    Granted(world, effect, found->second, body, failures);
  } else if (op == "decision.submit" || op == "decision.substitute" || op == "request.accept" ||
             op == "request.withdraw" || op == "request.decline") {
    Step(world, effect, found->second, body, failures);
  }
}

}  // namespace jiandu::contracts::property
