// The body's wire form, its small accessors and the names of statuses.
#include "ledger/model/body.h"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "base/limits.h"
#include "base/wire.h"

namespace jiandu::ledger {
namespace {

// Bounds of what is read back; the contracts stay far below.
constexpr std::size_t kNamedMax = 1024;  // parties, links, numbers or texts of one body
constexpr std::size_t kNameBytesMax = limits::kIdBytesMax;
constexpr std::size_t kNamedTextBytesMax = limits::kTxBytesMax;
constexpr std::size_t kFormBytesMax = limits::kBatchTxBytesMax;
constexpr std::size_t kNoteBytesMax = 64;

Result<std::uint32_t> Narrow(std::uint64_t value) {
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(Errc::kInvalid, "body: number out of range");
  }
  return static_cast<std::uint32_t>(value);
}

// Writes a map as repeated messages {1 name, 2 value}; `put` writes the value.
template <typename Map, typename Put>
void PutNamed(WireWriter& writer, std::uint32_t field, const Map& map, Put put) {
  for (const auto& [name, value] : map) {
    writer.Nested(field, [&](WireWriter& entry) {
      entry.Text(1, name);
      put(entry, value);
    });
  }
}

// Reads such a map; names ascend strictly.
template <typename Map, typename Take>
Result<void> TakeNamed(WireReader& reader, std::uint32_t field, Map& map, Take take) {
  while (reader.NextIs(field)) {
    if (map.size() >= kNamedMax) return Fail(Errc::kTooLarge, "body: too many named values");
    JD_TRY(const ByteView message, reader.Message(field));
    WireReader entry(message);
    JD_TRY(const std::string_view name, entry.Text(1, kNameBytesMax));
    if (!map.empty() && map.rbegin()->first >= name) {
      return Fail(Errc::kInvalid, "body: names out of order");
    }
    JD_TRY(auto value, take(entry));
    JD_CHECK(entry.Finish());
    map.emplace_hint(map.end(), std::string(name), std::move(value));
  }
  return {};
}

Result<std::string> TakeText(WireReader& reader, std::uint32_t field, std::size_t size_max) {
  JD_TRY(const std::string_view text, reader.Text(field, size_max));
  return std::string(text);
}

Result<Hash256> TakeHash(WireReader& reader, std::uint32_t field) {
  JD_TRY(const auto hash, reader.OptionalFixed<32>(field));
  if (hash.has_value() && hash->IsZero()) return Fail(Errc::kInvalid, "body: explicit zero hash");
  return hash.value_or(Hash256());
}

void PutAct(WireWriter& writer, const Act& act) {
  writer.Text(1, act.op);
  writer.Int64(2, act.time);
  writer.Varint(3, act.height);
  if (!act.txid.IsZero()) writer.BytesField(4, act.txid.View());
  writer.Text(5, act.department);
  writer.Varint(6, act.status);
  writer.Text(7, act.note);
  writer.Varint(8, act.flags);
}

Result<Act> DecodeAct(ByteView bytes) {
  WireReader reader(bytes);
  Act act;
  JD_TRY(act.op, TakeText(reader, 1, limits::kOpBytesMax));
  JD_TRY(act.time, reader.Int64(2));
  JD_TRY(act.height, reader.Varint(3));
  JD_TRY(act.txid, TakeHash(reader, 4));
  JD_TRY(act.department, TakeText(reader, 5, limits::kIdBytesMax));
  JD_TRY(const std::uint64_t status, reader.Varint(6));
  JD_TRY(act.status, Narrow(status));
  JD_TRY(act.note, TakeText(reader, 7, kNoteBytesMax));
  JD_TRY(act.flags, reader.Varint(8));
  JD_CHECK(reader.Finish());
  return act;
}

using Names = std::span<const std::string_view>;

// Names of the statuses of a kind; the first is status 1.
constexpr std::string_view kDepartmentStatuses[] = {"ACTIVE", "MERGED", "RENAMED", "SPLIT"};
constexpr std::string_view kIdentityStatuses[] = {"ACTIVE", "REVOKED"};
constexpr std::string_view kResourceStatuses[] = {
    "DRAFT", "SUBMITTED", "RETURNED", "APPROVED", "PUBLISHED", "SUSPENDED", "RETIRED", "DISCARDED"};
constexpr std::string_view kRequestStatuses[] = {"SUBMITTED", "RETURNED", "OFFERED",  "APPROVED",
                                                 "GRANTED",   "REFUSED",  "DECLINED", "LAPSED",
                                                 "WITHDRAWN", "CLOSED"};
constexpr std::string_view kGrantStatuses[] = {"OPENED",     "ACTIVE",       "SUSPENDED", "EXPIRED",
                                               "TERMINATED", "RELINQUISHED", "CLOSED"};
constexpr std::string_view kCorrectionStatuses[] = {
    "FILED", "ACCEPTED", "FORWARDED", "RESOLVED", "CONFIRMED", "REOPENED", "WITHDRAWN"};
constexpr std::string_view kRectificationStatuses[] = {"ORDERED", "REPORTED", "ACCEPTED", "FAILED"};
constexpr std::string_view kPendingStatuses[] = {"PENDING_HEAD", "TAKEN", "EXPIRED", "VOID"};
constexpr std::string_view kConsultationStatuses[] = {"OPEN",   "IN_SESSION", "AGREED", "REFUSED",
                                                      "LAPSED", "WITHDRAWN",  "GRANTED"};
constexpr std::string_view kDemandStatuses[] = {"SUBMITTED", "ASSIGNED", "PROVIDING", "SUPERIOR",
                                                "APPLIED",   "OBTAINED", "REFUSED",   "UNABLE",
                                                "FULFILLED", "REJECTED", "CLOSED",    "WITHDRAWN"};
constexpr std::string_view kDerivationStatuses[] = {"RECORDED"};
constexpr std::string_view kThirdPartyStatuses[] = {"ASKED", "CONSENTED", "REFUSED"};
constexpr std::string_view kDisposalStatuses[] = {"REPORTED", "REJECTED", "CLOSED"};
constexpr std::string_view kEmergencyStatuses[] = {"DECLARED", "ENDED", "REVIEWED"};
constexpr std::string_view kWatermarkStatuses[] = {"REGISTERED"};
constexpr std::string_view kLeakStatuses[] = {"REPORTED", "TRACED"};
constexpr std::string_view kIncidentStatuses[] = {"OPEN", "CONTAINED", "REPORTED", "REVIEWED",
                                                  "CLOSED"};
constexpr std::string_view kComplaintStatuses[] = {"FILED", "ANSWERED"};
constexpr std::string_view kInspectionStatuses[] = {"REQUESTED", "ANSWERED"};
constexpr std::string_view kEngagementStatuses[] = {"OPEN", "ENDED"};
constexpr std::string_view kFindingStatuses[] = {"STATED", "REPLIED"};
constexpr std::string_view kHoldStatuses[] = {"HELD", "ENDED"};
constexpr std::string_view kDisputeStatuses[] = {"NEGOTIATING", "MEDIATION", "FAILED",
                                                 "DECIDED",     "SETTLED",   "WITHDRAWN"};
constexpr std::string_view kLeafDemandStatuses[] = {"DEMANDED", "PRODUCED"};
constexpr std::string_view kSourceTaskStatuses[] = {"ASKED", "DONE"};
constexpr std::string_view kProposalStatuses[] = {"OPEN", "TAKEN", "REJECTED", "LAPSED"};

struct KindStatuses {
  EntityKind kind;
  Names names;
};
constexpr KindStatuses kStatuses[] = {
    {.kind = EntityKind::kDepartment, .names = kDepartmentStatuses},
    {.kind = EntityKind::kIdentity, .names = kIdentityStatuses},
    {.kind = EntityKind::kResource, .names = kResourceStatuses},
    {.kind = EntityKind::kRequest, .names = kRequestStatuses},
    {.kind = EntityKind::kGrant, .names = kGrantStatuses},
    {.kind = EntityKind::kCorrection, .names = kCorrectionStatuses},
    {.kind = EntityKind::kRectification, .names = kRectificationStatuses},
    {.kind = EntityKind::kPending, .names = kPendingStatuses},
    {.kind = EntityKind::kConsultation, .names = kConsultationStatuses},
    {.kind = EntityKind::kDemand, .names = kDemandStatuses},
    {.kind = EntityKind::kDerivation, .names = kDerivationStatuses},
    {.kind = EntityKind::kThirdParty, .names = kThirdPartyStatuses},
    {.kind = EntityKind::kDisposal, .names = kDisposalStatuses},
    {.kind = EntityKind::kEmergency, .names = kEmergencyStatuses},
    {.kind = EntityKind::kWatermark, .names = kWatermarkStatuses},
    {.kind = EntityKind::kLeak, .names = kLeakStatuses},
    {.kind = EntityKind::kIncident, .names = kIncidentStatuses},
    {.kind = EntityKind::kComplaint, .names = kComplaintStatuses},
    {.kind = EntityKind::kInspection, .names = kInspectionStatuses},
    {.kind = EntityKind::kEngagement, .names = kEngagementStatuses},
    {.kind = EntityKind::kFinding, .names = kFindingStatuses},
    {.kind = EntityKind::kHold, .names = kHoldStatuses},
    {.kind = EntityKind::kDispute, .names = kDisputeStatuses},
    {.kind = EntityKind::kLeafDemand, .names = kLeafDemandStatuses},
    {.kind = EntityKind::kSourceTask, .names = kSourceTaskStatuses},
    {.kind = EntityKind::kProposal, .names = kProposalStatuses},
};

Names StatusNames(EntityKind kind) {
  const auto* row = std::ranges::find(kStatuses, kind, &KindStatuses::kind);
  return row != std::end(kStatuses) ? row->names : Names();
}

void PutClock(WireWriter& writer, const Clock& clock) {
  writer.Text(1, clock.code);
  writer.Text(2, clock.department);
  writer.Int64(3, clock.start);
  writer.Int64(4, clock.n);
  writer.Varint(5, static_cast<std::uint64_t>(clock.unit));
  writer.Int64(6, clock.extra);
  writer.Int64(7, clock.ended_at);
  writer.Varint(8, clock.satisfied ? 1 : 0);
  writer.Int64(9, clock.late);
  const auto put = [](WireWriter& w, std::int64_t value) { w.Int64(2, value); };
  PutNamed(writer, 10, clock.waits, put);
  PutNamed(writer, 11, clock.held_until, put);
}

}  // namespace

