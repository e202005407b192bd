// Ids, leaves, dates, keys and write sets.
#include "ledger/model/entity.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "ledger/model/key_record.h"
#include "ledger/model/write_set.h"
#include "tests/ledger/model/flip_support.h"

namespace jiandu::ledger {
namespace {

TEST(EntityId, IsKindByteAndSixteenBytesOfTheTaggedHash) {
  const TxId txid = crypto::Sha256(AsBytes("tx"));
  const EntityId id = BornId(EntityKind::kGrant, txid, 0x0102);
  Bytes hashed = ToBytes(std::string_view("JIANDU-ID-1\0", 12));
  Append(hashed, txid.View());
  hashed.push_back(1);
  hashed.push_back(2);
  EXPECT_EQ(id.bytes[0], 19);
  EXPECT_TRUE(Equal(id.View().subspan(1), crypto::Sha256(hashed).View().first(16)));
  EXPECT_NE(id, BornId(EntityKind::kGrant, txid, 0x0103));
  EXPECT_EQ(KindOf(id), EntityKind::kGrant);
}

TEST(EntityId, NaturalIdsHashKindAndKey) {
  Bytes hashed = ToBytes(std::string_view("JIANDU-NAT-1\0", 13));
  hashed.push_back(1);
  Append(hashed, "119901000990010105");
  const EntityId department = DepartmentEntity("119901000990010105");
  EXPECT_EQ(department.bytes[0], 1);
  EXPECT_TRUE(Equal(department.View().subspan(1), crypto::Sha256(hashed).View().first(16)));
  // 2026-03-31 23:30 and 2026-04-01 00:30 in UTC+8.
  const TimeMs march = 1774971000000;
  const TimeMs april = march + 3600000;
  EXPECT_NE(DepartmentMonthEntity("119901000990010105", march),
            DepartmentMonthEntity("119901000990010105", april));
  Bytes month_key = ToBytes(department.View());
  Append(month_key, "202603");
  EXPECT_EQ(DepartmentMonthEntity("119901000990010105", march),
            NaturalId(EntityKind::kDepartmentMonth, month_key));
  Bytes pair_key = ToBytes(department.View());
  Append(pair_key, department.View());
  EXPECT_EQ(PairEntity(department, "119901000990010105"), NaturalId(EntityKind::kPair, pair_key));
}

TEST(EntityId, IsReadFromLowerCaseHexOfAKnownKindOnly) {
  const EntityId id = NetworkEntity();
  EXPECT_EQ(*ParseEntityId(ToHex(id)), id);
  std::string hex = ToHex(id);
  EXPECT_FALSE(ParseEntityId(hex.substr(2)));
  EXPECT_FALSE(ParseEntityId(hex + "00"));
  hex[1] = '9';
  EXPECT_FALSE(ParseEntityId(hex));
  for (int byte = 0; byte < 256; ++byte) {
    const auto kind = KindFromByte(static_cast<std::uint8_t>(byte));
    if (!kind.has_value()) continue;
    EXPECT_EQ(KindFromName(KindName(*kind)), kind);
  }
}

TEST(Dates, CountInUtc8) {
  EXPECT_EQ(DateOf(0), 19700101);
  EXPECT_EQ(DateOf(16LL * 3600 * 1000 - 1), 19700101);
  EXPECT_EQ(DateOf(16LL * 3600 * 1000), 19700102);
  EXPECT_EQ(DateOf(-8LL * 3600 * 1000 - 1), 19691231);
  EXPECT_EQ(DateOf(1709136000000), 20240229);  // a leap day
  EXPECT_EQ(DateOf(1709222400000), 20240301);
  EXPECT_EQ(MonthOf(1709136000000), 202402);
  EXPECT_EQ(DateOf(9007199254740991), 99991231);
  EXPECT_EQ(DateOf(-9007199254740991), 10101);
}

TEST(EntityLeaf, RoundTripsAndRefusesEveryOtherForm) {
  EntityLeaf leaf{
      .birth = 5, .size = 3, .history_root = {}, .last = 9, .body_hash = {}, .status = 2};
  leaf.body_hash = crypto::Sha256(AsBytes("body"));
  const Bytes bytes = leaf.Encode();
  const auto read = EntityLeaf::Decode(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->Encode(), bytes);
  EXPECT_EQ(read->last, 9U);
  EXPECT_EQ(read->body_hash, leaf.body_hash);
  ExpectCanonical<EntityLeaf>(bytes);
  leaf.history_root = crypto::Sha256(AsBytes("history"));
  ExpectCanonical<EntityLeaf>(leaf.Encode());
}

TEST(KeyRecord, RoundTripsAndRefusesEveryOtherForm) {
  KeyRecord record;
  record.key.bytes.fill(2);
  record.department = "119901000990010105";
  record.identity = NetworkEntity();
  record.kind = IdentityKind::kSystem;
  record.duties = duty::kClerk | duty::kAudit;
  record.usable_from = 7;
  record.revoked_at = 1000;
  record.reason = RevokeReason::kCompromised;
  record.compromised_since = 900;
  EXPECT_EQ(*KeyRecord::Decode(record.Encode()), record);
  ExpectCanonical<KeyRecord>(record.Encode());
  EXPECT_FALSE(record.IsActive(6, 0));
  EXPECT_TRUE(record.IsActive(7, 999));
  EXPECT_FALSE(record.IsActive(7, 1000));
  KeyRecord unknown = record;
  unknown.duties = 64;
  EXPECT_FALSE(KeyRecord::Decode(unknown.Encode()));
  for (std::uint32_t bit = 1; bit <= duty::kAudit; bit <<= 1U) {
    EXPECT_EQ(DutyFromName(DutyName(bit)), bit);
  }
  EXPECT_FALSE(DutyFromName("CLERKS").has_value());
  EXPECT_EQ(IdentityKindFromName("CONTRACTOR"), IdentityKind::kContractor);
}

TEST(StateKeys, KeepKindsApart) {
  const EntityId id = NetworkEntity();
  EXPECT_EQ(AsText(LeafKey(id)).substr(0, 4), "ent/");
  EXPECT_EQ(LeafKey(id).size(), 21U);
  EXPECT_EQ(BodyKey(id).size(), 18U);
  EXPECT_EQ(PartKey(id, AsBytes("x")).size(), 19U);
  EXPECT_LT(ExpiryKey(255, TxId()), ExpiryKey(256, TxId()));
  EXPECT_TRUE(HasPrefix(ExpiryKey(1, TxId()), ExpiryPrefix()));
  EXPECT_EQ(ExpiryKey(1, TxId()).size(), 41U);
}

// A view over a plain map.
class MapView final : public StateView {
 public:
  std::map<Bytes, Bytes, BytesLess> rows;
  std::optional<Bytes> Get(ByteView key) const override {
    const auto at = rows.find(key);
    if (at == rows.end()) return std::nullopt;
    return at->second;
  }
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override {
    for (const auto& [key, value] : rows) {
      if (!HasPrefix(key, prefix) || BytesLess()(key, from)) continue;
      if (!visit(key, value)) return;
    }
  }
};

std::string Scanned(const StateView& view, std::string_view prefix, std::string_view from,
                    std::size_t limit = 100) {
  std::string text;
  std::size_t seen = 0;
  view.Scan(AsBytes(prefix), AsBytes(from), [&](ByteView key, ByteView value) {
    text += ToText(key) + "=" + ToText(value) + " ";
    return ++seen < limit;
  });
  return text;
}

TEST(WriteView, HidesWhatIsBelowAndKeepsTheOrder) {
  MapView below;
  for (const char* key : {"a", "b", "d", "e", "x"}) below.rows[ToBytes(key)] = ToBytes("0");
  WriteSet writes;
  writes.Put(ToBytes("c"), ToBytes("1"));
  writes.Put(ToBytes("b"), ToBytes("1"));
  writes.Delete(ToBytes("d"));
  writes.Delete(ToBytes("nothing"));
  writes.Put(ToBytes("z"), ToBytes("1"));
  const WriteView view(below, writes);
  EXPECT_EQ(Scanned(view, "", ""), "a=0 b=1 c=1 e=0 x=0 z=1 ");
  EXPECT_EQ(Scanned(view, "", "c"), "c=1 e=0 x=0 z=1 ");
  EXPECT_EQ(Scanned(view, "", "d"), "e=0 x=0 z=1 ");
  for (std::size_t limit = 1; limit <= 6; ++limit) {
    EXPECT_EQ(Scanned(view, "", "", limit).size(), 4 * limit);
  }
  EXPECT_EQ(Scanned(view, "b", ""), "b=1 ");
  EXPECT_EQ(Scanned(view, "q", ""), "");
  EXPECT_EQ(view.Get(AsBytes("b")), ToBytes("1"));
  EXPECT_EQ(view.Get(AsBytes("d")), std::nullopt);
  EXPECT_EQ(view.Get(AsBytes("a")), ToBytes("0"));
}

TEST(WriteSet, MergeKeepsTheLaterValue) {
  WriteSet first;
  first.Put(ToBytes("a"), ToBytes("1"));
  first.Put(ToBytes("b"), ToBytes("1"));
  WriteSet second;
  second.Put(ToBytes("b"), ToBytes("2"));
  second.Delete(ToBytes("a"));
  second.Put(ToBytes("c"), ToBytes("2"));
  WriteSet expected = second;
  first.Merge(std::move(second));
  EXPECT_EQ(first.Writes(), expected.Writes());
  EXPECT_EQ(*first.Find(AsBytes("a")), std::nullopt);
  EXPECT_FALSE(first.Find(AsBytes("d")).has_value());
}

TEST(WriteTable, GivesTheLastWriteOfEachKeyInOrder) {
  WriteTable table;
  WriteSet expected;
  // Alike in their first eight bytes, shorter, empty.
  for (const char* key : {"12345678b", "12345678", "z", "", "12345678a", "1234567", "12345678ab"}) {
    table.Put(ToBytes(key), ToBytes("old"));
    table.Put(ToBytes(key), ToBytes(key));
    expected.Put(ToBytes(key), ToBytes(key));
  }
  table.Delete(ToBytes("z"));
  expected.Delete(ToBytes("z"));
  ASSERT_NE(table.Find(AsBytes("12345678a")), nullptr);
  EXPECT_EQ(**table.Find(AsBytes("12345678a")), ToBytes("12345678a"));
  ASSERT_NE(table.Find(AsBytes("z")), nullptr);
  EXPECT_FALSE(table.Find(AsBytes("z"))->has_value());
  EXPECT_EQ(table.Find(AsBytes("y")), nullptr);
  EXPECT_EQ(table.Take().Writes(), expected.Writes());
  EXPECT_EQ(table.Find(AsBytes("z")), nullptr);
}

TEST(WriteSet, DigestTellsKeysValuesAndDeletionsApart) {
  const auto digest = [](std::string_view key, std::optional<std::string_view> value) {
    WriteSet set;
    if (value.has_value()) {
      set.Put(ToBytes(key), ToBytes(*value));
    } else {
      set.Delete(ToBytes(key));
    }
    return set.Digest();
  };
  EXPECT_NE(digest("a", ""), digest("a", std::nullopt));
  EXPECT_NE(digest("a", "b"), digest("ab", ""));
  EXPECT_EQ(digest("a", "b"), crypto::Sha256(*HexDecode("0a060a0161120162")));
  EXPECT_EQ(WriteSet().Digest(), crypto::Sha256({}));
}

}  // namespace
}  // namespace jiandu::ledger
