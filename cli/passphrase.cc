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

Exit TellNoPassphrase(const Output& out, const Error& error) {
  switch (error.code) {
    case Errc::kNotFound:
      return out.Fail(Exit::kNotFound, error.detail,
                      "write the passphrase to a file of mode 0600 and name it with "
                      "--passphrase-file, or set JIANDU_PASSPHRASE_FILE",
                      "找不到口令文件",
                      "将口令写入权限为 0600 的文件，用 --passphrase-file 或 "
                      "JIANDU_PASSPHRASE_FILE 指明");
    case Errc::kForbidden:
      return out.Fail(Exit::kConfig, error.detail, "chmod 600 that file, and run the command again",
                      "口令文件可被他人读取", "执行 chmod 600 收紧该文件的权限后重试");
    case Errc::kInvalid:
      return out.Fail(Exit::kUsage, error.detail,
                      "the passphrase is the first line of a file of mode 0600",
                      "没有口令：文件首行为空，或既无终端又未指定口令文件",
                      "将口令写在权限为 0600 的文件的首行，用 --passphrase-file 指明");
    default:
      return out.Fail(Exit::kConfig, error, "is it a file that you may read?", "无法读取口令文件",
                      "确认该路径是可读的普通文件");
  }
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
