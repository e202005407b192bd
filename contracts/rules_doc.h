// docs/rules.en.md and docs/rules.zh.md: every transition of every machine with who signs, what it
// asks and brings about, its codes, flags and sources; then deadlines, profiles, codes and flags.
//
// Written from the engine's rows, the texts of rule_texts.h and the tables of the ledger; a test
// holds the documents to them. An op that this rule set does not speak has no row. Pure.
#pragma once

#include <string>

#include "contracts/rules_words.h"

namespace jiandu::contracts {

[[nodiscard]] std::string RulesDocument(Language language);
// Its part about the shipped profiles (rules_profiles.cc).
[[nodiscard]] std::string ProfilesText(Language language);

}  // namespace jiandu::contracts
