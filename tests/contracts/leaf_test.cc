// Seals that are opened; leaves, documents and names that are demanded and produced.
#include "contracts/commitment.h"
#include "crypto/merkle.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

constexpr std::uint64_t kMismatch = ledger::FlagBit(Flag::kDigestMismatch);

class Sealed : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    Json record = test.LoneRecord("a1");
    record.Set("seal", Seal());
    ASSERT_EQ(test.Report(record).flags, 0U);
  }
  static Json Seal() {
    Hash256 salt;
    salt.bytes.fill(0x11);
    const Hash256 commitment = Commit(salt, AsBytes(CanonicalJson(Opened())));
    return Json::MakeObject({{"blob_digest", Hash('1')},
                             {"commitment", HexEncode(commitment.View())},
                             {"ground_code", "CASE"},
                             {"until", ledger::StartOfDate(20260930)}});
  }
  static Json Opened() {
    return Json::MakeObject({{"operator_tag", Hash('a')}, {"subject_tags", Texts({Hash('b')})}});
  }
  Outcome Disclose(Json opened, std::string_view acc_id = "a1", std::string_view who = kJt) {
    Json body = Ref("grant", test.grant);
    body.Set("acc_id", acc_id).Set("salt", Hash('1')).Set("opened", std::move(opened));
    return test.net.Do("access.disclose", who, {Head(who == kJt ? "jt-h1" : "sw-h1")}, body);
  }
  LineageCase test;
};

TEST_F(Sealed, OpensWithWhatWasCommittedTo) {
  Json other = Opened();
  other.Set("operator_tag", Hash('c'));
  EXPECT_EQ(Disclose(other).flags, kMismatch);
  EXPECT_EQ(Disclose(Opened()).flags, 0U);
  EXPECT_EQ(Disclose(Opened()).code, Code::kDuplicate);
}

TEST_F(Sealed, IsOpenedByItsSidesAndOnlyWhereThereIsASeal) {
  EXPECT_EQ(Disclose(Opened(), "a1", kSw).code, Code::kRoleDenied);
  ASSERT_TRUE(test.Report(test.LoneRecord("a2")).Accepted());
  EXPECT_EQ(Disclose(Opened(), "a2").code, Code::kUnknownRef);
}

TEST_F(Sealed, WithoutItsSaltItIsNotOpened) {
  Json body = Ref("grant", test.grant);
  body.Set("acc_id", "a1");
  const Outcome outcome = test.net.Do("access.disclose", kJt, {Head("jt-h1")}, body);
  EXPECT_EQ(outcome.flags, kMismatch | ledger::FlagBit(Flag::kFieldMissing));
}

// jt is on the profile's list, sw is not.
TEST_F(Sealed, ByADepartmentThatMayNotItHidesWhatHasToBeInTheClear) {
  constexpr std::uint64_t kMissing = ledger::FlagBit(Flag::kFieldMissing);
  const EntityId lawful = test.grant;
  test.grant = test.GrantOn(test.resource, "sw", "ga", {"plate"});
  Json record = test.LoneRecord("b1");
  record.Set("system", ledger::ToHex(test.net.Identity("sw-app"))).Set("items_mask", "01");
  ASSERT_EQ(test.Report(record).flags, 0U);
  record.Set("acc_id", "b2").Set("seal", Seal());
  EXPECT_EQ(test.Report(record).flags, kMissing);
  // It is on record all the same, and opens.
  Json body = Ref("grant", test.grant);
  body.Set("acc_id", "b2").Set("salt", Hash('1')).Set("opened", Opened());
  EXPECT_EQ(test.net.Do("access.disclose", kSw, {Head("sw-h1")}, body).flags, 0U);
  // Without a grant nobody's right is known.
  test.grant = lawful;
  record = test.LoneRecord("b3");
  record.Remove("grant");
  record.Set("grant_missing", true).Set("resource", ledger::ToHex(test.resource));
  record.Set("consumer", kJt).Set("seal", Seal());
  EXPECT_TRUE(test.Report(record).Has(Flag::kFieldMissing));
}

TEST_F(Sealed, CaseMatterAndAccountMayStandInsideALawfulSeal) {
  Json record = test.LoneRecord("d1");
  for (const std::string_view hidden : {"case_commitment", "matter_code"}) record.Remove(hidden);
  EXPECT_TRUE(test.Report(record).Has(Flag::kFieldMissing));
  record.Set("acc_id", "d2").Set("seal", Seal());
  EXPECT_EQ(test.Report(record).flags, 0U);
  // The purpose is not among what a seal may hide.
  record.Set("acc_id", "d3").Remove("purpose_code");
  EXPECT_TRUE(test.Report(record).Has(Flag::kFieldMissing));
}

