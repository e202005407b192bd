// Bodies, stubs and receipts: one form each.
#include "ledger/model/body.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "ledger/model/receipt.h"
#include "ledger/model/stub.h"
#include "tests/ledger/model/flip_support.h"

namespace jiandu::ledger {
namespace {

EntityBody FullBody() {
  EntityBody body;
  body.kind = EntityKind::kGrant;
  body.status = static_cast<std::uint32_t>(GrantStatus::kActive);
  body.born_at = 1000;
  body.born_height = 7;
  body.born_tx = crypto::Sha256(AsBytes("tx"));
  body.department = "119901000990010292";
  body.parties = {{"consumer", "11990100099001037W"}, {"provider", "119901000990010292"}};
  body.links = {{"request", BornId(EntityKind::kRequest, body.born_tx, 0)}};
  body.numbers = {{"step", -2}, {"zero", 0}};
  body.texts = {{"code", "GR-1"}, {"empty", ""}};
  body.form = ToBytes(R"({"purpose":"核验"})");
  body.terms = ToBytes(R"({"daily_cap":1500})");
  body.AddAct({.op = "grant.open",
               .time = 1000,
               .height = 7,
               .txid = body.born_tx,
               .department = body.department,
               .status = 1,
               .note = "",
               .flags = 0});
  return body;
}

TEST(EntityBody, RoundTripsAndRefusesEveryOtherForm) {
  const EntityBody body = FullBody();
  EXPECT_EQ(*EntityBody::Decode(body.Encode()), body);
  ExpectCanonical<EntityBody>(body.Encode());
  EntityBody plain;
  EXPECT_EQ(*EntityBody::Decode(plain.Encode()), plain);
}

TEST(EntityBody, AccessorsAnswerForAbsentNames) {
  const EntityBody body = FullBody();
  EXPECT_EQ(body.Number("step"), -2);
  EXPECT_EQ(body.Number("none", 5), 5);
  EXPECT_EQ(body.Text("code"), "GR-1");
  EXPECT_EQ(body.Text("none"), "");
  EXPECT_EQ(body.Party("consumer"), "11990100099001037W");
  ASSERT_NE(body.Link("request"), nullptr);
  EXPECT_EQ(body.Link("grant"), nullptr);
  EXPECT_EQ(body.Form().TextOr("purpose"), "核验");
  EXPECT_TRUE(EntityBody().Terms().IsObject());
}

TEST(EntityBody, FormAndTermsAreReadAnewWhenTheyAreSet) {
  EntityBody body = FullBody();
  const Json& asked = body.Form();
  EXPECT_EQ(&asked, &body.Form());
  const EntityBody before = body;
  body.form = ToBytes(R"({"purpose":"other"})");
  EXPECT_EQ(body.Form().TextOr("purpose"), "other");
  EXPECT_EQ(before.Form().TextOr("purpose"), "核验");
  EXPECT_NE(body, before);
  body.form = before.form;
  EXPECT_EQ(body, before);
  body.terms.clear();
  EXPECT_TRUE(body.terms.empty());
  EXPECT_TRUE(body.Terms().Members().empty());
  body.form = ToBytes("{ not canonical }");
  EXPECT_TRUE(body.Form().Members().empty());
}

TEST(EntityBody, KeepsTheNewestActs) {
  EntityBody body;
  for (int i = 0; i < 100; ++i) {
    Act act;
    act.height = static_cast<Height>(i);
    body.AddAct(act);
  }
  ASSERT_EQ(body.acts.size(), EntityBody::kActsMax);
  EXPECT_EQ(body.acts.front().height, 36U);
  EXPECT_EQ(body.acts.back().height, 99U);
  EXPECT_TRUE(EntityBody::Decode(body.Encode()).has_value());
  body.acts.push_back({});
  EXPECT_EQ(EntityBody::Decode(body.Encode()).error().code, Errc::kTooLarge);
}

TEST(Status, NamesAndNumbersAgree) {
  for (const EntityKind kind :
       {EntityKind::kDepartment, EntityKind::kIdentity, EntityKind::kResource, EntityKind::kRequest,
        EntityKind::kGrant, EntityKind::kCorrection, EntityKind::kRectification,
        EntityKind::kPending}) {
    EXPECT_EQ(StatusName(kind, 0), "?");
    std::uint32_t status = 1;
    for (; StatusName(kind, status) != "?"; ++status) {
      EXPECT_EQ(StatusFromName(kind, StatusName(kind, status)), status);
    }
    EXPECT_GT(status, 2U);
  }
  EXPECT_EQ(StatusName(EntityKind::kResource, 8), "DISCARDED");
  EXPECT_EQ(StatusName(EntityKind::kRequest, 10), "CLOSED");
  EXPECT_EQ(StatusName(EntityKind::kGrant, 6), "RELINQUISHED");
  EXPECT_EQ(StatusName(EntityKind::kCorrection, 7), "WITHDRAWN");
  EXPECT_EQ(StatusName(EntityKind::kPending, 1), "PENDING_HEAD");
  EXPECT_FALSE(StatusFromName(EntityKind::kPair, "ACTIVE").has_value());
}

struct EntryCodec {
  LogEntry entry;
  [[nodiscard]] Bytes Encode() const { return EncodeEntry(entry); }
  static Result<EntryCodec> Decode(ByteView bytes) {
    JD_TRY(LogEntry entry, DecodeEntry(bytes));
    return EntryCodec{std::move(entry)};
  }
};

Stub FullStub() {
  Stub stub{.height = 120345,
            .time = 1795249800000,
            .op = "access.record",
            .txid = crypto::Sha256(AsBytes("tx")),
            .env = crypto::Sha256(AsBytes("env")),
            .code = 31,
            .flags = 5,
            .touched = {}};
  for (std::uint16_t n = 0; n < 4; ++n) {
    stub.touched.push_back({.entity = BornId(EntityKind::kGrant, stub.txid, n),
                            .roles = touch::kAct | touch::kUse,
                            .seq = n * 100U});
  }
  std::ranges::sort(stub.touched);
  return stub;
}

TEST(LogEntry, RoundTripsAndRefusesEveryOtherForm) {
  const std::vector<LogEntry> entries = {
      GenesisEntry{.chain = "hz-gov-1", .genesis_hash = crypto::Sha256(AsBytes("g"))}, FullStub(),
      BlockEntry{.height = 3,
                 .time = 5,
                 .header_hash = crypto::Sha256(AsBytes("h")),
                 .first = 1,
                 .state_root = crypto::Sha256(AsBytes("s"))}};
  for (const LogEntry& entry : entries) {
    const Bytes bytes = EncodeEntry(entry);
    const auto read = DecodeEntry(bytes);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(*read, entry);
    ExpectCanonical<EntryCodec>(bytes);
  }
  // docs/ledger-format.md: four touched entities, about 203 bytes with the entry's own tag.
  EXPECT_NEAR(static_cast<double>(EncodeEntry(FullStub()).size()), 203, 15);
}

TEST(LogEntry, RefusesTouchesOutOfOrderTwiceOrOfUnknownWays) {
  const auto decodes = [](auto change) {
    Stub stub = FullStub();
    change(stub);
    return DecodeEntry(EncodeEntry(stub)).has_value();
  };
  EXPECT_TRUE(decodes([](Stub&) {}));
  EXPECT_FALSE(decodes([](Stub& s) { std::swap(s.touched[0], s.touched[1]); }));
  EXPECT_FALSE(decodes([](Stub& s) { s.touched[1].entity = s.touched[0].entity; }));
  EXPECT_FALSE(decodes([](Stub& s) { s.touched[0].roles = 0; }));
  EXPECT_FALSE(decodes([](Stub& s) { s.touched[0].roles = 64; }));
  EXPECT_FALSE(decodes([](Stub& s) { s.touched[0].entity.bytes[0] = 9; }));
  EXPECT_FALSE(decodes([](Stub& s) { s.op.clear(); }));
  EXPECT_FALSE(decodes([](Stub& s) { s.op = std::string(33, 'a'); }));
  EXPECT_FALSE(decodes([](Stub& s) { s.time = -1; }));
  EXPECT_FALSE(decodes([](Stub& s) {
    s.touched.clear();
    for (std::uint16_t n = 0; n < 65; ++n) {
      s.touched.push_back({.entity = BornId(EntityKind::kGrant, s.txid, n), .roles = 1, .seq = 0});
    }
    std::ranges::sort(s.touched);
  }));
}

TEST(AppHash, IsTheTaggedHashOfSizeAndRoots) {
  const Hash256 log = crypto::Sha256(AsBytes("log"));
  const Hash256 state = crypto::Sha256(AsBytes("state"));
  Bytes hashed = ToBytes(std::string_view("JIANDU-APP-1\0", 13));
  AppendU64Be(hashed, 258);
  Append(hashed, log.View());
  Append(hashed, state.View());
  EXPECT_EQ(AppHash(258, log, state), crypto::Sha256(hashed));
  EXPECT_NE(AppHash(258, log, state), AppHash(258, state, log));
}

Receipt FullReceipt() {
  Receipt receipt;
  receipt.chain = "hz-gov-1";
  receipt.genesis_hash = crypto::Sha256(AsBytes("genesis"));
  receipt.transaction = ToBytes("stored");
  receipt.index = 17;
  receipt.entry = EncodeEntry(FullStub());
  receipt.path = {crypto::Sha256(AsBytes("1")), crypto::Sha256(AsBytes("2"))};
  receipt.log_size = 20;
  receipt.log_root = crypto::Sha256(AsBytes("root"));
  receipt.state_root = crypto::Sha256(AsBytes("state"));
  receipt.epochs = {{.header = ToBytes("h"), .commit = ToBytes("c"), .next_set = ToBytes("s")}};
  receipt.header = ToBytes("header");
  receipt.commit = ToBytes("commit");
  return receipt;
}

TEST(Receipt, RoundTripsInBothForms) {
  const Receipt receipt = FullReceipt();
  EXPECT_EQ(*Receipt::Decode(receipt.Encode()), receipt);
  ExpectCanonical<Receipt>(receipt.Encode());
  EXPECT_EQ(*Receipt::FromJson(CanonicalJson(receipt.ToJson())), receipt);
  EXPECT_EQ(*Receipt::FromJson(PrettyJson(receipt.ToJson())), receipt);
}

TEST(Receipt, RefusesUnknownMissingAndOversizedMembers) {
  const Json good = FullReceipt().ToJson();
  for (const Json::Member& member : good.Members()) {
    Json without = good;
    without.Remove(member.name);
    EXPECT_FALSE(Receipt::FromJson(CanonicalJson(without))) << member.name;
    Json wrong = good;
    wrong.Set(member.name, Json());
    EXPECT_FALSE(Receipt::FromJson(CanonicalJson(wrong))) << member.name;
  }
  Json unknown = good;
  unknown.Set("extra", 1);
  EXPECT_FALSE(Receipt::FromJson(CanonicalJson(unknown)));
  Json format = good;
  format.Set("format", "jiandu-receipt-2");
  EXPECT_FALSE(Receipt::FromJson(CanonicalJson(format)));
  Json path = good;
  Json::Array long_path(65, good.Find("path")->Items()[0]);
  path.Set("path", long_path);
  EXPECT_FALSE(Receipt::FromJson(CanonicalJson(path)));
}

}  // namespace
}  // namespace jiandu::ledger
