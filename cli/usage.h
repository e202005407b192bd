// What is said of a command line that is wrong, and `jiandu help`.
//
// CLI11 says it in English; here it gets its Chinese, the nearest word that was meant, and where
// the help is. For main.cc. One thread.
#pragma once

#include "cli/command.h"

namespace jiandu::cli {

struct UsageWords {
  std::string what, what_zh, next, next_zh;
};
[[nodiscard]] UsageWords WordsOf(const CLI::App& root, const CLI::Error& error);

// `jiandu help [NOUN [VERB]]`: the page that --help of it shows. After all nouns.
void AddHelp(CLI::App& root, Context& context);

}  // namespace jiandu::cli
