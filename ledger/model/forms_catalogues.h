// Value lists that several forms share. Constants; internal to forms_*.cc.
#pragma once

#include <string_view>

namespace jiandu::ledger::forms {

using Codes = std::string_view;
inline constexpr Codes kShareClasses[] = {"UNCONDITIONAL", "CONDITIONAL", "NOT_SHARED"};
inline constexpr Codes kGrades[] = {"G1", "G2", "G3", "G4", "IMPORTANT", "CORE"};
inline constexpr Codes kModes[] = {"API", "PAGE", "BATCH", "FILE"};
inline constexpr Codes kDisposals[] = {"DELETE", "RETURN", "ANONYMIZE", "ARCHIVE", "CHANNEL_CACHE"};
inline constexpr Codes kDerivations[] = {"INTEGRATE", "AGGREGATE", "COMPARE", "EXTRACT",
                                         "MINE",      "MASK",      "COPY"};
// Safeguards 安全措施 (docs/contracts.md 4.3.4).
inline constexpr Codes kMeasures[] = {
    "MFA",       "MASK",       "ENCRYPTED_TRANSFER", "ENCRYPTED_STORAGE",
    "WATERMARK", "ACCESS_LOG", "RETENTION_DATE",     "RISK_ASSESSMENT"};
// Just causes (正当理由) that may end or narrow a case.
inline constexpr Codes kReasons[] = {"LAW",     "SAFETY",   "FORM",    "INCOMPLETE_MATERIALS",
                                     "SCOPE",   "WORKLOAD", "QUALITY", "NOT_NEEDED",
                                     "MISTAKE", "OTHER"};

}  // namespace jiandu::ledger::forms
