// What a new identity must show, and how it is written: at the registration of a department, of an
// officer or a system, and at a new key (docs/contracts.md 4.1).
//
// `json` is an identity as bodies have it. Pure; the thread of the block.
#pragma once

#include "contracts/case_table.h"

namespace jiandu::contracts {

[[nodiscard]] std::uint32_t DutiesOf(const Json& json);
[[nodiscard]] std::optional<crypto::EcdsaPublicKeyBytes> KeyOf(const Json& json);
// The key is a point, and its holder signed for the department and the name.
[[nodiscard]] bool ProvesPossession(const Json& json, std::string_view chain,
                                    std::string_view department, std::string_view name);
[[nodiscard]] bool IsKeyInUse(const BlockState& state, const Json& json);
// An officer has duties, nobody else has any.
[[nodiscard]] bool HasFittingDuties(const Json& json);
// 商密 Art. 30: a certificate that is named is valid at the block's time.
[[nodiscard]] bool HasLapsedCert(const Json& identity, ledger::TimeMs time);

// Where the identity of a post or system of the department is found.
[[nodiscard]] Bytes PostKey(std::string_view department, std::string_view name);
// Writes identity, key record and the uniqueness of its name.
void PutIdentity(Case& judged, std::string_view department, const Json& json);

}  // namespace jiandu::contracts
