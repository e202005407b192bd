// Watermarks and leaks, complaints, inspections, sanctions and notices. Incidents:
// incident_test.cc.
#include "contracts/lineage.h"
#include "contracts/resource_state.h"
#include "contracts/third_party.h"
#include "tests/support/case_fixture.h"
#include "tests/support/due.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

std::string Commitment(std::string_view code, const std::string& salt) {
  const auto bytes = HexDecodeFixed<32>(salt);
  return HexEncode(
      crypto::Sha256({AsBytes(crypto::kTagCommit), bytes->View(), AsBytes(code)}).View());
}

class Leak : public ::testing::Test {
 protected:
  void SetUp() override {
    test.ReachGrant();
    const Outcome registered = Register("W-1", Hash('a'), "B-1");
    ASSERT_TRUE(registered.Accepted()) << CodeName(registered.code);
    EXPECT_EQ(registered.flags, 0U);
    watermark = registered.Born(ledger::EntityKind::kWatermark);
    Json body = Json::MakeObject({{"found_at", test.net.Time()},
                                  {"place_code", "PUBLIC_DRIVE"},
                                  {"sample_digest", Hash('5')}});
    const Outcome reported = test.net.Do("leak.report", kSw, {Maker("sw-c1")}, body);
    ASSERT_TRUE(reported.Accepted()) << CodeName(reported.code);
    leak = reported.Born(ledger::EntityKind::kLeak);
  }
  Json RegisterBody(std::string_view code, const std::string& salt, std::string_view batch) {
    Json body = Ref("grant", test.grant);
    return body.Set("batch_id", batch)
        .Set("commitment", Commitment(code, salt))
        .Set("algo", "WM-LSB")
        .Set("recipient_system", ledger::ToHex(test.net.Identity("jt-app")));
  }
  Outcome Register(std::string_view code, const std::string& salt, std::string_view batch) {
    return test.net.Do("watermark.register", kGa, {System("ga-gw")},
                       RegisterBody(code, salt, batch));
  }
  Outcome Trace(const EntityId& id, std::string_view code, const std::string& salt,
                std::string_view who = kDb, const std::string& key = "db-c1") {
    Json opening = Ref("watermark", id);
    opening.Set("code", code).Set("salt", salt);
    Json openings = Json::MakeArray();
    openings.Push(std::move(opening));
    Json body = Ref("leak", leak);
    body.Set("openings", std::move(openings));
    return test.net.Do("leak.trace", who, {Maker(key)}, body);
  }

  TestCase test;
  EntityId watermark;
  EntityId leak;
};

TEST_F(Leak, IsTracedByOpeningTheCommitment) {
  EXPECT_EQ(Trace(watermark, "W-1", Hash('b')).code, Code::kOpeningInvalid);
  EXPECT_EQ(Trace(watermark, "W-2", Hash('a')).code, Code::kOpeningInvalid);
  EXPECT_EQ(test.net.Status(leak), "REPORTED");
  const Outcome traced = Trace(watermark, "W-1", Hash('a'));
  ASSERT_TRUE(traced.Accepted()) << CodeName(traced.code);
  EXPECT_EQ(test.net.Status(leak), "TRACED");
  const Json terms = test.net.Body(leak).Terms();
  ASSERT_EQ(terms.ItemsOf("hits").size(), 1U);
  const Json& hit = terms.ItemsOf("hits")[0];
  EXPECT_EQ(hit.TextOr("batch_id"), "B-1");
  EXPECT_EQ(hit.TextOr("grant"), ledger::ToHex(test.grant));
  EXPECT_EQ(hit.TextOr("consumer"), kJt);
  EXPECT_EQ(hit.TextOr("system"), ledger::ToHex(test.net.Identity("jt-app")));
  EXPECT_EQ(hit.IntegerOr("time"), test.net.Body(watermark).born_at);
  ASSERT_EQ(hit.ItemsOf("holders").size(), 1U);
  EXPECT_EQ(hit.ItemsOf("holders")[0].TextOr("department"), kJt);
  EXPECT_EQ(hit.ItemsOf("holders")[0].TextOr("through"), "DELIVERY");
}

