// The lineage index behind a ledger that grows: the same rows however it came to its height, after
// a restart, a loss and damage; and walks that do not change while it goes on.
#include "node/lineage_keeper.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>

#include "ledger/model/body.h"
#include "ledger/store/keyspace.h"
#include "ledger/store/lineage_index.h"
#include "ledger/store/memory_store.h"
#include "node/lineage_port.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node::testing {
namespace {

using ledger::EntityId;
using ledger::EntityKind;

constexpr std::int64_t kPatienceMs = 20000;

EntityId Id(EntityKind kind, std::uint8_t n) {
  EntityId id;
  id.bytes[0] = static_cast<std::uint8_t>(kind);
  id.bytes[16] = n;
  return id;
}
ledger::TxId TxOf(ledger::LogIndex index) {
  ledger::TxId txid;
  for (std::size_t i = 0; i < 8; ++i) {
    txid.bytes[31 - i] = static_cast<std::uint8_t>(index >> (8 * i));
  }
  return txid;
}

// A database as the writer leaves it, of blocks with one derivation each.
class GrownLedger {
 public:
  GrownLedger() { Close(1000, {ledger::GenesisEntry{.chain = "t", .genesis_hash = {}}}); }

  void Grow(std::size_t blocks) {
    for (std::size_t n = 0; n < blocks; ++n) {
      ++height_;
      const EntityId id = ledger::BornId(EntityKind::kDerivation, TxOf(log_size_), 0);
      PutDerivation(id);
      ledger::Stub stub{.height = height_,
                        .time = TimeOf(height_),
                        .op = "derivation.record",
                        .txid = TxOf(log_size_),
                        .env = {},
                        .touched = {{.entity = id, .roles = ledger::touch::kNew, .seq = 0}}};
      Close(stub.time, {stub, ledger::BlockEntry{.height = height_,
                                                 .time = stub.time,
                                                 .header_hash = {},
                                                 .first = log_size_,
                                                 .state_root = {}}});
    }
  }
  static ledger::TimeMs TimeOf(ledger::Height height) {
    return 1000 + static_cast<ledger::TimeMs>(height) * 100;
  }
  [[nodiscard]] std::shared_ptr<const store::KvReader> Written() const { return store_.Snapshot(); }
  [[nodiscard]] store::LedgerViewPtr View() const { return *store::LedgerView::Open(Written()); }
  [[nodiscard]] ledger::Height Height() const { return height_; }

 private:
  void PutDerivation(const EntityId& id) {
    const auto any = [this] {
      return Id(EntityKind::kResource, static_cast<std::uint8_t>(random_() % 40));
    };
    Json input = Json::MakeObject({{"resource", ledger::ToHex(any())}, {"version", 1}});
    Json inputs = Json::MakeArray();
    inputs.Push(std::move(input));
    ledger::EntityBody body;
    body.kind = EntityKind::kDerivation;
    body.links["resource"] = any();
    body.texts["kind"] = "COPY";
    body.form = ToBytes(
        CanonicalJson(Json::MakeObject({{"inputs", std::move(inputs)}, {"out_version", 1}})));
    store::KvBatch batch;
    batch.Put(ledger::BodyKey(id), body.Encode());
    ASSERT_TRUE(store_.Write(batch, store::Durability::kUnsynced).has_value());
  }
  void Close(ledger::TimeMs time, const std::vector<ledger::LogEntry>& entries) {
    store::KvBatch batch;
    store::HeightRow row;
    row.time = time;
    row.transactions = entries.size() - 1;
    for (const ledger::LogEntry& entry : entries) {
      const Bytes bytes = ledger::EncodeEntry(entry);
      batch.Put(store::EntryKey(log_size_++), bytes);
      frontier_.AppendLeafHash(crypto::MerkleLeafHash(bytes));
    }
    row.log_size = log_size_;
    row.log_root = frontier_.Root();
    batch.Put(store::HeightKey(height_), row.Encode());
    const store::MetaRow meta{.height = height_,
                              .chain = "t",
                              .genesis_hash = {},
                              .peaks = frontier_.Peaks(),
                              .seen_commit = {},
                              .row = row};
    batch.Put(store::MetaKey(), meta.Encode());
    ASSERT_TRUE(store_.Write(batch, store::Durability::kUnsynced).has_value());
  }

