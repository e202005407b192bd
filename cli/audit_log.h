// Putting an audit query on record before it is asked, and its result afterwards (docs/adr/0012).
//
// One thread.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "cli/acting.h"
#include "gateway/target.h"

namespace jiandu::cli {

struct LoggedQuery {
  std::string engagement;
  std::string query_digest;  // 64 hex digits
  std::string salt;
  std::string txid;
  std::int64_t height = 0;
  // "engagement=…&log=…&salt=…&min_height=…", to be put behind the query's own parameters.
  [[nodiscard]] std::string Parameters() const;
};

// Commits audit.log_query with the first key and waits for it. Errors are told.
[[nodiscard]] std::expected<LoggedQuery, Exit> LogQuery(const Output& out, Acting& acting,
                                                        const std::string& name,
                                                        std::vector<gateway::Parameter> parameters,
                                                        const std::string& engagement, int wait_s);
// The salted digest of what was answered, in a log of its own: it is known only now.
[[nodiscard]] std::expected<void, Exit> LogResult(const Output& out, Acting& acting,
                                                  const LoggedQuery& logged, const Json& result,
                                                  int wait_s);

}  // namespace jiandu::cli
