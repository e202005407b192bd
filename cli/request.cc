// `jiandu request` and `jiandu approve`: requests for shared data and the decisions on them.

#include "cli/body_input.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

struct SubmitState {
  ActingOptions acting;
  std::string file;
};

Exit SubmitRequest(const Output& out, const SubmitState& state) {
  auto body = ReadJsonFile(state.file);
  if (!body || !body->IsObject()) {
    return out.Fail(Exit::kUsage, body ? "the request must be a JSON object" : body.error().detail,
                    "jiandu tx new request.submit --skeleton gives one to fill in",
                    "申请内容无法读取");
  }
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  return acting->Submit(out, state.acting, *ledger::FindOp("request.submit"), std::move(*body));
}

struct ApproveState {
  ActingOptions acting;
  std::string request;
  bool refuse = false;
  std::string narrow;  // file with the terms
  std::string terms;   // the same, with an approval
  std::string reason_code;
  std::string reason_digest;
  std::string late_reason;
};

Exit Decide(const Output& out, const ApproveState& state) {
  const ledger::OpInfo& op = *ledger::FindOp("decision.submit");
  const char* verdict = state.refuse ? "REFUSE" : state.narrow.empty() ? "APPROVE" : "NARROW";
  Json body = Json::MakeObject({{"request", state.request}, {"verdict", verdict}});
  const std::string& terms = state.narrow.empty() ? state.terms : state.narrow;
  if (!terms.empty()) {
    auto json = ReadJsonFile(terms);
    if (!json) {
      return out.Fail(
          Exit::kUsage, json.error().detail,
          "write the terms as a JSON object; jiandu tx new decision.submit --form names them",
          "共享条件无法读取", "以 JSON 对象写明，字段见 jiandu tx new decision.submit --form");
    }
    body.Set("terms", std::move(*json));
  }
  for (const auto& [name, value] : {std::pair{"reason_code", &state.reason_code},
                                    std::pair{"reason_digest", &state.reason_digest},
                                    std::pair{"late_reason_code", &state.late_reason}}) {
    if (value->empty()) continue;
    if (const auto set = SetMember(body, *op.form, std::string(name) + "=" + *value); !set) {
      return out.Fail(Exit::kUsage, set.error().detail,
                      "see the form: jiandu tx new decision.submit --form", "选项的值有误",
                      "查看表单：jiandu tx new decision.submit --form");
    }
  }
  if (!state.acting.unchecked && std::string_view(verdict) != "APPROVE" &&
      (state.reason_code.empty() || state.reason_digest.empty())) {
    return out.Fail(Exit::kUsage,
                    "to refuse or to narrow needs a reason and its document (809 Art. 21)",
                    "give --reason-code and --reason-digest @FILE",
                    "不予或限缩共享须说明理由（809号令第二十一条）");
  }
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  return acting->Submit(out, state.acting, op, std::move(body));
}

}  // namespace

void AddRequest(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("request", "Requests for shared data / 共享申请");
  noun->require_subcommand(1);
  AddReadVerbs(*noun, context,
               {.path = "requests",
                .help_list = "Requests you are a party of / 列出申请",
                .help_show = "One request with its course / 查看申请"});

  auto* submit = noun->add_subcommand("submit", "Submit a request from a JSON file / 提交申请");
  const auto state = std::make_shared<SubmitState>();
  submit
      ->add_option("file", state->file,
                   "Request (JSON), - for standard input / 申请（JSON），- 为标准输入")
      ->required();
  AddActOptions(*submit, state->acting);
  OnRun(submit, context, [&context, state] { return SubmitRequest(context.out, *state); });

  AddOpVerb(*noun, context,
            {.name = "resubmit",
             .op = "request.resubmit",
             .subject = "request",
             .help = "Answer the list of what was missing (--body, --set answers=...) / 补正"});
  AddOpVerb(*noun, context,
            {.name = "return",
             .op = "request.return",
             .subject = "request",
             .help = "Return it once, with the list of what is missing / 一次性退回补正",
             .fields = {{"missing", "Points that are missing, separated by commas"},
                        {"reason_digest", "SHA-256 of the explanation, or @FILE"}}});
  AddOpVerb(*noun, context,
            {.name = "accept",
             .op = "request.accept",
             .subject = "request",
             .help = "Accept the narrowed offer / 接受限缩条件"});
  AddOpVerb(*noun, context,
            {.name = "decline",
             .op = "request.decline",
             .subject = "request",
             .help = "Decline the narrowed offer / 不接受",
             .fields = {{"reason_code", "Why"}}});
  AddOpVerb(*noun, context,
            {.name = "withdraw",
             .op = "request.withdraw",
             .subject = "request",
             .help = "Withdraw the own request / 撤回申请",
             .fields = {{"reason_code", "Why"}}});
}

void AddApprove(CLI::App& root, Context& context) {
  auto* approve =
      root.add_subcommand("approve", "Decide on a request: approve, narrow or refuse / 审核申请");
  const auto state = std::make_shared<ApproveState>();
  approve->add_option("request", state->request, "Id, 34 hex digits / 编号，34 位十六进制")
      ->required();
  auto* refuse = approve->add_flag("--refuse", state->refuse, "Refuse, with reasons / 不予共享");
  approve->add_option("--narrow", state->narrow, "Grant less: JSON file with the terms / 限缩")
      ->excludes(refuse);
  approve
      ->add_option("--terms", state->terms,
                   "Approve under these terms (JSON file) / 按此条件同意（JSON 文件）")
      ->excludes(refuse);
  approve->add_option("--reason-code", state->reason_code,
                      "LAW, SAFETY, FORM, INCOMPLETE_MATERIALS, SCOPE, WORKLOAD, QUALITY, "
                      "NOT_NEEDED, MISTAKE, OTHER / 理由类别");
  approve->add_option("--reason-digest", state->reason_digest,
                      "SHA-256 of the written reasons, or @FILE / 书面理由的 SHA-256，或 @文件");
  approve->add_option("--late-reason-code", state->late_reason,
                      "Why it is late, if it is / 逾期理由（如逾期）");
  AddActOptions(*approve, state->acting);
  OnRun(approve, context, [&context, state] { return Decide(context.out, *state); });
}

}  // namespace jiandu::cli
