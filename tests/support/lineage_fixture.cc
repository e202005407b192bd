// Resources, grants and derivations of several departments.
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {

EntityId LineageCase::DraftOf(std::string_view alias, const Json& content) {
  const Outcome outcome =
      net.Do("resource.draft", CodeOf(alias), {Maker(std::string(alias) + "-c1")},
             Json::MakeObject({{"content", content}}));
  EXPECT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  return outcome.Born(ledger::EntityKind::kResource);
}

Outcome LineageCase::SubmitOf(std::string_view alias, const EntityId& id, const Json& content) {
  Json body = Ref("resource", id);
  body.Set("content", content);
  const std::string name(alias);
  return net.Do("resource.submit", CodeOf(alias), {Maker(name + "-c1"), Head(name + "-l1")}, body);
}

void LineageCase::PublishDraft(const EntityId& id) {
  Json body = Ref("resource", id);
  body.Set("verdict", "OK");
  ASSERT_TRUE(net.Do("resource.review", kDb, {Maker("db-c1"), Head("db-h1")}, body).Accepted());
  const Outcome published =
      net.Do("resource.publish", kDb, {Maker("db-c1"), Head("db-h1")}, Ref("resource", id));
  ASSERT_TRUE(published.Accepted()) << CodeName(published.code);
}

void LineageCase::Ask(const EntityId& id, std::string_view alias, std::string_view provider,
                      const std::vector<std::string>& items) {
  const std::string name(alias);
  const std::string owner(provider);
  Json body = RequestBody();
  Json wanted = Json::MakeArray();
  for (const std::string& item : items) {
    wanted.Push(Json::MakeObject({{"item_id", item}, {"need_code", "N1"}}));
  }
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject({{"system", ledger::ToHex(net.Identity(name + "-app"))},
                                 {"cidrs", Texts({"10.20.3.0/24"})}}));
  body.Set("resource", ledger::ToHex(id)).Set("items", wanted).Set("systems", systems);
  body.Set("derive_kinds", Texts({"COMPARE", "INTEGRATE", "AGGREGATE"}));
  const Outcome asked =
      net.Do("request.submit", CodeOf(alias), {Maker(name + "-c1"), Head(name + "-h1")}, body);
  ASSERT_TRUE(asked.Accepted()) << CodeName(asked.code);
  request = asked.Born(ledger::EntityKind::kRequest);
  ASSERT_TRUE(net.Do("decision.submit", CodeOf(provider),
                     {Maker(owner + "-c1"), Head(owner + "-h1")}, DecisionBody())
                  .Accepted());
  ASSERT_TRUE(Decide("db", DecisionBody()).Accepted());
}

EntityId LineageCase::GrantOn(const EntityId& id, std::string_view alias, std::string_view provider,
                              const std::vector<std::string>& items, const Json& changes) {
  const EntityId first = grant;  // opening another one leaves it the case's own
  Ask(id, alias, provider, items);
  Json open = OpenBody();
  for (const Json::Member& change : changes.Members()) open.Set(change.name, change.value);
  const Outcome opened = Open(open);
  EXPECT_TRUE(opened.Accepted()) << CodeName(opened.code);
  const EntityId opened_id = opened.Born(ledger::EntityKind::kGrant);
  grant = first;
  Json acknowledged = Ref("grant", opened_id);
  acknowledged.Set("duty_agreement_digest", Hash('9'));
  const std::string head = std::string(alias) + "-h1";
  EXPECT_TRUE(net.Do("grant.acknowledge", CodeOf(alias), {Head(head)}, acknowledged).Accepted());
  return opened_id;
}

void LineageCase::ReachHolder(const Json& changes) {
  PublishResource();
  grant = GrantOn(resource, "jt", "ga", {"plate", "status", "owner"}, changes);
}

Json LineageCase::DerivedContent(std::string_view code, std::string_view grade) {
  Json content = Content("CONDITIONAL", grade);
  Json items = Json::MakeArray();
  items.Push(Item("plate", "G2"));
  items.Push(Item("verdict", grade));
  content.Set("items", items).Set("code", code).Set("kind", "DERIVED");
  content.Set("share_scope", Texts({kSw, kGa, kDb}));
  return content;
}

Json LineageCase::Input(const EntityId& from, std::int64_t version, const EntityId& under,
                        std::initializer_list<std::string_view> items) {
  Json input = Ref("resource", from);
  input.Set("version", version).Set("items", Texts(items));
  if (!under.IsZero()) input.Set("grant", ledger::ToHex(under));
  return input;
}

Json LineageCase::Made(std::string_view item, std::string_view from, bool unchanged, int input) {
  Json sources = Json::MakeArray();
  sources.Push(Json::MakeObject({{"input", input}, {"item", from}}));
  Json made = Json::MakeObject({{"out_item", item}, {"from", sources}});
  if (unchanged) made.Set("unchanged", true);
  return made;
}

Json LineageCase::DerivationBody(const EntityId& made, Json input, Json map) {
  Json inputs = Json::MakeArray();
  inputs.Push(std::move(input));
  Json body = Ref("resource", made);
  body.Set("out_version", 1).Set("inputs", inputs).Set("kind", "COMPARE");
  body.Set("transform_digest", Hash('1')).Set("item_map", std::move(map));
  return body;
}

Json LineageCase::D1Body(bool plate_survives) const {
  Json map = Json::MakeArray();
  map.Push(Made("plate", "plate", plate_survives));
  map.Push(Made("verdict", "status"));
  return DerivationBody(d1, Input(resource, 0, grant, {"plate", "status"}), map);
}

Outcome LineageCase::Derive(const Json& body, std::string_view alias) {
  Outcome outcome =
      net.Do("derivation.record", CodeOf(alias), {Maker(std::string(alias) + "-c1")}, body);
  if (outcome.Accepted()) derivation = outcome.Born(ledger::EntityKind::kDerivation);
  return outcome;
}

void LineageCase::ReachDerived() {
  ReachHolder();
  d1 = DraftOf("jt", DerivedContent());
  ASSERT_EQ(Derive(D1Body()).flags, 0U);
  ASSERT_TRUE(SubmitOf("jt", d1, DerivedContent()).Accepted());
  PublishDraft(d1);
  below = GrantOn(d1, "sw", "jt", {"plate", "verdict"});
}

std::string_view LineageCase::CodeOf(std::string_view alias) {
  if (alias == "ga") return kGa;
  if (alias == "jt") return kJt;
  if (alias == "sw") return kSw;
  return alias == "sj" ? kSj : kDb;
}

std::vector<DerivedFlag> LineageCase::FlagsOf(const EntityId& id) const {
  return DerivedFlagsOf(net.View(), {.height = net.Height(), .time = net.Time()}, id);
}

DerivedFlag LineageCase::FlagOf(const EntityId& id, std::string_view name,
                                const EntityId& subject) const {
  for (const DerivedFlag& flag : FlagsOf(id)) {
    if (flag.flag == name && (subject.IsZero() || flag.subject == subject)) return flag;
  }
  return {};
}

bool LineageCase::Shows(const EntityId& id, std::string_view name) const {
  return !FlagOf(id, name).flag.empty();
}

}  // namespace jiandu::contracts::testing
