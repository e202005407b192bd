// The block header: CometBFT v0.38's 14 fields (BlockProtocol 11) and its hash.
//
// Pure; any thread. Version.app is the rule set in force. app_hash and last_results_hash are those
// after height - 1.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "consensus/types.h"

namespace jiandu::consensus {

inline constexpr std::uint64_t kBlockProtocol = 11;

struct Header {
  std::uint64_t version_block = kBlockProtocol;
  std::uint64_t version_app = 1;
  std::string chain_id;
  Height height = 0;
  Time time;
  BlockId last_block_id;  // all zero at height 1
  Hash256 last_commit_hash;
  Hash256 data_hash;
  Hash256 validators_hash;
  Hash256 next_validators_hash;
  Hash256 consensus_hash;
  Hash256 app_hash;
  Hash256 last_results_hash;
  Hash256 evidence_hash;
  Address proposer;
  auto operator<=>(const Header&) const = default;

  // RFC 6962 root over the 14 encoded fields.
  [[nodiscard]] Hash256 Hash() const;
  [[nodiscard]] Bytes Encode() const;  // tendermint.types.Header
  [[nodiscard]] static Result<Header> Decode(ByteView bytes);
};

// SHA-256 of HashedParams{max_bytes, max_gas = -1}.
[[nodiscard]] Hash256 ConsensusHash(std::uint64_t max_bytes);
// Tree over ExecTxResult{code}; of nothing SHA-256("").
[[nodiscard]] Hash256 ResultsHash(std::span<const std::uint32_t> codes);
// SHA-256(""): the evidence list is always empty.
[[nodiscard]] Hash256 EvidenceHash();

// The wire form of a BlockId, also inside other messages (zero: `12 00`).
[[nodiscard]] Bytes EncodeBlockId(const BlockId& id);
[[nodiscard]] Result<BlockId> DecodeBlockId(ByteView bytes);
[[nodiscard]] Bytes EncodeTime(const Time& time);
[[nodiscard]] Result<Time> DecodeTime(ByteView bytes);

}  // namespace jiandu::consensus
