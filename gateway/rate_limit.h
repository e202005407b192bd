// Token buckets, one per principal: how many requests somebody may still make.
//
// Owned by the API; gateway thread. Times are milliseconds of a clock that never goes back much; a
// step back only refills later. Memory is bounded: when all buckets are in use, the fullest go.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "gateway/settings.h"

namespace jiandu::gateway {

class RateLimit {
 public:
  static constexpr std::size_t kBucketsMax = 10'000;

  explicit RateLimit(RateSettings settings) : settings_(settings) {}
  // Takes one token: 0 when there was one, else the seconds (at least 1) until there will be.
  [[nodiscard]] int Take(std::string_view principal, std::int64_t now_ms);

 private:
  // Tokens are counted in thousandths, so that whole milliseconds give whole numbers.
  struct Bucket {
    std::int64_t milli_tokens = 0;
    std::int64_t at_ms = 0;
  };
  void Refill(Bucket& bucket, std::int64_t now_ms) const;
  void DropFull(std::int64_t now_ms);
  [[nodiscard]] std::int64_t Capacity() const;

  RateSettings settings_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace jiandu::gateway
