#include "cli/devnet.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/api_client.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "crypto/hash.h"
#include "crypto/key_file.h"

namespace jiandu::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kStartTime = std::chrono::seconds(60);
constexpr auto kStopTime = std::chrono::seconds(15);
constexpr auto kPollTime = std::chrono::milliseconds(50);
constexpr std::size_t kLogTailMax = 64 * limits::kKiB;

// True when the process has ended; a child of ours is reaped.
bool HasEnded(pid_t pid) {
  int status = 0;
  const pid_t reaped = ::waitpid(pid, &status, WNOHANG);
  if (reaped == pid) return true;
  if (reaped == 0) return false;
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

bool AwaitEnd(pid_t pid, Clock::duration time) {
  const auto deadline = Clock::now() + time;
  while (!HasEnded(pid)) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPollTime);
  }
  return true;
}

// The pid in the file may have been given to another program since: ask what it runs.
bool IsOurs(pid_t pid) {
  const auto command = ReadFile("/proc/" + std::to_string(pid) + "/cmdline", 4096);
  return command && command->find("jiandu") != std::string::npos &&
         command->find("node") != std::string::npos;
}

// The program `jiandu`: this one, or the one beside it when a benchmark or a test drives the
// network. Never blindly this one: a program that is not `jiandu` would start itself without end.
Result<std::string> FindProgram() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto program = self.parent_path() / "jiandu";
  if (error || !std::filesystem::exists(program)) {
    return Fail(Errc::kNotFound, "the program jiandu is not beside " + self.string());
  }
  return program.string();
}

std::string TailOf(const std::filesystem::path& file) {
  auto text = ReadFile(file, limits::kSegmentBytesMax);
  if (!text) return "";
  if (text->size() > kLogTailMax) text->erase(0, text->size() - kLogTailMax);
  // What it ended with are four lines: the error comes first, in words of English, then of Chinese.
  if (const std::size_t said = text->rfind("error: "); said != std::string::npos) {
    return text->substr(said, text->find("\nnext: ", said) - said);
  }
  while (text->ends_with('\n')) text->pop_back();
  return text->substr(text->rfind('\n') + 1);
}

}  // namespace

std::filesystem::path Devnet::LogOf(const std::string& alias) const {
  return folder_ / "logs" / (alias + ".log");
}

const DevnetNode* Devnet::Find(const std::string& alias) const {
  for (const DevnetNode& node : nodes_) {
    if (node.alias == alias) return &node;
  }
  return nullptr;
}

Result<void> Devnet::Save() const {
  Json nodes = Json::MakeArray();
  for (const DevnetNode& node : nodes_) {
    nodes.Push(Json::MakeObject({{"alias", node.alias},
                                 {"department", node.department},
                                 {"gateway_port", node.gateway_port},
                                 {"peer_port", node.peer_port},
                                 {"metrics_port", node.metrics_port},
                                 {"pid", std::int64_t{node.pid}}}));
  }
  return ReplaceFile(folder_ / "devnet.json",
                     PrettyJson(Json::MakeObject({{"nodes", std::move(nodes)}})),
                     FileMode::kPublic);
}

Result<Devnet> Devnet::Load(const std::filesystem::path& folder) {
  JD_TRY(const std::string text, ReadFile(folder / "devnet.json", limits::kMiB));
  JD_TRY(const Json json, ParseJson(text, limits::kMiB));
  Devnet devnet(folder);
  for (const Json& one : json.ItemsOf("nodes")) {
    JsonFields fields(one, "/nodes");
    DevnetNode node;
    node.alias = fields.Text("alias", limits::kIdBytesMax);
    node.department = fields.Text("department", 18);
    node.gateway_port = static_cast<int>(fields.Integer("gateway_port", 1, 65535));
    node.peer_port = static_cast<int>(fields.Integer("peer_port", 1, 65535));
    node.metrics_port = static_cast<int>(fields.Integer("metrics_port", 1, 65535));
    node.pid = static_cast<pid_t>(fields.Integer("pid", 0, INT32_MAX));
    JD_CHECK(fields.Finish());
    devnet.nodes_.push_back(std::move(node));
  }
  if (devnet.nodes_.empty()) {
    return Fail(Errc::kCorrupt, (folder / "devnet.json").string() + ": names no node");
  }
  return devnet;
}

bool Devnet::IsRunning(const DevnetNode& node) const {
  return node.pid > 0 && !HasEnded(node.pid) && IsOurs(node.pid);
}

