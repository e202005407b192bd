// `jiandu tx new`: the ops, the form of one, and a body filled in: asked for at the terminal, or
// from options and a file.

#include <unistd.h>

#include "cli/body_input.h"
#include "cli/files.h"
#include "cli/form_dialog.h"
#include "cli/text.h"
#include "cli/tx.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

struct NewState {
  ActingOptions acting;
  std::string op;
  std::filesystem::path from;
  std::filesystem::path save;
  bool form = false, skeleton = false, check = false;
};

Exit TellOps(const Output& out) {
  Json list = Json::MakeArray();
  std::string text;
  for (const ledger::OpInfo& op : ledger::AllOps()) {
    const char* kind = op.kind == ledger::OpKind::kFact ? "fact" : "permission";
    list.Push(Json::MakeObject({{"op", op.op}, {"kind", kind}, {"signers", op.signers}}));
    text += Pad(op.op, 27) + Pad(kind, 12) + std::string(op.signers) + "\n";
  }
  text +=
      "\nC consumer, P provider, M manager, A auditor, S a system; m maker, h head"
      "\nC 使用方，P 提供方，M 主管方，A 审计方，S 系统；m 经办人，h 负责人"
      "\nnext: jiandu tx new OP --form shows a form, jiandu tx new OP fills it in"
      "\n下一步：jiandu tx new OP --form 查看表单，jiandu tx new OP 逐项填写";
  out.Result(Json::MakeObject({{"ops", std::move(list)}}), text);
  return Exit::kOk;
}

std::string Head(const Output& out, const ledger::OpInfo& op) {
  const bool fact = op.kind == ledger::OpKind::kFact;
  return out.Bold(op.op) + "  " +
         (fact ? "a fact: never refused, flagged 事实：不驳回，标记"
               : "a permission: refused when a rule fails 许可：违规即驳回") +
         "\n" + Labelled("signed by", op.signers, 30);
}

Exit TellForm(const Output& out, const ledger::OpInfo& op) {
  const bool fact = op.kind == ledger::OpKind::kFact;
  std::string text = Head(out, op) + FormText(*op.form);
  if (!fact) {
    text += Labelled("await", "optional 可选, list of {department, role HEAD | PEER}", 30) +
            Labelled("", "Who signs later, by cosign  待会签", 30);
  }
  out.Result(Json::MakeObject({{"op", op.op},
                               {"kind", fact ? "fact" : "permission"},
                               {"signers", op.signers},
                               {"fields", FormJson(*op.form)}}),
             text);
  return Exit::kOk;
}

Result<Json> GivenBody(const NewState& state, const ledger::OpInfo& op) {
  Json body = Json::MakeObject();
  const auto& file = state.from.empty() ? state.acting.body : state.from;
  if (!file.empty()) {
    JD_TRY(body, ReadJsonFile(file));
    if (!body.IsObject()) {
      return Fail(Errc::kInvalid, file.string() + ": the body must be a JSON object");
    }
  }
  for (const std::string& assignment : state.acting.sets) {
    JD_CHECK(SetMember(body, *op.form, assignment));
  }
  return body;
}

// What is missing and what is wrong, as one answer; exit 2 when there is anything.
Exit TellCheck(const Output& out, const ledger::OpInfo& op, const Json& body) {
  const auto missing = MissingMembers(*op.form, body);
  const auto report = ledger::CheckOpBody(op, body);
  const auto& issue = report.malformed ? report.malformed : report.invalid;
  std::string wrong = issue ? "body" + issue->pointer + ": " + issue->detail : "";
  for (const ledger::Field& field : op.form->fields) {
    const Json* value = wrong.empty() ? body.Find(field.name) : nullptr;
    if (value == nullptr) continue;
    if (const std::string what = WrongWith(field, *value); !what.empty()) {
      wrong = "body/" + std::string(field.name) + ": " + what;
    }
  }
  Json list = Json::MakeArray();
  std::string text;
  for (const MissingMember& one : missing) {
    list.Push(Json::MakeObject({{"name", one.path},
                                {"type", FieldTypeText(*one.field)},
                                {"label", one.field->label},
                                {"label_zh", one.field->label_zh},
                                {"source", one.field->clause}}));
    std::string meaning = std::string(one.field->label) + "  " + std::string(one.field->label_zh);
    if (!one.field->clause.empty()) meaning.append("  (").append(one.field->clause).append(")");
    text += Labelled(one.path, meaning, 30);
  }
  const bool complete = missing.empty() && wrong.empty();
  Json json = Json::MakeObject({{"op", op.op}, {"complete", complete}, {"missing", list}});
  if (!wrong.empty()) json.Set("wrong", wrong);
  std::string words = Head(out, op);
  if (!missing.empty()) words += out.Bold("still missing 尚缺") + "\n" + text;
  if (!wrong.empty()) words += Labelled("wrong 有误", wrong);
  if (complete) words += out.Good("complete 内容完整");
  if (!complete) {
    words += Labelled("next",
                      "give them with --set NAME=VALUE or --from FILE; on a terminal "
                      "`jiandu tx new " +
                          std::string(op.op) + "` asks for each");
  }
  out.Result(json, words);
  return complete ? Exit::kOk : Exit::kUsage;
}

