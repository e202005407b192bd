// `jiandu scenario run NAME`: network-configs/NAME/scenario on a network made for it.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/scenario.h"

namespace jiandu::cli {
namespace {

struct ScenarioOptions {
  std::string name;
  std::filesystem::path folder = "scenario";
  std::vector<std::string> rows;
  int port = 0;
  bool keep = false;
};

// Rows have dates: without a clock that can be set they would be played on other days. Asked before
// anything is made or started.
Result<void> CheckClock(const std::filesystem::path& config) {
  const auto file = config / "network.json";
  JD_TRY(const std::string text, ReadFile(file, limits::kMiB));
  auto draft = DecodeDraft(text);
  if (!draft) return FailWith(draft.error(), file.string());
  if (draft->test_clock) return {};
  return Fail(Errc::kInvalid, file.string() +
                                  " has no \"test_clock\": true, without which no row "
                                  "can be played on its date");
}

// A fresh network for each run: the story begins at height 0.
enum class End : std::uint8_t { kWithUs, kByHand };  // of its nodes
Result<Devnet> MakeNetwork(const std::filesystem::path& folder, const std::filesystem::path& config,
                           int port, End end) {
  JD_CHECK(RemoveNetwork(folder));
  JD_TRY(Devnet devnet, Devnet::Make(folder, {.config = config, .gateway_port = port}));
  if (end == End::kWithUs) devnet.TieToThisProcess();
  if (auto started = devnet.Start(); !started) {
    (void)devnet.Stop();
    return std::unexpected(started.error());
  }
  return devnet;
}

// Exit code, and the last line for scripts.
Exit Tell(const Output& out, const Scenario& scenario, const std::set<std::string>& only) {
  std::int64_t rows = 0;
  std::int64_t ok = 0;
  std::string failed;
  for (const ScenarioRow& row : scenario.Rows()) {
    if (!only.empty() && !only.contains(row.name)) continue;
    ++rows;
    ok += row.Holds() ? 1 : 0;
    if (!row.Holds()) failed += " " + row.name;
    if (out.IsJson()) std::fputs((CanonicalJson(ScenarioRowJson(row)) + "\n").c_str(), stdout);
  }
  out.Result(Json::MakeObject({{"rows", rows}, {"ok", ok}}),
             failed.empty() ? out.Good("All " + std::to_string(rows) + " rows hold  全部成立")
                            : out.Bad(std::to_string(rows - ok) + " of " + std::to_string(rows) +
                                      " rows do not hold  未成立:" + failed));
  return ok == rows && rows > 0 ? Exit::kOk : Exit::kFailed;
}

Exit Run(const Output& out, const ScenarioOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  const auto config = FindNetworkConfig(options.name);
  if (!config) {
    return out.Fail(config.error(), "docs/scenarios.md names the scenarios", "没有此情景",
                    "可用的情景见 docs/scenarios.md");
  }
  if (const auto clock = CheckClock(*config); !clock) {
    return out.Fail(Exit::kConfig, clock.error(),
                    "add it to that network.json, or play a scenario that has it, say linjiang",
                    "该网络不能运行情景", "在该 network.json 中设置 test_clock，或改用 linjiang");
  }
  auto script = ReadScenario(*config);
  if (!script) {
    return out.Fail(Exit::kConfig, script.error(), "mend the file and row it names", "情景文件有误",
                    "按所指的文件和行改正");
  }
  const std::set<std::string> only(options.rows.begin(), options.rows.end());
  auto devnet = MakeNetwork(options.folder, *config, options.port,
                            options.keep ? End::kByHand : End::kWithUs);
  if (!devnet) {
    return out.Fail(devnet.error(), "read the log it names, or give another --dir", "网络未能建立",
                    "查看所指日志，或用 --dir 另选目录");
  }
  out.Note("Network up: " + std::to_string(devnet->Nodes().size()) + " nodes, " +
           std::to_string(script->rows.size()) + " rows, " + std::to_string(script->steps.size()) +
           " steps  网络已启动\n");
  Scenario scenario(out, *devnet, std::move(*script));
  auto played = scenario.Prepare();
  if (played) played = scenario.Run(only);
  if (!options.keep) (void)devnet->Stop();
  if (!played) {
    const std::string logs = (options.folder / "logs").string();
    return out.Fail(played.error(), "read the nodes' logs in " + logs, "情景中断",
                    "查看节点日志：" + logs);
  }
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun)
          .count();
  out.Note("Height " + std::to_string(scenario.Height()) + ", " + std::to_string(seconds) + " s");
  return Tell(out, scenario, only);
}

}  // namespace

Result<bool> PlayPart(const Output& out, const std::string& name,
                      const std::filesystem::path& folder, const std::set<std::string>& only,
                      ledger::TimeMs until) {
  JD_TRY(const auto config, FindNetworkConfig(name));
  JD_CHECK(CheckClock(config));
  JD_TRY(ScenarioScript script, ReadScenario(config));
  JD_TRY(Devnet devnet, MakeNetwork(folder, config, 0, End::kWithUs));
  Scenario scenario(out, devnet, std::move(script));
  auto played = scenario.Prepare();
  if (played) played = scenario.Run(only, until);
  (void)devnet.Stop();
  if (!played) return std::unexpected(played.error());
  return std::ranges::all_of(scenario.Rows(), [&only](const ScenarioRow& row) {
    return !only.contains(row.name) || row.Holds();
  });
}

void AddScenario(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand(
      "scenario", "A table of cases played on a live network, each row checked / 情景");
  noun->require_subcommand(1);
  auto* run = noun->add_subcommand(
      "run", "Make the network, play every row over HTTP, and say which hold / 运行情景");
  const auto options = std::make_shared<ScenarioOptions>();
  run->add_option(
         "name", options->name,
         "Folder below network-configs/, say linjiang / network-configs/ 下的目录，如 linjiang")
      ->required();
  run->add_option("--dir", options->folder, "Folder of the network it makes / 所建网络的目录")
      ->capture_default_str();
  run->add_option("--row", options->rows,
                  "Tell and count these rows only; all are played / 只报告这些行，其余照常执行");
  run->add_option("--port", options->port, "First gateway port, 0 for any / 首个网关端口，0 为任意")
      ->capture_default_str();
  run->add_flag("--keep", options->keep, "Leave the nodes running afterwards / 结束后保留节点运行");
  OnRun(run, context, [&context, options] { return Run(context.out, *options); });
}

}  // namespace jiandu::cli
