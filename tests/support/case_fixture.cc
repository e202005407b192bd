// The bodies and steps of a sharing case.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

Json Texts(std::initializer_list<std::string_view> texts) {
  Json list = Json::MakeArray();
  for (const std::string_view text : texts) list.Push(text);
  return list;
}

Json Item(std::string_view id, std::string_view grade, std::string_view pi) {
  return Json::MakeObject({{"item_id", id},
                           {"name", id},
                           {"element_code", "DE-" + std::string(id)},
                           {"item_role", "CONTENT"},
                           {"type", "string"},
                           {"item_grade", grade},
                           {"pi_flag", pi},
                           {"subject_kind", "VEHICLE"}});
}

Json Content(std::string_view share_class, std::string_view grade) {
  const std::string_view low = grade == "G1" ? "G1" : "G2";
  Json items = Json::MakeArray();
  items.Push(Item("plate", low));
  items.Push(Item("status", low));
  items.Push(Item("owner", grade, grade == "G1" ? "NONE" : "PI"));
  items.Push(Item("citizen_no", grade, grade == "G1" ? "NONE" : "PI"));
  Json content = Json::MakeObject(
      {{"code", "R1"},
       {"name", "机动车登记信息"},
       {"abstract", "登记"},
       {"category",
        Json::MakeObject(
            {{"class", "A"}, {"group", "B"}, {"directory", "C"}, {"subdirectory", "D"}})},
       {"kind", "DEPARTMENT"},
       {"format", "database"},
       {"update_cycle", "DAILY"},
       {"share_class", share_class},
       {"delivery_modes", Texts({"API", "PAGE", "BATCH", "FILE"})},
       {"labels", Texts({"vehicle"})},
       {"schema_digest", Hash('1')},
       {"schema_version", 1},
       {"secrecy_assessment_digest", Hash('2')},
       {"secrecy_declared", "none"},
       {"grade", grade},
       {"pia_digest", Hash('3')}});
  content.Set("items", std::move(items));
  if (share_class == "CONDITIONAL") {
    content.Set("share_scope", Texts({kJt, kSw, kDb}))
        .Set("share_conditions", Texts({"LAW_ENFORCEMENT", "SUPERVISION"}));
  }
  if (share_class == "NOT_SHARED") {
    content.Set("prohibition_basis", Json::MakeObject({{"kind", "LAW"},
                                                       {"law", "税收征收管理法"},
                                                       {"article", "第八条"},
                                                       {"doc_digest", Hash('4')}}));
  }
  return content;
}

Json Ref(std::string_view name, const EntityId& id) {
  return Json::MakeObject({{name, ledger::ToHex(id)}});
}

TestCase::TestCase(std::string_view profile, Json settings, Above above)
    : net(profile, std::move(settings), above), profile_(profile) {}

Outcome TestCase::Draft(Json content, const std::string& alias) {
  Outcome outcome = net.Do("resource.draft", alias == "db" ? kDb : kGa, {Maker(alias + "-c1")},
                           Json::MakeObject({{"content", std::move(content)}}));
  if (outcome.Accepted()) resource = outcome.Born(ledger::EntityKind::kResource);
  return outcome;
}

Outcome TestCase::SubmitResource(Json content, const std::string& alias) {
  Json body = Ref("resource", resource);
  body.Set("content", std::move(content));
  return net.Do("resource.submit", alias == "db" ? kDb : kGa,
                {Maker(alias + "-c1"), Head(alias + "-l1")}, body);
}

Outcome TestCase::Review(std::string_view verdict) {
  Json body = Ref("resource", resource);
  body.Set("verdict", verdict);
  if (verdict == "RETURN") body.Set("reason_code", "QUALITY").Set("reason_digest", Hash('5'));
  return net.Do("resource.review", kDb, {Maker("db-c1"), Head("db-h1")}, body);
}

Outcome TestCase::Publish() {
  return net.Do("resource.publish", kDb, {Maker("db-c1"), Head("db-h1")},
                Ref("resource", resource));
}

void TestCase::PublishResource(const Json& content, const std::string& alias) {
  ASSERT_TRUE(Draft(content, alias).Accepted());
  const Outcome submitted = SubmitResource(content, alias);
  ASSERT_TRUE(submitted.Accepted()) << CodeName(submitted.code);
  ASSERT_TRUE(Review().Accepted());
  ASSERT_TRUE(Publish().Accepted());
}