Result<void> Devnet::Spawn(DevnetNode& node) {
  std::error_code error;
  std::filesystem::create_directories(folder_ / "logs", error);
  JD_TRY(const std::string program, FindProgram());
  const std::string config = (folder_ / node.alias / "node.toml").string();
  const std::string log = LogOf(node.alias).string();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return Fail(Errc::kIo, std::string("fork: ") + std::strerror(errno));
  if (pid == 0) {
    // Only async-signal-safe calls from here on. A session of its own: it outlives this command,
    // unless it is tied to it.
    ::setsid();
    if (tied_) {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (::getppid() != parent) ::_exit(127);
    }
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0640);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execl(program.c_str(), "jiandu", "node", "run", "--config", config.c_str(),
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  node.pid = pid;
  return {};
}

// At its port another node may answer, of another network as like as not.
Result<void> Devnet::AwaitAnswer(const DevnetNode& node) const {
  const auto deadline = Clock::now() + kStartTime;
  JD_TRY(const std::string genesis, ReadFile(folder_ / "genesis.json", limits::kGenesisBytesMax));
  const std::string hash = HexEncode(crypto::Sha256(AsBytes(genesis)).View());
  bool is_another = false;
  ApiClient client(node.Url());
  while (Clock::now() < deadline) {
    if (HasEnded(node.pid)) {
      return Fail(Errc::kUnavailable,
                  "node " + node.alias + " ended at once: " + TailOf(LogOf(node.alias)));
    }
    const auto reply = client.Get("/v1/status");
    const bool answers = reply && reply->status == 200;
    if (answers && reply->body.TextOr("genesis_hash") == hash &&
        reply->body.TextOr("department") == node.department) {
      return {};
    }
    is_another = answers;
    std::this_thread::sleep_for(kPollTime);
  }
  if (is_another) {
    return Fail(Errc::kConflict, "at " + node.Url() + ", the port of node " + node.alias +
                                     ", another node answers: stop that one");
  }
  return Fail(Errc::kTimeout,
              "node " + node.alias + " does not answer; see " + LogOf(node.alias).string());
}

Result<void> Devnet::Start(const std::string& alias) {
  if (!alias.empty() && Find(alias) == nullptr) {
    return Fail(Errc::kNotFound, "no node " + alias + " in this network");
  }
  for (DevnetNode& node : nodes_) {
    if ((alias.empty() || node.alias == alias) && !IsRunning(node)) JD_CHECK(Spawn(node));
  }
  JD_CHECK(Save());
  for (const DevnetNode& node : nodes_) {
    if (alias.empty() || node.alias == alias) JD_CHECK(AwaitAnswer(node));
  }
  return {};
}

Result<void> Devnet::Stop() {
  for (const DevnetNode& node : nodes_) {
    if (IsRunning(node)) ::kill(node.pid, SIGTERM);
  }
  std::string stubborn;
  for (DevnetNode& node : nodes_) {
    if (node.pid > 0 && IsRunning(node) && !AwaitEnd(node.pid, kStopTime)) {
      ::kill(node.pid, SIGKILL);
      AwaitEnd(node.pid, kStopTime);
      stubborn += " " + node.alias;
    }
    node.pid = 0;
  }
  JD_CHECK(Save());
  if (!stubborn.empty()) return Fail(Errc::kTimeout, "had to be killed:" + stubborn);
  return {};
}

Result<void> Devnet::Kill(const std::string& alias) {
  for (DevnetNode& node : nodes_) {
    if (node.alias != alias) continue;
    if (!IsRunning(node)) return Fail(Errc::kConflict, "node " + alias + " does not run");
    ::kill(node.pid, SIGKILL);
    AwaitEnd(node.pid, kStopTime);
    node.pid = 0;
    return Save();
  }
  return Fail(Errc::kNotFound, "no node " + alias + " in this network");
}

Result<void> RemoveNetwork(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return {};
  auto old = Devnet::Load(folder);
  const bool empty = std::filesystem::is_empty(folder, error) && !error;
  const bool unfinished = std::filesystem::exists(folder / kUnfinished, error);
  if (!old && !empty && !unfinished) {
    return Fail(Errc::kConflict, folder.string() + " exists and holds no network made here");
  }
  if (old) (void)old->Stop();
  std::filesystem::remove_all(folder, error);
  if (error) return Fail(Errc::kIo, folder.string() + ": " + error.message());
  return {};
}

Result<const crypto::EcdsaPrivateKey*> Devnet::Key(const std::string& identity) {
  if (const auto found = keys_.find(identity); found != keys_.end()) return &found->second;
  const std::string alias = identity.substr(0, identity.find('-'));
  JD_TRY(const std::string sealed, ReadFile(IdentityKeyFile(folder_ / alias, identity), 4096));
  JD_TRY(const std::string passphrase, GetPassphrase(folder_ / "passphrase", ""));
  JD_TRY(const crypto::KeyMaterial material, crypto::OpenKey(sealed, passphrase));
  JD_TRY(auto key, crypto::EcdsaPrivateKey::From(material.seed));
  return &keys_.emplace(identity, std::move(key)).first->second;
}

}  // namespace jiandu::cli
