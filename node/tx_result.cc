#include "node/tx_result.h"

#include <utility>

namespace jiandu::node {
namespace {

// Kinds below this have natural ids and are not what a client asked to be born.
constexpr std::uint8_t kFirstBornKind = 16;

}  // namespace

Result<gateway::TxResult> ResultAt(const store::LedgerView& view, ledger::LogIndex index) {
  JD_TRY(const Bytes bytes, view.Entry(index));
  JD_TRY(const ledger::LogEntry entry, ledger::DecodeEntry(bytes));
  const auto* stub = std::get_if<ledger::Stub>(&entry);
  if (stub == nullptr)
    return Fail(Errc::kCorrupt, "log entry " + std::to_string(index) + " is no stub");
  gateway::TxResult result;
  result.status = stub->code == 0 ? gateway::TxStatus::kCommitted : gateway::TxStatus::kRejected;
  result.height = stub->height;
  result.time = stub->time;
  result.index = index;
  result.code = stub->code;
  result.flags = stub->flags;
  if (stub->flags != 0) result.flag_counts = ledger::FlagCountsOf(view, stub->txid);
  for (const ledger::Touch& touch : stub->touched) {
    const bool born = (touch.roles & ledger::touch::kNew) != 0 && touch.seq == 0;
    if (born && touch.entity.bytes[0] >= kFirstBornKind) result.born.push_back(touch.entity);
  }
  return result;
}

std::optional<gateway::TxResult> FindResult(const store::LedgerView& view,
                                            const ledger::TxId& txid) {
  const auto place = view.FindTx(txid);
  if (!place) return std::nullopt;
  auto result = ResultAt(view, place->index);
  if (!result) return std::nullopt;
  return std::move(*result);
}

}  // namespace jiandu::node
