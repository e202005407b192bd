// Departments and identities: who may enter, who may sign, what a revoked key is worth.
#include "tests/support/identity_case.h"

namespace jiandu::contracts::testing {
namespace {

constexpr std::string_view kRs = "11990100099001053J";

Json NewDepartment(TestNet& net, std::string_view code = kRs) {
  Json identities = Json::MakeArray();
  identities.Push(NewIdentity(net, "rs-s1", code, "OFFICER", Duties({"SYSADMIN"})));
  identities.Push(NewIdentity(net, "rs-h1", code, "OFFICER", Duties({"HEAD"})));
  Json body = Json::MakeObject({{"code", code},
                                {"name", "市人社局"},
                                {"jurisdiction", "990100"},
                                {"level", "CITY"},
                                {"kind", "GOV"},
                                {"sharing_office", "信息中心"},
                                {"identities", std::move(identities)}});
  body.Set("roles", Duties({"DEPARTMENT"}));
  return body;
}

const std::vector<Signing> kManagerAndAuditor = {Maker("db-c1"), Head("db-h1"), Peer("sj-h1")};

TEST(Departments, ManagerAndAuditorRegisterADepartmentWithItsFirstIdentities) {
  TestNet net;
  const Outcome done = net.Do("department.register", kDb, kManagerAndAuditor, NewDepartment(net));
  ASSERT_EQ(done.code, Code::kAccepted) << CodeName(done.code);
  EXPECT_EQ(done.born.size(), 3U);
  EXPECT_EQ(net.Status(ledger::DepartmentEntity(kRs)), "ACTIVE");
  // Its head may act from the next height on.
  const Outcome clerk = net.Do("identity.register", kRs, {Maker("rs-s1"), Head("rs-h1")},
                               NewIdentity(net, "rs-c1", kRs, "OFFICER", Duties({"CLERK"})));
  EXPECT_EQ(clerk.code, Code::kAccepted) << CodeName(clerk.code);
}

TEST(Departments, RegistrationNeedsTheAuditor) {
  TestNet net;
  EXPECT_EQ(
      net.Do("department.register", kDb, {Maker("db-c1"), Head("db-h1")}, NewDepartment(net)).code,
      Code::kHeadSignatureRequired);
  EXPECT_EQ(net.Do("department.register", kDb, {Maker("db-c1"), Head("db-h1"), Peer("ga-h1")},
                   NewDepartment(net))
                .code,
            Code::kRoleDenied);
}

TEST(Departments, OnlyAManagerRegistersDepartments) {
  TestNet net;
  EXPECT_EQ(net.Do("department.register", kGa, {Maker("ga-c1"), Head("ga-h1"), Peer("sj-h1")},
                   NewDepartment(net))
                .code,
            Code::kRoleDenied);
}

TEST(Departments, CodesAreCheckedAndUnique) {
  TestNet net;
  EXPECT_EQ(net.Do("department.register", kDb, kManagerAndAuditor,
                   NewDepartment(net, "119901000990010536"))
                .code,
            Code::kDepartmentCodeInvalid);
  EXPECT_EQ(net.Do("department.register", kDb, kManagerAndAuditor, NewDepartment(net, kGa)).code,
            Code::kDuplicate);
}

TEST(Departments, OneManagerAJurisdiction) {
  TestNet net;
  Json body = NewDepartment(net);
  body.Set("roles", Duties({"MANAGER"}));
  EXPECT_EQ(net.Do("department.register", kDb, kManagerAndAuditor, body).code,
            Code::kManagerExists);
}

TEST(Departments, AKeyOfAnotherProvesNothing) {
  TestNet net;
  Json identity = NewIdentity(net, "ga-c9", kGa, "OFFICER", Duties({"CLERK"}));
  const auto stolen = PrivateKey("other").SignDigest(ledger::KeyProofDigest(kChain, kGa, "ga-c9"));
  identity.Set("key_proof", HexEncode(stolen.View()));
  EXPECT_EQ(net.Do("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1")}, identity).code,
            Code::kFieldInvalid);
}

TEST(Identities, RegisteredAreUsableFromTheNextHeightOnly) {
  TestNet net;
  const Json identity = NewIdentity(net, "ga-c9", kGa, "OFFICER", Duties({"CLERK"}));
  const auto registers =
      net.Make("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1")}, identity);
  const auto uses = net.Make("resource.discard", kGa, {Maker("ga-c9")},
                             Json::MakeObject({{"resource", std::string(34, '1')}}));
  const BlockOutcome block = net.Block({registers, uses});
  EXPECT_EQ(block.codes[0], 0U);
  EXPECT_EQ(static_cast<Code>(block.codes[1]), Code::kIdRevoked);
  const Outcome later = net.Do("resource.discard", kGa, {Maker("ga-c9")},
                               Json::MakeObject({{"resource", "11" + std::string(32, '1')}}));
  EXPECT_EQ(later.code, Code::kUnknownRef);
}

