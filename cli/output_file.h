// Files that a command writes where its user says, such as `prove --file`: a key, a genesis
// document or anything else that lies there already is not lost by it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace jiandu::cli {

enum class OutputKind : std::uint8_t {
  kProof,        // jiandu prove, and beside an export
  kFraudProof,   // jiandu prove fraud
  kReceipt,      // jiandu tx show --receipt
  kLogProof,     // jiandu log proof
  kCasePack,     // jiandu case export
  kProv,         // jiandu export prov
  kOpenLineage,  // jiandu export openlineage
};

// By its first line, or its first 64 KiB.
[[nodiscard]] bool BeginsAs(std::string_view text, OutputKind kind);

// Replaces what the same command wrote there before, or an empty file. Anything else is kept:
// kDuplicate.
[[nodiscard]] Result<void> WriteOutput(const std::filesystem::path& path, std::string_view content,
                                       OutputKind kind);

}  // namespace jiandu::cli
