// What events say of lineage, read out of a log as a node reads it, against what the contracts
// keep.
#include "contracts/lineage_facts.h"

#include "contracts/lineage.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

using ledger::LineageAct;
using ledger::LineageFact;

class LineageFacts : public ::testing::Test {
 protected:
  // Of the newest transaction; `known`: every edge holds already.
  std::vector<LineageFact> Newest(bool known = false) { return Of(test.net.Log().back(), known); }
  std::vector<LineageFact> Of(const Logged& logged, bool known = false) {
    const LineageSources sources{
        .body = [this](const EntityId& id) -> std::optional<ledger::EntityBody> {
          const auto bytes = test.net.View().Get(ledger::BodyKey(id));
          auto body = bytes ? ledger::EntityBody::Decode(*bytes)
                            : Result<ledger::EntityBody>(Fail(Errc::kNotFound, ""));
          if (!body) return std::nullopt;
          return *std::move(body);
        },
        .payload = [&logged, this]() -> Result<Json> {
          ++payloads;
          return logged.made_by->payload.body;
        },
        .is_open = [known](const EntityId&, const EntityId&) -> Result<bool> { return known; }};
    auto facts = LineageFactsOf(logged.stub, sources);
    EXPECT_TRUE(facts.has_value());
    return facts ? *std::move(facts) : std::vector<LineageFact>();
  }
  [[nodiscard]] EntityId Holding() const { return ledger::PairEntity(test.resource, kJt); }

  LineageCase test;
  int payloads = 0;
};

TEST_F(LineageFacts, ADerivationNamesInputsVersionsAndItems) {
  test.ReachHolder();
  test.d1 = test.DraftOf("jt", LineageCase::DerivedContent());
  ASSERT_TRUE(test.Derive(test.D1Body(true)).Accepted());
  const auto facts = Newest();
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].from, test.resource);
  EXPECT_EQ(facts[0].to, test.d1);
  ASSERT_EQ(facts[0].derivations.size(), 1U);
  const ledger::LineageDerivation& made = facts[0].derivations[0];
  EXPECT_EQ(made.derivation, test.derivation);
  EXPECT_EQ(made.kind, "COMPARE");
  EXPECT_EQ(made.grant, test.grant);
  EXPECT_EQ(made.out_version, 1);
  EXPECT_EQ(made.items, (std::vector<ledger::LineageItem>{
                            {.out_item = "plate", .from = {"plate"}, .unchanged = true},
                            {.out_item = "verdict", .from = {"status"}, .unchanged = false}}));
  EXPECT_EQ(payloads, 0) << "the derivation's form is enough";
}

TEST_F(LineageFacts, ARefreshGivesTheVersionsAndLeavesTheRecordAsItWas) {
  test.ReachDerived();
  Json body = Ref("derivation", test.derivation);
  Json inputs = Json::MakeArray();
  Json input = Ref("resource", test.resource);
  input.Set("version", 3);
  inputs.Push(std::move(input));
  body.Set("out_version", 2).Set("inputs", inputs);
  ASSERT_TRUE(test.net.Do("derivation.refresh", kJt, {Maker("jt-c1")}, body).Accepted());
  const auto facts = Newest();
  ASSERT_EQ(facts.size(), 1U);
  ASSERT_EQ(facts[0].derivations.size(), 1U);
  EXPECT_TRUE(facts[0].derivations[0].refreshed);
  EXPECT_EQ(facts[0].derivations[0].input_version, 3);
  EXPECT_EQ(facts[0].derivations[0].out_version, 2);
  // Read again now, the record says what it said then: an index made anew is the same.
  for (const Logged& logged : test.net.Log()) {
    if (logged.stub.op != "derivation.record" || logged.stub.code != 0) continue;
    const auto recorded = Of(logged);
    ASSERT_EQ(recorded.size(), 1U);
    EXPECT_EQ(recorded[0].derivations[0].input_version, 0);
    EXPECT_EQ(recorded[0].derivations[0].out_version, 1);
  }
}

