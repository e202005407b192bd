// Collection demands 数据归集: from the demand to the delivery (docs/contracts.md 4.4;
// S0 6.2.3, 6.4; T20 of the worked scenario).
#include "contracts/demand.h"

#include "contracts/engine.h"
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Json Wanted(std::initializer_list<std::string_view> elements) {
  Json list = Json::MakeArray();
  for (const std::string_view element : elements) {
    list.Push(Json::MakeObject({{"element_code", element}, {"subject_kind", "VEHICLE"}}));
  }
  return list;
}
Json Demand(std::initializer_list<std::string_view> elements) {
  Json body = Json::MakeObject(
      {{"basis", "网约车管理办法"}, {"scene", "驾驶员背景核查"}, {"urgency", "NORMAL"}});
  return body.Set("items_wanted", Wanted(elements));
}

class Demands : public CatalogueCase {
 protected:
  Outcome Submit(Json body) {
    Outcome outcome =
        test.net.Do("demand.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, std::move(body));
    if (outcome.Accepted()) demand = outcome.Born(ledger::EntityKind::kDemand);
    return outcome;
  }
  Outcome Assign(std::string_view verdict, std::string_view provider = "", bool reasons = true) {
    Json body = Ref("demand", demand);
    body.Set("verdict", verdict);
    if (!provider.empty()) body.Set("provider", provider);
    if (verdict != "ASSIGN" && reasons) {
      body.Set("reason_code", "NOT_NEEDED").Set("reason_digest", Hash('1'));
    }
    return test.net.Do("demand.assign", kDb, {Maker("db-c1"), Head("db-h1")}, body);
  }
  [[nodiscard]] Json AnswerBody(std::string_view answer) const {
    Json body = Ref("demand", demand);
    body.Set("answer", answer);
    if (answer == "A_PROVIDE") {
      body.Set("mode", "BATCH").Set("resource", ledger::ToHex(test.resource));
    } else if (answer == "B_SUPERIOR") {
      body.Set("superior", Json::MakeObject({{"body", "省交通运输厅"},
                                             {"system", "从业资格系统"},
                                             {"statement_digest", Hash('2')}}));
    } else {
      body.Set("letter_no", "临公函〔2026〕12号").Set("letter_digest", Hash('3'));
      body.Set("reason_code", "LAW");
    }
    return body;
  }
  Outcome AnswerWith(Json body) {
    return test.net.Do("demand.answer", kGa, {Maker("ga-c1"), Head("ga-h1")}, std::move(body));
  }
  Outcome Answer(std::string_view answer) { return AnswerWith(AnswerBody(answer)); }
  Outcome OfManager(std::string_view op, Json body) {
    return test.net.Do(op, kDb, {Maker("db-c1"), Head("db-h1")}, std::move(body));
  }
  [[nodiscard]] Json Letter() const {
    return Ref("demand", demand).Set("remote_case", "ST-2026-7").Set("letter_digest", Hash('4'));
  }
  Outcome Deliver(std::string_view id, char digest = '5') {
    Json body = Ref("demand", demand);
    body.Set("delivery_id", id).Set("delivery_digest", Hash(digest)).Set("rows", 100);
    return test.net.Do("collect.deliver", kGa, {System("ga-gw")}, body);
  }
  Outcome Acknowledge(std::string_view id, char digest = '5') {
    Json body = Ref("demand", demand);
    body.Set("delivery_id", id).Set("delivery_digest", Hash(digest));
    return test.net.Do("collect.acknowledge", kDb, {Maker("db-c1")}, body);
  }
  Outcome Withdraw() {
    return test.net.Do("demand.withdraw", kJt, {Maker("jt-c1")}, Ref("demand", demand));
  }
  [[nodiscard]] std::string StatusNow() const {
    const BlockContext context = Now();
    BlockState state(test.net.View(), context);
    const ledger::EntityBody body = test.net.Body(demand);
    return std::string(
        ledger::StatusName(body.kind, EffectiveStatus(state, demand, body, test.net.Time())));
  }
  void ReachTask() {
    test.net.AdvanceTo(20260304);
    ASSERT_TRUE(Submit(Demand({"DE-driver"})).Accepted());
    ASSERT_TRUE(Assign("ASSIGN", kGa).Accepted());
  }
  void ReachProviding() {
    ReachTask();
    ASSERT_TRUE(test.Draft(Content()).Accepted());
    test.net.AdvanceTo(20260311);
    ASSERT_TRUE(Answer("A_PROVIDE").Accepted());
  }
  void PublishIt() {
    ASSERT_TRUE(test.SubmitResource(Content()).Accepted());
    ASSERT_TRUE(test.Review().Accepted());
    ASSERT_TRUE(test.Publish().Accepted());
  }

  EntityId demand;
};

TEST_F(Demands, AreAssignedByTheManagerWithinFiveDays) {
  ASSERT_TRUE(Submit(Demand({"DE-driver"})).Accepted());
  EXPECT_EQ(test.net.Status(demand), "SUBMITTED");
  EXPECT_EQ(ClockOf(demand, "D25").department, kDb);
  EXPECT_EQ(Due(demand, "D25"), 20260309);
  EXPECT_EQ(Assign("ASSIGN").code, Code::kFieldRequired);
  EXPECT_EQ(Assign("ASSIGN", kJt).code, Code::kFieldInvalid);
  EXPECT_EQ(Assign("ASSIGN", kSj).code, Code::kFieldInvalid);
  test.net.AdvanceTo(20260310);
  EXPECT_TRUE(Assign("ASSIGN", kGa).Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(demand), "ASSIGNED");
  EXPECT_EQ(ClockOf(demand, "D10").department, kGa);
  EXPECT_EQ(Assign("ASSIGN", kGa).code, Code::kBadState);
}

TEST_F(Demands, OnlyDepartmentsDemandAndOnlyTheManagerAssigns) {
  EXPECT_EQ(
      test.net.Do("demand.submit", kZf, {Maker("zf-c1"), Head("zf-h1")}, Demand({"DE-a"})).code,
      Code::kRoleDenied);
  EXPECT_EQ(test.net.Do("demand.submit", kJt, {Maker("jt-c1")}, Demand({"DE-a"})).code,
            Code::kHeadSignatureRequired);
  ASSERT_TRUE(Submit(Demand({"DE-driver"})).Accepted());
  Json body = Ref("demand", demand);
  body.Set("verdict", "ASSIGN").Set("provider", kGa);
  EXPECT_EQ(test.net.Do("demand.assign", kGa, {Maker("ga-c1"), Head("ga-h1")}, body).code,
            Code::kRoleDenied);
}

TEST_F(Demands, RejectingOrClosingNeedsReasons) {
  ASSERT_TRUE(Submit(Demand({"DE-driver"})).Accepted());
  EXPECT_EQ(Assign("REJECT", "", false).code, Code::kReasonRequired);
  EXPECT_EQ(Assign("CLOSE", "", false).code, Code::kReasonRequired);
  ASSERT_TRUE(Assign("REJECT").Accepted());
  EXPECT_EQ(test.net.Status(demand), "REJECTED");
  EXPECT_EQ(Withdraw().code, Code::kBadState);
}

TEST_F(Demands, APromiseNamesTheWayAndTheResource) {
  ReachTask();
  EXPECT_EQ(Due(demand, "D10"), 20260318);
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  EXPECT_EQ(AnswerWith(AnswerBody("A_PROVIDE").Set("mode", "FILE")).code, Code::kModeNotAllowed);
  Json without = AnswerBody("A_PROVIDE");
  without.Remove("resource");
  EXPECT_EQ(AnswerWith(without).code, Code::kFieldRequired);
  EXPECT_EQ(
      test.net.Do("demand.answer", kSw, {Maker("sw-c1"), Head("sw-h1")}, AnswerBody("A_PROVIDE"))
          .code,
      Code::kRoleDenied);
  test.net.AdvanceTo(20260311);
  EXPECT_EQ(Answer("A_PROVIDE").flags, 0U);
  EXPECT_EQ(test.net.Status(demand), "PROVIDING");
  EXPECT_EQ(Due(demand, "D26"), 20260409);
  EXPECT_EQ(Answer("B_SUPERIOR").code, Code::kBadState);
}

TEST_F(Demands, AResourceOfAnotherOrADiscardedOneIsNoPromise) {
  ReachTask();
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  ASSERT_TRUE(test.net.Do("resource.discard", kGa, {Maker("ga-c1")}, Ref("resource", test.resource))
                  .Accepted());
  EXPECT_EQ(Answer("A_PROVIDE").code, Code::kFieldInvalid);
  const Outcome other = test.net.Do("resource.draft", kSw, {Maker("sw-c1")},
                                    Json::MakeObject({{"content", Content()}}));
  test.resource = other.Born(ledger::EntityKind::kResource);
  EXPECT_EQ(Answer("A_PROVIDE").code, Code::kFieldInvalid);
}

TEST_F(Demands, AnAnswerAfterTenDaysIsLate) {
  ReachTask();
  test.net.AdvanceTo(20260319);
  EXPECT_TRUE(Answer("C_UNABLE").Has(Flag::kLate));
}

TEST_F(Demands, ASuperiorsSystemIsAppliedForByTheManager) {
  ReachTask();
  Json bare = AnswerBody("B_SUPERIOR");
  bare.Remove("superior");
  EXPECT_EQ(AnswerWith(bare).code, Code::kFieldRequired);
  test.net.AdvanceTo(20260311);
  ASSERT_TRUE(Answer("B_SUPERIOR").Accepted());
  EXPECT_EQ(Due(demand, "D24"), 20260325);
  EXPECT_EQ(OfManager("demand.unified_result", Letter().Set("result", "OBTAINED")).code,
            Code::kBadState);
  test.net.AdvanceTo(20260326);
  EXPECT_TRUE(OfManager("demand.unified_apply", Letter()).Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(demand), "APPLIED");
  EXPECT_EQ(OfManager("demand.unified_result", Letter()).flags,
            ledger::FlagBit(Flag::kFieldMissing));
  EXPECT_EQ(test.net.Status(demand), "APPLIED");
  ASSERT_TRUE(OfManager("demand.unified_result", Letter().Set("result", "OBTAINED")).Accepted());
  EXPECT_EQ(test.net.Status(demand), "OBTAINED");
}

TEST_F(Demands, TheSuperiorMayRefuse) {
  ReachTask();
  ASSERT_TRUE(Answer("B_SUPERIOR").Accepted());
  ASSERT_TRUE(OfManager("demand.unified_apply", Letter()).Accepted());
  ASSERT_TRUE(OfManager("demand.unified_result", Letter().Set("result", "REFUSED")).Accepted());
  EXPECT_EQ(test.net.Status(demand), "REFUSED");
  EXPECT_EQ(Withdraw().code, Code::kBadState);
}

TEST_F(Demands, WhoIsUnableWritesALetterAndTheManagerGoesOn) {
  ReachTask();
  for (const std::string_view member : {"letter_no", "letter_digest", "reason_code"}) {
    Json body = AnswerBody("C_UNABLE");
    body.Remove(member);
    EXPECT_EQ(AnswerWith(body).code, Code::kLetterRequired) << member;
  }
  ASSERT_TRUE(Answer("C_UNABLE").Accepted());
  EXPECT_EQ(test.net.Status(demand), "UNABLE");
  ASSERT_TRUE(Assign("ASSIGN", kSw).Accepted());
  EXPECT_EQ(test.net.Body(demand).Party("provider"), kSw);
  EXPECT_EQ(Answer("C_UNABLE").code, Code::kRoleDenied);
  ASSERT_TRUE(
      test.net.Do("demand.answer", kSw, {Maker("sw-c1"), Head("sw-h1")}, AnswerBody("C_UNABLE"))
          .Accepted());
  ASSERT_TRUE(Assign("CLOSE").Accepted());
  EXPECT_EQ(test.net.Status(demand), "CLOSED");
}

TEST_F(Demands, IsFulfilledByPublicationAndAnAcknowledgedDelivery) {
  ReachProviding();
  test.net.AdvanceTo(20260410);
  EXPECT_TRUE(Deliver("d-1").Has(Flag::kLate));
  EXPECT_EQ(Deliver("d-1").code, Code::kDuplicate);
  EXPECT_EQ(StatusNow(), "PROVIDING");
  EXPECT_EQ(Acknowledge("d-1").flags, 0U);
  EXPECT_EQ(StatusNow(), "PROVIDING");
  PublishIt();
  EXPECT_EQ(StatusNow(), "FULFILLED");
  EXPECT_EQ(Withdraw().code, Code::kBadState);
  EXPECT_EQ(Answer("C_UNABLE").code, Code::kBadState);
  EXPECT_TRUE(Deliver("d-2").Accepted());
}

TEST_F(Demands, WhicheverComesLast) {
  ReachProviding();
  PublishIt();
  EXPECT_EQ(StatusNow(), "PROVIDING");
  ASSERT_TRUE(Acknowledge("d-1").Accepted());  // the manager may speak first
  EXPECT_EQ(Acknowledge("d-1").code, Code::kDuplicate);
  EXPECT_EQ(Deliver("d-1").flags, 0U);
  EXPECT_EQ(test.net.Status(demand), "FULFILLED");
}

TEST_F(Demands, ADeliveryOfWhichBothSidesSayTheSameCounts) {
  ReachProviding();
  PublishIt();
  ASSERT_TRUE(Deliver("d-1").Accepted());
  EXPECT_TRUE(Acknowledge("d-1", '6').Has(Flag::kDigestMismatch));
  EXPECT_EQ(StatusNow(), "PROVIDING");
  Json bare = Ref("demand", demand);
  bare.Set("delivery_id", "d-2");
  EXPECT_TRUE(
      test.net.Do("collect.deliver", kGa, {System("ga-gw")}, bare).Has(Flag::kFieldMissing));
  EXPECT_TRUE(Acknowledge("d-2").Accepted());
  EXPECT_EQ(StatusNow(), "PROVIDING");
  EXPECT_EQ(test.net.Do("collect.deliver", kGa, {Maker("ga-c1")}, bare).code, Code::kRoleDenied);
}

// What one department delivered does not fulfil the task of the next.
TEST_F(Demands, AnotherTaskBeginsAnew) {
  ReachProviding();
  ASSERT_TRUE(Deliver("d-1").Accepted());
  ASSERT_TRUE(Acknowledge("d-1").Accepted());
  ASSERT_TRUE(Answer("C_UNABLE").Accepted());
  EXPECT_FALSE(ClockOf(demand, "D26").Runs());
  ASSERT_TRUE(Assign("ASSIGN", kGa).Accepted());
  ASSERT_TRUE(Answer("A_PROVIDE").Accepted());
  PublishIt();
  EXPECT_EQ(StatusNow(), "PROVIDING");
  EXPECT_TRUE(Deliver("d-1").Accepted());
}

// The duty of the department before has ended; the one that runs is met.
TEST_F(Demands, ADeliveryMeetsTheDutyOfItsOwnTask) {
  ReachProviding();
  ASSERT_TRUE(Answer("C_UNABLE").Accepted() && Assign("ASSIGN", kSw).Accepted());
  const Outcome draft = test.net.Do("resource.draft", kSw, {Maker("sw-c1")},
                                    Json::MakeObject({{"content", Content()}}));
  Json body = AnswerBody("A_PROVIDE");
  body.Set("resource", ledger::ToHex(draft.Born(ledger::EntityKind::kResource)));
  ASSERT_TRUE(test.net.Do("demand.answer", kSw, {Maker("sw-c1"), Head("sw-h1")}, body).Accepted());
  Json made = Ref("demand", demand);
  made.Set("delivery_id", "d-1").Set("delivery_digest", Hash('5'));
  ASSERT_TRUE(test.net.Do("collect.deliver", kSw, {System("sw-gw")}, made).Accepted());
  EXPECT_TRUE(test.net.Body(demand).FindClock("D26", kSw)->satisfied);
}

TEST_F(Demands, AreWithdrawnByTheirDepartmentUntilTheyAreFulfilled) {
  ReachTask();
  EXPECT_EQ(test.net.Do("demand.withdraw", kGa, {Maker("ga-c1")}, Ref("demand", demand)).code,
            Code::kRoleDenied);
  ASSERT_TRUE(Withdraw().Accepted());
  EXPECT_EQ(test.net.Status(demand), "WITHDRAWN");
  EXPECT_FALSE(ClockOf(demand, "D10").Runs());
  EXPECT_EQ(Answer("C_UNABLE").code, Code::kBadState);
}

class Offers : public Demands {
 protected:
  [[nodiscard]] static bool Names(const Outcome& outcome, const EntityId& resource) {
    return std::ranges::find(outcome.stub.touched, resource, &ledger::Touch::entity) !=
           outcome.stub.touched.end();
  }
};

TEST_F(Offers, WhatOneVisibleResourceOffersIsNotDemanded) {
  test.PublishResource();
  const Outcome refused = Submit(Demand({"DE-plate", "DE-owner"}));
  EXPECT_EQ(refused.code, Code::kCatalogHasItem);
  EXPECT_TRUE(Names(refused, test.resource));
  EXPECT_TRUE(Submit(Demand({"DE-plate", "DE-none"})).Accepted());
  Json persons = Demand({});
  persons.Set("items_wanted", [] {
    Json list = Json::MakeArray();
    list.Push(Json::MakeObject({{"element_code", "DE-plate"}, {"subject_kind", "PERSON"}}));
    return list;
  }());
  EXPECT_TRUE(Submit(persons).Accepted());
}

TEST_F(Offers, ElementsOfSeveralResourcesAreNotOneOffer) {
  test.PublishResource();
  Json other = Content().Set("code", "R2");
  Json items = Json::MakeArray();
  items.Push(Item("engine", "G2"));
  test.PublishResource(other.Set("items", items));
  EXPECT_EQ(Submit(Demand({"DE-engine"})).code, Code::kCatalogHasItem);
  EXPECT_TRUE(Submit(Demand({"DE-plate", "DE-engine"})).Accepted());
}

TEST_F(Offers, AnInsufficiencyOverridesTheResourceItNames) {
  test.PublishResource();
  Json any = Demand({"DE-plate"});
  EXPECT_TRUE(Submit(any.Set("insufficiency_code", "STALE")).Accepted());
  any.Set("resource", ledger::ToHex(test.resource));
  EXPECT_TRUE(Submit(any).Accepted());
  test.PublishResource(Content().Set("code", "R2"));
  const Outcome refused = Submit(any);
  EXPECT_EQ(refused.code, Code::kCatalogHasItem);
  EXPECT_TRUE(Names(refused, test.resource));
}

TEST_F(Offers, ACosignatureIsToldToo) {
  Json body = Demand({"DE-plate"});
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kJt}, {"role", "HEAD"}}));
  body.Set("await", await);
  const Outcome prepared = test.net.Do("demand.submit", kJt, {Maker("jt-c1")}, body);
  ASSERT_TRUE(prepared.Accepted());
  Json cosign = Ref("pending", prepared.Born(ledger::EntityKind::kPending));
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  test.PublishResource();
  const Outcome refused = test.net.Do("cosign", kJt, {Head("jt-h1")}, cosign);
  EXPECT_EQ(refused.code, Code::kCatalogHasItem);
  EXPECT_TRUE(Names(refused, test.resource));
}

