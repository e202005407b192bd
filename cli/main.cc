// The program `jiandu`: one binary, noun then verb.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/export.h"
#include "cli/help_text.h"
#include "cli/log_command.h"
#include "cli/usage.h"
#include "cli/watch.h"

namespace {

using jiandu::cli::Colour;
using jiandu::cli::Context;
using jiandu::cli::Exit;
using jiandu::cli::Output;
using jiandu::cli::OutputForm;

bool WantsColour(const std::string& choice) {
  if (choice != "auto") return choice == "always";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, before any thread.
  return std::getenv("NO_COLOR") == nullptr && ::isatty(STDOUT_FILENO) == 1;
}

// One JSON object for programs, text for people: who reads is told by where the output goes.
OutputForm FormOf(std::string_view choice) {
  if (choice.empty()) {
    return ::isatty(STDOUT_FILENO) == 1 ? OutputForm::kText : OutputForm::kJson;
  }
  return choice == "json" ? OutputForm::kJson : OutputForm::kText;
}

// The same when the command line could not be parsed: only what it says of its output counts.
OutputForm FormOf(const std::vector<std::string>& arguments) {
  constexpr std::string_view kOption = "--output";
  std::string_view choice;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == kOption && i + 1 < arguments.size()) choice = arguments[i + 1];
    if (argument.starts_with("--output=")) choice = argument.substr(kOption.size() + 1);
  }
  return FormOf(choice);
}

// What is wrong with the command line, and where its help is.
Exit TellUsage(Output& out, const CLI::App& app, const CLI::Error& error,
               const std::vector<std::string>& arguments) {
  out.SetForm(FormOf(arguments));
  const jiandu::cli::UsageWords words = jiandu::cli::WordsOf(app, error);
  return out.Fail(Exit::kUsage, words.what, words.next, words.what_zh, words.next_zh);
}

// Of all that went to standard output, by whatever part of the program.
bool IsWritten() {
  std::cout.flush();
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
}

// A script must not take half an answer for a whole one. On stderr alone: the other is broken.
Exit TellUnwritten(Output& out) {
  out.SetForm(OutputForm::kText);
  return out.Fail(Exit::kFailed, "the command has run, but its answer could not be written",
                  "is the disk full? what the command has done stays done: look before you repeat",
                  "命令已执行，但结果未能写到标准输出",
                  "检查磁盘空间；命令的效果仍然存在，请先查看再决定是否重试");
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what CLI11 throws beyond its errors ends the program
int main(int argc, char** argv) {
  Context context;
  CLI::App app{
      "Jiandu (简牍): a ledger on which departments record every step of data sharing.\n"
      "政务数据共享存证账本"};
  app.name("jiandu");
  app.formatter(std::make_shared<jiandu::cli::HelpText>());
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "This help / 显示帮助");
  app.set_version_flag("--version", "jiandu 0.1.0", "The version / 显示版本");
  app.fallthrough();
  std::string form;
  std::string colour = "auto";
  bool quiet = false;
  app.add_option("--output", form,
                 "text or json; default: text on a terminal, else json / 输出格式，终端默认 "
                 "text，否则 json")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--color", colour, "auto, always or never / 颜色：自动、总是、从不")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--quiet", quiet, "No progress / 不显示进度");
  // Runs before the subcommand's own callback, once all options are read.
  app.parse_complete_callback([&] {
    context.out.SetForm(FormOf(form));
    context.out.SetColour(WantsColour(colour) ? Colour::kOn : Colour::kOff);
    context.out.SetQuiet(quiet);
  });

  jiandu::cli::AddKeys(app, context);
  jiandu::cli::AddNetwork(app, context);
  jiandu::cli::AddNode(app, context);
  jiandu::cli::AddConfig(app, context);
  jiandu::cli::AddProve(app, context);
  jiandu::cli::AddExport(app, context);
  jiandu::cli::AddLineage(app, context);
  jiandu::cli::AddVerify(app, context);
  jiandu::cli::AddWatch(app, context);
  jiandu::cli::AddLog(app, context);
  jiandu::cli::AddDevnet(app, context);
  jiandu::cli::AddScenario(app, context);
  jiandu::cli::AddTx(app, context);
  jiandu::cli::AddCatalog(app, context);
  jiandu::cli::AddRequest(app, context);
  jiandu::cli::AddApprove(app, context);
  jiandu::cli::AddGrant(app, context);
  jiandu::cli::AddAccess(app, context);
  jiandu::cli::AddCorrect(app, context);
  jiandu::cli::AddHistory(app, context);
  jiandu::cli::AddAudit(app, context);
  jiandu::cli::AddTag(app, context);
  jiandu::cli::AddSeal(app, context);
  jiandu::cli::AddDb(app, context);
  jiandu::cli::AddOpNouns(app, context);
  jiandu::cli::AddHelp(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    const int exit = app.exit(asked);
    return IsWritten() ? exit : static_cast<int>(TellUnwritten(context.out));
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> arguments(argv, argv + argc);
    return static_cast<int>(TellUsage(context.out, app, error, arguments));
  }
  if (context.exit == Exit::kOk && !IsWritten()) context.exit = TellUnwritten(context.out);
  return static_cast<int>(context.exit);
}
