// Sealing and opening private keys.
//
// The box holds the seed and the SHA-256 of the label (every other member), so a changed label is
// noticed although it stands in clear.
#include "crypto/key_file.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/hex.h"
#include "base/json.h"
#include "base/limits.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/sealed_box.h"
#include "crypto/secret.h"

namespace jiandu::crypto {
namespace {

constexpr std::string_view kKdf = "argon2id13";
constexpr std::int64_t kVersion = 1;

using Salt = FixedBytes<crypto_pwhash_SALTBYTES>;
using Nonce = FixedBytes<crypto_secretbox_NONCEBYTES>;
using BoxKey = FixedBytes<crypto_secretbox_KEYBYTES>;
using Plain = FixedBytes<64>;  // seed || SHA-256 of the label
using Box = FixedBytes<crypto_secretbox_MACBYTES + Plain::kSize>;

struct Cost {
  std::int64_t ops;
  std::int64_t mem_kib;
};

struct SealedKey {
  KeyLabel label;
  Cost cost;
  Salt salt;
  Nonce nonce;
  Box box;
};

Cost CostOf(SealCost cost) {
  switch (cost) {
    case SealCost::kInteractive:
      return {.ops = crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
              .mem_kib = crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE / 1024};
    case SealCost::kModerate:
      return {.ops = crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
              .mem_kib = crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024};
  }
  JD_ASSERT(false);
  return {};
}

std::string_view SuiteName(KeySuite suite) {
  switch (suite) {
    case KeySuite::kSecp256k1: return "secp256k1";
    case KeySuite::kEd25519: return "ed25519";
    case KeySuite::kHmacSha256: return "hmac-sha256";
    case KeySuite::kX25519: return "x25519";
  }
  return "";
}

constexpr std::array kSuites = {KeySuite::kSecp256k1, KeySuite::kEd25519, KeySuite::kHmacSha256,
                                KeySuite::kX25519};

std::size_t PublicKeySize(KeySuite suite) {
  switch (suite) {
    case KeySuite::kSecp256k1: return EcdsaPublicKeyBytes::kSize;
    case KeySuite::kEd25519: return Ed25519PublicKey::kSize;
    case KeySuite::kHmacSha256: return Hash256::kSize;
    case KeySuite::kX25519: return BoxPublicKey::kSize;
  }
  return 0;
}

std::optional<Bytes> PublicKeyOf(KeySuite suite, const FixedBytes<32>& seed) {
  if (suite == KeySuite::kEd25519) {
    return ToBytes(Ed25519PrivateKey::From(seed).PublicKey().View());
  }
  if (suite == KeySuite::kHmacSha256) {
    return ToBytes(Sha256({AsBytes(kTagSecretId), seed.View()}).View());
  }
  if (suite == KeySuite::kX25519) return ToBytes(BoxPublicKeyOf(seed).View());
  const Result<EcdsaPrivateKey> key = EcdsaPrivateKey::From(seed);
  if (!key.has_value()) return std::nullopt;
  return ToBytes(key->PublicKey().View());
}

// Every member but "sealed".
Json LabelJson(const SealedKey& key) {
  return Json::MakeObject({{"kdf", kKdf},
                           {"mem_kib", key.cost.mem_kib},
                           {"nonce", HexEncode(key.nonce.View())},
                           {"ops", key.cost.ops},
                           {"public", HexEncode(key.label.public_key)},
                           {"purpose", key.label.purpose},
                           {"salt", HexEncode(key.salt.View())},
                           {"suite", SuiteName(key.label.suite)},
                           {"v", kVersion}});
}

Hash256 LabelDigest(const SealedKey& key) { return Sha256(AsBytes(CanonicalJson(LabelJson(key)))); }

Result<SealedKey> DecodeSealed(std::string_view sealed) {
  JD_TRY(const Json json, ParseCanonicalJson(sealed, limits::kKeyFileBytesMax));
  JsonFields fields(json, "");
  SealedKey key;
  if (fields.Text("kdf", limits::kIdBytesMax) != kKdf) fields.Problem("kdf", "unknown");
  if (fields.Integer("v", kVersion, kVersion) != kVersion) fields.Problem("v", "unknown");
  const std::string suite = fields.Text("suite", limits::kIdBytesMax);
  const auto known = std::ranges::find(kSuites, suite, SuiteName);
  if (known == kSuites.end()) fields.Problem("suite", "unknown");
  key.label.suite = known != kSuites.end() ? *known : KeySuite::kEd25519;
  key.label.purpose = fields.Text("purpose", limits::kIdBytesMax);
  // The cost is the file's word: it is bounded before memory is asked for.
  key.cost.ops = fields.Integer("ops", crypto_pwhash_argon2id_OPSLIMIT_MIN, limits::kKeyFileOpsMax);
  key.cost.mem_kib = fields.Integer("mem_kib", crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024,
                                    limits::kKeyFileMemKibMax);
  key.label.mem_kib = key.cost.mem_kib;
  key.salt = fields.Hex<Salt::kSize>("salt");
  key.nonce = fields.Hex<Nonce::kSize>("nonce");
  key.box = fields.Hex<Box::kSize>("sealed");
  const std::string public_hex = fields.Text("public", 2 * EcdsaPublicKeyBytes::kSize);
  JD_CHECK(fields.Finish());
  JD_TRY(key.label.public_key, HexDecode(public_hex));
  if (key.label.public_key.size() != PublicKeySize(key.label.suite)) {
    return Fail(Errc::kInvalid, "key file: public key has the wrong length");
  }
  return key;
}

// False when the memory is not to be had.
bool DeriveBoxKey(BoxKey& box_key, std::string_view passphrase, const Salt& salt, Cost cost) {
  EnsureSodium();
  return crypto_pwhash(box_key.Data(), BoxKey::kSize, passphrase.data(), passphrase.size(),
                       salt.Data(), static_cast<unsigned long long>(cost.ops),
                       static_cast<std::size_t>(cost.mem_kib) * 1024,
                       crypto_pwhash_ALG_ARGON2ID13) == 0;
}

}  // namespace

KeyMaterial::~KeyMaterial() { Wipe(seed.bytes); }

KeyMaterial GenerateKey(KeySuite suite, std::string purpose) {
  KeyMaterial key;
  key.suite = suite;
  key.purpose = std::move(purpose);
  switch (suite) {
    case KeySuite::kSecp256k1: key.seed = EcdsaPrivateKey::Generate().Seed(); break;
    case KeySuite::kEd25519:
    case KeySuite::kX25519:
    case KeySuite::kHmacSha256: FillRandom(key.seed.bytes); break;
  }
  std::optional<Bytes> public_key = PublicKeyOf(suite, key.seed);
  JD_ASSERT(public_key.has_value());
  key.public_key = *std::move(public_key);
  return key;
}

KeyMaterial SecretMaterial(const FixedBytes<32>& secret, std::string purpose) {
  KeyMaterial key;
  key.suite = KeySuite::kHmacSha256;
  key.seed = secret;
  key.purpose = std::move(purpose);
  key.public_key = PublicKeyOf(key.suite, secret).value_or(Bytes());
  return key;
}

std::string SealKey(const KeyMaterial& key, std::string_view passphrase, SealCost cost) {
  JD_ASSERT(key.purpose.size() <= limits::kIdBytesMax);
  SealedKey sealed;
  sealed.label = {.suite = key.suite, .purpose = key.purpose, .public_key = key.public_key};
  sealed.cost = CostOf(cost);
  FillRandom(sealed.salt.bytes);
  FillRandom(sealed.nonce.bytes);

  Plain plain;
  BoxKey box_key;
  const WipeAtEnd wipe_plain(plain.bytes);
  const WipeAtEnd wipe_key(box_key.bytes);
  std::ranges::copy(key.seed.bytes, plain.bytes.begin());
  std::ranges::copy(LabelDigest(sealed).bytes, plain.bytes.begin() + 32);
  JD_ASSERT(DeriveBoxKey(box_key, passphrase, sealed.salt, sealed.cost));
  crypto_secretbox_easy(sealed.box.Data(), plain.Data(), Plain::kSize, sealed.nonce.Data(),
                        box_key.Data());

  Json json = LabelJson(sealed);
  json.Set("sealed", HexEncode(sealed.box.View()));
  return CanonicalJson(json);
}

Result<KeyMaterial> OpenKey(std::string_view sealed, std::string_view passphrase) {
  JD_TRY(SealedKey file, DecodeSealed(sealed));
  Plain plain;
  BoxKey box_key;
  const WipeAtEnd wipe_plain(plain.bytes);
  const WipeAtEnd wipe_key(box_key.bytes);
  if (!DeriveBoxKey(box_key, passphrase, file.salt, file.cost)) {
    return Fail(Errc::kUnavailable, "key file: no memory for the passphrase");
  }
  if (crypto_secretbox_open_easy(plain.Data(), file.box.Data(), Box::kSize, file.nonce.Data(),
                                 box_key.Data()) != 0) {
    return Fail(Errc::kUnauthenticated, "key file: wrong passphrase or changed file");
  }
  if (!Equal(plain.View().last(32), LabelDigest(file).View())) {
    return Fail(Errc::kUnauthenticated, "key file: the label was changed");
  }
  KeyMaterial key;
  key.suite = file.label.suite;
  key.purpose = std::move(file.label.purpose);
  std::ranges::copy(plain.View().first(32), key.seed.bytes.begin());
  if (PublicKeyOf(key.suite, key.seed) != file.label.public_key) {
    return Fail(Errc::kUnauthenticated, "key file: the public key is not the seed's");
  }
  key.public_key = std::move(file.label.public_key);
  return key;
}

Result<KeyLabel> ReadKeyLabel(std::string_view sealed) {
  JD_TRY(SealedKey file, DecodeSealed(sealed));
  return std::move(file.label);
}

}  // namespace jiandu::crypto
