// Superseding and announcing terms.
#include "contracts/grant_terms.h"

#include <algorithm>

#include "base/limits.h"
#include "contracts/clock.h"
#include "contracts/emergency.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::TimeMs;

constexpr std::int64_t kDayMs = 86'400'000;

void Forget(BlockState& state, const EntityId& id, EntityBody& grant) {
  for (const std::string_view name : {"change_at", "next_uses_max", "ends_at"}) {
    if (const auto found = grant.numbers.find(name); found != grant.numbers.end()) {
      grant.numbers.erase(found);
    }
  }
  state.Delete(NextTermsKey(id));
}

// The terms of the body go beside it, and `terms` come in their place at `from`.
void Supersede(BlockState& state, const EntityId& id, EntityBody& grant, Bytes terms, TimeMs from) {
  const auto kept = static_cast<std::uint32_t>(grant.Number("past_terms"));
  const PastTerms past{
      .from = grant.Number("terms_from"), .until = from, .terms = ToText(grant.terms)};
  state.Put(PastTermsKey(id, kept), EncodePastTerms(past));
  if (kept >= kPastTermsMax) state.Delete(PastTermsKey(id, kept - kPastTermsMax));
  grant.numbers["past_terms"] = kept + 1;
  grant.numbers["terms_from"] = from;
  grant.terms = std::move(terms);
}

}  // namespace

void SettleTerms(BlockState& state, const EntityId& id, TimeMs time) {
  const std::int64_t change_at = state.Body(id)->Number("change_at");
  if (change_at == 0 || time < change_at) return;
  EntityBody& grant = state.Edit(id);
  const std::int64_t uses_max = grant.Number("next_uses_max");
  Supersede(state, id, grant, state.Get(NextTermsKey(id)).value_or(Bytes()), change_at);
  Forget(state, id, grant);
  grant.numbers["uses_max"] = uses_max;
}

void ReplaceTerms(Case& judged, const EntityId& id, const Json& terms) {
  SettleTerms(judged.state, id, judged.Time());
  EntityBody& grant = judged.state.Edit(id);
  Forget(judged.state, id, grant);
  Supersede(judged.state, id, grant, ToBytes(CanonicalJson(terms)), judged.Time());
  grant.numbers["uses_max"] = terms.IntegerOr("uses_max");
}

void AnnounceTerms(Case& judged, const EntityId& id, const Json& terms, TimeMs from) {
  SettleTerms(judged.state, id, judged.Time());
  EntityBody& grant = judged.state.Edit(id);
  Forget(judged.state, id, grant);
  grant.numbers["change_at"] = from;
  grant.numbers["next_uses_max"] = terms.IntegerOr("uses_max");
  judged.state.Put(NextTermsKey(id), ToBytes(CanonicalJson(terms)));
}

void AnnounceEnd(Case& judged, const EntityId& id, TimeMs at) {
  SettleTerms(judged.state, id, judged.Time());
  EntityBody& grant = judged.state.Edit(id);
  Forget(judged.state, id, grant);
  grant.numbers["ends_at"] = at;
  const TimeMs end = std::min(at, grant.Number("valid_to") - 1);
  StartDisposal(judged.state, grant, end);
}

void StartDisposal(BlockState& state, EntityBody& grant, TimeMs from) {
  const ledger::Clock* running = RunningClock(grant, "D14");
  if (running != nullptr && running->start <= state.Context().time) return;
  StartClock(state, grant, "D14", grant.Party("consumer"), from);
}

Json TermsInForce(BlockState& state, const EntityId& id, TimeMs time) {
  const EntityBody& grant = *state.Body(id);
  const std::int64_t change_at = grant.Number("change_at");
  if (change_at == 0 || time < change_at) return grant.Terms();
  const Bytes next = state.Get(NextTermsKey(id)).value_or(Bytes());
  auto terms = ParseJson(AsText(next), limits::kBatchTxBytesMax);
  return terms ? *std::move(terms) : Json(grant.Terms());
}

void SetEnd(BlockState& state, EntityBody& grant, std::int64_t valid_to_date) {
  TimeMs end = ledger::StartOfDate(valid_to_date) + kDayMs;
  if (grant.Link("emergency") != nullptr) {
    grant.numbers[std::string(kOwnEnd)] = end;
    end = std::min(end, TimeMs{grant.Number("valid_to")});
  }
  grant.numbers["valid_to"] = end;
  KeepEnd(state, grant);
}

void KeepEnd(BlockState& state, EntityBody& grant) {
  // Recalled batches are disposed of first; who closes that starts the clock of the end anew.
  const ledger::Clock* disposal = RunningClock(grant, "D14");
  if (disposal != nullptr && disposal->start == grant.Number("recalled_at")) return;
  StartClock(state, grant, "D14", grant.Party("consumer"), grant.Number("valid_to") - 1);
}

std::int64_t UsesMaxAt(const EntityBody& grant, TimeMs time) {
  const std::int64_t change_at = grant.Number("change_at");
  return change_at > 0 && time >= change_at ? grant.Number("next_uses_max")
                                            : grant.Number("uses_max");
}

}  // namespace jiandu::contracts
