// `jiandu lineage`: what became of a resource, or what it came from (docs/lineage.md).

#include <memory>

#include "base/lineage_limits.h"
#include "cli/acting.h"
#include "cli/lineage_tree.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kPageNodes = 200;

struct LineageState {
  ActingOptions acting;
  std::string entity;
  std::size_t depth = 10;
  std::size_t limit = 500;
  bool up = false;
  bool open_only = false;
  std::vector<std::string> items;
  std::string as_of;
  std::string engagement;
  std::string output;
};

std::string TargetOf(const LineageState& state) {
  std::string target = "/v1/lineage/" + UrlPart(state.entity) +
                       "?direction=" + (state.up ? "up" : "down") +
                       "&depth=" + std::to_string(state.depth);
  if (state.open_only) target += "&ended=hide";
  if (!state.as_of.empty()) target += "&as_of=" + UrlPart(state.as_of);
  if (!state.engagement.empty()) target += "&engagement=" + UrlPart(state.engagement);
  std::string items;
  for (const std::string& item : state.items) items += (items.empty() ? "" : ",") + item;
  if (!items.empty()) target += "&items=" + UrlPart(items);
  return target;
}

// All pages as one answer: nodes and edges put together, the rest as the last page says.
std::expected<Json, Exit> ReadAll(const Output& out, Acting& acting, const LineageState& state) {
  const std::string target = TargetOf(state);
  Json nodes = Json::MakeArray();
  Json edges = Json::MakeArray();
  std::string cursor;
  bool more_edges = false;
  while (true) {
    const std::size_t left =
        state.limit == 0 ? kPageNodes : std::min(kPageNodes, state.limit - nodes.Items().size());
    auto page = acting.Read(out, target + "&limit=" + std::to_string(left) +
                                     (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!page) return std::unexpected(page.error());
    for (const Json& node : page->ItemsOf("nodes")) nodes.Push(node);
    for (const Json& edge : page->ItemsOf("edges")) edges.Push(edge);
    more_edges = more_edges || page->BoolOr("more_edges");
    cursor = page->TextOr("next");
    const bool is_last = cursor.empty() || page->ItemsOf("nodes").empty() ||
                         (state.limit > 0 && nodes.Items().size() >= state.limit);
    if (!is_last) continue;
    page->Set("nodes", std::move(nodes)).Set("edges", std::move(edges));
    if (more_edges) page->Set("more_edges", true);
    return std::move(*page);
  }
}

Exit Show(Context& context, const LineageState& state) {
  Output& out = context.out;
  if (state.output == "json") out.SetForm(OutputForm::kJson);
  if (state.output == "text" || state.output == "dot") out.SetForm(OutputForm::kText);
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  const auto answer = ReadAll(out, *acting, state);
  if (!answer) return answer.error();
  out.Result(*answer, state.output == "dot" ? LineageDot(*answer) : LineageTree(out, *answer));
  return Exit::kOk;
}

}  // namespace

void AddLineage(CLI::App& root, Context& context) {
  auto* noun =
      root.add_subcommand("lineage", "What became of data, and where it comes from / 血缘");
  noun->require_subcommand(1);
  const auto state = std::make_shared<LineageState>();
  auto* show = noun->add_subcommand("show", "Draw it as a tree / 以树形显示");
  show->add_option(
          "entity", state->entity,
          "Resource, grant or holding, 34 hex digits / 资源、授权或持有编号，34 位十六进制")
      ->required();
  show->add_option("--depth", state->depth, "Levels, 1 to 256 / 层数")
      ->check(CLI::Range(std::size_t{1}, limits::kLineageDepthMax))
      ->capture_default_str();
  show->add_flag("--up", state->up, "What it came from / 来源");
  show->add_option("--item", state->items, "Only what came of this item; more than once / 数据项");
  show->add_option("--as-of", state->as_of,
                   "A height, 2026-03-24, or 2026-03-24T09:00 / 截至高度或时间");
  show->add_flag("--open", state->open_only, "Without what has ended / 仅未终止的");
  show->add_option("--engagement", state->engagement, "Inside this audit's scope / 审计任务");
  show->add_option("--limit", state->limit, "Nodes; 0: all / 节点数")->capture_default_str();
  show->add_option("--output", state->output, "text, json or dot (Graphviz) / 输出格式")
      ->check(CLI::IsMember({"text", "json", "dot"}));
  AddReadOptions(*show, state->acting);
  OnRun(show, context, [&context, state] { return Show(context, *state); });
}

}  // namespace jiandu::cli
