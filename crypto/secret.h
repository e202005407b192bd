// Helpers of crypto/ for secrets and for libsodium; not for other layers.
//
// Any thread.
#pragma once

#include "base/bytes.h"

namespace jiandu::crypto {

// libsodium must be initialised once before any other call of it; every use begins with this.
void EnsureSodium();

// Overwrites memory when the scope ends, however it ends.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(std::span<std::uint8_t> memory) : memory_(memory) {}
  ~WipeAtEnd();
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  std::span<std::uint8_t> memory_;
};

}  // namespace jiandu::crypto
