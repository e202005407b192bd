// Reading a grant's terms and encoding its counters.
#include "contracts/access_terms.h"

#include <algorithm>

#include "base/hex.h"
#include "base/limits.h"
#include "base/wire.h"
#include "contracts/succession.h"

namespace jiandu::contracts {
namespace {

constexpr std::size_t kTermsBytesMax = limits::kBatchTxBytesMax;  // as in a body

Bytes Part(const ledger::EntityId& grant, char mark, std::optional<std::uint32_t> number) {
  Bytes suffix;
  suffix.push_back(static_cast<std::uint8_t>(mark));
  if (number) AppendU32Be(suffix, *number);
  return ledger::PartKey(grant, suffix);
}

int MinuteOf(std::string_view clock) {
  const auto digit = [&clock](std::size_t i) { return clock[i] - '0'; };
  return (digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4);
}

std::uint64_t Count(const Json& terms, std::string_view name) {
  const std::int64_t value = terms.IntegerOr(name);
  return value > 0 ? static_cast<std::uint64_t>(value) : 0;
}

Bytes HexMask(std::string_view hex) {
  auto bytes = HexDecode(hex);
  return bytes ? std::move(*bytes) : Bytes();
}

void ReadLists(const Json& json, AccessTerms& terms) {
  for (const Json& system : json.ItemsOf("systems")) {
    const auto id = ledger::ParseEntityId(system.TextOr("system"));
    if (!id) continue;
    AllowedSystem allowed{.system = *id, .networks = {}};
    for (const Json& net : system.ItemsOf("cidrs")) {
      if (const auto network = ledger::ParseNetwork(net.AsString())) {
        allowed.networks.push_back(*network);
      }
    }
    terms.systems.push_back(std::move(allowed));
  }
  for (const Json& account : json.ItemsOf("accounts")) {
    terms.accounts.push_back(AllowedAccount{.tag = std::string(account.TextOr("tag")),
                                            .items = HexMask(account.TextOr("items_mask"))});
  }
  for (const Json& net : json.ItemsOf("client_nets")) terms.client_nets.push_back(net.AsString());
  for (const Json& mask : json.ItemsOf("mask")) {
    terms.masks.emplace_back(mask.TextOr("profile"));
  }
}

}  // namespace

Bytes EncodeDay(const DayCounter& day) {
  WireWriter writer;
  writer.Varint(1, day.counted);
  writer.Varint(2, day.excess);
  writer.Varint(3, day.rows);
  writer.Varint(4, day.bytes);
  writer.Varint(5, day.denied_peak);
  writer.Int64(6, day.last_reported);
  writer.Varint(7, day.deny_ignored);
  return writer.Take();
}

DayCounter DecodeDay(ByteView bytes) {
  WireReader reader(bytes);
  DayCounter day;
  day.counted = reader.Varint(1).value_or(0);
  day.excess = reader.Varint(2).value_or(0);
  day.rows = reader.Varint(3).value_or(0);
  day.bytes = reader.Varint(4).value_or(0);
  day.denied_peak = reader.Varint(5).value_or(0);
  day.last_reported = reader.Int64(6).value_or(0);
  day.deny_ignored = reader.Varint(7).value_or(0);
  return day;
}

Bytes EncodeSide(const SideCounter& side) {
  WireWriter writer;
  writer.Varint(1, side.acknowledged);
  writer.Varint(2, side.consumer_only);
  writer.Int64(3, side.last_consumer);
  return writer.Take();
}

SideCounter DecodeSide(ByteView bytes) {
  WireReader reader(bytes);
  SideCounter side;
  side.acknowledged = reader.Varint(1).value_or(0);
  side.consumer_only = reader.Varint(2).value_or(0);
  side.last_consumer = reader.Int64(3).value_or(0);
  return side;
}

Bytes SideKey(const ledger::EntityId& grant, std::int32_t date) {
  return Part(grant, 'C', static_cast<std::uint32_t>(date));
}

Bytes DayKey(const ledger::EntityId& grant, std::int32_t date) {
  return Part(grant, 'd', static_cast<std::uint32_t>(date));
}

// Most grants are used in few minutes of an hour: u8 minute, u32 calls, of those with calls.
Bytes EncodeHour(const HourCounter& hour) {
  Bytes bytes;
  for (std::size_t minute = 0; minute < hour.size(); ++minute) {
    if (hour[minute] == 0) continue;
    bytes.push_back(static_cast<std::uint8_t>(minute));
    AppendU32Be(bytes, hour[minute]);
  }
  return bytes;
}

HourCounter DecodeHour(ByteView bytes) {
  HourCounter hour{};
  for (std::size_t at = 0; at + 5 <= bytes.size(); at += 5) {
    if (bytes[at] < hour.size()) hour[bytes[at]] = ReadU32Be(bytes.subspan(at + 1));
  }
  return hour;
}

Bytes HourKey(const ledger::EntityId& grant, std::uint32_t hour) { return Part(grant, 'h', hour); }
Bytes DeniedKey(const ledger::EntityId& grant, std::uint32_t hour) {
  return Part(grant, 'D', hour);
}
Bytes EncodeUses(const UseCounter& uses) {
  WireWriter writer;
  writer.Varint(1, uses.uses);
  writer.Int64(2, uses.ran_out_at);
  writer.Varint(3, uses.early_evidence ? 1 : 0);
  writer.Varint(4, uses.not_granted);
  return writer.Take();
}

UseCounter DecodeUses(ByteView bytes) {
  WireReader reader(bytes);
  UseCounter uses;
  uses.uses = reader.Varint(1).value_or(0);
  uses.ran_out_at = reader.Int64(2).value_or(0);
  uses.early_evidence = reader.Varint(3).value_or(0) != 0;
  uses.not_granted = reader.Varint(4).value_or(0);
  return uses;
}

Bytes UsesKey(const ledger::EntityId& grant) { return Part(grant, 'u', std::nullopt); }
Bytes TimelineKey(const ledger::EntityId& grant) { return Part(grant, 't', std::nullopt); }

std::vector<StatusChange> DecodeTimeline(ByteView bytes) {
  std::vector<StatusChange> changes;
  for (std::size_t at = 0; at + 9 <= bytes.size(); at += 9) {
    changes.push_back({.from = static_cast<ledger::TimeMs>(ReadU64Be(bytes.subspan(at))),
                       .status = static_cast<ledger::GrantStatus>(bytes[at + 8])});
  }
  return changes;
}

void AppendStatus(Bytes& timeline, const StatusChange& change) {
  AppendU64Be(timeline, static_cast<std::uint64_t>(change.from));
  timeline.push_back(static_cast<std::uint8_t>(change.status));
}

Bytes PastTermsKey(const ledger::EntityId& grant, std::uint32_t n) { return Part(grant, 'p', n); }

Bytes NextTermsKey(const ledger::EntityId& grant) { return Part(grant, 'n', std::nullopt); }

Bytes EncodePastTerms(const PastTerms& past) {
  WireWriter writer;
  writer.Int64(1, past.from);
  writer.Int64(2, past.until);
  writer.BytesField(3, AsBytes(past.terms));
  return writer.Take();
}

PastTerms DecodePastTerms(ByteView bytes) {
  WireReader reader(bytes);
  PastTerms past;
  past.from = reader.Int64(1).value_or(0);
  past.until = reader.Int64(2).value_or(0);
  if (const auto terms = reader.BytesField(3, kTermsBytesMax)) past.terms = AsText(*terms);
  return past;
}

Bytes VersionsKey(const ledger::EntityId& resource) { return Part(resource, 'v', std::nullopt); }

Bytes EncodeVersions(std::span<const Version> versions) {
  Bytes bytes;
  bytes.reserve(16 * versions.size());
  for (const Version& version : versions) {
    AppendU64Be(bytes, static_cast<std::uint64_t>(version.from));
    AppendU64Be(bytes, static_cast<std::uint64_t>(version.number));
  }
  return bytes;
}

std::vector<Version> DecodeVersions(ByteView bytes) {
  std::vector<Version> versions;
  versions.reserve(bytes.size() / 16);
  for (std::size_t at = 0; at + 16 <= bytes.size(); at += 16) {
    versions.push_back({.from = static_cast<ledger::TimeMs>(ReadU64Be(bytes.subspan(at))),
                        .number = static_cast<std::int64_t>(ReadU64Be(bytes.subspan(at + 8)))});
  }
  return versions;
}

Bytes StopsKey(const ledger::EntityId& resource) { return Part(resource, 's', std::nullopt); }

Bytes EncodeStops(std::span<const StopSpan> stops) {
  Bytes bytes;
  for (const StopSpan& stop : stops) {
    AppendU64Be(bytes, static_cast<std::uint64_t>(stop.from));
    AppendU64Be(bytes, static_cast<std::uint64_t>(stop.until));
    bytes.push_back(static_cast<std::uint8_t>(stop.cause));
  }
  return bytes;
}

std::vector<StopSpan> DecodeStops(ByteView bytes) {
  std::vector<StopSpan> stops;
  for (std::size_t at = 0; at + 17 <= bytes.size(); at += 17) {
    stops.push_back({.from = static_cast<ledger::TimeMs>(ReadU64Be(bytes.subspan(at))),
                     .until = static_cast<ledger::TimeMs>(ReadU64Be(bytes.subspan(at + 8))),
                     .cause = static_cast<StopCause>(bytes[at + 16])});
  }
  return stops;
}

ledger::GrantStatus AccessTerms::StatusAt(ledger::TimeMs time) const {
  ledger::GrantStatus status = ledger::GrantStatus::kOpened;
  for (const StatusChange& change : timeline) {
    if (change.from > time) break;
    status = change.status;
  }
  return status;
}

namespace {

std::unique_ptr<AccessTerms> Read(const ledger::EntityBody& grant, const Json& json,
                                  ByteView timeline) {
  auto terms = std::make_unique<AccessTerms>();
  terms->consumer = grant.Party("consumer");
  terms->provider = grant.Party("provider");
  if (const ledger::EntityId* resource = grant.Link("resource")) terms->resource = *resource;
  if (const ledger::EntityId* emergency = grant.Link("emergency")) terms->emergency = *emergency;
  terms->pair = ledger::PairEntity(terms->resource, BirthParty(grant, "consumer"));
  terms->timeline = DecodeTimeline(timeline);
  if (IsOwnCase(grant)) {
    terms->timeline.push_back(
        {.from = grant.Number(kOwnSince), .status = ledger::GrantStatus::kExpired});
  }
  terms->valid_from = grant.Number("valid_from");
  terms->valid_to = grant.Number("valid_to");
  // The provider has announced its end for an earlier day.
  if (const std::int64_t ends_at = grant.Number("ends_at"); ends_at > 0) {
    terms->valid_to = std::min(terms->valid_to, ends_at);
  }
  terms->items = HexMask(json.TextOr("items_mask"));
  terms->masked = HexMask(json.TextOr("masked"));
  if (const std::string_view window = json.TextOr("daily_window"); window.size() == 11) {
    terms->window_from = MinuteOf(window.substr(0, 5));
    terms->window_to = MinuteOf(window.substr(6));
  }
  terms->daily_cap = Count(json, "daily_cap");
  terms->rate_per_min = Count(json, "rate_per_min");
  terms->rows_per_call_max = Count(json, "rows_per_call_max");
  terms->bytes_per_day = Count(json, "bytes_per_day");
  terms->uses_max = Count(json, "uses_max");
  terms->purpose = json.TextOr("purpose_code");
  terms->matter = json.TextOr("matter_code");
  const std::string_view grade = json.TextOr("grade");
  terms->single_calls = grade == "G4" || grade == "IMPORTANT" || grade == "CORE";
  terms->strict_grade = terms->single_calls || grade == "G3";
  const ledger::Clock* delivery = grant.FindClock("D06");
  terms->awaits_delivery = delivery != nullptr && delivery->Runs();
  ReadLists(json, *terms);
  return terms;
}

}  // namespace

std::unique_ptr<const AccessTerms> ReadTerms(const ledger::EntityBody& grant, ByteView timeline) {
  auto terms = Read(grant, grant.Terms(), timeline);
  terms->since = grant.Number("terms_from");
  if (const std::int64_t change_at = grant.Number("change_at"); change_at > 0) {
    terms->until = change_at;
  }
  return terms;
}

std::unique_ptr<const AccessTerms> ReadTerms(const ledger::EntityBody& grant, ByteView timeline,
                                             const PastTerms& other) {
  auto json = ParseJson(other.terms, kTermsBytesMax);
  auto terms = Read(grant, json ? *json : Json::MakeObject(), timeline);
  terms->since = other.from;
  terms->until = other.until;
  return terms;
}

Bytes MaskOf(std::span<const std::string> items, std::span<const std::string> all) {
  Bytes mask((all.size() + 7) / 8, 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (std::ranges::find(items, all[i]) == items.end()) continue;
    mask[i / 8] = static_cast<std::uint8_t>(mask[i / 8] | (1U << (i % 8)));
  }
  return mask;
}

}  // namespace jiandu::contracts
