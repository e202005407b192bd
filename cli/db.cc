// `jiandu db check`: derives every hash of a data directory again and names the first lie.

#include <chrono>

#include "cli/command.h"
#include "cli/db_repair.h"
#include "cli/genesis_file.h"
#include "cli/text.h"
#include "node/db_check.h"

namespace jiandu::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct CheckState {
  std::filesystem::path data;
  std::filesystem::path genesis;
  bool full = false;
};

Json ToJson(const node::DbCheckReport& report) {
  Json json = Json::MakeObject({{"ok", !report.lie.has_value()},
                                {"height", report.height},
                                {"blocks", report.blocks},
                                {"transactions", report.transactions},
                                {"log_entries", report.log_entries},
                                {"rows", report.rows},
                                {"torn_bytes", report.torn_bytes},
                                {"note", report.note}});
  if (report.lie) {
    json.Set("lie", Json::MakeObject({{"file", report.lie->file},
                                      {"height", report.lie->height},
                                      {"detail", report.lie->detail}}));
  }
  return json;
}

std::string Human(const Output& out, const node::DbCheckReport& report, bool full) {
  std::string text;
  if (report.lie) {
    text = out.Bad("FAILED 校验失败") + "\n" + Labelled("file 文件", report.lie->file);
    if (report.lie->height > 0) {
      text += Labelled("height 高度", std::to_string(report.lie->height));
    }
    text += Labelled("what", report.lie->detail);
    text += Labelled("next", report.lie->file == "ledger"
                                 ? "the database is disposable: move the folder `ledger` away, "
                                   "the node builds it again from the segments"
                             : report.lie->file.starts_with("segments")
                                 ? "fetch the damaged blocks again from the other nodes: jiandu db "
                                   "repair --config node.toml. If that does not help, move the "
                                   "data directory away and keep it as evidence, put its "
                                   "safety.rec alone into a new one (never one from a backup), "
                                   "and start: the node fetches the ledger from the others"
                                 : "move the data directory away and keep it as evidence, put its "
                                   "safety.rec alone into a new one (never one from a backup), "
                                   "and start: the node fetches the ledger from the others");
    return text;
  }
  text = out.Good("in order 校验通过") + "  every hash was derived again from genesis\n";
  text += Labelled("blocks 区块", std::to_string(report.blocks) + ", with " +
                                      std::to_string(report.transactions) + " transactions");
  text += Labelled("log 日志", std::to_string(report.log_entries) + " entries");
  if (full) text += Labelled("rows", std::to_string(report.rows) + " compared");
  if (report.torn_bytes > 0) {
    text += Labelled("tail", std::to_string(report.torn_bytes) +
                                 " bytes behind the last record, as a crash leaves them");
  }
  if (!report.note.empty()) text += Labelled("note", report.note);
  return text;
}

Exit Check(const Output& out, const CheckState& state) {
  const auto genesis = ReadGenesisFile(out, state.genesis);
  if (!genesis) return genesis.error();
  auto last = Clock::now();
  const auto progress = [&](std::string_view stage, std::uint64_t done, std::uint64_t total) {
    constexpr auto kEvery = std::chrono::seconds(2);
    if (Clock::now() - last < kEvery) return;
    last = Clock::now();
    out.Note("checking " + std::string(stage) + ": " + std::to_string(done) + " of " +
             std::to_string(total));
  };
  const auto report = node::CheckDatabase(
      *genesis,
      {.data = state.data,
       .depth = state.full ? node::DbCheckDepth::kEveryRow : node::DbCheckDepth::kExecution,
       .progress = progress});
  if (!report) {
    const bool busy = report.error().code == Errc::kConflict;
    return out.Fail(report.error(),
                    busy ? "stop the node first (SIGTERM); nothing was changed"
                         : "give --data the node's data directory",
                    busy ? "节点正在运行" : "无法校验");
  }
  out.Result(ToJson(*report), Human(out, *report, state.full));
  return report->lie ? Exit::kVerification : Exit::kOk;
}

}  // namespace

void AddDb(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("db", "A node's data directory / 数据目录");
  noun->require_subcommand(1);
  auto* check = noun->add_subcommand(
      "check", "Derive every hash again and name the first lie: exit 7 / 校验");
  const auto state = std::make_shared<CheckState>();
  check
      ->add_option("--data", state->data,
                   "node.data_dir of a node that is stopped / 已停节点的 node.data_dir")
      ->required();
  check
      ->add_option("--genesis", state->genesis, "The genesis document you trust / 所信任的创世文件")
      ->required();
  check->add_flag("--full", state->full,
                  "Also compare every row of the database / 并逐行比对数据库");
  OnRun(check, context, [&context, state] { return Check(context.out, *state); });
  AddDbRepair(*noun, context);
}

}  // namespace jiandu::cli
