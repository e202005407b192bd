// See audit_gate.h.
#include "gateway/audit_gate.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "gateway/audit_transactions.h"
#include "gateway/visibility.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/form.h"

namespace jiandu::gateway {
namespace {

// Who may ask now is asked of the newest state, whatever state is asked about.
const LedgerSnapshot& Newest(const Call& call) {
  return call.newest != nullptr ? *call.newest : *call.snapshot;
}

constexpr ledger::TimeMs kDayMs = 86'400'000;
// Members of an address that are no part of the query asked.
constexpr std::array<std::string_view, 7> kNoPart{"as_of", "cursor",     "engagement", "limit",
                                                  "log",   "min_height", "salt"};

const std::string* Find(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? nullptr : &found->value;
}

std::optional<Hash256> HashIn(const Call& call, std::string_view name) {
  const std::string* text = call.target.Find(name);
  if (text == nullptr) return std::nullopt;
  const auto bytes = HexDecodeFixed<32>(*text);
  if (!bytes) return std::nullopt;
  return *bytes;
}

// What is wrong with the log, and how to make one.
Problem NotLogged(std::string_view english, std::string_view chinese, std::string_view canonical) {
  std::string detail(english);
  detail +=
      ". Commit audit.log_query {\"engagement\", \"query_digest\"} with a SYSTEM key of your "
      "department, query_digest = SHA-256(\"JIANDU-COMMIT-1\\0\" || 32 bytes of salt || "
      "canonical query), then ask again with log=TXID&salt=HEX within an hour; "
      "`jiandu audit` does both. (";
  detail += chinese;
  detail +=
      "。请先以本部门系统密钥提交 audit.log_query, 再于一小时内附 log 与 salt 参数重新查询; "
      "命令 jiandu audit 可自动完成。) Canonical query: ";
  detail += canonical;
  return Plain(ProblemKind::kQueryNotLogged, std::move(detail));
}

// Why a transaction is not the log of this query; "" when it is.
struct Flaw {
  std::string_view english;
  std::string_view chinese;
};
std::optional<Flaw> FlawOf(const ReadTransaction& log, const Call& call,
                           const ledger::EntityId& engagement, const Hash256& digest) {
  const ledger::Payload& payload = log.transaction.payload;
  if (payload.op != "audit.log_query" || log.stub.code != 0 ||
      payload.department != call.reader->department) {
    return Flaw{.english =
                    "The transaction named by `log` is no accepted audit.log_query of your "
                    "department",
                .chinese = "log 所指交易不是本部门已接受的查询登记"};
  }
  constexpr std::uint64_t kOutside = ledger::FlagBit(ledger::Flag::kOutsideEngagement);
  if (payload.body.TextOr("engagement") != ledger::ToHex(engagement) ||
      (log.stub.flags & kOutside) != 0) {
    return Flaw{.english = "The log belongs to another engagement, or was made outside of it",
                .chinese = "该登记不属于此审计任务"};
  }
  if (payload.body.TextOr("query_digest") != HexEncode(digest.View())) {
    return Flaw{.english = "The log is of another query, or the salt is not its salt",
                .chinese = "登记的查询摘要与本次查询不符"};
  }
  if (Newest(call).Time() - log.stub.time > kQueryLogMsMax) {
    return Flaw{.english = "The log is older than an hour", .chinese = "该登记已超过一小时"};
  }
  return std::nullopt;
}

std::optional<Problem> CheckLog(const AuditQuery& query, const Call& call,
                                const ledger::EntityId& engagement) {
  const std::string canonical = CanonicalQuery(query.name, call.target.query);
  const auto txid = HashIn(call, "log");
  const auto salt = HashIn(call, "salt");
  if (!txid || !salt) {
    return NotLogged("A query inside an engagement is logged before it is answered",
                     "审计任务内的查询须先登记", canonical);
  }
  const auto log = FindTransaction(*call.snapshot, *txid);
  if (!log) {
    return NotLogged("The transaction named by `log` is not in this ledger at this height",
                     "账本中尚无 log 所指交易", canonical);
  }
  const auto flaw = FlawOf(*log, call, engagement, QueryDigest(*salt, canonical));
  if (flaw) return NotLogged(flaw->english, flaw->chinese, canonical);
  return std::nullopt;
}

}  // namespace

Problem NoEngagement(std::string detail) {
  Problem problem = Plain(ProblemKind::kForbidden, std::move(detail));
  problem.code = ledger::FindCode("NO_ENGAGEMENT");
  problem.status = 403;
  return problem;
}

Problem OutsideScope(std::string_view what, std::string_view what_zh) {
  return NoEngagement("the " + std::string(what) + " is outside the engagement's scope (该" +
                      std::string(what_zh) + "不在审计任务范围内)");
}

std::string CanonicalQuery(std::string_view name, const std::vector<Parameter>& parameters) {
  Json asked = Json::MakeObject();
  for (const Parameter& parameter : parameters) {
    if (std::ranges::find(kNoPart, parameter.name) == kNoPart.end()) {
      asked.Set(parameter.name, parameter.value);
    }
  }
  const std::string* engagement = Find(parameters, "engagement");
  return CanonicalJson(
      Json::MakeObject({{"engagement", engagement != nullptr ? *engagement : std::string()},
                        {"parameters", std::move(asked)},
                        {"query", name}}));
}

Hash256 QueryDigest(const Hash256& salt, std::string_view canonical) {
  return crypto::Sha256({AsBytes(crypto::kTagCommit), salt.View(), AsBytes(canonical)});
}

bool AuditScope::Covers(const LedgerSnapshot& snapshot, const ledger::EntityId& resource) const {
  if (resources.contains(resource)) return true;
  const auto body = FindBody(snapshot, resource);
  return body && departments.contains(body->Party("provider"));
}

std::optional<AuditScope> ScopeOf(const Call& call) {
  const std::string* text = call.target.Find("engagement");
  const auto id = text != nullptr ? ledger::ParseEntityId(*text)
                                  : Result<ledger::EntityId>(Fail(Errc::kNotFound, "none named"));
  const auto body = id ? FindBody(Newest(call), *id) : std::nullopt;
  const bool open = body && body->kind == ledger::EntityKind::kEngagement &&
                    body->Party("owner") == call.reader->department &&
                    body->status == static_cast<std::uint32_t>(ledger::EngagementStatus::kOpen) &&
                    body->Number("until") > Newest(call).Time();
  if (!open) return std::nullopt;
  AuditScope scope{.engagement = *id,
                   .departments = {},
                   .resources = {},
                   .from = ledger::StartOfDate(body->Number("period_from")),
                   .until = ledger::StartOfDate(body->Number("period_to")) + kDayMs};
  const Json form = body->Form();
  for (const Json& one : form.ItemsOf("departments")) scope.departments.insert(one.AsString());
  for (const Json& one : form.ItemsOf("resources")) {
    if (const auto resource = ledger::ParseEntityId(one.AsString())) {
      scope.resources.insert(*resource);
    }
  }
  return scope;
}

std::optional<Problem> CheckEngagement(const AuditQuery& query, const Call& call) {
  if (call.target.Find("engagement") == nullptr) {
    const bool named =
        !query.subject_parameter.empty() && call.target.Find(query.subject_parameter) != nullptr;
    if (!query.subject_level && !named) return std::nullopt;
    return NoEngagement(
        "This query is about one person, file or what is sealed: name the open engagement of your "
        "department, engagement=ID (此查询涉及个人、特定文件或密封内容, "
        "须注明本部门进行中的审计任务: "
        "engagement=ID)");
  }
  const auto scope = ScopeOf(call);
  if (!scope) {
    return NoEngagement(
        "The engagement named is not an open one of your department; audit.open opens one "
        "(所指审计任务不存在、已结束或不属于本部门; 以 audit.open 建立)");
  }
  return CheckLog(query, call, scope->engagement);
}

}  // namespace jiandu::gateway
