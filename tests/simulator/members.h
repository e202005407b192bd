// Who is in the simulated network: keys from fixed seeds, one genesis for all runs.
#pragma once

#include <cstddef>

#include "consensus/validator_set.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "ledger/model/genesis.h"

namespace jiandu::simulator {

inline constexpr std::size_t kMembersMax = 4;

[[nodiscard]] crypto::Ed25519PrivateKey ConsensusKey(std::size_t member);
[[nodiscard]] crypto::Ed25519PrivateKey NodeKey(std::size_t member);
[[nodiscard]] crypto::EcdsaPrivateKey SystemKey(std::size_t member);
[[nodiscard]] consensus::Address SeatOf(std::size_t member);
[[nodiscard]] const std::string& DepartmentOf(std::size_t member);

// Four departments, one seat each. Made once a process.
[[nodiscard]] const ledger::Genesis& TheGenesis();
[[nodiscard]] const consensus::ValidatorSetPtr& TheSet();
// A transaction with one good signature of the member's clerk: the rules refuse it (it names
// nothing that is there), so it is committed as a rejection. Numbers tell them apart.
[[nodiscard]] Bytes MakeTransaction(std::size_t member, std::uint64_t number);

}  // namespace jiandu::simulator
