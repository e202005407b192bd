// The payload's JSON, the stored form of a transaction, and its hashes.
#include "ledger/model/transaction.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hex.h"
#include "base/limits.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "ledger/model/op.h"
#include "ledger/model/transaction_rules.h"

namespace jiandu::ledger {
namespace {

constexpr std::size_t kNonceDigits = 16;

struct RoleRow {
  SignerRole role;
  std::string_view name;
};
constexpr std::array<RoleRow, 4> kRoles = {{
    {.role = SignerRole::kMaker, .name = "MAKER"},
    {.role = SignerRole::kHead, .name = "HEAD"},
    {.role = SignerRole::kPeer, .name = "PEER"},
    {.role = SignerRole::kSystem, .name = "SYSTEM"},
}};

// The PAE without the payload behind it.
std::string PaeHead(std::size_t payload_size) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), payload_size).ptr;
  std::string head = "DSSEv1 33 ";
  static_assert(kPayloadType.size() == 33);
  head += kPayloadType;
  head += ' ';
  head.append(digits.data(), end);
  head += ' ';
  return head;
}

bool IsNonce(std::string_view nonce) {
  return nonce.size() == kNonceDigits && std::ranges::all_of(nonce, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// An op is lower-case words with dots: "request.submit", "key.rotate_log".
bool IsOp(std::string_view op) {
  return !op.empty() && op.front() != '.' && op.back() != '.' &&
         std::ranges::all_of(
             op, [](char c) { return (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-'; });
}

Result<std::vector<Signer>> ReadSigners(std::span<const Json> items) {
  std::vector<Signer> signers;
  signers.reserve(items.size());
  for (const Json& item : items) {
    JsonFields fields(item, "/signers");
    Signer signer{.key = fields.Hex<32>("key"), .role = SignerRole::kMaker};
    const auto role = RoleFromName(fields.Text("role", limits::kIdBytesMax));
    if (!role.has_value()) fields.Problem("role", "unknown role");
    JD_CHECK(fields.Finish());
    signer.role = *role;
    if (!signers.empty() && signers.back().key >= signer.key) {
      return Fail(Errc::kInvalid, "/signers: not sorted by key, or a key twice");
    }
    signers.push_back(signer);
  }
  if (signers.empty()) return Fail(Errc::kInvalid, "/signers: nobody");
  return signers;
}

Result<std::vector<TxSignature>> ReadSignatures(WireReader& reader) {
  std::vector<TxSignature> signatures;
  while (reader.NextIs(2)) {
    if (signatures.size() >= limits::kTxSignersMax) {
      return Fail(Errc::kTooLarge, "transaction: too many signatures");
    }
    JD_TRY(const ByteView message, reader.Message(2));
    WireReader one(message);
    TxSignature signature;
    JD_TRY(signature.key, one.Fixed<32>(1));
    JD_TRY(signature.signature, one.Fixed<64>(2));
    JD_CHECK(one.Finish());
    if (!IsLowSignature(signature.signature)) {
      return Fail(Errc::kInvalid, "transaction: r or s out of range");
    }
    signatures.push_back(signature);
  }
  return signatures;
}

}  // namespace

std::string_view RoleName(SignerRole role) {
  const auto* row = std::ranges::find(kRoles, role, &RoleRow::role);
  return row == kRoles.end() ? std::string_view("?") : row->name;
}

std::optional<SignerRole> RoleFromName(std::string_view name) {
  const auto* row = std::ranges::find(kRoles, name, &RoleRow::name);
  if (row == kRoles.end()) return std::nullopt;
  return row->role;
}

std::string EncodePayload(const Payload& payload) {
  Json signers = Json::MakeArray();
  for (const Signer& signer : payload.signers) {
    Json one = Json::MakeObject();
    one.Set("key", HexEncode(signer.key.View())).Set("role", RoleName(signer.role));
    signers.Push(std::move(one));
  }
  Json json = Json::MakeObject();
  json.Set("at", payload.at).Set("body", payload.body).Set("chain", payload.chain);
  json.Set("department", payload.department).Set("exp", payload.exp);
  json.Set("nonce", payload.nonce).Set("op", payload.op).Set("signers", std::move(signers));
  return CanonicalJson(json);
}

Result<Payload> DecodePayload(ByteView bytes) {
  JD_TRY(Json json, ParseCanonicalJson(AsText(bytes), limits::kBatchTxBytesMax));
  JsonFields fields(json, "");
  Payload payload;
  payload.at = fields.Integer("at", 0, limits::kJsonIntegerMax);
  (void)fields.Object("body");
  payload.chain = fields.Text("chain", limits::kChainIdBytesMax);
  payload.department = fields.Text("department", limits::kIdBytesMax);
  payload.exp = fields.Integer("exp", 0, limits::kJsonIntegerMax);
  payload.nonce = fields.Text("nonce", kNonceDigits);
  payload.op = fields.Text("op", limits::kOpBytesMax);
  const std::span<const Json> signers = fields.Array("signers", limits::kTxSignersMax);
  if (payload.chain.empty()) fields.Problem("chain", "empty");
  if (payload.department.empty()) fields.Problem("department", "empty");
  if (!IsNonce(payload.nonce)) fields.Problem("nonce", "not 16 lower-case hex digits");
  if (!IsOp(payload.op)) fields.Problem("op", "not an operation's name");
  JD_CHECK(fields.Finish());
  JD_TRY(payload.signers, ReadSigners(signers));
  payload.body = json.Release("body");
  return payload;
}

Bytes PreAuthEncoding(ByteView payload) {
  Bytes pae = ToBytes(PaeHead(payload.size()));
  Append(pae, payload);
  return pae;
}

Bytes EncodeStored(ByteView payload, std::vector<TxSignature> signatures) {
  std::ranges::sort(signatures);
  WireWriter writer;
  writer.BytesField(1, payload);
  for (const TxSignature& signature : signatures) {
    WireWriter one;
    one.BytesField(1, signature.key.View());
    one.BytesField(2, signature.signature.View());
    writer.Message(2, one.Written());
  }
  return writer.Take();
}

Result<Transaction> DecodeHashed(ByteView stored, const EnvHash& env) {
  if (stored.size() > limits::kBatchTxBytesMax) return Fail(Errc::kTooLarge, "transaction");
  WireReader reader(stored);
  JD_TRY(const ByteView payload, reader.BytesField(1, limits::kBatchTxBytesMax));
  JD_TRY(std::vector<TxSignature> signatures, ReadSignatures(reader));
  JD_CHECK(reader.Finish());
  // Only batches may be large; whoever claims to be one is read, everybody else is not.
  if (stored.size() > limits::kTxBytesMax && !MayBeBatch(payload)) {
    return Fail(Errc::kTooLarge, "transaction");
  }
  Transaction transaction;
  JD_TRY(transaction.payload, DecodePayload(payload));
  if (stored.size() > limits::kTxBytesMax && transaction.payload.op != kBatchOp) {
    return Fail(Errc::kTooLarge, "transaction");
  }
  if (!std::ranges::equal(signatures, transaction.payload.signers, {}, &TxSignature::key,
                          &Signer::key)) {
    return Fail(Errc::kInvalid, "transaction: signatures are not those of the signers");
  }
  transaction.payload_bytes = ToBytes(payload);
  transaction.signatures = std::move(signatures);
  const std::string head = PaeHead(payload.size());
  transaction.digest = crypto::Sha256({AsBytes(head), payload});
  transaction.txid = crypto::Sha256({AsBytes(crypto::kTagTx), AsBytes(head), payload});
  transaction.env = env;
  transaction.stored_size = stored.size();
  // Admission and the contracts both ask for it: a large batch is walked once.
  if (const OpInfo* op = FindOp(transaction.payload.op); op != nullptr) {
    transaction.form = CheckOpBody(*op, transaction.payload.body);
  }
  return transaction;
}

Result<Transaction> DecodeStored(ByteView stored) {
  JD_TRY(Transaction transaction, DecodeHashed(stored, EnvHash()));
  transaction.env = crypto::Sha256(stored);
  return transaction;
}

}  // namespace jiandu::ledger
