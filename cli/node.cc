// `jiandu node init|run|status` and `jiandu config check|show`: a department's own node.

#include "node/node.h"

#include <cstdio>

#include "base/limits.h"
#include "cli/acting.h"
#include "cli/api_client.h"
#include "cli/ceremony.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/node_config.h"
#include "cli/text.h"
#include "node/config.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kSettingIndent = 38;
constexpr std::string_view kByDefault = "default";

struct RunOptions {
  std::filesystem::path config = "node.toml";
  std::string new_safety_record;  // the chain's id, typed as confirmation
};

Exit ReportIssues(const Output& out, const std::vector<node::ConfigIssue>& issues) {
  std::string all;
  std::string all_zh;
  for (const node::ConfigIssue& issue : issues) {
    all += (all.empty() ? "" : "\n") + issue.Text();
    all_zh += (all_zh.empty() ? "" : "\n") + issue.TextZh();
  }
  return out.Fail(Exit::kConfig, all,
                  "mend the lines named and check with `jiandu config check FILE`", all_zh,
                  "改正所列各行，再用 jiandu config check 文件 检查");
}

// Told of by multiples of 4096.
constexpr std::uint64_t kRowsToldEvery = 256ULL * 4096;

void KeepPort(std::string& address, std::uint16_t port) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return;  // it does not listen
  address.replace(colon + 1, std::string::npos, std::to_string(port));
}

// What the error says of safety.rec, in Chinese: whoever starts a validator without the right one
// may sign twice.
Exit TellNoStart(const Output& out, const Error& error) {
  // docs/cli.md: the supervisor waits for the disk, and starts the node again.
  if (error.code == Errc::kFull) {
    return out.Fail(Exit::kDisk, error.detail,
                    "make room on the disk and start the node again: what is stored is whole",
                    "节点未能启动：磁盘空间不足", "腾出磁盘空间后重新启动节点；已存数据完好");
  }
  if (error.detail.contains("safety.rec")) {
    const bool is_lost = error.detail.contains("--new-safety-record");
    return out.Fail(
        Exit::kConfig, error.detail, "mend what is named and start the node again",
        is_lost ? "节点未启动：本节点曾经签名，而签名记录 safety.rec 缺失或为空，启动可能造成双签"
                : "节点未启动：签名记录 safety.rec 已损坏，或不属于本节点、本网络",
        is_lost
            ? "从本机磁盘找回该文件放回原处，切勿使用备份；若确已永久丢失且没有其他机器使用此密钥，"
              "加 --new-safety-record 链标识 启动一次"
            : "找回本节点自己的 safety.rec（切勿使用备份）放回原处，再启动节点");
  }
  return out.Fail(Exit::kConfig, error, "mend what is named and start the node again",
                  "节点未能启动", "排除所指原因后重新启动节点");
}

Exit Run(const Output& out, const RunOptions& options) {
  auto read = node::ReadConfig(options.config, node::ProcessEnvironment());
  if (!read.config) return ReportIssues(out, read.issues);
  node::NodeOptions node_options;
  node_options.config = std::move(*read.config);
  node_options.new_safety_record_of = options.new_safety_record;
  node_options.progress = [&out](ledger::Height done, ledger::Height total) {
    if (done % 1000 == 0 || done == total) {
      out.Note("replaying block " + std::to_string(done) + " of " + std::to_string(total));
    }
  };
  node_options.check_progress = [&out](std::uint64_t rows) {
    if (rows % kRowsToldEvery == 0) {
      out.Note("checking the database: " + std::to_string(rows) + " rows / 正在检查数据库");
    }
  };
  while (true) {
    auto started = node::Node::Start(node_options);
    if (!started) return TellNoStart(out, started.error());
    // One line for scripts and for people: where the node listens.
    out.Note(
        CanonicalJson(Json::MakeObject({{"gateway_port", std::int64_t{(*started)->GatewayPort()}},
                                        {"peer_port", std::int64_t{(*started)->PeerPort()}},
                                        {"started", true}})));
    // A port that the system chose ("host:0") stays when the node is made anew.
    KeepPort(node_options.config.gateway.listen, (*started)->GatewayPort());
    KeepPort(node_options.config.peers.listen, (*started)->PeerPort());
    const int code = (*started)->Run();
    // A snapshot is here: the node starts with it, on the ports it had.
    if (code == node::kExitAgain) {
      out.Note("starting again with a snapshot of the state");
      continue;
    }
    if (code == node::kExitStopped) return Exit::kOk;
    // The log has it too, but the log may be a file.
    return out.Fail(static_cast<Exit>(code), (*started)->StopReason(), "");
  }
}

struct InitOptions {
  std::filesystem::path home;
  std::filesystem::path genesis;
  NodeConfigPlan plan;
  std::vector<std::string> peers;  // DEPARTMENT=host:port
};

