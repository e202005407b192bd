#include "sdk/cpp/client_tx.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/key_file.h"

namespace jiandu::sdk {

std::string Nonce() {
  std::array<std::uint8_t, 8> random{};
  crypto::FillRandom(random);
  return HexEncode(random);
}

ledger::Payload MakePayload(std::string chain, std::string op, std::string department,
                            const std::vector<SigningKey>& keys, ledger::TimeMs at,
                            ledger::TimeMs lifetime_ms, Json body) {
  ledger::Payload payload;
  payload.chain = std::move(chain);
  payload.op = std::move(op);
  payload.department = std::move(department);
  for (const SigningKey& key : keys) {
    payload.signers.push_back({crypto::MakeKeyId(key.key->PublicKey()), key.role});
  }
  std::ranges::sort(payload.signers);
  payload.nonce = Nonce();
  payload.at = at;
  payload.exp = at + lifetime_ms;
  payload.body = std::move(body);
  return payload;
}

Result<Bytes> SignTransaction(const ledger::Payload& payload, const std::vector<SigningKey>& keys) {
  const std::string bytes = ledger::EncodePayload(payload);
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(AsBytes(bytes)));
  std::vector<ledger::TxSignature> signatures;
  for (const ledger::Signer& signer : payload.signers) {
    const auto key = std::ranges::find_if(keys, [&](const SigningKey& candidate) {
      return crypto::MakeKeyId(candidate.key->PublicKey()) == signer.key;
    });
    if (key == keys.end())
      return Fail(Errc::kNotFound, "no private key for a signer of the payload");
    signatures.push_back({signer.key, key->key->SignDigest(digest)});
  }
  return ledger::EncodeStored(AsBytes(bytes), std::move(signatures));
}

}  // namespace jiandu::sdk
