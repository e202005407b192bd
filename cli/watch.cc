// `jiandu watch`: follows headers of several nodes by certificates alone, and raises an alarm with
// evidence when two certified histories differ.
#include "cli/watch.h"

#include <csignal>
#include <ctime>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/genesis_file.h"
#include "cli/light_http.h"
#include "cli/text.h"
#include "cli/watch_state.h"
#include "crypto/hash.h"
#include "sdk/cpp/fork_verifier.h"
#include "sdk/cpp/watcher.h"

namespace jiandu::cli {
namespace {

using sdk::NodeState;
using sdk::NodeView;

constexpr std::size_t kNodesMax = limits::kValidatorsMax;
constexpr std::int64_t kQuietMs = 120'000;  // two heartbeats without a block

struct WatchOptions {
  std::filesystem::path genesis;
  std::vector<std::string> nodes;
  std::filesystem::path state = "watch.json";
  std::filesystem::path evidence;  // folder; "": the working directory
  std::string ca_file;
  std::int64_t every = 10;
  std::int64_t poll_s = 2;
  std::int64_t until = 0;
  std::int64_t for_s = 0;
  bool once = false;
};

const char* WordOf(NodeState state) {
  switch (state) {
    case NodeState::kAgrees: return "agrees";
    case NodeState::kBehind: return "behind";
    case NodeState::kSilent: return "silent";
    case NodeState::kInvalid: return "invalid";
    case NodeState::kForked: return "forked";
  }
  return "";
}

// Waits, or returns true at once when the user wants an end. The two signals are blocked meanwhile,
// so that an end is told in a sentence and no file is left half written.
class Interrupt {
 public:
  Interrupt() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~Interrupt() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  [[nodiscard]] bool Within(std::chrono::milliseconds wait) const {
    const timespec time{.tv_sec = static_cast<time_t>(wait.count() / 1000),
                        .tv_nsec = static_cast<long>(wait.count() % 1000 * 1'000'000)};
    return ::sigtimedwait(&signals_, nullptr, &time) > 0;
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

class Watch {
 public:
  Watch(const Output& out, const WatchOptions& options, ledger::Genesis genesis,
        sdk::Follower pinned)
      : out_(out),
        options_(options),
        genesis_(genesis),
        from_(pinned.Height()),
        watcher_(std::move(genesis), std::move(pinned)) {
    for (const std::string& url : options.nodes) {
      nodes_.push_back(std::make_unique<LightHttp>(url, options.ca_file));
      sources_.push_back(nodes_.back().get());
    }
    round_.nodes.resize(nodes_.size());
  }

  Exit Run() {
    const Interrupt interrupt;
    const auto begun = std::chrono::steady_clock::now();
    while (true) {
      if (const auto looked = Look(); !looked) {
        return out_.Fail(looked.error(), "one watcher per state file: name another with --state",
                         "无法写入状态文件",
                         "每个状态文件只供一个监视进程使用，请用 --state 另行指定");
      }
      if (round_.fork.has_value()) return Alarm();
      if (options_.once || Reached()) return End(ExitNow());
      auto wait = std::chrono::milliseconds(options_.poll_s * 1000);
      if (options_.for_s > 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            begun + std::chrono::seconds(options_.for_s) - std::chrono::steady_clock::now());
        if (left.count() <= 0) return End(options_.until > 0 ? Exit::kTimeout : ExitNow());
        wait = std::min(wait, left);
      }
      if (interrupt.Within(wait)) return End(ExitNow());
    }
  }

 private:
  [[nodiscard]] consensus::Height Height() const { return watcher_.Pinned().Height(); }
  [[nodiscard]] bool Reached() const {
    return options_.until > 0 && Height() >= static_cast<consensus::Height>(options_.until);
  }

  Result<void> Look() {
    for (const auto& node : nodes_) node->BeginLook();
    const consensus::Height before = Height();
    sdk::WatchRound round = watcher_.Look(sources_);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool told = first_ || round.nodes[i].state != round_.nodes[i].state;
      if (told && round.nodes[i].state != NodeState::kAgrees) TellNode(i, round.nodes[i]);
      if (told && !first_ && round.nodes[i].state == NodeState::kAgrees)
        TellNode(i, round.nodes[i]);
    }
    first_ = false;
    round_ = std::move(round);
    if (!round_.advanced) return {};
    const auto every = static_cast<consensus::Height>(options_.every);
    if (before == from_ || before / every != Height() / every) TellHeight();
    return SaveWatch(options_.state, genesis_, watcher_.Pinned());
  }

