// The registry, and what is asked of every query before it runs.
#include "gateway/audit_query.h"

#include <algorithm>
#include <array>

#include "gateway/audit_gate.h"
#include "gateway/views.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

// Parameters of every read, whatever the query.
constexpr std::array<std::string_view, 7> kCommon{"as_of", "cursor",     "engagement", "limit",
                                                  "log",   "min_height", "salt"};

std::vector<AuditQuery> Join() {
  std::vector<AuditQuery> all;
  for (const auto family : {EventQueries(), DeadlineQueries(), UseQueries(), CaseQueries(),
                            SubjectQueries(), LiabilityQueries()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  // "q2" before "q10", the queries before the articles.
  std::ranges::sort(all, [](const AuditQuery& a, const AuditQuery& b) {
    const auto key = [](std::string_view name) {
      const bool article = !name.starts_with('q');
      const std::size_t dash = std::min(name.find('-'), name.size());
      const std::string_view last = article ? name.substr(dash) : name;
      return std::tuple(article, name.substr(0, article ? dash : 0), last.size(), last);
    };
    return key(a.name) < key(b.name);
  });
  return all;
}

Json ParameterToJson(const QueryParameter& parameter) {
  Json json = Json::MakeObject();
  json.Set("name", parameter.name).Set("required", parameter.required);
  json.Set("description", parameter.description);
  json.Set("description_zh", parameter.description_zh);
  return json;
}

Json QueryToJson(const AuditQuery& query) {
  Json json = Json::MakeObject();
  json.Set("name", query.name).Set("title", query.title).Set("title_zh", query.title_zh);
  json.Set("source", query.source);
  const bool own = query.sight == QuerySight::kOwn;
  json.Set("sight", own ? "own" : "manager_or_auditor");
  json.Set("engagement", query.subject_level);
  if (!query.subject_parameter.empty()) json.Set("engagement_with", query.subject_parameter);
  Json parameters = Json::MakeArray();
  for (const QueryParameter& parameter : query.parameters) {
    parameters.Push(ParameterToJson(parameter));
  }
  json.Set("parameters", std::move(parameters));
  return json;
}

std::optional<Problem> CheckParameters(const AuditQuery& query, const Call& call) {
  for (const Parameter& parameter : call.target.query) {
    const bool known = std::ranges::find(kCommon, parameter.name) != kCommon.end() ||
                       std::ranges::find(query.parameters, parameter.name, &QueryParameter::name) !=
                           query.parameters.end();
    if (!known) {
      return BadParameter(parameter.name,
                          "this query has no such parameter; GET /v1/audit/queries lists them "
                          "(本查询无此参数)");
    }
  }
  for (const QueryParameter& parameter : query.parameters) {
    if (!parameter.required || call.target.Find(parameter.name) != nullptr) continue;
    return BadParameter(parameter.name, "this query needs: " + std::string(parameter.description) +
                                            " (必填: " + std::string(parameter.description_zh) +
                                            ")");
  }
  return std::nullopt;
}

}  // namespace

std::span<const AuditQuery> AuditQueries() {
  static const std::vector<AuditQuery> all = Join();
  return all;
}

const AuditQuery* FindAuditQuery(std::string_view name) {
  const auto all = AuditQueries();
  const auto found = std::ranges::find(all, name, &AuditQuery::name);
  return found == all.end() ? nullptr : &*found;
}

Answer ListAuditQueries(const Call& call) {
  Json items = Json::MakeArray();
  for (const AuditQuery& query : AuditQueries()) items.Push(QueryToJson(query));
  Json json = Json::MakeObject();
  json.Set("items", std::move(items)).Set("height", Integer(call.snapshot->Height()));
  Response response = JsonResponse(json);
  MarkAsRead(response, *call.snapshot, StateTag(*call.snapshot));
  return response;
}

Answer RunAuditQuery(const Call& call) {
  const AuditQuery* query = FindAuditQuery(call.captures.front());
  if (query == nullptr) {
    return Refused(Plain(ProblemKind::kNotFound,
                         "there is no such query; GET /v1/audit/queries lists them (无此查询)"));
  }
  if (auto problem = CheckParameters(*query, call)) return Refused(*std::move(problem));
  if (query->sight == QuerySight::kManagerOrAuditor && !call.reader->sees_all) {
    return Refused(Plain(ProblemKind::kForbidden,
                         "this query is answered to managers and auditors "
                         "(本查询仅限主管部门与审计部门)"));
  }
  if (auto problem = CheckEngagement(*query, call)) return Refused(*std::move(problem));
  return query->run(*query, call);
}

}  // namespace jiandu::gateway
