// The verify pool and time: submissions go by the clock, blocks by their own header.
#include "tests/node/verify_pool_fixture.h"

namespace jiandu::node::testing {
namespace {

TEST_F(VerifyPoolTest, ExpiryIsJudgedByTheTimeOfEachBlock) {
  const StoredPtr stored = Tx(1);
  ASSERT_EQ(Check({stored})[0].verdict, TxVerdict::kValid);
  EXPECT_TRUE(CheckBlock({stored}, Context(kTime + 3'599'999)).valid);
  EXPECT_FALSE(CheckBlock({stored}, Context(kTime + 3'600'000)).valid);
}

TEST_F(VerifyPoolTest, AnIdleNetworkTakesTheWholeDayAClientMayAskFor) {
  options_.check_form = nullptr;
  constexpr ledger::TimeMs kIdleMs = 60'000;
  ledger::Payload payload = MakePayload({&maker_}, 1);
  payload.exp = kTime + kIdleMs + limits::kExpAheadMsMax;
  const StoredPtr stored = Sign(payload, {&maker_});
  const auto code = [&] {
    const auto results = Check({stored});
    return results[0].issue ? std::string(results[0].issue->code->name) : "";
  };
  EXPECT_EQ(code(), "TX_EXPIRED");  // too far ahead of the last block, and of the clock
  clock_ = kTime + kIdleMs - 1;
  EXPECT_EQ(code(), "TX_EXPIRED");
  clock_ = kTime + kIdleMs;
  EXPECT_EQ(code(), "");
  // By the clock it has expired, whatever the last block says.
  clock_ = payload.exp;
  EXPECT_EQ(code(), "TX_EXPIRED");
}

TEST_F(VerifyPoolTest, BlocksAreJudgedByTheirOwnTimeAndNotByTheClock) {
  const StoredPtr stored = Tx(1);
  clock_ = kTime + 2 * 3'600'000;
  EXPECT_EQ(Check({stored})[0].verdict, TxVerdict::kRefused);
  EXPECT_TRUE(CheckBlock({stored}, Context()).valid);
}

// The block's time may lie before the moment its transactions were admitted at.
TEST_F(VerifyPoolTest, HeldTransactionsOfABlockAreNotTooFarAheadOfIt) {
  std::atomic<int> judged = 0;
  options_.check_form = [&judged](const ledger::Transaction& transaction, std::string_view,
                                  ledger::TimeMs time) {
    ++judged;
    std::optional<contracts::AdmissionIssue> issue;
    if (transaction.payload.exp - time > limits::kExpAheadMultiMsMax) {
      issue = contracts::AdmissionIssue{
          .code = ledger::FindCode("TX_EXPIRED"), .pointer = "/exp", .detail = ""};
    }
    return issue;
  };
  clock_ = kTime + 5000;
  ledger::Payload payload = MakePayload({&maker_}, 1);
  const StoredPtr near = Sign(payload, {&maker_});
  payload.exp = kTime + 5000 + limits::kExpAheadMultiMsMax;
  const StoredPtr far = Sign(payload, {&maker_});
  for (const CheckedTx& checked : Check({near, far})) EXPECT_EQ(checked.verdict, TxVerdict::kValid);
  ASSERT_EQ(judged, 2);
  EXPECT_TRUE(CheckBlock({near}, Context(kTime + 4999)).valid);
  EXPECT_EQ(judged, 2);  // near enough: not judged again
  EXPECT_FALSE(CheckBlock({far}, Context(kTime + 4999)).valid);
  EXPECT_TRUE(CheckBlock({far}, Context(kTime + 5000)).valid);
}

}  // namespace
}  // namespace jiandu::node::testing
