// What keeps a transaction out of blocks, and what is committed as a rejection instead.
#include "contracts/personal_data.h"
#include "contracts/rejections.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {
namespace {

std::string CodeOf(const std::optional<AdmissionIssue>& issue) {
  return issue ? std::string(issue->code->name) : "";
}

class Admission : public ::testing::Test {
 protected:
  TransactionPtr Draft(Json content) {
    return test.net.Make("resource.draft", kGa, {Maker("ga-c1")},
                         Json::MakeObject({{"content", std::move(content)}}));
  }
  std::string Check(const ledger::Transaction& transaction) {
    return CodeOf(CheckForm(transaction, kChain, test.net.Time()));
  }
  TestCase test;
};

TEST_F(Admission, AProperTransactionPasses) { EXPECT_EQ(Check(*Draft(Content())), ""); }

TEST_F(Admission, ChainAndOpAreKnown) {
  EXPECT_EQ(CodeOf(CheckForm(*Draft(Content()), "other-1", test.net.Time())), "WRONG_CHAIN");
  EXPECT_EQ(Check(*test.net.Make("resource.destroy", kGa, {Maker("ga-c1")}, Json::MakeObject())),
            "MALFORMED");
}

TEST_F(Admission, ExpIsAheadButNotTooFar) {
  ledger::Transaction transaction = *Draft(Content());
  const std::int64_t now = test.net.Time();
  const auto with = [&](std::int64_t exp) {
    transaction.payload.exp = exp;
    return Check(transaction);
  };
  EXPECT_EQ(with(now), "TX_EXPIRED");
  EXPECT_EQ(with(now + 1), "");
  EXPECT_EQ(with(now + kDayMs), "");
  EXPECT_EQ(with(now + kDayMs + 1), "TX_EXPIRED");
  transaction.payload.signers.push_back({});
  EXPECT_EQ(with(now + 7 * kDayMs), "");
  EXPECT_EQ(with(now + 7 * kDayMs + 1), "TX_EXPIRED");
}

TEST_F(Admission, UnknownMembersAndWrongTypesAreMalformed) {
  Json content = Content();
  content.Set("surprise", 1);
  const auto issue = CheckForm(*Draft(content), kChain, test.net.Time());
  EXPECT_EQ(CodeOf(issue), "MALFORMED");
  EXPECT_EQ(issue->pointer, "/body/content/surprise");
  content = Content();
  content.Set("schema_version", "one");
  EXPECT_EQ(Check(*Draft(content)), "MALFORMED");
  content = Content();
  content.Set("items", "none");
  EXPECT_EQ(Check(*Draft(content)), "MALFORMED");
  content = Content();
  content.Set("abstract", std::string(257, 'a'));
  EXPECT_EQ(Check(*Draft(content)), "MALFORMED");
  content.Set("abstract", std::string(256, 'a'));
  EXPECT_EQ(Check(*Draft(content)), "");
}

TEST_F(Admission, PersonalDataInTextNeverEnters) {
  Json content = Content();
  content.Set("abstract", "联系人 13812345678");
  EXPECT_EQ(Check(*Draft(content)), "PERSONAL_DATA_IN_TEXT");
  content = Content();
  Json items = *content.Find("items");
  items.MutableItems()[0].Set("name", "身份证11010519491231002X");
  content.Set("items", items);
  EXPECT_EQ(Check(*Draft(content)), "PERSONAL_DATA_IN_TEXT");
}

TEST(PersonalData, NumbersOfPersonsAreFound) {
  for (const std::string_view text :
       {"11010519491231002X", "11010519491231002x", "身份证号：11010519491231002X。",
        "110105 19491231 002X", "13812345678", "手机138-1234-5678", "１３８１２３４５６７８",
        "130503670401001"}) {
    EXPECT_TRUE(HasPersonalData(text)) << text;
  }
}

TEST(PersonalData, CodesTimesAndOtherNumbersPass) {
  for (const std::string_view text :
       {"119901000990010105", "11990100099001037W", "110105194912310021", "2026-03-02 08:00",
        "20260302080000", "12345678901", "138123456789", "010-12345678", "91990100099001205N",
        "130503671301001", ""}) {
    EXPECT_FALSE(HasPersonalData(text)) << text;
  }
}

TEST_F(Admission, KeysAreFoundEvenRevokedOnesButNotUnknownOnes) {
  const auto known = FindSignerKeys(*Draft(Content()), test.net.View());
  ASSERT_EQ(known.keys.size(), 1U);
  EXPECT_EQ(known.keys[0], test.net.Who("ga-c1").key);
  const Json revoke = Json::MakeObject(
      {{"identity", ledger::ToHex(test.net.Identity("ga-c1"))}, {"reason", "LEFT"}});
  ASSERT_TRUE(test.net.Do("identity.revoke", kGa, {Head("ga-h1")}, revoke).Accepted());
  EXPECT_EQ(FindSignerKeys(*Draft(Content()), test.net.View()).keys.size(), 1U);
  test.net.AddPerson("stranger", kGa);
  const auto unknown = FindSignerKeys(
      *test.net.Make("resource.draft", kGa, {Maker("ga-c2"), Head("stranger")}, Json::MakeObject()),
      test.net.View());
  EXPECT_TRUE(unknown.keys.empty());
  EXPECT_EQ(CodeOf(unknown.issue), "UNKNOWN_KEY");
}

// Its rejections would be written into the other department's month and use up its day.
TEST_F(Admission, NobodySignsInTheNameOfAnotherDepartment) {
  const auto check = [this](std::string_view department, const std::vector<Signing>& signings) {
    return FindSignerKeys(
        *test.net.Make("resource.draft", department, signings, Json::MakeObject()),
        test.net.View());
  };
  const SignerKeys foreign = check(kJt, {Maker("ga-c1")});
  EXPECT_EQ(CodeOf(foreign.issue), "ROLE_DENIED");
  EXPECT_EQ(foreign.issue->pointer, "/department");
  EXPECT_EQ(CodeOf(check(kJt, {Maker("ga-c1"), Head("db-h1")}).issue), "ROLE_DENIED");
  EXPECT_EQ(CodeOf(check("119901000990019999", {Maker("ga-c1")}).issue), "ROLE_DENIED");
  EXPECT_EQ(CodeOf(check(kGa, {Maker("ga-c1")}).issue), "");
  // The head of another department as PEER beside the department's own people.
  EXPECT_EQ(CodeOf(check(kGa, {Maker("ga-c1"), Peer("db-h1")}).issue), "");
  // A role that does not fit is still a rejection to be committed: in the signer's own month.
  EXPECT_EQ(CodeOf(check(kGa, {Head("ga-c1")}).issue), "");
}

TEST_F(Admission, ATransactionIsKnownUntilTheHourOfItsExpHasPassed) {
  const auto transaction = Draft(Content());
  EXPECT_FALSE(IsKnownTx(*transaction, test.net.View()));
  (void)test.net.Block({transaction});
  EXPECT_TRUE(IsKnownTx(*transaction, test.net.View()));
  test.net.Advance(kHourMs);
  (void)test.net.Block({Draft(Content())});
  EXPECT_TRUE(IsKnownTx(*transaction, test.net.View()));
  test.net.Advance(kHourMs);
  (void)test.net.Block({Draft(Content())});
  EXPECT_FALSE(IsKnownTx(*transaction, test.net.View()));
}

// A department's day of rejections.
class RejectionDay : public Admission {
 protected:
  // 1,000 rejected transactions of one kind, which use up the day.
  void UseUp(const std::string& op, const Signing& signer, const Json& body) {
    for (int block = 0; block < 10; ++block) {
      std::vector<TransactionPtr> rejected;
      for (int i = 0; i < 100; ++i) rejected.push_back(test.net.Make(op, kGa, {signer}, body));
      EXPECT_FALSE(ShutsOut(*rejected.front()));
      for (const std::uint32_t code : test.net.Block(rejected).codes) EXPECT_NE(code, 0U);
    }
    EXPECT_TRUE(ShutsOut(*test.net.Make(op, kGa, {signer}, body)));
  }
  [[nodiscard]] bool ShutsOut(const ledger::Transaction& transaction,
                              std::int64_t after_ms = 0) const {
    return RejectionLimits(test.net.View(), test.net.Height(), test.net.Time() + after_ms)
        .ShutsOut(transaction);
  }
  TransactionPtr Discard(std::string_view department, const std::string& maker) {
    return test.net.Make("resource.discard", department, {Maker(maker)}, nowhere);
  }
  TransactionPtr Revoke(const std::string& who) {
    return test.net.Make("identity.revoke", kGa, {Head("ga-h1")}, RevokeBody(who));
  }
  [[nodiscard]] Json RevokeBody(const std::string& who) const {
    return Json::MakeObject(
        {{"identity", ledger::ToHex(test.net.Identity(who))}, {"reason", "LEFT"}});
  }
  const Json nowhere = Json::MakeObject({{"resource", "11" + std::string(32, '0')}});
};

TEST_F(RejectionDay, IsCountedByDepartmentAndDate) {
  UseUp("resource.discard", Maker("ga-c1"), nowhere);
  EXPECT_TRUE(ShutsOut(*Discard(kGa, "ga-c2")));
  EXPECT_FALSE(ShutsOut(*Discard(kJt, "jt-c1")));
  EXPECT_FALSE(ShutsOut(*Discard(kGa, "ga-c1"), kDayMs));
}

// Whoever floods can still be stopped: heads revoke on a count of their own.
TEST_F(RejectionDay, LeavesHeadsTheirRevocations) {
  UseUp("resource.discard", Maker("ga-c1"), nowhere);
  EXPECT_FALSE(ShutsOut(*Revoke("ga-c1")));
  EXPECT_TRUE(
      ShutsOut(*test.net.Make("identity.revoke", kGa, {Maker("ga-c1")}, RevokeBody("ga-c2"))));
  ASSERT_EQ(test.net.Block({Revoke("ga-c1")}).codes.front(), 0U);
  UseUp("identity.revoke", Head("ga-h1"), RevokeBody("ga-c1"));
}

// A stolen key goes on signing after it was revoked; its department goes on working.
TEST_F(RejectionDay, IsNotSpentByARevokedKey) {
  ASSERT_EQ(test.net.Block({Revoke("ga-c1")}).codes.front(), 0U);
  UseUp("resource.discard", Maker("ga-c1"), nowhere);
  EXPECT_FALSE(ShutsOut(*Discard(kGa, "ga-c2")));
}

TEST_F(Admission, ARejectionTouchesTheMonthAndWhatExists) {
  test.ReachRequest();
  const Outcome rejected =
      test.net.Do("decision.submit", kDb, {Maker("db-c1"), Head("db-h1")}, test.DecisionBody());
  EXPECT_EQ(rejected.code, Code::kApprovalOrder);
  ASSERT_EQ(rejected.stub.touched.size(), 2U);
  EXPECT_EQ(rejected.flags, 0U);
  EXPECT_TRUE(rejected.born.empty());
  const auto before = test.net.Leaf(test.request);
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(before->size, 2U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
