// Calls, salts, pages and engagements of the saved queries.
#include "tests/support/audit_fixture.h"

#include "tests/support/contract_snapshot.h"

namespace jiandu::contracts::testing {

Hash256 SaltOf(std::uint8_t byte) {
  Hash256 salt;
  salt.bytes.fill(byte);
  return salt;
}

gateway::Answer AskAs(const TestNet& net, std::string_view department, bool sees_all,
                      std::string_view name, Asked parameters, std::uint64_t block_bytes) {
  gateway::Call call;
  call.target.path = "/v1/audit/queries/" + std::string(name);
  call.target.query = std::move(parameters);
  call.captures = {std::string(name)};
  auto snapshot = std::make_shared<ContractSnapshot>(net);
  snapshot->block_bytes = block_bytes;
  call.snapshot = std::move(snapshot);
  gateway::Reader reader;
  reader.department = department;
  reader.sees_all = sees_all;
  call.reader = reader;
  return gateway::RunAuditQuery(call);
}

Json Parsed(const gateway::Answer& answer) {
  EXPECT_TRUE(answer.has_value()) << (answer ? "" : answer.error().detail);
  if (!answer) return Json::MakeObject();
  const auto json = ParseJson(answer->body, std::size_t{8} << 20U);
  EXPECT_TRUE(json.has_value()) << answer->body;
  return json ? *json : Json::MakeObject();
}

std::vector<Json> RowsOf(const Json& answer, std::string_view word) {
  std::vector<Json> rows;
  for (const Json& row : answer.ItemsOf("rows")) {
    if (row.TextOr("row") == word) rows.push_back(row);
  }
  return rows;
}

std::vector<Json> PagesAs(const TestNet& net, std::string_view department, std::string_view name,
                          Asked parameters, std::string limit, std::uint64_t block_bytes,
                          const std::function<void()>& between) {
  std::vector<Json> rows;
  std::string cursor;
  parameters.push_back({.name = "limit", .value = std::move(limit)});
  for (int pages = 0; pages < 500; ++pages) {
    Asked page = parameters;
    if (!cursor.empty()) page.push_back({.name = "cursor", .value = cursor});
    const Json answer = Parsed(AskAs(net, department, true, name, page, block_bytes));
    for (const Json& row : answer.ItemsOf("rows")) rows.push_back(row);
    cursor = answer.TextOr("next");
    if (cursor.empty()) return rows;
    between();
  }
  ADD_FAILURE() << "pages without end";
  return rows;
}

void Auditor::Open(std::initializer_list<std::string_view> departments, std::int64_t from,
                   std::int64_t to, std::int64_t until) {
  Json body = Json::MakeObject({{"period_from", from}, {"period_to", to}, {"until", until}});
  Json list = Json::MakeArray();
  for (const std::string_view department : departments) list.Push(department);
  body.Set("departments", list).Set("document_digest", std::string(64, '1'));
  const Outcome opened = net_.Do("audit.open", kSj, {Head("sj-h1")}, body);
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  engagement = opened.Born(ledger::EntityKind::kEngagement);
}

Asked Auditor::Logged(std::string_view name, Asked parameters) {
  parameters.push_back({.name = "engagement", .value = ledger::ToHex(engagement)});
  const std::string canonical = gateway::CanonicalQuery(name, parameters);
  Json body = Json::MakeObject({{"engagement", ledger::ToHex(engagement)}});
  body.Set("query_digest", HexEncode(gateway::QueryDigest(SaltOf(7), canonical).View()));
  EXPECT_EQ(net_.Do("audit.log_query", kSj, {System("sj-gw")}, body).flags, 0U);
  parameters.push_back({.name = "log", .value = HexEncode(net_.Last()->txid.View())});
  parameters.push_back({.name = "salt", .value = HexEncode(SaltOf(7).View())});
  return parameters;
}

gateway::Answer Auditor::Ask(std::string_view name, Asked parameters) const {
  return AskAs(net_, kSj, true, name, std::move(parameters));
}

Json Auditor::AskLogged(std::string_view name, Asked parameters) {
  Asked logged = Logged(name, std::move(parameters));
  return Parsed(Ask(name, std::move(logged)));
}

}  // namespace jiandu::contracts::testing
