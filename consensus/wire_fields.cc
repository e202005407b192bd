// Reading and writing of the fields that many messages share.
#include "consensus/wire_fields.h"

#include <limits>

#include "base/limits.h"
#include "consensus/header.h"

namespace jiandu::consensus {

void WriteHeight(WireWriter& writer, std::uint32_t field, Height height) {
  writer.Varint(field, height);
}

void WriteTime(WireWriter& writer, std::uint32_t field, const Time& time) {
  writer.Message(field, EncodeTime(time));
}

void WriteBlockId(WireWriter& writer, std::uint32_t field, const std::optional<BlockId>& id) {
  writer.Message(field, EncodeBlockId(id.value_or(BlockId{})));
}

Result<std::uint64_t> ReadUpTo(WireReader& reader, std::uint32_t field, std::uint64_t maximum) {
  JD_TRY(const std::uint64_t value, reader.Varint(field));
  if (value > maximum) return Fail(Errc::kTooLarge, "wire: number over its maximum");
  return value;
}

Result<Height> ReadHeightOrZero(WireReader& reader, std::uint32_t field) {
  // On CometBFT's side a height is an int64.
  constexpr auto kHeightMax = static_cast<Height>(std::numeric_limits<std::int64_t>::max());
  return ReadUpTo(reader, field, kHeightMax);
}

Result<Height> ReadHeight(WireReader& reader, std::uint32_t field) {
  JD_TRY(const Height height, ReadHeightOrZero(reader, field));
  if (height == 0) return Fail(Errc::kInvalid, "height: zero");
  return height;
}

Result<Round> ReadRound(WireReader& reader, std::uint32_t field) {
  JD_TRY(const std::uint64_t round, ReadUpTo(reader, field, limits::kRoundMax));
  return static_cast<Round>(round);
}

Result<Time> ReadTime(WireReader& reader, std::uint32_t field) {
  JD_TRY(const ByteView time, reader.Message(field));
  return DecodeTime(time);
}

Result<BlockId> ReadBlockId(WireReader& reader, std::uint32_t field) {
  JD_TRY(const std::optional<BlockId> id, ReadBlockIdOrNil(reader, field));
  if (!id.has_value()) return Fail(Errc::kInvalid, "block id: zero");
  return *id;
}

Result<std::optional<BlockId>> ReadBlockIdOrNil(WireReader& reader, std::uint32_t field) {
  JD_TRY(const ByteView bytes, reader.Message(field));
  JD_TRY(const BlockId id, DecodeBlockId(bytes));
  return id == BlockId{} ? std::nullopt : std::optional<BlockId>(id);
}

}  // namespace jiandu::consensus
