// `jiandu audit`: the saved queries of auditors (docs/audit-queries.md), one subcommand each.
//
// Inside an engagement the query is put on record first, and its result afterwards.

#include <algorithm>
#include <memory>

#include "cli/audit_log.h"
#include "cli/audit_pages.h"
#include "cli/audit_table.h"
#include "cli/verbs.h"
#include "gateway/audit_query.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kPageRows = 200;

struct AskState {
  ActingOptions acting;
  PageOptions page;
  std::string engagement;
  std::vector<std::string> values;  // of the query's parameters, in order
};

std::string OptionOf(std::string_view parameter) {
  std::string name = "--" + std::string(parameter);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::vector<gateway::Parameter> ParametersOf(const gateway::AuditQuery& query,
                                             const AskState& state) {
  std::vector<gateway::Parameter> parameters;
  for (std::size_t i = 0; i < query.parameters.size(); ++i) {
    if (state.values[i].empty()) continue;
    parameters.push_back({.name = std::string(query.parameters[i].name), .value = state.values[i]});
  }
  return parameters;
}

// One page; as of the first one's height where the node still keeps that state.
std::expected<Json, Exit> ReadPage(const Output& out, Acting& acting, const std::string& target,
                                   std::int64_t height) {
  if (height > 0) {
    auto kept = acting.Client().Get(target + "&as_of=" + std::to_string(height));
    if (kept && kept->status == 200) return std::move(kept->body);
    const bool gone =
        kept && kept->status == 404 && kept->body.TextOr("type") == "/problems/state-not-kept";
    if (!gone) return acting.Read(out, target + "&as_of=" + std::to_string(height));
  }
  return acting.Read(out, target);
}

// All pages as one answer.
std::expected<Json, Exit> ReadPages(const Output& out, Acting& acting, const std::string& target,
                                    std::size_t limit) {
  AuditPages pages;
  while (true) {
    const std::size_t left = limit == 0 ? kPageRows : limit - pages.RowCount();
    const std::string cursor = pages.Next().empty() ? "" : "&cursor=" + pages.Next();
    const auto page = ReadPage(
        out, acting, target + "limit=" + std::to_string(std::min(kPageRows, left)) + cursor,
        pages.Height());
    if (!page) return std::unexpected(page.error());
    if (!pages.Add(*page)) {
      return std::unexpected(out.Fail(Exit::kFailed, "the node answered another query", "ask again",
                                      "节点返回了其他查询的结果"));
    }
    if (pages.Next().empty() || (limit > 0 && pages.RowCount() >= limit)) return pages.Take();
  }
}

Exit Ask(const Output& out, const gateway::AuditQuery& query, const AskState& state) {
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  const auto parameters = ParametersOf(query, state);
  std::string target = "/v1/audit/queries/" + std::string(query.name) + "?";
  for (const gateway::Parameter& parameter : parameters) {
    target += parameter.name + "=" + UrlPart(parameter.value) + "&";
  }
  if (state.engagement.empty()) {
    const auto answer = ReadPages(out, *acting, target, state.page.Limit());
    if (!answer) return answer.error();
    out.Result(*answer, AnswerTable(out, *answer));
    return Exit::kOk;
  }
  const auto logged = LogQuery(out, *acting, std::string(query.name), parameters, state.engagement,
                               state.acting.wait_s);
  if (!logged) return logged.error();
  const auto answer =
      ReadPages(out, *acting, target + logged->Parameters() + "&", state.page.Limit());
  if (!answer) return answer.error();
  const auto result = LogResult(out, *acting, *logged, *answer, state.acting.wait_s);
  Json told = *answer;
  told.Set("log", Json::MakeObject({{"txid", logged->txid}, {"salt", logged->salt}}));
  out.Result(told, AnswerTable(out, told));
  return result ? Exit::kOk : result.error();
}

// What may be asked, as the node knows it.
Exit List(const Output& out, const ActingOptions& options) {
  auto acting = Acting::Open(out, options);
  if (!acting) return acting.error();
  const auto list = acting->Read(out, "/v1/audit/queries");
  if (!list) return list.error();
  out.Result(*list, QueryTable(*list));
  return Exit::kOk;
}

void AddQuery(CLI::App& noun, Context& context, const gateway::AuditQuery& query) {
  auto* command = noun.add_subcommand(
      std::string(query.name), std::string(query.title) + " / " + std::string(query.title_zh));
  auto state = std::make_shared<AskState>();
  state->values.resize(query.parameters.size());
  for (std::size_t i = 0; i < query.parameters.size(); ++i) {
    const gateway::QueryParameter& parameter = query.parameters[i];
    auto* option = command->add_option(
        OptionOf(parameter.name), state->values[i],
        std::string(parameter.description) + " / " + std::string(parameter.description_zh));
    option->required(parameter.required);
  }
  auto* engagement = command->add_option(
      "--engagement", state->engagement,
      "Open engagement; the query is logged first, by a SYSTEM key / 审计任务，查询将先行登记");
  engagement->required(query.subject_level);
  AddPageOptions(*command, state->page);
  AddReadOptions(*command, state->acting);
  OnRun(command, context, [&context, &query, state] { return Ask(context.out, query, *state); });
}

}  // namespace

void AddAudit(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("audit", "What auditors ask of the ledger / 审计查询");
  noun->require_subcommand(1);
  AddOpVerb(*noun, context,
            {.name = "open",
             .op = "audit.open",
             .subject = "",
             .help = "Open an engagement: what it covers, and until when / 开立审计任务",
             .fields = {{"departments", "Codes of departments, separated by commas"},
                        {"resources", "Resources, separated by commas"},
                        {"period_from", "First day it covers, yyyymmdd"},
                        {"period_to", "Last day it covers, yyyymmdd"},
                        {"document_digest", "SHA-256 of the audit notice, or @FILE"},
                        {"until", "Last day on which it is open, yyyymmdd"}}});
  auto* list = noun->add_subcommand(
      "list", "The queries: titles, options, sources, what each needs / 列出审计查询");
  const auto state = std::make_shared<ActingOptions>();
  AddReadOptions(*list, *state);
  OnRun(list, context, [&context, state] { return List(context.out, *state); });
  for (const gateway::AuditQuery& query : gateway::AuditQueries()) AddQuery(*noun, context, query);
}

}  // namespace jiandu::cli
