// The catalogue: what Art. 13 asks for, who signs, and when a resource may go.
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

// Code of submitting the content after a draft.
Code SubmitCode(const Json& content) {
  TestCase test;
  EXPECT_TRUE(test.Draft(content).Accepted());
  return test.SubmitResource(content).code;
}

TEST(Catalogue, EveryArt13FieldIsAskedFor) {
  for (const std::string_view field :
       {"code", "name", "abstract", "category", "kind", "format", "update_cycle", "share_class",
        "delivery_modes", "labels", "schema_digest", "schema_version", "secrecy_assessment_digest",
        "secrecy_declared", "grade", "items", "pia_digest", "share_scope", "share_conditions"}) {
    Json content = Content();
    content.Remove(field);
    EXPECT_EQ(SubmitCode(content), Code::kCatalogIncomplete) << field;
  }
}

TEST(Catalogue, EveryItemFieldIsAskedFor) {
  for (const std::string_view field : {"item_id", "name", "element_code", "item_role", "type",
                                       "item_grade", "pi_flag", "subject_kind"}) {
    Json content = Content();
    Json item = Item("extra", "G2");
    item.Remove(field);
    Json items = *content.Find("items");
    items.Push(item);
    content.Set("items", items);
    EXPECT_EQ(SubmitCode(content), Code::kCatalogIncomplete) << field;
  }
}

TEST(Catalogue, NotSharedNeedsABasisInLaw) {
  Json content = Content("NOT_SHARED");
  content.Remove("prohibition_basis");
  EXPECT_EQ(SubmitCode(content), Code::kBasisRequired);
  EXPECT_EQ(SubmitCode(Content("NOT_SHARED")), Code::kAccepted);
}

TEST(Catalogue, TheGradeIsAtLeastThatOfEveryItem) {
  Json content = Content();
  content.Set("grade", "G2");
  EXPECT_EQ(SubmitCode(content), Code::kGradeTooLow);
}

TEST(Catalogue, SecretAndCoreDataAreForbidden) {
  Json secret = Content();
  secret.Set("secrecy_declared", "work-secret");
  EXPECT_EQ(SubmitCode(secret), Code::kSecretDataForbidden);
  Json core = Content();
  core.Set("grade", "CORE");
  EXPECT_EQ(SubmitCode(core), Code::kCoreDataForbidden);
}

TEST(Catalogue, ItemIdsDiffer) {
  Json content = Content();
  Json items = *content.Find("items");
  items.Push(Item("plate", "G2"));
  content.Set("items", items);
  TestCase test;
  EXPECT_EQ(test.Draft(content).code, Code::kFieldInvalid);
}

TEST(Catalogue, SubmissionNeedsTheDepartmentLeader) {
  TestCase test;
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  Json body = Ref("resource", test.resource);
  body.Set("content", Content());
  EXPECT_EQ(test.net.Do("resource.submit", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("resource.submit", kGa, {Maker("ga-c1")}, body).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("resource.submit", kJt, {Maker("jt-c1"), Head("jt-l1")}, body).code,
            Code::kRoleDenied);
}

TEST(Catalogue, AReturnNeedsReasonsAndLetsTheProviderSubmitAgain) {
  TestCase test;
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  ASSERT_TRUE(test.SubmitResource(Content()).Accepted());
  Json body = Ref("resource", test.resource);
  body.Set("verdict", "RETURN");
  EXPECT_EQ(test.net.Do("resource.review", kDb, {Maker("db-c1"), Head("db-h1")}, body).code,
            Code::kReasonRequired);
  ASSERT_TRUE(test.Review("RETURN").Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "RETURNED");
  EXPECT_EQ(test.Review().code, Code::kBadState);
  EXPECT_EQ(test.Publish().code, Code::kBadState);
  ASSERT_TRUE(test.SubmitResource(Content()).Accepted());
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  EXPECT_EQ(test.net.Body(test.resource).Number("version"), 1);
}

// Content of which one item names its authoritative source.
Json ContentWithSource() {
  Json content = Content();
  Json items = *content.Find("items");
  Json item = Item("vin", "G2");
  item.Set("authoritative_source", kGa);
  items.Push(item);
  content.Set("items", items);
  return content;
}

TEST(Catalogue, CodesAndSourceElementsAreUnique) {
  TestCase test;
  Json content = ContentWithSource();
  test.PublishResource(content);
  ASSERT_TRUE(test.Draft(content).Accepted());
  ASSERT_TRUE(test.SubmitResource(content).Accepted());
  EXPECT_EQ(test.Review().code, Code::kDuplicate);
  content.Set("code", "R1-b");
  ASSERT_TRUE(test.Draft(content).Accepted());
  ASSERT_TRUE(test.SubmitResource(content).Accepted());
  EXPECT_EQ(test.Review().code, Code::kSourceConflict);
}

// A code may hold a slash: it must not be taken for the name of something else.
TEST(Catalogue, ACodeStandsInNobodyElsesWay) {
  TestCase test;
  Json content = Content();
  content.Set("code", "element/E-vin");
  test.PublishResource(content);
  content.Set("code", "post/" + std::string(kGa) + "/ga-c9");
  test.PublishResource(content);
  content.Set("code", "R1-b");
  Json items = *content.Find("items");
  Json item = Item("vin", "G2");
  item.Set("authoritative_source", kGa);
  item.Set("element_code", "E-vin");
  items.Push(item);
  content.Set("items", items);
  test.PublishResource(content);
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
  for (const std::string_view name : {"element/E-vin", "code/R1-b", "code/element/E-vin"}) {
    EXPECT_TRUE(test.net.View().Get(ledger::UniqueKey(name)).has_value()) << name;
  }
  EXPECT_FALSE(
      test.net.View().Get(ledger::UniqueKey("post/" + std::string(kGa) + "/ga-c9")).has_value());
}

TEST(Catalogue, ARetiredSourceMakesRoomForAnotherButItsCodeStaysTaken) {
  TestCase test;
  Json content = ContentWithSource();
  test.PublishResource(content);
  const EntityId first = test.resource;
  ASSERT_TRUE(
      test.net.Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, Ref("resource", first))
          .Accepted());
  ASSERT_TRUE(test.Draft(content).Accepted());
  ASSERT_TRUE(test.SubmitResource(content).Accepted());
  EXPECT_EQ(test.Review().code, Code::kDuplicate);
  content.Set("code", "R1-b");
  test.PublishResource(content);
  EXPECT_EQ(test.net.Status(test.resource), "PUBLISHED");
}

