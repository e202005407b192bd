// Hash tables keyed by SHA-256 digests.
//
// A digest is random already; the seed, drawn once a process, keeps clients that try many envelopes
// from filling one bucket. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <unordered_map>
#include <unordered_set>

#include "crypto/hash.h"

namespace jiandu::node {

struct DigestHash {
  [[nodiscard]] std::size_t operator()(const Hash256& digest) const {
    static const std::uint64_t kSeed = [] {
      std::random_device device;
      return (std::uint64_t{device()} << 32U) | device();
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
