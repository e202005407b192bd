// `jiandu tag new|rotate`: a provider's secret of a year with its escrow in two halves, a
// consumer's secret for staff (docs/contracts.md 4.10).

#include "cli/files.h"
#include "cli/passphrase.h"
#include "cli/secret_input.h"
#include "cli/tag.h"
#include "cli/tag_key.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {
namespace {

struct NewState {
  std::filesystem::path file, half_auditor, half_manager;
  std::filesystem::path passphrase_file, passphrase_auditor, passphrase_manager;
  std::string department, year;
  bool staff = false, fast = false;
  std::filesystem::path before;  // of rotate
};

struct Part {
  std::filesystem::path file;
  std::filesystem::path passphrase_file;
  std::string whose;
  TagKeyKind kind;
  crypto::TagSecret secret;
  Secret passphrase;
};

bool IsYear(const std::string& text) {
  return text.size() == 4 && text.find_first_not_of("0123456789") == std::string::npos &&
         text >= "2000" && text <= "2199";
}

Exit Refuse(const Output& out, const std::string& what, const std::string& next,
            const char* what_zh) {
  return out.Fail(Exit::kUsage, what, next, what_zh);
}

// The files to be written. Each has a passphrase of its own: two halves under one are no halves.
std::vector<Part> PartsOf(const NewState& state, const crypto::KeyMaterial& key) {
  std::vector<Part> parts;
  parts.push_back({.file = state.file,
                   .passphrase_file = state.passphrase_file,
                   .whose = "the tag key",
                   .kind = state.staff ? TagKeyKind::kStaff : TagKeyKind::kSubject,
                   .secret = key.seed,
                   .passphrase = Secret()});
  if (state.staff) return parts;
  // One half is random, the other what it lacks.
  const auto auditor = crypto::GenerateKey(crypto::KeySuite::kHmacSha256, "");
  parts.push_back({.file = state.half_auditor,
                   .passphrase_file = state.passphrase_auditor,
                   .whose = "the auditor's half",
                   .kind = TagKeyKind::kAuditorHalf,
                   .secret = auditor.seed,
                   .passphrase = Secret()});
  parts.push_back({.file = state.half_manager,
                   .passphrase_file = state.passphrase_manager,
                   .whose = "the manager's half",
                   .kind = TagKeyKind::kManagerHalf,
                   .secret = crypto::JoinTagHalves(key.seed, auditor.seed),
                   .passphrase = Secret()});
  return parts;
}

std::expected<void, Exit> AskPassphrases(const Output& out, std::vector<Part>& parts) {
  for (Part& part : parts) {
    auto passphrase =
        TakeNewPassphrase(out, part.passphrase_file, "Passphrase for " + part.whose, part.whose);
    if (!passphrase) return std::unexpected(passphrase.error());
    part.passphrase = Secret(std::move(*passphrase));
    for (const Part& other : parts) {
      if (&other == &part) break;
      if (other.passphrase.Text() != part.passphrase.Text()) continue;
      return std::unexpected(Refuse(out, part.whose + " has the passphrase of " + other.whose,
                                    "let each keeper choose a passphrase of its own",
                                    "各份密钥口令不得相同"));
    }
  }
  return {};
}

Exit WriteParts(const Output& out, const NewState& state, const crypto::KeyMaterial& key) {
  std::vector<Part> parts = PartsOf(state, key);
  if (const auto asked = AskPassphrases(out, parts); !asked) return asked.error();
  for (const Part& part : parts) {
    if (!std::filesystem::exists(part.file)) continue;
    return out.Fail(Exit::kFailed, part.file.string() + " exists already and is kept",
                    "choose another file name: a key is never overwritten", "密钥文件已存在");
  }
  const crypto::SealCost cost =
      state.fast ? crypto::SealCost::kInteractive : crypto::SealCost::kModerate;
  Json files = Json::MakeArray();
  std::string text;
  for (Part& part : parts) {
    const auto material =
        crypto::SecretMaterial(part.secret, TagPurpose({.kind = part.kind,
                                                        .department = state.department,
                                                        .year = state.year,
                                                        .whole = SecretIdOf(key)}));
    crypto::Wipe(part.secret.bytes);
    const std::string sealed = crypto::SealKey(material, part.passphrase.Text(), cost);
    if (const auto written = WriteNewFile(part.file, sealed, FileMode::kSecret); !written) {
      return out.Fail(written.error(), "remove what was written and begin anew", "密钥文件未写入");
    }
    files.Push(part.file.string());
    text += "Wrote " + part.file.string() + "  " + part.whose + "\n";
  }
  text += "secret id  " + SecretIdOf(key) + "\n";
  text +=
      state.staff
          ? "Accounts of grants must be tagged by this key from now on.\n"
            "今后共享权限中的账号须使用本密钥的标签。"
          : "Give each half to its keeper with its passphrase by another way, and keep neither.\n"
            "两份密钥分别交审计方与管理方保管，口令另行送达，本部门不留存。";
  out.Result(Json::MakeObject({{"department", state.department},
                               {"year", state.year},
                               {"secret_id", SecretIdOf(key)},
                               {"files", std::move(files)}}),
             text);
  return Exit::kOk;
}

Exit Make(const Output& out, const NewState& state) {
  KeepOutOfCoreFiles();
  if (!ledger::IsDepartmentCode(state.department)) {
    return Refuse(out, state.department + ": no department code",
                  "give the 18 characters of the 统一社会信用代码", "部门代码有误");
  }
  if (!IsYear(state.year)) {
    return Refuse(out, state.year + ": no year", "give four digits, say 2026", "年度有误");
  }
  const bool halves = !state.half_auditor.empty() && !state.half_manager.empty();
  if (!state.staff && !halves) {
    return Refuse(out, "a key for persons is escrowed in two halves",
                  "give --half-auditor FILE and --half-manager FILE (or --staff)",
                  "主体标签密钥须分两份托管");
  }
  if (state.staff && (!state.half_auditor.empty() || !state.half_manager.empty())) {
    return Refuse(out, "a key for staff has no halves", "leave --half-... out",
                  "人员标签密钥不分份");
  }
  const auto key = crypto::GenerateKey(crypto::KeySuite::kHmacSha256, "");
  return WriteParts(out, state, key);
}

// The key of the next epoch: the year after, or the same one when the old is lost or seen.
Exit Rotate(const Output& out, NewState state) {
  KeepOutOfCoreFiles();
  const auto sealed = ReadFile(state.before, 4096);
  const auto label = sealed ? crypto::ReadKeyLabel(*sealed)
                            : Result<crypto::KeyLabel>(std::unexpected(sealed.error()));
  if (!label) {
    return out.Fail(label.error(), "give the tag key that was used until now",
                    "无法读取标签密钥文件");
  }
  const auto before = ReadTagPurpose(label->purpose);
  const bool whole =
      before && (before->kind == TagKeyKind::kSubject || before->kind == TagKeyKind::kStaff);
  if (!whole) {
    return out.Fail(Exit::kConfig, state.before.string() + ": a key of \"" + label->purpose + "\"",
                    "give the whole tag key, not a half", "不是完整的标签密钥");
  }
  state.department = before->department;
  state.staff = before->kind == TagKeyKind::kStaff;
  if (state.year.empty()) state.year = std::to_string(std::stoi(before->year) + 1);
  if (IsYear(state.year) && state.year < before->year) {
    return Refuse(out, state.year + ": before the year of the old key, " + before->year,
                  "a key is rotated forward", "年度早于原密钥");
  }
  out.Note("Keep " + state.before.string() +
           " sealed as long as records of its year are kept: their tags need it.");
  return Make(out, state);
}

void AddFiles(CLI::App& command, NewState& state) {
  command.add_option("--half-auditor", state.half_auditor,
                     "File of the auditor's half / 审计方半份文件");
  command.add_option("--half-manager", state.half_manager,
                     "File of the manager's half / 主管方半份文件");
  command.add_option("--passphrase-file", state.passphrase_file,
                     "File whose first line is the passphrase of the key / 密钥口令文件，取首行");
  command.add_option("--passphrase-auditor", state.passphrase_auditor,
                     "Of the auditor's half / 审计方半份的口令文件");
  command.add_option("--passphrase-manager", state.passphrase_manager,
                     "Of the manager's half / 主管方半份的口令文件");
  command.add_flag("--fast-seal", state.fast,
                   "Cheap passphrase hashing, for demonstrations / 简化口令散列，仅供演示");
}

}  // namespace

