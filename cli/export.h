// `jiandu export` and `jiandu case export` (export.cc).
#pragma once

#include "cli/command.h"

namespace jiandu::cli {

void AddExport(CLI::App& root, Context& context);

}  // namespace jiandu::cli