  void TellNode(std::size_t node, const NodeView& view) const {
    out_.Note(Labelled(WordOf(view.state),
                       nodes_[node]->Url() + ": " + view.detail.en + " " + view.detail.zh, 9));
  }
  void TellHeight() const {
    const consensus::Header& header = watcher_.Pinned().Newest()->header;
    out_.Note("height " + std::to_string(header.height) + "  " + TimeText(header.time.Ms()) + "  " +
              std::to_string(Count(NodeState::kAgrees)) + " of " + std::to_string(nodes_.size()) +
              " nodes agree 节点一致");
  }
  [[nodiscard]] std::size_t Count(NodeState state) const {
    return static_cast<std::size_t>(std::ranges::count(round_.nodes, state, &NodeView::state));
  }

  // What the last look found.
  [[nodiscard]] Exit ExitNow() const {
    if (Count(NodeState::kInvalid) > 0) return Exit::kVerification;
    if (Count(NodeState::kSilent) == nodes_.size()) return Exit::kNetwork;
    return Exit::kOk;
  }

  [[nodiscard]] Json Report() const {
    Json nodes = Json::MakeArray();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const NodeView& view = round_.nodes[i];
      nodes.Push(Json::MakeObject({{"url", nodes_[i]->Url()},
                                   {"state", WordOf(view.state)},
                                   {"height", view.height},
                                   {"detail", view.detail.en},
                                   {"detail_zh", view.detail.zh}}));
    }
    Json json = Json::MakeObject({{"chain", genesis_.chain},
                                  {"from", from_},
                                  {"height", Height()},
                                  {"nodes", std::move(nodes)},
                                  {"alarm", round_.fork.has_value()}});
    if (const auto& newest = watcher_.Pinned().Newest(); newest.has_value()) {
      json.Set("time", newest->header.time.Ms());
      json.Set("hash", HexEncode(newest->header.Hash().View()));
      json.Set("quiet", IsQuiet());
    }
    return json;
  }

  [[nodiscard]] bool IsQuiet() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return now_ms - watcher_.Pinned().Newest()->header.time.Ms() > kQuietMs;
  }

  // The end sentence: how far, how many nodes, on what assumption.
  Exit End(Exit exit) const {
    const std::string height = std::to_string(Height());
    const std::string from = std::to_string(from_);
    const std::string agree = std::to_string(Count(NodeState::kAgrees));
    const std::string all = std::to_string(nodes_.size());
    std::string en = "Followed from height " + from + " to " + height + "; " + agree + " of " +
                     all +
                     " nodes tell this history, and none was seen to tell another certified one. "
                     "Assuming at most 1/3 faulty in every validator set since genesis.";
    std::string zh = "已由第 " + from + " 块核对至第 " + height + " 块；" + all + " 个节点中 " +
                     agree +
                     " 个所述一致，未见另有经签名的不同历史。前提是自创世以来每届验证节点中作恶者"
                     "不超过三分之一。";
    if (watcher_.Pinned().Newest().has_value() && IsQuiet()) {
      en += " No block for over two minutes: the network may have stopped.";
      zh += "已逾两分钟没有新区块：网络可能已停。";
    }
    Json json = Report();
    json.Set("statement", en).Set("statement_zh", zh).Set("exit", static_cast<std::int64_t>(exit));
    out_.Result(json, Wrapped(en) + Wrapped(zh));
    return exit;
  }

  Exit Alarm() {
    const sdk::ForkVerdict verdict = sdk::VerifyFork(*round_.fork, genesis_);
    const std::string text = round_.fork->ToText();
    const std::string digest = HexEncode(crypto::Sha256(AsBytes(text)).View()).substr(0, 8);
    const std::filesystem::path file =
        options_.evidence / ("fork-" + std::to_string(verdict.height) + "-" + digest + ".json");
    if (const auto written = ReplaceFile(file, text, FileMode::kPublic); !written) {
      out_.Note(out_.Bad("ALARM 警报: " + verdict.Statement().en));
      return out_.Fail(written.error(), "the evidence could not be kept: mend the disk, run again",
                       "证据无法写入", "排除磁盘故障后重新运行");
    }
    const sdk::Sentence statement = verdict.Statement();
    Json json = Report();
    json.Set("evidence", file.string()).Set("fork_height", verdict.height);
    json.Set("statement", statement.en).Set("statement_zh", statement.zh);
    json.Set("exit", static_cast<std::int64_t>(Exit::kFork));
    out_.Result(json, out_.Bad("ALARM 警报") + "\n" + Wrapped(statement.en) +
                          Wrapped(statement.zh) + "evidence 证据: " + file.string() +
                          "\nnext: keep it, show it to every department; anybody checks it with\n"
                          "      jiandu verify " +
                          file.string() + " --genesis " + options_.genesis.string() +
                          "\n下一步：保存证据并告知各部门；任何人均可用上述命令离线核验");
    return Exit::kFork;
  }

