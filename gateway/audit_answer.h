// What every answer of a saved query carries: height, root, profile, period, rows with the
// transactions behind them, how complete it is, and where the next page begins.
//
// Gateway thread.
#pragma once

#include "gateway/audit_query.h"
#include "gateway/page.h"
#include "ledger/model/stub.h"

namespace jiandu::gateway {

// Days of UTC+8, both included; unbounded where none was named.
struct QueryPeriod {
  std::int64_t first_day = 0;  // yyyymmdd; 0: none was named
  std::int64_t last_day = 0;
  ledger::TimeMs from = 0;
  ledger::TimeMs until = 0;  // the first ms after it
};
// Parameters `from` and `to`. Inside an engagement: its period where none is named, and none beyond
// it.
[[nodiscard]] std::expected<QueryPeriod, Problem> ReadPeriod(const Call& call);
// A day of the query, `otherwise` when it names none.
[[nodiscard]] std::expected<std::int64_t, Problem> ReadDay(const Call& call, std::string_view name,
                                                           std::int64_t otherwise);

// How far an answer can be trusted to be whole: what it was read from, and what it does not cover.
struct Completeness {
  std::vector<std::string> covers;   // indexes it was read from
  std::vector<std::string> gaps;     // what is not covered, as sentences
  std::vector<std::string> gaps_zh;  // the same in Chinese, in the same order
  void AddGap(std::string english, std::string chinese);
};

struct AuditRows {
  Json rows = Json::MakeArray();
  // Key of the last row looked at when there may be more: comes back as Page::after_key.
  std::optional<Bytes> more_after = {};
  Completeness completeness = {};
};
// {"query", "title", "title_zh", "source", "height", "time", "app_hash", "profile", "period",
// "rows", "completeness", "next"}.
[[nodiscard]] Response AuditResponse(const AuditQuery& query, const Call& call, const Page& page,
                                     const QueryPeriod& period, AuditRows answer);

// The transaction behind a row: {"txid", "index", "op", "height", "time"}.
[[nodiscard]] Json TransactionRef(const ledger::Stub& stub, ledger::LogIndex index);
// The stub at a log index; nothing when the entry is a block's.
[[nodiscard]] std::optional<ledger::Stub> StubAt(const LedgerSnapshot& snapshot,
                                                 ledger::LogIndex index);

}  // namespace jiandu::gateway
