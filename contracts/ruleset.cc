// Two keys of the network's configuration.
#include "contracts/ruleset.h"

#include <algorithm>
#include <array>

namespace jiandu::contracts {
namespace {

constexpr std::array<std::uint64_t, 1> kKnown = {1};
constexpr std::uint64_t kFirst = 1;

Bytes NowKey() { return ledger::ConfigKey("ruleset"); }
Bytes NextKey() { return ledger::ConfigKey("ruleset-next"); }

std::uint64_t ReadNumber(const std::optional<Bytes>& bytes) {
  const auto number = bytes ? ParseJson(AsText(*bytes), 32) : Result<Json>(Json(0));
  const bool is_one = number && number->IsInteger() && number->AsInteger() > 0;
  return is_one ? static_cast<std::uint64_t>(number->AsInteger()) : kFirst;
}

std::optional<PlannedRuleset> ReadPlan(const std::optional<Bytes>& bytes) {
  const auto json = bytes ? ParseJson(AsText(*bytes), 512) : Result<Json>(Json(0));
  if (!json || !json->IsObject()) return std::nullopt;
  const std::int64_t from = json->IntegerOr("from");
  const std::int64_t ruleset = json->IntegerOr("ruleset");
  if (from <= 0 || ruleset <= 0) return std::nullopt;
  return PlannedRuleset{.from = static_cast<ledger::Height>(from),
                        .ruleset = static_cast<std::uint64_t>(ruleset)};
}

std::uint64_t At(const std::optional<Bytes>& now, const std::optional<Bytes>& next,
                 ledger::Height height) {
  const auto planned = ReadPlan(next);
  return planned && planned->from <= height ? planned->ruleset : ReadNumber(now);
}

}  // namespace

bool KnowsRuleset(std::uint64_t ruleset) {
  return std::ranges::find(kKnown, ruleset) != kKnown.end();
}

std::optional<PlannedRuleset> ReadPlannedRuleset(const ledger::StateView& view) {
  return ReadPlan(view.Get(NextKey()));
}

std::uint64_t RulesetAt(const ledger::StateView& view, ledger::Height height) {
  return At(view.Get(NowKey()), view.Get(NextKey()), height);
}

std::uint64_t RulesetInForce(const BlockState& state) {
  return At(state.Get(NowKey()), state.Get(NextKey()), state.Context().height);
}

void PlanRuleset(BlockState& state, const PlannedRuleset& planned, std::string_view source_digest) {
  state.Put(NowKey(), ToBytes(std::to_string(RulesetInForce(state))));
  const Json next = Json::MakeObject({{"from", static_cast<std::int64_t>(planned.from)},
                                      {"ruleset", static_cast<std::int64_t>(planned.ruleset)},
                                      {"source_digest", source_digest}});
  state.Put(NextKey(), ToBytes(CanonicalJson(next)));
}

}  // namespace jiandu::contracts
