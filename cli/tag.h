// The verbs of `jiandu tag`, one file a part of them.
#pragma once

#include "cli/command.h"

namespace jiandu::cli {

void AddTagKeyVerbs(CLI::App& noun, Context& context);      // new, rotate
void AddTagSetVerbs(CLI::App& noun, Context& context);      // root, prove, check
void AddCommitmentVerbs(CLI::App& noun, Context& context);  // commit, open

}  // namespace jiandu::cli
