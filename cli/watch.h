// `jiandu watch`: several nodes' headers, followed by certificates alone.
#pragma once

#include "cli/command.h"

namespace jiandu::cli {

void AddWatch(CLI::App& root, Context& context);

}  // namespace jiandu::cli
