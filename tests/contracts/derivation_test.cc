// Derived resources: what their inputs are allowed for, the consents they need, what goes stale.
#include "contracts/third_party.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

class DerivationCase : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachHolder();
    test.d1 = test.DraftOf("jt", LineageCase::DerivedContent());
  }
  // D1's body with one member of its first input changed.
  Json WithInput(std::string_view member, Json value) {
    Json body = test.D1Body();
    Json inputs = *body.Find("inputs");
    inputs.MutableItems()[0].Set(member, std::move(value));
    body.Set("inputs", inputs);
    return body;
  }
  // A consent as the machine of third parties leaves it.
  void Consent(std::initializer_list<std::string_view> items,
               std::int64_t valid_to = ledger::StartOfDate(20261231), const EntityId& made = {}) {
    const EntityId id =
        ledger::BornId(ledger::EntityKind::kThirdParty, test.net.Last()->txid, ++consents);
    test.net.WriteState([&](BlockState& state) {
      ledger::EntityBody body;
      body.kind = ledger::EntityKind::kThirdParty;
      body.status = static_cast<std::uint32_t>(ledger::ThirdPartyStatus::kConsented);
      body.links["grant"] = test.grant;
      body.links["derived_resource"] = made.IsZero() ? test.d1 : made;
      body.numbers["valid_to"] = valid_to;
      body.form = ToBytes(CanonicalJson(Json::MakeObject({{"items", Texts(items)}})));
      state.Create(id, std::move(body));
      AddConsent(state, test.grant, "", id);
    });
  }
  std::uint16_t consents = 8;
  Code Submit() { return test.SubmitOf("jt", test.d1, LineageCase::DerivedContent()).code; }

  LineageCase test;
};

TEST_F(DerivationCase, OfGrantedItemsForAnAllowedKindHasNoFlag) {
  const Outcome outcome = test.Derive(test.D1Body());
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  EXPECT_EQ(outcome.flags, 0U);
  EXPECT_EQ(test.net.Status(test.derivation), "RECORDED");
  EXPECT_EQ(test.net.Body(test.derivation).Party("owner"), kJt);
  // The derivation, what was made, its input with grant, request and pair, and the month.
  EXPECT_EQ(outcome.stub.touched.size(), 7U);
}

TEST_F(DerivationCase, IsTheOwners) {
  EXPECT_EQ(test.Derive(test.D1Body(), "sw").code, Code::kRoleDenied);
}

TEST_F(DerivationCase, WithoutAnActiveGrantOnWhatWasUsed) {
  constexpr std::uint64_t kNoGrant = ledger::FlagBit(Flag::kNoGrantInput);
  Json without = test.D1Body();
  Json inputs = *without.Find("inputs");
  inputs.MutableItems()[0].Remove("grant");
  without.Set("inputs", inputs);
  EXPECT_EQ(test.Derive(without).flags, kNoGrant);
  EXPECT_EQ(test.Derive(WithInput("items", Texts({"citizen_no"}))).flags, kNoGrant);
  // A grant on something else is none.
  EXPECT_EQ(test.Derive(WithInput("resource", ledger::ToHex(test.d1))).flags &
                ledger::FlagBit(Flag::kNoGrantInput),
            0U);  // its own resource needs none
  const EntityId others = test.GrantOn(test.resource, "sw", "ga", {"plate", "status"});
  EXPECT_EQ(test.Derive(WithInput("grant", ledger::ToHex(others))).flags, kNoGrant);
  Json end = Ref("grant", test.grant);
  end.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  EXPECT_EQ(test.Derive(test.D1Body()).flags, kNoGrant);
}

// What the provider has announced is in force on its day, though nobody has acted since.
TEST_F(DerivationCase, AnItemTakenBackIsNoLongerGranted) {
  Json change = Ref("grant", test.grant);
  change.Set("reason_code", "SAFETY").Set("reason_digest", Hash('1'));
  change.Set("c_position", "OBJECTS").Set("effective_on", 20260312);
  change.Set("terms", Json::MakeObject({{"items", Texts({"plate"})}}));
  ASSERT_TRUE(test.net.Do("grant.change", kGa, {Maker("ga-c1"), Head("ga-h1")}, change).Accepted());
  test.net.AdvanceTo(20260311);
  EXPECT_EQ(test.Derive(test.D1Body()).flags, 0U);
  test.net.AdvanceTo(20260312);
  EXPECT_EQ(test.Derive(test.D1Body()).flags, ledger::FlagBit(Flag::kNoGrantInput));
}

