#include "cli/help_text.h"

#include "cli/text.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kIndent = 30;

}  // namespace

std::string HelpText::make_option(const CLI::Option* option, bool is_positional) const {
  std::string text = make_option_desc(option);
  if (const std::string& variable = option->get_envname(); !variable.empty()) {
    text += " (or $" + variable + ")";
  }
  if (const std::string value = option->get_default_str(); !value.empty()) {
    text += " [" + value + "]";
  }
  if (option->get_required() && !is_positional) text += " (needed 必填)";
  return Labelled(make_option_name(option, is_positional), text, kIndent);
}

std::string HelpText::make_subcommand(const CLI::App* command) const {
  return Labelled(command->get_display_name(true), command->get_description(), kIndent);
}

std::string HelpText::make_description(const CLI::App* command) const {
  return Wrapped(command->get_description());
}

}  // namespace jiandu::cli
