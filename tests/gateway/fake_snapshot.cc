// The read side of the fake ledger. See fakes.h.
#include <algorithm>

#include "crypto/merkle.h"
#include "ledger/model/clock_index.h"
#include "tests/gateway/fakes.h"

namespace jiandu::gateway::test {

std::optional<Bytes> MapState::Get(ByteView key) const {
  const auto it = values.find(ToBytes(key));
  if (it == values.end()) return std::nullopt;
  return it->second;
}

void MapState::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  for (const auto& [key, value] : values) {
    if (!HasPrefix(key, prefix) || (!from.empty() && key < ToBytes(from))) continue;
    if (!visit(key, value)) return;
  }
}

std::optional<ledger::EntityBody> FakeSnapshot::BodyOf(const ledger::EntityId& id) const {
  const auto bytes = data_.state.Get(ledger::BodyKey(id));
  auto body = bytes ? ledger::EntityBody::Decode(*bytes)
                    : Result<ledger::EntityBody>(Fail(Errc::kNotFound, "no body"));
  if (!body) return std::nullopt;
  return *std::move(body);
}

// Whatever a test put beside the body.
std::vector<LedgerSnapshot::DerivedFlag> FakeSnapshot::FlagsOf(const ledger::EntityId& id) const {
  const auto text = data_.state.Get(ledger::PartKey(id, AsBytes("flag")));
  if (!text) return {};
  return {
      {.flag = "OVERDUE", .subject = id, .value = 3, .department = kTax, .detail = ToText(*text)}};
}

LedgerSnapshot::ClockTimes FakeSnapshot::TimesOf(const ledger::Clock& clock,
                                                 ledger::TimeMs at) const {
  constexpr ledger::TimeMs kDayMs = 86'400'000;
  const auto due = ledger::DueOf(ledger::ReadCalendar(data_.state), clock);
  return {.due = due.at,
          .provisional = due.provisional,
          .late = at < due.at ? 0 : (at - due.at) / kDayMs + 1};
}

std::vector<LedgerSnapshot::OwedClock> FakeSnapshot::OwedClocksOf(
    const ledger::EntityId& id) const {
  const auto text = data_.state.Get(ledger::PartKey(id, AsBytes("owed")));
  if (!text) return {};
  return {{.subject = id,
           .clock = {.code = ToText(*text), .department = kTax, .start = data_.time, .n = 10}}};
}

// The flag of that name, of a day in July 2025.
std::vector<LedgerSnapshot::DerivedFlag> FakeSnapshot::AccessFlagsOf(const ledger::EntityId& grant,
                                                                     ledger::TimeMs,
                                                                     ledger::TimeMs) const {
  std::vector<DerivedFlag> flags;
  const auto text = data_.state.Get(ledger::PartKey(grant, AsBytes("access-flag")));
  if (!text) return flags;
  const auto known = ledger::DerivedFlags();
  const auto flag = std::ranges::find(known, ToText(*text), &ledger::FlagInfo::name);
  if (flag == known.end()) return flags;
  DerivedFlag& one = flags.emplace_back();
  one.flag = flag->name;
  one.subject = grant;
  one.value = 120;
  one.department = kTax;
  one.detail = "20250701";
  return flags;
}

// Of events that touch an entity for which a test put it there.
std::vector<LedgerSnapshot::DerivedFlag> FakeSnapshot::FlagsOfEvent(
    ledger::LogIndex, const ledger::Stub& stub) const {
  for (const ledger::Touch& touch : stub.touched) {
    if (!data_.state.Get(ledger::PartKey(touch.entity, AsBytes("event")))) continue;
    return {{.flag = "DENY_IGNORED",
             .subject = touch.entity,
             .value = 2,
             .department = kTax,
             .detail = {}}};
  }
  return {};
}

std::optional<TxResult> FakeSnapshot::FindTx(const ledger::TxId& txid) const {
  const auto it = data_.results.find(txid);
  if (it == data_.results.end()) return std::nullopt;
  return it->second;
}

Result<Bytes> FakeSnapshot::TransactionAt(ledger::LogIndex index) const {
  const auto it = data_.transactions.find(index);
  if (it == data_.transactions.end()) return Fail(Errc::kNotFound, "transaction");
  return it->second;
}

Result<Bytes> FakeSnapshot::EntryAt(ledger::LogIndex index) const {
  if (index >= data_.entries.size()) return Fail(Errc::kNotFound, "entry");
  return data_.entries[index];
}

