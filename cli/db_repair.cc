// `jiandu db repair`: damaged segments mended with blocks of the other nodes.

#include "cli/db_repair.h"

#include "cli/genesis_file.h"
#include "cli/text.h"
#include "node/block_fetch.h"
#include "node/segment_repair.h"

namespace jiandu::cli {
namespace {

constexpr std::int64_t kWaitMsDefault = 60'000;

struct RepairState {
  std::filesystem::path config = "node.toml";
  std::int64_t wait_ms = kWaitMsDefault;
};

Json ToJson(const node::RepairReport& report) {
  Json refetched = Json::MakeArray();
  for (const auto& block : report.refetched) {
    refetched.Push(Json::MakeObject({{"file", block.file}, {"height", block.height}}));
  }
  const auto list = [](const std::vector<std::string>& texts) {
    Json array = Json::MakeArray();
    for (const std::string& text : texts) array.Push(text);
    return array;
  };
  return Json::MakeObject({{"ok", true},
                           {"clean", report.IsClean()},
                           {"height", report.height},
                           {"refetched", std::move(refetched)},
                           {"resealed", list(report.resealed)},
                           {"kept", list(report.kept)},
                           {"cut_bytes", report.cut_bytes},
                           {"database_removed", report.database_removed}});
}

std::string Human(const Output& out, const node::RepairReport& report) {
  if (report.IsClean()) {
    return out.Good("nothing to repair 无需修复") + "  every record of the segments can be read\n";
  }
  std::string text = out.Good("repaired 已修复") + "\n";
  for (const auto& block : report.refetched) {
    text += Labelled("fetched 取回", block.file + ", height " + std::to_string(block.height));
  }
  for (const std::string& seal : report.resealed) text += Labelled("seal 封签", seal);
  if (report.cut_bytes > 0) {
    text += Labelled("cut off 截去", std::to_string(report.cut_bytes) +
                                         " bytes behind the last record that can be read; what "
                                         "they were comes from the other nodes");
  }
  for (const std::string& kept : report.kept) text += Labelled("evidence 证据", kept);
  if (report.database_removed) {
    text += Labelled("database",
                     "removed, for it was ahead of the segments or damaged: the node "
                     "builds it again / 已删除，启动时重建");
  }
  return text + Labelled("next", "jiandu db check, then start the node / 再校验并启动节点");
}

Exit Repair(const Output& out, const RepairState& state) {
  auto read = node::ReadConfig(state.config, node::ProcessEnvironment());
  if (!read.config) {
    std::string all;
    for (const auto& issue : read.issues) all += (all.empty() ? "" : "\n") + issue.Text();
    return out.Fail(Exit::kConfig, all, "check with `jiandu config check FILE`", "配置有误",
                    "用 jiandu config check 检查");
  }
  const auto genesis = ReadGenesisFile(out, read.config->node.genesis,
                                       {.next = "node.genesis of the config names it",
                                        .next_zh = "路径见配置文件中的 node.genesis"});
  if (!genesis) return genesis.error();
  // Links are made when the first block is missed, not before.
  std::unique_ptr<node::BlockFetch> peers;
  node::RepairOptions options;
  options.paths = {read.config->node.data_dir};
  options.fetch = [&](ledger::Height height, const consensus::BlockId& id) -> Result<Bytes> {
    if (peers == nullptr) {
      JD_TRY(peers, node::BlockFetch::Start(*genesis, *read.config, node::Logger()));
    }
    return peers->Fetch(height, id, state.wait_ms);
  };
  options.progress = [&out](const std::string& what) { out.Note(what); };
  const auto report = node::RepairSegments(options);
  if (!report) {
    const bool busy = report.error().code == Errc::kConflict;
    return out.Fail(report.error(),
                    busy ? "stop the node first (SIGTERM); nothing was changed"
                         : "what is repaired so far stays; run it again when the cause is gone",
                    busy ? "节点正在运行" : "未能修复",
                    busy ? "请先停止节点" : "已修复的部分保留；排除原因后重试");
  }
  out.Result(ToJson(*report), Human(out, *report));
  return Exit::kOk;
}

}  // namespace

void AddDbRepair(CLI::App& noun, Context& context) {
  auto* repair = noun.add_subcommand(
      "repair", "Fetch damaged blocks again from the other nodes, by their digest / 修复");
  const auto state = std::make_shared<RepairState>();
  repair
      ->add_option("--config", state->config,
                   "node.toml of a node that is stopped / 已停节点的 node.toml")
      ->capture_default_str();
  repair
      ->add_option("--wait-ms", state->wait_ms,
                   "How long to wait for each block / 每个区块的等待毫秒数")
      ->check(CLI::Range(100, 3'600'000))
      ->capture_default_str();
  OnRun(repair, context, [&context, state] { return Repair(context.out, *state); });
}

}  // namespace jiandu::cli
