// The program `jiandu`: one binary, noun then verb.

#include <unistd.h>

#include <cstdlib>

#include "cli/command.h"

namespace {

using jiandu::cli::Colour;
using jiandu::cli::Context;
using jiandu::cli::Exit;
using jiandu::cli::OutputForm;

bool WantsColour(const std::string& choice) {
  if (choice != "auto") return choice == "always";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, before any thread.
  return std::getenv("NO_COLOR") == nullptr && ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Context context;
  CLI::App app{
      "Jiandu (简牍): a ledger on which departments record every step of data sharing.\n"
      "政务数据共享存证账本"};
  app.name("jiandu");
  app.require_subcommand(1);
  app.set_version_flag("--version", "jiandu 0.1.0");
  app.fallthrough();
  std::string form;
  std::string colour = "auto";
  bool quiet = false;
  app.add_option("--output", form, "human or json (default: human on a terminal)")
      ->check(CLI::IsMember({"human", "json"}));
  app.add_option("--color", colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--quiet", quiet, "No progress");
  // Runs before the subcommand's own callback, once all options are read.
  app.parse_complete_callback([&] {
    context.out.SetForm(form == "json" ? OutputForm::kJson : OutputForm::kHuman);
    context.out.SetColour(WantsColour(colour) ? Colour::kOn : Colour::kOff);
    context.out.SetQuiet(quiet);
  });

  jiandu::cli::AddKeys(app, context);
  jiandu::cli::AddNetwork(app, context);
  jiandu::cli::AddNode(app, context);
  jiandu::cli::AddConfig(app, context);
  jiandu::cli::AddVerify(app, context);
  jiandu::cli::AddDevnet(app, context);
  jiandu::cli::AddTx(app, context);
  jiandu::cli::AddCatalog(app, context);
  jiandu::cli::AddRequest(app, context);
  jiandu::cli::AddApprove(app, context);
  jiandu::cli::AddGrant(app, context);
  jiandu::cli::AddAccess(app, context);
  jiandu::cli::AddCorrect(app, context);
  jiandu::cli::AddHistory(app, context);
  jiandu::cli::AddDb(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(Exit::kUsage);
  }
  return static_cast<int>(context.exit);
}