class Leaf : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    for (int i = 0; i < 5; ++i) {
      leaves.push_back(crypto::MerkleLeafHash(AsBytes("leaf " + std::to_string(i))));
    }
    Json digest = Json::MakeObject(
        {{"from", test.net.Time() - 1000},
         {"to", test.net.Time() - 100},
         {"counts", Json::MakeObject({{"ok", 5}, {"not_found", 0}, {"denied", 0}, {"error", 0}})},
         {"rows", 5},
         {"root", HexEncode(crypto::MerkleRoot(leaves).View())}});
    Json body = Ref("grant", test.grant);
    body.Set("batch_id", "B1").Set("form", "digest").Set("digest", digest);
    ASSERT_TRUE(test.net.Do("access.batch", kGa, {System("ga-gw")}, body).Accepted());
    engagement = ledger::BornId(ledger::EntityKind::kEngagement, test.net.Last()->txid, 9);
    Engage(ledger::EngagementStatus::kOpen, ledger::StartOfDate(20260601));
  }
  // As the machine of audits leaves it.
  void Engage(ledger::EngagementStatus status, std::int64_t until,
              std::string_view department = kSj, Json scope = Json::MakeObject()) {
    if (scope.Members().empty()) scope.Set("departments", Texts({kGa}));
    test.net.WriteState([&](BlockState& state) {
      ledger::EntityBody body;
      body.kind = ledger::EntityKind::kEngagement;
      body.status = static_cast<std::uint32_t>(status);
      body.department = department;
      body.parties["owner"] = department;
      body.numbers["until"] = until;
      body.form = ToBytes(CanonicalJson(scope));
      state.Create(engagement, std::move(body));
    });
  }
  Json DemandBody(std::string_view kind = "LEAF") {
    Json body = Json::MakeObject({{"kind", kind},
                                  {"keeper", kGa},
                                  {"term", ledger::StartOfDate(20260310) - 1},
                                  {"engagement", ledger::ToHex(engagement)}});
    if (kind == "LEAF") body.Set("grant", ledger::ToHex(test.grant)).Set("batch_id", "B1");
    if (kind == "DOCUMENT") body.Set("document_digest", Hash('d'));
    if (kind == "NAME") body.Set("identity", ledger::ToHex(test.net.Identity("ga-c1")));
    return body;
  }
  Outcome Demand(const Json& body, std::string_view who = kSj) {
    Outcome outcome = test.net.Do("access.leaf_demand", who,
                                  {Maker(who == kSj   ? "sj-c1"
                                         : who == kDb ? "db-c1"
                                                      : "sdb-c1")},
                                  body);
    if (outcome.Accepted()) demand = outcome.Born(ledger::EntityKind::kLeafDemand);
    return outcome;
  }
  Outcome Produce(const Json& body, const Signing& by = Maker("ga-c1"),
                  std::string_view who = kGa) {
    return test.net.Do("access.leaf_produced", who, {by}, body);
  }
  Json LeafBody(std::size_t index) {
    Json path = Json::MakeArray();
    for (const Hash256& step : crypto::MerkleInclusionProof(leaves, index)) {
      path.Push(HexEncode(step.View()));
    }
    Json body = Ref("leaf_demand", demand);
    body.Set("digest", HexEncode(leaves[index].View())).Set("index", index).Set("size", 5);
    return body.Set("path", path);
  }
  LineageCase test;
  std::vector<Hash256> leaves;
  EntityId engagement;
  EntityId demand;
};

TEST_F(Leaf, ProducedWithItsPathMeetsTheDemand) {
  const Outcome demanded = Demand(DemandBody());
  ASSERT_TRUE(demanded.Accepted()) << CodeName(demanded.code);
  EXPECT_EQ(test.net.Body(demand).Party("holder"), kGa);
  const Outcome produced = Produce(LeafBody(3));
  EXPECT_TRUE(produced.Accepted());
  EXPECT_EQ(produced.flags, 0U);
  EXPECT_EQ(test.net.Status(demand), "PRODUCED");
  EXPECT_EQ(Produce(LeafBody(3)).code, Code::kBadState);
}

TEST_F(Leaf, WithAnotherPathItIsAMismatchAndTheDemandStands) {
  ASSERT_TRUE(Demand(DemandBody()).Accepted());
  Json wrong = LeafBody(3);
  wrong.Set("index", 2);
  EXPECT_EQ(Produce(wrong).flags, kMismatch);
  Json short_path = LeafBody(1);
  short_path.Set("path", Json::MakeArray());
  EXPECT_EQ(Produce(short_path).flags, kMismatch);
  EXPECT_EQ(Produce(Ref("leaf_demand", demand)).flags,
            kMismatch | ledger::FlagBit(Flag::kFieldMissing));
  EXPECT_EQ(test.net.Status(demand), "DEMANDED");
  EXPECT_EQ(Produce(LeafBody(1), System("ga-gw")).flags, 0U);
}