TEST_F(DerivationCase, ForAKindThatIsNotAllowed) {
  Json body = test.D1Body();
  body.Set("kind", "MINE");
  EXPECT_EQ(test.Derive(body).flags, ledger::FlagBit(Flag::kDeriveNotAllowed));
}

TEST_F(DerivationCase, BelowTheGradeOfItsInputNeedsAnAssessment) {
  Json body = test.D1Body();
  body.Set("grade_claimed", "G1");
  EXPECT_EQ(test.Derive(body).flags, ledger::FlagBit(Flag::kGradeBelowInput));
  body.Set("kind", "AGGREGATE");
  EXPECT_EQ(test.Derive(body).flags, ledger::FlagBit(Flag::kGradeBelowInput));
  body.Set("assessment_digest", Hash('1'));
  EXPECT_EQ(test.Derive(body).flags, 0U);
}

TEST_F(DerivationCase, FromItsOwnVersionIsACycle) {
  const Json own = LineageCase::Input(test.d1, 1, {}, {"plate"});
  Json map = Json::MakeArray();
  map.Push(LineageCase::Made("plate", "plate"));
  EXPECT_EQ(test.Derive(LineageCase::DerivationBody(test.d1, own, map)).flags,
            ledger::FlagBit(Flag::kCycle));
  const Json before = LineageCase::Input(test.d1, 0, {}, {"plate"});
  EXPECT_EQ(test.Derive(LineageCase::DerivationBody(test.d1, before, map)).flags, 0U);
}

TEST_F(DerivationCase, ACycleThroughAnotherResourceIsSeen) {
  const EntityId d2 = test.DraftOf("jt", LineageCase::DerivedContent("D2"));
  Json map = Json::MakeArray();
  map.Push(LineageCase::Made("plate", "plate"));
  const auto derive = [&](const EntityId& made, const EntityId& from) {
    const Json input = LineageCase::Input(from, 1, {}, {"plate"});
    return test.Derive(LineageCase::DerivationBody(made, input, map)).flags;
  };
  EXPECT_EQ(derive(d2, test.d1), 0U);
  EXPECT_EQ(derive(test.d1, d2), ledger::FlagBit(Flag::kCycle));
  // Walks end all the same.
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
}

TEST_F(DerivationCase, WithGapsIsKeptAndFlagged) {
  EXPECT_TRUE(test.Derive(Ref("resource", test.d1)).Has(Flag::kFieldMissing));
}

TEST_F(DerivationCase, ADerivedResourceIsSubmittedWithItsLineage) {
  EXPECT_EQ(Submit(), Code::kCatalogIncomplete);
  ASSERT_TRUE(test.Derive(test.D1Body()).Accepted());
  EXPECT_EQ(Submit(), Code::kAccepted);
}

TEST_F(DerivationCase, ItemsThatSurviveNeedTheConsentOfTheirProvider) {
  ASSERT_TRUE(test.Derive(test.D1Body(true)).Accepted());
  EXPECT_EQ(Submit(), Code::kConsentRequired);
  Consent({"status"});
  EXPECT_EQ(Submit(), Code::kConsentRequired);
  Consent({"plate"}, test.net.Time());
  EXPECT_EQ(Submit(), Code::kConsentRequired);
  Consent({"plate"}, ledger::StartOfDate(20261231), test.resource);  // for something else
  EXPECT_EQ(Submit(), Code::kConsentRequired);
  Consent({"plate"});
  EXPECT_EQ(Submit(), Code::kAccepted);
}

TEST_F(DerivationCase, AConsentThatEndedWithItsGrantPublishesNothing) {
  ASSERT_TRUE(test.Derive(test.D1Body(true)).Accepted());
  Consent({"plate"});
  ASSERT_EQ(Submit(), Code::kAccepted);
  Json review = Ref("resource", test.d1);
  review.Set("verdict", "OK");
  const std::vector<Signing> manager = {Maker("db-c1"), Head("db-h1")};
  ASSERT_TRUE(test.net.Do("resource.review", kDb, manager, review).Accepted());
  Json end = Ref("grant", test.grant);
  end.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  EXPECT_EQ(test.net.Do("resource.publish", kDb, manager, Ref("resource", test.d1)).code,
            Code::kConsentRequired);
}

