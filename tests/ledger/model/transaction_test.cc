// The stored form and the DSSE edge take exactly what they should.
#include "ledger/model/transaction.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "ledger/model/transaction_rules.h"
#include "tests/ledger/model/genesis_support.h"
#include "tests/support/vectors.h"

namespace jiandu::ledger {
namespace {

Payload TwoOfficers() {
  Payload payload;
  payload.chain = "hz-gov-1";
  payload.op = "request.submit";
  payload.department = kJt;
  payload.signers = {{crypto::MakeKeyId(TestKey("maker").PublicKey()), SignerRole::kMaker},
                     {crypto::MakeKeyId(TestKey("head").PublicKey()), SignerRole::kHead}};
  std::ranges::sort(payload.signers);
  payload.nonce = "09af63c1d27e5b84";
  payload.exp = 1795336200000;
  payload.at = 1795249800000;
  payload.body = Json::MakeObject({{"purpose", "营运车辆核验"}});
  return payload;
}

std::vector<TxSignature> Sign(std::string_view payload) {
  const Hash256 digest = crypto::Sha256(PreAuthEncoding(AsBytes(payload)));
  std::vector<TxSignature> signatures;
  for (const char* name : {"maker", "head"}) {
    const crypto::EcdsaPrivateKey key = TestKey(name);
    signatures.push_back({crypto::MakeKeyId(key.PublicKey()), key.SignDigest(digest)});
  }
  return signatures;
}

Bytes Stored(const Payload& payload) {
  const std::string text = EncodePayload(payload);
  return EncodeStored(AsBytes(text), Sign(text));
}

// Decodes with a payload's text changed; the signatures stay those of the signers.
bool TakesText(std::string_view from, std::string_view to) {
  std::string text = EncodePayload(TwoOfficers());
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return DecodeStored(EncodeStored(AsBytes(text), Sign(text))).has_value();
}

TEST(Transaction, IsReadBackWithItsHashes) {
  const Payload payload = TwoOfficers();
  const Bytes stored = Stored(payload);
  const auto tx = DecodeStored(stored);
  ASSERT_TRUE(tx.has_value()) << tx.error().detail;
  const Bytes pae = PreAuthEncoding(AsBytes(EncodePayload(payload)));
  EXPECT_EQ(tx->digest, crypto::Sha256(pae));
  EXPECT_EQ(tx->txid, crypto::Sha256({AsBytes(crypto::kTagTx), pae}));
  EXPECT_EQ(tx->env, crypto::Sha256(stored));
  const auto hashed = DecodeHashed(stored, crypto::Sha256(stored));
  ASSERT_TRUE(hashed.has_value());
  EXPECT_EQ(hashed->env, tx->env);
  EXPECT_EQ(hashed->txid, tx->txid);
  EXPECT_EQ(tx->stored_size, stored.size());
  EXPECT_EQ(tx->payload.op, payload.op);
  EXPECT_EQ(tx->payload.signers, payload.signers);
  EXPECT_EQ(EncodePayload(tx->payload), AsText(tx->payload_bytes));
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(tx->signatures[i].key, payload.signers[i].key);
  EXPECT_EQ(EncodeStored(tx->payload_bytes, tx->signatures), stored);
}

TEST(Transaction, PayloadIsCanonicalJsonOfExactlyTheMembers) {
  EXPECT_TRUE(TakesText("hz-gov-1", "hz-gov-2"));
  EXPECT_FALSE(TakesText(R"("chain")", R"( "chain")"));
  EXPECT_FALSE(TakesText(R"("chain":"hz-gov-1",)", ""));
  EXPECT_FALSE(TakesText(R"("chain":"hz-gov-1",)", R"("chain":"hz-gov-1","chain":"hz-gov-1",)"));
  EXPECT_FALSE(TakesText(R"("chain":"hz-gov-1",)", R"("chain":"hz-gov-1","cost":1,)"));
  EXPECT_FALSE(TakesText("hz-gov-1", ""));
  EXPECT_FALSE(TakesText("hz-gov-1", std::string(51, 'a')));
  EXPECT_FALSE(TakesText("09af63c1d27e5b84", "09AF63C1D27E5B84"));
  EXPECT_FALSE(TakesText("09af63c1d27e5b84", "09af63c1d27e5b8"));
  EXPECT_FALSE(TakesText("1795336200000", "1795336200000.0"));
  EXPECT_FALSE(TakesText("1795336200000", "-1"));
  EXPECT_FALSE(TakesText("1795336200000", "9007199254740992"));
  EXPECT_FALSE(TakesText("request.submit", "Request.submit"));
  EXPECT_FALSE(TakesText("request.submit", ""));
  EXPECT_FALSE(TakesText("request.submit", std::string(33, 'a')));
  EXPECT_FALSE(TakesText(R"({"purpose":"营运车辆核验"})", "[]"));
  EXPECT_FALSE(TakesText(R"("role":"MAKER")", R"("role":"maker")"));
  EXPECT_FALSE(TakesText(R"("role":"MAKER")", R"("note":1,"role":"MAKER")"));
}

TEST(Transaction, SignaturesAreExactlyThoseOfTheSigners) {
  const std::string text = EncodePayload(TwoOfficers());
  const auto takes = [&](std::vector<TxSignature> signatures) {
    return DecodeStored(EncodeStored(AsBytes(text), std::move(signatures))).has_value();
  };
  const std::vector<TxSignature> good = Sign(text);
  EXPECT_TRUE(takes(good));
  EXPECT_TRUE(takes({good[1], good[0]}));  // sorted when encoded
  EXPECT_FALSE(takes({good[0]}));
  EXPECT_FALSE(takes({}));
  EXPECT_FALSE(takes({good[0], good[0]}));
  EXPECT_FALSE(takes({good[0], good[1], good[1]}));
  EXPECT_FALSE(takes({good[0], good[0], good[0], good[1], good[1]}));
  auto stranger = good;
  stranger[0].key.bytes[0] ^= 1;
  EXPECT_FALSE(takes(stranger));
  auto swapped = good;
  std::swap(swapped[0].signature, swapped[1].signature);
  EXPECT_TRUE(takes(swapped));  // form only: who verifies signatures refuses it
  // Unsorted on the wire.
  Bytes stored = EncodeStored(AsBytes(text), good);
  const std::size_t one = 2 + 2 + 32 + 2 + 64;
  std::rotate(stored.end() - static_cast<std::ptrdiff_t>(2 * one),
              stored.end() - static_cast<std::ptrdiff_t>(one), stored.end());
  EXPECT_FALSE(DecodeStored(stored).has_value());
}

TEST(Transaction, SignersAreSortedDistinctAndAtMostFour) {
  const auto takes = [](std::vector<Signer> signers) {
    Payload payload = TwoOfficers();
    payload.signers = std::move(signers);
    return DecodePayload(AsBytes(EncodePayload(payload))).has_value();
  };
  std::vector<Signer> five(5);
  for (std::uint8_t i = 0; i < 5; ++i) five[i].key.bytes[0] = i;
  EXPECT_TRUE(takes({five[0], five[1], five[2], five[3]}));
  EXPECT_FALSE(takes(five));
  EXPECT_FALSE(takes({}));
  EXPECT_FALSE(takes({five[1], five[0]}));
  EXPECT_FALSE(takes({five[1], five[1]}));
}

TEST(Transaction, SignatureScalarsAreInRangeAndSIsLow) {
  const auto low = [](std::string_view r, std::string_view s) {
    crypto::EcdsaSignature signature;
    const Bytes r_bytes = *HexDecode(r);
    const Bytes s_bytes = *HexDecode(s);
    std::ranges::copy(r_bytes, signature.bytes.begin());
    std::ranges::copy(s_bytes, signature.bytes.begin() + 32);
    return IsLowSignature(signature);
  };
  const std::string zero(64, '0');
  const std::string one = std::string(63, '0') + "1";
  const std::string order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  const std::string below = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
  const std::string half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
  const std::string above = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";
  EXPECT_TRUE(low(one, one));
  EXPECT_TRUE(low(below, half));
  EXPECT_FALSE(low(zero, one));
  EXPECT_FALSE(low(one, zero));
  EXPECT_FALSE(low(order, one));
  EXPECT_FALSE(low(one, above));
  EXPECT_FALSE(low(one, below));
}

TEST(Transaction, EveryChangedOrCutByteIsRefusedOrAnotherTransaction) {
  const Bytes stored = Stored(TwoOfficers());
  const TxId txid = DecodeStored(stored)->txid;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    Bytes flipped = stored;
    flipped[i] ^= 4;
    const auto tx = DecodeStored(flipped);
    if (!tx.has_value()) continue;
    EXPECT_EQ(EncodeStored(tx->payload_bytes, tx->signatures), flipped);
    EXPECT_NE(tx->env, crypto::Sha256(stored));
    const bool in_payload = i < stored.size() - 2 * 102;
    EXPECT_EQ(tx->txid != txid, in_payload) << i;
    EXPECT_FALSE(DecodeStored(ByteView(stored).first(i)).has_value());
  }
  Bytes longer = stored;
  longer.push_back(0);
  EXPECT_FALSE(DecodeStored(longer).has_value());
}

TEST(Transaction, OnlyBatchesMayBeLarge) {
  const auto sized = [](std::string op, std::size_t text_bytes, std::string_view extra = "") {
    Payload payload = TwoOfficers();
    payload.op = std::move(op);
    payload.body.Set("note", std::string(text_bytes, 'x'));
    if (!extra.empty()) payload.body.Set("op", extra);
    return DecodeStored(Stored(payload));
  };
  EXPECT_TRUE(sized("request.submit", 64000).has_value());
  EXPECT_EQ(sized("request.submit", 65500).error().code, Errc::kTooLarge);
  // A body that only looks like a batch.
  EXPECT_EQ(sized("request.submit", 65500, "access.batch").error().code, Errc::kTooLarge);
  EXPECT_TRUE(sized("access.batch", 1000000).has_value());
  EXPECT_EQ(sized("access.batch", limits::kBatchTxBytesMax).error().code, Errc::kTooLarge);
}

std::string Dsse(const Bytes& stored) { return DsseFromStored(*DecodeStored(stored)); }

TEST(Dsse, GoesThereAndBack) {
  const Bytes stored = Stored(TwoOfficers());
  EXPECT_EQ(*StoredFromDsse(Dsse(stored)), stored);
}

TEST(Dsse, TakesUrlBase64DerAndHighSAndAnyOrder) {
  const Bytes stored = Stored(TwoOfficers());
  const Transaction tx = *DecodeStored(stored);
  Json envelope = *ParseJson(Dsse(stored), 100000);
  envelope.Set("payload", Base64UrlEncode(tx.payload_bytes));
  Json signatures = Json::MakeArray();
  for (std::size_t i = 2; i-- > 0;) {
    // n - s: the other valid form of the same signature.
    Bytes high = ToBytes(tx.signatures[i].signature.View());
    const Bytes order =
        *HexDecode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    int borrow = 0;
    for (std::size_t b = 32; b-- > 0;) {
      int difference = order[b] - high[32 + b] - borrow;
      borrow = difference < 0 ? 1 : 0;
      if (difference < 0) difference += 256;
      high[32 + b] = static_cast<std::uint8_t>(difference);
    }
    Bytes der = {0x30, 0};
    for (const std::size_t at : {0U, 32U}) {
      Bytes number(high.begin() + static_cast<std::ptrdiff_t>(at),
                   high.begin() + static_cast<std::ptrdiff_t>(at + 32));
      while (number.size() > 1 && number[0] == 0 && number[1] < 0x80) number.erase(number.begin());
      if (number[0] >= 0x80) number.insert(number.begin(), 0);
      der.push_back(2);
      der.push_back(static_cast<std::uint8_t>(number.size()));
      Append(der, number);
    }
    der[1] = static_cast<std::uint8_t>(der.size() - 2);
    Json one = Json::MakeObject();
    one.Set("keyid", HexEncode(tx.signatures[i].key.View()));
    one.Set("sig", i == 0 ? Base64UrlEncode(der) : Base64Encode(high));
    signatures.Push(std::move(one));
  }
  envelope.Set("signatures", std::move(signatures));
  const auto read = StoredFromDsse(PrettyJson(envelope));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(*read, stored);
}

TEST(Dsse, RefusesUnknownMembersDoubleKeysAndOtherTypes) {
  const Json good = *ParseJson(Dsse(Stored(TwoOfficers())), 100000);
  const auto takes = [](const Json& json) {
    return StoredFromDsse(CanonicalJson(json)).has_value();
  };
  EXPECT_TRUE(takes(good));
  for (const Json::Member& member : good.Members()) {
    Json without = good;
    without.Remove(member.name);
    EXPECT_FALSE(takes(without)) << member.name;
  }
  Json unknown = good;
  unknown.Set("x", 1);
  EXPECT_FALSE(takes(unknown));
  Json type = good;
  type.Set("payloadType", "application/vnd.jiandu.tx.v2+json");
  EXPECT_FALSE(takes(type));
  const Json::Array& signatures = good.Find("signatures")->Items();
  Json twice = good;
  twice.Set("signatures", Json::Array{signatures[0], signatures[0]});
  EXPECT_FALSE(takes(twice));
  Json member = good;
  Json one = signatures[0];
  one.Set("cert", "x");
  member.Set("signatures", Json::Array{one, signatures[1]});
  EXPECT_FALSE(takes(member));
  Json cut = good;
  cut.Set("payload", good.TextOr("payload").substr(1));
  EXPECT_FALSE(takes(cut));
  EXPECT_FALSE(StoredFromDsse("").has_value());
  EXPECT_FALSE(StoredFromDsse("[]").has_value());
}

// The published vector signs another payload type, so it is retyped: the framing must be the same.
TEST(Dsse, PaeIsFramedAsInTheProtocolsVector) {
  const std::filesystem::path path = testing::VectorsFolder("dsse") / "protocol-md-vector.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no vectors at " << path;
  const auto vector = ParseJson(testing::ReadText(path), 10000);
  ASSERT_TRUE(vector.has_value());
  const std::string type(vector->TextOr("payloadType"));
  std::string pae = ToText(*HexDecode(vector->TextOr("pae_hex")));
  const std::string framed = std::to_string(type.size()) + " " + type;
  ASSERT_NE(pae.find(framed), std::string::npos);
  pae.replace(pae.find(framed), framed.size(),
              std::to_string(kPayloadType.size()) + " " + std::string(kPayloadType));
  const Bytes payload = *Base64Decode(vector->TextOr("payload_b64"));
  EXPECT_EQ(ToText(PreAuthEncoding(payload)), pae);
}

TEST(Dsse, PaeOfAnEmptyPayload) {
  EXPECT_EQ(ToText(PreAuthEncoding({})), "DSSEv1 33 application/vnd.jiandu.tx.v1+json 0 ");
}

}  // namespace
}  // namespace jiandu::ledger
