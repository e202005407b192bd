// The pages of --help: like every text for people, lines of 80 columns.
//
// CLI11's own formatter breaks no line and counts a Chinese character as three. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace jiandu::cli {

class HelpText : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_description(const CLI::App* command) const override;
};

}  // namespace jiandu::cli