  const Output& out_;
  const WatchOptions& options_;
  ledger::Genesis genesis_;
  consensus::Height from_;
  sdk::Watcher watcher_;
  std::vector<std::unique_ptr<LightHttp>> nodes_;
  std::vector<sdk::LightSource*> sources_;
  sdk::WatchRound round_;
  bool first_ = true;
};

// Which addresses, or what is wrong with them.
Exit CheckNodes(const Output& out, const std::vector<std::string>& nodes) {
  if (nodes.size() > kNodesMax) {
    return out.Fail(Exit::kUsage, "more than " + std::to_string(kNodesMax) + " nodes",
                    "name fewer with --nodes", "节点过多", "请减少 --nodes 所列节点");
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string& url = nodes[i];
    if (!url.starts_with("http://") && !url.starts_with("https://")) {
      return out.Fail(Exit::kUsage, "\"" + url + "\" is no node's address",
                      "give addresses as http://HOST:PORT, with commas between", "节点地址格式不符",
                      "地址应形如 http://主机:端口，多个之间用逗号分隔");
    }
    if (std::ranges::count(nodes, url) > 1) {
      return out.Fail(Exit::kUsage, url + " stands twice",
                      "name each node once: only different nodes can contradict each other",
                      "同一节点重复列出", "每个节点只列一次");
    }
  }
  return Exit::kOk;
}

Exit Run(const Output& out, const WatchOptions& options) {
  if (const Exit bad = CheckNodes(out, options.nodes); bad != Exit::kOk) return bad;
  auto genesis = ReadGenesisFile(out, options.genesis);
  if (!genesis) return genesis.error();
  auto pinned = LoadWatch(options.state, *genesis);
  if (!pinned && pinned.error().code == Errc::kNotFound) {
    pinned = sdk::Follower::FromGenesis(*genesis);
  }
  if (!pinned) {
    return out.Fail(Exit::kVerification, pinned.error(),
                    "keep that file and name another one with --state", "状态文件不可用",
                    "保留该文件，并用 --state 另行指定");
  }
  return Watch(out, options, *std::move(genesis), *std::move(pinned)).Run();
}

}  // namespace

void AddWatch(CLI::App& root, Context& context) {
  auto* watch = root.add_subcommand(
      "watch", "Follow several nodes' headers; alarm when they differ / 监视各节点历史是否一致");
  const auto options = std::make_shared<WatchOptions>();
  watch->add_option("--genesis", options->genesis, "The genesis document you trust / 创世文件")
      ->required();
  watch
      ->add_option("--nodes", options->nodes,
                   "Addresses with commas between: http://a:8440,http://b:8440 / 节点地址")
      ->required()
      ->delimiter(',');
  watch->add_option("--state", options->state, "Where it keeps what it saw / 状态文件")
      ->capture_default_str();
  watch->add_option("--evidence", options->evidence,
                    "Folder for evidence; default: this one / 证据存放目录");
  watch->add_option("--every", options->every, "A line every so many heights / 每隔多少块输出一行")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  watch->add_option("--poll", options->poll_s, "Seconds between two looks / 轮询间隔秒数")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  watch->add_option("--until", options->until, "End at this height / 到此高度结束")
      ->check(CLI::Range(std::int64_t{1}, limits::kJsonIntegerMax));
  watch->add_option("--for", options->for_s, "End after so many seconds / 运行秒数")
      ->check(CLI::Range(1, 100'000'000));
  watch->add_flag("--once", options->once, "One look / 只看一次");
  watch->add_option("--ca", options->ca_file, "Certificates for https / HTTPS 证书文件");
  OnRun(watch, context, [&context, options] { return Run(context.out, *options); });
}

}  // namespace jiandu::cli
