// A seal's blob: what is hidden of an access, for its keepers' eyes (docs/contracts.md 4.10).
//
// Canonical JSON; on the ledger stand its SHA-256 and the commitment, never the blob itself:
//   {"boxes":[{"box":base64,"key":hex64}],"commitment":hex64,"format":"jiandu-seal-1","nonce":hex,
//    "sealed":base64}
// Inside lies the canonical JSON of {acc_id, opened, salt}; commitment and keys are bound to it
// (crypto/sealed_box.h). Pure but for randomness; one thread.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/secret_input.h"
#include "crypto/sealed_box.h"

namespace jiandu::cli {

inline constexpr std::size_t kSealBlobBytesMax = 32UL * 1024;
inline constexpr std::size_t kSealKeepersMax = 4;

struct SealBlob {
  Hash256 commitment;
  std::vector<crypto::BoxPublicKey> keepers;
  crypto::SealedBox box;

  [[nodiscard]] std::string Encode() const;
  // kInvalid for anything but the bytes Encode gives.
  [[nodiscard]] static Result<SealBlob> Decode(std::string_view text);
};

// What lies inside.
struct SealedPart {
  std::string acc_id;  // "": the record had none yet
  Json opened;         // the members that were taken out of the record
  Hash256 salt;

  // SHA-256 over "JIANDU-COMMIT-1\0", the salt and the canonical JSON of `opened`.
  [[nodiscard]] Hash256 Commitment() const;
};

[[nodiscard]] Result<SealBlob> MakeSealBlob(const SealedPart& part,
                                            std::vector<crypto::BoxPublicKey> keepers);
// By one keeper. kNotFound when the blob is not for this key; kUnauthenticated when the blob was
// changed; kCorrupt when what lies inside does not open the blob's own commitment.
[[nodiscard]] Result<SealedPart> OpenSealBlob(const SealBlob& blob, const FixedBytes<32>& secret);

}  // namespace jiandu::cli