void AddTagKeyVerbs(CLI::App& noun, Context& context) {
  auto* make = noun.add_subcommand(
      "new", "Make the tag key of a year, escrowed in two halves / 生成标签密钥并分两份托管");
  const auto state = std::make_shared<NewState>();
  make->add_option("file", state->file,
                   "Where to write the key (NAME.key) / 密钥输出文件（NAME.key）")
      ->required();
  make->add_option("--department", state->department,
                   "Whose key, department code / 密钥所属部门代码")
      ->required();
  make->add_option("--year", state->year, "Of which year, yyyy / 年度")->required();
  make->add_flag(
      "--staff", state->staff,
      "For accounts, addresses and operators of this consumer / 用于本使用方的账号、地址与操作员");
  AddFiles(*make, *state);
  OnRun(make, context, [&context, state] { return Make(context.out, *state); });

  auto* rotate = noun.add_subcommand(
      "rotate", "A new key for the next year, or in place of a compromised one / 轮换密钥");
  const auto next = std::make_shared<NewState>();
  rotate->add_option("old", next->before, "The key used until now / 此前使用的密钥")->required();
  rotate->add_option("file", next->file, "Where to write the new one / 新密钥输出文件")->required();
  rotate->add_option("--year", next->year,
                     "Default: the year after the old key's / 默认为旧密钥的次年");
  AddFiles(*rotate, *next);
  OnRun(rotate, context, [&context, next] { return Rotate(context.out, *next); });
}

}  // namespace jiandu::cli
