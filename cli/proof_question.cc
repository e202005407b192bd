// From options to a query.
#include "cli/proof_question.h"

#include <algorithm>

#include "base/hex.h"
#include "ledger/model/genesis.h"
#include "sdk/cpp/ascii_json.h"

namespace jiandu::cli {
namespace {

using ledger::EntityId;

Result<EntityId> EntityOf(std::string_view hex, const char* option) {
  auto id = HexDecodeFixed<EntityId::kSize>(hex);
  if (!id) return Fail(Errc::kInvalid, std::string(option) + ": an id is 34 lower-case hex digits");
  return *id;
}

Result<ledger::ProofQuery> AbsenceOf(const ProofQuestion& question) {
  if (!question.name.empty()) return ledger::AbsenceQuery{question.name};
  if (!question.absence.empty()) {
    JD_TRY(const EntityId id, EntityOf(question.absence, "absence"));
    return ledger::AbsenceQuery{id};
  }
  JD_TRY(const EntityId resource, EntityOf(question.resource, "--resource"));
  if (ledger::KindOf(resource) != ledger::EntityKind::kResource) {
    return Fail(Errc::kInvalid, "--resource: " + question.resource +
                                    " is no id of a resource: jiandu resource list "
                                    "shows them 不是资源编号：可用 jiandu resource list 查看");
  }
  if (!ledger::IsDepartmentCode(question.department)) {
    return Fail(Errc::kInvalid, "--department: a department's code has 18 characters");
  }
  return ledger::AbsenceQuery{
      ledger::Untouched{.resource = resource, .department = question.department}};
}

Result<ledger::ProofQuery> HistoriesOf(const std::vector<std::string>& list) {
  ledger::HistoriesQuery query;
  for (const std::string& hex : list) {
    JD_TRY(const EntityId id, EntityOf(hex, "histories"));
    query.entities.push_back(id);
  }
  std::ranges::sort(query.entities);
  const auto doubled = std::ranges::unique(query.entities);
  query.entities.erase(doubled.begin(), doubled.end());
  return query;
}

Result<ledger::ProofQuery> LineageOf(const ProofQuestion& question) {
  JD_TRY(const EntityId id, EntityOf(question.lineage, "lineage"));
  const auto direction = ledger::DirectionFromName(question.direction);
  if (!direction) return Fail(Errc::kInvalid, "--direction: down or up");
  return ledger::LineageQuery{.entity = id, .direction = *direction};
}

}  // namespace

Result<std::optional<ledger::ProofQuery>> AskedQuery(const ProofQuestion& question) {
  const bool pair = !question.resource.empty() && !question.department.empty();
  if (!pair && (!question.resource.empty() || !question.department.empty())) {
    return Fail(Errc::kInvalid, "--resource and --department are given together");
  }
  const bool absence = pair || !question.name.empty() || !question.absence.empty();
  const int ways = static_cast<int>(pair) + static_cast<int>(!question.name.empty()) +
                   static_cast<int>(!question.absence.empty()) +
                   static_cast<int>(!question.transaction.empty()) +
                   static_cast<int>(!question.history.empty()) +
                   static_cast<int>(!question.histories.empty()) +
                   static_cast<int>(!question.lineage.empty());
  if (ways == 0) return std::nullopt;
  if (ways > 1) return Fail(Errc::kInvalid, "more than one question is asked");
  if (absence) return AbsenceOf(question);
  if (!question.histories.empty()) return HistoriesOf(question.histories);
  if (!question.lineage.empty()) return LineageOf(question);
  if (!question.history.empty()) {
    JD_TRY(const EntityId id, EntityOf(question.history, "history"));
    return ledger::HistoryQuery{id};
  }
  const auto txid = HexDecodeFixed<32>(question.transaction);
  if (!txid) return Fail(Errc::kInvalid, "transaction: an id is 64 lower-case hex digits");
  return ledger::TransactionQuery{*txid};
}

Result<void> CheckAnswers(const ledger::ProofQuery& answered, const ledger::ProofQuery& asked) {
  if (answered == asked) return {};
  return Fail(Errc::kConflict, "asked was the " + QueryText(asked) +
                                   ", the answer is to another question: " + QueryText(answered));
}

std::string QueryText(const ledger::ProofQuery& query) {
  if (const auto* absence = std::get_if<ledger::AbsenceQuery>(&query)) {
    if (const auto* name = std::get_if<std::string>(&absence->what)) {
      return "absence of name " + sdk::AsciiJson(*name);
    }
    if (const auto* pair = std::get_if<ledger::Untouched>(&absence->what)) {
      return "absence of any touch of resource " + ledger::ToHex(pair->resource) +
             " by department " + pair->department;
    }
    return "absence of " + ledger::ToHex(std::get<EntityId>(absence->what));
  }
  if (const auto* lineage = std::get_if<ledger::LineageQuery>(&query)) {
    return "lineage of " + ledger::ToHex(lineage->entity) + ", " +
           std::string(ledger::DirectionName(lineage->direction));
  }
  if (const auto* history = std::get_if<ledger::HistoryQuery>(&query)) {
    return "history of " + ledger::ToHex(history->entity);
  }
  if (const auto* several = std::get_if<ledger::HistoriesQuery>(&query)) {
    std::string text = "histories of";
    constexpr std::size_t kShown = 8;
    for (std::size_t i = 0; i < std::min(kShown, several->entities.size()); ++i) {
      text += " " + ledger::ToHex(several->entities[i]);
    }
    if (several->entities.size() <= kShown) return text;
    return text + " and " + std::to_string(several->entities.size() - kShown) + " more";
  }
  return "transaction " + HexEncode(std::get<ledger::TransactionQuery>(query).txid.View());
}

}  // namespace jiandu::cli
