#include "cli/passphrase.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "node/key_store.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kNewCharactersMin = 8;
constexpr std::array kEndingSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// A signal handler can reach nothing else: the terminal as it was before the one prompt there is.
termios g_before{};

// Ends as the signal would have, with the echo back. Async-signal-safe calls only.
void EndWithEcho(int signal) {
  ::tcsetattr(STDIN_FILENO, TCSANOW, &g_before);
  [[maybe_unused]] const ssize_t told = ::write(STDERR_FILENO, "\n", 1);
  ::raise(signal);  // by SA_RESETHAND the default: it ends the process when this handler returns
}

// Turns the terminal's echo off while it lives, or until a signal ends the program.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &g_before) != 0) return;
    struct sigaction ending{};
    ending.sa_handler = EndWithEcho;
    ending.sa_flags = static_cast<int>(SA_RESETHAND);
    for (std::size_t i = 0; i < kEndingSignals.size(); ++i) {
      ::sigaction(kEndingSignals[i], &ending, &actions_[i]);
      if (actions_[i].sa_handler == SIG_IGN) {
        ::sigaction(kEndingSignals[i], &actions_[i], nullptr);
      }
    }
    termios silent = g_before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    changed_ = true;
  }
  ~NoEcho() {
    if (!changed_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &g_before);
    for (std::size_t i = 0; i < kEndingSignals.size(); ++i) {
      ::sigaction(kEndingSignals[i], &actions_[i], nullptr);
    }
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  std::array<struct sigaction, kEndingSignals.size()> actions_{};
  bool changed_ = false;
};

bool IsFromFile(const std::filesystem::path& file) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): commands are read on one thread, before any other runs.
  const char* named = std::getenv("JIANDU_PASSPHRASE_FILE");
  return !file.empty() || (named != nullptr && *named != '\0');
}

// Characters of UTF-8: every byte but those that go on with one.
std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<std::uint8_t>(c) & 0xc0U) != 0x80U; }));
}

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

std::expected<std::string, Exit> TakeNewPassphrase(const Output& out,
                                                   const std::filesystem::path& file,
                                                   const std::string& prompt,
                                                   const std::string& whose) {
  auto passphrase = GetPassphrase(file, prompt);
  if (!passphrase && !whose.empty()) passphrase = FailWith(passphrase.error(), whose);
  if (!passphrase) return std::unexpected(TellNoPassphrase(out, passphrase.error()));
  if (IsFromFile(file)) return *std::move(passphrase);
  if (CharactersOf(*passphrase) < kNewCharactersMin) {
    return std::unexpected(out.Fail(Exit::kUsage, "the passphrase has fewer than 8 characters",
                                    "run the command again and choose a longer one",
                                    "口令不足 8 个字符", "重新运行该命令，换用更长的口令"));
  }
  const auto again = AskWithoutEcho("The same again / 请再输入一次");
  if (!again || *again != *passphrase) {
    return std::unexpected(out.Fail(Exit::kUsage, "the two passphrases differ: nothing was made",
                                    "run the command again", "两次输入的口令不一致，未生成任何文件",
                                    "重新运行该命令"));
  }
  return *std::move(passphrase);
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
                      "没有口令：未输入，或文件首行为空，或既无终端又未指定口令文件",
                      "将口令写在权限为 0600 的文件的首行，用 --passphrase-file 指明");
    default:
      return out.Fail(Exit::kConfig, error, "is it a file that you may read?", "无法读取口令文件",
                      "确认该路径是可读的普通文件");
  }
}

Result<std::string> AskWithoutEcho(const std::string& prompt) {
  std::string line;
  {
    const NoEcho silent;  // before the prompt: whoever sees it may type
    std::cerr << prompt << ": " << std::flush;
    std::getline(std::cin, line);
  }
  std::cerr << '\n';
  if (line.empty()) return Fail(Errc::kInvalid, "nothing was typed");
  return line;
}

}  // namespace jiandu::cli
