// Disposal: when it is due, who witnesses it, what is listed, who accepts it.
#include "contracts/case_table.h"
#include "contracts/hold.h"
#include "contracts/lineage.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class Disposal : public ::testing::Test {
 protected:
  void SetUp() override { test.ReachHolder(); }
  void Relinquish() {
    Json body = Ref("grant", test.grant);
    body.Set("reason", "PURPOSE_DONE");
    ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, body).Accepted());
  }
  Json ReportBody(std::string_view witness = "jt-c2") {
    Json body = Ref("grant", test.grant);
    body.Set("kind", "DELETE").Set("method", "SHRED").Set("evidence_digest", Hash('1'));
    if (!witness.empty()) {
      body.Set("witness", ledger::ToHex(test.net.Identity(std::string(witness))));
    }
    return body;
  }
  Outcome Report(const Json& body) {
    Outcome outcome = test.net.Do("disposal.report", kJt, {Maker("jt-c1"), Head("jt-h1")}, body);
    if (outcome.Accepted()) disposal = outcome.Born(ledger::EntityKind::kDisposal);
    return outcome;
  }
  Outcome Accept() {
    return test.net.Do("disposal.accept", kGa, {Head("ga-h1")}, Ref("disposal", disposal));
  }
  Outcome Reject(bool with_reason = true) {
    Json body = Ref("disposal", disposal);
    if (with_reason) body.Set("reason_code", "QUALITY").Set("reason_digest", Hash('2'));
    return test.net.Do("disposal.reject", kGa, {Head("ga-h1")}, body);
  }
  [[nodiscard]] bool Runs(const EntityId& id, std::string_view code) const {
    const ledger::EntityBody body = test.net.Body(id);
    const ledger::Clock* clock = body.FindClock(code);
    return clock != nullptr && clock->Runs();
  }

  LineageCase test;
  EntityId disposal;
};

TEST_F(Disposal, AcceptedItClosesItselfAndTheGrant) {
  Relinquish();
  EXPECT_TRUE(Runs(test.grant, "D14"));
  const Outcome reported = Report(ReportBody());
  ASSERT_TRUE(reported.Accepted()) << CodeName(reported.code);
  EXPECT_EQ(reported.flags, 0U);
  EXPECT_EQ(test.net.Status(disposal), "REPORTED");
  EXPECT_FALSE(Runs(test.grant, "D14"));
  EXPECT_TRUE(Runs(disposal, "D09c"));
  const Outcome accepted = Accept();
  ASSERT_TRUE(accepted.Accepted()) << CodeName(accepted.code);
  EXPECT_EQ(test.net.Status(disposal), "CLOSED");
  EXPECT_EQ(test.net.Status(test.grant), "CLOSED");
  EXPECT_FALSE(Runs(disposal, "D09c"));
  EXPECT_TRUE(Runs(test.grant, "D17"));  // what was used is still to be reported
  EXPECT_TRUE(test.Report(test.LoneRecord("late")).Has(Flag::kExpired));
  EXPECT_EQ(Accept().code, Code::kBadState);
  EXPECT_EQ(Report(ReportBody()).code, Code::kBadState);
}

TEST_F(Disposal, IsReportedOnceTheGrantHasEndedAndOnceAtATime) {
  EXPECT_EQ(Report(ReportBody()).code, Code::kBadState);
  Relinquish();
  ASSERT_TRUE(Report(ReportBody()).Accepted());
  EXPECT_EQ(Report(ReportBody()).code, Code::kBadState);
}

TEST_F(Disposal, NeedsTheConsumersMakerAndHeadAndTheProvidersHead) {
  Relinquish();
  EXPECT_EQ(test.net.Do("disposal.report", kJt, {Maker("jt-c1")}, ReportBody()).code,
            Code::kHeadSignatureRequired);
  EXPECT_EQ(test.net.Do("disposal.report", kGa, {Maker("ga-c1"), Head("ga-h1")}, ReportBody()).code,
            Code::kRoleDenied);
  ASSERT_TRUE(Report(ReportBody()).Accepted());
  EXPECT_EQ(test.net.Do("disposal.accept", kJt, {Head("jt-h1")}, Ref("disposal", disposal)).code,
            Code::kRoleDenied);
}

