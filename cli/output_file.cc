#include "cli/output_file.h"

#include <fstream>
#include <string>

#include "base/limits.h"
#include "cli/files.h"
#include "evidence/pack.h"
#include "ledger/model/fraud_proof.h"

namespace jiandu::cli {
namespace {

// Enough for the first line of a proof and for the head of a pack.
constexpr std::size_t kHeadBytes = 64 * limits::kKiB;

}  // namespace

bool BeginsAs(std::string_view text, OutputKind kind) {
  const std::string_view head = text.substr(0, kHeadBytes);
  const std::string_view line = head.substr(0, head.find('\n'));
  switch (kind) {
    case OutputKind::kProof:
      return line.starts_with("{\"chain\":") && line.contains(R"("kind":"manifest")");
    case OutputKind::kFraudProof: return ledger::LooksLikeFraudProof(head);
    case OutputKind::kReceipt:
      return line.starts_with("{\"chain\":") && line.contains(",\"commit\":");
    case OutputKind::kLogProof: return line.starts_with("c2sp.org/tlog-proof@");
    case OutputKind::kCasePack: return evidence::LooksLikePack(head);
    case OutputKind::kProv: return line.starts_with("{\"agent\":") && line.contains("\"prov:");
    case OutputKind::kOpenLineage: return line.contains("\"schemaURL\":\"https://openlineage.io/");
  }
  return false;
}

Result<void> WriteOutput(const std::filesystem::path& path, std::string_view content,
                         OutputKind kind) {
  std::error_code error;
  const auto there = std::filesystem::status(path, error);
  if (std::filesystem::exists(there)) {
    if (!std::filesystem::is_regular_file(there)) {
      return Fail(Errc::kDuplicate, path.string() + " is there already and is no plain file");
    }
    std::ifstream in(path, std::ios::binary);
    std::string head(kHeadBytes, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(in.gcount()));
    const bool is_empty = std::filesystem::file_size(path, error) == 0 && !error;
    if (!is_empty && !BeginsAs(head, kind)) {
      return Fail(Errc::kDuplicate,
                  path.string() + " exists, is not what this command writes, and is kept");
    }
  }
  return ReplaceFile(path, content, FileMode::kPublic);
}

}  // namespace jiandu::cli
