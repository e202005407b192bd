// Fields that many messages of consensus share: heights, rounds, times, block ids.
//
// Pure; any thread. Only for the .cc files of this folder. Readers refuse what no correct node
// writes: heights over 2^63 - 1, rounds over limits::kRoundMax, half-filled block ids.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "base/wire.h"
#include "consensus/types.h"

namespace jiandu::consensus {

void WriteHeight(WireWriter& writer, std::uint32_t field, Height height);  // absent when 0
void WriteTime(WireWriter& writer, std::uint32_t field, const Time& time);
// Always present; nothing is written as the zero id, `12 00`.
void WriteBlockId(WireWriter& writer, std::uint32_t field, const std::optional<BlockId>& id);

[[nodiscard]] Result<Height> ReadHeightOrZero(WireReader& reader, std::uint32_t field);
[[nodiscard]] Result<Height> ReadHeight(WireReader& reader, std::uint32_t field);  // at least 1
[[nodiscard]] Result<Round> ReadRound(WireReader& reader, std::uint32_t field);    // at least 0
[[nodiscard]] Result<Time> ReadTime(WireReader& reader, std::uint32_t field);
[[nodiscard]] Result<BlockId> ReadBlockId(WireReader& reader, std::uint32_t field);  // not zero
[[nodiscard]] Result<std::optional<BlockId>> ReadBlockIdOrNil(WireReader& reader,
                                                              std::uint32_t field);
// tendermint.types.Validator without the proposer priority.
[[nodiscard]] Bytes EncodeValidator(const Validator& validator);
// A number that is at most `maximum`.
[[nodiscard]] Result<std::uint64_t> ReadUpTo(WireReader& reader, std::uint32_t field,
                                             std::uint64_t maximum);

}  // namespace jiandu::consensus