Exit Save(const Output& out, const ledger::OpInfo& op, const Json& body,
          const std::filesystem::path& file) {
  if (const auto written = WriteNewFile(file, PrettyJson(body) + "\n", FileMode::kPublic);
      !written) {
    return out.Fail(written.error(), "choose another file", "未写入文件");
  }
  out.Result(Json::MakeObject({{"op", op.op}, {"file", file.string()}}),
             "Wrote " + file.string() + "\nnext: jiandu tx submit " + file.string() + " --op " +
                 std::string(op.op) + " --key FILE");
  return Exit::kOk;
}

Exit Send(const Output& out, const NewState& state, const ledger::OpInfo& op, Json body) {
  ActingOptions options = state.acting;
  options.sets.clear();  // they are in the body
  options.body.clear();
  auto acting = Acting::Open(out, options);
  if (!acting) return acting.error();
  return acting->Submit(out, options, op, std::move(body));
}

Exit Stopped(const Output& out, const Error& error) {
  return out.Fail(Exit::kUsage, error.detail, "nothing was sent; give what you have with --set",
                  "未完成，未提交");
}

Exit FillIn(const Output& out, const NewState& state, const ledger::OpInfo& op, Json body) {
  out.Note(Head(out, op));
  if (const auto asked = AskForBody(op, body); !asked) return Stopped(out, asked.error());
  out.Note("\n" + PrettyJson(body));
  if (!state.save.empty()) return Save(out, op, body, state.save);
  const bool may_send = !state.acting.keys.empty();
  while (true) {
    const auto choice =
        AskLine(may_send ? "s sign and send 签名提交, f save to a file 存为文件, q stop 放弃: "
                         : "f save to a file 存为文件, q stop 放弃 (--key FILE to send): ");
    if (!choice) return Stopped(out, choice.error());
    if (*choice == "q") return Stopped(out, {.code = Errc::kInvalid, .detail = "stopped"});
    if (*choice == "s" && may_send) return Send(out, state, op, std::move(body));
    if (*choice != "f") continue;
    const auto file = AskLine("file 文件名: ");
    if (!file) return Stopped(out, file.error());
    if (!file->empty()) return Save(out, op, body, *file);
  }
}

Exit New(const Output& out, const NewState& state) {
  if (state.op.empty()) return TellOps(out);
  const ledger::OpInfo* op = ledger::FindOp(state.op);
  if (op == nullptr) {
    return out.Fail(Exit::kUsage, state.op + ": there is no such op",
                    "jiandu tx new lists all of them", "没有这种交易");
  }
  if (state.form) return TellForm(out, *op);
  if (state.skeleton) {
    const Json skeleton = FormSkeleton(*op->form);
    out.Result(skeleton, PrettyJson(skeleton));
    return Exit::kOk;
  }
  auto body = GivenBody(state, *op);
  if (!body) {
    return out.Fail(Exit::kUsage, body.error().detail,
                    "see the form: jiandu tx new " + state.op + " --form", "正文有误");
  }
  if (state.check) return TellCheck(out, *op, *body);
  if (::isatty(STDIN_FILENO) == 1) return FillIn(out, state, *op, std::move(*body));
  if (!MissingMembers(*op->form, *body).empty() && !state.acting.unchecked) {
    return TellCheck(out, *op, *body);
  }
  if (!state.save.empty()) return Save(out, *op, *body, state.save);
  if (!state.acting.keys.empty()) return Send(out, state, *op, std::move(*body));
  return TellCheck(out, *op, *body);
}

}  // namespace

void AddTxNew(CLI::App& noun, Context& context) {
  auto* command = noun.add_subcommand(
      "new", "Fill in an op's form, member by member; without one, all ops are listed / 填写");
  const auto state = std::make_shared<NewState>();
  command->add_option("op", state->op, "Op, say request.submit / 操作，如 request.submit");
  command->add_flag("--form", state->form, "Only show the form: fields, meaning, source / 表单");
  command->add_flag("--skeleton", state->skeleton, "Only print a JSON body to fill in / 模板");
  command->add_option(
      "--from", state->from,
      "Begin with this body (JSON), - for standard input / 以此正文（JSON）为起点，- 为标准输入");
  command->add_flag(
      "--check", state->check,
      "Only say what is missing or wrong: exit 2 if any / 只指出缺漏与错误，有则退出码 2");
  command->add_option("--save", state->save, "Save the body to this file, unsigned / 存为文件");
  AddActOptions(*command, state->acting);
  OnRun(command, context, [&context, state] { return New(context.out, *state); });
}

}  // namespace jiandu::cli