Exit Init(const Output& out, InitOptions options) {
  for (const std::string& peer : options.peers) {
    const std::size_t equals = peer.find('=');
    if (equals == std::string::npos) {
      return out.Fail(Exit::kUsage, peer + ": write DEPARTMENT=host:port",
                      "give --peer again for each other node", "对方节点的写法有误",
                      "写作 部门代码=主机:端口，每个节点一个 --peer");
    }
    options.plan.peers.emplace_back(peer.substr(0, equals), peer.substr(equals + 1));
  }
  auto document = ReadFile(options.genesis, limits::kGenesisBytesMax);
  if (!document)
    return out.Fail(document.error(), "give --genesis the sealed document", "无法读取创世文件");
  if (const auto genesis = ledger::DecodeGenesis(AsBytes(*document)); !genesis) {
    return out.Fail(Exit::kConfig, "genesis: " + genesis.error().detail,
                    "ask for the sealed document again", "创世文件无效",
                    "请重新索取封存的创世文件");
  }
  if (std::error_code error; !std::filesystem::exists(NodeKeyFile(options.home, "node"), error)) {
    return out.Fail(Exit::kConfig,
                    "no node key in " + options.home.string() +
                        ": this department joined without a node (--no-node)",
                    "give --home the folder of `jiandu network join`", "此目录没有节点密钥",
                    "用 --home 指明 jiandu network join 生成的目录");
  }
  const auto file = options.home / "node.toml";
  const char* next = "edit the existing file, or move it away";
  const char* next_zh = "修改现有文件，或先移走";
  // The genesis of a node that is set up already is not touched either.
  if (std::filesystem::exists(file)) {
    return out.Fail(Exit::kFailed, file.string() + " exists already and is kept", next,
                    "节点已配置，未作改动", next_zh);
  }
  const auto copied = ReplaceFile(options.home / "genesis.json", *document, FileMode::kPublic);
  if (!copied) {
    return out.Fail(copied.error(), "may you write to --home?", "创世文件未写入",
                    "确认对 --home 目录有写权限");
  }
  // A relative path would be looked for beside node.toml, not where this command was given.
  options.plan.passphrase_file =
      std::filesystem::absolute(options.plan.passphrase_file).lexically_normal();
  options.plan.has_log_key = std::filesystem::exists(NodeKeyFile(options.home, "log"));
  if (const auto written = WriteNewFile(file, MakeNodeConfig(options.plan), FileMode::kPublic);
      !written) {
    return out.Fail(written.error(), next, "节点配置未写入", next_zh);
  }
  out.Result(Json::MakeObject({{"file", file.string()}}),
             "Wrote " + file.string() +
                 "; every setting is explained in it.\nnext: jiandu node run --config " +
                 file.string());
  return Exit::kOk;
}

struct StatusOptions {
  std::string url = "http://127.0.0.1:8440";
  bool ready = false;
};

std::string HumanStatus(const Output& out, const Json& status) {
  const auto line = [](std::string_view name, std::string_view value) {
    return Labelled(name, value, 16);
  };
  std::string text = line("network", std::string(status.TextOr("chain")) + "  height " +
                                         std::to_string(status.IntegerOr("height")));
  if (const auto role = status.TextOr("role"); role == "follower") {
    text += line("role 角色", "follower: does not vote 只同步，不投票");
  } else if (!role.empty()) {
    text += line("role 角色", role);
  }
  text += line("step", std::string(status.TextOr("step")) + "  round " +
                           std::to_string(status.IntegerOr("round")));
  if (const auto waiting = status.TextOr("waiting_for"); !waiting.empty()) {
    text += line("waiting for", std::string(waiting) + "  (" +
                                    std::to_string(status.IntegerOr("waiting_since_ms")) + " ms)");
    text += line("等待", std::string(status.TextOr("waiting_for_zh")));
  }
  for (const Json& one : status.ItemsOf("missing_why")) {
    text += line("missing 缺",
                 std::string(one.TextOr("department")) + ": " + std::string(one.TextOr("why")));
    text += line("", one.TextOr("why_zh"));
  }
  if (status.BoolOr("validator") && !status.BoolOr("signing")) {
    text += line("not signing", status.TextOr("not_signing_because"));
  }
  for (const Json& peer : status.ItemsOf("peers")) {
    text += line("peer",
                 std::string(peer.TextOr("department")) + "  " +
                     (peer.BoolOr("connected") ? out.Good("connected") : out.Bad("not connected")) +
                     "  height " + std::to_string(peer.IntegerOr("height")));
  }
  for (const Json& alarm : status.ItemsOf("alarms")) {
    if (alarm.IsText()) text += out.Bad(line("alarm 告警", alarm.AsString()));
  }
  return text;
}

Exit Status(const Output& out, const StatusOptions& options) {
  if (const auto fits = CheckUrl(out, options.url); !fits) return fits.error();
  ApiClient client(options.url);
  const auto reply = client.Get(options.ready ? "/readyz" : "/v1/status");
  if (!reply) {
    return TellNoAnswer(out, reply.error());
  }
  if (options.ready) {
    const bool ready = reply->status == 200;
    out.Result(Json::MakeObject({{"ready", ready}}), ready ? "ready" : "not ready: " + reply->text);
    return ready ? Exit::kOk : Exit::kFailed;
  }
  if (reply->status != 200) return FailFromReply(out, *reply);
  if (reply->body.TextOr("chain").empty()) return TellNoNode(out, options.url);
  out.Result(reply->body, HumanStatus(out, reply->body));
  return Exit::kOk;
}

