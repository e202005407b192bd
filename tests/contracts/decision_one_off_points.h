// A consultation in every state it can be in, for the tables of one-off grants: reached by
// transactions; acts are put to the engine without keeping what they write.
#pragma once

#include "tests/contracts/decision_network.h"
#include "tests/contracts/decision_space.h"
#include "tests/support/consultation_fixture.h"

namespace jiandu::contracts::testing::decision {

// Who there is, by its part in the case; the manager where it is a side as well is C or P. Bits of
// a set: who signs.
enum Part : Bits { kC = 1, kProv = 2, kMan = 4, kGov = 8, kAud = 16, kElse = 32 };
// Where the consultation stands.
enum Meeting : Bits {
  kOpen = 1,
  kInSession = 2,
  kAgreed = 4,
  kTurnedDown = 8,
  kTakenBack = 16,
  kLapsed = 32,
  kOpened = 64
};
enum End : Bits { kWithin = 1, kBeyondDecision = 2, kBeyond90Days = 4 };
enum OneCase : Bits { kMatter = 1, kCommitment = 2, kNeither = 4 };

// One point, or the values of a row; 0 is "whatever". `uses`: given in the resolution; at the
// opening, more than the resolution has.
struct OneOff {
  Bits law = 0, side = 0, above = 0, stage = 0, since = 0, clock = 0, sender = 0, signing = 0;
  Bits peer = 0, signers = 0, basis = 0, uses = 0, end = 0, one_case = 0;
};
[[nodiscard]] inline bool Covers(const OneOff& row, const OneOff& point) {
  constexpr Bits OneOff::* kDimensions[] = {
      &OneOff::law,   &OneOff::side,   &OneOff::above,   &OneOff::stage, &OneOff::since,
      &OneOff::clock, &OneOff::sender, &OneOff::signing, &OneOff::peer,  &OneOff::basis,
      &OneOff::uses,  &OneOff::end,    &OneOff::one_case};
  return std::ranges::all_of(kDimensions, [&](Bits OneOff::* one) {
    return row.*one == 0 || (row.*one & point.*one) != 0;
  });
}
[[nodiscard]] inline std::string Describe(const OneOff& p) {
  std::string text;
  const auto add = [&text](const char* name, Bits value) {
    text += std::string(" ") + name + "=" + std::to_string(value);
  };
  add("law", p.law), add("side", p.side), add("above", p.above), add("stage", p.stage);
  add("since", p.since), add("clock", p.clock), add("sender", p.sender), add("signing", p.signing);
  add("peer", p.peer), add("signers", p.signers), add("basis", p.basis), add("uses", p.uses);
  add("end", p.end), add("case", p.one_case);
  return text;
}

class Consulted {
 public:
  explicit Consulted(const OneOff& point)
      : test_(ProfileOf(point.law), Json::MakeObject(), AboveOf(point.above)),
        point_(point),
        provider_(point.side == kIsProvider ? "db" : "ga"),
        consumer_(point.side == kIsConsumer ? "db" : "jt") {
    Publish();
    Open();
    Reach();
    if (point_.since == kReclassed) Reclass();
    if (point_.clock == kLate) test_.net.AdvanceTo(20260420);
  }

  struct Answered {
    Code code;
    std::uint64_t flags;
    std::string status;
  };
  // consultation.resolve, signed by the heads of `signers`; the one who sends is one of them.
  [[nodiscard]] Answered Resolve(const OneOff& point) {
    std::vector<Signing> signings;
    for (const Bits who : {kC, kProv, kMan, kGov, kAud, kElse}) {
      const std::string name = NameOf(who) + "-h1";
      if (who == point.sender)
        signings.push_back(Head(name));
      else if ((point.signers & who) != 0)
        signings.push_back(testing::Peer(name));
    }
    return Ask("consultation.resolve", CodeOf(point.sender), signings, Resolution(point));
  }
  // grant.open
  [[nodiscard]] Answered OpenGrant(const OneOff& point) {
    const std::string name = NameOf(point.sender);
    std::vector<Signing> signings = {Maker(name + "-c1")};
    if (point.signing == kBoth) signings.push_back(Head(name + "-h1"));
    if (point.peer == kGovernment) signings.push_back(testing::Peer("zf-h1"));
    if (point.peer == kAuditor) signings.push_back(testing::Peer("sj-h1"));
    Json body = test_.OneOffBody();
    body.Set("valid_to", point.end == kWithin ? 20260430 : 20260501);
    if (point.uses == kYes) body.Set("uses_max", 201);
    if (point.one_case == kCommitment) body.Set("case_commitment", Hash('e'));
    return Ask("grant.open", CodeOf(point.sender), signings, std::move(body));
  }