TEST_F(Offers, EntriesInvisibleToTheDepartmentAreNeverNamed) {
  test.PublishResource(Content().Set("visibility", Texts({kSw})));
  EXPECT_TRUE(Submit(Demand({"DE-plate"})).Accepted());
}

TEST_F(Offers, DraftsSuspendedAndRetiredOnesOfferNothing) {
  ASSERT_TRUE(test.Draft(Content()).Accepted());
  EXPECT_TRUE(Submit(Demand({"DE-plate"})).Accepted());
  PublishIt();
  EXPECT_EQ(Submit(Demand({"DE-plate"})).code, Code::kCatalogHasItem);
  Json suspension = Ref("resource", test.resource);
  suspension.Set("ground", "QUALITY").Set("reason_digest", Hash('1'));
  ASSERT_TRUE(test.net.Do("resource.suspend", kGa, {Head("ga-h1")}, suspension).Accepted());
  EXPECT_TRUE(Submit(Demand({"DE-plate"})).Accepted());
  test.net.AdvanceTo(20260401);
  EXPECT_EQ(Submit(Demand({"DE-plate"})).code, Code::kCatalogHasItem);
  ASSERT_TRUE(test.net
                  .Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")},
                      Ref("resource", test.resource))
                  .Accepted());
  EXPECT_TRUE(Submit(Demand({"DE-plate"})).Accepted());
}

TEST_F(Offers, AnAmendmentMovesTheOffer) {
  test.PublishResource();
  Json items = Json::MakeArray();
  items.Push(Item("engine", "G2"));
  PublishAmendment("CORRECTION", Content().Set("items", items));
  EXPECT_TRUE(Submit(Demand({"DE-plate"})).Accepted());
  EXPECT_EQ(Submit(Demand({"DE-engine"})).code, Code::kCatalogHasItem);
}

}  // namespace
}  // namespace jiandu::contracts::testing