TEST_F(Disposal, WithoutASecondPersonItIsTakenButNotAccepted) {
  Relinquish();
  for (const std::string_view witness : {"", "jt-c1"}) {
    const Outcome outcome = Report(ReportBody(witness));
    ASSERT_TRUE(outcome.Accepted());
    EXPECT_EQ(outcome.flags, ledger::FlagBit(Flag::kWitnessMissing));
    EXPECT_EQ(Accept().code, Code::kWitnessRequired);
    ASSERT_TRUE(Reject().Accepted());
  }
  Json unknown = ReportBody();
  unknown.Set("witness", "10" + std::string(32, '0'));
  EXPECT_TRUE(Report(unknown).Has(Flag::kWitnessMissing));
}

TEST_F(Disposal, RejectedItIsDueAgainFromThatDay) {
  Relinquish();
  ASSERT_TRUE(Report(ReportBody("")).Accepted());
  const EntityId first = disposal;
  EXPECT_EQ(Reject(false).code, Code::kReasonRequired);
  test.net.AdvanceTo(20260310);
  ASSERT_TRUE(Reject().Accepted());
  EXPECT_EQ(test.net.Status(first), "REJECTED");
  EXPECT_EQ(test.net.Status(test.grant), "RELINQUISHED");
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(ledger::DateOf(grant.FindClock("D14")->start), 20260310);
  test.net.AdvanceTo(20260324);
  EXPECT_EQ(Report(ReportBody()).flags, 0U);
  EXPECT_NE(disposal, first);
  EXPECT_TRUE(Accept().Accepted());
  EXPECT_EQ(test.net.Status(first), "REJECTED");
}

TEST_F(Disposal, AfterTheTermItIsLate) {
  Relinquish();
  test.net.AdvanceTo(20260317);  // ten working days after 03-02 end on 03-16
  EXPECT_EQ(Report(ReportBody()).flags, ledger::FlagBit(Flag::kLate));
  EXPECT_EQ(test.net.Body(test.grant).FindClock("D14")->late, 1);
}

TEST_F(Disposal, DerivedResourcesKnownFromLineageAreListed) {
  test.d1 = test.DraftOf("jt", LineageCase::DerivedContent());
  ASSERT_EQ(test.Derive(test.D1Body()).flags, 0U);
  Relinquish();
  EXPECT_EQ(Report(ReportBody()).flags, ledger::FlagBit(Flag::kDerivedUnlisted));
  EXPECT_EQ(Accept().code, Code::kDerivedNotListed);
  ASSERT_TRUE(Reject().Accepted());
  Json listed = ReportBody();
  Json treated = Json::MakeArray();
  Json entry = Ref("resource", test.d1);
  entry.Set("treatment", "REBUILD");
  treated.Push(entry);
  listed.Set("derived", treated);
  EXPECT_EQ(Report(listed).flags, 0U);
  EXPECT_TRUE(Accept().Accepted());
}

// Nobody hides one thing behind many others, and nobody is asked for more than a report can say.
TEST_F(Disposal, OfMoreThanAReportCanListOneIsAlwaysTold) {
  const auto nth = [](std::uint16_t n) {
    return ledger::BornId(ledger::EntityKind::kResource, ledger::TxId(), n);
  };
  const auto make = [&](std::uint16_t first, std::uint16_t last) {
    test.net.WriteState([&](BlockState& state) {
      for (std::uint16_t n = first; n < last; ++n) {
        ledger::EntityBody made;
        made.kind = ledger::EntityKind::kResource;
        made.status = To(ledger::ResourceStatus::kPublished);
        made.parties["provider"] = kJt;
        state.Create(nth(n), std::move(made));
        Derivation derivation;
        derivation.resource = nth(n);
        derivation.version = 1;
        derivation.inputs.push_back(
            {.resource = test.resource, .version = 1, .grant = test.grant, .items = {"plate"}});
        RecordEdges(state, ledger::BornId(ledger::EntityKind::kDerivation, ledger::TxId(), n),
                    derivation);
      }
    });
  };
  const auto listing = [&](std::uint16_t count) {
    Json treated = Json::MakeArray();
    for (std::uint16_t n = 0; n < count; ++n) {
      treated.Push(Ref("resource", nth(n)).Set("treatment", "DELETE"));
    }
    return ReportBody().Set("derived", std::move(treated));
  };
  make(0, 32);
  Relinquish();
  const TestNet before = test.net;
  EXPECT_EQ(Report(listing(32)).flags, 0U);
  test.net = before;
  make(32, 34);
  EXPECT_EQ(Report(listing(31)).flags, ledger::FlagBit(Flag::kDerivedUnlisted));
  EXPECT_EQ(Accept().code, Code::kDerivedNotListed);
  ASSERT_TRUE(Reject().Accepted());
  EXPECT_EQ(Report(listing(32)).flags, ledger::FlagBit(Flag::kDerivedUnlisted));
  EXPECT_TRUE(Accept().Accepted());
}