 private:
  [[nodiscard]] std::string NameOf(Bits who) const {
    switch (who) {
      case kC: return consumer_;
      case kProv: return provider_;
      case kMan: return "db";
      case kGov: return "zf";
      case kAud: return "sj";
      default: return "sw";
    }
  }
  [[nodiscard]] std::string_view CodeOf(Bits who) const {
    const std::string name = NameOf(who);
    if (name == "zf" || name == "sj") return name == "zf" ? kZf : kSj;
    return name == "db" ? kDb : name == "ga" ? kGa : name == "jt" ? kJt : kSw;
  }
  static std::vector<Signing> Two(const std::string& name) {
    return {Maker(name + "-c1"), Head(name + "-h1")};
  }
  void Expect(const Outcome& outcome, std::string_view what) const {
    EXPECT_TRUE(outcome.Accepted()) << what << ": " << CodeName(outcome.code) << Describe(point_);
  }
  [[nodiscard]] Answered Ask(std::string_view op, std::string_view department,
                             const std::vector<Signing>& signings, Json body) {
    const BlockContext context{.chain = std::string(kChain),
                               .height = test_.net.Height() + 1,
                               .time = test_.net.Time(),
                               .log_size = 1000};
    const std::vector<TransactionPtr> transactions = {
        test_.net.Make(op, department, signings, std::move(body))};
    const BlockOutcome outcome = ApplyBlock(test_.net.View(), context, transactions);
    const auto written = outcome.writes.Find(ledger::BodyKey(test_.consultation));
    std::uint32_t status = test_.net.Body(test_.consultation).status;
    if (written && *written) status = ledger::EntityBody::Decode(**written)->status;
    return {static_cast<Code>(outcome.codes.at(0)), outcome.stubs.at(0).flags,
            std::string(ledger::StatusName(ledger::EntityKind::kConsultation, status))};
  }

  void Submit(std::string_view op, const Json& content, const Json& rest) {
    Json body = Ref("resource", test_.resource);
    for (const Json::Member& member : rest.Members()) body.Set(member.name, member.value);
    body.Set("content", content);
    Expect(
        test_.net.Do(op, CodeOf(kProv), {Maker(provider_ + "-c1"), Head(provider_ + "-l1")}, body),
        op);
    Expect(test_.Review(), "review");
    Expect(test_.Publish(), "publish");
  }
  void Publish() {
    const Json content = ConsultationCase::NotShared();
    const Outcome draft = test_.net.Do("resource.draft", CodeOf(kProv), {Maker(provider_ + "-c1")},
                                       Json::MakeObject({{"content", content}}));
    Expect(draft, "draft");
    test_.resource = draft.Born(ledger::EntityKind::kResource);
    Submit("resource.submit", content, Json::MakeObject());
  }
  // What was not shared is shared on conditions, by law.
  void Reclass() {
    Submit("resource.amend", Content("CONDITIONAL", "G2"),
           Json::MakeObject(
               {{"reason", "LAW_CHANGE"}, {"reason_digest", Hash('1')}, {"event_date", 20260302}}));
  }
  void Open() {
    test_.net.AdvanceTo(20260306);
    Json body = test_.OpenConsultationBody();
    Json systems = Json::MakeArray();
    systems.Push(
        Json::MakeObject({{"system", ledger::ToHex(test_.net.Identity(consumer_ + "-app"))},
                          {"cidrs", Texts({"10.20.3.0/24"})}}));
    body.Set("systems", std::move(systems));
    if (point_.one_case != kMatter) body.Remove("matter_code");
    const Outcome opened =
        test_.net.Do("consultation.open", CodeOf(kC), Two(consumer_), std::move(body));
    Expect(opened, "open");
    test_.consultation = opened.Born(ledger::EntityKind::kConsultation);
  }
  // The seats are those of C, of P, and of M, or of the government where M is one of the others.
  [[nodiscard]] Json Resolution(const OneOff& point) {
    Json body = test_.Resolution();
    const bool side = point_.side != kNoSide;
    body.Set("participants", Texts({CodeOf(kC), CodeOf(kProv), CodeOf(side ? kGov : kMan)}));
    if (point.basis == kNo) body.Remove("legal_basis");
    Json terms = Json::MakeObject({{"valid_to", point.end == kBeyond90Days ? 20260901 : 20260430}});
    if (point.uses != kNo) terms.Set("uses_max", 200);
    return body.Set("terms", std::move(terms));
  }
  void Reach() {
    if (point_.stage == kOpen) return;
    if (point_.stage == kTakenBack) {
      Json body = Ref("consultation", test_.consultation);
      body.Set("reason_code", "NOT_NEEDED");
      Expect(test_.net.Do("consultation.withdraw", CodeOf(kC), {Head(consumer_ + "-h1")}, body),
             "withdraw");
      return;
    }
    if (point_.stage == kTurnedDown) {
      Expect(test_.Refuse(CodeOf(kProv), provider_ + "-h1"), "refuse");
      return;
    }
    test_.net.AdvanceTo(20260310);
    Expect(test_.Convene(), "convene");
    if (point_.stage == kLapsed) test_.net.AdvanceTo(20260415);
    if (point_.stage == kInSession || point_.stage == kLapsed) return;
    test_.net.AdvanceTo(20260311);
    const Bits third = point_.side == kNoSide ? kMan : kGov;
    std::vector<Signing> signings = {Head(consumer_ + "-h1"), testing::Peer(provider_ + "-h1"),
                                     testing::Peer(NameOf(third) + "-h1")};
    Expect(test_.net.Do("consultation.resolve", CodeOf(kC), signings, Resolution({})), "resolve");
    if (point_.stage != kOpened) return;
    const bool by_provider = point_.law == kOrder809;
    signings = Two(by_provider ? provider_ : "db");
    if (point_.side != kNoSide && CodeOf(by_provider ? kProv : kMan) == kDb) {
      signings.push_back(testing::Peer("zf-h1"));
    }
    Json body = test_.OneOffBody();
    body.Set("case_commitment", Hash('e'));
    Expect(test_.net.Do("grant.open", CodeOf(by_provider ? kProv : kMan), signings, body), "grant");
  }

  ConsultationCase test_;
  OneOff point_;
  std::string provider_;
  std::string consumer_;
};

}  // namespace jiandu::contracts::testing::decision
