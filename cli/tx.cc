// `jiandu tx`: transactions as such: forms, submission, results, receipts.

#include "cli/tx.h"

#include <chrono>
#include <cstdio>

#include "base/limits.h"
#include "cli/body_input.h"
#include "cli/files.h"
#include "cli/output_file.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kTransactionFileMax = 2 * limits::kMiB;
constexpr int kWaitStepS = 20;

struct SubmitState {
  ActingOptions acting;
  std::string file;
  std::string op;
};

bool IsEnvelope(const Json& json) {
  return json.IsObject() && json.Find("payload") != nullptr && json.Find("signatures") != nullptr;
}

// What somebody else has signed: needs no key, the signatures are the authorisation.
Exit SubmitSigned(const Output& out, const SubmitState& state, const std::string& text,
                  const Json* envelope) {
  if (const auto fits = CheckUrl(out, state.acting.url); !fits) return fits.error();
  ApiClient client(state.acting.url);
  const auto reply = envelope != nullptr ? client.SubmitEnvelope(text, state.acting.wait_s)
                                         : client.Submit(AsBytes(text), state.acting.wait_s);
  if (!reply) return TellNoAnswer(out, reply.error());
  return TellOutcome(out, "transaction", ReadOutcome(*reply));
}

Exit Submit(const Output& out, const SubmitState& state) {
  const auto text = ReadFile(state.file, kTransactionFileMax);
  if (!text) {
    return out.Fail(text.error(), "give a file with a body, an envelope or stored bytes",
                    "无法读取文件");
  }
  const auto json = ParseJson(*text, kTransactionFileMax);
  if (json && IsEnvelope(*json)) return SubmitSigned(out, state, *text, &*json);
  if (!json && ledger::DecodeStored(AsBytes(*text))) {
    return SubmitSigned(out, state, *text, nullptr);
  }
  if (!json || !json->IsObject()) {
    return out.Fail(Exit::kUsage,
                    state.file + ": " + (json ? "no JSON object" : json.error().detail),
                    "it must hold a body, a DSSE envelope or stored bytes", "文件格式有误",
                    "文件须为正文、DSSE 信封或已签交易的字节");
  }
  const ledger::OpInfo* op = ledger::FindOp(state.op);
  if (op == nullptr) {
    return out.Fail(Exit::kUsage,
                    state.op.empty() ? "a body alone does not say which op it is of"
                                     : state.op + ": there is no such op",
                    "give --op OP; jiandu tx new lists them", "未指明交易种类",
                    "用 --op 指明；jiandu tx new 列出全部种类");
  }
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  return acting->Submit(out, state.acting, *op, *json);
}

struct ShowState {
  ActingOptions acting;
  std::string txid;
  std::filesystem::path receipt;  // "": do not fetch one
  int timeout_s = 60;
};

std::string ResultText(const Output& out, const Json& result) {
  const std::string status = Harmless(result.TextOr("status"));
  std::string text = "transaction  " +
                     (status == "committed"  ? out.Good(status)
                      : status == "rejected" ? out.Bad(status)
                                             : status) +
                     "\n" + Labelled("txid", result.TextOr("txid"));
  if (const auto height = result.IntegerOr("height"); height > 0) {
    text +=
        Labelled("height 高度", std::to_string(height) + "  " + TimeText(result.IntegerOr("time")));
  }
  if (const Json* code = result.Find("code"); code != nullptr && code->IsObject()) {
    text += Labelled(
        "why", std::string(code->TextOr("name")) + ": " + std::string(code->TextOr("message")));
    text += Labelled("原因", code->TextOr("message_zh"));
  }
  for (const Json& born : result.ItemsOf("born")) {
    text += Labelled("new " + std::string(born.TextOr("kind")), born.TextOr("id"), 20);
  }
  for (const Json& flag : result.ItemsOf("flags")) {
    text += Labelled("flag 标记", FlagText(flag));
  }
  if (const Json* payload = result.Find("payload")) text += JsonLines(*payload, 24);
  return text;
}

// The receipt as it came: its bytes are what the verifier reads.
Exit SaveReceipt(const Output& out, Acting& acting, const ShowState& state) {
  const auto reply = acting.Client().Get("/v1/transactions/" + UrlPart(state.txid) + "/receipt");
  if (!reply) return TellNoAnswer(out, reply.error());
  if (reply->status == 202) {
    return out.Fail(Exit::kTimeout, "the receipt cannot be proven yet: one block later it can",
                    "ask again in a second", "尚无法出具回执，请稍后再试");
  }
  if (reply->status != 200) return FailFromReply(out, *reply);
  if (const auto written = WriteOutput(state.receipt, reply->text, OutputKind::kReceipt);
      !written) {
    return out.Fail(written.error(), "give --receipt a file that you may write", "回执未写入",
                    "用 --receipt 指明可写的文件");
  }
  out.Result(Json::MakeObject({{"file", state.receipt.string()}, {"txid", state.txid}}),
             "Wrote " + state.receipt.string() + "\nnext: jiandu verify " + state.receipt.string() +
                 " --genesis FILE");
  return Exit::kOk;
}