TEST_F(DerivationCase, NorIsAGrantOpenedOnceTheConsentHasEnded) {
  ASSERT_TRUE(test.Derive(test.D1Body(true)).Accepted());
  Consent({"plate"});
  ASSERT_EQ(Submit(), Code::kAccepted);
  test.PublishDraft(test.d1);
  test.Ask(test.d1, "sw", "jt", {"plate"});
  Json end = Ref("grant", test.grant);
  end.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  EXPECT_EQ(test.Open(test.OpenBody()).code, Code::kConsentRequired);
}

// An emergency overrides the chain, not the consent of those whose items are passed on.
TEST_F(DerivationCase, NorInAnEmergencyOnceTheConsentHasEnded) {
  ASSERT_TRUE(test.Derive(test.D1Body(true)).Accepted());
  Consent({"plate"});
  ASSERT_EQ(Submit(), Code::kAccepted);
  test.PublishDraft(test.d1);
  Json declaration = Json::MakeObject({{"event_no", "EM-1"},
                                       {"basis_kind", "LAW"},
                                       {"basis_ref", "突发事件应对法"},
                                       {"labels", Texts({"vehicle"})},
                                       {"departments", Texts({kSw})},
                                       {"end", test.net.Time() + 24 * kHourMs}});
  const Outcome declared =
      test.net.Do("emergency.declare", kZf, {Head("zf-h1")}, std::move(declaration));
  ASSERT_TRUE(declared.Accepted()) << CodeName(declared.code);
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject({{"system", ledger::ToHex(test.net.Identity("sw-app"))},
                                 {"cidrs", Texts({"10.20.3.0/24"})}}));
  Json open = Ref("emergency", declared.Born(ledger::EntityKind::kEmergency));
  open.Set("resource", ledger::ToHex(test.d1)).Set("consumer", kSw).Set("mode", "API");
  open.Set("items", Texts({"plate"})).Set("purpose_code", "SUPERVISION");
  open.Set("matter_code", "M-1").Set("disposal_method", "DELETE").Set("systems", systems);
  open.Set("daily_cap", 100).Set("rate_per_min", 60).Set("rows_per_call_max", 10);
  open.Set("bytes_per_day", 1'000'000);
  TestNet before = test.net;
  const Outcome opened = test.net.Do("emergency.open_grant", kDb, {Maker("db-c1")}, open);
  EXPECT_TRUE(opened.Accepted()) << CodeName(opened.code);
  test.net = before;
  Json end = Ref("grant", test.grant);
  end.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  EXPECT_EQ(test.net.Do("emergency.open_grant", kDb, {Maker("db-c1")}, open).code,
            Code::kConsentRequired);
}

TEST_F(DerivationCase, NorIsOneWidenedOnceTheConsentHasEnded) {
  ASSERT_TRUE(test.Derive(test.D1Body(true)).Accepted());
  Consent({"plate"});
  ASSERT_EQ(Submit(), Code::kAccepted);
  test.PublishDraft(test.d1);
  const EntityId held = test.GrantOn(test.d1, "sw", "jt", {"plate"});
  Json wider = test.RequestBody();
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject({{"system", ledger::ToHex(test.net.Identity("sw-app"))},
                                 {"cidrs", Texts({"10.20.3.0/24"})}}));
  Json items = Json::MakeArray();
  for (const std::string_view id : {"plate", "verdict"}) {
    items.Push(Json::MakeObject({{"item_id", id}, {"need_code", "N1"}}));
  }
  wider.Set("kind", "SCOPE_CHANGE").Set("grant", ledger::ToHex(held));
  wider.Set("resource", ledger::ToHex(test.d1)).Set("items", items).Set("systems", systems);
  const Outcome asked = test.net.Do("request.submit", kSw, {Maker("sw-c1"), Head("sw-h1")}, wider);
  ASSERT_TRUE(asked.Accepted()) << CodeName(asked.code);
  test.request = asked.Born(ledger::EntityKind::kRequest);
  ASSERT_TRUE(
      test.net.Do("decision.submit", kJt, {Maker("jt-c1"), Head("jt-h1")}, test.DecisionBody())
          .Accepted());
  ASSERT_TRUE(test.Decide("db", test.DecisionBody()).Accepted());
  Json amend = Ref("grant", held);
  amend.Set("request", ledger::ToHex(test.request));
  TestNet before = test.net;
  EXPECT_TRUE(test.net.Do("grant.amend", kDb, {Maker("db-c1"), Head("db-h1")}, amend).Accepted());
  test.net = before;
  Json end = Ref("grant", test.grant);
  end.Set("reason", "NOT_NEEDED");
  ASSERT_TRUE(test.net.Do("grant.relinquish", kJt, {Head("jt-h1")}, end).Accepted());
  EXPECT_EQ(test.net.Do("grant.amend", kDb, {Maker("db-c1"), Head("db-h1")}, amend).code,
            Code::kConsentRequired);
}

