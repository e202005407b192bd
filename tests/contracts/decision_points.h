// A state for every point of the decision on a request, reached by transactions, and the
// transaction of the point, put to the engine without keeping what it writes.
#pragma once

#include "tests/contracts/decision_clauses.h"
#include "tests/contracts/decision_network.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing::decision {

inline std::string_view CodeOf(std::string_view alias) {
  if (alias == "sdb" || alias == "st") return alias == "st" ? kSt : kSdb;
  return alias == "db" ? kDb : alias == "ga" ? kGa : alias == "jt" ? kJt : kSw;
}
inline std::vector<Signing> Officers(const std::string& alias) {
  return {Maker(alias + "-c1"), Head(alias + "-h1")};
}

// The case of a point, as far as its state goes.
class Scene {
 public:
  explicit Scene(const Point& point)
      : test_(ProfileOf(point.law), Json::MakeObject(), AboveOf(point.above, point.kind)),
        point_(point),
        manager_(point.kind == kReturnFlow ? "sdb" : "db"),
        below_(point.kind == kReturnFlow ? "st" : "ga"),
        provider_(point.side == kIsProvider ? manager_ : below_),
        consumer_(point.side == kIsConsumer ? manager_ : "jt") {
    Publish();
    Submit();
    if (point_.returned == kYes) {
      Return();
      if (point_.stage != kReturned) Resubmit();
    }
    Reach();
    Happen();
    PassTime();
  }

  struct Answered {
    Code code;
    std::uint64_t flags;
    std::string status;
  };
  [[nodiscard]] Answered Ask(const Point& point) {
    return Ask(point, "decision.submit", BodyOf(point));
  }
  [[nodiscard]] Answered AskToSubstitute(const Point& point) {
    Json body = Ref("request", test_.request);
    SetTerms(body, point);
    return Ask(point, "decision.substitute", std::move(body));
  }

