// Consultations: opening, session, the resolution of three heads, refusal, lapse.
#include "tests/support/consultation_fixture.h"

namespace jiandu::contracts::testing {
namespace {

TEST(Consultation, RunsFromTheOpeningToAnAgreement) {
  ConsultationCase test;
  test.ReachConsultation();
  EXPECT_EQ(test.net.Status(test.consultation), "OPEN");
  EXPECT_EQ(test.Due(test.consultation, "D21"), 20260313);
  for (const std::string_view department : {kJt, kDb, kGa}) {
    EXPECT_EQ(test.Due(test.consultation, "D11", department), 20260327) << department;
  }
  test.net.AdvanceTo(20260310);
  const Outcome convened = test.Convene();
  ASSERT_TRUE(convened.Accepted()) << CodeName(convened.code);
  EXPECT_EQ(convened.flags, 0U);
  EXPECT_EQ(test.net.Status(test.consultation), "IN_SESSION");
  test.net.AdvanceTo(20260325);
  const Outcome agreed = test.Resolve(test.Resolution());
  ASSERT_TRUE(agreed.Accepted()) << CodeName(agreed.code);
  EXPECT_EQ(test.net.Status(test.consultation), "AGREED");
  EXPECT_EQ(test.Due(test.consultation, "D16"), 20260327);
  for (const ledger::Clock& clock : test.net.Body(test.consultation).clocks) {
    EXPECT_EQ(clock.Runs(), clock.code == "D16") << clock.code;
  }
}

TEST(Consultation, OnlyWhatIsNotSharedIsConsultedAbout) {
  ConsultationCase test;
  test.PublishResource(Content("CONDITIONAL", "G2"));
  EXPECT_EQ(test.OpenConsultation(test.OpenConsultationBody()).code, Code::kClassMismatch);
  ConsultationCase stated;
  stated.PublishResource(ConsultationCase::NotShared());
  Json body = stated.OpenConsultationBody();
  body.Set("share_class", "CONDITIONAL");
  EXPECT_EQ(stated.OpenConsultation(body).code, Code::kClassMismatch);
}

TEST(Consultation, WhereProfileAndBasisKnowNoWayItIsFinal) {
  ConsultationCase closed("order809");
  closed.PublishResource(ConsultationCase::NotShared(false));
  EXPECT_EQ(closed.OpenConsultation(closed.OpenConsultationBody()).code, Code::kNotSharedFinal);
  ConsultationCase open("order809");
  open.PublishResource(ConsultationCase::NotShared(true));
  EXPECT_EQ(open.OpenConsultation(open.OpenConsultationBody()).code, Code::kAccepted);
}

TEST(Consultation, AsksForWhatARequestAsks) {
  ConsultationCase test;
  test.PublishResource(ConsultationCase::NotShared());
  const auto code = [&test](std::string_view name, Json value) {
    Json body = test.OpenConsultationBody();
    body.Set(name, std::move(value));
    return test.OpenConsultation(body).code;
  };
  Json items = Json::MakeArray();
  items.Push(Json::MakeObject({{"item_id", "unknown"}, {"need_code", "N1"}}));
  EXPECT_EQ(code("items", items), Code::kItemUnknown);
  EXPECT_EQ(code("measures", Texts({"MFA"})), Code::kSafeguardRequired);
  EXPECT_EQ(code("truth_commitment", false), Code::kFieldInvalid);
  Json bare = test.OpenConsultationBody();
  bare.Remove("legal_opinion_digest");
  EXPECT_EQ(test.OpenConsultation(bare).code, Code::kFieldRequired);
  EXPECT_EQ(test.net
                .Do("consultation.open", kGa, {Maker("ga-c1"), Head("ga-h1")},
                    test.OpenConsultationBody())
                .code,
            Code::kSelfRequest);
}

TEST(Consultation, OneAtATimeAndAnewAfterItLapsed) {
  ConsultationCase test;
  test.ReachConsultation();
  EXPECT_EQ(test.OpenConsultation(test.OpenConsultationBody()).code, Code::kDuplicate);
  test.net.AdvanceTo(20260327, 23);
  EXPECT_EQ(test.Refuse(kSw, "sw-h1").code, Code::kRoleDenied);
  test.net.AdvanceTo(20260328, 0);
  EXPECT_EQ(test.Refuse(kGa, "ga-h1").code, Code::kBadState);
  EXPECT_EQ(test.Convene().code, Code::kFieldInvalid);  // the day of the meeting has passed
  EXPECT_EQ(test.OpenConsultation(test.OpenConsultationBody()).code, Code::kAccepted);
}

TEST(Consultation, TheManagerConvenesAndItsLatenessIsItsOwn) {
  ConsultationCase test;
  test.ReachConsultation();
  EXPECT_EQ(test.net.Do("consultation.convene", kGa, {Maker("ga-c1")}, test.ConveneBody()).code,
            Code::kRoleDenied);
  test.net.AdvanceTo(20260316);
  const Outcome late = test.Convene();
  ASSERT_TRUE(late.Accepted()) << CodeName(late.code);
  EXPECT_EQ(late.flags, ledger::FlagBit(Flag::kLate));
  const ledger::EntityBody body = test.net.Body(test.consultation);
  EXPECT_EQ(body.FindClock("D21")->department, kDb);
  EXPECT_EQ(body.FindClock("D21")->late, 1);
  EXPECT_EQ(test.Convene().code, Code::kBadState);
}

TEST(Consultation, WhoTakesPartMaySpeak) {
  ConsultationCase test;
  test.PublishResource(ConsultationCase::NotShared());
  Json open = test.OpenConsultationBody();
  open.Set("invited", Texts({kSw}));
  ASSERT_TRUE(test.OpenConsultation(open).Accepted());
  Json body = Ref("consultation", test.consultation);
  body.Set("statement_digest", Hash('d')).Set("position", "OBJECT");
  EXPECT_TRUE(test.net.Do("consultation.statement", kSw, {Maker("sw-c1")}, body).Accepted());
  EXPECT_TRUE(test.net.Do("consultation.statement", kGa, {Maker("ga-c1")}, body).Accepted());
  EXPECT_EQ(test.net.Do("consultation.statement", kSj, {Maker("sj-c1")}, body).code,
            Code::kRoleDenied);
  EXPECT_EQ(test.net.Body(test.consultation).acts.back().note, "OBJECT");
  body.Remove("statement_digest");
  EXPECT_EQ(test.net.Do("consultation.statement", kJt, {Maker("jt-c1")}, body).flags,
            ledger::FlagBit(Flag::kFieldMissing));
}

TEST(Consultation, TheResolutionNamesThreeAndAllOfThemSign) {
  ConsultationCase test;
  test.ReachSession();
  const auto code = [&test](const Json& body, const std::vector<Signing>& signers) {
    return test.net.Do("consultation.resolve", kJt, signers, body).code;
  };
  const std::vector<Signing> all = {Head("jt-h1"), Peer("db-h1"), Peer("ga-h1")};
  Json body = test.Resolution();
  body.Set("participants", Texts({kJt, kDb}));
  EXPECT_EQ(code(body, all), Code::kThreeSignaturesRequired);
  body.Set("participants", Texts({kJt, kDb, kSw}));
  EXPECT_EQ(code(body, all), Code::kThreeSignaturesRequired);
  EXPECT_EQ(code(test.Resolution(), {Head("jt-h1"), Peer("db-h1")}),
            Code::kThreeSignaturesRequired);
  EXPECT_EQ(code(test.Resolution(), {Head("jt-h1"), Peer("db-h1"), Peer("sw-h1")}),
            Code::kRoleDenied);
  EXPECT_EQ(code(test.Resolution(), all), Code::kAccepted);
}

TEST(Consultation, TheOthersMaySignLater) {
  ConsultationCase test;
  test.ReachSession();
  Json body = test.Resolution();
  body.Set("await", PeersAwaited({kDb}));
  EXPECT_EQ(test.net.Do("consultation.resolve", kJt, {Head("jt-h1")}, body).code,
            Code::kThreeSignaturesRequired);
  body.Set("await", PeersAwaited({kDb, kGa}));
  const Outcome first = test.net.Do("consultation.resolve", kJt, {Head("jt-h1")}, body);
  ASSERT_TRUE(first.Accepted()) << CodeName(first.code);
  Json cosign = Ref("pending", first.Born(ledger::EntityKind::kPending));
  cosign.Set("digest", HexEncode(test.net.Last()->digest.View()));
  EXPECT_TRUE(test.net.Do("cosign", kDb, {Peer("db-h1")}, cosign).Accepted());
  EXPECT_EQ(test.net.Status(test.consultation), "IN_SESSION");
  EXPECT_EQ(test.net.Do("cosign", kDb, {Peer("db-h1")}, cosign).code, Code::kDuplicate);
  EXPECT_TRUE(test.net.Do("cosign", kGa, {Peer("ga-h1")}, cosign).Accepted());
  EXPECT_EQ(test.net.Status(test.consultation), "AGREED");
}

TEST(Consultation, AResolutionNeedsItsBasisAndTheTermsOfASingleCase) {
  ConsultationCase test;
  test.ReachSession();
  Json body = test.Resolution();
  body.Remove("legal_basis");
  EXPECT_EQ(test.Resolve(body).code, Code::kBasisRequired);
  body = test.Resolution();
  body.Set("terms", Json::MakeObject({{"valid_to", 20260430}}));
  EXPECT_EQ(test.Resolve(body).code, Code::kOneOffTerms);
  body.Set("terms", Json::MakeObject({{"uses_max", 200}, {"valid_to", 20260609}}));
  EXPECT_EQ(test.Resolve(body).code, Code::kOneOffTerms);  // 91 days from 03-10
  body.Set("terms",
           Json::MakeObject(
               {{"uses_max", 200}, {"valid_to", 20260430}, {"items", Texts({"citizen_no"})}}));
  EXPECT_EQ(test.Resolve(body).code, Code::kFieldInvalid);  // nobody asked for it
  body.Set("terms", Json::MakeObject({{"uses_max", 200}, {"valid_to", 20260608}}));
  EXPECT_EQ(test.Resolve(body).code, Code::kAccepted);
}

TEST(Consultation, IsRefusedWithReasonsByAnyOfTheThree) {
  for (const auto& [department, head] :
       {std::pair{kGa, "ga-h1"}, std::pair{kDb, "db-h1"}, std::pair{kJt, "jt-h1"}}) {
    ConsultationCase test;
    test.ReachConsultation();
    EXPECT_EQ(test.net
                  .Do("consultation.refuse", department, {Head(head)},
                      Ref("consultation", test.consultation))
                  .code,
              Code::kReasonRequired);
    EXPECT_TRUE(test.Refuse(department, head).Accepted());
    EXPECT_EQ(test.net.Status(test.consultation), "REFUSED");
    EXPECT_EQ(test.Refuse(department, head).code, Code::kBadState);
  }
}

TEST(Consultation, TheConsumerWithdrawsUntilItIsAgreed) {
  ConsultationCase test;
  test.ReachSession();
  const Json body = Ref("consultation", test.consultation);
  EXPECT_EQ(test.net.Do("consultation.withdraw", kGa, {Head("ga-h1")}, body).code,
            Code::kRoleDenied);
  EXPECT_TRUE(test.net.Do("consultation.withdraw", kJt, {Head("jt-h1")}, body).Accepted());
  EXPECT_EQ(test.net.Status(test.consultation), "WITHDRAWN");
  EXPECT_EQ(test.Resolve(test.Resolution()).code, Code::kBadState);
}

// Where the manager is the consumer, the government takes its seat.
TEST(Consultation, TheGovernmentSitsWhereTheManagerIsASide) {
  ConsultationCase test;
  test.PublishResource(ConsultationCase::NotShared());
  Json systems = Json::MakeArray();
  systems.Push(Json::MakeObject({{"system", ledger::ToHex(test.net.Identity("db-app"))},
                                 {"cidrs", Texts({"10.20.3.0/24"})}}));
  Json open = test.OpenConsultationBody();
  open.Set("systems", systems);
  const Outcome opened =
      test.net.Do("consultation.open", kDb, {Maker("db-c1"), Head("db-h1")}, open);
  ASSERT_TRUE(opened.Accepted()) << CodeName(opened.code);
  test.consultation = opened.Born(ledger::EntityKind::kConsultation);
  ASSERT_TRUE(test.Convene().Accepted());
  Json body = test.Resolution();
  body.Set("participants", Texts({kDb, kGa}));
  const auto code = [&](std::initializer_list<Signing> signers) {
    return test.net.Do("consultation.resolve", kDb, signers, body).code;
  };
  EXPECT_EQ(code({Head("db-h1"), Peer("ga-h1")}), Code::kThreeSignaturesRequired);
  body.Set("participants", Texts({kDb, kGa, kZf}));
  EXPECT_EQ(code({Head("db-h1"), Peer("ga-h1"), Peer("zf-h1")}), Code::kAccepted);
}

}  // namespace
}  // namespace jiandu::contracts::testing
