// What a compromised key has signed is found by the key and the time, whatever else was signed
// (4.1 DP6; 809 Art. 27(3)).
#include "contracts/compromise_index.h"

#include "contracts/event_flags.h"
#include "contracts/parts.h"
#include "tests/support/compromise_case.h"

namespace jiandu::contracts::testing {
namespace {

class CompromiseIndex : public CompromiseCase {
 protected:
  Code Retire() {
    return test.net
        .Do("resource.retire", kGa, {Head("ga-l1"), Peer("db-h1")}, Ref("resource", test.resource))
        .code;
  }
  // Corrections filed and answered, in a few blocks.
  std::vector<EntityId> Settle(std::size_t count, const std::string& maker = "ga-c1") {
    std::vector<EntityId> filed;
    std::vector<TransactionPtr> filings;
    for (std::size_t n = 0; n < count; ++n) {
      Json filing = Ref("resource", test.resource);
      filing.Set("version_seen", 0).Set("item_ids", Texts({"status"})).Set("kind", "WRONG");
      filing.Set("observed_digest", Hash('1')).Set("evidence_digest", Hash('2'));
      filings.push_back(test.net.Make("correction.file", kJt, {Maker("jt-c1")}, filing));
    }
    for (const BlockOutcome::Listing& birth : test.net.Block(filings).births) {
      if (ledger::KindOf(birth.id) == ledger::EntityKind::kCorrection) filed.push_back(birth.id);
    }
    EXPECT_EQ(filed.size(), count);
    std::vector<TransactionPtr> answers;
    for (const EntityId& id : filed) {
      Json body = Ref("correction", id);
      body.Set("verdict", "NOT_WRONG").Set("reason_code", "LAW").Set("reason_digest", Hash('3'));
      body.Set("evidence_digest", Hash('4'));
      answers.push_back(
          test.net.Make("correction.resolve", kGa, {Maker(maker), Head("ga-h1")}, body));
    }
    for (const std::uint32_t code : test.net.Block(answers).codes) EXPECT_EQ(code, 0U);
    for (const TransactionPtr& answer : answers) {
      acts.push_back(HexEncode(answer->txid.View()));
    }
    return filed;
  }
  [[nodiscard]] std::size_t Rows() const {
    std::size_t rows = 0;
    test.net.View().Scan(MarkedKey(test.resource, "Y"), {}, [&](ByteView, ByteView) {
      ++rows;
      return true;
    });
    return rows;
  }
  std::vector<std::string> acts;
};

// However much has been settled lately, a resource is retired when nothing is open.
TEST_F(CompromiseIndex, ManySettledCasesHinderNobody) {
  test.PublishResource();
  test.net.AdvanceTo(20260319);
  (void)Settle(1100, "ga-c2");
  TestNet before = test.net;
  EXPECT_EQ(Retire(), Code::kAccepted);
  test.net = before;
  LoseKey("db-c1");  // it signed nothing of them
  EXPECT_EQ(Retire(), Code::kAccepted);
}

// All of them are found, however many stand in doubt, until the last is confirmed.
TEST_F(CompromiseIndex, EveryCaseInDoubtIsFound) {
  test.PublishResource();
  test.net.AdvanceTo(20260319);
  (void)Settle(70, "ga-c2");
  test.net.AdvanceTo(20260320);
  acts.clear();
  const std::vector<EntityId> doubtful = Settle(70);
  LoseKey();
  ASSERT_EQ(acts.size(), doubtful.size());
  for (std::size_t n = 0; n < doubtful.size(); ++n) {
    ASSERT_EQ(Retire(), Code::kOpenCases) << n;
    const Json body = Ref("case", doubtful[n]).Set("act", acts[n]);
    const Outcome confirmed =
        test.net.Do("identity.reconfirm", kGa, {Maker("ga-c2"), Head("ga-h1")}, body);
    ASSERT_TRUE(confirmed.Accepted()) << CodeName(confirmed.code);
  }
  EXPECT_EQ(Retire(), Code::kAccepted);
}

// What nobody can come to doubt any more makes room, some at a time.
TEST_F(CompromiseIndex, OldRowsAreForgottenAFewAtATime) {
  test.PublishResource();
  test.net.AdvanceTo(20260319);
  (void)Settle(40);
  EXPECT_EQ(Rows(), 80U);  // maker and head of each
  test.net.AdvanceTo(20260410);
  (void)Settle(1);
  EXPECT_EQ(Rows(), 82U);  // within thirty days nothing is
  test.net.AdvanceTo(20260425);
  (void)Settle(1);
  EXPECT_GE(Rows(), 60U);  // bounded in each
  EXPECT_LT(Rows(), 84U);
  for (int n = 0; n < 6; ++n) (void)Settle(1);
  EXPECT_EQ(Rows(), 16U);  // the two of April, and six
}

// Somebody acted on it: whoever acts next has nothing to look at.
TEST_F(CompromiseIndex, ACaseThatIsOpenAgainLeavesNoRow) {
  test.PublishResource();
  test.net.AdvanceTo(20260320, 10);
  correction = Settle(1).front();
  EXPECT_EQ(Rows(), 2U);
  LoseKey();
  test.net.AdvanceTo(20260326);
  ASSERT_TRUE(test.net.Do("correction.accept", kGa, {Maker("ga-c2")}, Ref("correction", correction))
                  .Accepted());
  EXPECT_EQ(Rows(), 0U);
}

// Transactions of other times, and of other departments then, are not read for it.
TEST_F(CompromiseIndex, OnlyEventsOfTheTimeAndTheDepartmentAreRead) {
  test.PublishResource();
  const auto refresh = [this](const std::string& maker, std::int64_t version) {
    Json body = Ref("resource", test.resource);
    body.Set("dataset_version", version).Set("dataset_digest", Hash('1'));
    const Outcome outcome = test.net.Do("resource.refresh", kGa, {Maker(maker)}, body);
    EXPECT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
    return outcome.stub;
  };
  const auto is_read = [this](const ledger::Stub& stub) {
    return MayHaveEventFlags(test.net.View(),
                             {.height = test.net.Height(), .time = test.net.Time()}, stub);
  };
  const ledger::Stub before = refresh("ga-c1", 1);
  test.net.AdvanceTo(20260320, 10);
  const ledger::Stub during = refresh("ga-c1", 2);
  const ledger::Stub sound = refresh("ga-c2", 3);
  FileCorrection();
  const ledger::Stub of_other = test.net.Log().back().stub;
  EXPECT_FALSE(is_read(during));
  LoseKey();
  test.net.AdvanceTo(20260325);
  const ledger::Stub after = refresh("ga-c2", 4);
  EXPECT_FALSE(is_read(before));
  EXPECT_TRUE(is_read(during));
  EXPECT_TRUE(is_read(sound));  // of the department, and of the time: the transaction tells
  EXPECT_FALSE(is_read(of_other));
  EXPECT_FALSE(is_read(after));
}

TEST_F(CompromiseIndex, KeysOfATimeAreListed) {
  LoseKey("db-c1");
  const ledger::TimeMs revoked = test.net.Log().back().stub.time;
  const ledger::TimeMs since = ledger::StartOfDate(20260320) + 9 * kHourMs;
  const auto at = [this](ledger::TimeMs time) {
    return CompromisedIn(test.net.View(), time, time, 10);
  };
  EXPECT_TRUE(at(since - 1).empty());
  ASSERT_EQ(at(since).size(), 1U);
  EXPECT_EQ(at(since)[0].department, kDb);
  EXPECT_EQ(at(since)[0].key, test.net.Who("db-c1").id);
  EXPECT_EQ(at(revoked).size(), 1U);
  EXPECT_TRUE(at(revoked + 1).empty());
  EXPECT_EQ(CompromisedIn(test.net.View(), 0, since, 10).size(), 1U);
  EXPECT_EQ(FirstMisuse(test.net.View()), revoked - kDoubtMs);
  EXPECT_LE(FirstMisuse(test.net.View()), since);
}

}  // namespace
}  // namespace jiandu::contracts::testing