Bytes EncodeClock(const Clock& clock) {
  WireWriter writer;
  PutClock(writer, clock);
  return writer.Take();
}

Result<Clock> DecodeClock(ByteView bytes) {
  WireReader reader(bytes);
  Clock clock;
  JD_TRY(clock.code, TakeText(reader, 1, kNameBytesMax));
  JD_TRY(clock.department, TakeText(reader, 2, limits::kIdBytesMax));
  JD_TRY(clock.start, reader.Int64(3));
  JD_TRY(clock.n, reader.Int64(4));
  JD_TRY(const std::uint64_t unit, reader.Varint(5));
  if (unit < 1 || unit > 3) return Fail(Errc::kInvalid, "body: unknown unit of a clock");
  clock.unit = static_cast<ClockUnit>(unit);
  JD_TRY(clock.extra, reader.Int64(6));
  JD_TRY(clock.ended_at, reader.Int64(7));
  JD_TRY(const std::uint64_t satisfied, reader.Varint(8));
  if (satisfied > 1) return Fail(Errc::kInvalid, "body: no truth value");
  clock.satisfied = satisfied == 1;
  JD_TRY(clock.late, reader.Int64(9));
  const auto take = [](WireReader& r) { return r.Int64(2); };
  JD_CHECK(TakeNamed(reader, 10, clock.waits, take));
  JD_CHECK(TakeNamed(reader, 11, clock.held_until, take));
  JD_CHECK(reader.Finish());
  return clock;
}

