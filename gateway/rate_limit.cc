// See rate_limit.h.
#include "gateway/rate_limit.h"

#include <algorithm>

namespace jiandu::gateway {

std::int64_t RateLimit::Capacity() const {
  return std::int64_t{1000} * std::max(settings_.burst, std::uint32_t{1});
}

void RateLimit::Refill(Bucket& bucket, std::int64_t now_ms) const {
  // An hour refills any bucket: the product below cannot overflow.
  const std::int64_t elapsed = std::clamp<std::int64_t>(now_ms - bucket.at_ms, 0, 3'600'000);
  bucket.at_ms = now_ms;
  bucket.milli_tokens =
      std::min(Capacity(), bucket.milli_tokens + elapsed * std::int64_t{settings_.per_second});
}

void RateLimit::DropFull(std::int64_t now_ms) {
  // A full bucket is the same as none. If nobody is at rest, everybody starts anew: memory counts
  // for more than the memory of a flood from ten thousand places.
  for (auto it = buckets_.begin(); it != buckets_.end();) {
    Refill(it->second, now_ms);
    it = it->second.milli_tokens >= Capacity() ? buckets_.erase(it) : std::next(it);
  }
  if (buckets_.size() >= kBucketsMax) buckets_.clear();
}

int RateLimit::Take(std::string_view principal, std::int64_t now_ms) {
  if (settings_.per_second == 0) return 0;
  auto it = buckets_.find(principal);
  if (it == buckets_.end()) {
    if (buckets_.size() >= kBucketsMax) DropFull(now_ms);
    it = buckets_
             .emplace(std::string(principal), Bucket{.milli_tokens = Capacity(), .at_ms = now_ms})
             .first;
  }
  Bucket& bucket = it->second;
  Refill(bucket, now_ms);
  if (bucket.milli_tokens >= 1000) {
    bucket.milli_tokens -= 1000;
    return 0;
  }
  const std::int64_t missing = 1000 - bucket.milli_tokens;
  const std::int64_t rate_per_s = std::int64_t{1000} * settings_.per_second;
  return static_cast<int>(std::max<std::int64_t>(1, (missing + rate_per_s - 1) / rate_per_s));
}

}  // namespace jiandu::gateway
