// What the verbs of `jiandu log` share: whose signatures count, and the verbs themselves.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>

#include "cli/acting.h"
#include "cli/log_folder.h"

namespace jiandu::cli {

struct LogOptions {
  ActingOptions acting;  // export, and policy without --genesis
  std::filesystem::path folder;
  std::filesystem::path genesis;  // one of the two
  std::filesystem::path policy;
  std::uint64_t index = 0;     // proof
  std::filesystem::path file;  // proof; "": <index>.tlog-proof
};

// Whose signatures make a checkpoint good, by a file the caller trusts.
struct Trusted {
  ledger::LogPolicy policy;
  std::optional<ledger::Genesis> genesis;
};
// Nothing: neither file was named. What is wrong with a file is told.
[[nodiscard]] std::expected<std::optional<Trusted>, Exit> ReadTrusted(const Output& out,
                                                                      const LogOptions& options);
// A note that parses and that the policy lets pass.
[[nodiscard]] Result<ledger::LogPolicy::Passed> CheckCheckpoint(std::string_view note,
                                                                const ledger::LogPolicy& policy);

void AddLog(CLI::App& root, Context& context);
[[nodiscard]] Exit ExportLog(const Output& out, const LogOptions& options);
[[nodiscard]] Exit VerifyLog(const Output& out, const LogOptions& options);

}  // namespace jiandu::cli
