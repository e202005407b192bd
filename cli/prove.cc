// `jiandu prove`: fetches a proof bundle (docs/proof-format.md) from a node into a file.

#include <memory>

#include "cli/accusation.h"
#include "cli/acting.h"
#include "cli/output_file.h"
#include "cli/proof_question.h"
#include "cli/verbs.h"
#include "ledger/model/proof_bundle.h"

namespace jiandu::cli {
namespace {

struct ProveState {
  ActingOptions acting;
  ProofQuestion question;
  std::string transactions;  // "": as the node does
  std::int64_t as_of = 0;    // 0: the newest height that is certified
  std::filesystem::path file = "proof.jdproof";
};
using ProveStatePtr = std::shared_ptr<ProveState>;

std::string TargetOf(const ProofQuestion& asked) {
  if (!asked.transaction.empty()) return "/v1/proofs/transaction/" + UrlPart(asked.transaction);
  if (!asked.history.empty()) return "/v1/proofs/history/" + UrlPart(asked.history);
  if (!asked.lineage.empty()) {
    return "/v1/proofs/lineage/" + UrlPart(asked.lineage) +
           "?direction=" + UrlPart(asked.direction);
  }
  if (!asked.histories.empty()) {
    std::string list;
    for (const std::string& id : asked.histories) list += (list.empty() ? "" : ",") + id;
    return "/v1/proofs/histories?entities=" + UrlPart(list);
  }
  if (!asked.name.empty()) return "/v1/proofs/absence?name=" + UrlPart(asked.name);
  if (!asked.absence.empty()) return "/v1/proofs/absence?entity=" + UrlPart(asked.absence);
  return "/v1/proofs/absence?resource=" + UrlPart(asked.resource) +
         "&department=" + UrlPart(asked.department);
}

void AddParameter(std::string& target, const char* name, const std::string& value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += std::string(name) + "=" + UrlPart(value);
}

// What came back answers what was asked. It is not verified here: that needs the genesis document.
Result<void> CheckBundle(const std::string& text, const ledger::ProofQuery& asked) {
  const auto bundle = ledger::ProofBundle::FromText(text);
  if (!bundle) return std::unexpected(bundle.error());
  return CheckAnswers(bundle->query, asked);
}

Exit Fetch(const Output& out, const ProveState& state) {
  const auto asked = AskedQuery(state.question);
  if (!asked) {
    return out.Fail(Exit::kUsage, asked.error().detail,
                    "jiandu prove --help shows what can be asked", "所询问的内容有误");
  }
  if (!asked->has_value()) {
    return out.Fail(Exit::kUsage, "nothing is named whose absence to prove",
                    "give an entity's id, or --resource and --department, or --name",
                    "请给出实体编号，或 --resource 与 --department，或 --name 三者之一");
  }
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  std::string target = TargetOf(state.question);
  if (!state.transactions.empty()) AddParameter(target, "transactions", state.transactions);
  if (state.as_of > 0) AddParameter(target, "as_of", std::to_string(state.as_of));
  const auto reply = acting->Client().Get(target);
  if (!reply) return TellNoAnswer(out, reply.error());
  if (reply->status != 200) return FailFromReply(out, *reply);
  if (const auto answers = CheckBundle(reply->text, **asked); !answers) {
    return out.Fail(Exit::kVerification, answers.error().detail, "ask another node",
                    "节点返回的证明包与所问不符，请换一个节点");
  }
  if (const auto written = WriteOutput(state.file, reply->text, OutputKind::kProof); !written) {
    return out.Fail(written.error(), "name another file with --file", "无法写入文件",
                    "请用 --file 另行指定");
  }
  const std::string file = state.file.string();
  out.Result(Json::MakeObject({{"file", file}, {"bytes", std::uint64_t{reply->text.size()}}}),
             "Wrote " + file + " (" + std::to_string(reply->text.size()) +
                 " bytes) 已写入\nnext: jiandu verify " + file + " --genesis GENESIS.json");
  return Exit::kOk;
}

CLI::App* AddKind(CLI::App& noun, Context& context, const char* name, const char* help,
                  const ProveStatePtr& state) {
  auto* command = noun.add_subcommand(name, help);
  command->add_option("--file", state->file, "Where to write it / 输出文件")->capture_default_str();
  command->add_option(
      "--as-of", state->as_of,
      "As of this height, one of the newest 128 at most / 截至高度（至多最近 128 个）");
  AddReadOptions(*command, state->acting);
  OnRun(command, context, [&context, state] { return Fetch(context.out, *state); });
  return command;
}

void AddTransactions(CLI::App* command, const ProveStatePtr& state) {
  command
      ->add_option("--transactions", state->transactions,
                   "all, or only what is needed / 是否附全部交易原文")
      ->check(CLI::IsMember({"all", "needed"}));
}

}  // namespace

void AddProve(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("prove", "Proofs that verify offline / 可离线验证的证明");
  noun->require_subcommand(1);

  const auto tx = std::make_shared<ProveState>();
  AddKind(*noun, context, "transaction", "It is recorded, with this result / 交易已记录", tx)
      ->add_option("txid", tx->question.transaction, "Its id, 64 hex digits / 编号，64 位十六进制")
      ->required();

  const auto entity = std::make_shared<ProveState>();
  AddKind(*noun, context, "history", "These are all events of a resource, grant, ... / 全部事件",
          entity)
      ->add_option("entity", entity->question.history,
                   "Its id, 34 hex digits / 编号，34 位十六进制")
      ->required();

  const auto several = std::make_shared<ProveState>();
  auto* histories =
      AddKind(*noun, context, "histories",
              "These are all events of several, up to 64 / 多个实体的全部事件", several);
  histories
      ->add_option("entities", several->question.histories,
                   "Their ids, 34 hex digits each / 各自编号，34 位十六进制")
      ->required();
  AddTransactions(histories, several);

  const auto closure = std::make_shared<ProveState>();
  auto* lineage = AddKind(*noun, context, "lineage",
                          "What became of it, or what it comes from, whole / 完整谱系", closure);
  lineage
      ->add_option("resource", closure->question.lineage,
                   "Id of a resource or a case / 资源或案件编号")
      ->required();
  lineage
      ->add_option("--direction", closure->question.direction,
                   "down: what became of it; up: what it comes from / 下游或上游")
      ->check(CLI::IsMember({"down", "up"}))
      ->capture_default_str();
  AddTransactions(lineage, closure);

  const auto none = std::make_shared<ProveState>();
  auto* absence = AddKind(*noun, context, "absence",
                          "There is none, or a department never touched it / 不存在", none);
  ProofQuestion& asked = none->question;
  absence->add_option("entity", asked.absence, "Id of what does not exist / 不存在者的编号");
  absence->add_option("--resource", asked.resource,
                      "Resource that --department never touched / --department 从未涉及的资源");
  absence->add_option("--department", asked.department, "Code of the department / 部门代码");
  absence->add_option("--name", asked.name,
                      "A unique name, as code/330100-ga-0012 / 唯一名称，如 code/330100-ga-0012");

  AddProveFraud(*noun, context);
}

}  // namespace jiandu::cli
