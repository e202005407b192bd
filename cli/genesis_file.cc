#include "cli/genesis_file.h"

#include "base/limits.h"
#include "cli/files.h"

namespace jiandu::cli {

std::expected<ledger::Genesis, Exit> ReadGenesisFile(const Output& out,
                                                     const std::filesystem::path& path,
                                                     const GenesisHint& hint) {
  const auto document = ReadFile(path, limits::kGenesisBytesMax);
  if (!document) {
    return std::unexpected(out.Fail(document.error(), hint.next, "无法读取创世文件", hint.next_zh));
  }
  auto genesis = ledger::DecodeGenesis(AsBytes(*document));
  if (!genesis) {
    return std::unexpected(out.Fail(Exit::kVerification, "genesis: " + genesis.error().detail,
                                    "compare the file's SHA-256 with your department's record",
                                    "创世文件无效", "请将该文件的 SHA-256 与本部门记录核对"));
  }
  return *std::move(genesis);
}

}  // namespace jiandu::cli
