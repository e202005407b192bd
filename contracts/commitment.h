// Salted commitments to values too few to hash plainly (docs/contracts.md 4.10): SHA-256 over
// "JIANDU-COMMIT-1\0", a salt of 32 bytes and the value.
//
// Pure.
#pragma once

#include "crypto/hash.h"

namespace jiandu::contracts {

[[nodiscard]] inline Hash256 Commit(const Hash256& salt, ByteView value) {
  using std::string_view_literals::operator""sv;
  crypto::Sha256Stream stream;
  stream.Update(AsBytes("JIANDU-COMMIT-1\0"sv));
  stream.Update(salt.View());
  stream.Update(value);
  return stream.Finish();
}

}  // namespace jiandu::contracts
