// `jiandu network init|join|seal`: the genesis ceremony (cli/ceremony.h).

#include <charconv>
#include <chrono>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "crypto/hash.h"
#include "ledger/model/genesis_check.h"

namespace jiandu::cli {
namespace {

struct InitOptions {
  std::filesystem::path file = "network.json";
  std::string chain;
  std::string profile = "combined";
};

Exit Init(const Output& out, const InitOptions& options) {
  NetworkDraft draft;
  draft.chain = options.chain;
  draft.profile = options.profile;
  draft.time = std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
  if (!ledger::IsChainId(draft.chain)) {
    return out.Fail(Exit::kUsage,
                    "the chain id must have 1 to 50 letters, digits, hyphens, underscores or dots",
                    "choose a name such as linjiang-1",
                    "链标识须为 1 至 50 个英文字母、数字、连字符、下划线或点", "例如 linjiang-1");
  }
  if (const auto written = WriteNewFile(options.file, EncodeDraft(draft), FileMode::kPublic);
      !written) {
    return out.Fail(written.error(), "choose another file, or remove the old draft",
                    "网络草案未写入", "换一个文件名，或删除旧草案");
  }
  out.Result(
      Json::MakeObject({{"file", options.file.string()}, {"chain", draft.chain}}),
      "Wrote " + options.file.string() + " for network " + draft.chain +
          ".\nnext: send it to every department; each runs\n  jiandu network join --network " +
          options.file.string() +
          " \\\n      --home DIR --code CODE --name NAME --alias ALIAS ...\n"
          "下一步：将该草案发给各部门，由各部门运行以上命令");
  return Exit::kOk;
}

struct JoinOptions {
  std::filesystem::path network = "network.json";
  std::filesystem::path passphrase_file;
  JoinPlan plan;
  std::vector<std::string> officers;  // NAME=DUTY+DUTY
  std::vector<std::string> systems;   // NAME=MLPS@CIDR+CIDR
  bool no_node = false;
  bool fast_seal = false;
};

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> pieces;
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t to = std::min(text.find(separator, from), text.size());
    if (to > from) pieces.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return pieces;
}

// "ga-h1=HEAD+DEPT_LEADER"
Result<NewIdentity> ParseOfficer(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return Fail(Errc::kInvalid, text + ": write NAME=DUTY+DUTY");
  NewIdentity identity{.name = text.substr(0, equals)};
  for (const std::string& name : Split(text.substr(equals + 1), '+')) {
    const auto bit = ledger::DutyFromName(name);
    if (!bit) {
      return Fail(Errc::kInvalid,
                  name + ": no such duty; use CLERK, HEAD, DEPT_LEADER, SECURITY, SYSADMIN, AUDIT");
    }
    identity.duties |= *bit;
  }
  return identity;
}

// "jt-app-01=3@10.20.3.0/24+10.20.4.0/24": the system's MLPS level and its networks.
Result<NewIdentity> ParseSystem(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t at = text.find('@');
  if (equals == std::string::npos || at == std::string::npos || at < equals) {
    return Fail(Errc::kInvalid, text + ": write NAME=MLPS_LEVEL@CIDR+CIDR");
  }
  std::int64_t level = 0;
  const auto parsed = std::from_chars(text.data() + equals + 1, text.data() + at, level);
  if (parsed.ptr != text.data() + at || level < 1 || level > 5) {
    return Fail(Errc::kInvalid, text + ": the MLPS level (等保) is 1 to 5");
  }
  Json cidrs = Json::MakeArray();
  for (const std::string& cidr : Split(text.substr(at + 1), '+')) cidrs.Push(cidr);
  return NewIdentity{
      .name = text.substr(0, equals),
      .kind = ledger::IdentityKind::kSystem,
      .attributes = Json::MakeObject({{"mlps_level", level}, {"cidrs", std::move(cidrs)}})};
}

Result<void> AddIdentities(JoinOptions& options) {
  for (const std::string& text : options.officers) {
    JD_TRY(NewIdentity identity, ParseOfficer(text));
    options.plan.identities.push_back(std::move(identity));
  }
  for (const std::string& text : options.systems) {
    JD_TRY(NewIdentity identity, ParseSystem(text));
    options.plan.identities.push_back(std::move(identity));
  }
  return {};
}

Result<NetworkDraft> ReadDraft(const std::filesystem::path& file, std::string_view text) {
  auto draft = DecodeDraft(text);
  if (!draft) return FailWith(draft.error(), file.string() + " is no draft");
  return draft;
}

Exit TellNoDraft(const Output& out, const Error& error) {
  return out.Fail(error, "give --network the file made by `jiandu network init`",
                  "无法读取网络草案", "用 --network 指明 jiandu network init 生成的文件");
}

Exit Join(const Output& out, JoinOptions options) {
  const auto text = ReadFile(options.network, limits::kMiB);
  const auto draft = text ? ReadDraft(options.network, *text)
                          : Result<NetworkDraft>(std::unexpected(text.error()));
  if (!draft) return TellNoDraft(out, draft.error());
  if (!ledger::IsDepartmentCode(options.plan.department.code)) {
    return out.Fail(Exit::kUsage, options.plan.department.code + ": no department code",
                    "give --code the 18 characters of the 统一社会信用代码", "部门代码有误",
                    "用 --code 给出 18 位统一社会信用代码");
  }
  if (const auto added = AddIdentities(options); !added) {
    return out.Fail(Exit::kUsage, added.error(), "`jiandu network join --help` shows the form",
                    "人员或系统的写法有误", "写法见 jiandu network join --help");
  }
  if (const auto fits = CheckJoin(*draft, options.plan); !fits) {
    return out.Fail(Exit::kUsage, fits.error().detail,
                    "mend it and run the command again: nothing was made yet",
                    "该部门的资料不合创世文件的要求（" + fits.error().detail + "）",
                    "改正后重新运行；尚未生成任何文件");
  }
  const auto file = options.plan.home / "join.json";
  const char* kept = "keep the old join file, or move it away";
  const char* kept_zh = "保留原入网文件，或先移走";
  if (std::error_code error; std::filesystem::exists(file, error)) {
    return out.Fail(Exit::kFailed, file.string() + " exists already and is kept", kept,
                    "入网文件已存在，未作改动", kept_zh);
  }
  const auto passphrase = TakeNewPassphrase(
      out, options.passphrase_file, "Passphrase for this department's keys / 本部门密钥的口令");
  if (!passphrase) return passphrase.error();
  options.plan.passphrase = *passphrase;
  options.plan.seat = options.no_node ? Seat::kNone : Seat::kValidator;
  options.plan.cost =
      options.fast_seal ? crypto::SealCost::kInteractive : crypto::SealCost::kModerate;
  const auto join = JoinNetwork(*draft, options.plan);
  if (!join) {
    return out.Fail(join.error(), "nothing was overwritten; mend it and run the command again",
                    "未能生成入网文件", "已有文件未被覆盖；改正后重试");
  }
  if (const auto written = WriteNewFile(file, *join, FileMode::kPublic); !written) {
    return out.Fail(written.error(), kept, "入网文件未写入", kept_zh);
  }
  out.Result(Json::MakeObject({{"file", file.string()}}),
             "Keys made in " + (options.plan.home / "keys").string() +
                 "; they never leave this machine.\n" + "next: send " + file.string() +
                 " (public parts only) to whoever seals the network.\n"
                 "密钥已在上述目录生成，不离开本机。\n"
                 "下一步：将该入网文件（只含公开部分）交给定稿创世文件的一方");
  return Exit::kOk;
}

struct SealOptions {
  std::filesystem::path network = "network.json";
  std::filesystem::path file = "genesis.json";
  std::vector<std::filesystem::path> joins;
};

Exit Seal(const Output& out, const SealOptions& options) {
  const auto text = ReadFile(options.network, limits::kMiB);
  const auto draft = text ? ReadDraft(options.network, *text)
                          : Result<NetworkDraft>(std::unexpected(text.error()));
  if (!draft) return TellNoDraft(out, draft.error());
  std::vector<JoinFile> joins;
  for (const auto& file : options.joins) {
    auto join = ReadFile(file, limits::kGenesisBytesMax);
    if (!join) {
      return out.Fail(join.error(), "give the join.json of every department", "无法读取入网文件",
                      "给出各部门的 join.json");
    }
    joins.push_back({.name = file.string(), .text = std::move(*join)});
  }
  const auto document = SealNetwork(*draft, joins);
  if (!document) {
    return out.Fail(
        Exit::kFailed, document.error().detail, "ask that department for a corrected join file",
        "创世文件未生成（" + document.error().detail + "）", "请该部门改正入网文件后重新提供");
  }
  if (const auto written = WriteNewFile(options.file, *document, FileMode::kPublic); !written) {
    return out.Fail(written.error(), "a sealed genesis is never overwritten: choose another --file",
                    "创世文件未写入", "已有创世文件不会被覆盖，请换一个 --file");
  }
  const std::string hash = HexEncode(crypto::Sha256(AsBytes(*document)).View());
  out.Result(Json::MakeObject(
                 {{"file", options.file.string()}, {"sha256", hash}, {"chain", draft->chain}}),
             "Sealed " + options.file.string() + " of network " + draft->chain + ".\nsha256 " +
                 hash +
                 "\nnext: every department compares this hash by another way (telephone,\n"
                 "letter) and sets up its node with\n  jiandu node init --home DIR --genesis " +
                 options.file.string() +
                 "\n下一步：各部门以其他途径（电话、函件）核对此摘要后，以上述命令配置节点");
  return Exit::kOk;
}

void AddJoin(CLI::App& network, Context& context) {
  auto* join = network.add_subcommand(
      "join", "Make this department's keys and its join file / 生成本部门密钥与入网文件");
  const auto options = std::make_shared<JoinOptions>();
  auto& department = options->plan.department;
  department.level = "CITY";
  department.kind = "GOV";
  join->add_option("--network", options->network,
                   "Draft from `network init` / network init 所写草案")
      ->capture_default_str();
  join->add_option("--home", options->plan.home,
                   "Folder for keys and the join file / 密钥与入网文件的目录")
      ->required();
  join->add_option("--code", department.code, "统一社会信用代码, 18 characters")->required();
  join->add_option("--name", department.name, "Name of the department / 部门名称")->required();
  join->add_option("--alias", department.alias, "Short ascii word / 英文短名")->required();
  join->add_option("--jurisdiction", department.jurisdiction,
                   "Division code, 6 to 12 digits / 行政区划代码，6 至 12 位")
      ->required();
  join->add_option("--level", department.level,
                   "NATIONAL, PROVINCE, CITY, DISTRICT, TOWN / 层级：国家、省、市、区县、乡镇")
      ->capture_default_str();
  join->add_option("--kind", department.kind,
                   "GOV, AUTHORIZED_BODY, EXTERNAL / 性质：政府部门、授权组织、外部单位")
      ->capture_default_str();
  join->add_flag("--may-seal", department.may_seal, "Its accesses may be recorded sealed / 可密封");
  join->add_option("--role", department.roles,
                   "DEPARTMENT, MANAGER, AUDITOR, ... (repeat) / 职能，可重复")
      ->allow_extra_args(false)
      ->required();
  join->add_option("--officer", options->officers, "NAME=DUTY+DUTY (repeat) / 人员=职责，可重复")
      ->allow_extra_args(false);
  join->add_option("--system", options->systems,
                   "NAME=MLPS_LEVEL@CIDR+CIDR (repeat) / 系统=等保级别@网段，可重复")
      ->allow_extra_args(false);
  join->add_flag("--no-node", options->no_node,
                 "The department runs no node; it uses the gateways of others / "
                 "本部门不运行节点，用其他部门的网关");
  join->add_flag("--fast-seal", options->fast_seal,
                 "Cheap passphrase hashing, for demonstrations / 简化口令散列，仅供演示");
  join->add_option("--passphrase-file", options->passphrase_file,
                   "File whose first line is the passphrase / 口令文件，取首行");
  OnRun(join, context, [&context, options] { return Join(context.out, *options); });
}

}  // namespace