Bytes EntityBody::Encode() const {
  WireWriter writer;
  writer.Varint(1, static_cast<std::uint64_t>(kind));
  writer.Varint(2, status);
  writer.Int64(3, born_at);
  writer.Varint(4, born_height);
  if (!born_tx.IsZero()) writer.BytesField(5, born_tx.View());
  writer.Text(6, department);
  PutNamed(writer, 7, parties, [](WireWriter& w, const std::string& value) { w.Text(2, value); });
  PutNamed(writer, 8, links, [](WireWriter& w, const EntityId& id) { w.BytesField(2, id.View()); });
  PutNamed(writer, 9, numbers, [](WireWriter& w, std::int64_t value) { w.Int64(2, value); });
  PutNamed(writer, 10, texts, [](WireWriter& w, const std::string& value) { w.Text(2, value); });
  writer.BytesField(11, form);
  writer.BytesField(12, terms);
  for (const Act& act : acts) {
    writer.Nested(13, [&act](WireWriter& entry) { PutAct(entry, act); });
  }
  for (const Clock& clock : clocks) {
    writer.Nested(14, [&clock](WireWriter& entry) { PutClock(entry, clock); });
  }
  return writer.Take();
}

Result<EntityBody> EntityBody::Decode(ByteView bytes) {
  WireReader reader(bytes);
  EntityBody body;
  JD_TRY(const std::uint64_t kind, reader.Varint(1));
  const auto known = kind <= 0xff ? KindFromByte(static_cast<std::uint8_t>(kind)) : std::nullopt;
  if (!known.has_value()) return Fail(Errc::kInvalid, "body: unknown kind");
  body.kind = *known;
  JD_TRY(const std::uint64_t status, reader.Varint(2));
  JD_TRY(body.status, Narrow(status));
  JD_TRY(body.born_at, reader.Int64(3));
  JD_TRY(body.born_height, reader.Varint(4));
  JD_TRY(body.born_tx, TakeHash(reader, 5));
  JD_TRY(body.department, TakeText(reader, 6, limits::kIdBytesMax));
  JD_CHECK(TakeNamed(reader, 7, body.parties,
                     [](WireReader& r) { return TakeText(r, 2, limits::kIdBytesMax); }));
  JD_CHECK(TakeNamed(reader, 8, body.links, [](WireReader& r) { return r.Fixed<17>(2); }));
  JD_CHECK(TakeNamed(reader, 9, body.numbers, [](WireReader& r) { return r.Int64(2); }));
  JD_CHECK(TakeNamed(reader, 10, body.texts,
                     [](WireReader& r) { return TakeText(r, 2, kNamedTextBytesMax); }));
  JD_TRY(const ByteView form, reader.BytesField(11, kFormBytesMax));
  body.form = ToBytes(form);
  JD_TRY(const ByteView terms, reader.BytesField(12, kFormBytesMax));
  body.terms = ToBytes(terms);
  while (reader.NextIs(13)) {
    if (body.acts.size() >= kActsMax) return Fail(Errc::kTooLarge, "body: too many acts");
    JD_TRY(const ByteView message, reader.Message(13));
    JD_TRY(Act act, DecodeAct(message));
    body.acts.push_back(std::move(act));
  }
  while (reader.NextIs(14)) {
    if (body.clocks.size() >= kClocksMax) return Fail(Errc::kTooLarge, "body: too many clocks");
    JD_TRY(const ByteView message, reader.Message(14));
    JD_TRY(Clock clock, DecodeClock(message));
    body.clocks.push_back(std::move(clock));
  }
  JD_CHECK(reader.Finish());
  return body;
}

