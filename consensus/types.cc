// Conversions of the protocol's plain values.
#include "consensus/types.h"

#include "crypto/hash.h"

namespace jiandu::consensus {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kNanosPerMs = 1000000;

}  // namespace

Time Time::FromMs(std::int64_t ms) {
  std::int64_t seconds = ms / kMsPerSecond;
  std::int64_t rest = ms % kMsPerSecond;
  // C++ rounds towards zero; a timestamp's nanos are never negative.
  if (rest < 0) {
    rest += kMsPerSecond;
    --seconds;
  }
  return {.seconds = seconds, .nanos = static_cast<std::int32_t>(rest * kNanosPerMs)};
}

std::int64_t Time::Ms() const { return (seconds * kMsPerSecond) + (nanos / kNanosPerMs); }

Address AddressOf(const crypto::Ed25519PublicKey& key) {
  const Hash256 hash = crypto::Sha256(key.View());
  return *Address::From(hash.View().first(Address::kSize));
}

}  // namespace jiandu::consensus
