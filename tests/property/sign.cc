// Senders and signatures of random drafts.
#include "tests/property/sign.h"

#include <algorithm>

namespace jiandu::contracts::property {
namespace {

namespace duty = ledger::duty;

struct Side {
  std::uint32_t bit;
  std::string_view name;
};
constexpr std::array kParties = {Side{side::kProvider, "provider"},
                                 Side{side::kConsumer, "consumer"},
                                 Side{side::kManager, "manager"},
                                 Side{side::kIssuer, "issuer"},
                                 Side{side::kTarget, "target"},
                                 Side{side::kOwner, "owner"},
                                 Side{side::kHolder, "holder"},
                                 Side{side::kFiler, "filer"},
                                 Side{side::kOther, "other"},
                                 Side{side::kMediator, "mediator"},
                                 Side{side::kContributor, "contributor"},
                                 Side{side::kOpener, "manager"},
                                 Side{side::kOpener, "provider"}};
constexpr std::array kOffices = {
    Side{side::kAuditor, testing::kSj},    Side{side::kGovernment, testing::kZf},
    Side{side::kAnyManager, testing::kDb}, Side{side::kManager, testing::kDb},
    Side{side::kSuperior, testing::kSdb},  Side{side::kAnyManager, testing::kSdb}};

// The words of a row's signature rule, read a second time: a generator that asked the judge whom it
// wants would never draw those it leaves out by mistake, and what belongs to that judge is nobody's
// to call. Where a rule takes several, the usual one is drawn.
struct Wanted {
  std::uint32_t maker = 0;
  std::uint32_t head = 0;
  bool system = false;
};
Wanted WantedOf(Who who) {
  switch (who) {
    case Who::kMaker: return {.maker = duty::kClerk};
    case Who::kMakerHead: return {.maker = duty::kClerk, .head = duty::kHead};
    case Who::kHead: return {.head = duty::kHead};
    case Who::kMakerLeader: return {.maker = duty::kClerk, .head = duty::kLeader};
    case Who::kLeader: return {.head = duty::kLeader};
    case Who::kSystem: return {.system = true};
    case Who::kMakerOrSystem: return {.maker = duty::kClerk, .system = true};
    case Who::kSysadminHead: return {.maker = duty::kSysadmin, .head = duty::kHead};
    case Who::kSelf: return {.head = duty::kHead};
    case Who::kSecurity: return {.maker = duty::kSecurity};
    case Who::kSecurityOrSystem: return {.maker = duty::kSecurity, .system = true};
    case Who::kOfficerHead: return {.maker = duty::kClerk, .head = duty::kHead};
  }
  return {};
}

bool Has(const Draft& draft, SignerRole role) {
  return std::ranges::find(draft.signings, role, &Signing::role) != draft.signings.end();
}
void Add(Draft& draft, std::string name, SignerRole role) {
  if (name.empty()) return;
  if (std::ranges::find(draft.signings, name, &Signing::name) != draft.signings.end()) return;
  draft.signings.push_back({std::move(name), role});
}

void AddPeers(Kit& kit, Draft& draft, const CaseRow& row) {
  if (row.peer == nullptr || Has(draft, SignerRole::kPeer) || kit.dice.Percent(25)) return;
  const EntityBody* body = kit.world.Body(draft.subject);
  std::vector<DepartmentId> candidates = {std::string(testing::kDb), std::string(testing::kZf),
                                          std::string(testing::kSdb)};
  if (body != nullptr) {
    for (const auto& [party, department] : body->parties) candidates.push_back(department);
  }
  const bool votes = row.electorate != nullptr;
  if (votes) candidates = kit.world.Departments();
  const std::uint64_t count = votes ? kit.dice.Below(4) : 1 + kit.dice.Below(2);
  for (std::uint64_t i = 0; i < count && draft.signings.size() < 4; ++i) {
    const DepartmentId peer = kit.dice.Of(candidates);
    if (peer == draft.department) continue;
    const bool there = std::ranges::any_of(draft.signings, [&](const Signing& one) {
      return kit.world.Who(one.name).department == peer;
    });
    if (!there) Add(draft, kit.Officer(peer, duty::kHead), SignerRole::kPeer);
  }
}

Json AwaitEntry(std::string_view department, std::string_view role) {
  return Json::MakeObject({{"department", department}, {"role", role}});
}

// Some go without the head, or a peer, and wait for them.
void LeaveSome(Kit& kit, Draft& draft, const CaseRow& row) {
  Json await = Json::MakeArray();
  const bool by_two = Has(draft, SignerRole::kMaker) && Has(draft, SignerRole::kHead);
  if (by_two && kit.dice.Percent(9)) {
    std::erase_if(draft.signings, [](const Signing& one) { return one.role == SignerRole::kHead; });
    await.Push(AwaitEntry(draft.department, "HEAD"));
  }
  if (row.peer != nullptr && kit.dice.Percent(row.electorate != nullptr ? 70 : 15)) {
    for (const Signing& one : draft.signings) {
      if (one.role != SignerRole::kPeer) continue;
      await.Push(AwaitEntry(kit.world.Who(one.name).department, "PEER"));
      break;
    }
    if (await.Items().empty()) await.Push(AwaitEntry(kit.filler.Department(), "PEER"));
    if (kit.dice.Percent(80)) {
      std::erase_if(draft.signings,
                    [](const Signing& one) { return one.role == SignerRole::kPeer; });
    }
  }
  if (!await.Items().empty()) draft.body.Set("await", std::move(await));
}

}  // namespace

DepartmentId SenderOf(Kit& kit, const Draft& draft, const CaseRow& row) {
  std::vector<std::string_view> able;
  const EntityBody* body = kit.world.Body(draft.subject);
  if (body != nullptr) {
    for (const Side& party : kParties) {
      const std::string_view who = body->Party(party.name);
      if ((row.sides & party.bit) != 0 && !who.empty()) able.push_back(who);
    }
  }
  for (const Side& office : kOffices) {
    const bool of_case = office.bit == side::kManager && body != nullptr;
    if ((row.sides & office.bit) != 0 && !of_case) able.push_back(office.name);
  }
  if (able.empty() && kit.dice.Percent(70)) {
    for (const std::string_view member : {"grant", "resource", "request", "correction"}) {
      const EntityBody* named = kit.Named(draft, member);
      if (named == nullptr) continue;
      for (const auto& [party, who] : named->parties) able.push_back(who);
    }
  }
  if (able.empty() || kit.dice.Percent(2)) return kit.filler.Department();
  return std::string(kit.dice.Of(able));
}

void Sign(Kit& kit, Draft& draft, const CaseRow& row) {
  const Wanted wanted = WantedOf(row.who);
  const bool by_system = wanted.system && (wanted.maker == 0 || kit.dice.Percent(50));
  if (!draft.signings.empty() &&
      (row.who == Who::kSelf || draft.op->op == "cosign" || draft.op->op == "identity.delegate")) {
    return;
  }
  if (by_system) {
    Add(draft, kit.Officer(draft.department, 0), SignerRole::kSystem);
  } else if (wanted.maker != 0) {
    const bool auditor = draft.department == testing::kSj;
    const std::uint32_t duties =
        auditor && wanted.maker != duty::kSysadmin ? duty::kAudit : wanted.maker;
    Add(draft, kit.Officer(draft.department, duties), SignerRole::kMaker);
  }
  const bool head_too = row.head_needed != nullptr && kit.dice.Percent(60);
  const std::uint32_t head = head_too ? duty::kHead : wanted.head;
  // Somebody holds both duties: drawn as maker, another one signs as head.
  for (int i = 0; i < 4 && head != 0 && !by_system && !Has(draft, SignerRole::kHead); ++i) {
    Add(draft, kit.Officer(draft.department, head), SignerRole::kHead);
  }
  AddPeers(kit, draft, row);
  LeaveSome(kit, draft, row);
}

void Spoil(Kit& kit, Draft& draft, const CaseRow& row) {
  const auto& fields = draft.op->form->fields;
  switch (kit.dice.Below(9)) {
    case 0: draft.department = kit.filler.Department(); break;
    case 1:
      if (!draft.signings.empty()) draft.signings.pop_back();
      break;
    case 2: {
      if (draft.signings.empty()) break;
      const std::vector<std::string>& people = kit.world.PeopleOf(draft.department);
      if (!people.empty())
        kit.dice.Of(std::vector<Signing*>{&draft.signings.back()})->name = kit.dice.Of(people);
      break;
    }
    case 3:
    case 4:
      if (!fields.empty()) {
        const ledger::Field& field = fields[kit.dice.Below(fields.size())];
        draft.body.Set(field.name, kit.filler.Value(field, draft));
      }
      break;
    case 5:
      if (!fields.empty()) draft.body.Remove(fields[kit.dice.Below(fields.size())].name);
      break;
    case 6:
      if (!row.subject.empty() && !draft.subject.IsZero()) {
        draft.subject = kit.filler.Any(ledger::KindOf(draft.subject));
        draft.body.Set(row.subject, ledger::ToHex(draft.subject));
      }
      break;
    case 7:
      draft.skew = (kit.dice.Percent(50) ? 1 : -1) * kit.dice.Between(3, 90) * kMinuteMs;
      break;
    default:
      if (!row.subject.empty() && !draft.subject.IsZero()) {
        EntityId unknown = draft.subject;
        unknown.bytes[16] ^= 1U;
        draft.body.Set(row.subject, ledger::ToHex(unknown));
      }
      break;
  }
}

}  // namespace jiandu::contracts::property