std::int64_t EntityBody::Number(std::string_view name, std::int64_t otherwise) const {
  const auto at = numbers.find(name);
  return at == numbers.end() ? otherwise : at->second;
}

std::string_view EntityBody::Text(std::string_view name) const {
  const auto at = texts.find(name);
  return at == texts.end() ? std::string_view() : std::string_view(at->second);
}

std::string_view EntityBody::Party(std::string_view name) const {
  const auto at = parties.find(name);
  return at == parties.end() ? std::string_view() : std::string_view(at->second);
}

const EntityId* EntityBody::Link(std::string_view name) const {
  const auto at = links.find(name);
  return at == links.end() ? nullptr : &at->second;
}

void EntityBody::AddAct(Act act) {
  if (acts.size() >= kActsMax) {
    const auto surplus = static_cast<std::ptrdiff_t>(acts.size() - kActsMax + 1);
    acts.erase(acts.begin(), acts.begin() + surplus);
  }
  acts.push_back(std::move(act));
}

// A duty may have run before, and have ended, on another department: the one that runs is meant.
const Clock* EntityBody::FindClock(std::string_view code, std::string_view owner) const {
  const Clock* found = nullptr;
  for (const Clock& clock : clocks) {
    if (clock.code != code || (!owner.empty() && clock.department != owner)) continue;
    if (clock.Runs()) return &clock;
    if (found == nullptr) found = &clock;
  }
  return found;
}

std::string_view StatusName(EntityKind kind, std::uint32_t status) {
  const Names names = StatusNames(kind);
  return status >= 1 && status <= names.size() ? names[status - 1] : std::string_view("?");
}

std::optional<std::uint32_t> StatusFromName(EntityKind kind, std::string_view name) {
  const Names names = StatusNames(kind);
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<std::uint32_t>(at - names.begin()) + 1;
}

}  // namespace jiandu::ledger
