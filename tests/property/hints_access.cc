// Accesses, evidence, emergencies.
#include <algorithm>

#include "base/hex.h"
#include "contracts/commitment.h"
#include "tests/property/hints.h"

namespace jiandu::contracts::property {
namespace {

// The salt of all seals and watermarks made here: what opens them.
const std::string kSalt(64, '5');

std::string CommitmentTo(std::string_view value) {
  return HexEncode(Commit(Hash256{*HexDecodeFixed<32>(kSalt)}, AsBytes(value)).View());
}
Json Opened() {
  Json tags = Json::MakeArray();
  tags.Push(std::string(64, '7'));
  return Json::MakeObject({{"matter_code", "M-1"}, {"subject_tags", std::move(tags)}});
}

// A record as the provider's gateway would send it, in bounds more often than not.
Json Record(Kit& kit, const EntityBody* grant) {
  const Json terms = grant != nullptr ? grant->Terms() : Json::MakeObject();
  const std::int64_t back = kit.dice.Percent(kit.busy ? 70 : 85)
                                ? kit.dice.Between(0, 120) * kMinuteMs
                                : kit.dice.Between(0, 80) * kHourMs;
  Json record = Json::MakeObject(
      {{"acc_id", kit.dice.Percent(95) ? kit.NextId("a") : "a" + std::to_string(kit.serial)},
       {"occurred_at", kit.world.Time() - back - 1},
       {"action", "QUERY"},
       {"rows", kit.dice.Between(0, 60)},
       {"result", kit.dice.Of({"OK", "OK", "OK", "NOT_FOUND", "DENIED", "ERROR"})},
       {"client_ip", kit.dice.Of({"10.20.3.7", "10.20.3.7", "10.99.1.7"})},
       {"items_mask", kit.dice.Of({"01", "01", "03", "07", "0f"})},
       {"dataset_version", kit.dice.Between(0, 2)},
       {"request_digest", kit.filler.Hash()},
       {"response_digest", kit.filler.Hash()},
       {"purpose_code", terms.TextOr("purpose_code", "SUPERVISION")},
       {"matter_code", kit.dice.Of({"M-1", "M-1", "M-2"})},
       {"case_commitment", kit.filler.Hash()},
       {"bytes", kit.dice.Between(0, 30000)}});
  const auto systems = terms.ItemsOf("systems");
  if (!systems.empty() && kit.dice.Percent(85)) {
    record.Set("system", systems.front().TextOr("system"));
  } else if (kit.dice.Percent(50)) {
    record.Set("acct_tag", std::string(64, kit.dice.Percent(70) ? 'a' : 'b'));
    record.Set("client_net", kit.dice.Of({"10.30.0.0/16", "NONE"}));
  } else {
    record.Set("system", ledger::ToHex(kit.filler.Any(EntityKind::kIdentity)));
  }
  if (kit.dice.Percent(10)) {
    record.Set("seal", Json::MakeObject({{"blob_digest", kit.filler.Hash()},
                                         {"commitment", CommitmentTo(CanonicalJson(Opened()))},
                                         {"ground_code", "CASE"},
                                         {"until", kit.world.Time() + 9 * kDayMs}}));
  }
  if (kit.dice.Percent(30)) {
    Json tags = Json::MakeArray();
    tags.Push(kit.filler.Hash());
    if (kit.dice.Percent(40)) tags.Push(kit.filler.Hash());
    record.Set("subject_tags", std::move(tags));
  }
  for (const std::string_view member : {"items_mask", "purpose_code", "client_ip", "bytes"}) {
    if (kit.dice.Percent(3)) record.Remove(member);
  }
  return record;
}
void Reporter(Kit& kit, Draft& draft, const EntityBody* grant) {
  if (grant == nullptr) return;
  draft.department = grant->Party(kit.dice.Percent(85) ? "provider" : "consumer");
}
void RecordOne(Kit& kit, Draft& draft) {
  const bool without = draft.subject.IsZero() || kit.dice.Percent(7);
  const EntityBody* grant = kit.world.Body(draft.subject);
  draft.body = Record(kit, without ? nullptr : grant);
  if (!without) {
    draft.body.Set("grant", ledger::ToHex(draft.subject));
    Reporter(kit, draft, grant);
    return;
  }
  draft.subject = {};
  const EntityId resource = kit.filler.Any(EntityKind::kResource);
  const EntityBody* body = kit.world.Body(resource);
  draft.body.Set("grant_missing", true).Set("resource", ledger::ToHex(resource));
  draft.body.Set("consumer", kit.filler.Department());
  if (body != nullptr) draft.department = body->Party("provider");
}
Json CountedList(std::string_view name, Json what, std::int64_t n) {
  Json entry = Json::MakeObject({{"n", n}});
  Json list = Json::MakeArray();
  list.Push(entry.Set(name, std::move(what)));
  return list;
}
// How many calls a digest tells of: in a busy walk about as many as the cap of the day.
std::int64_t CallsOf(Kit& kit, const EntityBody* grant) {
  const std::int64_t cap = grant != nullptr ? grant->Terms().IntegerOr("daily_cap") : 0;
  if (!kit.busy || cap == 0 || kit.dice.Percent(30)) return kit.dice.Between(0, 40);
  return std::max<std::int64_t>(0, cap + kit.dice.Between(-2, 2));
}
// Six of ten agree with themselves; of the others each member is drawn alone.
Json DigestOf(Kit& kit, const EntityBody* grant) {
  const bool agrees = kit.dice.Percent(60);
  const auto drawn = [&](std::int64_t right, std::int64_t most) {
    return agrees ? right : kit.dice.Between(0, most);
  };
  const std::int64_t late = kit.busy && kit.dice.Percent(25) ? kit.dice.Between(1, 90) : 0;
  const std::int64_t to = kit.world.Time() - kit.dice.Between(1, 200) * kMinuteMs - late * kHourMs;
  const std::int64_t ok = std::max<std::int64_t>(agrees ? 1 : 0, CallsOf(kit, grant));
  const std::int64_t not_found = kit.dice.Between(0, 5);
  const std::int64_t denied = kit.dice.Between(0, 30);
  const std::int64_t calls = ok + not_found;
  Json versions = Json::MakeArray();
  versions.Push(kit.dice.Between(0, 2));
  Json digest = Json::MakeObject(
      {{"counts",
        Json::MakeObject({{"ok", ok}, {"not_found", not_found}, {"denied", denied}, {"error", 0}})},
       {"from", to - kit.dice.Between(0, 300) * kMinuteMs},
       {"to", to},
       {"rows", drawn(calls, 100)},
       {"bytes", kit.dice.Between(0, 90000)},
       {"max_rows", drawn(1, 60)},
       {"peak_per_min", drawn(calls, 70)},
       {"peak_denied_per_min", drawn(denied, 30)},
       {"case_root", kit.filler.Hash()},
       {"root", kit.filler.Hash()}});
  const std::string_view mask = kit.dice.Of({"01", "07", "0f"});
  digest.Set("items_mask_counts", CountedList("mask", mask, agrees ? calls : 3))
      .Set("dataset_versions", std::move(versions));
  if (agrees) digest.Set("ip_counts", CountedList("address", "10.20.3.7", calls));
  if (kit.dice.Percent(20)) digest.Set("out_of_window", agrees ? 0 : 2);
  return digest;
}
void Batch(Kit& kit, Draft& draft) {
  const EntityBody* grant = kit.world.Body(draft.subject);
  Json body = Json::MakeObject({{"grant", ledger::ToHex(draft.subject)},
                                {"batch_id", kit.dice.Percent(95) ? kit.NextId("b") : "b1"}});
  if (kit.dice.Percent(50)) {
    body.Set("form", "digest").Set("digest", DigestOf(kit, grant));
    const Json terms = grant != nullptr ? grant->Terms() : Json::MakeObject();
    const auto systems = terms.ItemsOf("systems");
    if (!systems.empty()) body.Set("system", systems.front().TextOr("system"));
  } else {
    Json records = Json::MakeArray();
    const std::uint64_t count = 1 + kit.dice.Below(kit.busy ? 14 : 8);
    for (std::uint64_t i = 0; i < count; ++i) records.Push(Record(kit, grant));
    body.Set("form", "full").Set("records", std::move(records));
  }
  if (kit.dice.Percent(40)) body.Set("prev_batch_id", "b" + std::to_string(kit.serial));
  draft.body = std::move(body);
  Reporter(kit, draft, grant);
}
// Of what was reported under the grant, by id: most guesses are wrong, some are not.
std::string ReportedId(Kit& kit, const EntityId& grant, std::string_view member) {
  const std::vector<Done>& log = kit.world.Log();
  const std::string hex = ledger::ToHex(grant);
  for (std::size_t back = 1; back <= std::min<std::size_t>(log.size(), 400); ++back) {
    const ledger::Payload& payload = log[log.size() - back].transaction->payload;
    if (!payload.op.starts_with("access.") || payload.body.TextOr("grant") != hex) continue;
    const std::string_view id = payload.body.TextOr(member);
    if (!id.empty() && kit.dice.Percent(50)) return std::string(id);
  }
  return "a" + std::to_string(kit.dice.Between(1, kit.serial + 1));
}
void Acknowledge(Kit& kit, Draft& draft) {
  const EntityBody* grant = kit.world.Body(draft.subject);
  if (grant != nullptr) draft.department = grant->Party("consumer");
  draft.body.Remove("acc_id");
  draft.body.Remove("batch_id");
  const std::string_view member = kit.dice.Percent(70) ? "acc_id" : "batch_id";
  draft.body.Set(member, ReportedId(kit, draft.subject, member));
}
void Disclose(Kit& kit, Draft& draft) {
  const std::vector<Done>& log = kit.world.Log();
  for (std::size_t back = 1; back <= std::min<std::size_t>(log.size(), 600); ++back) {
    const ledger::Payload& payload = log[log.size() - back].transaction->payload;
    if (payload.op != "access.record" || payload.body.Find("seal") == nullptr) continue;
    const auto grant = ledger::ParseEntityId(payload.body.TextOr("grant"));
    if (!grant || kit.dice.Percent(40)) continue;
    draft.subject = *grant;
    draft.body.Set("grant", payload.body.TextOr("grant"));
    draft.body.Set("acc_id", payload.body.TextOr("acc_id"));
    draft.department = payload.department;
    break;
  }
  draft.body.Set("opened", Opened());
  draft.body.Set("salt", kit.dice.Percent(80) ? kSalt : kit.filler.Hash());
}
void LeafDemand(Kit& kit, Draft& draft) {
  const EntityId engagement = kit.filler.Any(EntityKind::kEngagement);
  if (!engagement.IsZero()) draft.body.Set("engagement", ledger::ToHex(engagement));
  draft.body.Set("term", kit.world.Time() + kit.dice.Between(3, 12) * kDayMs);
  const EntityId grant = kit.filler.Any(EntityKind::kGrant);
  const EntityBody* body = kit.world.Body(grant);
  draft.body.Set("acc_id", kit.NextId("leaf"));
  draft.body.Set("document_digest", kit.filler.Hash());
  if (body == nullptr) return;
  draft.body.Set("grant", ledger::ToHex(grant));
  draft.body.Set("keeper", body->Party(kit.dice.Percent(50) ? "provider" : "consumer"));
  const EntityId identity = kit.filler.Any(EntityKind::kIdentity);
  draft.body.Set("identity", ledger::ToHex(identity));
  const EntityBody* person = kit.world.Body(identity);
  if (draft.body.TextOr("kind") == "NAME" && person != nullptr) {
    draft.body.Set("keeper", person->department);
  }
}
void Produced(Kit& kit, Draft& draft) {
  const EntityBody* demand = kit.world.Body(draft.subject);
  if (demand == nullptr || kit.dice.Percent(50)) return;
  const std::string asked = std::string(demand->Form().TextOr("document_digest"));
  if (!asked.empty()) draft.body.Set("digest", asked);
}
void Watermark(Kit& kit, Draft& draft) {
  const std::string code = kit.NextId("w");
  draft.body.Set("commitment", CommitmentTo(code)).Set("algo", code);
}
void Trace(Kit& kit, Draft& draft) {
  const EntityId id = kit.filler.Any(EntityKind::kWatermark);
  const EntityBody* watermark = kit.world.Body(id);
  if (watermark == nullptr) return;
  Json openings = Json::MakeArray();
  openings.Push(Json::MakeObject({{"watermark", ledger::ToHex(id)},
                                  {"code", watermark->Form().TextOr("algo")},
                                  {"salt", kit.dice.Percent(80) ? kSalt : kit.filler.Hash()}}));
  draft.body.Set("openings", std::move(openings));
}

void Declare(Kit& kit, Draft& draft) {
  draft.body.Set("end", kit.world.Time() + kit.dice.Between(10, 74) * kHourMs);
  draft.body.Set("document_digest", kit.filler.Hash());
  Json labels = Json::MakeArray();
  labels.Push("vehicle");
  draft.body.Set("labels", std::move(labels));
}
std::string_view NameOfStatus(const EntityBody& body) {
  return ledger::StatusName(body.kind, body.status);
}
// One that runs, if there is one.
void TakeRunningEmergency(Kit& kit, Draft& draft) {
  for (const EntityId& id : kit.world.Of(EntityKind::kEmergency)) {
    const EntityBody* body = kit.world.Body(id);
    if (NameOfStatus(*body) != "DECLARED" || body->Number("end") <= kit.world.Time()) continue;
    draft.subject = id;
    draft.body.Set("emergency", ledger::ToHex(id));
  }
}
void EndEmergency(Kit& kit, Draft& draft) { TakeRunningEmergency(kit, draft); }
void RenewEmergency(Kit& kit, Draft& draft) {
  TakeRunningEmergency(kit, draft);
  const EntityBody* emergency = kit.world.Body(draft.subject);
  if (emergency == nullptr) return;
  draft.body.Set("end", emergency->Number("end") + kit.dice.Between(1, 75) * kHourMs);
}
void OpenEmergencyGrant(Kit& kit, Draft& draft) {
  TakeRunningEmergency(kit, draft);
  const EntityBody* emergency = kit.world.Body(draft.subject);
  EntityId resource;
  for (int i = 0; i < 12; ++i) {
    resource = kit.filler.Any(EntityKind::kResource);
    const EntityBody* one = kit.world.Body(resource);
    if (one == nullptr) return;
    if (NameOfStatus(*one) == "PUBLISHED" && one->Text("share_class") != "NOT_SHARED") break;
  }
  const EntityBody* body = kit.world.Body(resource);
  if (emergency == nullptr || body == nullptr) return;
  if (kit.dice.Percent(90)) draft.department = body->Party("manager");
  const Json scope = emergency->Form();
  const auto departments = scope.ItemsOf("departments");
  const std::string consumer = !departments.empty() && kit.dice.Percent(90)
                                   ? std::string(departments.front().AsString())
                                   : kit.filler.Department();
  const std::string system = kit.Officer(consumer, 0);
  const auto record = system.empty() ? std::nullopt : kit.world.Key(system);
  Json cidrs = Json::MakeArray();
  cidrs.Push("10.20.3.0/24");
  Json systems = Json::MakeArray();
  if (record) {
    systems.Push(Json::MakeObject(
        {{"system", ledger::ToHex(record->identity)}, {"cidrs", std::move(cidrs)}}));
  }
  Json accounts = Json::MakeArray();
  accounts.Push(Json::MakeObject({{"tag", std::string(64, 'a')}}));
  draft.body.Set("resource", ledger::ToHex(resource))
      .Set("consumer", consumer)
      .Set("systems", std::move(systems))
      .Set("accounts", std::move(accounts))
      .Set("items", kit.filler.SomeItems(body))
      .Set("mode", kit.dice.Of({"API", "API", "PAGE", "BATCH"}))
      .Set("retention_until", kit.filler.DateIn(30));
  Json nets = Json::MakeArray();
  nets.Push("10.30.0.0/16");
  Json measures = Json::MakeArray();
  for (const std::string_view measure : {"MFA", "MASK", "ENCRYPTED_TRANSFER", "ENCRYPTED_STORAGE",
                                         "WATERMARK", "ACCESS_LOG", "RETENTION_DATE"}) {
    measures.Push(measure);
  }
  draft.body.Set("client_nets", std::move(nets)).Set("measures", std::move(measures));
}
void ObjectTo(Kit& kit, Draft& draft) {
  for (int i = 0; i < 30; ++i) {
    const EntityId grant = kit.filler.Any(EntityKind::kGrant);
    const EntityBody* body = kit.world.Body(grant);
    if (body == nullptr || body->Link("emergency") == nullptr) continue;
    draft.subject = grant;
    draft.body.Set("grant", ledger::ToHex(grant));
    return;
  }
}
void ReviewEmergency(Kit& kit, Draft& draft) {
  const EntityBody* emergency = kit.world.Body(draft.subject);
  if (emergency == nullptr) return;
  for (const ledger::Clock& clock : emergency->clocks) {
    if (clock.code == "D13" && kit.dice.Percent(60)) draft.department = clock.department;
  }
}

constexpr std::pair<std::string_view, Hint> kHints[] = {
    {"access.record", RecordOne},        {"access.batch", Batch},
    {"access.acknowledge", Acknowledge}, {"access.disclose", Disclose},
    {"access.leaf_demand", LeafDemand},  {"access.leaf_produced", Produced},
    {"watermark.register", Watermark},   {"leak.trace", Trace},
    {"emergency.declare", Declare},      {"emergency.renew", RenewEmergency},
    {"emergency.end", EndEmergency},     {"emergency.open_grant", OpenEmergencyGrant},
    {"emergency.object", ObjectTo},      {"emergency.review", ReviewEmergency},
};

}  // namespace

Hint AccessHint(std::string_view op) { return FindHint(kHints, op); }

}  // namespace jiandu::contracts::property
