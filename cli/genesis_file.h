// The genesis document a command stands on, read with what to do when it cannot be used.
#pragma once

#include <expected>
#include <filesystem>
#include <string_view>

#include "cli/output.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {

// What to do when the file cannot be read.
struct GenesisHint {
  std::string_view next = "give --genesis the document you trust";
  std::string_view next_zh = "请用 --genesis 指明您信任的创世文件";
};

// What is wrong is told already; the error is the exit code.
[[nodiscard]] std::expected<ledger::Genesis, Exit> ReadGenesisFile(
    const Output& out, const std::filesystem::path& path, const GenesisHint& hint = {});

}  // namespace jiandu::cli