std::vector<ledger::LogIndex> FakeSnapshot::History(const ledger::EntityId& id, std::uint64_t from,
                                                    std::size_t limit) const {
  const auto it = data_.histories.find(id);
  std::vector<ledger::LogIndex> indexes;
  if (it == data_.histories.end()) return indexes;
  for (std::size_t i = from; i < it->second.size() && indexes.size() < limit; ++i) {
    indexes.push_back(it->second[i]);
  }
  return indexes;
}

std::vector<LedgerSnapshot::Listed> FakeSnapshot::List(
    ledger::EntityKind kind, const std::optional<ledger::DepartmentId>& department,
    std::optional<ledger::LogIndex> after, std::size_t limit) const {
  std::vector<Listed> listed;
  for (const Data::Birth& birth : data_.births) {
    if (listed.size() == limit) break;
    if (ledger::KindOf(birth.id) != kind || (after && birth.birth <= *after)) continue;
    if (department && !birth.departments.contains(*department)) continue;
    listed.push_back({.birth = birth.birth, .id = birth.id});
  }
  return listed;
}

Result<LedgerSnapshot::BlockView> FakeSnapshot::BlockAt(ledger::Height height) const {
  if (height == 0 || height > data_.blocks.size()) return Fail(Errc::kNotFound, "block");
  return data_.blocks[height - 1];
}

Result<LedgerSnapshot::LightBlockView> FakeSnapshot::LightBlockAt(ledger::Height height) const {
  if (height == 0 || height > data_.blocks.size()) return Fail(Errc::kNotFound, "block");
  const std::string text = std::to_string(height);
  return LightBlockView{.hash = data_.blocks[height - 1].hash,
                        .wire = ToBytes("light block " + text),
                        .json = Json::MakeObject({{"height", text}})};
}

Result<ledger::Receipt> FakeSnapshot::ReceiptOf(const ledger::TxId& txid) const {
  const auto result = FindTx(txid);
  if (!result) return Fail(Errc::kNotFound, "transaction");
  if (!data_.receipts_ready) return Fail(Errc::kUnavailable, "header H+1");
  ledger::Receipt receipt;
  receipt.chain = kChain;
  receipt.index = result->index;
  receipt.entry = data_.entries[result->index];
  receipt.transaction = data_.transactions.at(result->index);
  receipt.log_size = data_.entries.size();
  receipt.header = ToBytes("header");
  receipt.commit = ToBytes("commit");
  return receipt;
}

Result<ledger::HeadProof> FakeSnapshot::Head() const {
  ledger::HeadProof head;
  head.chain = kChain;
  head.header = ToBytes("header " + std::to_string(data_.height));
  head.commit = ToBytes("commit");
  head.log_size = data_.entries.size();
  return head;
}

Result<ledger::ProofBundle> FakeSnapshot::Prove(ledger::HeadProof head,
                                                const ledger::ProofQuery& query,
                                                const ProofShows& shows) const {
  ledger::ProofBundle bundle;
  bundle.query = query;
  bundle.head = std::move(head);
  std::vector<ledger::LogIndex> indexes;
  if (const auto* history = std::get_if<ledger::HistoryQuery>(&query)) {
    indexes = History(history->entity, 0, data_.entries.size());
  } else if (const auto* several = std::get_if<ledger::HistoriesQuery>(&query)) {
    indexes = History(several->entities.front(), 0, data_.entries.size());
  } else if (const auto* recorded = std::get_if<ledger::TransactionQuery>(&query)) {
    indexes.push_back(FindTx(recorded->txid)->index);
  }
  for (const ledger::LogIndex index : indexes) {
    JD_TRY(Bytes entry, EntryAt(index));
    JD_TRY(const ledger::LogEntry decoded, ledger::DecodeEntry(entry));
    const auto* stub = std::get_if<ledger::Stub>(&decoded);
    if (stub != nullptr && !shows.event(*stub)) {
      bundle.events.push_back({.index = index, .entry = crypto::MerkleLeafHash(entry)});
      continue;
    }
    bundle.events.push_back({.index = index, .entry = std::move(entry)});
    if (stub == nullptr) continue;
    JD_TRY(Bytes stored, TransactionAt(index));
    JD_TRY(const ledger::Transaction transaction, ledger::DecodeStored(stored));
    if (shows.bytes(transaction, *stub)) {
      bundle.transactions.push_back({.index = index, .stored = std::move(stored)});
    }
  }
  return bundle;
}

}  // namespace jiandu::gateway::test
