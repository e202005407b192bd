// The saved queries of auditors (docs/audit-queries.md): what each asks for, who may ask it, what
// answers it.
//
// Each family stands in a file of its own, audit_<family>.cc; AuditQueries() joins them. A query is
// answered from the call's snapshot at once, from indexes alone. Constant data; any thread.
#pragma once

#include <span>
#include <string_view>

#include "gateway/call.h"

namespace jiandu::gateway {

struct QueryParameter {
  std::string_view name;
  bool required = false;
  std::string_view description;
  std::string_view description_zh;
};

// Who may ask.
enum class QuerySight : std::uint8_t {
  kManagerOrAuditor,  // departments with one of these roles
  kOwn,               // these, and any department about itself: it is shown its own rows
};

struct AuditQuery {
  std::string_view name;  // "q3", "39-4": in the address
  std::string_view title;
  std::string_view title_zh;
  std::string_view source;  // clause or article
  std::span<const QueryParameter> parameters = {};
  QuerySight sight = QuerySight::kOwn;
  // About one person, file or what is sealed: asks for an open engagement.
  bool subject_level = false;
  // The parameter that makes it one of these, where only some ask for it.
  std::string_view subject_parameter = {};
  // The call's parameters are those of `parameters`, the required ones are there, and the reader
  // may ask.
  Answer (*run)(const AuditQuery& query, const Call& call) = nullptr;
};

// All of them, in the order of the list.
[[nodiscard]] std::span<const AuditQuery> AuditQueries();
// Null when there is none of that name.
[[nodiscard]] const AuditQuery* FindAuditQuery(std::string_view name);

// Families.
[[nodiscard]] std::span<const AuditQuery> EventQueries();      // Q5, Q6, Q7, Q10, Q15
[[nodiscard]] std::span<const AuditQuery> DeadlineQueries();   // Q3, Q4
[[nodiscard]] std::span<const AuditQuery> UseQueries();        // Q8, Q13
[[nodiscard]] std::span<const AuditQuery> CaseQueries();       // Q9, Q11, Q14
[[nodiscard]] std::span<const AuditQuery> SubjectQueries();    // Q1, Q2, Q12
[[nodiscard]] std::span<const AuditQuery> LiabilityQueries();  // 809 Art. 39 to 41

// The list of queries, and the answer of one.
[[nodiscard]] Answer ListAuditQueries(const Call& call);
[[nodiscard]] Answer RunAuditQuery(const Call& call);

}  // namespace jiandu::gateway