void AddNetwork(CLI::App& root, Context& context) {
  auto* network = root.add_subcommand("network", "The genesis ceremony / 组网");
  network->require_subcommand(1);

  auto* init = network->add_subcommand(
      "init", "Write the draft that all departments agree on / 写出各部门商定的草案");
  const auto init_options = std::make_shared<InitOptions>();
  init->add_option("--chain", init_options->chain,
                   "Chain id, at most 50 bytes / 链标识，至多 50 字节")
      ->required();
  init->add_option("--profile", init_options->profile, "combined, order809 or hangzhou / 政策")
      ->check(CLI::IsMember({"combined", "order809", "hangzhou"}))
      ->capture_default_str();
  init->add_option("--file", init_options->file, "Where to write it / 输出文件")
      ->capture_default_str();
  OnRun(init, context, [&context, init_options] { return Init(context.out, *init_options); });

  AddJoin(*network, context);

  auto* seal = network->add_subcommand(
      "seal", "Put the join files together into genesis.json / 将各入网文件合成创世文件");
  const auto seal_options = std::make_shared<SealOptions>();
  seal->add_option("--network", seal_options->network,
                   "Draft from `network init` / network init 所写草案")
      ->capture_default_str();
  seal->add_option("--file", seal_options->file, "Where to write it / 输出文件")
      ->capture_default_str();
  seal->add_option("join", seal_options->joins, "join.json of each department / 各部门的 join.json")
      ->required();
  OnRun(seal, context, [&context, seal_options] { return Seal(context.out, *seal_options); });
}

}  // namespace jiandu::cli
