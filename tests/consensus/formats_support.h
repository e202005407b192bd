// Builders for the tests of formats: validators with known keys, signed votes, short chains.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "base/limits.h"
#include "consensus/block.h"
#include "consensus/canonical.h"
#include "consensus/commit.h"
#include "consensus/validator_set.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace jiandu::consensus::testing {

inline constexpr std::string_view kChain = "formats-test";

template <std::size_t N>
FixedBytes<N> Hex(std::string_view hex) {
  const auto fixed = HexDecodeFixed<N>(hex);
  EXPECT_TRUE(fixed.has_value()) << hex;
  return fixed.value_or(FixedBytes<N>{});
}

inline Hash256 HashOf(std::string_view text) { return crypto::Sha256(AsBytes(text)); }

inline BlockId IdOf(std::string_view text, std::uint32_t parts = 1) {
  // Not by operator+: at -O1 g++ 12 sees overruns there that are none.
  std::string parts_name(text);
  parts_name += "/parts";
  return {.hash = HashOf(text), .parts = parts, .parts_hash = HashOf(parts_name)};
}

inline crypto::Ed25519PrivateKey KeyOf(int number) {
  return crypto::Ed25519PrivateKey::From(HashOf("validator " + std::to_string(number)));
}

// Members numbered from `first`, with the powers given.
struct TestNet {
  std::vector<crypto::Ed25519PrivateKey> keys;
  std::vector<Address> addresses;  // by number, not in set order
  ValidatorSet set;

  TestNet(int first, const std::vector<Power>& powers) : set(Make(first, powers)) {}

  [[nodiscard]] Vote Sign(std::size_t member, Vote vote, std::string_view chain = kChain) const {
    vote.from = addresses[member];
    vote.signature = keys[member].Sign(VoteSignBytes(chain, vote));
    return vote;
  }
  [[nodiscard]] Proposal Sign(std::size_t member, Proposal proposal) const {
    proposal.from = addresses[member];
    proposal.signature = keys[member].Sign(ProposalSignBytes(kChain, proposal));
    return proposal;
  }
  // Signed by the members numbered in `who`.
  [[nodiscard]] Certificate Certify(Certificate::Kind kind, Height height, Round round,
                                    const BlockId& id, const std::vector<std::size_t>& who) const {
    Certificate certificate{.kind = kind, .height = height, .round = round, .id = id, .votes = {}};
    const VoteType type =
        kind == Certificate::Kind::kPolka ? VoteType::kPrevote : VoteType::kPrecommit;
    for (const std::size_t member : who) {
      certificate.votes.push_back(Sign(member, {.type = type,
                                                .height = height,
                                                .round = round,
                                                .id = id,
                                                .time = Time::FromMs(1700000000000),
                                                .from = {},
                                                .signature = {}}));
    }
    return certificate;
  }
  [[nodiscard]] Commit CommitTo(Height height, Round round, const BlockId& id,
                                const std::vector<std::size_t>& who) const {
    const auto commit =
        MakeCommit(Certify(Certificate::Kind::kCommit, height, round, id, who), set);
    EXPECT_TRUE(commit.has_value());
    return commit.value_or(Commit{});
  }

 private:
  ValidatorSet Make(int first, const std::vector<Power>& powers) {
    std::vector<Validator> validators;
    for (std::size_t i = 0; i < powers.size(); ++i) {
      keys.push_back(KeyOf(first + static_cast<int>(i)));
      addresses.push_back(AddressOf(keys.back().PublicKey()));
      validators.push_back({.address = {}, .key = keys.back().PublicKey(), .power = powers[i]});
    }
    auto made = ValidatorSet::From(std::move(validators));
    EXPECT_TRUE(made.has_value());
    return std::move(*made);
  }
};

inline Vote Precommit(Height height, Round round, const std::optional<BlockId>& id) {
  return {.type = VoteType::kPrecommit,
          .height = height,
          .round = round,
          .id = id,
          .time = Time::FromMs(1700000000123),
          .from = {},
          .signature = {}};
}

// A header that decodes, of the height given.
inline Header HeaderAt(Height height) {
  Header header;
  header.chain_id = kChain;
  header.height = height;
  header.time = Time::FromMs(1700000000000 + static_cast<std::int64_t>(height));
  if (height > 1) header.last_block_id = IdOf("block before");
  header.last_commit_hash = Commit{}.Hash();
  header.data_hash = DataHash({});
  header.validators_hash = HashOf("set");
  header.next_validators_hash = HashOf("next set");
  header.consensus_hash = ConsensusHash(limits::kBlockBytesMax);
  header.app_hash = HashOf("app");
  header.last_results_hash = ResultsHash({});
  header.evidence_hash = EvidenceHash();
  header.proposer = AddressOf(KeyOf(1).PublicKey());
  return header;
}

// The property every decoder has: it takes back what the encoder wrote; and whatever it takes of
// shortened, lengthened and bit-flipped input is exactly what the encoder writes for that value.
template <typename Encode, typename Decode>
void ExpectStrict(const Bytes& bytes, Encode encode, Decode decode) {
  const auto whole = decode(ByteView(bytes));
  ASSERT_TRUE(whole.has_value()) << whole.error().detail;
  EXPECT_EQ(encode(*whole), bytes);
  const auto expect_canonical = [&](const Bytes& changed) {
    const auto value = decode(ByteView(changed));
    if (value.has_value() && encode(*value) != changed) {
      ADD_FAILURE() << HexEncode(changed) << " is read as " << HexEncode(encode(*value));
    }
  };
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    expect_canonical(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes flipped = bytes;
      flipped[i] = static_cast<std::uint8_t>(flipped[i] ^ (1U << bit));
      expect_canonical(flipped);
    }
  }
  for (const std::uint8_t extra : Bytes{0x00, 0x08, 0x12, 0x7a, 0xff}) {
    Bytes longer = bytes;
    longer.push_back(extra);
    EXPECT_FALSE(decode(ByteView(longer)).has_value());
  }
  Bytes doubled = bytes;
  Append(doubled, bytes);
  expect_canonical(doubled);
}

}  // namespace jiandu::consensus::testing
