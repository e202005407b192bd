// The verbs of `jiandu tx` that have a file of their own.
#pragma once

#include "cli/command.h"

namespace jiandu::cli {

void AddTxNew(CLI::App& noun, Context& context);

}  // namespace jiandu::cli
