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

struct Next {
  std::string en, zh;
};

Next NextOfSafety(const node::DbLie& lie) {
  if (lie.is_foreign) {
    return {.en =
                "give --genesis this node's own document (node.genesis of its node.toml). If it "
                "was that, the file is another node's: do not start, and put back this node's own "
                "safety.rec from this machine's disk, never from a backup",
            .zh =
                "用 --genesis 给出本节点自己的创世文件（见 node.toml 的 node.genesis）。若已是该"
                "文件，则 safety.rec 属于别的节点：不要启动，从本机磁盘找回本节点自己的文件，切勿"
                "使用备份"};
  }
  return {.en =
              "do not start this validator, and do not take the file into a new data directory: "
              "what it has signed is not known. Put the whole file back from this machine's disk, "
              "never from a backup. If there is none, move this one away as evidence: the node "
              "then says how a new record is begun",
          .zh =
              "不要启动该节点，也不要把此文件放入新的数据目录：已签内容无从得知。从本机磁盘找回完好"
              "的原文件，切勿使用备份；若已没有，则将此文件移走留作证据，节点会提示如何另立新记录"};
}

Next NextOf(const node::DbLie& lie) {
  if (lie.file == "safety.rec") return NextOfSafety(lie);
  if (lie.is_foreign) {
    return {
        .en =
            "this is another network's genesis document: give --genesis this node's own "
            "(node.genesis of its node.toml). If it was that, the database was changed: move "
            "the folder `ledger` away, the node builds it again",
        .zh =
            "所给的是其他网络的创世文件：用 --genesis 给出本节点自己的创世文件（见 node.toml 的 "
            "node.genesis）。若已是该文件，则数据库被改动：移走 ledger 目录，节点会重建"};
  }
  if (lie.file == "ledger") {
    return {.en =
                "the database is disposable: move the folder `ledger` away, the node builds it "
                "again from the segments",
            .zh = "数据库可以重建：移走 ledger 目录，节点启动时由 segments 重新生成"};
  }
  const Next anew = {
      .en =
          "move the data directory away and keep it as evidence, put its safety.rec alone into a "
          "new one (never one from a backup), and start: the node fetches the ledger from the "
          "others",
      .zh =
          "移走数据目录留作证据，只将其中的 safety.rec 放入新目录（切勿使用备份），再启动节点：账本"
          "由其他节点取回"};
  if (!lie.file.starts_with("segments")) return anew;
  return {.en =
              "fetch the damaged blocks again from the other nodes: jiandu db repair --config "
              "node.toml. If that does not help, " +
              anew.en,
          .zh = "从其他节点重新取回损坏的区块：jiandu db repair --config node.toml。若仍不行：" +
                anew.zh};
}

Json ToJson(const node::DbCheckReport& report) {
  Json json = Json::MakeObject({{"ok", !report.lie.has_value()},
                                {"height", report.height},
                                {"blocks", report.blocks},
                                {"transactions", report.transactions},
                                {"log_entries", report.log_entries},
                                {"rows", report.rows},
                                {"torn_bytes", report.torn_bytes},
                                {"safety_of", report.safety_of},
                                {"note", report.note}});
  if (report.lie) {
    json.Set("lie", Json::MakeObject({{"file", report.lie->file},
                                      {"height", report.lie->height},
                                      {"detail", report.lie->detail},
                                      {"next", NextOf(*report.lie).en},
                                      {"next_zh", NextOf(*report.lie).zh}}));
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
    const Next next = NextOf(*report.lie);
    text += Labelled("next", next.en);
    text += Labelled("下一步", next.zh);
    return text;
  }
  const bool has_record = !report.safety_of.empty();
  text = out.Good(has_record ? "in order 校验通过" : "ledger in order 账本校验通过") +
         "  every hash was derived again from genesis\n";
  if (has_record) {
    text +=
        Labelled("safety.rec", "of " + report.safety_of + ": is that this node? 是否为本节点？");
  } else {
    text += out.Bad(Labelled("safety.rec",
                             "there is none: right for a node that does not vote; a validator "
                             "must not start without the one it had 无此文件：不投票的节点如此；"
                             "投票节点须先找回原有文件方可启动"));
  }
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
    return out.Fail(
        report.error(),
        busy ? "stop the node first (SIGTERM); nothing was changed"
             : "give --data the node's data directory",
        busy ? "节点正在运行" : "无法校验",
        busy ? "请先停止节点（SIGTERM）；未作任何改动" : "用 --data 指明节点的数据目录");
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