 private:
  [[nodiscard]] Answered Ask(const Point& point, std::string_view op, Json body) {
    const std::string sender = SenderOf(point);
    std::vector<Signing> signings = {Maker(sender + "-c1")};
    if (point.signing == kBoth) signings.push_back(Head(sender + "-h1"));
    for (const std::string& peer : PeersOf(point)) signings.push_back(testing::Peer(peer));
    const BlockContext context{.chain = std::string(kChain),
                               .height = test_.net.Height() + 1,
                               .time = test_.net.Time(),
                               .log_size = 1000};
    const auto transaction = test_.net.Make(op, CodeOf(sender), signings, std::move(body));
    const std::vector<TransactionPtr> transactions = {transaction};
    const BlockOutcome outcome = ApplyBlock(test_.net.View(), context, transactions);
    const auto written = outcome.writes.Find(ledger::BodyKey(test_.request));
    std::uint32_t status = test_.net.Body(test_.request).status;
    if (written && *written) status = ledger::EntityBody::Decode(**written)->status;
    return {static_cast<Code>(outcome.codes.at(0)), outcome.stubs.at(0).flags,
            std::string(ledger::StatusName(ledger::EntityKind::kRequest, status))};
  }
  void Expect(const Outcome& outcome, std::string_view what) const {
    EXPECT_TRUE(outcome.Accepted()) << what << ": " << CodeName(outcome.code);
  }
  void Publish() {
    Json content =
        point_.share_class == kUnconditional ? Content("UNCONDITIONAL", "G1") : Content();
    content.Set("share_conditions", Texts({"LAW_ENFORCEMENT", "SUPERVISION"}));
    const std::string_view code = CodeOf(provider_);
    const Outcome draft = test_.net.Do("resource.draft", code, {Maker(provider_ + "-c1")},
                                       Json::MakeObject({{"content", content}}));
    Expect(draft, "draft");
    test_.resource = draft.Born(ledger::EntityKind::kResource);
    Json body = Ref("resource", test_.resource);
    body.Set("content", content);
    Expect(test_.net.Do("resource.submit", code,
                        {Maker(provider_ + "-c1"), Head(provider_ + "-l1")}, body),
           "submit");
    ReviewAndPublish();
  }
  void ReviewAndPublish() {
    Json body = Ref("resource", test_.resource);
    Json review = body;
    review.Set("verdict", "OK");
    Expect(test_.net.Do("resource.review", CodeOf(manager_), Officers(manager_), review), "review");
    Expect(test_.net.Do("resource.publish", CodeOf(manager_), Officers(manager_), body), "publish");
  }
  [[nodiscard]] Json Application() {
    Json body =
        test_.RequestBody(point_.share_class == kUnconditional ? "UNCONDITIONAL" : "CONDITIONAL");
    Json systems = Json::MakeArray();
    systems.Push(
        Json::MakeObject({{"system", ledger::ToHex(test_.net.Identity(consumer_ + "-app"))},
                          {"cidrs", Texts({"10.20.3.0/24"})}}));
    if (point_.kind == kReturnFlow) body.Set("kind", "RETURN_FLOW").Set("territory", "990100");
    return body.Set("systems", std::move(systems));
  }
  void Submit() {
    const Outcome outcome =
        test_.net.Do("request.submit", CodeOf(consumer_), Officers(consumer_), Application());
    Expect(outcome, "request");
    test_.request = outcome.Born(ledger::EntityKind::kRequest);
  }
  [[nodiscard]] std::string First() const { return point_.chain == kM ? manager_ : provider_; }
  void Return() {
    Json body = Ref("request", test_.request);
    body.Set("missing", Texts({"REPORT"}));
    Expect(test_.net.Do("request.return", CodeOf(First()), {Maker(First() + "-c1")}, body),
           "return");
  }
  void Resubmit() {
    Json answers = Json::MakeArray();
    answers.Push(Json::MakeObject({{"code", "REPORT"}, {"digest", Hash('1')}}));
    Json body = Ref("request", test_.request);
    body.Set("answers", std::move(answers));
    Expect(test_.net.Do("request.resubmit", CodeOf(consumer_), Officers(consumer_), body),
           "resubmit");
  }
  // Who stands beside a manager that is a side.
  [[nodiscard]] Signing Beside() const {
    return testing::Peer(point_.above == kSomebody ? "zf-h1" : "sj-h1");
  }
  void Decide(const std::string& who, std::string_view verdict, bool as_manager) {
    Json body = test_.DecisionBody(verdict);
    body.Set("reason_code", "LAW").Set("reason_digest", Hash('1'));
    std::vector<Signing> signings = Officers(who);
    if (as_manager && point_.side != kNoSide) {
      signings.push_back(Beside());
      const bool above = point_.above == kSomebody;
      if (!above && point_.side == kIsConsumer) signings.push_back(testing::Peer(below_ + "-h1"));
    }
    Expect(test_.net.Do("decision.submit", CodeOf(who), signings, body), verdict);
  }
  void Reach() {
    const bool by_manager = point_.chain == kM;
    switch (point_.stage) {
      case kStepM:
        if (point_.chain == kPM) Decide(provider_, "APPROVE", false);
        break;
      case kOffered: Decide(First(), "NARROW", by_manager); break;
      case kRefused: Decide(First(), "REFUSE", by_manager); break;
      case kApproved:
        Decide(First(), "APPROVE", by_manager);
        if (point_.chain == kPM) Decide(manager_, "APPROVE", true);
        break;
      case kWithdrawn:
        Expect(test_.net.Do("request.withdraw", CodeOf(consumer_), Officers(consumer_),
                            Ref("request", test_.request)),
               "withdraw");
        break;
      default: break;  // submitted, or returned already
    }
  }
  void Happen() {
    Json body = Ref("resource", test_.resource);
    const std::string_view code = CodeOf(provider_);
    if (point_.since == kSuspended) {
      body.Set("ground", "QUALITY").Set("reason_digest", Hash('1'));
      body.Set("until", test_.net.Time() + 3 * kDayMs);
      Expect(test_.net.Do("resource.suspend", code, {Head(provider_ + "-h1")}, body), "suspend");
    }
    if (point_.since == kReclassed) {  // another class, by law
      const bool was = point_.share_class == kUnconditional;
      Json content = was ? Content("CONDITIONAL", "G1") : Content("UNCONDITIONAL");
      content.Set("share_conditions", Texts({"LAW_ENFORCEMENT", "SUPERVISION"}));
      body.Set("content", std::move(content));
      body.Set("reason", "LAW_CHANGE").Set("reason_digest", Hash('1')).Set("event_date", 20260302);
      Expect(test_.net.Do("resource.amend", code,
                          {Maker(provider_ + "-c1"), Head(provider_ + "-l1")}, body),
             "amend");
      ReviewAndPublish();
    }
    if (point_.since == kRightsOff) {
      const bool manager = consumer_ == "db";
      Json off = Json::MakeObject({{"department", CodeOf(consumer_)},
                                   {"reason_code", "MISUSE"},
                                   {"reason_digest", Hash('1')}});
      Expect(
          test_.net.Do(
              "department.suspend", manager ? kZf : kDb,
              {Head(manager ? "zf-h1" : "db-h1"), testing::Peer(manager ? "sj-h1" : "zf-h1")}, off),
          "rights off");
    }
  }
  void PassTime() {
    if (point_.clock == kLate) return test_.net.AdvanceTo(20260601);
    if (point_.clock != kExtended) return;
    const bool quick = point_.share_class == kUnconditional && point_.kind == kNormal;
    Json body = Json::MakeObject({{"case", ledger::ToHex(test_.request)},
                                  {"code", quick ? "D03" : "D04"},
                                  {"days", 5},
                                  {"reason_digest", Hash('1')}});
    Expect(test_.net.Do("extension.ask", CodeOf(provider_), Officers(provider_), body), "ask");
    body.Remove("reason_digest");
    std::vector<Signing> signings = {Head(manager_ + "-h1")};
    if (point_.side == kIsProvider) signings.push_back(Beside());
    Expect(test_.net.Do("extension.consent", CodeOf(manager_), signings, body), "consent");
    test_.net.AdvanceTo(quick ? 20260305 : 20260318);  // due 03-03 and 03-16 without it
  }