Exit Show(const Output& out, const ShowState& state) {
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  if (!state.receipt.empty()) return SaveReceipt(out, *acting, state);
  const auto result = acting->Read(out, "/v1/transactions/" + UrlPart(state.txid));
  if (!result) return result.error();
  out.Result(*result, ResultText(out, *result));
  return result->TextOr("status") == "unknown" ? Exit::kNotFound : Exit::kOk;
}

Exit Wait(const Output& out, const ShowState& state) {
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  const auto deadline = Clock::now() + std::chrono::seconds(state.timeout_s);
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::seconds>(deadline - Clock::now()).count();
    const int step = static_cast<int>(std::clamp<std::int64_t>(left, 1, kWaitStepS));
    const auto reply = acting->Client().GetWaiting("/v1/transactions/" + UrlPart(state.txid), step);
    if (!reply) return TellNoAnswer(out, reply.error());
    if (reply->status != 200 && reply->status != 202) return FailFromReply(out, *reply);
    const auto status = reply->body.TextOr("status");
    if (status == "committed" || status == "rejected") {
      return TellOutcome(out, "transaction", ReadOutcome(*reply));
    }
    if (Clock::now() >= deadline) {
      return out.Fail(
          Exit::kTimeout,
          "still " + std::string(status) + " after " + std::to_string(state.timeout_s) + " s",
          "see what the node waits for: jiandu node status --url " + state.acting.url, "仍未定");
    }
  }
}

void AddSubmit(CLI::App& noun, Context& context) {
  auto* submit = noun.add_subcommand("submit", "A signed envelope, or a body to sign / 提交");
  const auto state = std::make_shared<SubmitState>();
  submit
      ->add_option("file", state->file,
                   "DSSE envelope, stored bytes, or a body with --op / DSSE 信封、原文字节，或配合 "
                   "--op 的正文")
      ->required();
  submit->add_option("--op", state->op,
                     "Op of the body, say request.submit / 正文的操作，如 request.submit");
  AddActOptions(*submit, state->acting);
  OnRun(submit, context, [&context, state] { return Submit(context.out, *state); });
}

}  // namespace

void AddTx(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("tx", "Transactions / 交易");
  noun->require_subcommand(1);
  AddSubmit(*noun, context);

  auto* show = noun->add_subcommand("show", "What became of a transaction / 查看");
  const auto show_state = std::make_shared<ShowState>();
  show->add_option("txid", show_state->txid, "64 hex digits / 64 位十六进制")->required();
  show->add_option("--receipt", show_state->receipt, "Save its receipt to this file / 回执");
  AddReadOptions(*show, show_state->acting);
  OnRun(show, context, [&context, show_state] { return Show(context.out, *show_state); });

  auto* wait =
      noun->add_subcommand("wait", "Wait for the decision: exit 8 if still pending / 等待");
  const auto wait_state = std::make_shared<ShowState>();
  wait->add_option("txid", wait_state->txid, "64 hex digits / 64 位十六进制")->required();
  wait->add_option("--timeout", wait_state->timeout_s, "Seconds / 秒数")->capture_default_str();
  AddReadOptions(*wait, wait_state->acting);
  OnRun(wait, context, [&context, wait_state] { return Wait(context.out, *wait_state); });

  AddTxNew(*noun, context);

  auto* pending = noun->add_subcommand("pending", "What waits for a signature / 待会签");
  pending->require_subcommand(1);
  AddReadVerbs(*pending, context,
               {.path = "pending",
                .help_list = "What waits for a signature of yours, or did / 列出待会签",
                .help_show = "What would be signed, with its digest / 查看待会签内容",
                .by_resource = false});

  AddOpVerb(*noun, context,
            {.name = "vote",
             .op = "vote",
             .subject = "proposal",
             .help = "A head's vote on a proposal / 表决",
             .fields = {{"digest", "Digest the proposer signed"}, {"yes", "true or false"}}});
  AddOpVerb(*noun, context,
            {.name = "cosign",
             .op = "cosign",
             .subject = "pending",
             .help = "The head's signature on what the clerk has submitted / 会签",
             .fields = {{"digest", "Digest of what is signed, as `tx submit` printed it"}}});
}

}  // namespace jiandu::cli