TEST(Identities, KeysAndNamesAreUnique) {
  TestNet net;
  const std::vector<Signing> signers = {Maker("ga-s1"), Head("ga-h1")};
  Json named = NewIdentity(net, "ga-c9", kGa, "OFFICER", Duties({"CLERK"}));
  ASSERT_TRUE(net.Do("identity.register", kGa, signers, named).Accepted());
  EXPECT_EQ(net.Do("identity.register", kGa, signers, named).code, Code::kDuplicate);
  Json other = named;
  const auto proof = PrivateKey("ga-c9").SignDigest(ledger::KeyProofDigest(kChain, kGa, "ga-c8"));
  other.Set("name", "ga-c8").Set("key_proof", HexEncode(proof.View()));
  EXPECT_EQ(net.Do("identity.register", kGa, signers, other).code, Code::kKeyInUse);
}

// 商密 Art. 30: a certificate, where one is named, is valid.
TEST(Identities, ALapsedCertificateIsRefused) {
  TestNet net;
  const auto with_cert = [&net](std::int64_t not_after) {
    Json identity = NewIdentity(net, "ga-c9", kGa, "OFFICER", Duties({"CLERK"}));
    identity.Set("cert", Json::MakeObject({{"ca_id", "CA-1"},
                                           {"serial", "01"},
                                           {"fp", std::string(64, 'a')},
                                           {"not_after", not_after}}));
    return identity;
  };
  const std::vector<Signing> signers = {Maker("ga-s1"), Head("ga-h1")};
  EXPECT_EQ(net.Do("identity.register", kGa, signers, with_cert(net.Time())).code,
            Code::kCertExpired);
  Json torn = with_cert(net.Time() + kDayMs);
  torn.Set("cert", Json::MakeObject({{"ca_id", "CA-1"}}));
  EXPECT_EQ(net.Do("identity.register", kGa, signers, torn).code, Code::kFieldRequired);
  EXPECT_TRUE(net.Do("identity.register", kGa, signers, with_cert(net.Time() + 1)).Accepted());
}

TEST(Identities, DutiesExcludeOneAnother) {
  TestNet net;
  EXPECT_EQ(net.Do("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1")},
                   NewIdentity(net, "ga-x", kGa, "OFFICER", Duties({"SYSADMIN", "CLERK"})))
                .code,
            Code::kDutyConflict);
  EXPECT_EQ(net.Do("identity.set_duties", kGa, {Head("ga-h1")},
                   Json::MakeObject({{"identity", ledger::ToHex(net.Identity("ga-s1"))},
                                     {"duties", Duties({"SYSADMIN", "AUDIT"})}}))
                .code,
            Code::kDutyConflict);
}

TEST(Identities, ANewHeadNeedsTheManagersHead) {
  TestNet net;
  const Json head = NewIdentity(net, "ga-h9", kGa, "OFFICER", Duties({"HEAD"}));
  EXPECT_EQ(net.Do("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1")}, head).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(
      net.Do("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1"), Peer("jt-h1")}, head).code,
      Code::kRoleDenied);
  EXPECT_TRUE(net.Do("identity.register", kGa, {Maker("ga-s1"), Head("ga-h1"), Peer("db-h1")}, head)
                  .Accepted());
}

TEST(Identities, ARotatedKeyIsReplacedAtTheNextHeight) {
  TestNet net;
  net.AddPerson("ga-c1-new", kGa);
  const auto proof =
      PrivateKey("ga-c1-new").SignDigest(ledger::KeyProofDigest(kChain, kGa, "ga-c1"));
  const Json body = Json::MakeObject({{"identity", ledger::ToHex(net.Identity("ga-c1"))},
                                      {"key", HexEncode(net.Who("ga-c1-new").key.View())},
                                      {"key_proof", HexEncode(proof.View())}});
  EXPECT_EQ(net.Do("identity.rotate_key", kGa, {Maker("ga-c2")}, body).code, Code::kRoleDenied);
  ASSERT_TRUE(net.Do("identity.rotate_key", kGa, {Maker("ga-c1")}, body).Accepted());
  const Json nowhere = Json::MakeObject({{"resource", "11" + std::string(32, '0')}});
  EXPECT_EQ(net.Do("resource.discard", kGa, {Maker("ga-c1")}, nowhere).code, Code::kIdRevoked);
  EXPECT_EQ(net.Do("resource.discard", kGa, {Maker("ga-c1-new")}, nowhere).code, Code::kUnknownRef);
}

Json Rotation(TestNet& net, const std::string& name, const std::string& fresh, int overlap_hours) {
  net.AddPerson(fresh, kGa);
  const auto proof = PrivateKey(fresh).SignDigest(ledger::KeyProofDigest(kChain, kGa, name));
  Json body = Json::MakeObject({{"identity", ledger::ToHex(net.Identity(name))},
                                {"key", HexEncode(net.Who(fresh).key.View())},
                                {"key_proof", HexEncode(proof.View())}});
  body.Set("overlap_hours", overlap_hours);
  return body;
}

