// Where a passphrase comes from: a file that is named, or the terminal. Never an argument.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "cli/output.h"

namespace jiandu::cli {

// The first line of `file`; when `file` is empty, JIANDU_PASSPHRASE_FILE; else the terminal, asked
// without echo. Without a terminal and without a file: kInvalid, with what to do.
[[nodiscard]] Result<std::string> GetPassphrase(const std::filesystem::path& file,
                                                const std::string& prompt);

// The same for a key that is made now: a terminal is asked twice, for 8 characters at least. What
// is wrong has been told, and of which of several keys.
[[nodiscard]] std::expected<std::string, Exit> TakeNewPassphrase(const Output& out,
                                                                 const std::filesystem::path& file,
                                                                 const std::string& prompt,
                                                                 const std::string& whose = "");

// Why there is no passphrase, and what to do: a file that is missing, empty or open to others.
[[nodiscard]] Exit TellNoPassphrase(const Output& out, const Error& error);

// A line from the terminal without echo; kInvalid when it is empty.
[[nodiscard]] Result<std::string> AskWithoutEcho(const std::string& prompt);

}  // namespace jiandu::cli
