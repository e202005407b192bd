// DSSE JSON at the HTTP edge, to and from the stored form.
#include <algorithm>

#include "base/hex.h"
#include "base/limits.h"
#include "ledger/model/transaction.h"

namespace jiandu::ledger {
namespace {

// DER of a secp256k1 signature has at most 72 bytes, its base64 96 characters.
constexpr std::size_t kSignatureTextMax = 96;
// Base64 takes 4 characters for 3 bytes; signatures and names come on top.
constexpr std::size_t kDsseBytesMax = limits::kBatchTxBytesMax / 3 * 4 + 4 * limits::kKiB;

Result<TxSignature> ReadSignature(const Json& json) {
  JsonFields fields(json, "/signatures");
  TxSignature signature{.key = fields.Hex<32>("keyid"), .signature = {}};
  const std::string text = fields.Text("sig", kSignatureTextMax);
  JD_CHECK(fields.Finish());
  JD_TRY(const Bytes bytes, Base64Decode(text));
  JD_TRY(signature.signature, crypto::NormaliseSignature(bytes));
  return signature;
}

}  // namespace

Result<Bytes> UnreadFromDsse(std::string_view json) {
  JD_TRY(const Json envelope, ParseJson(json, kDsseBytesMax));
  JsonFields fields(envelope, "");
  const std::string payload_text = fields.Text("payload", kDsseBytesMax);
  const std::string type = fields.Text("payloadType", limits::kTextBytesMax);
  const std::span<const Json> items = fields.Array("signatures", limits::kTxSignersMax);
  if (type != kPayloadType) fields.Problem("payloadType", "not a Jiandu transaction");
  if (items.empty()) fields.Problem("signatures", "nobody signed");
  JD_CHECK(fields.Finish());
  JD_TRY(const Bytes payload, Base64Decode(payload_text));
  std::vector<TxSignature> signatures;
  signatures.reserve(items.size());
  for (const Json& item : items) {
    JD_TRY(const TxSignature signature, ReadSignature(item));
    signatures.push_back(signature);
  }
  std::ranges::sort(signatures);
  if (std::ranges::adjacent_find(signatures, {}, &TxSignature::key) != signatures.end()) {
    return Fail(Errc::kInvalid, "/signatures: a key signs twice");
  }
  return EncodeStored(payload, std::move(signatures));
}

Result<Bytes> StoredFromDsse(std::string_view json) {
  JD_TRY(Bytes stored, UnreadFromDsse(json));
  // Whatever leaves here is a form that every node accepts.
  if (auto decoded = DecodeStored(stored); !decoded.has_value()) {
    return std::unexpected(std::move(decoded).error());
  }
  return stored;
}

std::string DsseFromStored(const Transaction& transaction) {
  Json signatures = Json::MakeArray();
  for (const TxSignature& signature : transaction.signatures) {
    Json one = Json::MakeObject();
    one.Set("keyid", HexEncode(signature.key.View()));
    one.Set("sig", Base64Encode(signature.signature.View()));
    signatures.Push(std::move(one));
  }
  Json envelope = Json::MakeObject();
  envelope.Set("payload", Base64Encode(transaction.payload_bytes));
  envelope.Set("payloadType", kPayloadType).Set("signatures", std::move(signatures));
  return CanonicalJson(envelope);
}

}  // namespace jiandu::ledger
