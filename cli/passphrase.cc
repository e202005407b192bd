#include "cli/passphrase.h"

#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "node/key_store.h"

namespace jiandu::cli {
namespace {

// Turns the terminal's echo off while it lives.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~NoEcho() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

Result<std::string> GetPassphrase(const std::filesystem::path& file, const std::string& prompt) {
  if (!file.empty()) return node::ReadPassphrase(file);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): commands are read on one thread, before any other runs.
  if (const char* named = std::getenv("JIANDU_PASSPHRASE_FILE");
      named != nullptr && *named != '\0') {
    return node::ReadPassphrase(named);
  }
  if (::isatty(STDIN_FILENO) == 0) {
    return Fail(Errc::kInvalid,
                "no passphrase: give --passphrase-file FILE or set JIANDU_PASSPHRASE_FILE "
                "(nothing is asked without a terminal)");
  }
  return AskWithoutEcho(prompt);
}

Result<std::string> AskWithoutEcho(const std::string& prompt) {
  std::cerr << prompt << ": " << std::flush;
  std::string line;
  {
    const NoEcho silent;
    std::getline(std::cin, line);
  }
  std::cerr << '\n';
  if (line.empty()) return Fail(Errc::kInvalid, "nothing was typed");
  return line;
}

}  // namespace jiandu::cli
