// How commands answer: exit codes, results on stdout, progress and errors on stderr.
//
// One object per process, handed to every command. A result is text for people on a terminal, else
// one JSON object on one line (docs/cli.md; --output overrides). Errors are a sentence of what
// happened and one of what to do next, each in English and in Chinese, on stderr; with JSON
// they stand on stdout as well, so that a program reads one object whatever came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace jiandu::cli {

// docs/cli.md. The shell's 130 (interrupted) comes from the signal itself.
enum class Exit : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kConfig = 3,
  kNetwork = 4,
  kNotFound = 5,
  kRefused = 6,
  kVerification = 7,
  kTimeout = 8,
  kFork = 9,   // `watch` only: evidence of two certified histories
  kDisk = 75,  // these two of `node run` only (node/node.h)
  kRuleset = 78,
};

enum class OutputForm : std::uint8_t { kText, kJson };
enum class Colour : std::uint8_t { kOff, kOn };

class Output {
 public:
  void SetForm(OutputForm form) { form_ = form; }
  void SetColour(Colour colour) { colour_ = colour; }
  void SetQuiet(bool quiet) { quiet_ = quiet; }
  [[nodiscard]] bool IsJson() const { return form_ == OutputForm::kJson; }

  // The result: `json` or `human`, by the form (a newline is added when it is missing).
  void Result(const Json& json, std::string_view human) const;
  // A line of progress on stderr; nothing with --quiet.
  void Note(std::string_view line) const;
  // What happened and what to do next; returns the code for `return`. What is left empty is said by
  // the code, so that no error is without either, in either language.
  [[nodiscard]] Exit Fail(Exit code, std::string_view what, std::string_view next,
                          std::string_view what_zh = "", std::string_view next_zh = "") const;
  // Of an error: `what_zh` says in Chinese what failed; what kind of trouble it is, is added.
  [[nodiscard]] Exit Fail(Exit code, const Error& error, std::string_view next,
                          std::string_view what_zh = "", std::string_view next_zh = "") const;
  [[nodiscard]] Exit Fail(const Error& error, std::string_view next, std::string_view what_zh = "",
                          std::string_view next_zh = "") const;

  // Text in a colour when the terminal has it: green for good, red for bad, dim for asides.
  [[nodiscard]] std::string Good(std::string_view text) const;
  [[nodiscard]] std::string Bad(std::string_view text) const;
  [[nodiscard]] std::string Dim(std::string_view text) const;
  [[nodiscard]] std::string Bold(std::string_view text) const;

 private:
  OutputForm form_ = OutputForm::kText;
  Colour colour_ = Colour::kOff;
  bool quiet_ = false;
};

// The exit code an operational error ends in.
[[nodiscard]] Exit ExitOf(Errc code);

}  // namespace jiandu::cli
