// Whose signatures make a checkpoint of the log good (c2sp.org/tlog-policy).
//
// Made from genesis or from the state: the log key signs, and of the n validators so many cosign
// that whichever they are, they hold more than two thirds of the power. A checkpoint that passes is
// what one at most faulty third cannot forge. Read back from a policy file as others write it:
// comments, groups of groups, other logs. Plain value; any thread.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/model/checkpoint.h"
#include "ledger/model/genesis.h"

namespace jiandu::ledger {

struct LogPolicy {
  static constexpr std::size_t kBytesMax = 256U << 10U;
  static constexpr std::size_t kNamesMax = 1024;  // logs, witnesses and groups

  struct Witness {
    std::string name;  // within the policy
    crypto::NoteKey key;
    bool operator==(const Witness&) const = default;
  };
  struct Group {
    std::string name;
    std::size_t needed = 1;
    std::vector<std::string> members;  // witnesses and groups that stand before it
    bool operator==(const Group&) const = default;
  };

  std::vector<crypto::NoteKey> logs;
  std::vector<Witness> witnesses;
  std::vector<Group> groups;
  std::string quorum = "none";
  bool operator==(const LogPolicy&) const = default;

  // Witnesses V1 ... Vn in the order of `validators`, the group `validators`.
  [[nodiscard]] static LogPolicy Of(std::string_view chain, const crypto::Ed25519PublicKey& log_key,
                                    std::span<const GenesisValidator> validators);
  [[nodiscard]] std::string ToText() const;
  // kInvalid says which line and why.
  [[nodiscard]] static Result<LogPolicy> FromText(std::string_view text);

  // What a note that passed says, and who of the policy signed it.
  struct Passed {
    Checkpoint checkpoint;
    std::vector<std::string> witnesses;  // names within the policy
    std::uint64_t oldest_s = 0;          // of their cosignatures; 0 without any
  };
  // One of the logs signed it under its own name, and the quorum cosigned. kUnauthenticated: not
  // enough signed; kConflict: a signature of a key that is known does not hold.
  [[nodiscard]] Result<Passed> Check(const crypto::Note& note) const;

 private:
  [[nodiscard]] bool IsWitnessed(const std::set<std::string, std::less<>>& witnessed) const;
};

// The least number of validators such that any so many hold over two thirds of the power. With
// equal powers that is 2n/3 + 1.
[[nodiscard]] std::size_t QuorumCount(std::span<const GenesisValidator> validators);

}  // namespace jiandu::ledger
