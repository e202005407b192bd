// Secrets for tags in their sealed files: whole, or as two halves (docs/contracts.md 4.10).
//
// What a file is for stands in its label, which the seal holds fast: kind, department, year, and of
// a half the id of the secret it is of. One thread.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "cli/command.h"
#include "crypto/key_file.h"
#include "crypto/tag.h"

namespace jiandu::cli {

enum class TagKeyKind : std::uint8_t { kSubject, kStaff, kAuditorHalf, kManagerHalf };

struct TagKeyLabel {
  TagKeyKind kind = TagKeyKind::kSubject;
  std::string department;
  std::string year;   // "2026"
  std::string whole;  // of a half: the first 16 hex digits of the secret's id
};
[[nodiscard]] std::string TagPurpose(const TagKeyLabel& label);
// Nothing when the purpose is not one of a tag key.
[[nodiscard]] std::optional<TagKeyLabel> ReadTagPurpose(const std::string& purpose);
// SHA-256 under a tag of its own: by it keys are told from one another.
[[nodiscard]] std::string SecretIdOf(const crypto::KeyMaterial& key);

struct TagKey {
  crypto::KeyMaterial material;
  TagKeyLabel label;
};

struct TagKeyOptions {
  std::filesystem::path key, half_auditor, half_manager;
  std::filesystem::path passphrase_file, passphrase_auditor, passphrase_manager;
};
// --key, or --half-auditor and --half-manager, with the files of their passphrases.
void AddTagKeyOptions(CLI::App& command, TagKeyOptions& options);
// The secret, whole or joined; tells what is wrong.
[[nodiscard]] std::expected<TagKey, Exit> OpenTagKey(const Output& out,
                                                     const TagKeyOptions& options, TagKeyKind kind);

}  // namespace jiandu::cli