TEST_F(LineageFacts, AGrantBeginsAndEndsByItsActs) {
  test.ReachHolder();
  std::size_t grants = 0;
  for (const Logged& logged : test.net.Log()) {
    for (const LineageFact& fact : Of(logged)) {
      EXPECT_EQ(fact.from, test.resource);
      EXPECT_EQ(fact.to, test.grant);
      ++grants;
    }
  }
  EXPECT_EQ(grants, 1U);
  Json body = Ref("grant", test.grant);
  body.Set("reason", "PURPOSE_DONE");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, body).Accepted());
  const auto facts = Newest();
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].act, LineageAct::kEnds);
  EXPECT_EQ(facts[0].to, test.grant);
}

TEST_F(LineageFacts, ADeliveryMakesAHolderAndADenialDoesNot) {
  test.ReachHolder();
  Json denied = test.LoneRecord("denied");
  denied.Set("result", "DENIED").Set("rows", 0).Set("deny_code", "NO_GRANT");
  ASSERT_TRUE(test.Report(denied).Accepted());
  EXPECT_TRUE(Newest().empty());
  ASSERT_TRUE(test.Report(test.LoneRecord("one")).Accepted());
  const auto facts = Newest();
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].from, test.grant);
  EXPECT_EQ(facts[0].to, Holding());
  EXPECT_EQ(facts[0].resource, test.resource);
  EXPECT_EQ(facts[0].department, kJt);
  // The thousandth access is no news, and no block is read for it.
  payloads = 0;
  EXPECT_TRUE(Newest(true).empty());
  EXPECT_EQ(payloads, 0);
}

TEST_F(LineageFacts, DisposalEndsTheHolding) {
  test.ReachHolder();
  Json body = Ref("grant", test.grant);
  body.Set("reason", "PURPOSE_DONE");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, body).Accepted());
  Json report = Ref("grant", test.grant);
  report.Set("kind", "DELETE").Set("method", "SHRED").Set("evidence_digest", Hash('1'));
  report.Set("witness", ledger::ToHex(test.net.Identity("jt-c2")));
  const Outcome reported =
      test.net.Do("disposal.report", kJt, {Maker("jt-c1"), Head("jt-h1")}, report);
  ASSERT_TRUE(reported.Accepted()) << CodeName(reported.code);
  EXPECT_TRUE(Newest().empty()) << "reported is not accepted";
  const EntityId disposal = reported.Born(ledger::EntityKind::kDisposal);
  ASSERT_TRUE(
      test.net.Do("disposal.accept", kGa, {Head("ga-h1")}, Ref("disposal", disposal)).Accepted());
  const auto facts = Newest();
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].act, LineageAct::kEnds);
  EXPECT_EQ(facts[0].from, test.grant);
  EXPECT_EQ(facts[0].to, Holding());
}

TEST_F(LineageFacts, WhatWaitsForASignatureIsNoFactUntilItHasIt) {
  test.ReachRequest();
  test.Approve();
  Json open = test.OpenBody();
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", kDb}, {"role", "HEAD"}}));
  open.Set("await", await);
  const Outcome waiting = test.net.Do("grant.open", kDb, {Maker("db-c1")}, open);
  ASSERT_TRUE(waiting.Accepted()) << CodeName(waiting.code);
  EXPECT_TRUE(Newest().empty());
  Json cosign = Ref("pending", waiting.Born(ledger::EntityKind::kPending));
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  const Outcome signed_by = test.net.Do("cosign", kDb, {Head("db-h1")}, cosign);
  ASSERT_TRUE(signed_by.Accepted()) << CodeName(signed_by.code);
  const auto facts = Newest();
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].from, test.resource);
  EXPECT_EQ(ledger::KindOf(facts[0].to), ledger::EntityKind::kGrant);
}

// Every edge the contracts keep beside a resource is one the log tells of.
TEST_F(LineageFacts, AreTheEdgesTheContractsKeep) {
  test.ReachDerived();
  std::set<std::pair<EntityId, EntityId>> told;
  for (const Logged& logged : test.net.Log()) {
    for (const LineageFact& fact : Of(logged)) {
      if (!fact.derivations.empty()) told.emplace(fact.from, fact.to);
    }
  }
  std::set<std::pair<EntityId, EntityId>> kept;
  for (const EntityId& from : {test.resource, test.d1}) {
    for (const EntityId& made : MadeFrom(test.net.View(), from)) kept.emplace(from, made);
  }
  EXPECT_EQ(told, kept);
  EXPECT_EQ(told.size(), 1U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