Json TestCase::RequestBody(std::string_view share_class) {
  Json items = Json::MakeArray();
  for (const std::string_view id : {"plate", "status", "owner"}) {
    items.Push(Json::MakeObject({{"item_id", id}, {"need_code", "N1"}}));
  }
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject(
      {{"system", ledger::ToHex(net.Identity("jt-app"))}, {"cidrs", Texts({"10.20.3.0/24"})}}));
  Json body = Json::MakeObject({{"resource", ledger::ToHex(resource)},
                                {"resource_version", 1},
                                {"kind", "NORMAL"},
                                {"share_class", share_class},
                                {"basis_kind", "LAW"},
                                {"basis_ref", "道路运输条例"},
                                {"basis_doc_digest", Hash('6')},
                                {"scene_code", "SUPERVISION"},
                                {"scene_digest", Hash('7')},
                                {"use_scope", "运输监管"},
                                {"delivery_mode", "API"},
                                {"matter_code", "M-1"},
                                {"valid_from", 20260302},
                                {"valid_to", 20261231},
                                {"measures", Texts({"MFA", "ACCESS_LOG", "MASK"})},
                                {"measures_doc_digest", Hash('8')},
                                {"deploy_level", "CITY"},
                                {"daily_avg_declared", 50},
                                {"daily_cap", 100},
                                {"truth_commitment", true}});
  body.Set("items", std::move(items)).Set("systems", std::move(systems));
  return body;
}

Outcome TestCase::SubmitRequest(Json body) {
  Outcome outcome = net.Do("request.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, std::move(body));
  if (outcome.Accepted()) request = outcome.Born(ledger::EntityKind::kRequest);
  return outcome;
}

Json TestCase::DecisionBody(std::string_view verdict) const {
  Json body = Ref("request", request);
  body.Set("verdict", verdict);
  return body;
}

Outcome TestCase::Decide(std::string_view alias, Json body) {
  const std::string name(alias);
  const std::string_view department = alias == "db" ? kDb : alias == "ga" ? kGa : kJt;
  return net.Do("decision.submit", department, {Maker(name + "-c1"), Head(name + "-h1")},
                std::move(body));
}

void TestCase::Approve() {
  ASSERT_TRUE(Decide("ga", DecisionBody()).Accepted());
  if (profile_ != "order809") {
    ASSERT_TRUE(Decide("db", DecisionBody()).Accepted());
  }
}

Json TestCase::OpenBody() const {
  return Json::MakeObject({{"request", ledger::ToHex(request)},
                           {"duty_agreement_digest", Hash('9')},
                           {"purpose_code", "SUPERVISION"},
                           {"disposal_method", "DELETE"},
                           {"valid_to", 20261231},
                           {"daily_cap", 100},
                           {"rate_per_min", 60},
                           {"rows_per_call_max", 10},
                           {"bytes_per_day", 1'000'000}});
}

Outcome TestCase::Open(Json body) {
  const std::string name = profile_ == "order809" ? "ga" : "db";
  Outcome outcome = net.Do("grant.open", profile_ == "order809" ? kGa : kDb,
                           {Maker(name + "-c1"), Head(name + "-h1")}, std::move(body));
  if (outcome.Accepted()) grant = outcome.Born(ledger::EntityKind::kGrant);
  return outcome;
}

Outcome TestCase::Acknowledge() {
  Json body = Ref("grant", grant);
  body.Set("duty_agreement_digest", Hash('9'));
  return net.Do("grant.acknowledge", kJt, {Head("jt-h1")}, body);
}

void TestCase::ReachRequest() {
  PublishResource();
  const Outcome outcome = SubmitRequest(RequestBody());
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
}

void TestCase::ReachGrant() {
  ReachRequest();
  Approve();
  const Outcome outcome = Open(OpenBody());
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  ASSERT_TRUE(Acknowledge().Accepted());
}

Json TestCase::Record(std::string_view acc_id) const {
  return Json::MakeObject({{"acc_id", acc_id},
                           {"occurred_at", net.Time() - 100},
                           {"action", "QUERY"},
                           {"rows", 1},
                           {"result", "OK"},
                           {"system", ledger::ToHex(net.Identity("jt-app"))},
                           {"client_ip", "10.20.3.7"},
                           {"items_mask", "07"},
                           {"dataset_version", 0},
                           {"request_digest", Hash('a')},
                           {"response_digest", Hash('b')},
                           {"purpose_code", "SUPERVISION"},
                           {"matter_code", "M-1"},
                           {"case_commitment", Hash('c')},
                           {"bytes", 100}});
}

Json TestCase::LoneRecord(std::string_view acc_id) const {
  Json record = Record(acc_id);
  record.Set("grant", ledger::ToHex(grant));
  return record;
}

Outcome TestCase::Report(Json body, std::string_view alias) {
  const std::string_view department = alias == "ga" ? kGa : alias == "jt" ? kJt : kSw;
  return net.Do("access.record", department, {System(std::string(alias) + "-gw")}, std::move(body));
}

}  // namespace jiandu::contracts::testing