TEST_F(Disposal, WhileEvidenceIsHeldItIsNotAccepted) {
  Relinquish();
  ASSERT_TRUE(Report(ReportBody()).Accepted());
  const std::int64_t until = ledger::StartOfDate(20260401);
  test.net.WriteState([&](BlockState& state) { SetHold(state, test.grant, until); });
  // A shorter hold does not shorten the first.
  test.net.WriteState([&](BlockState& state) { SetHold(state, test.grant, until - 1000); });
  EXPECT_EQ(Accept().code, Code::kEvidenceHeld);
  test.net.AdvanceTo(20260401, 0);
  EXPECT_TRUE(Accept().Accepted());
}

TEST_F(Disposal, TheReportItselfMayBeTheEvidence) {
  Relinquish();
  ASSERT_TRUE(Report(ReportBody()).Accepted());
  test.net.WriteState([&](BlockState& s) { SetHold(s, disposal, test.net.Time() + kDayMs); });
  EXPECT_EQ(Accept().code, Code::kEvidenceHeld);
}

TEST_F(Disposal, UnansweredItIsOverdueOnTheProvider) {
  Relinquish();
  ASSERT_TRUE(Report(ReportBody()).Accepted());
  test.net.AdvanceTo(20260316);
  EXPECT_FALSE(test.Shows(disposal, "ACCEPT_OVERDUE"));
  test.net.AdvanceTo(20260318);
  const DerivedFlag flag = test.FlagOf(disposal, "ACCEPT_OVERDUE");
  EXPECT_EQ(flag.department, kGa);
  EXPECT_EQ(flag.value, 2);
  EXPECT_EQ(test.FlagOf(disposal, "OVERDUE").detail, "D09c");
  EXPECT_TRUE(Accept().Has(Flag::kLate));
  EXPECT_FALSE(test.Shows(disposal, "ACCEPT_OVERDUE"));
}

TEST_F(Disposal, WhatIsMissingIsFlagged) {
  Relinquish();
  EXPECT_TRUE(Report(Ref("grant", test.grant)).Has(Flag::kFieldMissing));
}

// T43 of the worked scenario: the end comes by itself.
TEST(DisposalAtTheEnd, IsDueFromTheLastDayOn) {
  LineageCase test;
  test.ReachHolder(Json::MakeObject({{"valid_to", 20260430}}));
  test.net.AdvanceTo(20260501);
  const auto due = ledger::ReadCalendar(test.net.View())
                       .DueAfter(test.net.Body(test.grant).FindClock("D14")->start, 10);
  EXPECT_EQ(ledger::DateOf(due.at - 1), 20260518);
  Json body = Ref("grant", test.grant);
  body.Set("kind", "NONE_HELD").Set("method", "NONE").Set("evidence_digest", Hash('1'));
  body.Set("witness", ledger::ToHex(test.net.Identity("jt-c2")));
  test.net.AdvanceTo(20260512);
  const Outcome reported =
      test.net.Do("disposal.report", kJt, {Maker("jt-c1"), Head("jt-h1")}, body);
  EXPECT_EQ(reported.flags, 0U);
  const EntityId disposal = reported.Born(ledger::EntityKind::kDisposal);
  ASSERT_TRUE(
      test.net.Do("disposal.accept", kGa, {Head("ga-h1")}, Ref("disposal", disposal)).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "CLOSED");
}

// Batches were recalled: their disposal is due while the grant goes on.
TEST_F(Disposal, OfRecalledBatchesLeavesTheGrantAsItIs) {
  test.net.WriteState([&](BlockState& state) {
    ledger::EntityBody& grant = state.Edit(test.grant);
    for (ledger::Clock& clock : grant.clocks) {
      if (clock.code == "D14") clock.start = test.net.Time();
    }
  });
  Json body = ReportBody();
  body.Set("batch_ids", Texts({"B-2"}));
  ASSERT_TRUE(Report(body).Accepted());
  ASSERT_TRUE(Accept().Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "ACTIVE");
  const ledger::EntityBody grant = test.net.Body(test.grant);
  EXPECT_EQ(ledger::DateOf(grant.FindClock("D14")->start), 20261231);
  EXPECT_TRUE(grant.FindClock("D14")->Runs());
}