TEST_F(Leaf, NotProducedInTimeIsOnItsKeeper) {
  ASSERT_TRUE(Demand(DemandBody()).Accepted());
  test.net.AdvanceTo(20260309, 23);
  EXPECT_FALSE(test.Shows(demand, "NOT_PRODUCED"));
  test.net.AdvanceTo(20260311);
  const DerivedFlag flag = test.FlagOf(demand, "NOT_PRODUCED");
  EXPECT_EQ(flag.department, kGa);
  EXPECT_EQ(flag.value, 2);
  EXPECT_EQ(Produce(LeafBody(0)).flags, ledger::FlagBit(Flag::kLate));
  EXPECT_FALSE(test.Shows(demand, "NOT_PRODUCED"));
}

TEST_F(Leaf, AnAuditorDemandsWithinAnOpenEngagementOfItsOwn) {
  Json without = DemandBody();
  without.Remove("engagement");
  EXPECT_EQ(Demand(without).code, Code::kNoEngagement);
  Engage(ledger::EngagementStatus::kEnded, ledger::StartOfDate(20260601));
  EXPECT_EQ(Demand(DemandBody()).code, Code::kNoEngagement);
  Engage(ledger::EngagementStatus::kOpen, test.net.Time());
  EXPECT_EQ(Demand(DemandBody()).code, Code::kNoEngagement);
  Engage(ledger::EngagementStatus::kOpen, ledger::StartOfDate(20260601), kDb);
  EXPECT_EQ(Demand(DemandBody()).code, Code::kNoEngagement);
}

// Supervisors take nothing unrelated (Order 790 Art. 51).
TEST_F(Leaf, AnAuditorDemandsOnlyWhatItsEngagementCovers) {
  const auto engage = [this](std::string_view name, Json list) {
    Json scope = Json::MakeObject();
    scope.Set(name, std::move(list));
    Engage(ledger::EngagementStatus::kOpen, ledger::StartOfDate(20260601), kSj, std::move(scope));
  };
  engage("departments", Texts({kSw}));
  for (const std::string_view kind : {"LEAF", "DOCUMENT", "NAME"}) {
    EXPECT_EQ(Demand(DemandBody(kind)).code, Code::kNoEngagement) << kind;
  }
  engage("resources", Texts({ledger::ToHex(test.resource)}));
  EXPECT_TRUE(Demand(DemandBody()).Accepted());
  EXPECT_EQ(Demand(DemandBody("DOCUMENT")).code, Code::kNoEngagement);
  engage("departments", Texts({kGa}));
  for (const std::string_view kind : {"LEAF", "DOCUMENT", "NAME"}) {
    EXPECT_TRUE(Demand(DemandBody(kind)).Accepted()) << kind;
  }
}

TEST_F(Leaf, TheManagerOfTheKeeperDemandsAllButNames) {
  Json body = DemandBody();
  body.Remove("engagement");
  EXPECT_TRUE(Demand(body, kDb).Accepted());
  EXPECT_EQ(Demand(body, kSdb).code, Code::kRoleDenied);
  Json name = DemandBody("NAME");
  name.Remove("engagement");
  EXPECT_EQ(Demand(name, kDb).code, Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("access.leaf_demand", kJt, {Maker("jt-c1")}, body).code, Code::kRoleDenied);
  EXPECT_TRUE(Demand(DemandBody("NAME")).Accepted());
  Json digest = Ref("leaf_demand", demand);
  digest.Set("digest", Hash('e'));
  EXPECT_EQ(Produce(digest).flags, 0U);
}

TEST_F(Leaf, ADocumentIsTheOneDemanded) {
  ASSERT_TRUE(Demand(DemandBody("DOCUMENT")).Accepted());
  Json body = Ref("leaf_demand", demand);
  body.Set("digest", Hash('e'));
  EXPECT_EQ(Produce(body).flags, kMismatch);
  body.Set("digest", Hash('d'));
  EXPECT_EQ(Produce(body, Maker("jt-c1"), kJt).code, Code::kRoleDenied);
  EXPECT_EQ(Produce(body).flags, 0U);
}

TEST_F(Leaf, ADemandLeavesThreeWorkingDaysAndNamesWhatItIsFor) {
  Json body = DemandBody();
  body.Set("term", ledger::StartOfDate(20260305) - 1);
  EXPECT_EQ(Demand(body).code, Code::kFieldInvalid);
  body.Set("term", ledger::StartOfDate(20260306) - 1);
  EXPECT_TRUE(Demand(body).Accepted());
  for (const auto& [kind, member] :
       {std::pair{"LEAF", "batch_id"}, std::pair{"DOCUMENT", "document_digest"},
        std::pair{"NAME", "identity"}}) {
    Json incomplete = DemandBody(kind);
    incomplete.Remove(member);
    EXPECT_EQ(Demand(incomplete).code, Code::kFieldRequired) << kind;
  }
  Json nobody = DemandBody();
  nobody.Set("keeper", "11990100099001053J");
  EXPECT_EQ(Demand(nobody).code, Code::kUnknownRef);
}

}  // namespace
}  // namespace jiandu::contracts::testing
