// Asking the saved queries of a test network: engagement, log, question.
//
// Links jiandu_test_gateway.
#pragma once

#include <functional>

#include "gateway/audit_gate.h"
#include "gateway/audit_transactions.h"
#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {

using Asked = std::vector<gateway::Parameter>;

Hash256 SaltOf(std::uint8_t byte);

// A call as the API would hand it on; as if every block had `block_bytes`.
gateway::Answer AskAs(const TestNet& net, std::string_view department, bool sees_all,
                      std::string_view name, Asked parameters, std::uint64_t block_bytes = 0);
Json Parsed(const gateway::Answer& answer);
// Rows of an answer whose member `row` is the word.
std::vector<Json> RowsOf(const Json& answer, std::string_view word);

// All pages of `limit` rows, one after the other; `between` is called after each.
std::vector<Json> PagesAs(
    const TestNet& net, std::string_view department, std::string_view name, Asked parameters,
    std::string limit, std::uint64_t block_bytes = 0, const std::function<void()>& between = [] {});
// Large enough that one block is all a page may read.
inline constexpr std::uint64_t kLargeBlock = gateway::ReadBudget::kBytesMax;

class Auditor {
 public:
  explicit Auditor(TestNet& net) : net_(net) {}

  void Open(std::initializer_list<std::string_view> departments, std::int64_t from = 20260301,
            std::int64_t to = 20260430, std::int64_t until = 20260630);
  // The parameters with engagement, log and salt; the query is put on record first.
  [[nodiscard]] Asked Logged(std::string_view name, Asked parameters);
  [[nodiscard]] gateway::Answer Ask(std::string_view name, Asked parameters) const;
  [[nodiscard]] Json AskLogged(std::string_view name, Asked parameters);
  EntityId engagement;

 private:
  TestNet& net_;
};

}  // namespace jiandu::contracts::testing
