// See views.h.
#include "gateway/views.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "base/limits.h"

namespace jiandu::gateway {
namespace {

using ledger::Touch;

Json RolesToJson(std::uint32_t roles) {
  static constexpr std::array<std::pair<std::uint32_t, std::string_view>, 6> kNames{{
      {ledger::touch::kNew, "new"},
      {ledger::touch::kAct, "act"},
      {ledger::touch::kSource, "source"},
      {ledger::touch::kUse, "use"},
      {ledger::touch::kOut, "out"},
      {ledger::touch::kRevision, "revision"},
  }};
  Json names = Json::MakeArray();
  for (const auto& [bit, name] : kNames) {
    if ((roles & bit) != 0) names.Push(name);
  }
  return names;
}

Json PeerToJson(const NodeStatus::Peer& peer, bool with_address) {
  Json json = Json::MakeObject();
  json.Set("department", peer.department).Set("connected", peer.connected);
  json.Set("height", Integer(peer.height));
  json.Set("last_seen_ms_ago", peer.last_seen_ms_ago);
  json.Set("clock_ahead_ms", peer.clock_ahead_ms);
  if (with_address) json.Set("address", peer.address);
  return json;
}

Json Texts(const std::vector<std::string>& texts) {
  Json json = Json::MakeArray();
  for (const std::string& text : texts) json.Push(text);
  return json;
}

}  // namespace

Json Integer(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(limits::kJsonIntegerMax)) return std::to_string(value);
  return value;
}

std::string_view TxStatusName(TxStatus status) {
  switch (status) {
    case TxStatus::kUnknown: return "unknown";
    case TxStatus::kPending: return "pending";
    case TxStatus::kCommitted: return "committed";
    case TxStatus::kRejected: return "rejected";
    case TxStatus::kInvalid: return "invalid";
  }
  return "unknown";
}

Json CodeToJson(std::uint32_t code) {
  if (code == 0) return {};
  Json json = Json::MakeObject();
  json.Set("number", std::uint64_t{code});
  const ledger::CodeInfo* info = ledger::FindCode(code);
  if (info == nullptr) return json;
  json.Set("name", info->name).Set("step", info->step);
  json.Set("message", info->message).Set("message_zh", info->message_zh);
  json.Set("clause", info->clause).Set("article", info->article).Set("hint", info->hint);
  json.Set("hint_zh", info->hint_zh);
  return json;
}

Json FlagsToJson(std::uint64_t flags, const ledger::FlagCounts& counts) {
  Json json = Json::MakeArray();
  if (flags == 0) return json;
  for (const ledger::FlagInfo& info : ledger::AllFlags()) {
    if (info.bit >= 64 || ((flags >> info.bit) & 1U) == 0) continue;
    Json flag = Json::MakeObject();
    flag.Set("name", info.name).Set("group", info.group);
    flag.Set("message", info.message).Set("message_zh", info.message_zh);
    if (const std::uint64_t n = ledger::CountOf(counts, info.bit); n > 0) {
      flag.Set("count", Integer(n));
    }
    json.Push(std::move(flag));
  }
  return json;
}

Json FlagsToJson(const LedgerSnapshot& snapshot, const ledger::Stub& stub) {
  if (stub.flags == 0) return FlagsToJson(0);
  return FlagsToJson(stub.flags, ledger::FlagCountsOf(snapshot.State(), stub.txid));
}

Json ResultToJson(const ledger::TxId& txid, const TxResult& result) {
  Json json = Json::MakeObject();
  json.Set("txid", HexEncode(txid.View())).Set("status", TxStatusName(result.status));
  if (result.status != TxStatus::kCommitted && result.status != TxStatus::kRejected) return json;
  json.Set("height", Integer(result.height)).Set("time", result.time);
  json.Set("index", Integer(result.index)).Set("code", CodeToJson(result.code));
  json.Set("flags", FlagsToJson(result.flags, result.flag_counts)).Set("detail", result.detail);
  Json born = Json::MakeArray();
  for (const ledger::EntityId& id : result.born) {
    Json one = Json::MakeObject();
    one.Set("id", ledger::ToHex(id)).Set("kind", ledger::KindName(ledger::KindOf(id)));
    born.Push(std::move(one));
  }
  json.Set("born", std::move(born));
  return json;
}

Json StubToJson(const LedgerSnapshot& snapshot, const ledger::Stub& stub) {
  Json json = Json::MakeObject();
  json.Set("height", Integer(stub.height)).Set("time", stub.time).Set("op", stub.op);
  json.Set("txid", HexEncode(stub.txid.View())).Set("env", HexEncode(stub.env.View()));
  json.Set("code", CodeToJson(stub.code)).Set("flags", FlagsToJson(snapshot, stub));
  Json touched = Json::MakeArray();
  for (const Touch& touch : stub.touched) {
    Json one = Json::MakeObject();
    one.Set("entity", ledger::ToHex(touch.entity));
    one.Set("kind", ledger::KindName(ledger::KindOf(touch.entity)));
    one.Set("roles", RolesToJson(touch.roles)).Set("seq", Integer(touch.seq));
    touched.Push(std::move(one));
  }
  json.Set("touched", std::move(touched));
  return json;
}

