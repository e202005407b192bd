// The evidence pack of a case: one HTML file with the report and the proof it is made of.
//
// The file is a function of (materials, genesis): a verifier takes the materials out, checks them
// from the genesis document alone, writes the file anew and compares every byte. Whatever byte is
// changed, the pack fails. Reads no clock, no file and no network. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "ledger/export/case_materials.h"
#include "ledger/model/genesis.h"
#include "sdk/cpp/proof_verifier.h"

namespace jiandu::evidence {

inline constexpr std::size_t kPackBytesMax = 256 * 1024 * 1024;

// kInvalid, with what does not hold: no pack is made of what cannot be proven.
[[nodiscard]] Result<std::string> MakePack(const ledger::CaseMaterials& materials,
                                           const ledger::Genesis& genesis);

[[nodiscard]] bool LooksLikePack(std::string_view file);
struct PackVerdict {
  // The steps of the proof, and the last ones: "bodies", each the one its leaf binds, and "report".
  sdk::ProofVerdict proof;
  ledger::EntityId subject = {};  // the case, when the proof could be read
};
[[nodiscard]] PackVerdict VerifyPack(std::string_view file, const ledger::Genesis& genesis);

}  // namespace jiandu::evidence