  store::MemoryStore store_;
  std::mt19937_64 random_{7};
  ledger::Height height_ = 0;
  ledger::LogIndex log_size_ = 0;
  crypto::MerkleFrontier frontier_;
};

class Keeper : public ::testing::Test {
 protected:
  std::unique_ptr<LineageKeeper> Make(const std::filesystem::path& directory,
                                      std::size_t graph_bytes = std::size_t{1} << 20U) {
    return std::make_unique<LineageKeeper>(
        LineageSettings{.directory = directory,
                        .genesis_hash = {},
                        .graph_bytes_max = graph_bytes,
                        .transaction = [](ledger::Height, std::uint64_t) -> Result<Bytes> {
                          return Fail(Errc::kCorrupt, "no block is kept here");
                        },
                        .on_alarm = [this](const std::string& what) { alarms.push_back(what); }});
  }
  // Follows up to the ledger's height and stops.
  void Keep(const std::filesystem::path& directory) {
    const auto keeper = Make(directory);
    keeper->Follow(ledger.Written());
    EXPECT_EQ(keeper->WaitFor(ledger.Height(), kPatienceMs), ledger.Height());
  }
  static std::map<Bytes, Bytes> RowsOf(const std::filesystem::path& directory) {
    std::map<Bytes, Bytes> rows;
    const auto index = store::LevelDbStore::Open(directory);
    EXPECT_TRUE(index.has_value());
    EXPECT_TRUE((*index)->Scan({}, {}, [&rows](ByteView key, ByteView value) {
      rows[ToBytes(key)] = ToBytes(value);
      return true;
    }));
    return rows;
  }

  support::TempFolder folder;
  GrownLedger ledger;
  std::vector<std::string> alarms;  // after the keeper has stopped
};

TEST_F(Keeper, HasTheSameRowsHoweverItCameToItsHeight) {
  const auto stepwise = folder.Path() / "stepwise";
  {
    const auto keeper = Make(stepwise);
    for (int n = 0; n < 10; ++n) {
      ledger.Grow(30);
      keeper->Follow(ledger.Written());
      ASSERT_EQ(keeper->WaitFor(ledger.Height(), kPatienceMs), ledger.Height());
      if (n == 4) Keep(folder.Path() / "restarted");
    }
  }
  Keep(folder.Path() / "restarted");
  Keep(folder.Path() / "at once");
  const auto rows = RowsOf(stepwise);
  EXPECT_GT(rows.size(), 500U);
  EXPECT_EQ(rows, RowsOf(folder.Path() / "at once"));
  EXPECT_EQ(rows, RowsOf(folder.Path() / "restarted"));
  EXPECT_TRUE(alarms.empty());
}

TEST_F(Keeper, MakesAnIndexAnewThatIsDamagedOrAheadOrOfAnotherFormat) {
  ledger.Grow(50);
  const auto directory = folder.Path() / "index";
  Keep(directory);
  const auto rows = RowsOf(directory);
  // Ahead of the ledger, as after a disk that lost the ledger's last blocks.
  {
    const auto index = store::LevelDbStore::Open(directory);
    auto meta = **store::ReadLineageMeta(**index);
    meta.height += 10;
    store::KvBatch batch;
    batch.Put(store::LineageMetaKey(), meta.Encode());
    ASSERT_TRUE((*index)->Write(batch, store::Durability::kSynced).has_value());
  }
  Keep(directory);
  EXPECT_EQ(RowsOf(directory), rows);
  EXPECT_TRUE(alarms.empty());
  // Rows that are none, met when the next block is entered: told, and repaired.
  {
    const auto index = store::LevelDbStore::Open(directory);
    store::KvBatch batch;
    for (const auto& [key, value] : rows) {
      if (key.front() == 'I') batch.Put(key, AsBytes("?"));
    }
    ASSERT_TRUE((*index)->Write(batch, store::Durability::kSynced).has_value());
  }
  ledger.Grow(20);
  Keep(directory);
  Keep(folder.Path() / "fresh");
  const auto later = RowsOf(directory);
  EXPECT_EQ(later, RowsOf(folder.Path() / "fresh"));
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_NE(alarms[0].find("made anew"), std::string::npos);
  // Files that LevelDB cannot read.
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    if (file.path().filename() == "CURRENT") WriteAll(file.path(), ToBytes("nonsense"));
  }
  Keep(directory);
  EXPECT_EQ(RowsOf(directory), later);
}

