// The genesis document: one form, and every rule of it.
#include "ledger/model/genesis.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/hex.h"
#include "ledger/model/body.h"
#include "ledger/model/stub.h"
#include "tests/ledger/model/genesis_support.h"

namespace jiandu::ledger {
namespace {

TEST(DepartmentCode, ChecksTheCharacterOfGb32100) {
  for (const char* code :
       {"119901000990010105", "119901000990010292", "11990100099001037W", "11990100099001045P",
        "11990100099001053J", "11990100099001061D", "1199010009900107X5", "119901000990010885",
        "119901000990010960", "11990000099001117B", "119900000990011256", "91990100099001205N"}) {
    EXPECT_TRUE(IsDepartmentCode(code)) << code;
    std::string wrong = code;
    wrong[17] = wrong[17] == '0' ? '1' : '0';
    EXPECT_FALSE(IsDepartmentCode(wrong)) << wrong;
    std::string swapped = code;
    std::swap(swapped[3], swapped[4]);
    EXPECT_EQ(IsDepartmentCode(swapped), swapped == code);
  }
  EXPECT_FALSE(IsDepartmentCode(""));
  EXPECT_FALSE(IsDepartmentCode("11990100099001010"));
  EXPECT_FALSE(IsDepartmentCode("1199010009900101050"));
  EXPECT_FALSE(IsDepartmentCode("I19901000990010105"));
  EXPECT_FALSE(IsDepartmentCode("11990100099001037w"));
}

TEST(Genesis, RoundTripsByteForByte) {
  const Genesis genesis = TestGenesis();
  EXPECT_EQ(EncodeGenesis(genesis), AsText(genesis.document));
  EXPECT_EQ(genesis.hash, crypto::Sha256(genesis.document));
  EXPECT_EQ(genesis.identities.size(), 5U);
  EXPECT_EQ(genesis.validators.size(), 3U);
  EXPECT_EQ(genesis.identities[1].duties, duty::kHead | duty::kLeader);
  EXPECT_EQ(genesis.identities[4].attributes.IntegerOr("mlps_level"), 3);
}

TEST(Genesis, IsRefusedInAnyOtherForm) {
  const std::string text = ToText(TestGenesis().document);
  EXPECT_FALSE(DecodeGenesis(AsBytes(text + "\n")));
  EXPECT_FALSE(DecodeGenesis(AsBytes(text.substr(0, text.size() - 1))));
  EXPECT_FALSE(DecodeGenesis({}));
  const Json json = *ParseJson(text, 1 << 20);
  for (const Json::Member& member : json.Members()) {
    Json without = json;
    without.Remove(member.name);
    EXPECT_FALSE(DecodeGenesis(AsBytes(CanonicalJson(without)))) << member.name;
  }
  Json unknown = json;
  unknown.Set("extra", 1);
  EXPECT_FALSE(DecodeGenesis(AsBytes(CanonicalJson(unknown))));
}

struct Breach {
  const char* name;
  std::function<void(Genesis&)> commit;
};

class GenesisRule : public testing::TestWithParam<Breach> {};

TEST_P(GenesisRule, BrokenIsRefused) {
  Genesis genesis = DraftGenesis();
  GetParam().commit(genesis);
  EXPECT_FALSE(CheckGenesis(genesis));
  const auto decoded = DecodeGenesis(AsBytes(EncodeGenesis(genesis)));
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().code, Errc::kInvalid) << decoded.error().detail;
}

void Replace(Genesis& genesis, std::size_t n, IdentityKind kind, std::uint32_t duties) {
  const GenesisIdentity& old = genesis.identities[n];
  genesis.identities[n] = TestIdentity(genesis.chain, old.department, old.name, kind, duties);
}

// Its first byte, then zeros.
crypto::Ed25519PublicKey KeyOf(const std::string& first) {
  return HexDecodeFixed<32>(first + std::string(62, '0')).value();
}

const Breach kBreaches[] = {
    {"CheckCharacter", [](Genesis& g) { g.departments[1].code = "119901000990010293"; }},
    {"DepartmentTwice", [](Genesis& g) { g.departments[1].code = g.departments[0].code; }},
    {"AliasTwice", [](Genesis& g) { g.departments[1].alias = "db"; }},
    {"AliasForm", [](Genesis& g) { g.departments[1].alias = "G A"; }},
    {"Jurisdiction", [](Genesis& g) { g.departments[1].jurisdiction = "99010"; }},
    {"Level", [](Genesis& g) { g.departments[1].level = "VILLAGE"; }},
    {"Kind", [](Genesis& g) { g.departments[1].kind = "COMPANY"; }},
    {"Role", [](Genesis& g) { g.departments[1].roles = {"BOSS"}; }},
    {"RolesUnsorted", [](Genesis& g) { g.departments[1].roles = {"OBSERVER", "AUDITOR"}; }},
    {"NoRole", [](Genesis& g) { g.departments[1].roles.clear(); }},
    {"TwoManagers", [](Genesis& g) { g.departments[1].roles = {"MANAGER"}; }},
    {"NoManager", [](Genesis& g) { g.departments[0].roles = {"DEPARTMENT"}; }},
    {"KeyTwice",
     [](Genesis& g) {
       const auto key = TestKey("db-c1");
       g.identities[2].key = key.PublicKey();
       g.identities[2].key_proof =
           ToBytes(key.SignDigest(KeyProofDigest(g.chain, kGa, "ga-c1")).View());
     }},
    {"NameTwiceInDepartment",
     [](Genesis& g) {
       GenesisIdentity twin = TestIdentity(g.chain, kGa, "ga-c9", IdentityKind::kOfficer, 1);
       twin.name = "ga-c1";
       twin.key_proof =
           ToBytes(TestKey("ga-c9").SignDigest(KeyProofDigest(g.chain, kGa, "ga-c1")).View());
       g.identities.push_back(twin);
     }},
    {"StrangeDepartment",
     [](Genesis& g) {
       g.identities[0] = TestIdentity(g.chain, "11990100099001045P", "sw-c1",
                                      IdentityKind::kOfficer, duty::kClerk);
     }},
    {"SysadminAndClerk",
     [](Genesis& g) { Replace(g, 0, IdentityKind::kOfficer, duty::kSysadmin | duty::kClerk); }},
    {"SysadminAndHead",
     [](Genesis& g) { Replace(g, 0, IdentityKind::kOfficer, duty::kSysadmin | duty::kHead); }},
    {"AuditAndClerk",
     [](Genesis& g) { Replace(g, 0, IdentityKind::kOfficer, duty::kAudit | duty::kClerk); }},
    {"AuditAndHead",
     [](Genesis& g) { Replace(g, 0, IdentityKind::kOfficer, duty::kAudit | duty::kHead); }},
    {"AuditAndSysadmin",
     [](Genesis& g) { Replace(g, 0, IdentityKind::kOfficer, duty::kAudit | duty::kSysadmin); }},
    {"OfficerWithoutDuty", [](Genesis& g) { Replace(g, 0, IdentityKind::kOfficer, 0); }},
    {"SystemWithDuty", [](Genesis& g) { Replace(g, 4, IdentityKind::kSystem, duty::kClerk); }},
    {"ProofOfAnotherName", [](Genesis& g) { g.identities[0].name = "db-c2"; }},
    {"ProofFlipped", [](Genesis& g) { g.identities[0].key_proof[40] ^= 1; }},
    // Of the neutral point, of order 8, of no point, of y not below p: no key of anybody.
    {"ConsensusKeyNeutral", [](Genesis& g) { g.validators[0].consensus_key = KeyOf("01"); }},
    {"CosignKeyOfOrderEight",
     [](Genesis& g) {
       g.validators[1].cosign_key =
           HexDecodeFixed<32>("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
               .value();
     }},
    {"NodeKeyOfOnes",
     [](Genesis& g) {
       g.validators[0].node_key = HexDecodeFixed<32>(std::string(64, 'f')).value();
     }},
    {"LogKeyNoPoint", [](Genesis& g) { g.log_key = KeyOf("02"); }},
    {"ProofOfAnotherChain", [](Genesis& g) { g.chain = "test-2"; }},
    {"NotAKey", [](Genesis& g) { g.identities[0].key.bytes[0] = 6; }},
    {"OfficerWithCidrs",
     [](Genesis& g) { g.identities[0].attributes = g.identities[4].attributes; }},
    {"UnknownAttribute", [](Genesis& g) { g.identities[4].attributes.Set("zone", "x"); }},
    {"NoValidator", [](Genesis& g) { g.validators.clear(); }},
    {"ValidatorOfNobody", [](Genesis& g) { g.validators[0].department = "11990100099001045P"; }},
    {"ValidatorKeyTwice",
     [](Genesis& g) { g.validators[0].consensus_key = g.validators[1].consensus_key; }},
    {"CosignKeyIsConsensusKey",
     [](Genesis& g) { g.validators[0].cosign_key = g.validators[0].consensus_key; }},
    {"NodeKeyIsLogKey", [](Genesis& g) { g.validators[0].node_key = g.log_key; }},
    {"MissingNodeKey", [](Genesis& g) { g.validators[0].node_key = {}; }},
    {"ChainId", [](Genesis& g) { g.chain = "te st"; }},
    {"ChainIdTooLong", [](Genesis& g) { g.chain = std::string(51, 'a'); }},
    {"Profile", [](Genesis& g) { g.profile = ""; }},
    {"ProfileNobodyKnows", [](Genesis& g) { g.profile = "combine"; }},
    {"ProfileInCapitals", [](Genesis& g) { g.profile = "Combined"; }},
    {"UnknownSetting", [](Genesis& g) { g.settings.Set("pending_days", 3); }},
    {"SettingTooLow", [](Genesis& g) { g.settings.Set("clock_tolerance_ms", 119'999); }},
    {"SettingTooHigh", [](Genesis& g) { g.settings.Set("pending_wd", 61); }},
    {"SettingOfText", [](Genesis& g) { g.settings.Set("pending_wd", "3"); }},
};

INSTANTIATE_TEST_SUITE_P(Every, GenesisRule, testing::ValuesIn(kBreaches),
                         [](const auto& one) { return one.param.name; });

TEST(Genesis, EveryProfileAndTheBoundsOfEverySettingAreTaken) {
  for (const std::string_view name : ProfileNames()) {
    Genesis genesis = DraftGenesis();
    genesis.profile = name;
    for (const ProfileSetting& setting : ProfileSettings()) {
      genesis.settings.Set(setting.name, setting.low);
    }
    EXPECT_TRUE(CheckGenesis(genesis)) << name;
    for (const ProfileSetting& setting : ProfileSettings()) {
      genesis.settings.Set(setting.name, setting.high);
    }
    EXPECT_TRUE(CheckGenesis(genesis)) << name;
  }
}

TEST(Genesis, AProfileNobodyKnowsIsRefusedByName) {
  Genesis genesis = DraftGenesis();
  genesis.profile = "order-809";
  const auto checked = DecodeGenesis(AsBytes(EncodeGenesis(genesis)));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().detail,
            "genesis: /profile: 'order-809' is not one of combined hangzhou order809");
}

TEST(Genesis, AnExternalDepartmentHasNoKeys) {
  Genesis genesis = DraftGenesis();
  genesis.departments.push_back(
      {"91990100099001205N", "临江银行", "lb", "990100", "CITY", "EXTERNAL", {}});
  EXPECT_TRUE(DecodeGenesis(AsBytes(EncodeGenesis(genesis))));
  genesis.identities.push_back(TestIdentity(genesis.chain, "91990100099001205N", "lb-c1",
                                            IdentityKind::kOfficer, duty::kClerk));
  EXPECT_FALSE(DecodeGenesis(AsBytes(EncodeGenesis(genesis))));
}

TEST(GenesisState, HoldsEveryEntityWithAFittingLeafAndEveryKey) {
  const Genesis genesis = TestGenesis();
  const WriteSet state = GenesisState(genesis);
  const auto get = [&](const Bytes& key) {
    const auto value = state.Find(key);
    EXPECT_TRUE(value.has_value() && value->has_value()) << AsText(key);
    return value.has_value() && value->has_value() ? **value : Bytes();
  };
  std::vector<EntityId> ids;
  for (const auto& department : genesis.departments) {
    ids.push_back(DepartmentEntity(department.code));
  }
  for (std::size_t n = 0; n < genesis.identities.size(); ++n) {
    const GenesisIdentity& identity = genesis.identities[n];
    ids.push_back(GenesisIdentityId(genesis, n));
    EXPECT_EQ(KindOf(ids.back()), EntityKind::kIdentity);
    const auto record = KeyRecord::Decode(get(KeyRecordKey(crypto::MakeKeyId(identity.key))));
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->identity, ids.back());
    EXPECT_EQ(record->department, identity.department);
    EXPECT_EQ(record->duties, identity.duties);
    EXPECT_TRUE(record->IsActive(0, 0));
    EXPECT_EQ(get(UniqueKey("post/" + identity.department + "/" + identity.name)),
              ToBytes(ids.back().View()));
  }
  for (const EntityId& id : ids) {
    const Bytes encoded = get(BodyKey(id));
    const auto body = EntityBody::Decode(encoded);
    const auto leaf = EntityLeaf::Decode(get(LeafKey(id)));
    ASSERT_TRUE(body.has_value() && leaf.has_value());
    EXPECT_EQ(leaf->body_hash, crypto::Sha256(encoded));
    EXPECT_EQ(leaf->size, 1U);
    EXPECT_EQ(leaf->status, 1U);
    EXPECT_EQ(body->born_tx, genesis.hash);
  }
  const auto manager = EntityBody::Decode(get(BodyKey(ids[0])));
  EXPECT_EQ(manager->Text("roles"), "DEPARTMENT,MANAGER");
  EXPECT_EQ(manager->Form().TextOr("name"), "市数据局");
  EXPECT_EQ(get(ConfigKey("manager/990100")), ToBytes(kDb));
  EXPECT_EQ(OfficeName("GOVERNMENT", "990100"), "government/990100");
  EXPECT_EQ(OfficeName("AUDITOR", "990100"), "auditor/990100");
  EXPECT_EQ(OfficeName("DEPARTMENT", "990100"), "");
  EXPECT_EQ(AsText(get(ConfigKey("profile"))), R"([{"from":0,"id":"combined@1"}])");
  EXPECT_EQ(AsText(get(ConfigKey("profile/combined@1"))), R"({"settings":{}})");
  EXPECT_EQ(AsText(get(ConfigKey("ruleset"))), "1");
  EXPECT_EQ(get(ConfigKey("log-key")), ToBytes(genesis.log_key.View()));
  EXPECT_EQ(*DecodeValidators(get(ValidatorsKey())), genesis.validators);
  EXPECT_EQ(get(ConfigKey("validator/" + HexEncode(genesis.validators[1].consensus_key.View()))),
            ToBytes(kGa));
  EXPECT_EQ(std::get<GenesisEntry>(*DecodeEntry(EncodeGenesisLogEntry(genesis))),
            (GenesisEntry{.chain = "test-1", .genesis_hash = genesis.hash}));
}

}  // namespace
}  // namespace jiandu::ledger