// A third key in force would be reached by no revocation.
TEST(Identities, AKeyIsNotRotatedAgainWhileTheOneBeforeIsInForce) {
  TestNet net;
  ASSERT_TRUE(
      net.Do("identity.rotate_key", kGa, {Maker("ga-c1")}, Rotation(net, "ga-c1", "ga-c1-2", 24))
          .Accepted());
  const Json third = Rotation(net, "ga-c1", "ga-c1-3", 0);
  EXPECT_EQ(net.Do("identity.rotate_key", kGa, {Maker("ga-c1-2")}, third).code, Code::kBadState);
  EXPECT_EQ(net.Do("identity.rotate_key", kGa, {Maker("ga-c1")}, third).code, Code::kBadState);
  // Both keys of the overlap end with the identity.
  const Json lost =
      Json::MakeObject({{"identity", ledger::ToHex(net.Identity("ga-c1"))}, {"reason", "LOST"}});
  TestNet other = net;
  ASSERT_TRUE(other.Do("identity.revoke", kGa, {Head("ga-h1")}, lost).Accepted());
  const Json nowhere = Json::MakeObject({{"resource", "11" + std::string(32, '0')}});
  for (const std::string_view name : {"ga-c1", "ga-c1-2"}) {
    EXPECT_EQ(other.Do("resource.discard", kGa, {Maker(std::string(name))}, nowhere).code,
              Code::kIdRevoked);
  }
  net.Advance(24 * kHourMs);
  EXPECT_TRUE(net.Do("identity.rotate_key", kGa, {Maker("ga-c1-2")}, third).Accepted());
}

TEST(Identities, DutiesAreTakenFromBothKeysOfAnOverlap) {
  TestNet net;
  ASSERT_TRUE(
      net.Do("identity.rotate_key", kGa, {Maker("ga-b1")}, Rotation(net, "ga-b1", "ga-b1-2", 24))
          .Accepted());
  Json duties = Json::MakeArray();
  duties.Push(Json("CLERK"));
  const Json body = Json::MakeObject(
      {{"identity", ledger::ToHex(net.Identity("ga-b1"))}, {"duties", std::move(duties)}});
  const Outcome taken = net.Do("identity.set_duties", kGa, {Head("ga-h1")}, body);
  ASSERT_TRUE(taken.Accepted()) << CodeName(taken.code);
  for (const std::string_view name : {"ga-b1", "ga-b1-2"}) {
    const auto bytes = net.View().Get(ledger::KeyRecordKey(net.Who(std::string(name)).id));
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(ledger::KeyRecord::Decode(*bytes)->duties, ledger::duty::kClerk) << name;
  }
}

TEST(Identities, RevocationIsCommittedAndRejectsWhatComesAfter) {
  TestNet net;
  const std::string id = ledger::ToHex(net.Identity("ga-c1"));
  const Json left = Json::MakeObject({{"identity", id}, {"reason", "LEFT"}});
  EXPECT_EQ(
      net.Do("identity.revoke", kGa, {Head("ga-h1")}, Json::MakeObject({{"identity", id}})).code,
      Code::kReasonRequired);
  EXPECT_EQ(net.Do("identity.revoke", kGa, {Maker("ga-c2")}, left).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(net.Do("identity.revoke", kJt, {Head("jt-h1")}, left).code, Code::kRoleDenied);
  ASSERT_TRUE(net.Do("identity.revoke", kGa, {Head("ga-h1")}, left).Accepted());
  EXPECT_EQ(net.Status(net.Identity("ga-c1")), "REVOKED");
  EXPECT_EQ(net.Do("identity.revoke", kGa, {Head("ga-h1")}, left).code, Code::kBadState);
  const Outcome rejected = net.Do("resource.discard", kGa, {Maker("ga-c1")},
                                  Json::MakeObject({{"resource", "11" + std::string(32, '0')}}));
  EXPECT_EQ(rejected.code, Code::kIdRevoked);
  ASSERT_EQ(rejected.stub.touched.size(), 1U);
  EXPECT_EQ(rejected.stub.touched[0].entity, ledger::DepartmentMonthEntity(kGa, net.Time() - 1000));
}

TEST(Identities, ACompromiseIsRecentAndProven) {
  TestNet net;
  Json body = Json::MakeObject({{"identity", ledger::ToHex(net.Identity("ga-c1"))},
                                {"reason", "COMPROMISED"},
                                {"compromised_since", net.Time() - 31 * kDayMs},
                                {"evidence_digest", std::string(64, 'a')}});
  EXPECT_EQ(net.Do("identity.revoke", kGa, {Head("ga-h1")}, body).code, Code::kCompromiseTooOld);
  body.Set("compromised_since", net.Time() - 29 * kDayMs);
  Json unproven = body;
  unproven.Remove("evidence_digest");
  EXPECT_EQ(net.Do("identity.revoke", kGa, {Head("ga-h1")}, unproven).code,
            Code::kCompromiseTooOld);
  EXPECT_TRUE(net.Do("identity.revoke", kDb, {Head("db-h1")}, body).Accepted());
}

}  // namespace
}  // namespace jiandu::contracts::testing
