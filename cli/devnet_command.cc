// `jiandu devnet up|down|status|kill|start` and `jiandu demo`: a network on this machine.

#include <chrono>

#include "base/limits.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "cli/devnet.h"
#include "cli/files.h"
#include "cli/scenario.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct DevnetOptions {
  std::filesystem::path folder = "devnet";
  std::string example = "four-departments";
  std::string alias;
  DevnetPlan plan;
  bool once = false;
};

double SecondsSince(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

std::string Seconds(double seconds) {
  const auto tenths = static_cast<std::int64_t>(seconds * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

// The network in the folder, made first if there is none.
Result<Devnet> LoadOrMake(const DevnetOptions& options) {
  auto loaded = Devnet::Load(options.folder);
  if (loaded || loaded.error().code != Errc::kNotFound) return loaded;
  DevnetPlan plan = options.plan;
  JD_TRY(plan.config, FindNetworkConfig(options.example));
  return Devnet::Make(options.folder, plan);
}

Json Describe(const Devnet& devnet) {
  Json nodes = Json::MakeArray();
  for (const DevnetNode& node : devnet.Nodes()) {
    nodes.Push(Json::MakeObject({{"alias", node.alias},
                                 {"department", node.department},
                                 {"url", node.Url()},
                                 {"pid", std::int64_t{node.pid}},
                                 {"running", devnet.IsRunning(node)}}));
  }
  return Json::MakeObject({{"folder", devnet.Folder().string()}, {"nodes", std::move(nodes)}});
}

std::string Human(const Output& out, const Devnet& devnet) {
  std::string text;
  for (const DevnetNode& node : devnet.Nodes()) {
    text += "  " + node.alias + "  " + node.Url() + "  " +
            (devnet.IsRunning(node)
                 ? out.Good("running") + " (process " + std::to_string(node.pid) + ")"
                 : out.Bad("not running")) +
            "\n";
  }
  return text;
}

// What to try next, to be copied as it stands. Receipts are there when the demo has played.
std::string NextCommands(const Devnet& devnet) {
  const std::string url = devnet.Nodes().front().Url();
  const std::string folder = devnet.Folder().string();
  const std::string dir = folder == DevnetOptions().folder ? "" : " --dir " + folder;
  std::string text = "Try   build/jiandu node status --url " + url + "\n";
  const auto verify = [&](const std::string& name) {
    text += "      build/jiandu verify " + folder + "/demo/" + name +
            ".receipt.json \\\n          --genesis " + folder + "/genesis.json\n";
  };
  if (std::filesystem::exists(devnet.Folder() / "demo" / "grant.receipt.json")) {
    verify("grant");
    text += "      and the changed one, which must say FAILED 被改动的回执须验证失败：\n";
    verify("tampered");
  }
  return text + "      build/jiandu devnet kill " + devnet.Nodes().back().alias + dir +
         "\n      build/jiandu devnet status" + dir + "\nStop  build/jiandu devnet down" + dir +
         "\nLogs  " + folder + "/logs/";
}

Exit Up(const Output& out, const DevnetOptions& options) {
  const auto begun = Clock::now();
  out.Note("Making keys where there are none, starting nodes  生成密钥，启动节点 ...");
  auto devnet = LoadOrMake(options);
  if (!devnet)
    return out.Fail(devnet.error(), "see network-configs/README.md for the examples",
                    "网络未能建立", "可用的示例见 network-configs/README.md");
  if (auto started = devnet->Start(); !started) {
    return out.Fail(started.error(), "read the log it names, then `jiandu devnet down`",
                    "节点未能启动", "查看所指日志，再运行 jiandu devnet down");
  }
  out.Result(Describe(*devnet), "Network up in " + Seconds(SecondsSince(begun)) + "\n" +
                                    Human(out, *devnet) + NextCommands(*devnet));
  return Exit::kOk;
}

Exit TellNoNetwork(const Output& out, const Error& error) {
  return out.Fail(error, "give --dir the folder of the network, or make one: jiandu devnet up",
                  "此处没有演示网络", "用 --dir 指明网络目录，或先运行 jiandu devnet up");
}

Exit Down(const Output& out, const DevnetOptions& options) {
  auto devnet = Devnet::Load(options.folder);
  if (!devnet) return TellNoNetwork(out, devnet.error());
  if (auto stopped = devnet->Stop(); !stopped)
    return out.Fail(stopped.error(), "their data is whole: start them again", "节点未能正常停止",
                    "数据完好，可重新启动：jiandu devnet up");
  out.Result(Describe(*devnet), "Stopped. The data stays in " + devnet->Folder().string() + ".");
  return Exit::kOk;
}

Exit Status(const Output& out, const DevnetOptions& options) {
  auto devnet = Devnet::Load(options.folder);
  if (!devnet) return TellNoNetwork(out, devnet.error());
  out.Result(Describe(*devnet), Human(out, *devnet));
  return Exit::kOk;
}

Exit KillOne(const Output& out, const DevnetOptions& options) {
  auto devnet = Devnet::Load(options.folder);
  if (!devnet) return TellNoNetwork(out, devnet.error());
  if (auto killed = devnet->Kill(options.alias); !killed)
    return out.Fail(killed.error(), "`jiandu devnet status` names the nodes and which run",
                    "未能结束该节点", "用 jiandu devnet status 查看节点");
  out.Result(Describe(*devnet), "Killed " + options.alias +
                                    " as a power cut would.\nnext: jiandu devnet start " +
                                    options.alias);
  return Exit::kOk;
}

Exit StartOne(const Output& out, const DevnetOptions& options) {
  auto devnet = Devnet::Load(options.folder);
  if (!devnet) return TellNoNetwork(out, devnet.error());
  if (auto started = devnet->Start(options.alias); !started)
    return out.Fail(started.error(), "read the log it names", "节点未能启动", "查看所指日志");
  out.Result(Describe(*devnet), Human(out, *devnet));
  return Exit::kOk;
}

// Two months of the scenario on a network with a test clock: deadlines on the working calendar, and
// who is late.
bool TellOfDeadlines(const Output& out, const std::filesystem::path& folder) {
  out.Note("");
  out.Note(
      out.Bold("9. Two months in half a minute: deadlines of the law  法定时限：两个月的情景"));
  const auto until = ReadScenarioTime("03-06", 2026);
  auto held = until ? PlayPart(out, "linjiang", folder / "linjiang",
                               {"T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12"}, *until)
                    : Result<bool>(std::unexpected(until.error()));
  if (!held) out.Note(out.Bad("  FAILED  ") + held.error().detail);
  return held && *held;
}

// A fresh network for each run: the story begins at height 0.
Exit RunDemo(const Output& out, const DevnetOptions& options) {
  const auto begun = Clock::now();
  if (const auto cleared = RemoveNetwork(options.folder); !cleared) {
    return out.Fail(cleared.error(), "give another --dir, or empty that one yourself",
                    "目录已有其他内容，未作改动", "用 --dir 另选目录，或自行清空该目录");
  }
  auto devnet = LoadOrMake(options);
  if (!devnet) {
    return out.Fail(devnet.error(), "see network-configs/README.md for the examples",
                    "网络未能建立", "可用的示例见 network-configs/README.md");
  }
  if (auto started = devnet->Start(); !started) {
    (void)devnet->Stop();
    return out.Fail(started.error(), "read the log it names", "节点未能启动", "查看所指日志");
  }
  out.Note("Network up: " + std::to_string(devnet->Nodes().size()) +
           " departments' nodes  四个部门的节点已启动  (" + Seconds(SecondsSince(begun)) + ")\n" +
           Human(out, *devnet));
  const auto document = ReadFile(devnet->Genesis(), limits::kGenesisBytesMax);
  const auto genesis = document ? ledger::DecodeGenesis(AsBytes(*document))
                                : Result<ledger::Genesis>(std::unexpected(document.error()));
  if (!genesis) return out.Fail(genesis.error(), "", "创世文件无法读取");
  Demo demo(out, *devnet, genesis->chain);
  const bool held = demo.Run() && TellOfDeadlines(out, options.folder);
  const double seconds = SecondsSince(begun);
  if (options.once || !held) (void)devnet->Stop();
  out.Note("");
  out.Note(held ? "Every step held  全部步骤成立  (" + Seconds(seconds) + ")"
                : out.Bad("A step did not hold; the nodes are stopped, logs are in " +
                          (devnet->Folder() / "logs").string()));
  if (held && !options.once) out.Note(NextCommands(*devnet));
  // The last line is for scripts, whatever the form of output.
  std::fputs((CanonicalJson(demo.Summary(seconds)) + "\n").c_str(), stdout);
  return held ? Exit::kOk : Exit::kFailed;
}

void AddCommon(CLI::App* command, const std::shared_ptr<DevnetOptions>& options) {
  command->add_option("--dir", options->folder, "Folder of the network / 网络目录")
      ->capture_default_str();
}

}  // namespace

void AddDevnet(CLI::App& root, Context& context) {
  auto* devnet =
      root.add_subcommand("devnet", "A network of several departments on this machine / 演示网络");
  devnet->require_subcommand(1);
  const auto options = std::make_shared<DevnetOptions>();

  auto* up = devnet->add_subcommand(
      "up", "Make the network if there is none, and start its nodes / 没有则新建网络，并启动节点");
  AddCommon(up, options);
  up->add_option("--example", options->example,
                 "Folder below network-configs/ / network-configs/ 下的目录")
      ->capture_default_str();
  up->add_option("--port", options->plan.gateway_port,
                 "First gateway port, 0 for any / 首个网关端口，0 为任意")
      ->capture_default_str();
  OnRun(up, context, [&context, options] { return Up(context.out, *options); });

  auto* down =
      devnet->add_subcommand("down", "Stop the nodes; the data stays / 停止节点，保留数据");
  AddCommon(down, options);
  OnRun(down, context, [&context, options] { return Down(context.out, *options); });

  auto* status = devnet->add_subcommand("status", "Which nodes run, and where / 各节点状态与地址");
  AddCommon(status, options);
  OnRun(status, context, [&context, options] { return Status(context.out, *options); });

  auto* kill =
      devnet->add_subcommand("kill", "End one node as a power cut would / 如断电般终止一个节点");
  AddCommon(kill, options);
  kill->add_option("alias", options->alias, "Alias of the department / 部门别名")->required();
  OnRun(kill, context, [&context, options] { return KillOne(context.out, *options); });

  auto* start = devnet->add_subcommand("start", "Start one node again / 重新启动一个节点");
  AddCommon(start, options);
  start->add_option("alias", options->alias, "Alias of the department / 部门别名")->required();
  OnRun(start, context, [&context, options] { return StartOne(context.out, *options); });

  auto* demo =
      root.add_subcommand("demo", "One sharing case on four nodes, told as a story / 演示");
  AddCommon(demo, options);
  demo->add_option("--port", options->plan.gateway_port,
                   "First gateway port, 0 for any / 首个网关端口，0 为任意")
      ->capture_default_str();
  demo->add_flag("--once", options->once,
                 "Stop everything at the end; exit 0 only if every step held / "
                 "结束后全部停止；各步均成立方以 0 退出");
  OnRun(demo, context, [&context, options] { return RunDemo(context.out, *options); });
}

}  // namespace jiandu::cli