TEST_F(Keeper, AnswersFromTheDiskWhenTheGraphIsTooLarge) {
  ledger.Grow(100);
  std::vector<std::vector<EntityId>> answers;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, std::size_t{1} << 20U}) {
    const auto keeper = Make(folder.Path() / "index", bytes);
    ViewBoard board(PostedView{.view = ledger.View(), .commit = {}});
    LineagePort port(*keeper, board);
    keeper->Follow(ledger.Written());
    const auto moment = port.Newest(ledger.Height(), kPatienceMs);
    ASSERT_TRUE(moment.has_value());
    const auto found = port.Walk(
        {.start = Id(EntityKind::kResource, 1), .depth_max = 9, .moment = *moment, .limit = 200});
    ASSERT_TRUE(found.has_value());
    std::vector<EntityId> nodes;
    for (const auto& node : found->nodes) nodes.push_back(node.entity.id);
    answers.push_back(std::move(nodes));
  }
  EXPECT_GT(answers[0].size(), 5U);
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(answers[0], answers[2]);
}

TEST_F(Keeper, PagesShowOneMomentWhileTheLedgerGrows) {
  ledger.Grow(60);
  const auto keeper = Make(folder.Path() / "index");
  keeper->Follow(ledger.Written());
  auto board = std::make_unique<ViewBoard>(PostedView{.view = ledger.View(), .commit = {}});
  LineagePort port(*keeper, *board);
  const auto moment = port.Newest(60, kPatienceMs);
  ASSERT_TRUE(moment.has_value());
  gateway::LineageReader::Question question{
      .start = Id(EntityKind::kResource, 2), .depth_max = 20, .moment = *moment, .limit = 200};
  const auto whole = port.Walk(question);
  ASSERT_TRUE(whole.has_value());
  ASSERT_GT(whole->nodes.size(), 6U);
  std::vector<EntityId> expected;
  for (const auto& node : whole->nodes) expected.push_back(node.entity.id);
  std::vector<EntityId> paged;
  std::size_t edges = 0;
  question.limit = 3;
  do {
    ledger.Grow(20);
    board->Publish({.view = ledger.View(), .commit = {}});
    keeper->Follow(ledger.Written());
    ASSERT_EQ(keeper->WaitFor(ledger.Height(), kPatienceMs), ledger.Height());
    const auto page = port.Walk(question);
    ASSERT_TRUE(page.has_value());
    EXPECT_LE(page->nodes.size(), 3U);
    for (const auto& node : page->nodes) paged.push_back(node.entity.id);
    edges += page->edges.size();
    question.after = page->next;
  } while (question.after);
  EXPECT_EQ(paged, expected);
  EXPECT_EQ(edges, whole->edges.size());
}

TEST_F(Keeper, FindsTheMomentOfAHeightAndOfATime) {
  ledger.Grow(25);
  const auto keeper = Make(folder.Path() / "index");
  ViewBoard board(PostedView{.view = ledger.View(), .commit = {}});
  LineagePort port(*keeper, board);
  EXPECT_EQ(port.Newest(0, 0).error().code, Errc::kUnavailable);
  keeper->Follow(ledger.Written());
  ASSERT_TRUE(port.Newest(25, kPatienceMs).has_value());
  EXPECT_EQ(port.AtHeight(7)->log_size, 15U);
  EXPECT_EQ(port.AtHeight(26).error().code, Errc::kNotFound);
  EXPECT_EQ(port.AtTime(GrownLedger::TimeOf(7))->height, 7U);
  EXPECT_EQ(port.AtTime(GrownLedger::TimeOf(7) - 1)->height, 6U);
  EXPECT_EQ(port.AtTime(0)->height, 0U);
  EXPECT_EQ(port.AtTime(GrownLedger::TimeOf(99))->height, 25U);
}

}  // namespace
}  // namespace jiandu::node::testing
