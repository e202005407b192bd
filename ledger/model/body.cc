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
    WireWriter entry;
    entry.Text(1, name);
    put(entry, value);
    writer.Message(field, entry.Written());
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

Bytes EncodeAct(const Act& act) {
  WireWriter writer;
  writer.Text(1, act.op);
  writer.Int64(2, act.time);
  writer.Varint(3, act.height);
  if (!act.txid.IsZero()) writer.BytesField(4, act.txid.View());
  writer.Text(5, act.department);
  writer.Varint(6, act.status);
  writer.Text(7, act.note);
  writer.Varint(8, act.flags);
  return writer.Take();
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

Json ParseOrEmpty(const Bytes& json) {
  if (json.empty()) return Json::MakeObject();
  auto parsed = ParseJson(AsText(json), kFormBytesMax);
  return parsed.has_value() ? std::move(*parsed) : Json::MakeObject();
}

using Names = std::span<const std::string_view>;

// Names of the statuses of a kind; the first is status 1.
Names StatusNames(EntityKind kind) {
  static constexpr std::array<std::string_view, 4> kDepartment = {"ACTIVE", "MERGED", "RENAMED",
                                                                  "SPLIT"};
  static constexpr std::array<std::string_view, 2> kIdentity = {"ACTIVE", "REVOKED"};
  static constexpr std::array<std::string_view, 8> kResource = {
      "DRAFT",     "SUBMITTED", "RETURNED", "APPROVED",
      "PUBLISHED", "SUSPENDED", "RETIRED",  "DISCARDED"};
  static constexpr std::array<std::string_view, 10> kRequest = {
      "SUBMITTED", "RETURNED", "OFFERED", "APPROVED",  "GRANTED",
      "REFUSED",   "DECLINED", "LAPSED",  "WITHDRAWN", "CLOSED"};
  static constexpr std::array<std::string_view, 7> kGrant = {
      "OPENED", "ACTIVE", "SUSPENDED", "EXPIRED", "TERMINATED", "RELINQUISHED", "CLOSED"};
  static constexpr std::array<std::string_view, 7> kCorrection = {
      "FILED", "ACCEPTED", "FORWARDED", "RESOLVED", "CONFIRMED", "REOPENED", "WITHDRAWN"};
  static constexpr std::array<std::string_view, 4> kRectification = {"ORDERED", "REPORTED",
                                                                     "ACCEPTED", "FAILED"};
  static constexpr std::array<std::string_view, 4> kPending = {"PENDING_HEAD", "TAKEN", "EXPIRED",
                                                               "VOID"};
  switch (kind) {
    case EntityKind::kDepartment: return kDepartment;
    case EntityKind::kIdentity: return kIdentity;
    case EntityKind::kResource: return kResource;
    case EntityKind::kRequest: return kRequest;
    case EntityKind::kGrant: return kGrant;
    case EntityKind::kCorrection: return kCorrection;
    case EntityKind::kRectification: return kRectification;
    case EntityKind::kPending: return kPending;
    case EntityKind::kDepartmentMonth:
    case EntityKind::kPair:
    case EntityKind::kNetwork:
    case EntityKind::kProposal: return {};
  }
  return {};
}

}  // namespace

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
  for (const Act& act : acts) writer.Message(13, EncodeAct(act));
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
  JD_CHECK(reader.Finish());
  return body;
}

Json EntityBody::Form() const { return ParseOrEmpty(form); }
Json EntityBody::Terms() const { return ParseOrEmpty(terms); }

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