TEST(Catalogue, DraftsAreDiscardedPublishedOnesAreNot) {
  TestCase test;
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  ASSERT_TRUE(test.net.Do("resource.discard", kGa, {Maker("ga-c1")}, Ref("resource", test.resource))
                  .Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "DISCARDED");
  test.PublishResource();
  EXPECT_EQ(
      test.net.Do("resource.discard", kGa, {Maker("ga-c1")}, Ref("resource", test.resource)).code,
      Code::kBadState);
}

TEST(Catalogue, RetirementWaitsForOpenCasesOrSettlesThem) {
  TestCase test;
  test.ReachRequest();
  const std::vector<Signing> signers = {Head("ga-l1"), Peer("db-h1")};
  Json body = Ref("resource", test.resource);
  EXPECT_EQ(test.net.Do("resource.retire", kGa, {Head("ga-l1")}, body).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("resource.retire", kGa, signers, body).code, Code::kOpenCases);
  Json settled = Json::MakeArray();
  settled.Push(ledger::ToHex(test.request));
  body.Set("settled", settled);
  ASSERT_TRUE(test.net.Do("resource.retire", kGa, signers, body).Accepted());
  EXPECT_EQ(test.net.Status(test.resource), "RETIRED");
  EXPECT_EQ(test.net.Status(test.request), "CLOSED");
  EXPECT_EQ(test.SubmitRequest(test.RequestBody()).code, Code::kResNotPublished);
}

TEST(Catalogue, ARefreshIsAFactAndLateOnesAreFlagged) {
  TestCase test;
  test.PublishResource();
  Json body = Ref("resource", test.resource);
  body.Set("dataset_version", 1).Set("dataset_digest", Hash('1'));
  EXPECT_EQ(test.net.Do("resource.refresh", kGa, {System("ga-gw")}, body).flags, 0U);
  EXPECT_EQ(test.net.Do("resource.refresh", kGa, {Maker("ga-c1")}, body).code, Code::kDuplicate);
  test.net.Advance(3 * kDayMs);
  body.Set("dataset_version", 2);
  const Outcome late = test.net.Do("resource.refresh", kGa, {Maker("ga-c1")}, body);
  EXPECT_TRUE(late.Has(Flag::kStaleSource));
  body.Set("dataset_version", 3);
  body.Remove("dataset_digest");
  EXPECT_TRUE(
      test.net.Do("resource.refresh", kGa, {Maker("ga-c1")}, body).Has(Flag::kFieldMissing));
  EXPECT_EQ(test.net.Do("resource.refresh", kJt, {Maker("jt-c1")}, body).code, Code::kRoleDenied);
}

TEST(Catalogue, OnlyDepartmentsWithAManagerProvide) {
  TestCase test;
  EXPECT_EQ(
      test.net
          .Do("resource.draft", kZf, {Maker("zf-c1")}, Json::MakeObject({{"content", Content()}}))
          .code,
      Code::kRoleDenied);
}

}  // namespace
}  // namespace jiandu::contracts::testing
