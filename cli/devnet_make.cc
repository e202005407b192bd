// Making a devnet: plans from network-configs/, the ceremony, one config per node.

#include <array>
#include <chrono>
#include <random>
#include <utility>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/devnet.h"
#include "cli/files.h"
#include "cli/held_port.h"
#include "cli/node_config.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kDepartmentsMax = 128;
// Below the range from which the system gives ports to connections: one of those could take the
// port of a node while it is down.
constexpr int kPortsFrom = 20'000;
constexpr int kPortsTo = 32'000;
constexpr int kPortTries = 64;

// Gateway, peer and metrics ports of n nodes, 3n in all: the wished ones if all are free, else any.
std::vector<int> ChoosePorts(std::size_t n, int first) {
  const auto choose = [n](int from) {
    std::vector<std::unique_ptr<HeldPort>> held;
    std::vector<int> ports;
    for (std::size_t i = 0; i < 3 * n; ++i) {
      held.push_back(std::make_unique<HeldPort>(from == 0 ? 0 : from + static_cast<int>(i)));
      if (held.back()->Port() == 0) return std::vector<int>();
      ports.push_back(held.back()->Port());
    }
    return ports;
  };
  auto ports = first != 0 ? choose(first) : std::vector<int>();
  std::random_device random;
  std::uniform_int_distribution<int> starts(kPortsFrom, kPortsTo);
  for (int tries = 0; ports.empty() && tries < kPortTries; ++tries) ports = choose(starts(random));
  return ports.empty() ? choose(0) : ports;
}

Result<NewIdentity> ReadOfficer(const Json& json) {
  JsonFields fields(json, "/officers");
  NewIdentity identity{.name = fields.Text("name", limits::kIdBytesMax)};
  for (const Json& duty : fields.Array("duties", 8)) {
    const auto bit = duty.IsText() ? ledger::DutyFromName(duty.AsString()) : std::nullopt;
    if (!bit) fields.Problem("duties", "has an unknown duty");
    identity.duties |= bit.value_or(0);
  }
  JD_CHECK(fields.Finish());
  return identity;
}

Result<NewIdentity> ReadSystem(const Json& json) {
  JsonFields fields(json, "/systems");
  NewIdentity identity{.name = fields.Text("name", limits::kIdBytesMax),
                       .kind = ledger::IdentityKind::kSystem};
  Json cidrs = Json::MakeArray();
  const std::int64_t level = fields.Integer("mlps_level", 1, 5);
  for (const Json& cidr : fields.Array("cidrs", 16)) cidrs.Push(cidr);
  JD_CHECK(fields.Finish());
  identity.attributes = Json::MakeObject({{"mlps_level", level}, {"cidrs", std::move(cidrs)}});
  return identity;
}

Result<JoinPlan> ReadMember(const Json& json) {
  JsonFields fields(json, "/departments");
  JoinPlan member;
  auto& department = member.department;
  department.code = fields.Text("code", 18);
  department.name = fields.Text("name", 256);
  department.alias = fields.Text("alias", limits::kIdBytesMax);
  department.jurisdiction = fields.Text("jurisdiction", 12);
  department.level = fields.Text("level", 16);
  department.kind = fields.Text("kind", 32);
  for (const Json& role : fields.Array("roles", 8)) {
    if (role.IsText()) department.roles.push_back(role.AsString());
  }
  department.may_seal = fields.OptionalBool("may_seal", false);
  const std::string seat = fields.Text("seat", 16);
  if (seat != "validator" && seat != "none") {
    fields.Problem("seat", "is neither validator nor none");
  }
  const auto officers = fields.Array("officers", 64);
  const auto systems = fields.Array("systems", 64);
  const std::string contractor = fields.OptionalText("contractor", limits::kIdBytesMax);
  JD_CHECK(fields.Finish());
  for (const Json& one : officers) {
    JD_TRY(NewIdentity identity, ReadOfficer(one));
    member.identities.push_back(std::move(identity));
  }
  for (const Json& one : systems) {
    JD_TRY(NewIdentity identity, ReadSystem(one));
    member.identities.push_back(std::move(identity));
  }
  if (!contractor.empty()) {
    member.identities.push_back({.name = contractor, .kind = ledger::IdentityKind::kContractor});
  }
  member.seat = seat == "validator" ? Seat::kValidator : Seat::kNone;
  return member;
}

Result<std::vector<JoinPlan>> ReadMembers(const std::filesystem::path& file) {
  JD_TRY(const std::string text, ReadFile(file, limits::kMiB));
  JD_TRY(const Json json, ParseJson(text, limits::kMiB));
  JsonFields fields(json, "");
  const auto departments = fields.Array("departments", kDepartmentsMax);
  JD_CHECK(fields.Finish());
  std::vector<JoinPlan> members;
  for (const Json& one : departments) {
    JD_TRY(JoinPlan member, ReadMember(one));
    members.push_back(std::move(member));
  }
  return members;
}

Result<std::string> MakePassphrase(const std::filesystem::path& file) {
  std::array<std::uint8_t, 24> random{};
  crypto::FillRandom(random);
  std::string passphrase = Base64UrlEncode(random);
  JD_CHECK(WriteNewFile(file, passphrase + "\n", FileMode::kSecret));
  return passphrase;
}

