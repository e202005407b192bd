// A body as JSON, for answers of the gateway and for people.
#include "base/hex.h"
#include "ledger/model/body.h"
#include "ledger/model/codes.h"

namespace jiandu::ledger {
namespace {

// Names of the raised flags; a bit without a name shows as its number.
Json FlagNames(std::uint64_t flags) {
  Json names = Json::MakeArray();
  for (std::uint32_t bit = 0; bit < 64; ++bit) {
    if (((flags >> bit) & 1U) == 0) continue;
    std::string name = std::to_string(bit);
    for (const FlagInfo& flag : AllFlags()) {
      if (flag.bit == bit) name = flag.name;
    }
    names.Push(std::move(name));
  }
  return names;
}

// Integers beyond what JSON carries exactly are written as text.
Json Integer(std::int64_t value) {
  constexpr std::int64_t kMax = 9007199254740991;
  if (value > kMax || value < -kMax) return std::to_string(value);
  return value;
}

Json ActToJson(EntityKind kind, const Act& act) {
  Json json = Json::MakeObject();
  json.Set("op", act.op).Set("time", Integer(act.time));
  json.Set("height", Integer(static_cast<std::int64_t>(act.height)));
  json.Set("txid", HexEncode(act.txid.View())).Set("department", act.department);
  if (act.status != 0) json.Set("status", StatusName(kind, act.status));
  if (!act.note.empty()) json.Set("note", act.note);
  if (act.flags != 0) json.Set("flags", FlagNames(act.flags));
  return json;
}

std::string_view UnitName(ClockUnit unit) {
  switch (unit) {
    case ClockUnit::kWorkingDays: return "wd";
    case ClockUnit::kHours: return "hours";
    case ClockUnit::kUntil: return "until";
  }
  return "?";
}

}  // namespace

Json ClockToJson(const Clock& clock) {
  Json json = Json::MakeObject();
  json.Set("code", clock.code).Set("department", clock.department);
  json.Set("start", Integer(clock.start)).Set("unit", UnitName(clock.unit));
  json.Set("n", Integer(clock.n));
  if (clock.extra != 0) json.Set("extra", Integer(clock.extra));
  if (!clock.Runs()) json.Set("ended_at", Integer(clock.ended_at));
  if (clock.satisfied) json.Set("satisfied", true);
  if (clock.late != 0) json.Set("late", Integer(clock.late));
  Json waits = Json::MakeObject();
  for (const auto& [department, days] : clock.waits) waits.Set(department, Integer(days));
  if (!clock.waits.empty()) json.Set("waits", std::move(waits));
  Json held = Json::MakeObject();
  for (const auto& [department, until] : clock.held_until) held.Set(department, Integer(until));
  if (!clock.held_until.empty()) json.Set("held_until", std::move(held));
  return json;
}

Json BodyToJson(const EntityId& id, const EntityBody& body) {
  Json json = Json::MakeObject();
  json.Set("id", ToHex(id)).Set("kind", KindName(body.kind));
  json.Set("status", StatusName(body.kind, body.status)).Set("department", body.department);
  json.Set("born_at", Integer(body.born_at));
  json.Set("born_height", Integer(static_cast<std::int64_t>(body.born_height)));
  json.Set("born_tx", HexEncode(body.born_tx.View()));
  Json parties = Json::MakeObject();
  for (const auto& [name, department] : body.parties) parties.Set(name, department);
  Json links = Json::MakeObject();
  for (const auto& [name, entity] : body.links) links.Set(name, ToHex(entity));
  Json numbers = Json::MakeObject();
  for (const auto& [name, value] : body.numbers) numbers.Set(name, Integer(value));
  Json texts = Json::MakeObject();
  for (const auto& [name, text] : body.texts) texts.Set(name, text);
  json.Set("parties", std::move(parties)).Set("links", std::move(links));
  json.Set("numbers", std::move(numbers)).Set("texts", std::move(texts));
  json.Set("form", body.Form());
  if (!body.terms.empty()) json.Set("terms", body.Terms());
  Json acts = Json::MakeArray();
  for (const Act& act : body.acts) acts.Push(ActToJson(body.kind, act));
  json.Set("acts", std::move(acts));
  Json clocks = Json::MakeArray();
  for (const Clock& clock : body.clocks) clocks.Push(ClockToJson(clock));
  json.Set("clocks", std::move(clocks));
  return json;
}

}  // namespace jiandu::ledger
