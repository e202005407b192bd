// Who is in the simulated network: keys from fixed seeds, one genesis for all runs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "consensus/validator_set.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "ledger/model/genesis.h"
#include "ledger/model/transaction.h"

namespace jiandu::simulator {

inline constexpr std::size_t kMembersMax = 4;   // have a seat at genesis
inline constexpr std::size_t kDepartments = 5;  // the last one has none

// Generation 0 stands in genesis; each rotation takes the next.
[[nodiscard]] crypto::Ed25519PrivateKey ConsensusKey(std::size_t member, unsigned generation = 0);
[[nodiscard]] crypto::Ed25519PrivateKey NodeKey(std::size_t member, unsigned generation = 0);
[[nodiscard]] crypto::EcdsaPrivateKey SystemKey(std::size_t member);
[[nodiscard]] consensus::Address SeatOf(std::size_t member, unsigned generation = 0);
[[nodiscard]] const std::string& DepartmentOf(std::size_t member);

// Five departments, one seat each but for the last. Made once a process.
[[nodiscard]] const ledger::Genesis& TheGenesis();
// Of another network with the same name and the same members.
[[nodiscard]] const ledger::Genesis& OtherGenesis();
[[nodiscard]] const consensus::ValidatorSetPtr& TheSet();
// A transaction with one good signature of the member's clerk: the draft of a resource, which the
// state grows by. Every fifth names nothing that is there and is committed as a rejection.
[[nodiscard]] Bytes MakeTransaction(std::size_t member, std::uint64_t number);

// Who signs as what: the "clerk", "head" or "sysadmin" of a member.
struct Signing {
  std::size_t member = 0;
  std::string_view post;
  ledger::SignerRole role = ledger::SignerRole::kHead;
};
// Sent by the department of the first that signs.
[[nodiscard]] ledger::Transaction MakeSigned(std::string_view op, const std::vector<Signing>& by,
                                             Json body, std::uint64_t number);
[[nodiscard]] Bytes StoredOf(const ledger::Transaction& transaction);

// Bodies of what is voted on: docs/ops.md.
[[nodiscard]] Json Admission(std::size_t member, unsigned generation, std::int64_t power);
[[nodiscard]] Json Removal(std::size_t member, unsigned generation);
// `which` is "consensus" or "node"; from one generation to the next.
[[nodiscard]] Json Rotation(std::size_t member, std::string_view which, unsigned from);

}  // namespace jiandu::simulator
