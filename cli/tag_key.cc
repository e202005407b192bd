// Labels as "kind:department:year[:id]", halves joined and checked against their label.
#include "cli/tag_key.h"

#include <array>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kWholeDigits = 16;
constexpr std::array kNames = {std::pair{TagKeyKind::kSubject, "subject-tag"},
                               std::pair{TagKeyKind::kStaff, "staff-tag"},
                               std::pair{TagKeyKind::kAuditorHalf, "half-auditor"},
                               std::pair{TagKeyKind::kManagerHalf, "half-manager"}};

bool IsHalf(TagKeyKind kind) {
  return kind == TagKeyKind::kAuditorHalf || kind == TagKeyKind::kManagerHalf;
}
std::string_view NameOf(TagKeyKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "";
}

std::expected<TagKey, Exit> OpenFile(const Output& out, const std::filesystem::path& file,
                                     const std::filesystem::path& passphrase_file,
                                     TagKeyKind kind) {
  const auto sealed = ReadFile(file, limits::kKeyFileBytesMax);
  if (!sealed) {
    return std::unexpected(
        out.Fail(sealed.error(), "give a file made by `jiandu tag new`", "无法读取标签密钥文件"));
  }
  const auto passphrase = GetPassphrase(passphrase_file, "Passphrase for " + file.string());
  if (!passphrase) return std::unexpected(TellNoPassphrase(out, passphrase.error()));
  auto material = crypto::OpenKey(*sealed, *passphrase);
  if (!material) {
    return std::unexpected(out.Fail(Exit::kConfig, file.string() + ": " + material.error().detail,
                                    "check the passphrase, and that the file is unchanged",
                                    "无法打开标签密钥"));
  }
  auto label = ReadTagPurpose(material->purpose);
  if (!label || label->kind != kind || material->suite != crypto::KeySuite::kHmacSha256) {
    return std::unexpected(
        out.Fail(Exit::kConfig,
                 file.string() + ": a key of \"" + material->purpose + "\", wanted is one of \"" +
                     std::string(NameOf(kind)) + "\"",
                 "`jiandu keys show FILE` says what a file is for", "密钥用途不符"));
  }
  return TagKey{.material = std::move(*material), .label = std::move(*label)};
}

std::expected<TagKey, Exit> OpenHalves(const Output& out, const TagKeyOptions& options) {
  auto auditor =
      OpenFile(out, options.half_auditor, options.passphrase_auditor, TagKeyKind::kAuditorHalf);
  if (!auditor) return auditor;
  auto manager =
      OpenFile(out, options.half_manager, options.passphrase_manager, TagKeyKind::kManagerHalf);
  if (!manager) return manager;
  TagKeyLabel label{.kind = TagKeyKind::kSubject,
                    .department = auditor->label.department,
                    .year = auditor->label.year,
                    .whole = ""};
  crypto::TagSecret joined = crypto::JoinTagHalves(auditor->material.seed, manager->material.seed);
  TagKey key{.material = crypto::SecretMaterial(joined, TagPurpose(label)),
             .label = std::move(label)};
  crypto::Wipe(joined.bytes);
  const std::string whole = SecretIdOf(key.material).substr(0, kWholeDigits);
  if (auditor->label.whole != whole || manager->label.whole != whole) {
    return std::unexpected(out.Fail(Exit::kConfig,
                                    "the two halves are not of one key (they say " +
                                        auditor->label.whole + " and " + manager->label.whole + ")",
                                    "take both halves of the same provider and year",
                                    "两份密钥不属于同一密钥"));
  }
  return key;
}

}  // namespace

std::string TagPurpose(const TagKeyLabel& label) {
  std::string purpose(NameOf(label.kind));
  purpose.append(":").append(label.department).append(":").append(label.year);
  if (IsHalf(label.kind)) purpose.append(":").append(label.whole.substr(0, kWholeDigits));
  return purpose;
}

std::optional<TagKeyLabel> ReadTagPurpose(const std::string& purpose) {
  for (const auto& [kind, name] : kNames) {
    const std::string prefix = std::string(name) + ":";
    if (!purpose.starts_with(prefix)) continue;
    const std::string rest = purpose.substr(prefix.size());
    const std::size_t size = IsHalf(kind) ? 18 + 1 + 4 + 1 + kWholeDigits : 18 + 1 + 4;
    if (rest.size() != size || rest[18] != ':' || !ledger::IsDepartmentCode(rest.substr(0, 18))) {
      return std::nullopt;
    }
    return TagKeyLabel{.kind = kind,
                       .department = rest.substr(0, 18),
                       .year = rest.substr(19, 4),
                       .whole = IsHalf(kind) ? rest.substr(24) : ""};
  }
  return std::nullopt;
}

std::string SecretIdOf(const crypto::KeyMaterial& key) { return HexEncode(key.public_key); }

void AddTagKeyOptions(CLI::App& command, TagKeyOptions& options) {
  command.add_option("--key", options.key, "The provider's own tag key / 本部门标签密钥");
  command.add_option("--passphrase-file", options.passphrase_file,
                     "File whose first line opens it / 口令文件，取首行");
  auto* auditor = command.add_option("--half-auditor", options.half_auditor,
                                     "Instead: the auditor's half / 审计方密钥份");
  auto* manager = command.add_option("--half-manager", options.half_manager,
                                     "and the manager's; both are needed / 管理方密钥份");
  auditor->needs(manager)->excludes("--key");
  manager->needs(auditor)->excludes("--key");
  command.add_option("--passphrase-auditor", options.passphrase_auditor,
                     "File whose first line opens the auditor's half / 审计方半份的口令文件");
  command.add_option("--passphrase-manager", options.passphrase_manager,
                     "File whose first line opens the manager's half / 主管方半份的口令文件");
}

std::expected<TagKey, Exit> OpenTagKey(const Output& out, const TagKeyOptions& options,
                                       TagKeyKind kind) {
  if (!options.half_auditor.empty()) return OpenHalves(out, options);
  if (options.key.empty()) {
    return std::unexpected(out.Fail(Exit::kUsage, "no tag key",
                                    "give --key FILE, or both --half-auditor and --half-manager",
                                    "未指定标签密钥"));
  }
  return OpenFile(out, options.key, options.passphrase_file, kind);
}

}  // namespace jiandu::cli
