// A transaction: the signed payload, its signatures and its two hashes.
//
// Signed are the bytes of DSSE PAE over the payload, which is canonical JSON. Stored, gossiped and
// hashed is wire {1 payload, 2 repeated {1 keyid, 2 sig}} with signatures sorted by key id
// (docs/adr/0001 (Transactions), docs/ledger-format.md). Nothing that was signed is ever
// re-serialised. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/form.h"
#include "ledger/model/types.h"

namespace jiandu::ledger {

inline constexpr std::string_view kPayloadType = "application/vnd.jiandu.tx.v1+json";

struct Signer {
  KeyId key;
  SignerRole role = SignerRole::kMaker;
  auto operator<=>(const Signer&) const = default;
};
[[nodiscard]] std::string_view RoleName(SignerRole role);  // "MAKER", ...
[[nodiscard]] std::optional<SignerRole> RoleFromName(std::string_view name);

struct Payload {
  std::string chain;
  std::string op;
  DepartmentId department;
  std::vector<Signer> signers;  // sorted by key, 1 to limits::kTxSignersMax, keys distinct
  std::string nonce;            // 16 lower-case hex digits
  TimeMs exp = 0;               // block time from which it is refused
  TimeMs at = 0;                // claimed
  Json body;                    // an object; its members are checked by the form of the op
};

struct TxSignature {
  KeyId key;
  crypto::EcdsaSignature signature;
  auto operator<=>(const TxSignature&) const = default;
};

struct Transaction {
  Payload payload;
  Bytes payload_bytes;                  // as signed
  std::vector<TxSignature> signatures;  // one per signer, same order
  Hash256 digest;                       // SHA-256(PAE): what the keys signed
  TxId txid;
  EnvHash env;
  std::size_t stored_size = 0;
  std::optional<FormReport> form;  // CheckOpBody of the body; nothing when the op is unknown
};

// Canonical bytes of a payload; what a client signs the PAE of.
[[nodiscard]] std::string EncodePayload(const Payload& payload);
// Strict: canonical JSON, exactly the members above.
[[nodiscard]] Result<Payload> DecodePayload(ByteView bytes);
// "DSSEv1 33 application/vnd.jiandu.tx.v1+json <len> <payload>".
[[nodiscard]] Bytes PreAuthEncoding(ByteView payload);

[[nodiscard]] Bytes EncodeStored(ByteView payload, std::vector<TxSignature> signatures);
// Everything about the form but the body: wire and JSON canonical, signatures exactly those of the
// signers, low s by range, size at most kTxBytesMax (kBatchTxBytesMax for access.batch).
// Signatures are not verified here.
[[nodiscard]] Result<Transaction> DecodeStored(ByteView stored);
// The same for who has hashed the bytes already: `env` is the SHA-256 of `stored`.
[[nodiscard]] Result<Transaction> DecodeHashed(ByteView stored, const EnvHash& env);

// HTTP edge: DSSE JSON {payload, payloadType, signatures[{keyid, sig}]}, either base64, raw or DER
// signatures with high or low s, to the stored form. Unknown members and double keyids are refused.
[[nodiscard]] Result<Bytes> StoredFromDsse(std::string_view json);
// The same without reading the payload, for who hands it to one that does: half the work.
[[nodiscard]] Result<Bytes> UnreadFromDsse(std::string_view json);
[[nodiscard]] std::string DsseFromStored(const Transaction& transaction);

}  // namespace jiandu::ledger