Result<void> WriteNodeFiles(const std::filesystem::path& folder,
                            const std::vector<JoinPlan>& members,
                            const std::vector<DevnetNode>& nodes, const DevnetPlan& plan,
                            const std::string& genesis, bool test_clock) {
  for (const JoinPlan& member : members) {
    if (member.seat == Seat::kNone) continue;
    NodeConfigPlan config;
    config.department = member.department.code;
    config.passphrase_file = "../passphrase";
    config.has_log_key = std::filesystem::exists(NodeKeyFile(member.home, "log"));
    config.log_level = plan.log_level;
    for (const NewIdentity& identity : member.identities) {
      if (identity.kind != ledger::IdentityKind::kSystem) continue;
      config.system_key = "keys/" + identity.name + ".key";
      break;
    }
    config.connections_per_address_max = plan.connections_per_address_max;
    if (test_clock) config.test_clock = "../test-clock";
    for (const DevnetNode& node : nodes) {
      if (node.department == config.department) {
        config.gateway_listen = "127.0.0.1:" + std::to_string(node.gateway_port);
        config.peers_listen = "127.0.0.1:" + std::to_string(node.peer_port);
        config.metrics_listen = "127.0.0.1:" + std::to_string(node.metrics_port);
      } else {
        config.peers.emplace_back(node.department, "127.0.0.1:" + std::to_string(node.peer_port));
      }
    }
    JD_CHECK(WriteNewFile(member.home / "genesis.json", genesis, FileMode::kPublic));
    JD_CHECK(WriteNewFile(member.home / "node.toml", MakeNodeConfig(config), FileMode::kPublic));
  }
  return WriteNewFile(folder / "genesis.json", genesis, FileMode::kPublic);
}

// An empty folder under a mark of ours. What an interrupted Make has left is removed; what is
// somebody else's is kept.
Result<void> BeginFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Fail(Errc::kIo, folder.string() + ": " + error.message());
  const bool is_ours = std::filesystem::exists(folder / kUnfinished, error);
  if (!is_ours && !std::filesystem::is_empty(folder, error)) {
    return Fail(Errc::kConflict, folder.string() +
                                     " holds other things: name an empty folder, or one that is "
                                     "not there yet, with --dir");
  }
  std::vector<std::filesystem::path> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename() != kUnfinished) left.push_back(entry.path());
  }
  for (const auto& path : left) {
    if (!error) std::filesystem::remove_all(path, error);
  }
  if (error) return Fail(Errc::kIo, folder.string() + ": " + error.message());
  return ReplaceFile(folder / kUnfinished, "", FileMode::kPublic);
}

}  // namespace

Result<Devnet> Devnet::Make(const std::filesystem::path& folder, const DevnetPlan& plan) {
  if (std::filesystem::exists(folder / "devnet.json")) {
    return Fail(Errc::kDuplicate, folder.string() + " holds a network already");
  }
  JD_TRY(const std::string draft_text, ReadFile(plan.config / "network.json", limits::kMiB));
  JD_TRY(NetworkDraft draft, DecodeDraft(draft_text));
  if (draft.time == 0) {
    draft.time = std::chrono::duration_cast<std::chrono::milliseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
  }
  JD_TRY(auto members, ReadMembers(plan.config / "departments.json"));
  JD_CHECK(BeginFolder(folder));
  JD_TRY(const std::string passphrase, MakePassphrase(folder / "passphrase"));

  Devnet devnet(folder);
  std::vector<JoinFile> joins;
  for (JoinPlan& member : members) {
    member.home = folder / member.department.alias;
    member.passphrase = passphrase;
    member.cost = crypto::SealCost::kInteractive;
    JD_TRY(std::string join, JoinNetwork(draft, member));
    JD_CHECK(WriteNewFile(member.home / "join.json", join, FileMode::kPublic));
    joins.push_back({.name = (member.home / "join.json").string(), .text = std::move(join)});
    if (member.seat != Seat::kNone) {
      devnet.nodes_.push_back(
          {.alias = member.department.alias, .department = member.department.code});
    }
  }
  JD_TRY(const std::string genesis, SealNetwork(draft, joins));
  const auto ports = ChoosePorts(devnet.nodes_.size(), plan.gateway_port);
  const std::size_t n = devnet.nodes_.size();
  if (ports.size() != 3 * n)
    return Fail(Errc::kUnavailable, "this machine has no free ports on loopback");
  for (std::size_t i = 0; i < n; ++i) {
    devnet.nodes_[i].gateway_port = ports[i];
    devnet.nodes_[i].peer_port = ports[n + i];
    devnet.nodes_[i].metrics_port = ports[2 * n + i];
  }
  if (draft.test_clock) JD_CHECK(devnet.SetTime(draft.time));
  JD_CHECK(WriteNodeFiles(folder, members, devnet.nodes_, plan, genesis, draft.test_clock));
  JD_CHECK(devnet.Save());
  std::error_code error;
  std::filesystem::remove(folder / kUnfinished, error);
  if (error) return Fail(Errc::kIo, folder.string() + ": " + error.message());
  return devnet;
}

Result<void> Devnet::SetTime(ledger::TimeMs time) const {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  return ReplaceFile(folder_ / "test-clock", std::to_string(time - now) + "\n", FileMode::kPublic);
}

Result<std::filesystem::path> FindNetworkConfig(const std::string& name) {
  if (name.empty() || name.contains('/') || name.starts_with('.')) {
    return Fail(Errc::kNotFound, "\"" + name + "\" is no name of a folder below network-configs/");
  }
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const auto& base :
       {program.parent_path().parent_path(), std::filesystem::current_path(error)}) {
    auto folder = base / "network-configs" / name;
    if (std::filesystem::exists(folder / "network.json")) return folder;
  }
  return Fail(Errc::kNotFound,
              "network-configs/" + name + " is neither beside the program nor here");
}

}  // namespace jiandu::cli