void AddInit(CLI::App& node, Context& context) {
  auto* init = node.add_subcommand(
      "init",
      "Write node.toml in a home made by `network join` / 在 network join 所建目录写 node.toml");
  const auto options = std::make_shared<InitOptions>();
  init->add_option("--home", options->home, "Home of the department / 部门目录")->required();
  init->add_option("--genesis", options->genesis, "Sealed genesis document / 已定稿的创世文件")
      ->required();
  init->add_option("--department", options->plan.department, "Code of the department / 部门代码")
      ->required();
  init->add_option("--peers-listen", options->plan.peers_listen,
                   "host:port for other nodes / 供其他节点连接的地址")
      ->capture_default_str();
  init->add_option("--gateway-listen", options->plan.gateway_listen,
                   "host:port for clients / 供客户端连接的地址")
      ->capture_default_str();
  init->add_option("--peer", options->peers,
                   "DEPARTMENT=host:port to dial (repeat) / 要连接的节点，可重复")
      ->allow_extra_args(false);
  init->add_option("--system-key", options->plan.system_key,
                   "Key of a system of the department, below --home: it reports validators that "
                   "sign twice / 本部门系统密钥，用于报告双签");
  init->add_option("--passphrase-file", options->plan.passphrase_file,
                   "File with the keys' passphrase / 密钥口令文件")
      ->required();
  OnRun(init, context, [&context, options] { return Init(context.out, *options); });
}

}  // namespace

void AddNode(CLI::App& root, Context& context) {
  auto* node = root.add_subcommand("node", "A department's node / 节点");
  node->require_subcommand(1);
  AddInit(*node, context);

  auto* run = node->add_subcommand("run", "Run the node until SIGTERM / 运行节点，直至 SIGTERM");
  const auto run_options = std::make_shared<RunOptions>();
  run->add_option("--config", run_options->config, "node.toml / 节点配置文件")
      ->capture_default_str();
  run->add_option("--new-safety-record", run_options->new_safety_record,
                  "CHAIN: I confirm that the record of what this key signed on this chain is lost "
                  "for good, and that no other machine runs with the key / "
                  "链标识：确认此密钥在该链的签名记录已永久丢失，且无其他机器使用此密钥");
  OnRun(run, context, [&context, run_options] { return Run(context.out, *run_options); });

  auto* status = node->add_subcommand(
      "status", "What the node does and what it waits for / 节点在做什么、在等什么");
  const auto status_options = std::make_shared<StatusOptions>();
  status->add_option("--url", status_options->url, "Gateway of the node / 该节点的网关")
      ->envname("JIANDU_URL")
      ->capture_default_str();
  status->add_flag("--ready", status_options->ready,
                   "Only whether it is ready: exit 0 or 1 / 仅问是否就绪：退出码 0 或 1");
  OnRun(status, context,
        [&context, status_options] { return Status(context.out, *status_options); });
}

void AddConfig(CLI::App& root, Context& context) {
  auto* config = root.add_subcommand("config", "Check and show settings / 配置");
  config->require_subcommand(1);
  const auto file = std::make_shared<std::filesystem::path>("node.toml");

  auto* check = config->add_subcommand(
      "check", "All errors of a config file at once / 一次列出配置文件的全部错误");
  check->add_option("file", *file, "node.toml / 节点配置文件")->capture_default_str();
  OnRun(check, context, [&context, file] {
    const auto read = node::ReadConfig(*file, node::ProcessEnvironment());
    if (!read.config) return ReportIssues(context.out, read.issues);
    context.out.Result(Json::MakeObject({{"ok", true}}), file->string() + " is in order.");
    return Exit::kOk;
  });

  auto* show = config->add_subcommand(
      "show", "Every setting in force and where it comes from / 生效的各项设置及其出处");
  show->add_option("file", *file, "node.toml / 节点配置文件")->capture_default_str();
  OnRun(show, context, [&context, file] {
    const auto read = node::ReadConfig(*file, node::ProcessEnvironment());
    if (!read.config) return ReportIssues(context.out, read.issues);
    Json settings = Json::MakeArray();
    std::string text;
    for (const auto& setting : read.config->effective) {
      text += Labelled(setting.name, setting.value, kSettingIndent);
      if (setting.origin != kByDefault) text += Labelled("", "# " + setting.origin, kSettingIndent);
      settings.Push(Json::MakeObject(
          {{"name", setting.name}, {"value", setting.value}, {"origin", setting.origin}}));
    }
    context.out.Result(Json::MakeObject({{"settings", std::move(settings)}}), text);
    return Exit::kOk;
  });

  auto* reference = config->add_subcommand(
      "reference", "A commented file with every setting at its default / 带注释的全部默认设置");
  OnRun(reference, context, [&context] {
    context.out.Result(Json::MakeObject({{"toml", node::ConfigReference()}}),
                       node::ConfigReference());
    return Exit::kOk;
  });
}

}  // namespace jiandu::cli
