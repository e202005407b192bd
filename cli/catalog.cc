// `jiandu catalog`: the catalogue of resources (数据目录).

#include "cli/body_input.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

struct ContentState {
  ActingOptions acting;
  std::string file;
  std::string resource;  // "" for a new one
};

// draft FILE and submit RESOURCE FILE: the file holds the content alone, as people write it.
Exit SendContent(const Output& out, const char* op, const ContentState& state) {
  auto content = ReadJsonFile(state.file);
  if (!content) {
    return out.Fail(Exit::kUsage, content.error().detail,
                    "write the content as JSON; jiandu tx new " + std::string(op) +
                        " --skeleton gives one to fill in",
                    "目录内容无法读取");
  }
  // A whole body does as well.
  const Json* inner = content->Find("content");
  Json body = Json::MakeObject({{"content", inner != nullptr ? *inner : *content}});
  if (!state.resource.empty()) body.Set("resource", state.resource);
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  return acting->Submit(out, state.acting, *ledger::FindOp(op), std::move(body));
}

}  // namespace

void AddCatalog(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("catalog", "The catalogue of resources / 目录");
  noun->require_subcommand(1);
  AddReadVerbs(*noun, context,
               {.path = "resources",
                .help_list = "Resources you may see / 列出资源",
                .help_show = "One resource with its content / 查看资源",
                .by_resource = false});

  auto* draft = noun->add_subcommand("draft", "Register a draft from a JSON file / 编目");
  const auto draft_state = std::make_shared<ContentState>();
  draft
      ->add_option("file", draft_state->file,
                   "Content (JSON), - for standard input / 内容（JSON），- 为标准输入")
      ->required();
  AddActOptions(*draft, draft_state->acting);
  OnRun(draft, context, [&context, draft_state] {
    return SendContent(context.out, "resource.draft", *draft_state);
  });

  auto* submit =
      noun->add_subcommand("submit", "Submit for review, with the department head's key / 报送");
  const auto submit_state = std::make_shared<ContentState>();
  submit->add_option("resource", submit_state->resource, "Id of the draft / 草稿编号")->required();
  submit
      ->add_option("file", submit_state->file,
                   "Content (JSON), - for standard input / 内容（JSON），- 为标准输入")
      ->required();
  AddActOptions(*submit, submit_state->acting);
  OnRun(submit, context, [&context, submit_state] {
    return SendContent(context.out, "resource.submit", *submit_state);
  });

  AddOpVerb(*noun, context,
            {.name = "review",
             .op = "resource.review",
             .subject = "resource",
             .help = "The manager's verdict / 审核",
             .fields = {{"verdict", "OK or RETURN"},
                        {"reason_code", "Why it is returned"},
                        {"reason_digest", "SHA-256 of the reasons, or @FILE"}}});
  AddOpVerb(*noun, context,
            {.name = "publish",
             .op = "resource.publish",
             .subject = "resource",
             .help = "Publish what was approved / 发布"});
  AddOpVerb(*noun, context,
            {.name = "refresh",
             .op = "resource.refresh",
             .subject = "resource",
             .help = "A new version of the data / 更新",
             .fields = {{"dataset_version", "Number of the version"},
                        {"dataset_digest", "SHA-256 of the data, or @FILE"}}});
  AddOpVerb(*noun, context,
            {.name = "retire",
             .op = "resource.retire",
             .subject = "resource",
             .help = "Take it out of the catalogue, the leader and the manager's head / 下线",
             .fields = {{"settled", "Cases this ends: their ids, separated by commas"}}});
  AddOpVerb(*noun, context,
            {.name = "discard",
             .op = "resource.discard",
             .subject = "resource",
             .help = "Throw a draft away / 撤销草稿"});
}

}  // namespace jiandu::cli