// jt has made D1 of it, on which sw has a grant.
TEST(LeakOfDerived, TheTraceNamesEveryoneWhoMayHaveIt) {
  LineageCase test;
  test.ReachDerived();
  Json mark = Ref("grant", test.grant);
  mark.Set("batch_id", "B-1").Set("commitment", Commitment("W-1", Hash('a'))).Set("algo", "WM-LSB");
  mark.Set("recipient_system", ledger::ToHex(test.net.Identity("jt-app")));
  const Outcome marked = test.net.Do("watermark.register", kGa, {System("ga-gw")}, mark);
  Json report = Json::MakeObject({{"found_at", test.net.Time()},
                                  {"place_code", "PUBLIC_DRIVE"},
                                  {"sample_digest", Hash('5')}});
  const Outcome reported = test.net.Do("leak.report", kGa, {Maker("ga-c1")}, report);
  const EntityId leak = reported.Born(ledger::EntityKind::kLeak);
  Json opening = Ref("watermark", marked.Born(ledger::EntityKind::kWatermark));
  opening.Set("code", "W-1").Set("salt", Hash('a'));
  Json openings = Json::MakeArray();
  openings.Push(std::move(opening));
  Json body = Ref("leak", leak);
  body.Set("openings", std::move(openings));
  ASSERT_TRUE(test.net.Do("leak.trace", kDb, {Maker("db-c1")}, body).Accepted());
  const Json terms = test.net.Body(leak).Terms();
  ASSERT_EQ(terms.ItemsOf("hits").size(), 1U);
  std::string holders;
  for (const Json& one : terms.ItemsOf("hits")[0].ItemsOf("holders")) {
    holders.append(one.TextOr("department")).append(" ").append(one.TextOr("through")).append(";");
  }
  EXPECT_EQ(holders, std::string(kJt) + " DELIVERY;" + std::string(kSw) + " DERIVED;");
}

// Who is left off a list that is full is told to be.
TEST_F(Leak, AListOfHoldersThatIsNotWholeSaysSo) {
  const auto hit = [this] {
    EXPECT_TRUE(Trace(watermark, "W-1", Hash('a')).Accepted());
    return Json(test.net.Body(leak).Terms().ItemsOf("hits")[0]);
  };
  const auto pass_on = [this](int count) {
    test.net.WriteState([&](BlockState& state) {
      for (int n = 0; n < count; ++n) {
        NoteRecipient(state, test.grant, std::to_string(119901000990020000 + n));
      }
    });
  };
  const TestNet before = test.net;
  pass_on(62);
  const Json whole = hit();
  EXPECT_EQ(whole.ItemsOf("holders").size(), 63U);
  EXPECT_EQ(whole.Find("more_holders"), nullptr);
  test.net = before;
  pass_on(70);
  const Json cut = hit();
  EXPECT_EQ(cut.ItemsOf("holders").size(), 64U);
  EXPECT_TRUE(cut.BoolOr("more_holders"));
}

