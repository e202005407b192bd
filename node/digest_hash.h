// Hash tables keyed by SHA-256 digests.
//
// A digest is random already; the seed, drawn once a process, keeps clients that try many envelopes
// from filling one bucket. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "crypto/hash.h"
#include "crypto/key_file.h"

namespace jiandu::node {

struct DigestHash {
  [[nodiscard]] std::size_t operator()(const Hash256& digest) const {
    static const std::uint64_t kSeed = [] {
      FixedBytes<sizeof(std::uint64_t)> drawn;
      crypto::FillRandom(drawn.bytes);
      return ReadU64Be(drawn.View());
    }();
    std::uint64_t word = 0;
    std::memcpy(&word, digest.bytes.data(), sizeof word);
    return word ^ kSeed;
  }
};

template <typename Value>
using DigestMap = std::unordered_map<Hash256, Value, DigestHash>;
using DigestSet = std::unordered_set<Hash256, DigestHash>;

}  // namespace jiandu::node