TEST(DerivationOfOpenData, NeedsNoConsent) {
  LineageCase test;
  test.PublishResource(Content("UNCONDITIONAL", "G1"));
  test.d1 = test.DraftOf("jt", LineageCase::DerivedContent());
  ASSERT_TRUE(test.Derive(test.D1Body(true)).Accepted());
  EXPECT_TRUE(test.SubmitOf("jt", test.d1, LineageCase::DerivedContent()).Accepted());
}

class Stale : public DerivationCase {
 protected:
  void SetUp() override {
    DerivationCase::SetUp();
    ASSERT_EQ(test.Derive(test.D1Body()).flags, 0U);
  }
  void NewVersion(const EntityId& resource, std::string_view alias, int version) {
    Json body = Ref("resource", resource);
    body.Set("dataset_version", version).Set("dataset_digest", Hash('3'));
    ASSERT_TRUE(test.net
                    .Do("resource.refresh", LineageCase::CodeOf(alias),
                        {System(std::string(alias) + "-gw")}, body)
                    .Accepted());
  }
  Outcome Refresh(const EntityId& from, int version, int out_version) {
    Json inputs = Json::MakeArray();
    Json input = Ref("resource", from);
    input.Set("version", version);
    inputs.Push(input);
    Json body = Ref("derivation", test.derivation);
    body.Set("out_version", out_version).Set("inputs", inputs);
    return test.net.Do("derivation.refresh", kJt, {Maker("jt-c1")}, body);
  }
};

TEST_F(Stale, ANewVersionOfTheInputMakesItSoAndARefreshClearsIt) {
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
  NewVersion(test.resource, "ga", 1);
  const DerivedFlag flag = test.FlagOf(test.d1, "STALE");
  EXPECT_EQ(flag.detail, "plate,verdict");
  EXPECT_EQ(flag.value, 2);
  EXPECT_EQ(flag.department, kJt);
  EXPECT_EQ(test.FlagOf(test.derivation, "STALE").subject, test.d1);
  EXPECT_EQ(Refresh(test.resource, 1, 2).flags, 0U);
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
  EXPECT_EQ(test.net.Body(test.derivation).Number("out_version"), 2);
}

TEST_F(Stale, ARefreshThatNamesAnOlderVersionClearsNothing) {
  NewVersion(test.resource, "ga", 3);
  ASSERT_TRUE(Refresh(test.resource, 2, 2).Accepted());
  EXPECT_TRUE(test.Shows(test.d1, "STALE"));
  ASSERT_TRUE(Refresh(test.resource, 3, 3).Accepted());
  ASSERT_TRUE(Refresh(test.resource, 1, 1).Accepted());  // it does not go back either
  EXPECT_FALSE(test.Shows(test.d1, "STALE"));
}

TEST_F(Stale, OnlyTheOwnerRefreshes) {
  Json body = Ref("derivation", test.derivation);
  EXPECT_EQ(test.net.Do("derivation.refresh", kSw, {Maker("sw-c1")}, body).code, Code::kRoleDenied);
  EXPECT_TRUE(
      test.net.Do("derivation.refresh", kJt, {Maker("jt-c1")}, body).Has(Flag::kFieldMissing));
}

// What was made without an item map may hold anything of its inputs.
TEST_F(Stale, WithoutAnItemMapEverythingIs) {
  Json body = test.D1Body();
  body.Remove("item_map");
  body.Set("out_version", 2);
  EXPECT_EQ(test.Derive(body).flags, ledger::FlagBit(Flag::kFieldMissing));
  NewVersion(test.resource, "ga", 1);
  EXPECT_EQ(test.FlagOf(test.d1, "STALE").detail, "*");
}

}  // namespace
}  // namespace jiandu::contracts::testing