// Who declines a grant of which batches were recalled disposes of them all the same.
TEST_F(Disposal, OfRecalledBatchesOutlivesADeclinedGrant) {
  test.net.Forge(test.grant, [](ledger::EntityBody& grant) {
    grant.status = static_cast<std::uint32_t>(ledger::GrantStatus::kOpened);
  });
  Json recall = Ref("grant", test.grant);
  recall.Set("scope", "BATCHES").Set("batches", Texts({"B-2"}));
  recall.Set("reason_code", "LAW").Set("reason_digest", Hash('3'));
  ASSERT_TRUE(test.net.Do("grant.recall", kGa, {Head("ga-h1"), Peer("db-h1")}, recall).Accepted());
  ASSERT_TRUE(
      test.net.Do("grant.decline", kJt, {Head("jt-h1")}, Ref("grant", test.grant)).Accepted());
  EXPECT_EQ(test.net.Status(test.grant), "CLOSED");
  EXPECT_TRUE(Runs(test.grant, "D14"));
  ASSERT_TRUE(Report(ReportBody()).Accepted());
  ASSERT_TRUE(Reject().Accepted());
  EXPECT_TRUE(Runs(test.grant, "D14"));  // due again
  ASSERT_TRUE(Report(ReportBody()).Accepted());
  ASSERT_TRUE(Accept().Accepted());
  EXPECT_FALSE(Runs(test.grant, "D14"));
  EXPECT_EQ(test.net.Status(test.grant), "CLOSED");
  EXPECT_EQ(Report(ReportBody()).code, Code::kBadState);
}

class UseReport : public Disposal {
 protected:
  Outcome ReportUse(std::int64_t period) {
    Json body = Ref("grant", test.grant);
    body.Set("period", period).Set("scenes", Texts({"SUPERVISION"}));
    body.Set("effect_code", "E1").Set("effect_digest", Hash('1')).Set("satisfaction", 5);
    return test.net.Do("use.report", kJt, {Maker("jt-c1")}, body);
  }
  [[nodiscard]] std::int64_t PeriodOwed() const {
    const ledger::EntityBody grant = test.net.Body(test.grant);
    const ledger::Clock* clock = grant.FindClock("D17");
    return clock != nullptr && clock->Runs() ? ledger::DateOf(clock->start) : 0;
  }
};

TEST_F(UseReport, OfTheQuarterSatisfiesItsDeadlineAndTheNextBegins) {
  EXPECT_EQ(PeriodOwed(), 20260331);
  test.net.AdvanceTo(20260429);
  EXPECT_EQ(ReportUse(20260331).flags, 0U);
  EXPECT_EQ(PeriodOwed(), 20260630);
}

// T44 of the worked scenario.
TEST_F(UseReport, NotGivenItIsMissed) {
  test.net.AdvanceTo(20260429);
  EXPECT_FALSE(test.Shows(test.grant, "NO_USE_REPORT"));
  test.net.AdvanceTo(20260430);
  const DerivedFlag flag = test.FlagOf(test.grant, "NO_USE_REPORT");
  EXPECT_EQ(flag.department, kJt);
  EXPECT_EQ(flag.value, 1);
  EXPECT_EQ(ReportUse(20260331).flags, ledger::FlagBit(Flag::kLate));
  EXPECT_FALSE(test.Shows(test.grant, "NO_USE_REPORT"));
}

TEST_F(UseReport, OfAnotherPeriodOrBeforeItsEndSatisfiesNothing) {
  EXPECT_TRUE(ReportUse(20260331).Accepted());
  EXPECT_EQ(PeriodOwed(), 20260331);
  test.net.AdvanceTo(20260410);
  EXPECT_TRUE(ReportUse(20251231).Accepted());
  EXPECT_EQ(PeriodOwed(), 20260331);
}

TEST_F(UseReport, TheLastOneIsOfThePeriodInWhichTheGrantEnded) {
  test.net.AdvanceTo(20260320);
  Relinquish();
  EXPECT_EQ(ReportUse(20260331).flags, 0U);
  EXPECT_EQ(PeriodOwed(), 0);
}

TEST_F(UseReport, APeriodTheGrantLivedIntoIsOwedToo) {
  test.net.AdvanceTo(20260410);
  Relinquish();
  EXPECT_EQ(ReportUse(20260331).flags, 0U);
  EXPECT_EQ(PeriodOwed(), 20260630);
}

TEST_F(UseReport, IsTheConsumers) {
  Json body = Ref("grant", test.grant);
  EXPECT_EQ(test.net.Do("use.report", kGa, {Maker("ga-c1")}, body).code, Code::kRoleDenied);
  EXPECT_TRUE(test.net.Do("use.report", kJt, {Maker("jt-c1")}, body).Has(Flag::kFieldMissing));
}

}  // namespace
}  // namespace jiandu::contracts::testing
