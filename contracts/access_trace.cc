// Keys and bytes of what is kept of an access.
#include "contracts/access_trace.h"

#include <bit>

#include "base/wire.h"
#include "contracts/parts.h"

namespace jiandu::contracts {
namespace {

std::optional<FlagCount> DecodeCount(ByteView bytes) {
  WireReader reader(bytes);
  const auto flag = reader.Varint(1);
  const auto n = reader.Varint(2);
  if (!flag || !n || !reader.Finish() || *flag >= 64) return std::nullopt;
  return FlagCount{.flag = static_cast<ledger::Flag>(*flag), .n = *n};
}

}  // namespace

void FlagTally::Add(std::uint64_t flags, std::uint64_t n) {
  for (; flags != 0; flags &= flags - 1) {
    counts_[static_cast<std::size_t>(std::countr_zero(flags))] += n;
  }
}

std::vector<FlagCount> FlagTally::Counts() const {
  std::vector<FlagCount> counts;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) counts.push_back({.flag = static_cast<ledger::Flag>(i), .n = counts_[i]});
  }
  return counts;
}

Bytes TraceKey(const ledger::EntityId& target, TraceKind kind, std::string_view id) {
  // As PartKey of the kind and the id, in one allocation: there is one for every record.
  Bytes key;
  key.reserve(2 + ledger::EntityId::kSize + id.size());
  key.push_back('P');
  Append(key, target.View());
  key.push_back(static_cast<std::uint8_t>(kind));
  Append(key, id);
  return key;
}

Bytes EncodeTrace(const AccessTrace& trace) {
  WireWriter writer;
  writer.Int64(1, trace.occurred_at);
  writer.Varint(2, trace.flags);
  writer.Varint(3, trace.excess);
  writer.Varint(4, trace.count);
  writer.Varint(5, static_cast<std::uint64_t>(trace.result));
  if (trace.digest) writer.BytesField(6, trace.digest->View());
  for (const FlagCount& counted : trace.flag_counts) {
    WireWriter element;
    element.Varint(1, static_cast<std::uint64_t>(counted.flag));
    element.Varint(2, counted.n);
    writer.Element(7, element.Written());
  }
  return writer.Take();
}

std::optional<AccessTrace> DecodeTrace(ByteView bytes) {
  WireReader reader(bytes);
  AccessTrace trace;
  const auto occurred_at = reader.Int64(1);
  const auto flags = reader.Varint(2);
  const auto excess = reader.Varint(3);
  const auto count = reader.Varint(4);
  const auto result = reader.Varint(5);
  const auto digest = reader.OptionalFixed<32>(6);
  if (!occurred_at || !flags || !excess || !count || !result || !digest) return std::nullopt;
  while (reader.NextIs(7)) {
    const auto element = reader.Message(7);
    const auto counted = element ? DecodeCount(*element) : std::nullopt;
    if (!counted) return std::nullopt;
    trace.flag_counts.push_back(*counted);
  }
  if (!reader.Finish() || *result < 1 || *result > 4) return std::nullopt;
  trace.occurred_at = *occurred_at;
  trace.flags = *flags;
  trace.excess = *excess;
  trace.count = *count;
  trace.result = static_cast<AccessResult>(*result);
  trace.digest = *digest;
  return trace;
}

Bytes GapKey(const ledger::EntityId& grant, std::string_view batch_id) {
  return MarkedKey(grant, "N", AsBytes(batch_id));
}

Bytes SealKey(const ledger::EntityId& grant, std::string_view acc_id) {
  return MarkedKey(grant, "Z", AsBytes(acc_id));
}

Bytes EncodeSeal(const Seal& seal) {
  WireWriter writer;
  writer.BytesField(1, seal.commitment.View());
  writer.Int64(2, seal.until);
  writer.Varint(3, seal.opened ? 1 : 0);
  return writer.Take();
}

std::optional<Seal> DecodeSeal(ByteView bytes) {
  WireReader reader(bytes);
  const auto commitment = reader.Fixed<32>(1);
  const auto until = reader.Int64(2);
  const auto opened = reader.Varint(3);
  if (!commitment || !until || !opened || !reader.Finish()) return std::nullopt;
  return Seal{.commitment = *commitment, .until = *until, .opened = *opened != 0};
}

}  // namespace jiandu::contracts
