#include "cli/audit_log.h"

#include "base/hex.h"
#include "gateway/audit_gate.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kSaltBytes = 32;

std::expected<Outcome, Exit> SendLog(const Output& out, Acting& acting, Json body, int wait_s) {
  auto outcome = acting.Send(out, "audit.log_query", std::move(body), wait_s);
  if (!outcome) return std::unexpected(outcome.error());
  if (outcome->IsCommitted()) return outcome;
  if (outcome->code == "ROLE_DENIED") {
    out.Note(
        "note: queries are logged by a SYSTEM key of the auditor: --key FILE "
        "(查询由审计机关的系统密钥登记)");
  }
  return std::unexpected(TellOutcome(out, "audit.log_query", *outcome));
}

}  // namespace

std::string LoggedQuery::Parameters() const {
  return "engagement=" + engagement + "&log=" + txid + "&salt=" + salt +
         "&min_height=" + std::to_string(height);
}

std::expected<LoggedQuery, Exit> LogQuery(const Output& out, Acting& acting,
                                          const std::string& name,
                                          std::vector<gateway::Parameter> parameters,
                                          const std::string& engagement, int wait_s) {
  LoggedQuery logged{.engagement = engagement,
                     .query_digest = {},
                     .salt = gateway::RandomHex(kSaltBytes),
                     .txid = {}};
  parameters.push_back({.name = "engagement", .value = engagement});
  const auto salt = HexDecodeFixed<kSaltBytes>(logged.salt);
  if (!salt)
    return std::unexpected(out.Fail(Exit::kFailed, "no randomness for a salt", "", "无法生成盐值"));
  logged.query_digest =
      HexEncode(gateway::QueryDigest(*salt, gateway::CanonicalQuery(name, parameters)).View());
  const auto outcome =
      SendLog(out, acting,
              Json::MakeObject({{"engagement", engagement}, {"query_digest", logged.query_digest}}),
              wait_s);
  if (!outcome) return std::unexpected(outcome.error());
  logged.txid = outcome->txid;
  logged.height = outcome->height;
  out.Note("the query is on record (查询已登记): " + logged.txid);
  return logged;
}

std::expected<void, Exit> LogResult(const Output& out, Acting& acting, const LoggedQuery& logged,
                                    const Json& result, int wait_s) {
  const auto salt = HexDecodeFixed<kSaltBytes>(logged.salt);
  if (!salt) return std::unexpected(out.Fail(Exit::kFailed, "the salt is lost", "", "盐值丢失"));
  const std::string digest = HexEncode(gateway::QueryDigest(*salt, CanonicalJson(result)).View());
  const auto outcome = SendLog(out, acting,
                               Json::MakeObject({{"engagement", logged.engagement},
                                                 {"query_digest", logged.query_digest},
                                                 {"result_digest", digest}}),
                               wait_s);
  if (!outcome) return std::unexpected(outcome.error());
  return {};
}

}  // namespace jiandu::cli
