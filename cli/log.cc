// `jiandu log`: the log as C2SP tiles, on disk; who signs it (docs/log.md).

#include <memory>

#include "base/limits.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/log_command.h"
#include "cli/output_file.h"

namespace jiandu::cli {
namespace {

using LogOptionsPtr = std::shared_ptr<LogOptions>;

Exit TellPolicy(const Output& out, const std::string& text) {
  out.Result(Json::MakeObject({{"policy", text}}), text);
  return Exit::kOk;
}

// From a file that is trusted, or as the node says, which proves nothing.
Exit ShowPolicy(const Output& out, const LogOptions& options) {
  const auto trusted = ReadTrusted(out, options);
  if (!trusted) return trusted.error();
  if (trusted->has_value()) return TellPolicy(out, (**trusted).policy.ToText());
  auto acting = Acting::Open(out, options.acting);
  if (!acting) return acting.error();
  const auto reply = acting->Client().Get("/log/policy");
  if (!reply) return TellNoAnswer(out, reply.error());
  if (reply->status != 200) return FailFromReply(out, *reply);
  return TellPolicy(out, reply->text);
}

// A tlog-proof into a file: that the entry is in the log of the node's newest checkpoint.
Exit FetchProof(const Output& out, const LogOptions& options) {
  auto acting = Acting::Open(out, options.acting);
  if (!acting) return acting.error();
  const std::string name = std::to_string(options.index) + ".tlog-proof";
  const auto reply = acting->Client().Get("/log/proof/" + name);
  if (!reply) return TellNoAnswer(out, reply.error());
  if (reply->status != 200) return FailFromReply(out, *reply);
  const std::filesystem::path file =
      options.file.empty() ? std::filesystem::path(name) : options.file;
  if (const auto written = WriteOutput(file, reply->text, OutputKind::kLogProof); !written) {
    return out.Fail(written.error(), "name another file with --file", "无法写入文件",
                    "请用 --file 另行指定");
  }
  out.Result(Json::MakeObject({{"file", file.string()}, {"index", options.index}}),
             "Wrote " + file.string() + " 已写入");
  return Exit::kOk;
}

void AddTrusted(CLI::App& command, LogOptions& options) {
  auto* genesis = command.add_option("--genesis", options.genesis,
                                     "Whose signatures count: by this genesis document 创世文件");
  command
      .add_option("--policy", options.policy,
                  "Or by this policy file, when keys have changed 签名策略文件")
      ->excludes(genesis);
}

}  // namespace

std::expected<std::optional<Trusted>, Exit> ReadTrusted(const Output& out,
                                                        const LogOptions& options) {
  if (!options.policy.empty()) {
    const auto text = ReadFile(options.policy, ledger::LogPolicy::kBytesMax);
    if (!text) {
      return std::unexpected(
          out.Fail(text.error(), "give --policy a file you trust", "无法读取签名策略文件"));
    }
    auto policy = ledger::LogPolicy::FromText(*text);
    if (!policy) {
      return std::unexpected(out.Fail(Exit::kConfig, policy.error(),
                                      "its form is C2SP's tlog-policy: see docs/log.md",
                                      "签名策略文件格式有误"));
    }
    return Trusted{.policy = std::move(*policy), .genesis = std::nullopt};
  }
  if (options.genesis.empty()) return std::optional<Trusted>();
  const auto document = ReadFile(options.genesis, limits::kGenesisBytesMax);
  if (!document) {
    return std::unexpected(
        out.Fail(document.error(), "give --genesis the document you trust", "无法读取创世文件"));
  }
  auto genesis = ledger::DecodeGenesis(AsBytes(*document));
  if (!genesis) {
    return std::unexpected(out.Fail(Exit::kConfig, genesis.error(),
                                    "compare the file's SHA-256 with your department's record",
                                    "创世文件无效"));
  }
  Trusted trusted{
      .policy = ledger::LogPolicy::Of(genesis->chain, genesis->log_key, genesis->validators),
      .genesis = std::nullopt};
  trusted.genesis = std::move(*genesis);
  return trusted;
}

Result<ledger::LogPolicy::Passed> CheckCheckpoint(std::string_view note,
                                                  const ledger::LogPolicy& policy) {
  JD_TRY(const crypto::Note parsed, crypto::Note::Parse(note));
  return policy.Check(parsed);
}

void AddLog(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("log", "The log, its checkpoints and keys / 日志与检查点");
  noun->require_subcommand(1);

  const auto exporting = std::make_shared<LogOptions>();
  auto* write = noun->add_subcommand(
      "export", "Write the log into a folder, or go on with one / 导出日志，可续传");
  write->add_option("folder", exporting->folder, "Where it is, or will be / 目录")->required();
  AddTrusted(*write, *exporting);
  AddReadOptions(*write, exporting->acting);
  OnRun(write, context, [&context, exporting] { return ExportLog(context.out, *exporting); });

  const auto verifying = std::make_shared<LogOptions>();
  auto* verify = noun->add_subcommand(
      "verify", "Check such a folder offline, every hash of it / 离线验证导出的日志");
  verify->add_option("folder", verifying->folder, "The folder / 目录")->required();
  AddTrusted(*verify, *verifying);
  OnRun(verify, context, [&context, verifying] { return VerifyLog(context.out, *verifying); });

  const auto proving = std::make_shared<LogOptions>();
  auto* proof = noun->add_subcommand(
      "proof", "That one entry is in the log, as a C2SP tlog-proof / 单条收录证明");
  proof->add_option("index", proving->index, "Its place in the log / 序号")->required();
  proof->add_option("--file", proving->file, "Where to write it, else INDEX.tlog-proof / 输出文件");
  AddReadOptions(*proof, proving->acting);
  OnRun(proof, context, [&context, proving] { return FetchProof(context.out, *proving); });

  const auto showing = std::make_shared<LogOptions>();
  auto* policy =
      noun->add_subcommand("policy", "Whose signatures make a checkpoint good / 检查点签名策略");
  AddTrusted(*policy, *showing);
  AddReadOptions(*policy, showing->acting);
  OnRun(policy, context, [&context, showing] { return ShowPolicy(context.out, *showing); });
}

}  // namespace jiandu::cli