// A consumer that makes many things of what it has hides no holder behind the first of them.
TEST_F(Leak, WhoeverHoldsTheFortiethThingMadeOfItIsListed) {
  test.net.WriteState([&](BlockState& state) {
    for (std::uint16_t n = 0; n < 40; ++n) {
      Derivation derivation;
      derivation.resource = ledger::BornId(ledger::EntityKind::kResource, ledger::TxId(), n);
      derivation.version = 1;
      derivation.inputs.push_back(
          {.resource = test.resource, .version = 1, .grant = test.grant, .items = {"plate"}});
      ledger::EntityBody made;
      made.kind = ledger::EntityKind::kResource;
      made.status = To(ledger::ResourceStatus::kPublished);
      made.parties["provider"] = kJt;
      state.Create(derivation.resource, std::move(made));
      if (n == 39) {
        ledger::EntityBody held;
        held.kind = ledger::EntityKind::kGrant;
        held.status = To(ledger::GrantStatus::kActive);
        held.parties["consumer"] = kSw;
        const EntityId below = ledger::BornId(ledger::EntityKind::kGrant, ledger::TxId(), n);
        state.Create(below, std::move(held));
        NoteGrant(state, derivation.resource, below);
      }
      RecordEdges(state, ledger::BornId(ledger::EntityKind::kDerivation, ledger::TxId(), n),
                  derivation);
    }
  });
  ASSERT_TRUE(Trace(watermark, "W-1", Hash('a')).Accepted());
  const Json hit = test.net.Body(leak).Terms().ItemsOf("hits")[0];
  ASSERT_EQ(hit.ItemsOf("holders").size(), 2U);
  EXPECT_EQ(hit.ItemsOf("holders")[1].TextOr("department"), kSw);
}

// Q12: whom else the delivery has reached, and who answers for it.
TEST_F(Leak, TheTraceNamesTheOtherHolders) {
  const auto holders = [this](const Outcome& traced) {
    EXPECT_TRUE(traced.Accepted()) << CodeName(traced.code);
    const Json terms = test.net.Body(leak).Terms();
    std::string names;
    for (const Json& one : terms.ItemsOf("hits")[0].ItemsOf("holders")) {
      names.append(one.TextOr("department")).append(" ").append(one.TextOr("through")).append(";");
    }
    return names;
  };
  TestNet before = test.net;
  EXPECT_EQ(holders(Trace(watermark, "W-1", Hash('a'))), std::string(kJt) + " DELIVERY;");
  test.net = before;
  Json passed_on = Ref("grant", test.grant);
  passed_on.Set("recipient", kSw).Set("items", Texts({"plate"})).Set("rows", 1);
  passed_on.Set("occurred_at", test.net.Time());
  ASSERT_TRUE(test.net.Do("third_party.report", kJt, {Maker("jt-c1")}, passed_on).Accepted());
  Json assign = Ref("case", test.grant);
  assign.Set("handler", ledger::ToHex(test.net.Identity("jt-c2")));
  ASSERT_TRUE(test.net.Do("case.assign", kJt, {Head("jt-h1")}, assign).Accepted());
  EXPECT_EQ(holders(Trace(watermark, "W-1", Hash('a'))),
            std::string(kJt) + " DELIVERY;" + std::string(kSw) + " THIRD_PARTY;");
  const Json terms = test.net.Body(leak).Terms();
  const Json& hit = terms.ItemsOf("hits")[0];
  EXPECT_EQ(hit.TextOr("officer"), ledger::ToHex(test.net.Identity("jt-c2")));
  EXPECT_EQ(hit.TextOr("resource"), ledger::ToHex(test.resource));
}

TEST_F(Leak, SeveralHitsAreACollusionSet) {
  const Outcome second = Register("W-2", Hash('b'), "B-2");
  ASSERT_TRUE(second.Accepted());
  ASSERT_TRUE(Trace(watermark, "W-1", Hash('a')).Accepted());
  const EntityId other = second.Born(ledger::EntityKind::kWatermark);
  ASSERT_TRUE(Trace(other, "W-2", Hash('b'), kSj, "sj-c1").Accepted());
  ASSERT_TRUE(Trace(other, "W-2", Hash('b')).Accepted());  // said again
  EXPECT_EQ(test.net.Body(leak).Terms().ItemsOf("hits").size(), 2U);
  EXPECT_EQ(test.net.Body(leak).acts.back().note, "2 hits");
}

TEST_F(Leak, IsTracedByAuditorOrManager) {
  EXPECT_EQ(Trace(watermark, "W-1", Hash('a'), kGa, "ga-c1").code, Code::kRoleDenied);
  EXPECT_TRUE(Trace(watermark, "W-1", Hash('a'), kSj, "sj-c1").Accepted());
}

