// What every noun of the command line gets, and the functions that add the nouns.
//
// main.cc builds the tree; each Add... function lives in the file of its noun (cli/<noun>.cc), adds
// subcommands with their options and sets a callback that ends in Context::exit.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <set>
#include <string>

#include "cli/output.h"

namespace jiandu::cli {

struct Context {
  Output out;
  Exit exit = Exit::kOk;
  std::set<std::string, std::less<>> spoken;  // ops that have a verb
};

// Runs `command` when the subcommand was chosen and keeps its exit code.
inline void OnRun(CLI::App* subcommand, Context& context, std::function<Exit()> command) {
  subcommand->callback([&context, command = std::move(command)] { context.exit = command(); });
}

void AddKeys(CLI::App& root, Context& context);
void AddNetwork(CLI::App& root, Context& context);
void AddNode(CLI::App& root, Context& context);
void AddConfig(CLI::App& root, Context& context);
void AddProve(CLI::App& root, Context& context);
void AddLineage(CLI::App& root, Context& context);
void AddVerify(CLI::App& root, Context& context);
void AddDevnet(CLI::App& root, Context& context);
void AddScenario(CLI::App& root, Context& context);
void AddTx(CLI::App& root, Context& context);
void AddCatalog(CLI::App& root, Context& context);
void AddRequest(CLI::App& root, Context& context);
void AddApprove(CLI::App& root, Context& context);
void AddGrant(CLI::App& root, Context& context);
void AddAccess(CLI::App& root, Context& context);
void AddCorrect(CLI::App& root, Context& context);
void AddHistory(CLI::App& root, Context& context);
void AddAudit(CLI::App& root, Context& context);
void AddTag(CLI::App& root, Context& context);
void AddSeal(CLI::App& root, Context& context);
void AddOpNouns(CLI::App& root, Context& context);  // after all others
void AddDb(CLI::App& root, Context& context);

}  // namespace jiandu::cli
