// The words of the protocol: heights, rounds, blocks by id, validators, votes, proposals.
//
// Plain values; any thread. Names are those of the Tendermint paper (arXiv:1807.04938) and of
// CometBFT v0.38, whose signed bytes we share. Nothing here knows what a block contains.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"

namespace jiandu::consensus {

using Height = std::uint64_t;  // the first block has height 1
using Round = std::int32_t;    // -1 before the first round of a height
using Power = std::uint64_t;
using Address = FixedBytes<20>;  // first 20 bytes of SHA-256(public key)

// As signed. header.time is a whole number of milliseconds.
struct Time {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  auto operator<=>(const Time&) const = default;
  [[nodiscard]] static Time FromMs(std::int64_t ms);
  [[nodiscard]] std::int64_t Ms() const;  // rounded down
};
// Go's zero time, 0001-01-01T00:00:00Z: the timestamp of an absent CommitSig.
inline constexpr Time kGoZeroTime{.seconds = -62135596800, .nanos = 0};

struct BlockId {
  Hash256 hash;             // of the header
  std::uint32_t parts = 0;  // number of 64 KiB parts of the serialised block
  Hash256 parts_hash;       // their Merkle root
  auto operator<=>(const BlockId&) const = default;
};

struct Validator {
  Address address;
  crypto::Ed25519PublicKey key;
  Power power = 1;
  auto operator<=>(const Validator&) const = default;
};
[[nodiscard]] Address AddressOf(const crypto::Ed25519PublicKey& key);

enum class VoteType : std::uint8_t { kPrevote = 1, kPrecommit = 2 };

// A prevote or precommit; without an id it is for nil.
struct Vote {
  VoteType type = VoteType::kPrevote;
  Height height = 0;
  Round round = 0;
  std::optional<BlockId> id;
  Time time;  // filled by the signer; carries no meaning natively
  Address from;
  crypto::Ed25519Signature signature;
  auto operator<=>(const Vote&) const = default;
};

// Votes that together prove something. Only kCommit stands in blocks (as a CometBFT Commit).
struct Certificate {
  enum class Kind : std::uint8_t {
    kPolka = 1,         // quorum of prevotes for one id
    kCommit = 2,        // quorum of precommits for one id
    kSkip = 3,          // more than a third, any votes of one round: a reason to go there (L55)
    kPrecommitAny = 4,  // quorum of precommits for any value (L47)
  };
  Kind kind = Kind::kPolka;
  Height height = 0;
  Round round = 0;
  std::optional<BlockId> id;  // kPolka and kCommit
  std::vector<Vote> votes;
  auto operator<=>(const Certificate&) const = default;
};

struct Proposal {
  Height height = 0;
  Round round = 0;
  Round pol_round = -1;
  BlockId id;
  Time time;  // CanonicalProposal.timestamp; filled by the signer
  Address from;
  crypto::Ed25519Signature signature;
  std::optional<Certificate> polka;  // with pol_round >= 0; not covered by the signature
  auto operator<=>(const Proposal&) const = default;
};

struct Timeout {
  enum class Kind : std::uint8_t {
    kPropose,
    kPrevote,
    kPrecommit,
    kRebroadcast,
    kHeartbeat,
    kMinInterval
  };
  Kind kind = Kind::kPropose;
  Height height = 0;
  Round round = 0;
  auto operator<=>(const Timeout&) const = default;
};

enum class Step : std::uint8_t { kUnstarted, kPropose, kPrevote, kPrecommit, kCommit };

}  // namespace jiandu::consensus
