// Departments, identities, nodes, votes, calendar and profile.
#include <algorithm>

#include "base/hex.h"
#include "ledger/model/genesis.h"
#include "tests/property/hints.h"
#include "tests/support/signed_votes.h"

namespace jiandu::contracts::property {
namespace {

// A code with the check character GB 32100 asks for.
std::string NewCode(Kit& kit) {
  constexpr std::string_view kCharacters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  std::string stem = std::to_string(++kit.serial);
  stem = "91990100" + std::string(9 - stem.size(), '0') + stem;
  for (const char check : kCharacters) {
    if (ledger::IsDepartmentCode(stem + check)) return stem + check;
  }
  return stem + "0";
}

void Prove(Json& into, const std::string& person, std::string_view department,
           std::string_view name) {
  const crypto::EcdsaPrivateKey key = testing::PrivateKey(person);
  const Hash256 digest = ledger::KeyProofDigest(testing::kChain, department, name);
  into.Set("key", HexEncode(key.PublicKey().View()));
  into.Set("key_proof", HexEncode(key.SignDigest(digest).View()));
}
Json NewIdentity(Kit& kit, std::string_view department, std::string_view kind,
                 std::initializer_list<std::string_view> duties) {
  const std::string person = kit.world.NewPerson(department);
  Json list = Json::MakeArray();
  for (const std::string_view duty : duties) list.Push(duty);
  Json identity = Json::MakeObject({{"name", person}, {"kind", kind}});
  if (!list.Items().empty()) identity.Set("duties", std::move(list));
  if (kind == "SYSTEM") identity.Set("attributes", Json::MakeObject({{"mlps_level", 3}}));
  Prove(identity, person, department, person);
  return identity;
}

void RegisterDepartment(Kit& kit, Draft& draft) {
  const bool external = kit.dice.Percent(40);
  const std::string code = kit.dice.Percent(93) ? NewCode(kit) : std::string(testing::kJt);
  Json roles = Json::MakeArray();
  roles.Push(external ? "OBSERVER" : "DEPARTMENT");
  if (kit.dice.Percent(10)) roles.Push("MANAGER");
  draft.body = Json::MakeObject({{"code", code},
                                 {"name", "新部门"},
                                 {"jurisdiction", kit.dice.Of({"990100", "990102"})},
                                 {"level", "CITY"},
                                 {"kind", external ? "EXTERNAL" : "GOV"},
                                 {"sharing_office", "办公室"}});
  draft.body.Set("roles", std::move(roles));
  if (!external) {
    Json identities = Json::MakeArray();
    identities.Push(NewIdentity(kit, code, "OFFICER", {"SYSADMIN"}));
    identities.Push(NewIdentity(kit, code, "OFFICER", {"HEAD"}));
    identities.Push(NewIdentity(kit, code, "OFFICER", {"CLERK", "SECURITY"}));
    identities.Push(NewIdentity(kit, code, "SYSTEM", {}));
    draft.body.Set("identities", std::move(identities));
  }
  draft.signings.push_back({kit.Officer(testing::kSj, ledger::duty::kHead), SignerRole::kPeer});
}
void RegisterIdentity(Kit& kit, Draft& draft) {
  draft.department = kit.filler.Department();
  draft.body.Remove("department");
  std::string_view of = draft.department;
  if (kit.dice.Percent(8)) {
    of = testing::kDb;
    draft.body.Set("department", of);
  }
  Json identity;
  switch (kit.dice.Below(6)) {
    case 0: identity = NewIdentity(kit, of, "OFFICER", {"HEAD"}); break;
    case 1: identity = NewIdentity(kit, of, "OFFICER", {"CLERK", "SECURITY"}); break;
    case 2: identity = NewIdentity(kit, of, "OFFICER", {"DEPT_LEADER"}); break;
    case 3: identity = NewIdentity(kit, of, "SYSTEM", {}); break;
    case 4: identity = NewIdentity(kit, of, "OFFICER", {"SYSADMIN"}); break;
    default: identity = NewIdentity(kit, of, "OFFICER", {"SYSADMIN", "CLERK"}); break;
  }
  for (const std::string_view name : {"name", "kind", "key", "key_proof", "attributes", "duties"}) {
    draft.body.Remove(name);
    if (const Json* value = identity.Find(name)) draft.body.Set(name, *value);
  }
  if (kit.dice.Percent(85)) draft.body.Remove("cert");
  const std::string head = kit.Officer(testing::kDb, ledger::duty::kHead);
  const std::string above = kit.Officer(testing::kSdb, ledger::duty::kHead);
  if (head.empty() || draft.department == testing::kDb) return;
  const bool province = draft.department == testing::kSt;
  draft.signings.push_back({province && !above.empty() ? above : head, SignerRole::kPeer});
}
void RotateKey(Kit& kit, Draft& draft) {
  draft.department = kit.filler.Department();
  const std::string old = kit.Officer(draft.department, 0xff);
  const auto record = old.empty() ? std::nullopt : kit.world.Key(old);
  const EntityBody* identity = record ? kit.world.Body(record->identity) : nullptr;
  if (identity == nullptr) return;
  const std::string fresh = kit.world.NewPerson(draft.department);
  draft.subject = record->identity;
  draft.body.Set("identity", ledger::ToHex(record->identity));
  Prove(draft.body, fresh, draft.department, identity->Text("name"));
  draft.signings = {{old, SignerRole::kMaker}};
}
void Revoke(Kit& kit, Draft& draft) {
  const EntityBody* identity = kit.world.Body(draft.subject);
  if (identity == nullptr) return;
  draft.department = kit.dice.Percent(80) ? identity->department : std::string(testing::kDb);
  draft.body.Remove("compromised_since");
  draft.body.Set("reason", kit.dice.Of({"LEFT", "LOST", "COMPROMISED", "COMPROMISED"}));
  // Whoever signed a decision lately is worth it.
  const std::vector<Done>& log = kit.world.Log();
  for (std::size_t back = 1; back <= std::min<std::size_t>(log.size(), 300); ++back) {
    const Done& done = log[log.size() - back];
    const ledger::Payload& payload = done.transaction->payload;
    if (done.code != Code::kAccepted || payload.op != "decision.submit") continue;
    if (kit.dice.Percent(60)) continue;
    const auto record = ledger::FindKeyRecord(kit.world.View(), payload.signers.front().key);
    if (!record) break;
    draft.department = payload.department;
    draft.subject = record->identity;
    draft.body.Set("identity", ledger::ToHex(record->identity));
    break;
  }
  if (draft.body.TextOr("reason") == "COMPROMISED") {
    const std::int64_t days = kit.dice.Percent(90) ? kit.dice.Between(0, 6) : 40;
    draft.body.Set("compromised_since", kit.world.Time() - days * kDayMs - kHourMs);
    draft.body.Set("evidence_digest", kit.filler.Hash());
  }
  draft.signings = {{kit.Officer(draft.department, ledger::duty::kHead), SignerRole::kHead}};
}
void SetDuties(Kit& kit, Draft& draft) {
  const EntityBody* identity = kit.world.Body(draft.subject);
  if (identity == nullptr) return;
  draft.department = identity->department;
  Json duties = Json::MakeArray();
  duties.Push(kit.dice.Of({"CLERK", "HEAD", "DEPT_LEADER", "CLERK"}));
  if (kit.dice.Percent(30)) duties.Push(kit.dice.Of({"SECURITY", "SYSADMIN"}));
  draft.body.Set("duties", std::move(duties));
}
void Delegate(Kit& kit, Draft& draft) {
  draft.department = kit.filler.Department();
  const std::string delegate = kit.Officer(draft.department, ledger::duty::kClerk);
  const std::string head = kit.Officer(draft.department, ledger::duty::kHead);
  const auto record = delegate.empty() ? std::nullopt : kit.world.Key(delegate);
  if (!record || head.empty()) return;
  draft.body.Set("delegate", ledger::ToHex(record->identity));
  draft.body.Set("until", kit.world.Time() + kit.dice.Between(1, 32) * kDayMs);
  draft.signings = {{delegate, SignerRole::kMaker}, {head, SignerRole::kHead}};
}
// An act that a compromised key signed since.
void Reconfirm(Kit& kit, Draft& draft) {
  const std::vector<Done>& log = kit.world.Log();
  for (std::size_t back = 1; back <= std::min<std::size_t>(log.size(), 1200); ++back) {
    const Done& done = log[log.size() - back];
    const ledger::Payload& payload = done.transaction->payload;
    if (done.code != Code::kAccepted || payload.op != "decision.submit") continue;
    bool compromised = false;
    for (const ledger::Signer& signer : payload.signers) {
      const auto record = ledger::FindKeyRecord(kit.world.View(), signer.key);
      compromised |= record && record->reason == ledger::RevokeReason::kCompromised &&
                     record->compromised_since <= done.time;
    }
    if (!compromised || kit.dice.Percent(30)) continue;
    draft.subject = *ledger::ParseEntityId(payload.body.TextOr("request"));
    draft.body.Set("case", payload.body.TextOr("request"));
    draft.body.Set("act", HexEncode(done.transaction->txid.View()));
    draft.department = payload.department;
    return;
  }
}

std::string Proof(const crypto::Ed25519PrivateKey& key, std::string_view department,
                  std::string_view purpose) {
  const Hash256 digest = ledger::KeyProofDigest(testing::kChain, department, purpose);
  return HexEncode(key.Sign(digest.View()).View());
}
void AdmitNode(Kit& kit, Draft& draft) {
  const std::string department = kit.filler.Department();
  const std::string name = kit.NextId("node");
  draft.body.Set("department", department);
  for (const std::string which : {"consensus", "node", "cosign"}) {
    const auto key = testing::NodeKey(name + which);
    draft.body.Set(which + "_key", HexEncode(key.PublicKey().View()));
    draft.body.Set(which + "_proof", Proof(key, department, "node-" + which));
  }
}
std::vector<ledger::GenesisValidator> Seats(Kit& kit) {
  const auto bytes = kit.world.View().Get(ledger::ValidatorsKey());
  auto seats =
      bytes ? ledger::DecodeValidators(*bytes) : Result<std::vector<ledger::GenesisValidator>>({});
  return seats ? *seats : std::vector<ledger::GenesisValidator>();
}
void RemoveNode(Kit& kit, Draft& draft) {
  const auto seats = Seats(kit);
  if (seats.empty()) return;
  draft.body.Set("consensus_key", HexEncode(kit.dice.Of(seats).consensus_key.View()));
}
void RotateNode(Kit& kit, Draft& draft) {
  const auto seats = Seats(kit);
  if (seats.empty()) return;
  const ledger::GenesisValidator& seat = kit.dice.Of(seats);
  const std::string which(kit.dice.Of({"consensus", "node", "cosign"}));
  const auto& old = which == "consensus" ? seat.consensus_key
                    : which == "node"    ? seat.node_key
                                         : seat.cosign_key;
  const auto key = testing::NodeKey(kit.NextId("node"));
  draft.department = seat.department;
  draft.body.Set("which", which)
      .Set("old_key", HexEncode(old.View()))
      .Set("key", HexEncode(key.PublicKey().View()))
      .Set("key_proof", Proof(key, seat.department, "node-" + which));
}
void RotateLog(Kit& kit, Draft& draft) {
  draft.department = kit.dice.Percent(80) ? testing::kDb : testing::kSdb;
  const auto key = testing::NodeKey(kit.NextId("log"));
  draft.body.Set("key", HexEncode(key.PublicKey().View()));
  draft.body.Set("key_proof", Proof(key, draft.department, "log"));
}
void Equivocation(Kit& kit, Draft& draft) {
  const auto seats = Seats(kit);
  if (seats.empty()) return;
  const ledger::GenesisValidator& seat = kit.dice.Of(seats);
  draft.body.Set("validator", HexEncode(seat.consensus_key.View()));
  draft.body.Set("offender", seat.department);
  // Of a key of genesis the other half is known: it signs two blocks for one place.
  for (const std::string alias : {"db", "ga", "jt", "sw"}) {
    const std::string name = alias + "-node-consensus";
    if (testing::NodeKey(name).PublicKey() != seat.consensus_key || kit.dice.Percent(20)) continue;
    testing::Said said{.block = "a",
                       .type = kit.dice.Percent(50) ? 1U : 2U,
                       .height = kit.dice.Between(1, static_cast<int>(kit.world.Height())),
                       .round = kit.dice.Between(0, 2)};
    draft.body.Set("height", said.height)
        .Set("round", said.round)
        .Set("type", said.type == 1 ? "PREVOTE" : "PRECOMMIT")
        .Set("first", testing::SignedPieces(said, name));
    said.block = kit.dice.Percent(80) ? "b" : "";
    draft.body.Set("second", testing::SignedPieces(said, name));
  }
}

void Vote(Kit& kit, Draft& draft) {
  const EntityBody* proposal = kit.world.Body(draft.subject);
  if (proposal == nullptr) return;
  draft.department = kit.filler.Department();
  draft.body.Set("digest",
                 kit.dice.Percent(97) ? std::string(proposal->Text("digest")) : kit.filler.Hash());
  draft.body.Set("yes", kit.dice.Percent(88));
}
void Cosign(Kit& kit, Draft& draft) {
  const EntityBody* pending = kit.world.Body(draft.subject);
  if (pending == nullptr) return;
  draft.body.Set("digest",
                 kit.dice.Percent(97) ? std::string(pending->Text("digest")) : kit.filler.Hash());
  const auto payload = ledger::DecodePayload(pending->form);
  if (!payload) return;
  draft.department = payload->department;
  SignerRole role = SignerRole::kHead;
  for (const Json& entry : payload->body.ItemsOf("await")) {
    if (entry.TextOr("role") != "PEER" || kit.dice.Percent(30)) continue;
    draft.department = entry.TextOr("department");
    role = SignerRole::kPeer;
  }
  const bool leader = payload->op == "resource.submit" || payload->op == "resource.amend" ||
                      payload->op == "resource.retire";
  const bool by_leader = leader && role == SignerRole::kHead;
  const std::string name =
      kit.Officer(draft.department, by_leader ? ledger::duty::kLeader : ledger::duty::kHead);
  draft.signings = {{name, role}};
}
void Calendar(Kit& kit, Draft& draft) {
  const bool next_year = kit.dice.Percent(30);
  Json holidays = Json::MakeArray();
  Json makeup = Json::MakeArray();
  for (const ledger::CalendarYear& year : ledger::PublishedCalendars()) {
    if (next_year || year.year != 2026) continue;
    for (const std::int32_t day : year.holidays) holidays.Push(std::int64_t{day});
    for (const std::int32_t day : year.makeup_workdays) makeup.Push(std::int64_t{day});
  }
  const std::int64_t extra = next_year ? 20270101 : kit.filler.DateIn(kit.dice.Between(-3, 40));
  if (extra / 10000 == (next_year ? 2027 : 2026)) {
    const bool stands = std::ranges::any_of(
        holidays.Items(), [extra](const Json& day) { return day.AsInteger() == extra; });
    const bool made_up = std::ranges::any_of(
        makeup.Items(), [extra](const Json& day) { return day.AsInteger() == extra; });
    if (!stands && !made_up) holidays.Push(extra);
  }
  std::ranges::sort(holidays.MutableItems(), {}, [](const Json& day) { return day.AsInteger(); });
  draft.body.Set("year", next_year ? 2027 : 2026);
  draft.body.Set("holidays", std::move(holidays)).Set("makeup_workdays", std::move(makeup));
  draft.department = kit.dice.Percent(85) ? testing::kDb : testing::kSdb;
}
void Profile(Kit& kit, Draft& draft) {
  Json settings = Json::MakeArray();
  settings.Push(Json::MakeObject(
      {{"name", kit.dice.Of({"auto_suspend_items", "grace_days", "pending_days", "vote_days"})},
       {"value", kit.dice.Between(1, 9)}}));
  Json deadlines = Json::MakeArray();
  deadlines.Push(Json::MakeObject(
      {{"code", kit.dice.Of({"D04", "D08", "D14", "D19"})}, {"n", kit.dice.Between(1, 12)}}));
  draft.body.Set("profile", "combined");
  draft.body.Set("settings", std::move(settings)).Set("deadlines", std::move(deadlines));
  draft.department = testing::kDb;
}
void Ruleset(Kit& kit, Draft& draft) {
  draft.department = testing::kDb;
  draft.body.Set("ruleset", kit.dice.Between(2, 9));
}
void Assign(Kit& kit, Draft& draft) {
  const EntityBody* body = kit.world.Body(draft.subject);
  if (body == nullptr) return;
  draft.department = body->department;
  const std::string name = kit.Officer(draft.department, ledger::duty::kClerk);
  const auto record = name.empty() ? std::nullopt : kit.world.Key(name);
  if (record) draft.body.Set("handler", ledger::ToHex(record->identity));
}
void Standing(Kit& kit, Draft& draft) {
  draft.body.Set("department", kit.dice.Percent(90) ? kit.filler.Department() : "none");
  for (const DepartmentId& code : kit.world.Departments()) {
    const EntityBody* body = kit.world.Body(ledger::DepartmentEntity(code));
    const bool shut = body != nullptr && body->Number("consumer_suspended") != 0;
    if (shut && draft.op->op == "department.resume") draft.body.Set("department", code);
  }
  draft.department = kit.dice.Percent(80) ? testing::kDb : testing::kZf;
  if (draft.body.TextOr("department") == testing::kSt) draft.department = testing::kSdb;
  const std::string second =
      kit.Officer(kit.dice.Percent(80) ? testing::kZf : testing::kSj, ledger::duty::kHead);
  if (!second.empty()) draft.signings.push_back({second, SignerRole::kPeer});
}
void Reorg(Kit& kit, Draft& draft) {
  const std::string target = kit.filler.Department();
  const std::string_view kind = kit.dice.Of({"MERGED", "SPLIT", "RENAMED", "RENAMED"});
  draft.body = Json::MakeObject({{"department", target},
                                 {"kind", kind},
                                 {"decision_no", "临编〔2026〕3号"},
                                 {"decision_digest", kit.filler.Hash()},
                                 {"date", kit.filler.DateIn(-1)}});
  draft.department = testing::kDb;
  if (kind == "RENAMED") {
    draft.body.Set("name", "新名称");
  } else {
    Json successors = Json::MakeArray();
    const std::string first = kit.filler.Department();
    successors.Push(first);
    if (kind == "SPLIT") successors.Push(kit.filler.Department());
    draft.body.Set("successors", std::move(successors)).Set("default_successor", first);
    const EntityId item = kit.filler.Any(EntityKind::kGrant);
    if (!item.IsZero() && kit.dice.Percent(40)) {
      Json mapping = Json::MakeArray();
      mapping.Push(Json::MakeObject({{"item", ledger::ToHex(item)}, {"successor", first}}));
      draft.body.Set("mapping", std::move(mapping));
    }
  }
}

constexpr std::pair<std::string_view, Hint> kHints[] = {
    {"department.register", RegisterDepartment},
    {"department.suspend", Standing},
    {"department.resume", Standing},
    {"department.reorg", Reorg},
    {"identity.register", RegisterIdentity},
    {"identity.rotate_key", RotateKey},
    {"identity.revoke", Revoke},
    {"identity.set_duties", SetDuties},
    {"identity.delegate", Delegate},
    {"identity.reconfirm", Reconfirm},
    {"node.admit", AdmitNode},
    {"node.remove", RemoveNode},
    {"node.rotate_key", RotateNode},
    {"node.equivocation", Equivocation},
    {"log.rotate_key", RotateLog},
    {"vote", Vote},
    {"cosign", Cosign},
    {"calendar.publish", Calendar},
    {"profile.publish", Profile},
    {"ruleset.activate", Ruleset},
    {"case.assign", Assign},
};

}  // namespace

std::string Kit::Officer(std::string_view department, std::uint32_t duties) {
  std::string stale;
  std::vector<std::string> fit;
  for (const std::string& name : world.PeopleOf(department)) {
    const auto record = world.Key(name);
    if (!record) continue;
    const bool system = record->kind == ledger::IdentityKind::kSystem;
    const bool officer = record->kind == ledger::IdentityKind::kOfficer;
    if (duties == 0 ? !system : !(officer && (record->duties & duties) != 0)) continue;
    stale = name;
    if (record->IsActive(world.Height() + 1, world.Time())) fit.push_back(name);
  }
  return fit.empty() ? stale : dice.Of(fit);
}

Hint NetworkHint(std::string_view op) { return FindHint(kHints, op); }

}  // namespace jiandu::contracts::property