TEST_F(Leak, IsReportedBySecurityOrTheAuditor) {
  const Json body = Json::MakeObject({{"found_at", test.net.Time()}, {"sample_digest", Hash('5')}});
  EXPECT_EQ(test.net.Do("leak.report", kSw, {Maker("sw-c2")}, body).code, Code::kRoleDenied);
  const Outcome bare = test.net.Do("leak.report", kSj, {Maker("sj-c1")}, body);
  ASSERT_TRUE(bare.Accepted());
  EXPECT_TRUE(bare.Has(Flag::kFieldMissing));
}

TEST_F(Leak, AWatermarkIsTheProvidersAndUnique) {
  EXPECT_EQ(Register("W-1", Hash('a'), "B-9").code, Code::kDuplicate);
  EXPECT_EQ(
      test.net
          .Do("watermark.register", kJt, {System("jt-gw")}, RegisterBody("W-3", Hash('c'), "B-3"))
          .code,
      Code::kRoleDenied);
  Json nowhere = RegisterBody("W-3", Hash('c'), "B-3");
  nowhere.Remove("batch_id");
  const Outcome flagged = test.net.Do("watermark.register", kGa, {Maker("ga-c1")}, nowhere);
  ASSERT_TRUE(flagged.Accepted());
  EXPECT_TRUE(flagged.Has(Flag::kFieldMissing));
}

class Supervision : public ::testing::Test {
 protected:
  Outcome Complain(std::string_view target = kGa) {
    return test.net.Do(
        "complaint.file", kJt, {Maker("jt-c1")},
        Json::MakeObject(
            {{"target", target}, {"case_commitment", Hash('1')}, {"subject_code", "WRONG_DATA"}}));
  }
  Json InspectBody() {
    return Json::MakeObject({{"target", kJt},
                             {"grants", Texts({ledger::ToHex(test.grant)})},
                             {"scope_digest", Hash('2')},
                             {"term", test.net.Time() + 5 * kDayMs}});
  }
  Outcome Inspect(Json body, std::string_view who = kGa, const std::string& key = "ga-c1") {
    return test.net.Do("inspection.request", who, {Maker(key)}, std::move(body));
  }

  TestCase test;
};

TEST_F(Supervision, AComplaintIsAnsweredByTheDepartmentAddressed) {
  test.net.AdvanceTo(20260310);
  const Outcome filed = Complain();
  ASSERT_TRUE(filed.Accepted()) << CodeName(filed.code);
  const EntityId complaint = filed.Born(ledger::EntityKind::kComplaint);
  EXPECT_EQ(ClockOn(test.net, complaint, "D31").department, kGa);
  EXPECT_EQ(DueDay(test.net, complaint, "D31"), 20260331);
  Json answer = Ref("complaint", complaint);
  answer.Set("answer_digest", Hash('3'));
  const auto reply = [&](std::string_view who, const std::string& alias) {
    return test.net.Do("complaint.answer", who, {Maker(alias + "-c1"), Head(alias + "-h1")},
                       answer);
  };
  EXPECT_EQ(reply(kJt, "jt").code, Code::kRoleDenied);
  EXPECT_EQ(reply(kGa, "ga").flags, 0U);
  EXPECT_EQ(test.net.Status(complaint), "ANSWERED");
  EXPECT_EQ(reply(kGa, "ga").code, Code::kBadState);
  EXPECT_EQ(Complain("11990100099009991A").code, Code::kUnknownRef);
}

TEST_F(Supervision, AnAnswerMayBeLate) {
  const EntityId complaint = Complain().Born(ledger::EntityKind::kComplaint);
  test.net.AdvanceTo(20260401);
  Json answer = Ref("complaint", complaint);
  answer.Set("answer_digest", Hash('3'));
  EXPECT_TRUE(test.net.Do("complaint.answer", kGa, {Maker("ga-c1"), Head("ga-h1")}, answer)
                  .Has(Flag::kLate));
}

