// `jiandu prove`: fetches a proof bundle (docs/proof-format.md) from a node into a file.

#include <memory>

#include "cli/acting.h"
#include "cli/files.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

struct ProveState {
  ActingOptions acting;
  std::string subject;  // what the proof is about
  std::string resource;
  std::string department;
  std::string name;
  std::int64_t as_of = 0;  // 0: the newest height that is certified
  std::filesystem::path file = "proof.jdproof";
};
using ProveStatePtr = std::shared_ptr<ProveState>;

Exit Fetch(const Output& out, const ProveState& state, std::string target) {
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  if (state.as_of > 0) {
    target += target.find('?') == std::string::npos ? '?' : '&';
    target += "as_of=" + std::to_string(state.as_of);
  }
  const auto reply = acting->Client().Get(target);
  if (!reply) return TellNoAnswer(out, reply.error());
  if (reply->status != 200) return FailFromReply(out, *reply);
  if (const auto written = ReplaceFile(state.file, reply->text, FileMode::kPublic); !written) {
    return out.Fail(written.error(), "name another file with --file", "无法写入文件");
  }
  const std::string file = state.file.string();
  out.Result(Json::MakeObject({{"file", file}, {"bytes", std::uint64_t{reply->text.size()}}}),
             "Wrote " + file + " (" + std::to_string(reply->text.size()) +
                 " bytes) 已写入\nnext: jiandu verify " + file + " --genesis GENESIS.json");
  return Exit::kOk;
}

// The absence of what --resource and --department, or --name, or the id say.
Exit FetchAbsence(const Output& out, const ProveState& state) {
  const bool pair = !state.resource.empty() && !state.department.empty();
  const int ways = static_cast<int>(pair) + static_cast<int>(!state.name.empty()) +
                   static_cast<int>(!state.subject.empty());
  if (ways != 1 || (!pair && (!state.resource.empty() || !state.department.empty()))) {
    return out.Fail(Exit::kUsage,
                    "nothing, or more than one thing, is named whose absence to prove",
                    "give an entity's id, or --resource and --department, or --name",
                    "请给出实体编号，或 --resource 与 --department，或 --name 三者之一");
  }
  std::string target = "/v1/proofs/absence?";
  if (pair) {
    target += "resource=" + UrlPart(state.resource) + "&department=" + UrlPart(state.department);
  } else if (!state.name.empty()) {
    target += "name=" + UrlPart(state.name);
  } else {
    target += "entity=" + UrlPart(state.subject);
  }
  return Fetch(out, state, std::move(target));
}

CLI::App* AddKind(CLI::App& noun, const char* name, const char* help, const ProveStatePtr& state) {
  auto* command = noun.add_subcommand(name, help);
  command->add_option("--file", state->file, "Where to write it / 输出文件")->capture_default_str();
  command->add_option("--as-of", state->as_of,
                      "As of this height, one of the newest 128 / 截至高度");
  AddReadOptions(*command, state->acting);
  return command;
}

}  // namespace

void AddProve(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("prove", "Proofs that verify offline / 可离线验证的证明");
  noun->require_subcommand(1);

  const auto tx = std::make_shared<ProveState>();
  auto* transaction =
      AddKind(*noun, "transaction", "It is recorded, with this result / 交易已记录", tx);
  transaction->add_option("txid", tx->subject, "Its id, 64 hex digits")->required();
  OnRun(transaction, context, [&context, tx] {
    return Fetch(context.out, *tx, "/v1/proofs/transaction/" + UrlPart(tx->subject));
  });

  const auto entity = std::make_shared<ProveState>();
  auto* history = AddKind(*noun, "history",
                          "These are all events of a resource, grant, ... / 全部事件", entity);
  history->add_option("entity", entity->subject, "Its id, 34 hex digits")->required();
  OnRun(history, context, [&context, entity] {
    return Fetch(context.out, *entity, "/v1/proofs/history/" + UrlPart(entity->subject));
  });

  const auto none = std::make_shared<ProveState>();
  auto* absence =
      AddKind(*noun, "absence", "There is none, or a department never touched it / 不存在", none);
  absence->add_option("entity", none->subject, "Id of what does not exist");
  absence->add_option("--resource", none->resource, "Resource that --department never touched");
  absence->add_option("--department", none->department, "Code of the department");
  absence->add_option("--name", none->name, "A unique name, as code/330100-ga-0012");
  OnRun(absence, context, [&context, none] { return FetchAbsence(context.out, *none); });
}

}  // namespace jiandu::cli
