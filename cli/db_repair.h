// The verb of `jiandu db` that has a file of its own.
#pragma once

#include "cli/command.h"

namespace jiandu::cli {

void AddDbRepair(CLI::App& noun, Context& context);

}  // namespace jiandu::cli
