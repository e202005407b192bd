// node.equivocation: what two signed messages must be to stand on a validator's record (4.1 DP12).
#include "contracts/double_sign.h"
#include "ledger/model/genesis.h"
#include "tests/support/signed_votes.h"
#include "tests/support/vote_fixture.h"

namespace jiandu::contracts::testing {
namespace {

constexpr std::string_view kOffender = "sw-node-consensus";

Json Report(const Said& first, const Said& second) {
  return Json::MakeObject({{"validator", HexEncode(NodeKey(kOffender).PublicKey().View())},
                           {"offender", kSw},
                           {"height", 1},
                           {"round", 0},
                           {"type", first.type == 2    ? "PRECOMMIT"
                                    : first.type == 32 ? "PROPOSAL"
                                                       : "PREVOTE"},
                           {"first", SignedPieces(first, kOffender)},
                           {"second", SignedPieces(second, kOffender)}});
}

class Equivocation : public ::testing::Test {
 protected:
  Equivocation() { (void)net_.Block({}); }
  Outcome Do(const Json& body, std::string_view department = kGa,
             const std::string& system = "ga-gw") {
    return net_.Do("node.equivocation", department, {System(system)}, body);
  }
  void Refused(const Json& body) { EXPECT_EQ(Do(body).code, Code::kFieldInvalid); }
  std::int64_t OnRecord() {
    return net_.Body(ledger::DepartmentEntity(kSw)).Number("equivocations");
  }

  TestNet net_;
};

TEST_F(Equivocation, StandsOnRecordOnceForAPlaceWhoeverReportsIt) {
  const Json body = Report({.block = "a"}, {.block = "b"});
  const Outcome done = Do(body);
  ASSERT_TRUE(done.Accepted()) << CodeName(done.code);
  EXPECT_EQ(OnRecord(), 1);
  ASSERT_TRUE(Do(body, kJt, "jt-gw").Accepted());
  ASSERT_TRUE(Do(Report({.block = "c"}, {.block = ""})).Accepted()) << "the same place again";
  EXPECT_EQ(OnRecord(), 1);
  ASSERT_TRUE(Do(Report({.type = 1}, {.block = "b", .type = 1})).Accepted());
  ASSERT_TRUE(Do(Report({.type = 32}, {.block = "b", .type = 32})).Accepted());
  EXPECT_EQ(OnRecord(), 3) << "three types, three places";
  bool touched = false;
  for (const ledger::Touch& touch : done.stub.touched) {
    touched = touched || touch.entity == ledger::DepartmentEntity(kSw);
  }
  EXPECT_TRUE(touched);
}

TEST_F(Equivocation, NobodyIsRemovedOnItsAccount) {
  ASSERT_TRUE(Do(Report({.block = "a"}, {.block = "b"})).Accepted());
  const auto set = ledger::DecodeValidators(*net_.View().Get(ledger::ValidatorsKey()));
  EXPECT_EQ(set->size(), 4U);
}

TEST_F(Equivocation, TheMessagesMustExcludeOneAnother) {
  Refused(Report({.block = "a"}, {.block = "a"}));
  Refused(Report({.block = "a"}, {.block = "a", .second = 10}));  // a time is no opinion
  EXPECT_EQ(OnRecord(), 0);
}

TEST_F(Equivocation, BothMustBeOfThePlaceThatIsNamed) {
  Refused(Report({.block = "a"}, {.block = "b", .height = 2}));
  Refused(Report({.block = "a", .round = 1}, {.block = "b", .round = 1}));
  Refused(Report({.block = "a"}, {.block = "b", .type = 1}));
  Refused(Report({.block = "a"}, {.block = "b", .chain = "elsewhere-1"}));
  Json later = Report({.block = "a", .height = 500}, {.block = "b", .height = 500});
  later.Set("height", 500);
  Refused(later);  // of a height to come
  // No such height can be named in the body; a message of one is none.
  const auto key = NodeKey(kOffender);
  for (const std::int64_t height : {0, -1}) {
    const Bytes sign_bytes = SignBytes({.block = "a", .height = height});
    Bytes message = ToBytes(key.Sign(sign_bytes).View());
    Append(message, sign_bytes);
    EXPECT_FALSE(ReadSignedMessage(message, key.PublicKey()).has_value()) << height;
  }
  EXPECT_EQ(OnRecord(), 0);
}

TEST_F(Equivocation, BothMustBeSignedByTheValidatorThatIsNamed) {
  Json forged = Report({.block = "a"}, {.block = "b"});
  forged.Set("second", SignedPieces({.block = "b"}, "jt-node-consensus"));
  Refused(forged);
  forged.Set("first", SignedPieces({.block = "a"}, "jt-node-consensus"));
  Refused(forged);
  forged.Set("offender", kJt);
  Refused(forged);
  Json other = Report({.block = "a"}, {.block = "b"});
  other.Set("offender", kJt);
  Refused(other);
  // Any single byte of either message makes it nothing.
  const Bytes sign_bytes = SignBytes({.block = "b"});
  Bytes message = ToBytes(NodeKey(kOffender).Sign(sign_bytes).View());
  Append(message, sign_bytes);
  const auto key = NodeKey(kOffender).PublicKey();
  ASSERT_TRUE(ReadSignedMessage(message, key).has_value());
  for (std::size_t at = 0; at < message.size(); ++at) {
    Bytes changed = message;
    changed[at] ^= 1;
    EXPECT_FALSE(ReadSignedMessage(changed, key).has_value()) << at;
    EXPECT_FALSE(ReadSignedMessage(ByteView(message).first(at), key).has_value()) << at;
  }
  EXPECT_EQ(OnRecord(), 0);
}

// The set of that height: a key says nothing of heights at which it had no seat.
TEST_F(Equivocation, TheKeyMustHaveVotedAtThatHeight) {
  const auto fresh = NodeKey("sw-node-consensus-2");
  const Hash256 digest = ledger::KeyProofDigest(kChain, kSw, "node-consensus");
  const Json rotation =
      Json::MakeObject({{"which", "consensus"},
                        {"old_key", HexEncode(NodeKey(kOffender).PublicKey().View())},
                        {"key", HexEncode(fresh.PublicKey().View())},
                        {"key_proof", HexEncode(fresh.Sign(digest.View()).View())}});
  const Outcome rotated =
      net_.Do("node.rotate_key", kSw, {Maker("sw-s1"), Head("sw-h1")}, rotation);
  ASSERT_TRUE(rotated.Accepted()) << CodeName(rotated.code);
  const auto at = static_cast<std::int64_t>(rotated.stub.height);
  for (int i = 0; i < 4; ++i) (void)net_.Block({});
  const auto report = [at](bool is_old, std::int64_t after) {
    const std::string name = is_old ? "sw-node-consensus" : "sw-node-consensus-2";
    Json body = Report({}, {});
    body.Set("validator", HexEncode(NodeKey(name).PublicKey().View()));
    body.Set("height", at + after);
    body.Set("first", SignedPieces({.block = "a", .height = at + after}, name));
    body.Set("second", SignedPieces({.block = "b", .height = at + after}, name));
    return body;
  };
  Refused(report(true, 2));   // the new key votes from there on
  Refused(report(false, 1));  // and not before
  ASSERT_TRUE(Do(report(true, 1)).Accepted());
  ASSERT_TRUE(Do(report(false, 2)).Accepted());
  EXPECT_EQ(OnRecord(), 2);
}

}  // namespace
}  // namespace jiandu::contracts::testing
