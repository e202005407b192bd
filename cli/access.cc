// `jiandu access` and `jiandu history`: records of use, and the events of anything in order.

#include <array>

#include "cli/body_input.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

struct EventsState {
  ActingOptions acting;
  PageOptions page;
  std::string id;
};

Exit TellEvents(const Output& out, const EventsState& state, const std::string& target,
                const std::string& what) {
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  const auto rows = acting->ReadRows(out, target, state.page.Limit());
  if (!rows) return rows.error();
  return TellRows(out, *rows, EventText, what);
}

struct FileState {
  ActingOptions acting;
  std::string file;
  std::string grant;
};

// A record or a batch as JSON; --grant names the grant when the file does not.
Exit SendFile(const Output& out, const char* op, const FileState& state) {
  auto body = ReadJsonFile(state.file);
  if (!body || !body->IsObject()) {
    return out.Fail(Exit::kUsage, body ? "the file must hold a JSON object" : body.error().detail,
                    "jiandu tx new " + std::string(op) + " --skeleton gives one to fill in",
                    "文件无法读取");
  }
  if (!state.grant.empty()) body->Set("grant", state.grant);
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  return acting->Submit(out, state.acting, *ledger::FindOp(op), std::move(*body));
}

void AddSend(CLI::App& noun, Context& context, const char* name, const char* op, const char* help) {
  auto* command = noun.add_subcommand(name, help);
  const auto state = std::make_shared<FileState>();
  command->add_option("file", state->file, "JSON, - for standard input / JSON 文件，- 为标准输入")
      ->required();
  command->add_option("--grant", state->grant,
                      "The grant, if the file does not name it / 文件未写明时的授权编号");
  AddActOptions(*command, state->acting);
  OnRun(command, context, [&context, op, state] { return SendFile(context.out, op, *state); });
}

struct CheckState {
  ActingOptions acting;
  std::vector<std::pair<std::string, std::string>> values;  // parameter and what was given
};

// What the node would let in, in words; a refusal is told as any other.
Exit Check(const Output& out, const CheckState& state) {
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  std::string target = "/v1/authz/check?";
  for (const auto& [name, value] : state.values) {
    if (!value.empty()) target += name + "=" + UrlPart(value) + "&";
  }
  target.pop_back();
  const auto permit = acting->Read(out, target);
  if (!permit) return permit.error();
  std::string text = "permitted 予以放行\n";
  text += Labelled("grant 权限", permit->TextOr("grant"));
  text += Labelled("until 有效期至", TimeText(permit->IntegerOr("expires")));
  const Json* left = permit->Find("left_today");
  const bool bound = left != nullptr && left->IsInteger();
  text +=
      Labelled("left today 今日余量", bound ? std::to_string(left->AsInteger()) : "no bound 不限");
  for (const Json& name : permit->ItemsOf("unchecked")) {
    text += Labelled("not checked 未核", name.AsString());
  }
  out.Result(*permit, text);
  return Exit::kOk;
}

void AddCheck(CLI::App& noun, Context& context) {
  struct Option {
    const char* name;
    const char* parameter;
    const char* help;
  };
  static constexpr auto kOptions = std::to_array<Option>(
      {{"--grant", "grant", "The grant; or --resource and --consumer / 权限"},
       {"--resource", "resource", "The resource / 资源"},
       {"--consumer", "consumer", "Department that accesses / 使用部门"},
       {"--system", "system", "System that accesses; or --account / 系统"},
       {"--account", "account", "Tag of the account / 账号标签"},
       {"--items", "items", "Items, separated by commas / 数据项"},
       {"--client-ip", "client_ip", "Address of the system / 客户端地址"},
       {"--client-net", "client_net", "Office network of an account / 办公网段"},
       {"--purpose", "purpose", "Purpose code / 用途"},
       {"--matter", "matter", "Matter code / 事项"},
       {"--rows", "rows", "Rows of the call / 行数"}});
  auto* command = noun.add_subcommand(
      "check", "Whether an access would be let in now, and why not / 访问前核验是否放行");
  const auto state = std::make_shared<CheckState>();
  state->values.resize(kOptions.size());
  for (std::size_t i = 0; i < kOptions.size(); ++i) {
    state->values[i].first = kOptions.at(i).parameter;
    command->add_option(kOptions.at(i).name, state->values[i].second, kOptions.at(i).help);
  }
  AddReadOptions(*command, state->acting);
  OnRun(command, context, [&context, state] { return Check(context.out, *state); });
}

}  // namespace

void AddAccess(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("access", "Records of use / 访问记录");
  noun->require_subcommand(1);

  auto* list = noun->add_subcommand("list", "Accesses under a grant, with flags / 列出访问");
  const auto state = std::make_shared<EventsState>();
  list->add_option("grant", state->id, "Id, 34 hex digits / 编号，34 位十六进制")->required();
  AddReadOptions(*list, state->acting);
  AddPageOptions(*list, state->page);
  OnRun(list, context, [&context, state] {
    return TellEvents(context.out, *state, "/v1/grants/" + UrlPart(state->id) + "/accesses",
                      "access events");
  });
  AddCheck(*noun, context);
  AddSend(*noun, context, "record", "access.record", "Report one access / 上报一次访问");
  AddSend(*noun, context, "batch", "access.batch",
          "Report a batch, in full or as counts and root / 批量上报");
  AddOpVerb(*noun, context,
            {.name = "acknowledge",
             .op = "access.acknowledge",
             .subject = "grant",
             .help = "The consumer's own digest of an answer / 使用方确认",
             .fields = {{"acc_id", "Id of the access"},
                        {"batch_id", "or of the batch"},
                        {"response_digest", "SHA-256 of the answer, or @FILE"}}});
}

void AddHistory(CLI::App& root, Context& context) {
  auto* history = root.add_subcommand("history", "Every event of anything, in order / 全部经过");
  const auto state = std::make_shared<EventsState>();
  history->add_option("entity", state->id, "Id, 34 hex digits / 编号，34 位十六进制")->required();
  AddReadOptions(*history, state->acting);
  AddPageOptions(*history, state->page);
  OnRun(history, context, [&context, state] {
    return TellEvents(context.out, *state, "/v1/entities/" + UrlPart(state->id) + "/history",
                      "events");
  });
}

}  // namespace jiandu::cli
