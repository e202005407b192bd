#include "cli/seal_blob.h"

#include <algorithm>

#include "base/hex.h"
#include "contracts/commitment.h"
#include "crypto/key_file.h"

namespace jiandu::cli {
namespace {

constexpr std::string_view kFormat = "jiandu-seal-1";
constexpr std::size_t kIdBytesMax = 64;

// Bound to what is sealed: whose it is to open, and what it commits to.
std::string ContextOf(const SealBlob& blob) {
  Json keys = Json::MakeArray();
  for (const crypto::BoxPublicKey& key : blob.keepers) keys.Push(HexEncode(key.View()));
  return CanonicalJson(Json::MakeObject({{"commitment", HexEncode(blob.commitment.View())},
                                         {"format", kFormat},
                                         {"keys", std::move(keys)}}));
}

std::string ContentOf(const SealedPart& part) {
  return CanonicalJson(Json::MakeObject(
      {{"acc_id", part.acc_id}, {"opened", part.opened}, {"salt", HexEncode(part.salt.View())}}));
}

void WipeBytes(std::span<std::uint8_t> bytes) { crypto::Wipe(bytes); }

}  // namespace

std::string SealBlob::Encode() const {
  Json boxes = Json::MakeArray();
  for (std::size_t i = 0; i < keepers.size(); ++i) {
    boxes.Push(Json::MakeObject(
        {{"box", Base64Encode(box.keys[i])}, {"key", HexEncode(keepers[i].View())}}));
  }
  return CanonicalJson(Json::MakeObject({{"boxes", std::move(boxes)},
                                         {"commitment", HexEncode(commitment.View())},
                                         {"format", kFormat},
                                         {"nonce", HexEncode(box.nonce.View())},
                                         {"sealed", Base64Encode(box.sealed)}}));
}

Result<SealBlob> SealBlob::Decode(std::string_view text) {
  JD_TRY(const Json json, ParseCanonicalJson(text, kSealBlobBytesMax));
  JsonFields fields(json, "");
  SealBlob blob;
  if (fields.Text("format", kIdBytesMax) != kFormat) fields.Problem("format", "is not a seal's");
  blob.commitment = fields.Hex<Hash256::kSize>("commitment");
  blob.box.nonce = fields.Hex<crypto::BoxNonce::kSize>("nonce");
  const std::string sealed = fields.Text("sealed", kSealBlobBytesMax);
  const auto boxes = fields.Array("boxes", kSealKeepersMax);
  JD_CHECK(fields.Finish());
  JD_TRY(blob.box.sealed, Base64Decode(sealed));
  for (const Json& one : boxes) {
    JsonFields member(one, "/boxes");
    blob.keepers.push_back(member.Hex<crypto::BoxPublicKey::kSize>("key"));
    const std::string boxed = member.Text("box", 2 * crypto::kBoxedKeyBytes);
    JD_CHECK(member.Finish());
    JD_TRY(Bytes key, Base64Decode(boxed));
    if (key.size() != crypto::kBoxedKeyBytes) return Fail(Errc::kInvalid, "/boxes: a short box");
    blob.box.keys.push_back(std::move(key));
  }
  // One text for one blob: its digest stands on the ledger.
  if (blob.keepers.empty() || blob.Encode() != text) {
    return Fail(Errc::kInvalid, "not as `jiandu seal make` writes it");
  }
  return blob;
}

Hash256 SealedPart::Commitment() const {
  const Secret content(CanonicalJson(opened));
  return contracts::Commit(salt, AsBytes(content.Text()));
}

Result<SealBlob> MakeSealBlob(const SealedPart& part, std::vector<crypto::BoxPublicKey> keepers) {
  SealBlob blob{.commitment = part.Commitment(), .keepers = std::move(keepers), .box = {}};
  const Secret content(ContentOf(part));
  const std::string context = ContextOf(blob);
  JD_TRY(blob.box, crypto::SealFor(blob.keepers, AsBytes(context), AsBytes(content.Text())));
  return blob;
}

Result<SealedPart> OpenSealBlob(const SealBlob& blob, const FixedBytes<32>& secret) {
  const auto own = std::ranges::find(blob.keepers, crypto::BoxPublicKeyOf(secret));
  if (own == blob.keepers.end()) return Fail(Errc::kNotFound, "it is not sealed for this key");
  const auto place = static_cast<std::size_t>(own - blob.keepers.begin());
  const std::string context = ContextOf(blob);
  JD_TRY(Bytes content, crypto::OpenSealed(blob.box, place, secret, AsBytes(context)));
  const auto json = ParseCanonicalJson(AsText(content), kSealBlobBytesMax);
  WipeBytes(content);
  if (!json) return Fail(Errc::kCorrupt, "what lies inside is no JSON");
  JsonFields fields(*json, "");
  SealedPart part;
  part.acc_id = fields.Text("acc_id", kIdBytesMax);
  if (const Json* opened = fields.Object("opened")) part.opened = *opened;
  part.salt = fields.Hex<Hash256::kSize>("salt");
  JD_CHECK(fields.Finish());
  if (part.Commitment() != blob.commitment) {
    return Fail(Errc::kCorrupt, "what lies inside does not open its commitment");
  }
  return part;
}

}  // namespace jiandu::cli