TEST_F(Supervision, ProviderAndManagerInspectGrantsTheConsumerHolds) {
  test.ReachGrant();
  EXPECT_EQ(Inspect(InspectBody(), kSw, "sw-c1").code, Code::kNotInvolved);
  Json other = InspectBody();
  other.Set("target", kSw);
  EXPECT_EQ(Inspect(other).code, Code::kNotInvolved);
  Json past = InspectBody();
  past.Set("term", test.net.Time() - 1);
  EXPECT_EQ(Inspect(past).code, Code::kFieldInvalid);
  EXPECT_TRUE(Inspect(InspectBody(), kDb, "db-c1").Accepted());
  const Outcome asked = Inspect(InspectBody());
  ASSERT_TRUE(asked.Accepted()) << CodeName(asked.code);
  const EntityId inspection = asked.Born(ledger::EntityKind::kInspection);
  EXPECT_EQ(ClockOn(test.net, inspection, "D12").department, kJt);
  Json answer = Ref("inspection", inspection);
  answer.Set("answer_digest", Hash('3'));
  EXPECT_EQ(test.net.Do("inspection.answer", kGa, {Maker("ga-c1")}, answer).code,
            Code::kRoleDenied);
  test.net.Advance(6 * kDayMs);
  const Outcome late = test.net.Do("inspection.answer", kJt, {Maker("jt-c1")}, answer);
  ASSERT_TRUE(late.Accepted());
  EXPECT_TRUE(late.Has(Flag::kLate));
  EXPECT_EQ(test.net.Status(inspection), "ANSWERED");
}

TEST_F(Supervision, ASanctionIsNotedOnTheDepartment) {
  const Json body =
      Json::MakeObject({{"target", kJt}, {"ground", "ART_40"}, {"sanction_digest", Hash('1')}});
  EXPECT_EQ(test.net.Do("sanction.note", kGa, {Head("ga-h1")}, body).code, Code::kRoleDenied);
  const Outcome noted = test.net.Do("sanction.note", kDb, {Head("db-h1")}, body);
  ASSERT_TRUE(noted.Accepted()) << CodeName(noted.code);
  EXPECT_EQ(noted.flags, 0U);
  const EntityId department = ledger::DepartmentEntity(kJt);
  EXPECT_EQ(test.net.Body(department).acts.back().op, "sanction.note");
  EXPECT_TRUE(std::ranges::any_of(
      noted.stub.touched, [&](const ledger::Touch& touch) { return touch.entity == department; }));
  Json unknown = body;
  unknown.Set("target", "11990100099009991A");
  EXPECT_EQ(test.net.Do("sanction.note", kZf, {Head("zf-h1")}, unknown).code, Code::kUnknownRef);
}

TEST_F(Supervision, ANoticeIsAnEventOfTheNetworkAndOfThoseConcerned) {
  const Json body = Json::MakeObject({{"notice_no", "临数通〔2026〕3号"},
                                      {"notice_digest", Hash('1')},
                                      {"departments", Texts({kJt})}});
  const Outcome noted = test.net.Do("notice.publish", kZf, {Head("zf-h1")}, body);
  ASSERT_TRUE(noted.Accepted()) << CodeName(noted.code);
  std::map<EntityId, std::uint32_t> touched;
  for (const ledger::Touch& touch : noted.stub.touched) touched[touch.entity] = touch.roles;
  EXPECT_TRUE(touched.contains(ledger::NetworkEntity()));
  EXPECT_TRUE(touched.contains(ledger::DepartmentEntity(kJt)));
  EXPECT_EQ(test.net.Do("notice.publish", kGa, {Head("ga-h1")}, body).code, Code::kRoleDenied);
}

}  // namespace
}  // namespace jiandu::contracts::testing
