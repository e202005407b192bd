// Reading rows of the log and of the indexes through a view.
#include "ledger/store/ledger_view.h"

namespace jiandu::store {
namespace {

std::unexpected<Error> Absent(std::string_view what, std::uint64_t number) {
  return Fail(Errc::kNotFound, std::string(what) + " " + std::to_string(number) + ": not there");
}

}  // namespace

std::optional<TxPlace> LedgerView::FindTx(const ledger::TxId& id) const {
  const auto bytes = Get(TxKey(id));
  if (!bytes.has_value()) return std::nullopt;
  auto place = TxPlace::Decode(*bytes);
  if (place.has_value()) return *place;
  base_->Report(std::move(place).error());
  return std::nullopt;
}

Result<Bytes> LedgerView::Entry(ledger::LogIndex index) const {
  if (index >= LogSize()) return Absent("log entry", index);
  auto entry = Get(EntryKey(index));
  if (entry.has_value()) return std::move(*entry);
  JD_CHECK(Health());
  return Fail(Errc::kCorrupt, "log entry " + std::to_string(index) + ": missing");
}

std::vector<ledger::LogIndex> LedgerView::History(const ledger::EntityId& id, std::uint64_t from,
                                                  std::size_t limit) const {
  std::vector<ledger::LogIndex> indexes;
  if (limit == 0) return indexes;
  Scan(HistoryPrefix(id), HistoryKey(id, from), [&](ByteView /*key*/, ByteView value) {
    if (value.size() != 8) {
      base_->Report({.code = Errc::kCorrupt, .detail = "history row: wrong length"});
      return false;
    }
    indexes.push_back(ReadU64Be(value));
    return indexes.size() < limit;
  });
  return indexes;
}

std::vector<LedgerView::Listed> LedgerView::List(
    ledger::EntityKind kind, const std::optional<ledger::DepartmentId>& department,
    std::optional<ledger::LogIndex> after, std::size_t limit) const {
  std::vector<Listed> listed;
  if (limit == 0 || (department.has_value() && department->size() > 0xff)) return listed;
  const Bytes prefix =
      department.has_value() ? DepartmentPrefix(kind, *department) : KindPrefix(kind);
  Bytes from = prefix;
  if (after.has_value()) {
    if (*after == ~ledger::LogIndex{0}) return listed;
    AppendU64Be(from, *after + 1);
  }
  Scan(prefix, from, [&](ByteView key, ByteView /*value*/) {
    const ByteView place = key.subspan(prefix.size());
    if (place.size() != 8 + ledger::EntityId::kSize) {
      base_->Report({.code = Errc::kCorrupt, .detail = "list row: wrong length"});
      return false;
    }
    const ledger::LogIndex birth = ReadU64Be(place);
    if (listed.size() >= limit && listed.back().birth != birth) return false;
    listed.push_back({.birth = birth, .id = *ledger::EntityId::From(place.subspan(8))});
    return true;
  });
  return listed;
}

Result<HeightRow> LedgerView::RowAt(ledger::Height height) const {
  if (height > height_) return Absent("height", height);
  if (height == height_) return row_;
  const auto bytes = Get(HeightKey(height));
  JD_CHECK(Health());
  if (!bytes.has_value()) return Absent("height", height);
  return HeightRow::Decode(*bytes);
}

Result<Bytes> LedgerView::CommitAt(ledger::Height height) const {
  if (height >= height_) return Absent("commit", height);
  auto bytes = Get(CommitKey(height));
  JD_CHECK(Health());
  if (!bytes.has_value()) return Absent("commit", height);
  return std::move(*bytes);
}

Result<std::pair<ledger::Height, Bytes>> LedgerView::ValidatorSetAt(ledger::Height height) const {
  std::optional<std::pair<ledger::Height, Bytes>> newest;
  Scan(AsBytes("V"), {}, [&](ByteView key, ByteView value) {
    if (key.size() != 9) return true;
    const ledger::Height from = ReadU64Be(key.subspan(1));
    if (from > height) return false;
    newest = {from, ToBytes(value)};
    return true;
  });
  JD_CHECK(Health());
  if (!newest.has_value()) return Absent("validator set", height);
  return std::move(*newest);
}

}  // namespace jiandu::store
