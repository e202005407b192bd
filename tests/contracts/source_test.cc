// One source an element 一数一源: designation, mirrors, and what the source asks of those who
// contribute (docs/contracts.md 4.3; 809 Art. 19, 39(3)).
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Sources : public CatalogueCase {
 protected:
  // A resource of GA that says it is the source of DE-vin.
  [[nodiscard]] static Json WithVin(std::string_view code) {
    Json content = Content().Set("code", code);
    Json items = *content.Find("items");
    items.Push(Item("vin", "G2").Set("authoritative_source", kGa));
    return content.Set("items", items);
  }
  Outcome Designate(const EntityId& resource, std::string_view element,
                    const std::vector<Signing>& signers = {Head("db-h1")}) {
    Json body = Ref("resource", resource);
    body.Set("elements", Texts({element}));
    return test.net.Do("resource.designate_source", kDb, signers, body);
  }
  Code ReviewOf(const Json& content) {
    EXPECT_TRUE(test.Draft(content).Accepted());
    EXPECT_TRUE(test.SubmitResource(content).Accepted());
    return test.Review().code;
  }
  Outcome AskUpdate(Json body) {
    return test.net.Do("resource.source_task", kGa, {Maker("ga-c1")}, std::move(body));
  }
  [[nodiscard]] Json Task() const {
    Json body = Ref("resource", test.resource);
    return body.Set("contributor", kJt).Set("reason_digest", Hash('1'));
  }
};

TEST_F(Sources, ADesignatedSourceLetsItsMirrorsPublish) {
  test.PublishResource(WithVin("R1"));
  const EntityId source = test.resource;
  EXPECT_EQ(ReviewOf(WithVin("R2")), Code::kSourceConflict);
  EXPECT_EQ(Designate(source, "DE-none").code, Code::kItemUnknown);
  EXPECT_EQ(test.net
                .Do("resource.designate_source", kGa, {Head("ga-h1")},
                    Ref("resource", source).Set("elements", Texts({"DE-vin"})))
                .code,
            Code::kRoleDenied);
  ASSERT_TRUE(Designate(source, "DE-vin").Accepted());
  EXPECT_EQ(test.net.Body(source).Text("source"), kGa);
  ASSERT_TRUE(test.Review().Accepted());
  ASSERT_TRUE(test.Publish().Accepted());
  const auto holder = test.net.View().Get(ledger::UniqueKey("element/DE-vin"));
  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(EntityId::From(*holder), source);
}

TEST_F(Sources, TheDesignationEndsWithTheSource) {
  test.PublishResource(WithVin("R1"));
  const EntityId source = test.resource;
  ASSERT_TRUE(Designate(source, "DE-vin").Accepted());
  ASSERT_TRUE(
      test.net.Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, Ref("resource", source))
          .Accepted());
  test.PublishResource(WithVin("R2"));
  EXPECT_EQ(ReviewOf(WithVin("R3")), Code::kSourceConflict);
}

TEST_F(Sources, AnAmendmentKeepsTheDesignationOfWhatItKeeps) {
  test.PublishResource(WithVin("R1"));
  const EntityId source = test.resource;
  ASSERT_TRUE(Designate(source, "DE-vin").Accepted());
  PublishAmendment("CORRECTION", WithVin("R1").Set("name", "更名"));
  EXPECT_TRUE(test.net.View().Get(ledger::UniqueKey("source/DE-vin")).has_value());
  PublishAmendment("CORRECTION", Content());
  EXPECT_FALSE(test.net.View().Get(ledger::UniqueKey("source/DE-vin")).has_value());
  EXPECT_FALSE(test.net.View().Get(ledger::UniqueKey("element/DE-vin")).has_value());
}

TEST_F(Sources, AnAmendmentIsHeldToOneSourceToo) {
  test.PublishResource(WithVin("R1"));
  test.PublishResource(Content().Set("code", "R2"));
  ASSERT_TRUE(Amend("CORRECTION", WithVin("R2")).Accepted());
  EXPECT_EQ(test.Review().code, Code::kSourceConflict);
}

TEST_F(Sources, AContributorOwesAnUpdateWithinTenDays) {
  test.PublishResource();
  const Outcome asked = AskUpdate(Task());
  ASSERT_TRUE(asked.Accepted()) << CodeName(asked.code);
  EXPECT_EQ(asked.flags, 0U);
  const EntityId task = asked.Born(ledger::EntityKind::kSourceTask);
  EXPECT_EQ(test.net.Status(task), "ASKED");
  EXPECT_EQ(ClockOf(task, "D18").department, kJt);
  EXPECT_EQ(Due(task, "D18"), 20260316);
  Json done = Ref("source_task", task);
  done.Set("result_digest", Hash('2'));
  EXPECT_EQ(test.net.Do("resource.source_done", kSw, {Maker("sw-c1")}, done).code,
            Code::kRoleDenied);
  test.net.AdvanceTo(20260317);
  const Outcome late = test.net.Do("resource.source_done", kJt, {Maker("jt-c1")}, done);
  EXPECT_TRUE(late.Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(task), "DONE");
  EXPECT_EQ(test.net.Do("resource.source_done", kJt, {Maker("jt-c1")}, done).code, Code::kBadState);
}

TEST_F(Sources, OnlyTheSourceAsksAndGapsAreFlagged) {
  test.PublishResource();
  EXPECT_EQ(test.net.Do("resource.source_task", kJt, {Maker("jt-c1")}, Task()).code,
            Code::kRoleDenied);
  Json bare = Task();
  bare.Remove("contributor");
  const Outcome asked = AskUpdate(bare);
  EXPECT_TRUE(asked.Has(Flag::kFieldMissing));
  EXPECT_FALSE(ClockOf(asked.Born(ledger::EntityKind::kSourceTask), "D18").Runs() &&
               !ClockOf(asked.Born(ledger::EntityKind::kSourceTask), "D18").code.empty());
}

}  // namespace
}  // namespace jiandu::contracts::testing
