// See audit_answer.h.
#include "gateway/audit_answer.h"

#include "base/hex.h"
#include "gateway/audit_gate.h"
#include "gateway/views.h"
#include "ledger/model/form.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

constexpr ledger::TimeMs kDayMs = 86'400'000;
constexpr std::int64_t kFirstDay = 19'700'101;
constexpr std::int64_t kLastDay = 21'991'231;

Json Texts(const std::vector<std::string>& texts) {
  Json json = Json::MakeArray();
  for (const std::string& text : texts) json.Push(text);
  return json;
}

Json PeriodToJson(const QueryPeriod& period) {
  Json json = Json::MakeObject();
  json.Set("from", period.first_day == 0 ? Json() : Json(period.first_day));
  json.Set("to", period.last_day == 0 ? Json() : Json(period.last_day));
  return json;
}

// The period of an engagement binds what is asked inside it.
std::expected<QueryPeriod, Problem> WithinEngagement(const Call& call, QueryPeriod period) {
  const auto scope = ScopeOf(call);
  if (!scope) return period;
  if (period.first_day == 0) {
    period.from = scope->from;
    period.first_day = ledger::DateOf(scope->from);
  }
  if (period.last_day == 0) {
    period.until = scope->until;
    period.last_day = ledger::DateOf(scope->until - 1);
  }
  if (period.until > period.from && scope->CoversPeriod(period.from, period.until)) return period;
  return Refused(NoEngagement(
      "the period goes beyond the engagement's: name days within it (查询期间超出审计任务期间)"));
}

// A node that began with a snapshot of the state has no payloads from before it.
bool KeepsEveryBlock(const LedgerSnapshot& snapshot) {
  constexpr ledger::LogIndex kFirst = 1;  // behind the genesis entry
  if (snapshot.LogSize() <= kFirst || snapshot.BytesBehind(kFirst) != 0) return true;
  const auto first = snapshot.TransactionAt(kFirst);
  return first || first.error().code != Errc::kExpired;
}

Json CompletenessToJson(Completeness completeness, const Call& call) {
  if (!KeepsEveryBlock(*call.snapshot)) {
    completeness.AddGap(
        "this node began with a snapshot of the state: what only the text of older transactions "
        "tells is not here; ask a node that has run since genesis",
        "本节点自状态快照启动，未保存较早交易的原文；请向保存全部区块的节点查询");
  }
  Json json = Json::MakeObject();
  const std::string height = std::to_string(call.snapshot->Height());
  const bool whole = completeness.gaps.empty();
  std::string english = "all the ledger holds as of height " + height + " and the reader may see";
  std::string chinese = "截至高度 " + height + ", 账本所载且提问者有权查看的全部";
  if (!whole) {
    english += ", but for what `gaps` names";
    chinese += ", `gaps_zh` 所列除外";
  }
  json.Set("whole", whole).Set("statement", english).Set("statement_zh", chinese);
  json.Set("covers", Texts(completeness.covers));
  json.Set("gaps", Texts(completeness.gaps)).Set("gaps_zh", Texts(completeness.gaps_zh));
  return json;
}

}  // namespace

void Completeness::AddGap(std::string english, std::string chinese) {
  gaps.push_back(std::move(english));
  gaps_zh.push_back(std::move(chinese));
}

std::expected<std::int64_t, Problem> ReadDay(const Call& call, std::string_view name,
                                             std::int64_t otherwise) {
  const std::string* text = call.target.Find(name);
  if (text == nullptr) return otherwise;
  const auto day = ParseNumber(*text, 99'999'999);
  if (!day || !ledger::IsDate(static_cast<std::int64_t>(*day))) {
    return Refused(BadParameter(name, "a day is eight digits, yyyymmdd (日期为八位数字)"));
  }
  return static_cast<std::int64_t>(*day);
}

std::expected<QueryPeriod, Problem> ReadPeriod(const Call& call) {
  QueryPeriod period;
  const auto from = ReadDay(call, "from", 0);
  if (!from) return Refused(from.error());
  const auto to = ReadDay(call, "to", 0);
  if (!to) return Refused(to.error());
  period.first_day = *from;
  period.last_day = *to;
  period.from = ledger::StartOfDate(*from == 0 ? kFirstDay : *from);
  period.until = ledger::StartOfDate(*to == 0 ? kLastDay : *to) + kDayMs;
  if (period.until <= period.from) {
    return Refused(BadParameter("to", "the period ends before it begins (止日早于起日)"));
  }
  return WithinEngagement(call, period);
}

Response AuditResponse(const AuditQuery& query, const Call& call, const Page& page,
                       const QueryPeriod& period, AuditRows answer) {
  const LedgerSnapshot& snapshot = *call.snapshot;
  Json json = Json::MakeObject();
  json.Set("query", query.name).Set("title", query.title).Set("title_zh", query.title_zh);
  json.Set("source", query.source).Set("height", Integer(snapshot.Height()));
  json.Set("time", snapshot.Time()).Set("app_hash", HexEncode(snapshot.AppHash().View()));
  json.Set("profile", snapshot.ProfileInForce()).Set("period", PeriodToJson(period));
  json.Set("rows", std::move(answer.rows));
  json.Set("completeness", CompletenessToJson(answer.completeness, call));
  std::string link;
  Json next;
  if (answer.more_after) {
    const std::string cursor = NextCursor(page, 0, *std::move(answer.more_after));
    link = NextLink(call, cursor);
    next = cursor;
  }
  json.Set("next", std::move(next));
  Response response = JsonResponse(json);
  MarkAsRead(response, snapshot, StateTag(snapshot));
  if (!link.empty()) response.Set("Link", std::move(link));
  return response;
}

Json TransactionRef(const ledger::Stub& stub, ledger::LogIndex index) {
  Json json = Json::MakeObject();
  json.Set("txid", HexEncode(stub.txid.View())).Set("index", Integer(index)).Set("op", stub.op);
  json.Set("height", Integer(stub.height)).Set("time", stub.time);
  return json;
}

std::optional<ledger::Stub> StubAt(const LedgerSnapshot& snapshot, ledger::LogIndex index) {
  const auto bytes = snapshot.EntryAt(index);
  if (!bytes) return std::nullopt;
  auto entry = ledger::DecodeEntry(*bytes);
  if (!entry) return std::nullopt;
  auto* stub = std::get_if<ledger::Stub>(&*entry);
  if (stub == nullptr) return std::nullopt;
  return std::move(*stub);
}

}  // namespace jiandu::gateway