  [[nodiscard]] std::string SenderOf(const Point& point) const {
    switch (point.sender) {
      case kProvider: return provider_;
      case kManager: return manager_;
      case kConsumer: return consumer_;
      default: return "sw";
    }
  }
  [[nodiscard]] std::vector<std::string> PeersOf(const Point& point) const {
    switch (point.peer) {
      case kGovernment: return {"zf-h1"};
      case kAuditor: return {"sj-h1"};
      case kAuditorAndProvider: return {"sj-h1", below_ + "-h1"};
      default: return {};
    }
  }
  [[nodiscard]] Json BodyOf(const Point& point) const {
    Json body = test_.DecisionBody(point.verdict == kApprove  ? "APPROVE"
                                   : point.verdict == kNarrow ? "NARROW"
                                                              : "REFUSE");
    if (point.reason != kNone) {
      body.Set("reason_code", point.reason == kLaw        ? "LAW"
                              : point.reason == kWorkload ? "WORKLOAD"
                                                          : "INCOMPLETE_MATERIALS");
      body.Set("reason_digest", Hash('1'));
    }
    SetTerms(body, point);
    return body;
  }
  static void SetTerms(Json& body, const Point& point) {
    if (point.terms == kListed || point.terms == kExtra) {
      const std::string_view condition = point.terms == kListed ? "LAW_ENFORCEMENT" : "PAY_A_FEE";
      body.Set("terms", Json::MakeObject({{"condition_codes", Texts({condition})}}));
    }
    if (point.terms == kNotAsked) {
      body.Set("terms", Json::MakeObject({{"items", Texts({"plate", "citizen_no"})}}));
    }
  }

  TestCase test_;
  Point point_;
  std::string manager_;
  std::string below_;  // a department of the manager's jurisdiction that has the data
  std::string provider_;
  std::string consumer_;
};

}  // namespace jiandu::contracts::testing::decision