Json DerivedToJson(const std::vector<LedgerSnapshot::DerivedFlag>& flags) {
  Json list = Json::MakeArray();
  const auto known = ledger::DerivedFlags();
  for (const LedgerSnapshot::DerivedFlag& flag : flags) {
    Json json = Json::MakeObject({{"department", flag.department}, {"flag", flag.flag}});
    json.Set("subject", ledger::ToHex(flag.subject)).Set("value", flag.value);
    if (!flag.detail.empty()) json.Set("detail", flag.detail);
    const auto info = std::ranges::find(known, flag.flag, &ledger::FlagInfo::name);
    if (info != known.end()) json.Set("message", info->message).Set("message_zh", info->message_zh);
    list.Push(std::move(json));
  }
  return list;
}

Json HistoryRow(const LedgerSnapshot& snapshot, std::uint64_t place, ledger::LogIndex index,
                const ledger::EntityId& entity, const ledger::Stub& stub, SightOf& sight) {
  Json row = Json::MakeObject();
  row.Set("seq", Integer(place));
  if (!sight.ShowsEvent(stub)) {
    row.Set("withheld", true);
    return row;
  }
  const auto touch = std::ranges::find(stub.touched, entity, &Touch::entity);
  row.Set("index", Integer(index));
  row.Set("roles", touch == stub.touched.end() ? Json::MakeArray() : RolesToJson(touch->roles));
  Json event = StubToJson(snapshot, stub);
  event.Set("derived", DerivedToJson(snapshot.FlagsOfEvent(index, stub)));
  row.Set("event", std::move(event));
  return row;
}

Json EnvelopeToJson(const ledger::Transaction& transaction) {
  Json json = Json::MakeObject();
  // Both texts come from what the ledger holds, which was read strictly before it was taken.
  auto envelope = ParseJson(ledger::DsseFromStored(transaction), limits::kHttpBodyBytesMax * 2);
  auto payload = ParseJson(AsText(transaction.payload_bytes), limits::kBatchTxBytesMax);
  if (envelope) json.Set("envelope", *std::move(envelope));
  if (payload) json.Set("payload", *std::move(payload));
  return json;
}

Json StatusToJson(const NodeStatus::Report& report, bool with_addresses) {
  Json json = Json::MakeObject();
  json.Set("chain", report.chain).Set("genesis_hash", HexEncode(report.genesis_hash.View()));
  json.Set("department", report.department).Set("version", report.version);
  json.Set("height", Integer(report.height)).Set("block_time", report.block_time);
  json.Set("round", std::int64_t{report.round}).Set("step", report.step);
  json.Set("waiting_for", report.waiting_for).Set("waiting_for_zh", report.waiting_for_zh);
  json.Set("waiting_since_ms", report.waiting_since_ms).Set("missing", Texts(report.missing));
  Json why = Json::MakeArray();
  for (const NodeStatus::Missing& one : report.missing_why) {
    why.Push(Json::MakeObject({{"department", one.department},
                               {"why", one.why},
                               {"why_zh", one.why_zh},
                               {"since_ms", one.since_ms}}));
  }
  json.Set("missing_why", std::move(why));
  json.Set("proposer", report.proposer);
  json.Set("role", report.validator ? "validator" : "follower");
  json.Set("validator", report.validator).Set("catching_up", report.catching_up);
  json.Set("signing", report.signing).Set("not_signing_because", report.not_signing_because);
  json.Set("mempool", Json::MakeObject({{"transactions", Integer(report.mempool_transactions)},
                                        {"bytes", Integer(report.mempool_bytes)}}));
  json.Set("persisted_height", Integer(report.persisted_height));
  json.Set("disk_free_bytes", Integer(report.disk_free_bytes));
  if (const auto& planned = report.planned_ruleset) {
    json.Set("planned_ruleset",
             Json::MakeObject({{"ruleset", Integer(planned->ruleset)},
                               {"from", Integer(planned->from)},
                               {"heights_left", Integer(planned->HeightsLeft(report.height))},
                               {"known", planned->known}}));
  }
  Json peers = Json::MakeArray();
  for (const NodeStatus::Peer& peer : report.peers) peers.Push(PeerToJson(peer, with_addresses));
  json.Set("peers", std::move(peers)).Set("alarms", Texts(report.alarms));
  return json;
}

}  // namespace jiandu::gateway
