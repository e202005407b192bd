// Fork proofs and fraud proofs in words: `jiandu verify`, `jiandu prove fraud`.
#pragma once

#include "cli/command.h"
#include "ledger/model/genesis.h"
#include "sdk/cpp/fraud_verifier.h"

namespace jiandu::cli {

// The steps of a verdict, for programs and for people.
[[nodiscard]] Json StepsJson(const std::vector<sdk::VerifyStep>& steps);
[[nodiscard]] std::string StepsText(const Output& out, const std::vector<sdk::VerifyStep>& steps);

// Checks a file that accuses validators and tells what it proves; nothing when `text` is another
// kind of file.
[[nodiscard]] std::optional<Exit> VerifyAccusation(const Output& out, std::string_view text,
                                                   const ledger::Genesis& genesis);
[[nodiscard]] Json FraudJson(const sdk::FraudVerdict& verdict);
[[nodiscard]] std::string FraudText(const Output& out, const sdk::FraudVerdict& verdict);

// `jiandu prove fraud`.
void AddProveFraud(CLI::App& prove, Context& context);

}  // namespace jiandu::cli
