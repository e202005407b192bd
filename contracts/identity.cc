// Keys, posts and certificates of new identities.
#include "contracts/identity.h"

#include "base/hex.h"
#include "contracts/engine.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts {

using ledger::EntityBody;
using ledger::IdentityStatus;
using ledger::KeyRecord;

std::uint32_t DutiesOf(const Json& json) {
  std::uint32_t duties = 0;
  for (const Json& name : json.ItemsOf("duties")) {
    duties |= ledger::DutyFromName(name.AsString()).value_or(0);
  }
  return duties;
}

std::optional<crypto::EcdsaPublicKeyBytes> KeyOf(const Json& json) {
  const auto key = HexDecodeFixed<33>(json.TextOr("key"));
  if (!key) return std::nullopt;
  return *key;
}

bool ProvesPossession(const Json& json, std::string_view chain, std::string_view department,
                      std::string_view name) {
  const auto bytes = KeyOf(json);
  const auto proof = HexDecodeFixed<64>(json.TextOr("key_proof"));
  if (!bytes || !proof) return false;
  const auto key = crypto::EcdsaPublicKey::Parse(bytes->View());
  return key && key->VerifyDigest(ledger::KeyProofDigest(chain, department, name), *proof);
}

bool IsKeyInUse(const BlockState& state, const Json& json) {
  const auto key = KeyOf(json);
  return key && state.Has(ledger::KeyRecordKey(crypto::MakeKeyId(*key)));
}

Bytes PostKey(std::string_view department, std::string_view name) {
  return ledger::UniqueKey("post/" + std::string(department) + "/" + std::string(name));
}

void PutIdentity(Case& judged, std::string_view department, const Json& json) {
  const crypto::EcdsaPublicKeyBytes key = *KeyOf(json);
  const ledger::KeyId key_id = crypto::MakeKeyId(key);
  const auto kind = *ledger::IdentityKindFromName(json.TextOr("kind"));
  Birth birth = NewEntity(judged, ledger::EntityKind::kIdentity);
  EntityBody& body = birth.body;
  body.status = To(IdentityStatus::kActive);
  body.department = department;
  body.form = ToBytes(CanonicalJson(json));
  body.texts = {{"key", HexEncode(key_id.View())},
                {"kind", std::string(ledger::IdentityKindName(kind))},
                {"name", std::string(json.TextOr("name"))}};
  body.numbers = {{"duties", DutiesOf(json)}};
  judged.state.PutKey(key_id, KeyRecord{.key = key,
                                        .department = std::string(department),
                                        .identity = birth.id,
                                        .kind = kind,
                                        .duties = DutiesOf(json),
                                        .usable_from = judged.Height() + 1});
  judged.state.Put(PostKey(department, json.TextOr("name")), ToBytes(birth.id.View()));
  AddBirth(judged, std::move(birth));
}

bool HasFittingDuties(const Json& json) {
  return (json.TextOr("kind") == "OFFICER") == (DutiesOf(json) != 0);
}

bool HasLapsedCert(const Json& identity, ledger::TimeMs time) {
  const Json* cert = identity.Find("cert");
  return cert != nullptr && cert->IntegerOr("not_after") <= time;
}
}  // namespace jiandu::contracts
