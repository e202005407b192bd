// How an auditor finds the accesses to one person's data: by tags of records, of opened seals, of
// leaves that were shown; and what is still sealed or not shown (T34 of the worked scenario).
#include "ledger/model/subject_index.h"

#include "contracts/access_index.h"
#include "contracts/commitment.h"
#include "contracts/downstream.h"
#include "crypto/merkle.h"
#include "tests/support/lineage_fixture.h"

namespace jiandu::contracts::testing {
namespace {

Hash256 Tag(char digit) { return *HexDecodeFixed<32>(Hash(digit)); }

class Subjects : public ::testing::Test {
 protected:
  void SetUp() override { test.ReachHolder(); }
  [[nodiscard]] std::vector<ledger::SubjectPlace> Places(char digit) const {
    return ledger::PlacesOfSubject(test.net.View(), Tag(digit), nullptr, 100);
  }
  [[nodiscard]] std::size_t SealedNow() const {
    return ledger::SealedOf(test.net.View(), test.resource, 0, test.net.Time() + 1, 100).size();
  }
  [[nodiscard]] Json Tagged(const std::string& acc_id, std::initializer_list<char> digits) const {
    Json tags = Json::MakeArray();
    for (const char digit : digits) tags.Push(Hash(digit));
    Json record = test.LoneRecord(acc_id);
    return record.Set("subject_tags", tags);
  }
  Outcome Digest(const std::string& batch_id, const Hash256& root, bool subjects = true) {
    Json digest = Json::MakeObject(
        {{"from", test.net.Time() - 1000},
         {"to", test.net.Time() - 100},
         {"counts", Json::MakeObject({{"ok", 2}, {"not_found", 0}, {"denied", 0}, {"error", 0}})},
         {"rows", 2},
         {"root", HexEncode(root.View())}});
    if (subjects) digest.Set("subject_root", Hash('f'));
    Json body = Ref("grant", test.grant);
    body.Set("batch_id", batch_id).Set("form", "digest").Set("digest", digest);
    return test.net.Do("access.batch", kGa, {System("ga-gw")}, body);
  }
  LineageCase test;
};

TEST_F(Subjects, ARecordIsFoundByEachOfItsTags) {
  const Outcome first = test.Report(Tagged("a1", {'b', 'c'}));
  ASSERT_TRUE(first.Accepted());
  const Outcome second = test.Report(Tagged("a2", {'b'}));
  EXPECT_EQ(Places('b').size(), 2U);
  ASSERT_EQ(Places('c').size(), 1U);
  EXPECT_EQ(Places('c').front(), (ledger::SubjectPlace{.txid = first.stub.txid, .acc_id = ""}));
  EXPECT_TRUE(Places('d').empty());
  EXPECT_EQ(ledger::PlacesOfSubject(test.net.View(), Tag('b'), nullptr, 1).size(), 1U);
}

TEST_F(Subjects, ABatchIsFoundOnceHoweverManyOfItsRecordsHaveTheTag) {
  Json records = Json::MakeArray();
  for (int i = 0; i < 5; ++i) {
    Json record = test.Record("r" + std::to_string(i));
    record.Set("subject_tags", Texts({Hash('b'), Hash(i == 3 ? 'd' : 'c')}));
    records.Push(record);
  }
  Json body = Ref("grant", test.grant);
  body.Set("batch_id", "F1").Set("form", "full").Set("records", records);
  const Outcome outcome = test.net.Do("access.batch", kGa, {System("ga-gw")}, body);
  ASSERT_TRUE(outcome.Accepted()) << CodeName(outcome.code);
  for (const char digit : {'b', 'c', 'd'}) {
    ASSERT_EQ(Places(digit).size(), 1U) << digit;
    EXPECT_EQ(Places(digit).front().txid, outcome.stub.txid);
  }
}

TEST_F(Subjects, WithoutAGrantItIsFoundToo) {
  Json record = test.LoneRecord("a1");
  record.Remove("grant");
  record.Set("grant_missing", true).Set("resource", ledger::ToHex(test.resource));
  record.Set("consumer", kSw).Set("subject_tags", Texts({Hash('b')}));
  ASSERT_TRUE(test.Report(record).Has(Flag::kNoGrant));
  EXPECT_EQ(Places('b').size(), 1U);
}

TEST_F(Subjects, ASealedOneIsCountedUntilItIsOpenedAndFoundAfterwards) {
  const Hash256 salt = Tag('1');
  const Json opened =
      Json::MakeObject({{"operator_tag", Hash('a')}, {"subject_tags", Texts({Hash('b')})}});
  Json record = test.LoneRecord("a1");
  record.Set("seal",
             Json::MakeObject(
                 {{"blob_digest", Hash('1')},
                  {"commitment", HexEncode(Commit(salt, AsBytes(CanonicalJson(opened))).View())},
                  {"ground_code", "CASE"},
                  {"until", ledger::StartOfDate(20260930)}}));
  const Outcome reported = test.Report(record);
  ASSERT_EQ(reported.flags, 0U);
  EXPECT_EQ(SealedNow(), 1U);
  EXPECT_TRUE(Places('b').empty());
  // Outside the period it is not counted.
  EXPECT_TRUE(
      ledger::SealedOf(test.net.View(), test.resource, test.net.Time(), test.net.Time() + 1000, 100)
          .empty());
  Json body = Ref("grant", test.grant);
  body.Set("acc_id", "a1").Set("salt", Hash('1')).Set("opened", opened);
  ASSERT_EQ(test.net.Do("access.disclose", kJt, {Head("jt-h1")}, body).flags, 0U);
  EXPECT_EQ(SealedNow(), 0U);
  ASSERT_EQ(Places('b').size(), 1U);
  // It leads to the access, not to its unsealing.
  EXPECT_EQ(Places('b').front(),
            (ledger::SubjectPlace{.txid = reported.stub.txid, .acc_id = "a1"}));
}

TEST_F(Subjects, ALeafShownWithItsRecordIsFound) {
  std::vector<Json> records;
  std::vector<Hash256> leaves;
  for (const char digit : {'b', 'c'}) {
    Json record = test.Record(std::string("l") + digit);
    record.Set("subject_tags", Texts({Hash(digit)}));
    leaves.push_back(LeafOf(record));
    records.push_back(std::move(record));
  }
  ASSERT_TRUE(Digest("B1", crypto::MerkleRoot(leaves)).Accepted());
  const auto batches = ledger::DigestBatchesOf(test.net.View(), test.grant, 0, test.net.Time(), 9);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches.front().batch_id, "B1");
  EXPECT_TRUE(batches.front().has_subjects);
  EXPECT_TRUE(Places('b').empty());
  Json demand = Json::MakeObject({{"kind", "LEAF"},
                                  {"keeper", kGa},
                                  {"term", ledger::StartOfDate(20260310) - 1},
                                  {"grant", ledger::ToHex(test.grant)},
                                  {"batch_id", "B1"},
                                  {"acc_id", "lb"}});
  const Outcome demanded = test.net.Do("access.leaf_demand", kDb, {Maker("db-c1")}, demand);
  ASSERT_TRUE(demanded.Accepted()) << CodeName(demanded.code);
  const EntityId id = demanded.Born(ledger::EntityKind::kLeafDemand);
  EXPECT_EQ(ledger::LeafDemandsOf(test.net.View(), test.grant, 9), std::vector<EntityId>{id});
  const auto produce = [&](std::size_t index, const Json& record) {
    Json path = Json::MakeArray();
    for (const Hash256& step : crypto::MerkleInclusionProof(leaves, index)) {
      path.Push(HexEncode(step.View()));
    }
    Json body = Ref("leaf_demand", id);
    body.Set("digest", HexEncode(leaves[index].View())).Set("index", index).Set("size", 2);
    body.Set("path", path).Set("record", record);
    return test.net.Do("access.leaf_produced", kGa, {System("ga-gw")}, body);
  };
  // Another record than the leaf, or another leaf than was demanded, shows nothing.
  EXPECT_TRUE(produce(0, records[1]).Has(Flag::kDigestMismatch));
  EXPECT_TRUE(produce(1, records[1]).Has(Flag::kDigestMismatch));
  EXPECT_TRUE(Places('c').empty());
  const Outcome produced = produce(0, records[0]);
  EXPECT_EQ(produced.flags, 0U);
  ASSERT_EQ(Places('b').size(), 1U);
  EXPECT_EQ(Places('b').front().txid, produced.stub.txid);
}

TEST_F(Subjects, DigestBatchesAreListedByWhatTheyReachInto) {
  const std::vector<Hash256> leaves = {Tag('1'), Tag('2')};
  ASSERT_TRUE(Digest("B1", crypto::MerkleRoot(leaves), false).Accepted());
  const ledger::TimeMs end = test.net.Time() - 1000 - 100;
  const auto& view = test.net.View();
  EXPECT_FALSE(ledger::DigestBatchesOf(view, test.grant, 0, end + 1, 9).front().has_subjects);
  EXPECT_EQ(ledger::DigestBatchesOf(view, test.grant, end, end + 1, 9).size(), 1U);
  EXPECT_TRUE(ledger::DigestBatchesOf(view, test.grant, end + 1, end + 2, 9).empty());
  EXPECT_TRUE(ledger::DigestBatchesOf(view, test.grant, 0, end - 900, 9).empty());
}

}  // namespace
}  // namespace jiandu::contracts::testing
