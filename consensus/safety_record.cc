// The two slots of safety.rec.
#include "consensus/safety_record.h"

#include <algorithm>

#include "base/crc32c.h"
#include "base/limits.h"
#include "base/wire.h"
#include "consensus/vote_codec.h"
#include "consensus/wire_fields.h"

namespace jiandu::consensus {
namespace {

constexpr std::string_view kMagic{"JDSAFE1\0", 8};
constexpr std::size_t kHeaderBytes = kMagic.size() + 4 + 4;

// Fields of the payload.
enum Field : std::uint32_t {
  kSeq = 1,
  kChainId,
  kKey,
  kHeight,
  kRound,
  kStep,
  kLockedRound,  // plus one: -1 is absent
  kLockedId,
  kValidRound,  // plus one
  kValidId,
  kPolka,
  kLastProposal,
  kLastPrevote,
  kLastPrecommit,
  kSeenCommit,
};

void WriteRoundPlusOne(WireWriter& writer, std::uint32_t field, Round round) {
  writer.Varint(field, static_cast<std::uint64_t>(static_cast<std::int64_t>(round) + 1));
}

Bytes EncodePayload(const SafetyRecord& record) {
  const SafetyState& state = record.state;
  WireWriter writer;
  writer.Varint(kSeq, record.seq);
  writer.Text(kChainId, record.chain_id);
  writer.BytesField(kKey, record.key.View());
  writer.Varint(kHeight, state.height);
  writer.Varint(kRound, static_cast<std::uint64_t>(std::max(state.round, 0)));
  writer.Varint(kStep, static_cast<std::uint64_t>(state.step));
  WriteRoundPlusOne(writer, kLockedRound, state.locked_round);
  if (state.locked_id) WriteBlockId(writer, kLockedId, state.locked_id);
  WriteRoundPlusOne(writer, kValidRound, state.valid_round);
  if (state.valid_id) WriteBlockId(writer, kValidId, state.valid_id);
  if (state.polka) writer.Message(kPolka, EncodeCertificate(*state.polka));
  if (state.last_proposal) {
    Proposal bare = *state.last_proposal;
    bare.polka.reset();
    writer.Message(kLastProposal, EncodeProposal(bare));
  }
  if (state.last_prevote) writer.Message(kLastPrevote, EncodeVote(*state.last_prevote));
  if (state.last_precommit) writer.Message(kLastPrecommit, EncodeVote(*state.last_precommit));
  if (state.seen_commit) writer.Message(kSeenCommit, EncodeCertificate(*state.seen_commit));
  return writer.Take();
}

Result<Round> ReadRoundPlusOne(WireReader& reader, std::uint32_t field) {
  JD_TRY(const std::uint64_t value,
         ReadUpTo(reader, field, static_cast<std::uint64_t>(limits::kRoundMax) + 1));
  return static_cast<Round>(static_cast<std::int64_t>(value) - 1);
}

Result<std::optional<BlockId>> ReadOptionalId(WireReader& reader, std::uint32_t field) {
  if (!reader.NextIs(field)) return std::optional<BlockId>();
  JD_TRY(const BlockId id, ReadBlockId(reader, field));
  return std::optional<BlockId>(id);
}

template <typename T>
Result<std::optional<T>> ReadOptional(WireReader& reader, std::uint32_t field,
                                      Result<T> (*decode)(ByteView)) {
  if (!reader.NextIs(field)) return std::optional<T>();
  JD_TRY(const ByteView bytes, reader.Message(field));
  JD_TRY(T value, decode(bytes));
  return std::optional<T>(std::move(value));
}

Result<void> ReadMessages(WireReader& reader, SafetyState& state) {
  JD_TRY(state.polka, ReadOptional<Certificate>(reader, kPolka, DecodeCertificate));
  JD_TRY(state.last_proposal, ReadOptional<Proposal>(reader, kLastProposal, DecodeProposal));
  JD_TRY(state.last_prevote, ReadOptional<Vote>(reader, kLastPrevote, DecodeVote));
  JD_TRY(state.last_precommit, ReadOptional<Vote>(reader, kLastPrecommit, DecodeVote));
  JD_TRY(state.seen_commit, ReadOptional<Certificate>(reader, kSeenCommit, DecodeCertificate));
  if (state.last_proposal && state.polka && state.polka->round == state.last_proposal->pol_round &&
      state.polka->id == state.last_proposal->id) {
    state.last_proposal->polka = state.polka;
  }
  return {};
}

Result<SafetyRecord> DecodePayload(ByteView payload) {
  WireReader reader(payload);
  SafetyRecord record;
  SafetyState& state = record.state;
  JD_TRY(record.seq, reader.Varint(kSeq));
  JD_TRY(const std::string_view chain_id, reader.Text(kChainId, limits::kChainIdBytesMax));
  record.chain_id = chain_id;
  JD_TRY(record.key, reader.Fixed<32>(kKey));
  JD_TRY(state.height, ReadHeightOrZero(reader, kHeight));
  JD_TRY(state.round, ReadRound(reader, kRound));
  JD_TRY(const std::uint64_t step,
         ReadUpTo(reader, kStep, static_cast<std::uint64_t>(Step::kCommit)));
  state.step = static_cast<Step>(step);
  JD_TRY(state.locked_round, ReadRoundPlusOne(reader, kLockedRound));
  JD_TRY(state.locked_id, ReadOptionalId(reader, kLockedId));
  JD_TRY(state.valid_round, ReadRoundPlusOne(reader, kValidRound));
  JD_TRY(state.valid_id, ReadOptionalId(reader, kValidId));
  JD_CHECK(ReadMessages(reader, state));
  JD_CHECK(reader.Finish());
  return record;
}

}  // namespace

Result<Bytes> EncodeSafetySlot(const SafetyRecord& record) {
  const Bytes payload = EncodePayload(record);
  if (kHeaderBytes + payload.size() > limits::kSafetySlotBytes) {
    return Fail(Errc::kTooLarge, "safety record: does not fit into its slot");
  }
  Bytes slot = ToBytes(kMagic);
  AppendU32Be(slot, static_cast<std::uint32_t>(payload.size()));
  AppendU32Be(slot, Crc32c(payload));
  Append(slot, payload);
  return slot;
}

Result<SafetyRecord> DecodeSafetySlot(ByteView slot) {
  if (std::ranges::all_of(slot, [](std::uint8_t byte) { return byte == 0; })) {
    return Fail(Errc::kNotFound, "safety record: empty slot");
  }
  if (slot.size() < kHeaderBytes || !HasPrefix(slot, AsBytes(kMagic))) {
    return Fail(Errc::kCorrupt, "safety record: no header");
  }
  const std::size_t size = ReadU32Be(slot.subspan(kMagic.size()));
  const std::uint32_t crc = ReadU32Be(slot.subspan(kMagic.size() + 4));
  if (size > slot.size() - kHeaderBytes) {
    return Fail(Errc::kCorrupt, "safety record: length beyond the slot");
  }
  const ByteView payload = slot.subspan(kHeaderBytes, size);
  if (Crc32c(payload) != crc) return Fail(Errc::kCorrupt, "safety record: checksum");
  auto record = DecodePayload(payload);
  if (!record) return Fail(Errc::kCorrupt, "safety record: " + record.error().detail);
  return record;
}

Result<SafetyChoice> ChooseSafetySlot(const std::array<ByteView, 2>& slots,
                                      std::string_view chain_id,
                                      const crypto::Ed25519PublicKey& key) {
  const std::array<Result<SafetyRecord>, 2> records{DecodeSafetySlot(slots[0]),
                                                    DecodeSafetySlot(slots[1])};
  for (const Result<SafetyRecord>& record : records) {
    if (record && (record->chain_id != chain_id || record->key != key)) {
      return Fail(Errc::kConflict,
                  "safety.rec is of another chain or another key: this data directory belongs to "
                  "another node");
    }
  }
  if (!records[0] && !records[1]) {
    const bool empty =
        records[0].error().code == Errc::kNotFound && records[1].error().code == Errc::kNotFound;
    if (empty) return Fail(Errc::kNotFound, "safety.rec: both of its slots are empty");
    return Fail(Errc::kCorrupt,
                "safety.rec: both of its slots are damaged. If it is lost for good and no other "
                "machine runs with this key, move it away and start once with --new-safety-record "
                "CHAIN");
  }
  if (records[0] && records[1]) {
    if (records[0]->seq == records[1]->seq && *records[0] != *records[1]) {
      return Fail(Errc::kCorrupt, "safety record: two slots with one number");
    }
    const std::size_t newest = records[0]->seq >= records[1]->seq ? 0 : 1;
    return SafetyChoice{.record = *records.at(newest), .other = SafetyChoice::Other::kOlder};
  }
  const std::size_t valid = records[0] ? 0 : 1;
  const bool empty = records.at(1 - valid).error().code == Errc::kNotFound;
  return SafetyChoice{.record = *records.at(valid),
                      .other = empty ? SafetyChoice::Other::kEmpty : SafetyChoice::Other::kDamaged};
}

}  // namespace jiandu::consensus
